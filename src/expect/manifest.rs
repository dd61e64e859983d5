//! A manifest: for each file of a suite, exactly the findings that it must yield.
//!
//! In: a JSON object from paths, relative to the manifest, to lists of `CODE` or `CODE LINE:COLUMN`; then the findings,
//! payload by payload. Out: the findings that no entry expects, and at the end the unmet entries, at their places in
//! the manifest.

use super::at_start;
use crate::check::catalogue::advice;
use crate::check::{Code, Finding, Level};
use crate::escape::{visible, visible_path};
use crate::payload::{Document, Member, Node, Pointer, Position};
use crate::read::{Frame, Source, read_whole};
use anyhow::{Context as _, anyhow, bail};
use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

/// The longest manifest, in bytes: its entries take some twenty times their text in memory.
const MAX_BYTES: u64 = 16 << 20;

/// A manifest, and the state of its entries.
#[derive(Debug)]
pub struct Manifest {
    /// Its path, safe to print.
    name: String,
    path: Option<PathBuf>,
    text: Vec<u8>,
    files: Vec<File>,
    /// The index in `files` of each path, by the name under which it would be judged and by its real path.
    by_name: HashMap<String, usize>,
    by_path: HashMap<PathBuf, usize>,
    /// The manifest's entry for the current source.
    listed: Listing,
}

#[derive(Clone, Copy, Debug)]
enum Listing {
    Manifest,
    File(usize),
    /// It is not listed, and whether that was reported.
    Nowhere {
        is_said: bool,
    },
}

/// The expectations for one file.
#[derive(Debug)]
struct File {
    name: String,
    span: Range<usize>,
    is_judged: bool,
    expected: Vec<ExpectedFinding>,
    /// The unmet entries, by code and place, each list in reverse order.
    open: HashMap<Code, HashMap<EntryPlace, Vec<usize>>>,
}

/// Line and column in a file; `None` for anywhere.
type EntryPlace = Option<(u64, u64)>;

#[derive(Debug)]
struct ExpectedFinding {
    code: Code,
    place: EntryPlace,
    pointer: Pointer,
    span: Range<usize>,
    is_met: bool,
}

impl Manifest {
    /// Reads the manifest at `path`.
    ///
    /// # Errors
    /// It cannot be read, or is not a manifest; the message quotes the entry at fault.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = read_whole(path, MAX_BYTES)?;
        let files = files(&text)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let at = |file: &File| folder.join(&file.name);
        let listed = || files.iter().enumerate();
        let by_name = listed().map(|(index, file)| (without_dots(&visible_path(&at(file))), index)).collect();
        let by_path =
            listed().filter_map(|(index, file)| Some((fs::canonicalize(at(file)).ok()?, index))).collect();
        let name = visible_path(path);
        Ok(Self {
            name,
            path: fs::canonicalize(path).ok(),
            text,
            files,
            by_name,
            by_path,
            listed: Listing::Nowhere { is_said: true },
        })
    }

    /// Its path, safe to print.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The manifest itself, as the payload that [`Manifest::unmet`] is about.
    pub fn frame(&self) -> Frame<'_> {
        Frame::bare(&self.text, Position::START)
    }

    pub(super) fn begin(&mut self, source: &str) {
        self.listed = self.find(source);
        if let Listing::File(index) = self.listed {
            // A file that is judged again must meet its list again.
            self.files[index].reopen();
        }
    }

    pub(super) fn weigh(&mut self, frame: Frame<'_>, findings: Vec<Finding>) -> Option<Vec<Finding>> {
        match self.listed {
            Listing::Manifest => None,
            Listing::Nowhere { is_said: true } => Some(findings),
            Listing::Nowhere { is_said: false } => {
                self.listed = Listing::Nowhere { is_said: true };
                Some([vec![self.unlisted()], findings].concat())
            }
            Listing::File(index) => Some(self.unexpected(index, frame, findings)),
        }
    }

    fn find(&self, source: &str) -> Listing {
        let file = |index: &usize| Listing::File(*index);
        if source == Source::STDIN_NAME {
            return Listing::Nowhere { is_said: false };
        }
        if let Some(listed) = self.by_name.get(&without_dots(source)).map(file) {
            return listed;
        }
        match fs::canonicalize(source) {
            Ok(path) if Some(&path) == self.path.as_ref() => Listing::Manifest,
            Ok(path) => self.by_path.get(&path).map_or(Listing::Nowhere { is_said: false }, file),
            Err(_) => Listing::Nowhere { is_said: false },
        }
    }

    fn unlisted(&self) -> Finding {
        let message = format!("the manifest {} does not list this file", self.name);
        let help = "add it with what it must yield, or an empty list; or validate only what is listed";
        Finding { help: Some(help.into()), ..at_start(Code::UnlistedPayload, message) }
    }

    /// The findings that no entry of the file expects, as errors. An entry with a place is tried before one without, so
    /// that each finding takes the narrowest entry.
    fn unexpected(&mut self, index: usize, frame: Frame<'_>, mut findings: Vec<Finding>) -> Vec<Finding> {
        let file = &mut self.files[index];
        file.is_judged = true;
        let mut cursor = frame.cursor();
        findings.retain_mut(|finding| {
            let at = cursor.advance_to(frame.place(&finding.span).start);
            let Some(met) = file.take(finding.code, (at.line, at.column)) else {
                finding.level = Level::Error;
                let help = format!(
                    "it is not expected; if it should be, add \"{} {}:{}\" to `{}` in {}",
                    finding.code,
                    at.line,
                    at.column,
                    visible(&file.name),
                    self.name
                );
                finding.help = Some(help.into());
                return true;
            };
            file.expected[met].is_met = true;
            false
        });
        findings
    }

    /// The entries without a finding, and the files that were not judged, at their places in the manifest.
    pub fn unmet(&self) -> Vec<Finding> {
        self.files.iter().flat_map(File::unmet).collect()
    }
}

/// A path without `.` in it: `./a.json` and `a.json` are one file, even if a name that is safe to print differs from
/// the file's own.
pub(super) fn without_dots(path: &str) -> String {
    let parts = Path::new(path).components().filter(|part| *part != Component::CurDir);
    parts.collect::<PathBuf>().to_string_lossy().into_owned()
}

impl File {
    /// Allows each entry to be met once more.
    fn reopen(&mut self) {
        self.open.clear();
        for (index, expected) in self.expected.iter_mut().enumerate().rev() {
            expected.is_met = false;
            let places = self.open.entry(expected.code).or_default();
            places.entry(expected.place).or_default().push(index);
        }
    }

    /// Takes the first entry that a finding at that place meets.
    fn take(&mut self, code: Code, place: (u64, u64)) -> Option<usize> {
        let places = self.open.get_mut(&code)?;
        let mut first = |place| places.get_mut(&place)?.pop();
        first(Some(place)).or_else(|| first(None))
    }

    fn unmet(&self) -> Vec<Finding> {
        if !self.is_judged {
            let message = format!("`{}` was not read", visible(&self.name));
            let help = "name it, or a directory that holds it; or take it out of the manifest";
            let pointer = Pointer::default().join(&self.name);
            let finding = at_start(Code::UnmetExpectation, message);
            return vec![Finding { pointer, span: self.span.clone(), help: Some(help.into()), ..finding }];
        }
        let open = self.expected.iter().filter(|expected| !expected.is_met);
        open.map(|expected| {
            let entry = match expected.place {
                Some((line, column)) => format!("{} {line}:{column}", expected.code),
                None => expected.code.to_string(),
            };
            let message = format!("`{}` does not raise `{entry}`", visible(&self.name));
            let help = match expected.place {
                Some(_) => {
                    "if the finding has moved, write its new LINE:COLUMN, or the code alone; \
                            if it is gone for good, take the entry out of the manifest"
                }
                None => "if the finding is gone for good, take the entry out of the manifest",
            };
            let (pointer, span) = (expected.pointer.clone(), expected.span.clone());
            let help = Some(help.into());
            Finding { pointer, span, help, ..at_start(Code::UnmetExpectation, message) }
        })
        .collect()
    }
}

fn files(text: &[u8]) -> anyhow::Result<Vec<File>> {
    let document = Document::parse(text).map_err(|fault| anyhow!("it is not JSON: {}", fault.message))?;
    let root = document.root();
    let members = root.members().context("it must be an object from paths to lists of codes")?;
    if let Some(twice) = members.iter().find(Member::is_shadowed) {
        bail!("it lists `{}` twice; put all that the file must yield into one list", visible(&twice.name()));
    }
    members
        .iter()
        .map(|member| {
            let name = member.name().into_owned();
            let entries = member.value().elements();
            let entries = entries.with_context(|| {
                format!(
                    "`{}` must have a list of codes; an empty one, [], if nothing is to be found",
                    visible(&name)
                )
            })?;
            let pointer = Pointer::default().join(&name);
            let expected = entries.iter().enumerate().map(|(index, entry)| {
                let about = || format!("in the list of `{}`", visible(&name));
                let pointer = pointer.join(&index.to_string());
                expected(*entry, pointer, document.span(entry.text())).with_context(about)
            });
            let expected = expected.collect::<anyhow::Result<_>>()?;
            Ok(File {
                name,
                span: document.span(member.name_text()),
                is_judged: false,
                expected,
                open: HashMap::new(),
            })
        })
        .collect()
}

fn expected(entry: Node<'_>, pointer: Pointer, span: Range<usize>) -> anyhow::Result<ExpectedFinding> {
    let text = entry.as_str().context("an entry must be a string, \"CODE\" or \"CODE LINE:COLUMN\"")?;
    let (code, place) = match text.split_once(' ') {
        Some((code, place)) => (code, Some(place)),
        None => (text.as_ref(), None),
    };
    let Some(code) = Code::named(code) else {
        let advice = advice(code, Code::names());
        bail!("no finding has the code `{}`; {advice}", visible(code));
    };
    let number = |text: &str| text.parse().ok();
    let place =
        match place.map(|place| place.split_once(':').map(|(line, column)| (number(line), number(column)))) {
            None => None,
            Some(Some((Some(line), Some(column)))) => Some((line, column)),
            Some(_) => bail!("`{}` is not \"CODE LINE:COLUMN\"", visible(&text)),
        };
    Ok(ExpectedFinding { code, place, pointer, span, is_met: false })
}
