//! The baseline that everyone would write and our engine, side by side in one run, over the same lines in memory.

mod deliveries;

use assoclens::check::Judge;
use assoclens::input::capture::{Skipped, Unwrap};
use assoclens::input::{Found, InputFormat, Source};
use assoclens::pipeline::{self, JudgedBlock, Options, Teller};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

const LINES: u64 = 100_000;
/// How often the two take turns.
const ROUNDS: usize = 40;

fn text(spoil_one_in: usize) -> Vec<u8> {
    deliveries::lines(LINES, spoil_one_in, 1).flat_map(|line| (line + "\n").into_bytes()).collect()
}

/// `serde_json::Value`, then `is_valid`, line by line, with nothing said about what is wrong.
fn baseline(validator: &jsonschema::Validator, text: &[u8]) -> usize {
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines
        .filter(|line| {
            serde_json::from_slice(line).is_ok_and(|value: serde_json::Value| validator.is_valid(&value))
        })
        .count()
}

struct Count {
    payloads: usize,
    findings: usize,
}

impl Teller for Count {
    fn block(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>> {
        self.payloads += usize::try_from(block.clean()).expect("a count fits");
        for payload in block.found() {
            self.payloads += 1;
            self.findings += payload.findings.len();
        }
        Ok(ControlFlow::Continue(()))
    }

    fn skipped(&mut self, skipped: &Skipped) {
        panic!("there is nothing to skip: {skipped:?}");
    }

    fn trouble(&mut self, error: &anyhow::Error) {
        panic!("{error:#}");
    }
}

/// The whole engine: reading from a file in the page cache, splitting, judging with all rules, telling.
fn engine(judge: &Arc<Judge>, path: &std::path::Path, jobs: usize) -> usize {
    let sources = std::iter::once(Ok(Found::Source(Source::file(path.to_owned()))));
    let mut count = Count { payloads: 0, findings: 0 };
    let options = Options { format: InputFormat::Ndjson, unwrap: Unwrap::Never, all_events: false, jobs };
    pipeline::run(sources, options, judge, &mut count).expect("counting does not fail");
    assert_eq!(count.payloads as u64, LINES);
    count.findings
}

fn compare(criterion: &mut Criterion) {
    let schema = serde_json::from_str(assoclens::check::EMBEDDED_SCHEMA).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema compiles");
    let judge = Arc::new(Judge::default());
    for (name, spoil_one_in) in [("clean", 0), ("one in 100 invalid", 100)] {
        let text = text(spoil_one_in);
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), &text).expect("a temporary file");
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(20);
        group.bench_function("baseline: Value, then is_valid", |bencher| {
            bencher.iter(|| baseline(&validator, black_box(&text)));
        });
        for jobs in [1, 2] {
            group.bench_function(format!("assoclens --jobs {jobs}"), |bencher| {
                bencher.iter(|| engine(&judge, file.path(), jobs));
            });
        }
        group.finish();
        in_turns(
            name,
            || black_box(baseline(&validator, black_box(&text))),
            || black_box(engine(&judge, file.path(), 1)),
        );
    }
}

/// Both one after the other, many times: what else the machine does then falls on both alike, which it does not on the
/// parts of a run.
fn in_turns(name: &str, baseline: impl Fn() -> usize, ours: impl Fn() -> usize) {
    let seconds = |work: &dyn Fn() -> usize| {
        let begun = Instant::now();
        work();
        begun.elapsed().as_secs_f64()
    };
    let mut ratios: Vec<f64> = (0..ROUNDS).map(|_| seconds(&baseline) / seconds(&ours)).collect();
    ratios.sort_by(f64::total_cmp);
    let [low, median, high] = [1, 2, 3].map(|quarter| ratios[ROUNDS * quarter / 4]);
    writeln!(
        io::stdout(),
        "{name}, {ROUNDS} rounds in turns: the baseline takes {median:.2} times as long as assoclens --jobs 1 \
         (half of the rounds: {low:.2} to {high:.2})"
    )
    .expect("standard output takes it");
}

fn floors(criterion: &mut Criterion) {
    let text = text(0);
    let mut group = criterion.benchmark_group("floors");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(20);
    group.bench_function("finding the newlines", |bencher| {
        bencher.iter(|| memchr::memchr_iter(b'\n', black_box(&text)).count());
    });
    group.bench_function("serde_json::IgnoredAny", |bencher| {
        let lines = || text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        bencher.iter_batched(
            lines,
            |lines| {
                lines.filter(|line| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()).count()
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, compare, floors);
criterion_main!(benches);
