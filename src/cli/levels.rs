//! The options that change levels, in the order of the command line.
//!
//! clap gathers each option's values by themselves; which one comes later is recognised by their indices. So these
//! options are read from clap's matches by hand, and come out as one list of changes.

use super::offered::Offering;
use crate::check::{LevelChange, Selector};
use clap::{ArgMatches, Args, Command, FromArgMatches};

/// The changes that a command line asks for, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LevelOptions {
    /// The changes in order: a later one wins.
    pub changes: Vec<LevelChange>,
}

/// The changes that four options ask for, in the order of the line.
pub(super) fn changes<S: Clone + Send + Sync + 'static>(matches: &ArgMatches) -> Vec<LevelChange<S>> {
    let named = |name, change: fn(S) -> LevelChange<S>| {
        let indices = matches.indices_of(name).unwrap_or_default();
        let selectors = matches.get_many::<S>(name).unwrap_or_default().cloned();
        indices.zip(selectors.map(change)).collect::<Vec<_>>()
    };
    let mut changes = named("deny", LevelChange::Deny);
    changes.extend(named("warn", LevelChange::Warn));
    changes.extend(named("allow", LevelChange::Allow));
    if matches.get_flag("strict") {
        let at = matches.indices_of("strict").and_then(Iterator::last).unwrap_or(0);
        changes.push((at, LevelChange::Strict));
    }
    changes.sort_by_key(|(index, _)| *index);
    changes.into_iter().map(|(_, change)| change).collect()
}

/// Set on each option: a common heading would also apply to the options around the flattened ones.
const HEADING: &str = "Levels";

/// Their declarations for clap.
#[derive(Args)]
struct LevelArgs {
    /// Turn findings of these codes into errors
    ///
    /// CODES is a list such as missing-field,event-type, a prefix such as schema/, or all. A later option wins over an
    /// earlier one. `assoclens explain` lists the codes. Unreadable payloads (empty,
    /// encoding, syntax, too-long, too-deep, too-costly) are always errors.
    #[arg(long, value_name = "CODES", value_delimiter = ',', help_heading = HEADING,
        value_parser = Offering::levels(), hide_possible_values = true)]
    deny: Vec<Selector>,

    /// Turn findings of these codes into warnings
    #[arg(long, value_name = "CODES", value_delimiter = ',', help_heading = HEADING,
        value_parser = Offering::levels(), hide_possible_values = true)]
    warn: Vec<Selector>,

    /// Do not report findings of these codes
    ///
    /// `--allow all --deny schema/` leaves only the schema's verdict.
    #[arg(long, value_name = "CODES", value_delimiter = ',', help_heading = HEADING,
        value_parser = Offering::levels(), hide_possible_values = true)]
    allow: Vec<Selector>,

    /// Turn all warnings into errors
    #[arg(long, help_heading = HEADING)]
    strict: bool,
}

impl Args for LevelOptions {
    fn augment_args(command: Command) -> Command {
        LevelArgs::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        LevelArgs::augment_args_for_update(command)
    }
}

impl FromArgMatches for LevelOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut options = Self::default();
        options.update_from_arg_matches(matches)?;
        Ok(options)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.changes = changes(matches);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct TestLine {
        #[command(flatten)]
        levels: LevelOptions,
    }

    /// The changes that a line asks for.
    fn read(line: &str) -> String {
        let line = TestLine::try_parse_from(format!("assoclens {line}").split(' ')).unwrap();
        let changes: Vec<String> = line.levels.changes.iter().map(|change| format!("{change:?}")).collect();
        changes.join(" ")
    }

    #[test]
    fn changes_keep_the_order_of_the_line() {
        assert_eq!(
            read("--deny object-pair,schema/ --allow all --deny=schema/type"),
            "Deny(One(ObjectPair)) Deny(Family(\"schema/\")) Allow(All) Deny(One(SchemaType))"
        );
        assert_eq!(
            read("--allow all --strict --warn event-type,empty-field --deny all"),
            "Allow(All) Strict Warn(One(EventType)) Warn(One(EmptyField)) Deny(All)"
        );
        assert_eq!(read("--warn all --strict"), "Warn(All) Strict");
        assert_eq!(read("--strict --warn all"), "Strict Warn(All)");
    }
}
