//! A choice of cases: one, a family of them (`sign/`), or all.

use super::catalogue::cases;
use crate::check::catalogue::nearest;
use std::str::FromStr;

/// A choice of cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice(String);

impl Choice {
    /// Every valid name.
    pub fn names() -> Vec<&'static str> {
        let names = || cases().map(|case| case.name);
        let mut families: Vec<_> = names().filter_map(|name| Some(&name[..=name.find('/')?])).collect();
        families.dedup();
        ["all"].into_iter().chain(families).chain(names()).collect()
    }

    /// Whether the case with that name is chosen, by its name, its family's prefix, or `all`.
    pub fn selects(&self, name: &str) -> bool {
        self.0 == "all" || self.0 == name || self.0.ends_with('/') && name.starts_with(&self.0)
    }
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if Self::names().contains(&text) {
            return Ok(Self(text.to_owned()));
        }
        let near = nearest(text, Self::names().into_iter());
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        Err(format!("no case has this name{near}"))
    }
}
