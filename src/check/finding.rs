//! Findings about a payload.

use super::Code;
use crate::payload::Pointer;
use std::borrow::Cow;
use std::ops::Range;

/// The weight of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing, but not a sign of a mistake.
    Note,
    /// Likely a mistake, although the payload conforms to the schema.
    Warning,
    /// The payload is invalid: the run exits with 1.
    Error,
}

impl Level {
    /// The level as every output spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The memory that an allocator adds to each allocation, in bytes, approximately.
const ALLOCATED: usize = 24;

/// The number of findings of one payload that are shown; the others are counted by code.
pub const SHOWN_AT_MOST: usize = 50;

/// A remedy that a program using the library may offer as an option of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Open the wrapper around the payload: a capture of this shape, or `auto` if it has no name.
    Open(&'static str),
    /// Read the whole input as one document.
    OneDocument,
    /// Allow longer payloads.
    LongerPayloads,
}

impl Remedy {
    /// The remedy in words, as [`Finding::help`] has it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Open(_) => "take the payload out, and check that",
            Self::OneDocument => "give the document by itself",
            Self::LongerPayloads => "raise the limit",
        }
    }
}

/// One finding about a payload, and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The subject.
    pub code: Code,
    /// The weight.
    pub level: Level,
    /// The value (or the object that lacks one, or the member that should not exist) as a JSON Pointer; if the pointer
    /// would be longer than [`Pointer::LONGEST`], the value around it.
    pub pointer: Pointer,
    /// The bytes at fault, from the start of the payload.
    pub span: Range<usize>,
    /// One sentence: what was expected, and what was found.
    pub message: String,
    /// A few words to show next to the place.
    pub label: Option<Cow<'static, str>>,
    /// The advice.
    pub help: Option<Cow<'static, str>>,
    /// The part of `help` that a program may offer as an option.
    pub remedy: Option<Remedy>,
}

impl Finding {
    /// A finding of the level that the catalogue gives its code, without a label and help.
    pub(crate) fn new(code: Code, pointer: Pointer, span: Range<usize>, message: String) -> Self {
        Self { code, level: code.level(), pointer, span, message, label: None, help: None, remedy: None }
    }

    /// The memory that it takes, in bytes, approximately.
    pub(crate) fn weight(&self) -> usize {
        let owned = |text: &Option<Cow<'_, str>>| match text {
            Some(Cow::Owned(text)) => ALLOCATED + text.capacity(),
            _ => 0,
        };
        let texts = ALLOCATED + self.message.capacity() + owned(&self.label) + owned(&self.help);
        size_of::<Self>() + texts + ALLOCATED + self.pointer.as_str().len()
    }

    /// The order of findings: by place, then code, then pointer.
    pub(crate) fn order(&self) -> (usize, Code, &str) {
        (self.span.start, self.code, self.pointer.as_str())
    }
}

#[cfg(test)]
mod tests {
    use crate::check::Judge;
    use std::fs;
    use std::path::Path;

    /// The options that a finding may suggest. `--trace`, which may be named, is one of curl's.
    const OPTIONS: [&str; 7] =
        ["--unwrap", "--at", "--input-format", "--max-payload-bytes", "--schema", "--event", "--allow"];

    /// A receiver has no command line, so advice must not name options, unless a program offers its own.
    #[test]
    fn no_text_of_the_library_names_an_option() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut seen = 0;
        for entry in walkdir::WalkDir::new(root.join("fixtures")) {
            let entry = entry.unwrap();
            let Ok(bytes) = fs::read(entry.path()) else { continue };
            let lines = bytes.split(|byte| *byte == b'\n').take(40);
            for finding in lines.chain([&bytes[..]]).flat_map(|bytes| Judge::default().judge(bytes)) {
                seen += usize::from(finding.remedy.is_some());
                let help = finding.help.unwrap_or_default();
                let names_option = OPTIONS.iter().any(|option| help.contains(option));
                assert!(!names_option, "{}: {help}", entry.path().display());
            }
        }
        assert!(seen > 100, "{seen}");
    }
}
