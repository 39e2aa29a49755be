//! Clips on disk: cached analyses, loudness normalisation, and files that shrink or disappear.
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use karuna::engine::{ClipReader, Engine};
use karuna::io::clips::{AnalysisCache, ClipTable};
use karuna::io::decode::{ClipBytes, ClipDecoder};
use karuna::io::library::ManifestOrigin;
use karuna::manifest::{self, session::ClipPath};
use karuna::timeline::{self, Programme, Shape};
use karuna::units::{Decibels, Frames, Rate, SILENCE};

/// Writes a 16-bit WAV file at 48 kHz whose header states `frames`, followed by the given samples.
fn wav(path: &Path, channels: u16, frames: usize, samples: impl Iterator<Item = f32>) {
    let size = (frames * usize::from(channels) * 2) as u32;
    let mut bytes = [b"RIFF", &(size + 36).to_le_bytes()[..], b"WAVEfmt \x10\0\0\0\x01\0"].concat();
    bytes.extend(channels.to_le_bytes());
    bytes.extend([48_000, 96_000 * u32::from(channels)].map(u32::to_le_bytes).as_flattened());
    bytes.extend([channels * 2, 16].map(u16::to_le_bytes).as_flattened());
    bytes.extend([b"data", &size.to_le_bytes()[..]].concat());
    bytes.extend(samples.flat_map(|sample| ((sample * 32_767.0).round() as i16).to_le_bytes()));
    fs::write(path, bytes).unwrap();
}

/// Returns a voice-like buzz in syllables, with the peak amplitude `level`.
fn speech(frames: usize, pitch: f32, level: f32) -> impl Iterator<Item = f32> {
    (0..frames).map(move |frame| {
        let moment = frame as f32 / 48_000.0;
        let syllable = (moment * 4.0 * std::f32::consts::PI).sin().powi(2);
        let tones = (1..9).map(|tone| (moment * pitch * tone as f32 * std::f32::consts::TAU).sin() / tone as f32);
        level * 0.5 * syllable * tones.sum::<f32>()
    })
}

struct Room(tempfile::TempDir);

impl Room {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Returns the size in bytes of the temporary file of a render.
    fn written(&self) -> u64 {
        let sizes = fs::read_dir(self.0.path()).unwrap().filter_map(|file| {
            let file = file.unwrap();
            let is_render = !["a.wav", "session.toml", "cache"].contains(&file.file_name().to_str().unwrap());
            file.metadata().ok().filter(|_| is_render).map(|facts| facts.len())
        });
        sizes.sum()
    }

    fn manifest(&self, body: &str) -> String {
        fs::write(self.file("session.toml"), format!("format = 1\ntitle = \"x\"\n{body}")).unwrap();
        self.file("session.toml").to_str().unwrap().to_owned()
    }

    fn karuna(&self, cache: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karuna"));
        command.args(arguments).current_dir(self.0.path()).env("XDG_CACHE_HOME", self.file(cache));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Renders the session as a WAV file of 32-bit floats, with the cache of this name.
    fn render(&self, cache: &str, name: &str) -> Output {
        let output = self.karuna(cache, &["render", "session.toml", "-o", name, "--bits", "32f"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output
    }
}

#[test]
fn the_cache_never_changes_the_result() {
    let room = Room::new();
    wav(&room.file("a.wav"), 1, 60_000, speech(60_000, 110.0, 0.3));
    wav(&room.file("b.wav"), 2, 60_000, speech(120_000, 190.0, 0.05));
    room.manifest("[[segment]]\nclip = \"a.wav\"\n[[segment]]\nclip = \"b.wav\"\n");
    fs::write(room.file("closed"), "a file where a folder should be").unwrap();
    room.render("closed", "without.wav");
    let without = fs::read(room.file("without.wav")).unwrap();
    let rendered = || {
        room.render("cache", "with.wav");
        assert!(fs::read(room.file("with.wav")).unwrap() == without, "the samples differ");
    };
    // Files modified within the last moments are not cached yet.
    let age = |name| fs::metadata(room.file(name)).unwrap().modified().unwrap().elapsed().unwrap_or_default();
    while age("a.wav").min(age("b.wav")) < Duration::from_millis(50) {
        std::thread::sleep(Duration::from_millis(1));
    }
    rendered();
    let records: Vec<_> =
        fs::read_dir(room.file("cache/karuna/clips")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(records.len(), 2, "one for each clip, and nothing else");
    rendered();
    let whole = fs::read(&records[0]).unwrap();
    for broken in [vec![], whole[..whole.len() / 2].to_vec(), vec![0xff; 4096], vec![b'a'; 3_000_000]] {
        records.iter().for_each(|record| fs::write(record, &broken).unwrap());
        rendered();
    }
    rendered();
}

/// Returns the integrated loudness and the true peak, measured by ffmpeg.
fn ebur128(path: &Path) -> (f64, f64) {
    let arguments = ["-nostats", "-i", path.to_str().unwrap(), "-af", "ebur128=peak=true", "-f", "null", "-"];
    let output = Command::new("ffmpeg").args(arguments).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let summary = stderr.rsplit("Summary:").next().unwrap();
    let value = |name: &str| -> f64 {
        let line = summary.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    (value("I:"), value("Peak:"))
}

fn rms(samples: &[f32]) -> f64 {
    let energy: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    10.0 * (energy / samples.len() as f64).log10()
}

/// Returns the left channel of a stereo WAV file.
fn left(path: &Path) -> Vec<f32> {
    let arguments = ["-v", "error", "-i", path.to_str().unwrap(), "-f", "f32le", "-"];
    let raw = Command::new("ffmpeg").args(arguments).output().unwrap().stdout;
    raw.as_chunks::<8>().0.iter().map(|frame| f32::from_le_bytes([frame[0], frame[1], frame[2], frame[3]])).collect()
}

#[test]
fn sets_of_clips_reach_the_same_loudness_and_keep_their_differences() {
    const FRAMES: usize = 192_000;
    for highest in [-48.0_f32, -14.0] {
        let room = Room::new();
        let levels = [0.0_f32, -3.0, -6.0];
        let mut segments = String::new();
        let mut sources = Vec::new();
        for (number, level) in levels.iter().enumerate() {
            let gain = 10_f32.powf((highest + level) / 20.0);
            let samples: Vec<f32> = speech(FRAMES, 100.0 + 30.0 * number as f32, gain).collect();
            wav(&room.file(&format!("{number}.wav")), 1, FRAMES, samples.iter().copied());
            segments.push_str(&format!("[[segment]]\nclip = \"{number}.wav\"\n"));
            sources.push(rms(&samples));
        }
        room.manifest(&segments);
        room.render("cache", "a.wav");
        let (loudness, peak) = ebur128(&room.file("a.wav"));
        assert!((loudness + 21.0).abs() <= 0.3, "a set at {highest} dBFS has {loudness} LUFS");
        assert!(peak <= -1.0, "{peak} dBTP");
        let rendered = left(&room.file("a.wav"));
        let heard: Vec<_> = rendered.chunks(FRAMES).map(rms).collect();
        for (heard, source) in heard.windows(2).zip(sources.windows(2)) {
            let (heard, source) = (heard[1] - heard[0], source[1] - source[0]);
            // The softest clips use only some hundred of the 16-bit steps, hence the tolerance.
            assert!((heard - source).abs() < 0.05, "{heard} dB for {source} dB");
        }
    }
}

/// A session that plays into the null output.
struct Playing {
    child: Child,
    events: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Playing {
    fn new(room: &Room) -> Self {
        let mut child = room
            .karuna("cache", &["play", "session.toml", "--output", "null", "--json"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let events = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, events }
    }

    fn until(&mut self, event: &str) {
        let found = self.events.any(|line| line.unwrap().contains(&format!("\"event\":\"{event}\"")));
        assert!(found, "no {event}: {}", self.stderr());
    }

    fn stderr(&mut self) -> String {
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        stderr
    }
}

#[test]
fn a_clip_truncated_during_playback_becomes_silent_and_is_reported_once() {
    let room = Room::new();
    wav(&room.file("a.wav"), 2, 144_000, speech(288_000, 110.0, 0.3));
    let manifest = "[[segment]]\nclip = \"a.wav\"\n[[segment]]\nclip = \"a.wav\"\n";
    room.manifest(manifest);
    let mut playing = Playing::new(&room);
    playing.until("start");
    File::options().write(true).open(room.file("a.wav")).unwrap().set_len(20_000).unwrap();
    playing.until("end");
    let stderr = playing.stderr();
    assert_eq!(stderr.matches("a.wav has become shorter while it was read").count(), 1, "{stderr}");
    assert!(playing.child.wait().unwrap().success());
}

#[test]
fn a_clip_truncated_during_a_render_becomes_silent_and_is_reported_once() {
    let room = Room::new();
    wav(&room.file("a.wav"), 1, 96_000, speech(96_000, 110.0, 0.3));
    // Many overlapping gongs delay the rendering of the clip.
    let gongs = "[[segment]]\nbell = \"gong\"\nstrikes = 40\nevery = \"1s\"\nhold = \"3m\"\n";
    room.manifest(&format!("{gongs}{}", "[[segment]]\nclip = \"a.wav\"\n".repeat(2)));
    let mut rendering =
        room.karuna("cache", &["render", "session.toml", "-o", "x.wav", "--bits", "32f"]).spawn().unwrap();
    while room.written() < 1 << 20 {
        assert_eq!(rendering.try_wait().unwrap(), None, "the render ended too early");
        std::thread::sleep(Duration::from_millis(2));
    }
    File::options().write(true).open(room.file("a.wav")).unwrap().set_len(20_000).unwrap();
    let output = rendering.wait_with_output().unwrap();
    assert!(output.status.success());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "a.wav has become shorter while it was read; silence replaces it\n");

    let file = File::open(room.file("x.wav")).unwrap();
    let mut rendered = ClipDecoder::open(&ClipBytes::from_file(file, "x.wav").unwrap()).unwrap();
    let first = Frames((39 + 180) * 48_000);
    assert_eq!(rendered.properties().frames, first + Frames(2 * 96_000));
    let mut heard = vec![SILENCE; 2 * 96_000];
    rendered.seek(first);
    rendered.read(&mut heard);
    for clip in heard.chunks(96_000) {
        assert!(clip[(20_000 - 44) / 2..].iter().all(|frame| *frame == SILENCE));
    }
}

#[test]
fn only_a_clip_waits_for_the_loudness_and_reports_it_in_one_line() {
    let room = Room::new();
    // A sparse file of four hours, which takes longer to measure than this test runs.
    wav(&room.file("long.wav"), 2, 4 * 3600 * 48_000, std::iter::empty());
    let long = File::options().write(true).open(room.file("long.wav")).unwrap();
    long.set_len(44 + 4 * 3600 * 192_000).unwrap();
    wav(&room.file("a.wav"), 1, 9_600, speech(9_600, 110.0, 0.3));
    room.manifest(
        "[[segment]]\nbell = \"block\"\nhold = \"200ms\"\n[[segment]]\nclip = \"a.wav\"\n[[segment]]\nclip = \"long.wav\"\n",
    );
    let mut playing = Playing::new(&room);
    playing.until("segment");
    let mut errors = BufReader::new(playing.child.stderr.take().unwrap()).lines();
    let line = errors.next().unwrap().unwrap();
    assert!(line.starts_with("one moment: the loudness of the recordings is being measured"), "{line}");
    // While it waits, the session can be left.
    writeln!(playing.child.stdin.as_mut().unwrap(), "stop").unwrap();
    assert_eq!(playing.child.wait().unwrap().code(), Some(130));
    let last = errors.next().map(Result::unwrap);
    assert!(
        last.is_none_or(|line| line.starts_with("to continue later: ")),
        "only this line and the hint on continuing later are printed"
    );
    assert!(errors.next().is_none());
    let rest: Vec<String> = playing.events.map(Result::unwrap).collect();
    assert!(!rest.iter().any(|event| event.contains("\"index\":1") || event.contains("underrun")), "{rest:?}");
}

#[test]
fn a_removed_clip_beyond_the_open_file_limit_is_silent_and_reported() {
    let room = Room::new();
    let name = |number: usize| format!("{number}.wav");
    let mut segments = String::new();
    for number in 0..120 {
        wav(&room.file(&name(number)), 1, 480, speech(480, 110.0, 0.3));
        segments.push_str(&format!("[[segment]]\nclip = \"{}\"\n", name(number)));
    }
    let text = format!("format = 1\ntitle = \"x\"\n{segments}");
    let session = manifest::read(Path::new("session.toml"), &text).0.unwrap();
    let paths: Vec<_> = (0..120).map(|number| ClipPath::new(&name(number)).unwrap()).collect();
    let home = ManifestOrigin::Folders(vec![room.0.path().to_owned()]);
    let (table, errors) = ClipTable::probe(&home, &paths, AnalysisCache::disabled());
    assert!(errors.is_empty(), "{errors:?}");
    let timeline = timeline::build(&session, Programme::SESSION, &table.facts(&[]), &Shape::default(), Rate::DEFAULT);
    let (table, timeline) = (Arc::new(table), Arc::new(timeline.unwrap()));
    fs::remove_file(room.file(&name(3))).unwrap();
    fs::remove_file(room.file(&name(110))).unwrap();
    fs::rename(room.file(&name(112)), room.file(&name(111))).unwrap();
    let voice = Arc::new(OnceLock::from(Decibels::UNITY));
    let mut engine = Engine::new(timeline.clone(), table.source(&timeline), voice);
    let mut frames = vec![SILENCE; timeline.end.index()];
    assert_eq!(engine.render(&mut frames), frames.len());
    let errors: Vec<_> = engine.take_clip_errors().collect();
    assert_eq!(errors.len(), 3, "{errors:?}");
    for (number, error) in [110, 111, 112].into_iter().zip(&errors) {
        assert!(error.starts_with(&format!("{number}.wav can't be read any more")), "{error}");
    }
    let sounds = |number: usize| frames[number * 480..][..480].iter().any(|frame| *frame != SILENCE);
    let silent: Vec<_> = (0..120).filter(|number| !sounds(*number)).collect();
    assert_eq!(silent, [110, 111, 112], "clips with an open file play even after their removal");
}
