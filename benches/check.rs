//! Measures `karuna check` from the program's start to its end: `cargo bench --bench check`.
//!
//! Ten times as many silences and bells take about ten times as long, and both are fast enough to seem instant.
#![expect(clippy::unwrap_used, reason = "a benchmark may fail while it is prepared")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Returns this many alternating silences and bells, each with an id.
fn manifest(segments: usize) -> String {
    let mut text = String::from("format = 1\ntitle = \"A long one\"\n");
    for number in 0..segments / 2 {
        text += &format!("[[segment]]\nid = \"silence-{number}\"\nsilence = \"8s\"\n");
        text += &format!("[[segment]]\nid = \"bell-{number}\"\nbell = \"inkin\"\nhold = \"0s\"\n");
    }
    text
}

fn check(manifest: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_karuna"));
    let status = command.arg("check").arg(manifest).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.unwrap().success());
}

fn checks(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let mut group = criterion.benchmark_group("check of silences and bells");
    group.sample_size(20).measurement_time(Duration::from_secs(4));
    for segments in [1_000, 10_000] {
        let path = folder.path().join(format!("{segments}.toml"));
        std::fs::write(&path, manifest(segments)).unwrap();
        group.throughput(Throughput::Elements(segments as u64));
        group.bench_function(segments.to_string(), |bencher| bencher.iter(|| check(&path)));
    }
}

criterion_group!(benches, checks);
criterion_main!(benches);
