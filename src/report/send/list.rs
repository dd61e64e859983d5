//! The cases, for `--list-cases`.

use crate::report::layout::Page;
use crate::terminal::write_styled;
use crate::trial::{Needs, cases};
use colored::Colorize as _;
use std::io::{self, Write};

/// Prints each case: its name, its level, the request, the expectation, and the reason.
pub fn list(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for case in cases() {
        let needs = match case.needs {
            Needs::Nothing => "",
            Needs::Query => " (needs a query in the URL)",
            Needs::Key => " (needs --sign-with)",
            Needs::BothKeys => " (needs --sign-with and --sign-legacy)",
        };
        let mut text = format!("{}{needs}\n", case.name.bold());
        let expected = case
            .expects
            .iter()
            .map(|(expected, level)| ("expects", format!("{}: {}", level.as_str(), expected.words())));
        let rows = [("sends", case.sends.to_owned())]
            .into_iter()
            .chain(expected)
            .chain([("why", case.why.to_owned())]);
        for (label, row) in rows {
            for (index, line) in page.lines(&row, 10, 10).iter().enumerate() {
                let label = if index == 0 { label } else { "" };
                text += &format!("  {label:8}{line}\n");
            }
        }
        write_styled(out, &text, page.is_coloured)?;
    }
    Ok(())
}
