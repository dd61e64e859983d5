//! The obvious implementation: `naive SCHEMA FILE` counts the valid lines.

use std::fs::File;
use std::io::{BufRead as _, BufReader};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (schema, path) = (arguments.next().ok_or("no schema")?, arguments.next().ok_or("no file")?);
    let validator = jsonschema::validator_for(&serde_json::from_reader(File::open(schema)?)?)?;
    let (mut reader, mut line) = (BufReader::new(File::open(path)?), String::new());
    let (mut lines, mut valid) = (0, 0);
    while reader.read_line(&mut line)? > 0 {
        lines += 1;
        let value = serde_json::from_str::<serde_json::Value>(&line);
        valid += u64::from(value.is_ok_and(|value| validator.is_valid(&value)));
        line.clear();
    }
    println!("{valid} of {lines} lines are valid");
    Ok(())
}
