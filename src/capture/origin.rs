//! Where an unwrapped payload is from: through which wrappers, in which form, with which headers.

use crate::escape::is_unsafe;
use crate::headers::{Fidelity, Headers};
use crate::payload::Pointer;
use std::fmt;

/// What an unwrapped payload was in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The wrappers, the outermost first; there is at least one.
    pub steps: Vec<Step>,
    /// How much of the body as it was sent is left.
    pub fidelity: Fidelity,
    /// The headers that stand nearest to the payload, in the order written.
    pub headers: Headers,
}

impl Origin {
    /// Where the payload was found, if no shape says that it is there, from the JSON that holds it; empty in a text, or
    /// in a string that is all.
    pub fn found_at(&self) -> Option<Pointer> {
        let first = self.steps.iter().position(|step| step.shape == super::generic::JSON.name)?;
        let pointers = self.steps[first..].iter().map(|step| step.pointer.as_str());
        Some(Pointer::from(pointers.collect::<String>()).bounded())
    }

    /// The option that names the payload's place, where one does and a shell takes it as it is written.
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

    /// Whether the payload stands in a text of no shape.
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

/// One wrapper, and where the payload is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The name of the wrapper's shape.
    pub shape: &'static str,
    /// The value that holds the payload; empty where the wrapper is text.
    pub pointer: Pointer,
    /// Which of several deliveries in a text it is, from 1; 0 where the pointer says so, or there is but one.
    pub number: usize,
    /// How the payload is written there, where that is not plainly: `base64` or `gzip in base64`.
    pub encoding: Option<&'static str>,
}

impl Step {
    /// The shape's name in a sentence; a place named by hand is called by the option that names it.
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

/// `aws-sqs /Records/0/body > aws-sns /Message`; a pointer may hold anything, so this is not safe to print.
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
