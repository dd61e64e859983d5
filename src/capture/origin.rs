//! The origin of an unwrapped payload: its wrappers, its form, its headers.

use crate::escape::is_unsafe;
use crate::headers::{Fidelity, Headers};
use crate::payload::Pointer;
use std::fmt;

/// The origin of an unwrapped payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The wrappers, the outermost first; there is at least one.
    pub steps: Vec<Step>,
    /// The fidelity of the body.
    pub fidelity: Fidelity,
    /// The headers nearest to the payload, in the order written.
    pub headers: Headers,
}

impl Origin {
    /// The place where a search found the payload, from the JSON that holds it; empty in a text, or in a bare string.
    pub fn found_at(&self) -> Option<Pointer> {
        let first = self.steps.iter().position(|step| step.shape == super::generic::JSON.name)?;
        let pointers = self.steps[first..].iter().map(|step| step.pointer.as_str());
        Some(Pointer::from(pointers.collect::<String>()).bounded())
    }

    /// The option that names the payload's place, if there is one that a shell takes unquoted.
    pub fn option(&self) -> Option<String> {
        let is_found = self.steps.first().is_some_and(|step| step.shape == super::generic::JSON.name);
        let place = self.found_at().filter(|_| is_found && self.steps.iter().all(|step| step.number == 0))?;
        let pointer = place.as_str();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_.-~@+:,=".contains(&byte);
        let is_place =
            !pointer.is_empty() && pointer.len() < Pointer::LONGEST && !pointer.chars().any(is_unsafe);
        match pointer.bytes().all(is_plain) {
            _ if !is_place => None,
            true => Some(format!("--at {pointer}")),
            false => Some(format!("--at '{pointer}'")).filter(|_| !pointer.contains('\'')),
        }
    }

    /// Whether the payload is in a text of no known shape.
    pub fn is_text(&self) -> bool {
        matches!(&self.steps[..], [step] if step.shape == super::generic::TEXT.name)
    }

    /// Whether the payload is the inner part of the nested form.
    pub fn is_nested(&self) -> bool {
        self.steps.last().is_some_and(|step| super::generic::is_form(step.shape))
    }

    /// Whether the payload is a part of the body that was sent, and not all of it.
    pub fn is_part_of_body(&self) -> bool {
        self.steps.iter().any(|step| super::generic::is_form(step.shape))
    }
}

/// One wrapper, and the payload's place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The name of the wrapper's shape.
    pub shape: &'static str,
    /// The value that holds the payload; empty if the wrapper is text.
    pub pointer: Pointer,
    /// The number of the delivery among several in a text, from 1; 0 if the pointer identifies it, or there is only
    /// one.
    pub number: usize,
    /// The encoding of the payload there, if any: `base64` or `gzip in base64`.
    pub encoding: Option<&'static str>,
}

impl Step {
    /// The shape's name for use in a sentence; a place given by hand goes by the name of its option.
    pub fn title(&self) -> &'static str {
        if self.shape == super::generic::AT.name { "--at" } else { self.shape }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.title())?;
        if !self.pointer.as_str().is_empty() {
            write!(formatter, " {}", self.pointer)?;
        }
        if self.number > 0 {
            write!(formatter, " no. {}", self.number)?;
        }
        self.encoding.map_or(Ok(()), |encoding| write!(formatter, " ({encoding})"))
    }
}

/// For example `aws-sqs /Records/0/body > aws-sns /Message`. A pointer may hold anything, so this is not safe to print.
impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let says =
            |step: &Step| !step.pointer.as_str().is_empty() || step.number > 0 || step.encoding.is_some();
        let mut before = "";
        for (index, step) in self.steps.iter().enumerate() {
            let is_repeated = self.steps.get(index + 1).is_some_and(|next| next.shape == step.shape);
            if says(step) || !is_repeated {
                write!(formatter, "{before}{step}")?;
                before = " > ";
            }
        }
        Ok(())
    }
}
