//! The engine by itself, and a lower bound for its time. The obvious implementation must be another program
//! (`benches/naive`), because crates have the same features throughout a build; `benches/classes.sh` compares the two.

#[allow(dead_code, reason = "the classes are `generate`'s")]
mod deliveries;

use assoclens::capture::{Skipped, Unwrap};
use assoclens::check::Judge;
use assoclens::engine::{self, JudgedBlock, Options, Sink};
use assoclens::read::{InputFormat, PathItem, Source};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

const LINES: u64 = 100_000;

fn text(spoil_one_in: usize) -> Vec<u8> {
    deliveries::lines(LINES, spoil_one_in, 1).flat_map(|line| (line + "\n").into_bytes()).collect()
}

struct Count {
    payloads: usize,
    findings: usize,
}

impl Sink for Count {
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

    fn unavailable(&mut self, error: &anyhow::Error) {
        panic!("{error:#}");
    }
}

/// The whole engine: reading from a file in the page cache, splitting, judging with all rules, reporting.
fn engine(judge: &Arc<Judge>, path: &std::path::Path, jobs: usize) -> usize {
    let sources = std::iter::once(Ok(PathItem::Source(Source::file(path.to_owned()))));
    let mut count = Count { payloads: 0, findings: 0 };
    let options = Options { format: InputFormat::Ndjson, unwrap: Unwrap::Never, all_events: false, jobs };
    engine::run(sources, options, judge, &mut count).expect("counting does not fail");
    assert_eq!(count.payloads as u64, LINES);
    count.findings
}

fn whole(criterion: &mut Criterion) {
    let judge = Arc::new(Judge::default());
    for (name, spoil_one_in) in [("clean", 0), ("one in 100 invalid", 100)] {
        let text = text(spoil_one_in);
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), &text).expect("a temporary file");
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(20);
        for jobs in [1, 2] {
            group.bench_function(format!("assoclens --jobs {jobs}"), |bencher| {
                bencher.iter(|| engine(&judge, file.path(), jobs));
            });
        }
        group.finish();
    }
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

criterion_group!(benches, whole, floors);
criterion_main!(benches);
