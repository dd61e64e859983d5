//! The properties of the streams: colour, width, and characters.
//!
//! In: the `--color` choice, the environment, and each stream. Out: one decision per stream.
//! Invariants: `--color` beats `NO_COLOR`, which beats `CLICOLOR_FORCE` and `FORCE_COLOR`, which beat `CLICOLOR=0`,
//! `FORCE_COLOR=0` and `TERM=dumb`, which beat whether the stream is a terminal; nothing here changes the content of
//! output.

use std::env;
use std::io::{self, IsTerminal as _, Write};

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// If the stream is a terminal, unless the environment says otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl ColorChoice {
    /// Whether a stream takes colour; `is_terminal` says what it is.
    pub fn allows(self, is_terminal: bool) -> bool {
        self.decide(is_terminal, |name| env::var_os(name).and_then(|value| value.into_string().ok()))
    }

    fn decide(self, is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
        let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
        let is_forced = |name| variable(name).is_some_and(|value| !value.is_empty() && value != "0");
        let is_off = |name| variable(name).is_some_and(|value| value == "0");
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if is_set("NO_COLOR") => false,
            Self::Auto if is_forced("CLICOLOR_FORCE") || is_forced("FORCE_COLOR") => true,
            Self::Auto if is_off("CLICOLOR") || is_off("FORCE_COLOR") => false,
            Self::Auto if variable("TERM").as_deref() == Some("dumb") => false,
            Self::Auto => is_terminal,
        }
    }
}

/// The width of a report, in columns: `COLUMNS` if it is a sensible number, else the terminal's width. A pipe or a file
/// has none.
pub fn width() -> Option<usize> {
    const SENSIBLE: std::ops::RangeInclusive<usize> = 20..=1000;
    let given = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let seen = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    given.filter(|columns| SENSIBLE.contains(columns)).or_else(|| seen().filter(|width| *width > 0))
}

/// The width of a line on standard error, in columns.
pub fn error_width() -> usize {
    let seen = terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| usize::from(width.0));
    seen.filter(|width| *width > 0).unwrap_or(80)
}

/// Whether a line on standard error can be redrawn: it is a terminal that can do it, and no other program (a pager,
/// `head`) reads standard output and shows it on the same screen.
pub fn shows_progress() -> bool {
    let can_redraw =
        || cfg!(windows) || env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
    io::stderr().is_terminal() && !is_read_by_a_program() && can_redraw()
}

#[cfg(unix)]
fn is_read_by_a_program() -> bool {
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::FileTypeExt as _;
    let stdout =
        io::stdout().as_fd().try_clone_to_owned().and_then(|stdout| std::fs::File::from(stdout).metadata());
    stdout.is_ok_and(|stdout| stdout.file_type().is_fifo() || stdout.file_type().is_socket())
}

#[cfg(not(unix))]
fn is_read_by_a_program() -> bool {
    !io::stdout().is_terminal()
}

/// Whether lines may be drawn in Unicode: the locale (`LC_ALL`, else `LC_CTYPE`, else `LANG`) is UTF-8, and
/// `TERM` is neither `dumb` nor `plain`.
pub fn draws_unicode() -> bool {
    is_unicode(|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

fn is_unicode(variable: impl Fn(&str) -> Option<String>) -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(&variable).find(|value| !value.is_empty());
    let locale = locale.unwrap_or_default().to_ascii_lowercase();
    let is_plain = matches!(variable("TERM").as_deref(), Some("dumb" | "plain"));
    !is_plain && (locale.contains("utf-8") || locale.contains("utf8"))
}

/// Writes styled text, without its styles if colour is not wanted.
pub fn write_styled(out: &mut dyn Write, styled: &str, is_coloured: bool) -> io::Result<()> {
    if is_coloured || !styled.contains('\x1b') {
        out.write_all(styled.as_bytes())
    } else {
        write!(out, "{}", anstream::adapter::strip_str(styled))
    }
}

#[cfg(test)]
mod tests {
    use super::{ColorChoice, is_unicode};

    #[test]
    fn lines_are_drawn_in_unicode_where_the_locale_is() {
        type Environment = &'static [(&'static str, &'static str)];
        let rules: [(Environment, bool); 8] = [
            (&[], false),
            (&[("LANG", "en_US.UTF-8")], true),
            (&[("LANG", "C.utf8"), ("TERM", "xterm")], true),
            (&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")], false),
            (&[("LC_ALL", ""), ("LC_CTYPE", "de_DE.UTF-8"), ("LANG", "C")], true),
            (&[("LC_CTYPE", "POSIX"), ("LANG", "en_US.UTF-8")], false),
            (&[("LANG", "en_US.UTF-8"), ("TERM", "dumb")], false),
            (&[("LANG", "en_US.UTF-8"), ("TERM", "plain")], false),
        ];
        for (environment, expected) in rules {
            let variable = |name: &str| {
                environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(is_unicode(variable), expected, "{environment:?}");
        }
    }

    #[test]
    fn each_rule_of_colour_beats_those_after_it() {
        type Environment = &'static [(&'static str, &'static str)];
        let rules: [(ColorChoice, Environment, bool, bool); 17] = [
            (ColorChoice::Always, &[("NO_COLOR", "1")], false, true),
            (ColorChoice::Never, &[("FORCE_COLOR", "1")], true, false),
            (ColorChoice::Auto, &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], true, false),
            (ColorChoice::Auto, &[("NO_COLOR", ""), ("FORCE_COLOR", "1")], false, true),
            (ColorChoice::Auto, &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], false, true),
            (ColorChoice::Auto, &[("CLICOLOR_FORCE", "0")], false, false),
            (ColorChoice::Auto, &[("FORCE_COLOR", "0")], false, false),
            (ColorChoice::Auto, &[("FORCE_COLOR", "0")], true, false),
            (ColorChoice::Auto, &[("CLICOLOR", "0")], true, false),
            (ColorChoice::Auto, &[("CLICOLOR", "1")], true, true),
            (ColorChoice::Auto, &[("CLICOLOR", "0"), ("CLICOLOR_FORCE", "1")], false, true),
            (ColorChoice::Auto, &[("CLICOLOR_FORCE", "0")], true, true),
            (ColorChoice::Auto, &[("TERM", "dumb")], true, false),
            (ColorChoice::Auto, &[("TERM", "xterm")], false, false),
            (ColorChoice::Auto, &[("NO_COLOR", "")], true, true),
            (ColorChoice::Auto, &[], true, true),
            (ColorChoice::Auto, &[], false, false),
        ];
        for (choice, environment, is_terminal, expected) in rules {
            let variable = |name: &str| {
                environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(
                choice.decide(is_terminal, variable),
                expected,
                "{choice:?} {environment:?} {is_terminal}"
            );
        }
    }
}
