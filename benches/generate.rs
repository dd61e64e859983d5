//! Writes made-up deliveries, one per line: `cargo bench --bench generate -- COUNT [SPOIL_ONE_IN [SEED]]`; those of a
//! class: `-- CLASS COUNT [SEED]`; the names of all classes: `-- classes`.

mod deliveries;

use std::io::{BufWriter, Write as _};

fn main() -> std::io::Result<()> {
    // `cargo bench` adds an option of its own.
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let numbers: Vec<u64> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let at = |index: usize, default| numbers.get(index).copied().unwrap_or(default);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let is_named = |name: &str| arguments.iter().any(|argument| argument == name);
    if is_named("classes") {
        deliveries::CLASSES.iter().try_for_each(|class| writeln!(out, "{}", class.name))?;
    } else if let Some(class) = deliveries::CLASSES.iter().find(|class| is_named(class.name)) {
        class.text(at(0, 0), at(1, 1)).try_for_each(|text| out.write_all(text.as_bytes()))?;
    } else {
        let spoil_one_in = usize::try_from(at(1, 0)).expect("a small number");
        deliveries::lines(at(0, 0), spoil_one_in, at(2, 1)).try_for_each(|line| writeln!(out, "{line}"))?;
    }
    out.flush()
}
