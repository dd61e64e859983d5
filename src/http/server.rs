//! A server that accepts deliveries: one request per connection, within limits.
//!
//! In: an address, limits, and the taker of deliveries. Out: each delivery, complete; an answer to each request.
//! Invariants: an answer contains nothing of the request; a request from a web page is refused before its body is read;
//! bodies, heads, waits and connections are bounded; the taker is asked once per delivery, even if the sender has left
//! meanwhile.

use super::head::{self, Head, Refusal};
use crate::headers::Headers;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

/// The time limit for a head.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// The time limit for a whole request.
const REQUEST_TIME: Duration = Duration::from_secs(30);
/// The number of simultaneous connections.
const CONNECTIONS: usize = 32;
/// The number of further connections that are answered with a refusal.
const TURNED_AWAY: usize = 64;
/// The bytes that are read from a sender after its answer, and the time for that: closing a connection with unread
/// bytes would destroy the answer.
const LINGER_BYTES: usize = 4 << 20;
const LINGER_TIME: Duration = Duration::from_secs(2);

/// One complete delivery.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its number among all, from 1.
    pub number: u64,
    /// Its path and query.
    pub target: String,
    /// All headers, as they arrived.
    pub headers: Headers,
    pub body: Vec<u8>,
}

/// Takes deliveries and decides on the answer. It may take its time.
pub type Taker = dyn Fn(Received) -> u16 + Send + Sync;
/// Takes requests that were refused.
pub type Refused = dyn Fn(Refusal) + Send + Sync;

/// The limits for requests.
pub struct Rules {
    /// The only path that is served, if not every path.
    pub path: Option<String>,
    /// The longest body, in bytes.
    pub body_bytes: u64,
}

/// A bound socket, before requests are accepted.
#[derive(Debug)]
pub struct Server {
    listener: std::net::TcpListener,
    address: SocketAddr,
}

/// Ends a running server.
pub struct Stop {
    stop: watch::Sender<bool>,
    thread: std::thread::JoinHandle<()>,
}

impl Stop {
    /// Accepts no more requests, and waits until the accepted ones have been answered.
    pub fn stop(self) {
        // If the server has ended, nobody receives this.
        let _ = self.stop.send(true);
        let _ = self.thread.join();
    }
}

struct Shared {
    rules: Rules,
    take: Arc<Taker>,
    refused: Box<Refused>,
    number: AtomicU64,
    connections: AtomicUsize,
    /// The number of connections that wait for an answer.
    answering: AtomicUsize,
    stop: watch::Receiver<bool>,
}

impl Server {
    /// Binds the address; port 0 means any free one.
    pub fn bind(host: IpAddr, port: u16) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((host, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// The address that it is bound to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts deliveries, on a thread of its own.
    pub fn serve(self, rules: Rules, take: Arc<Taker>, refused: Box<Refused>) -> io::Result<Stop> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(CONNECTIONS)
            .build()?;
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(Shared {
            rules,
            take,
            refused,
            number: AtomicU64::new(0),
            connections: AtomicUsize::new(0),
            answering: AtomicUsize::new(0),
            stop: stopped,
        });
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(self.listener)?
        };
        let thread = std::thread::spawn(move || {
            runtime.block_on(accept(&listener, &shared));
            // Requests of those still connected were not accepted.
            runtime.shutdown_background();
        });
        Ok(Stop { stop, thread })
    }
}

/// Accepts connections until it is stopped, then waits for the outstanding answers.
async fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    while let Some(accepted) = shared.unless_stopped(listener.accept()).await {
        // A failed connection, or a lack of descriptors, does not end the server.
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let guest = Guest::new(shared);
        if guest.place < CONNECTIONS + TURNED_AWAY {
            tokio::spawn(guest.serve(stream));
        }
    }
    let all_answered = async {
        while shared.answering.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let _ = timeout(LINGER_TIME, all_answered).await;
}

/// A connection, counted as long as it exists.
struct Guest {
    shared: Arc<Shared>,
    /// The number of connections before it.
    place: usize,
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.shared.connections.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A head for hyper in place of a refused one, so that there is one way to answer.
const REFUSED: &[u8] = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n";

impl Guest {
    fn new(shared: &Arc<Shared>) -> Self {
        let place = shared.connections.fetch_add(1, Ordering::SeqCst);
        Self { shared: Arc::clone(shared), place }
    }

    async fn serve(self, mut stream: TcpStream) {
        let (shared, deadline) = (&self.shared, Instant::now() + REQUEST_TIME);
        let read = if self.place < CONNECTIONS {
            // A sender that has not sent a request when the server is stopped is not waited for.
            match shared.unless_stopped(read_head(&mut stream)).await {
                Some(Some(read)) => read,
                Some(None) | None => return,
            }
        } else {
            Err(Refusal { status: 503, why: "there are 32 connections already" })
        };
        let (prefix, head) = match read {
            Ok((head, behind)) => (in_place_of(&head, &behind), shared.look(&head).map(|()| head)),
            Err(refusal) => (REFUSED.to_vec(), Err(refusal)),
        };
        shared.answering.fetch_add(1, Ordering::SeqCst);
        let service = service_fn(|request: hyper::Request<Incoming>| {
            let head = head.clone();
            async move { Ok::<_, Infallible>(shared.answer(head, request.into_body(), deadline).await) }
        });
        let mut http = http1::Builder::new();
        http.keep_alive(false).half_close(true).header_read_timeout(None);
        let io = TokioIo::new(Rewound { prefix, at: 0, stream });
        let served = http.serve_connection(io, service).without_shutdown().await;
        shared.answering.fetch_sub(1, Ordering::SeqCst);
        // A sender that leaves before its answer does not get it; its delivery is kept.
        if let Ok(parts) = served {
            linger(parts.io.into_inner().stream).await;
        }
    }
}

/// A head for hyper in place of the real one: its known framing, and nothing ambiguous.
fn in_place_of(head: &Head, behind: &[u8]) -> Vec<u8> {
    let length = head.length.map(|length| format!("Content-Length: {length}\r\n"));
    let length = length.as_deref().unwrap_or("Transfer-Encoding: chunked\r\n");
    let waits = head.headers.all("expect").any(|value| value.eq_ignore_ascii_case("100-continue"));
    let waits = if waits { "Expect: 100-continue\r\n" } else { "" };
    [format!("POST / HTTP/1.1\r\nHost: here\r\n{length}{waits}\r\n").as_bytes(), behind].concat()
}

/// Reads up to the end of the head, with any bytes after it; `None` if the sender left before it sent anything.
async fn read_head(stream: &mut TcpStream) -> Option<Result<(Head, Vec<u8>), Refusal>> {
    let mut bytes = Vec::with_capacity(1024);
    let whole = async {
        loop {
            match head::end(&bytes) {
                Ok(Some(end)) => {
                    return Some(Head::read(&bytes[..end]).map(|head| (head, bytes.split_off(end))));
                }
                Ok(None) => {}
                Err(refusal) => return Some(Err(refusal)),
            }
            match stream.read_buf(&mut bytes).await {
                Ok(0) | Err(_) if bytes.is_empty() => return None,
                Ok(0) | Err(_) => return Some(Err(Refusal { status: 400, why: "it ends within its head" })),
                Ok(_) => {}
            }
        }
    };
    let read = timeout(HEAD_TIME, whole).await;
    read.unwrap_or(Some(Err(Refusal { status: 408, why: "its head took longer than 10 s" })))
}

/// Ends a connection so that its answer arrives: further bytes are read and dropped, within limits.
async fn linger(mut stream: TcpStream) {
    let rest = async {
        let (mut left, mut buffer) = (LINGER_BYTES, vec![0; 16 << 10]);
        stream.shutdown().await?;
        while left > 0 {
            match stream.read(&mut buffer).await? {
                0 => break,
                read => left = left.saturating_sub(read),
            }
        }
        io::Result::Ok(())
    };
    // Best effort: the answer has been sent.
    let _ = timeout(LINGER_TIME, rest).await;
}

impl Shared {
    /// Waits until the server is stopped.
    async fn stopped(&self) {
        // If the stopping end is gone, the program ends.
        let _ = self.stop.clone().wait_for(|is_stopped| *is_stopped).await;
    }

    /// The result of `work`; `None` if the server is stopped before.
    async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let (mut work, mut stopped) = (pin!(work), pin!(self.stopped()));
        poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending => stopped.as_mut().poll(context).map(|()| None),
        })
        .await
    }

    /// Whether a request is accepted, judging by its head.
    fn look(&self, head: &Head) -> Result<(), Refusal> {
        let site = head.headers.all("sec-fetch-site").find(|site| !site.eq_ignore_ascii_case("none"));
        if site.is_some() || head.headers.all("origin").next().is_some() {
            return Err(FROM_A_PAGE);
        }
        if self.rules.path.as_deref().is_some_and(|path| path != head.path()) {
            return Err(Refusal { status: 404, why: "its path is not the one of --path" });
        }
        if head.method != "POST" {
            return Err(Refusal { status: 405, why: "deliveries are posted" });
        }
        if head.length.is_some_and(|length| length > self.rules.body_bytes) {
            return Err(TOO_LARGE);
        }
        Ok(())
    }

    async fn answer(&self, head: Result<Head, Refusal>, body: Incoming, deadline: Instant) -> Reply {
        let whole = match &head {
            Ok(_) => timeout_at(deadline, self.whole(body)).await,
            Err(refusal) => return self.refuse(*refusal),
        };
        let body = match whole {
            Ok(Ok(body)) => body,
            Ok(Err(refusal)) => return self.refuse(refusal),
            Err(_) => return self.refuse(Refusal { status: 408, why: "it took longer than 30 s" }),
        };
        let Ok(Head { target, headers, .. }) = head else { return answer(500, "") };
        let number = self.number.fetch_add(1, Ordering::SeqCst) + 1;
        let (take, received) = (Arc::clone(&self.take), Received { number, target, headers, body });
        // On a thread of its own: it continues even if the sender leaves.
        let status = tokio::task::spawn_blocking(move || take(received)).await.unwrap_or(500);
        answer(status, if (200..300).contains(&status) { "ok" } else { "not taken" })
    }

    /// The whole body, if it is not too long and framed correctly.
    async fn whole(&self, mut body: Incoming) -> Result<Vec<u8>, Refusal> {
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame
                .map_err(|_| Refusal { status: 400, why: "its body is cut, or its chunks are broken" })?;
            if let Some(data) = frame.data_ref() {
                if (bytes.len() + data.len()) as u64 > self.rules.body_bytes {
                    return Err(TOO_LARGE);
                }
                bytes.extend_from_slice(data);
            }
        }
        Ok(bytes)
    }

    fn refuse(&self, refusal: Refusal) -> Reply {
        (self.refused)(refusal);
        answer(refusal.status, refusal.why)
    }
}

type Reply = Response<Full<Bytes>>;

const FROM_A_PAGE: Refusal = Refusal {
    status: 403,
    why: "it comes from a web page: it has Origin or Sec-Fetch-Site, which no sender of webhooks sets",
};
const TOO_LARGE: Refusal = Refusal { status: 413, why: "its body is longer than --max-payload-bytes" };

/// An answer, in our own words only.
fn answer(status: u16, text: &'static str) -> Reply {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let has_body = !matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let body = if has_body && !text.is_empty() { Bytes::from(format!("{text}\n")) } else { Bytes::new() };
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    match status.as_u16() {
        405 => drop(headers.insert(header::ALLOW, HeaderValue::from_static("POST"))),
        503 => drop(headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"))),
        _ => {}
    }
    answer
}

/// A connection with some bytes put back, to be read again.
struct Rewound {
    prefix: Vec<u8>,
    at: usize,
    stream: TcpStream,
}

impl AsyncRead for Rewound {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let left = &self.prefix[self.at..];
        if left.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let length = left.len().min(buffer.remaining());
        buffer.put_slice(&left[..length]);
        self.at += length;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Rewound {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
