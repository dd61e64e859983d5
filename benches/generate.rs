//! Writes made-up deliveries, one a line: `cargo bench --bench generate -- COUNT [SPOIL_ONE_IN [SEED]]`.

mod deliveries;

use std::io::{BufWriter, Write as _};

fn main() -> std::io::Result<()> {
    // `cargo bench` adds an option of its own.
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let at = |index: usize, default| numbers.get(index).copied().unwrap_or(default);
    let spoil_one_in = usize::try_from(at(1, 0)).expect("a small number");
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in deliveries::lines(at(0, 0), spoil_one_in, at(2, 1)) {
        writeln!(out, "{line}")?;
    }
    out.flush()
}
