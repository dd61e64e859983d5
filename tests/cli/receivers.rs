//! Small real servers, which answer as a test says and remember their requests.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}

/// The answer to give.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) location: Option<String>,
    pub(crate) end: End,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    Answer,
    Close,
    Silence,
    Last,
}

impl Reply {
    pub(crate) fn of(status: u16) -> Self {
        Self { status, body: "answer".to_owned(), location: None, end: End::Answer }
    }

    /// Closes the connection instead.
    pub(crate) fn none() -> Self {
        Self { end: End::Close, ..Self::of(0) }
    }

    /// Keeps the connection open and sends nothing.
    pub(crate) fn silence() -> Self {
        Self { end: End::Silence, ..Self::of(0) }
    }

    /// Closes the connection, and stops listening.
    pub(crate) fn last() -> Self {
        Self { end: End::Last, ..Self::of(0) }
    }
}

/// A server on a port of its own.
pub(crate) struct Receiver {
    port: u16,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Receiver {
    pub(crate) fn new(answer: impl Fn(&Got) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, got) = (listener.local_addr().unwrap().port(), Arc::new(Mutex::new(Vec::new())));
        let seen = Arc::clone(&got);
        thread::spawn(move || {
            let mut open = Vec::new();
            loop {
                let (mut stream, _) = listener.accept().unwrap();
                let Some(request) = read(&mut stream) else { continue };
                let reply = answer(&request);
                seen.lock().unwrap().push(request);
                match reply.end {
                    End::Answer => write(&mut stream, &reply),
                    End::Close => {}
                    End::Silence => open.push(stream),
                    End::Last => {
                        // The port is closed before the connection, so that nobody connects in between.
                        drop(listener);
                        return;
                    }
                }
            }
        });
        Self { port, got }
    }

    /// A receiver that answers as soon as a connection exists, and closes it without reading on.
    pub(crate) fn early(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut some = [0; 1024];
                let _ = stream.read(&mut some);
                write(&mut stream, &Reply::of(status));
                thread::sleep(Duration::from_millis(100));
            }
        });
        Self { port, got: Arc::default() }
    }

    /// The URL of a port where nothing listens.
    pub(crate) fn dead() -> String {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        format!("http://127.0.0.1:{port}/")
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

fn read(stream: &mut TcpStream) -> Option<Got> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_owned(), value.trim().to_owned())),
            None => break,
        }
    }
    let mut got = Got { method, target, headers, body: Vec::new() };
    let length = got.header("content-length").parse().unwrap_or(0);
    got.body = vec![0; length];
    reader.read_exact(&mut got.body).ok()?;
    Some(got)
}

fn write(stream: &mut TcpStream, reply: &Reply) {
    let Reply { status, body, location, .. } = reply;
    let location = location.as_ref().map(|to| format!("Location: {to}\r\n")).unwrap_or_default();
    let body = if *status == 204 { "" } else { body };
    let head = format!(
        "HTTP/1.1 {status} Status\r\n{location}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all((head + body).as_bytes());
}
