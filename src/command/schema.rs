//! `assoclens schema`: the documented form of the payload.

use super::{Exit, Streams, written};
use crate::cli::SchemaCommand;
use crate::event::Field;
use crate::report::layout::{USUAL_WIDTH, wrap};
use crate::terminal::write_styled;
use colored::Colorize as _;
use unicode_width::UnicodeWidthStr as _;

pub(super) fn run(arguments: &SchemaCommand, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let event = arguments.event;
    let text = match arguments {
        SchemaCommand { fields: true, .. } => {
            fields_table(event.fields(), streams.width.unwrap_or(USUAL_WIDTH))
        }
        SchemaCommand { example: true, .. } => event.example.to_owned(),
        _ => event.schema.to_owned(),
    };
    written(streams.out, |out| write_styled(out, &text, streams.is_coloured))
}

/// One row per field: name, type, meaning, example. The meaning wraps; if there is no room for a column of examples,
/// each example takes a line of its own, and if there is little room, so does the meaning.
fn fields_table(fields: &[Field], width: usize) -> String {
    let column = |title: &str, cell: fn(&Field) -> &str| {
        fields.iter().map(|field| cell(field).width()).max().unwrap_or(0).max(title.len()) + 2
    };
    let name = column("FIELD", |field| &field.name);
    let json_type = column("TYPE", |field| &field.json_type);
    let example = column("EXAMPLE", |field| &field.example);
    let left = width.saturating_sub(name + json_type);
    let has_room = left > example + 30;
    let is_narrow = left < 30;
    let indent = if is_narrow { 2 } else { name + json_type };
    let meaning = if has_room { left - example } else { width.saturating_sub(indent) };

    let heading = |last: &str| format!("{:name$}{:json_type$}{:meaning$}{last}", "FIELD", "TYPE", "MEANING");
    let mut table = heading(if has_room { "EXAMPLE" } else { "" }).trim_end().bold().to_string() + "\n";
    let padded_type = if is_narrow { 0 } else { json_type };
    for field in fields {
        let shown =
            format!("{:name$}", field.name).bold().to_string() + &format!("{:padded_type$}", field.json_type);
        let mut lines = wrap(&field.meaning, meaning.saturating_sub(2).max(20));
        if is_narrow {
            lines.insert(0, String::new());
        }
        if has_room {
            lines[0] = format!("{:meaning$}{}", lines[0], field.example);
        } else {
            lines.push(format!("e.g. {}", field.example));
        }
        table += &(shown + &lines.join(&format!("\n{}", " ".repeat(indent))) + "\n");
    }
    table
}
