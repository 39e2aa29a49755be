//! Measures each stage separately, from a manifest's text to a file's bytes: `cargo bench`.
#![expect(clippy::unwrap_used, reason = "a benchmark may fail while it is prepared")]

use std::hint::black_box;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use karuna::engine::{Engine, VoiceGain};
use karuna::io::clips::{AnalysisCache, ClipTable};
use karuna::io::decode::{self, ClipBytes};
use karuna::io::encode::{AudioFileWriter, BitDepth, OutputFormat, Tags};
use karuna::io::library;
use karuna::manifest::session::ClipPath;
use karuna::manifest::{self, Session};
use karuna::timeline::{self, Programme, SessionFacts, Shape};
use karuna::units::{Decibels, Frame, Frames, Rate, SILENCE};

const SECOND: usize = 48_000;
const SHIPPED: &str = "glimmer";

/// Returns this many alternating lines and silences.
fn manifest_of(segments: usize) -> String {
    let mut text = String::from("format = 1\ntitle = \"A long one\"\n");
    for number in 0..segments / 2 {
        text += &format!("[[segment]]\nid = \"part-{number}\"\nsay = \"Let the feet find the floor.\"\n");
        text += "[[segment]]\nsilence = \"8s\"\n";
    }
    text
}

fn read(text: &str) -> Session {
    manifest::read_for_playback(Path::new("session.toml"), text).0.unwrap()
}

/// Returns stereo waves in the frequency range of speech, between `-level` and `level`.
fn waves(frames: usize, level: f32) -> Vec<Frame> {
    let wave = |frame: usize, hertz: f32| (frame as f32 * hertz * std::f32::consts::TAU / SECOND as f32).sin();
    (0..frames).map(|frame| [level * wave(frame, 220.0) * wave(frame, 3.0) + 0.01 * wave(frame, 5_713.0); 2]).collect()
}

fn manifests(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("manifest to session");
    let shipped = library::open(SHIPPED).unwrap().text;
    group.bench_function(SHIPPED, |bencher| bencher.iter(|| read(black_box(&shipped))));
    let long = manifest_of(10_000);
    group.bench_function("10,000 segments", |bencher| bencher.iter(|| read(black_box(&long))));
}

fn timelines(criterion: &mut Criterion) {
    let session = read(&manifest_of(10_000));
    let (facts, shape) = (SessionFacts::default(), Shape::default());
    criterion.bench_function("timeline of 10,000 segments", |bencher| {
        bencher.iter(|| timeline::build(&session, Programme::SESSION, &facts, &shape, Rate::DEFAULT).unwrap());
    });
}

/// Returns an engine for a shipped session.
fn engine() -> Engine {
    let manifest = library::open(SHIPPED).unwrap();
    let session = read(&manifest.text);
    let paths: Vec<ClipPath> = session.clips().into_iter().map(|clip| clip.value.clone()).collect();
    let (clips, troubles) = ClipTable::probe(&manifest.origin, &paths, AnalysisCache::disabled());
    assert!(troubles.is_empty());
    let clips = Arc::new(clips);
    let facts = clips.facts(&[]);
    let timeline = timeline::build(&session, Programme::SESSION, &facts, &Shape::default(), Rate::DEFAULT).unwrap();
    let (timeline, gain): (_, VoiceGain) = (Arc::new(timeline), Arc::new(OnceLock::from(Decibels::UNITY)));
    Engine::new(timeline.clone(), clips.source(&timeline), gain)
}

fn engines(criterion: &mut Criterion) {
    let mut engine = engine();
    let mut block = vec![SILENCE; SECOND];
    let mut group = criterion.benchmark_group("engine");
    group.throughput(Throughput::Elements(SECOND as u64));
    group.bench_function("a second of a session", |bencher| {
        bencher.iter(|| {
            if engine.playhead() >= engine.timeline().frames {
                engine.seek(Frames::ZERO);
            }
            engine.render(&mut block)
        });
    });
}

fn decoders(criterion: &mut Criterion) {
    let manifest = library::open(SHIPPED).unwrap();
    let session = read(&manifest.text);
    let path = session.clips().into_iter().map(|clip| clip.value.clone()).next().unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio").join(path.as_str());
    let bytes = ClipBytes::from_memory(std::fs::read(file).unwrap(), path.as_str());
    let mut group = criterion.benchmark_group("clip");
    group.bench_function("open", |bencher| bencher.iter(|| decode::probe(&bytes).unwrap()));
    group.bench_function("hear whole", |bencher| bencher.iter(|| decode::analyse(&bytes).unwrap()));
}

fn encoders(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encode ten seconds of sound to");
    group.sample_size(10).measurement_time(Duration::from_secs(3));
    let (sound, folder) = (waves(10 * SECOND, 0.2), tempfile::tempdir().unwrap());
    let kinds = [("wav", Some(BitDepth::Int16)), ("flac", None), ("ogg", None), ("opus", None), ("mp3", None)];
    for (ending, depth) in kinds.into_iter().filter(|(ending, _)| cfg!(feature = "mp3") || *ending != "mp3") {
        let path = folder.path().join("sound").with_extension(ending);
        let format = OutputFormat::for_path(&path, Rate::DEFAULT, depth).unwrap();
        group.bench_function(ending, |bencher| {
            bencher.iter(|| {
                let length = Frames(sound.len() as u64);
                let mut file = AudioFileWriter::create(&path, format, &Tags::default(), length).unwrap();
                file.write(&sound).unwrap();
                file.finish().unwrap();
            });
        });
    }
}

criterion_group!(stages, manifests, timelines, engines, decoders, encoders);
criterion_main!(stages);
