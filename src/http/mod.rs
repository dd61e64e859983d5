//! HTTP: the only room that opens sockets, and the only one that names the crates for it.
//!
//! In: a URL that a person gave, and requests to make. Out: answers, or reasons why there is none.
//! Invariants: no socket leads off this machine unless the host was named with `--allow-host`; no redirect is followed
//! and no proxy is used; the part of an answer that is read is bounded; an answer counts only if the receiver was
//! reached.

mod client;
mod head;
mod server;
mod target;

pub use client::{Answer, Client, Failure, hint_of_status};
pub use head::Refusal;
pub use server::{Received, Refused, Rules, Server, Stop, Taker};
pub use target::Target;

use crate::headers::Headers;
use std::borrow::Cow;

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Without a body.
    Get,
    /// With a body.
    Post,
}

impl Method {
    /// Its name in a request.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// One request, ready to be sent.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Deliveries are posted.
    pub method: Method,
    /// In order, without `Host`, `Content-Length` and `Connection`, which are added.
    pub headers: Headers,
    /// The body's bytes.
    pub body: Cow<'a, [u8]>,
}

impl Request<'_> {
    /// The same, holding its own body.
    pub fn into_owned(self) -> Request<'static> {
        Request { body: Cow::Owned(self.body.into_owned()), ..self }
    }

    /// All headers as they are sent to `target`, in order.
    pub fn headers_to(&self, target: &Target) -> Headers {
        let mut all = Headers::default();
        all.push("Host", target.authority());
        let mut all = all.followed_by(self.headers.clone());
        if self.method == Method::Post {
            all.push("Content-Length", self.body.len().to_string());
        }
        all.push("Connection", "close");
        all
    }
}
