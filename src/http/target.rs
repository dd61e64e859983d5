//! The destination of requests: a URL, and whether it is allowed.
//!
//! In: the text of a URL, and the hosts that were allowed by name. Out: a [`Target`], or a sentence about the error.
//! Invariants: without an allowed name, a target is on this machine; the URL is requested as the user sees it: no part
//! of it is dropped or decoded.

use crate::escape::visible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use ureq::http::Uri;

/// A URL that requests may be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    uri: Uri,
    /// Whether it leads off this machine, or may.
    is_elsewhere: bool,
}

impl Target {
    /// Reads a URL; `allowed` are hosts that need not be this machine.
    ///
    /// # Errors
    /// The error and the advice, as a sentence.
    pub fn new(text: &str, allowed: &[String]) -> Result<Self, String> {
        let shown = visible(text);
        let scheme_end = text.find("://").ok_or_else(|| {
            format!("{shown} is not a URL; write it in full, such as http://127.0.0.1:3000/hook")
        })?;
        if !matches!(&text[..scheme_end], "http" | "https") {
            return Err(format!("{shown} is neither http nor https"));
        }
        let authority = text[scheme_end + 3..].split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            let help = "a webhook's URL has no user in it; give it with --header 'Authorization: …'";
            return Err(format!("the URL names a user; {help}"));
        }
        if text.contains('#') {
            return Err(format!("{shown} has a fragment (#…), which is never sent; leave it out"));
        }
        if let Some(odd) = text.chars().find(|character| !character.is_ascii_graphic()) {
            let odd = u32::from(odd);
            return Err(format!(
                "{shown} is not a URL: it holds U+{odd:04X}; percent-encode what is not ASCII"
            ));
        }
        let uri: Uri = text.parse().map_err(|why| format!("{shown} is not a URL: {why}"))?;
        let host = uri.host().unwrap_or_default();
        if host.is_empty() || authority != host && uri.port_u16().is_none() {
            return Err(format!("{shown} is not a URL: its host or port is missing, or out of range"));
        }
        let is_elsewhere = !is_this_machine(host);
        if is_elsewhere && !allowed.iter().any(|name| name == host) {
            let host = visible(host);
            return Err(format!("{host} is not this machine; to send there anyway, add --allow-host {host}"));
        }
        Ok(Self { uri, is_elsewhere })
    }

    /// The URL as it was given.
    pub fn url(&self) -> String {
        self.uri.to_string()
    }

    /// Whether it leads off this machine, or may.
    pub fn is_elsewhere(&self) -> bool {
        self.is_elsewhere
    }

    /// Whether the URL has a query.
    pub fn has_query(&self) -> bool {
        self.uri.query().is_some_and(|query| !query.is_empty())
    }

    /// The host, and the port if it was given: the value of `Host`.
    pub fn authority(&self) -> &str {
        self.uri.authority().map_or("", |authority| authority.as_str())
    }

    /// The host alone.
    pub fn host(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    /// The path and the query, for a request's first line.
    pub fn path(&self) -> &str {
        self.uri.path_and_query().map_or("/", |path| path.as_str())
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The addresses to try, in order, if they are known without a look-up.
    pub(super) fn addresses(uri: &Uri) -> Vec<SocketAddr> {
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
        let addresses = match uri.host().unwrap_or_default() {
            "localhost" => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            host => literal(host).into_iter().collect::<Vec<IpAddr>>(),
        };
        addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect()
    }
}

/// The address that a host is written as.
fn literal(host: &str) -> Option<IpAddr> {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).parse().ok()
}

/// Whether a host is certainly this machine, judging by its spelling; a name may lead anywhere.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || literal(host).is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_gone_to_unless_a_host_is_allowed_by_name() {
        for here in [
            "http://127.0.0.1/",
            "http://127.0.0.1:3000/hook?a=b",
            "http://127.8.9.1",
            "https://localhost/x",
            "http://[::1]:8080/",
        ] {
            assert!(!Target::new(here, &[]).unwrap().is_elsewhere(), "{here}");
        }
        for elsewhere in [
            "http://example.com/",
            "http://localhost.example.com/",
            "http://LOCALHOST/",
            "http://localhost./",
            "http://0.0.0.0/",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://127.1/",
        ] {
            let why = Target::new(elsewhere, &["localhost.example".to_owned()]).unwrap_err();
            assert!(why.contains("is not this machine"), "{elsewhere}: {why}");
        }
        let allowed = ["hooks.example.com".to_owned()];
        assert!(Target::new("https://hooks.example.com/", &allowed).unwrap().is_elsewhere());
        assert!(Target::new("https://a.hooks.example.com/", &allowed).is_err());
    }

    #[test]
    fn a_url_that_would_be_sent_differently_is_refused() {
        for (text, why) in [
            ("127.0.0.1:3000", "is not a URL"),
            ("/hook", "is not a URL"),
            ("ftp://127.0.0.1/", "neither http nor https"),
            ("file:///etc/passwd", "neither http nor https"),
            ("http://a:b@127.0.0.1/", "names a user"),
            ("http://127.0.0.1@example.com/", "names a user"),
            ("http://127.0.0.1/#top", "fragment"),
            ("http://", "is not a URL"),
            ("http://127.0.0.1:/", "host or port"),
            ("http://[::1]:x/", "is not a URL"),
            ("http://127.0.0.1:99999/", "out of range"),
            ("http://127.0.0.1/a b", "is not a URL"),
            ("http://127.0.0.1/\u{1b}[2J", "is not a URL"),
        ] {
            let found = Target::new(text, &[]).unwrap_err();
            assert!(found.contains(why) && !found.contains(['\u{1b}', '@']), "{text}: {found}");
        }
        let target = Target::new("http://localhost:3000/hook?token=a%20b", &[]).unwrap();
        assert_eq!((target.authority(), target.path()), ("localhost:3000", "/hook?token=a%20b"));
        let addresses = Target::addresses(target.uri());
        assert_eq!(addresses, ["127.0.0.1:3000".parse().unwrap(), "[::1]:3000".parse().unwrap()]);
    }
}
