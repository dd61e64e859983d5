//! The level of each code, as changed by the user.
//!
//! In: changes, in the order they are given. Out: [`Levels`], applied to findings in one place.
//! Invariants: a later change wins; an unreadable payload stays an error, so no option makes it valid; without changes,
//! nothing changes.

use super::catalogue::{RuleLayer, advice};
use super::{Code, Finding, Level};
use std::str::FromStr;

/// The codes that a change is about: one, all with a common prefix (`schema/`), or `all`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// Every code.
    All,
    /// All codes with this prefix.
    Family(String),
    /// One code.
    One(Code),
}

impl FromStr for Selector {
    type Err = String;

    /// # Errors
    /// The text names no code, or one with a fixed level. The message names the nearest.
    fn from_str(text: &str) -> Result<Self, String> {
        let selector = Self::of(text)?;
        let first = Code::ALL.iter().find(|code| selector.selects(**code)).filter(|_| selector != Self::All);
        match first.map(|code| code.layer()) {
            Some(RuleLayer::Reading) => {
                Err("its level cannot be changed: unreadable input is always an error".to_owned())
            }
            Some(RuleLayer::Expectation) => {
                Err("its level cannot be changed: --expect and --expect-invalid need it to be an error"
                    .to_owned())
            }
            _ => Ok(selector),
        }
    }
}

impl Selector {
    /// Selects by a code, a prefix that ends in `/`, or `all`.
    ///
    /// # Errors
    /// The text names no code. The message names the nearest.
    pub fn of(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Self::All);
        }
        if let Some(code) = Code::named(text) {
            return Ok(Self::One(code));
        }
        let family = Self::Family(text.to_owned());
        if text.ends_with('/') && Code::ALL.iter().any(|code| family.selects(*code)) {
            return Ok(family);
        }
        let all = ["all", "schema/"].into_iter().chain(Code::names());
        Err(format!("no finding has this code; {}", advice(text, all)))
    }

    /// Whether `code` is selected.
    pub fn selects(&self, code: Code) -> bool {
        match self {
            Self::All => true,
            Self::Family(prefix) => code.as_str().starts_with(prefix),
            Self::One(own) => *own == code,
        }
    }
}

fn is_fixed(code: Code) -> bool {
    matches!(code.layer(), RuleLayer::Reading | RuleLayer::Expectation)
}

/// One change, to the codes of findings or to anything else that has levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LevelChange<S = Selector> {
    /// They become errors.
    Deny(S),
    /// They become warnings.
    Warn(S),
    /// They are not reported.
    Allow(S),
    /// All current warnings become errors.
    Strict,
}

/// The level of each code.
///
/// ```
/// use assoclens::check::{Code, Judge, LevelChange, Levels};
///
/// let strict = Judge::default().with_levels(Levels::new(&[LevelChange::Strict]));
/// assert_eq!(strict.judge(b"{}")[0].code, Code::MissingField);
/// assert_eq!(strict.judge(b"{}")[0].level, assoclens::check::Level::Error);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// The codes whose level differs from the catalogue's; `None` for those that are not reported.
    changed: Vec<(Code, Option<Level>)>,
}

impl Levels {
    /// Applies `changes`, in order, to the catalogue's levels.
    pub fn new(changes: &[LevelChange]) -> Self {
        let changed = Code::ALL
            .iter()
            .copied()
            .filter(|code| !is_fixed(*code))
            .map(|code| (code, level_after(code.level(), changes, |selector| selector.selects(code))))
            .filter(|(code, level)| *level != Some(code.level()))
            .collect();
        Self { changed }
    }

    /// The level of `code`; `None` if it is not reported.
    pub(super) fn of(&self, code: Code) -> Option<Level> {
        let changed = self.changed.iter().find(|(changed, _)| *changed == code);
        changed.map_or(Some(code.level()), |(_, level)| *level)
    }

    /// Gives each finding its level, and removes those that are allowed.
    pub(super) fn apply(&self, findings: &mut Vec<Finding>) {
        findings.retain_mut(|finding| {
            let Some((_, level)) = self.changed.iter().find(|(code, _)| *code == finding.code) else {
                return true;
            };
            level.inspect(|level| finding.level = *level).is_some()
        });
    }
}

/// The level after the `changes` that select it, starting with `default`; `None` if it is not reported.
pub(crate) fn level_after<S>(
    default: Level,
    changes: &[LevelChange<S>],
    selects: impl Fn(&S) -> bool,
) -> Option<Level> {
    let mut level = Some(default);
    for change in changes {
        level = match change {
            LevelChange::Deny(selector) if selects(selector) => Some(Level::Error),
            LevelChange::Warn(selector) if selects(selector) => Some(Level::Warning),
            LevelChange::Allow(selector) if selects(selector) => None,
            LevelChange::Strict if level == Some(Level::Warning) => Some(Level::Error),
            _ => level,
        };
    }
    level
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selector(text: &str) -> Selector {
        text.parse().unwrap()
    }

    fn after(changes: &[LevelChange], code: &str) -> Option<Level> {
        let (code, pointer) = (Code::named(code).unwrap(), crate::payload::Pointer::default());
        let mut findings = vec![Finding::new(code, pointer, 0..1, String::new())];
        Levels::new(changes).apply(&mut findings);
        findings.first().map(|finding| finding.level)
    }

    #[test]
    fn the_later_change_wins() {
        use LevelChange::{Allow, Deny, Strict, Warn};
        let (all, missing, schema) = (selector("all"), selector("missing-field"), selector("schema/"));
        let cases: [(&[LevelChange], &'static str, Option<Level>); 13] = [
            (&[], "missing-field", Some(Level::Warning)),
            (&[Strict], "missing-field", Some(Level::Error)),
            (&[Strict], "object-pair", Some(Level::Note)),
            (&[Warn(selector("object-pair")), Strict], "object-pair", Some(Level::Error)),
            (&[Strict, Warn(missing.clone())], "missing-field", Some(Level::Warning)),
            (&[Allow(missing.clone()), Strict], "missing-field", None),
            (&[Allow(missing.clone()), Deny(missing.clone())], "missing-field", Some(Level::Error)),
            (&[Deny(missing.clone()), Allow(missing)], "missing-field", None),
            (&[Warn(schema.clone())], "schema/type", Some(Level::Warning)),
            (&[Allow(all.clone()), Deny(schema)], "schema/type", Some(Level::Error)),
            (&[Allow(all.clone()), Deny(selector("schema/enum"))], "schema/type", None),
            (&[Allow(all.clone())], "syntax", Some(Level::Error)),
            (&[Deny(all)], "byte-order-mark", Some(Level::Error)),
        ];
        for (changes, code, expected) in cases {
            assert_eq!(after(changes, code), expected, "{code} after {changes:?}");
        }
    }

    #[test]
    fn an_unknown_selector_suggests_a_near_one() {
        let why = |text: &str| text.parse::<Selector>().unwrap_err();
        assert_eq!(why("missing-feild"), "no finding has this code; did you mean `missing-field`?");
        assert_eq!(why("schema"), "no finding has this code; did you mean `schema/`?");
        assert_eq!(why("qqq"), "no finding has this code; `assoclens explain` lists them");
        assert!(why("syntax").starts_with("its level cannot be changed"));
        assert_eq!(why("schema/…"), "no finding has this code; did you mean `schema/`?");
    }
}
