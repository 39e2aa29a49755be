//! `karuna record`: a synthetic voice is played into a null sink, whose monitor serves as the microphone.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use karuna::engine::ClipReader;
use karuna::io::decode::{ClipBytes, ClipDecoder};
use karuna::units::SILENCE;
use portable_pty::CommandBuilder;

use super::window::Window;
use crate::support::rig::{KARUNA, RATE};

const SESSION: &str = "format = 1\ntitle = \"x\"\n
[[segment]]\nid = \"one\"\nsay = \"May all be well.\"\n
[[segment]]\nid = \"two\"\nsay = \"You may stop now.\"\n
[[segment]]\nid = \"three\"\nsay = \"Stay a little.\"\n
[[segment]]\nsay = \"Be at ease.\"\n";
/// Frames kept before and after the words.
const MARGIN: usize = RATE * 150 / 1000;
/// Amplitude below which a sample counts as silence.
const AUDIBLE: f32 = 0.000_501_2;

/// The program in a window, with the sound card that it records from.
struct Studio {
    window: Window,
    environment: Vec<(String, String)>,
}

impl Studio {
    /// Opens a window, runs a line of shell, and starts to record a session.
    fn open(setup: &str, arguments: &[&str]) -> Self {
        let rig = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rig/with-sound.sh");
        let script = r#"env -0 > environment.part; mv environment.part environment; eval "$SETUP"; exec "$@""#;
        let mut command = CommandBuilder::new(rig);
        command.args(["--", "bash", "-c", script, "record", KARUNA, "record", "x.toml"]);
        command.args(arguments);
        command.env("SETUP", setup);
        let window = Window::open(SESSION, 80, command);
        window.wait_for_text("press space when you are ready");
        let variables = fs::read_to_string(window.file("environment")).unwrap();
        let pairs = variables.split('\0').filter_map(|pair| pair.split_once('='));
        let environment = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { window, environment }
    }

    fn beside(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Plays words into the null sink, with half a second of silence on both sides.
    fn speak(&self, words: &[f32]) {
        let mut player = self.beside("pacat");
        player.args(["--playback", "-d", "null1", "--raw", "--format=float32le", "--rate=48000", "--channels=1"]);
        player.args(["--latency-msec=500"]);
        let mut player = player.stdin(Stdio::piped()).spawn().unwrap();
        let silence = vec![0.0_f32; RATE / 2];
        let bytes: Vec<u8> =
            silence.iter().chain(words).chain(&silence).flat_map(|sample| sample.to_le_bytes()).collect();
        player.stdin.take().unwrap().write_all(&bytes).unwrap();
        assert!(player.wait().unwrap().success());
    }

    /// Waits for the prompt to speak, and speaks.
    fn record(&self, words: &[f32]) {
        self.window.wait_for_text("speak now");
        self.speak(words);
    }

    fn manifest(&self) -> String {
        fs::read_to_string(self.window.file("x.toml")).unwrap()
    }

    /// Returns the names of all files in the folder of the recordings.
    fn recordings(&self) -> Vec<String> {
        let entries = fs::read_dir(self.window.file("x")).into_iter().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Returns a voice-like tone, different for each seed.
fn voice(seed: u32, seconds: f64) -> Vec<f32> {
    let tones = [170.0 + f64::from(seed), 400.0, 930.0];
    let sample = |at: usize| {
        let time = at as f64 / RATE as f64;
        let sum: f64 = tones.iter().map(|hertz| (std::f64::consts::TAU * hertz * time).sin() / 3.0).sum();
        (0.3 * sum * (0.6 + 0.4 * (std::f64::consts::TAU * 5.0 * time).cos())) as f32
    };
    (0..(seconds * RATE as f64) as usize).map(sample).collect()
}

/// Returns a voice with noise, which does not compress well.
fn breathy(seconds: f64) -> Vec<f32> {
    let mut seed = 1_u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        0.05 * ((seed >> 8) as f32 / (1 << 23) as f32 - 1.0)
    };
    voice(2, seconds).into_iter().map(|sample| sample + noise()).collect()
}

fn decode(path: &Path) -> Vec<f32> {
    let clip = ClipBytes::from_file(File::open(path).unwrap(), "take").unwrap();
    let mut clip = ClipDecoder::open(&clip).unwrap();
    let mut frames = vec![SILENCE; clip.properties().frames.index()];
    clip.read(&mut frames);
    assert!(frames.iter().all(|frame| frame[0].to_bits() == frame[1].to_bits()), "both channels are equal");
    frames.into_iter().map(|frame| frame[0]).collect()
}

/// Fails unless a file holds exactly these words, with the margin on both sides.
#[track_caller]
fn assert_holds(path: &Path, words: &[f32]) {
    let heard = decode(path);
    let is_audible = |sample: &f32| sample.abs() > AUDIBLE;
    let first = words.iter().position(is_audible).unwrap();
    let last = words.iter().rposition(is_audible).unwrap();
    assert_eq!(heard.len(), last + 1 - first + 2 * MARGIN, "{}", path.display());
    let differs = |at: usize| (heard[MARGIN + at] - words[first + at]).abs() > 1e-6;
    assert_eq!((0..=last - first).find(|at| differs(*at)), None, "{}", path.display());
}

#[test]
fn takes_can_be_kept_repeated_played_and_skipped() {
    let mut studio = Studio::open(":", &["--input", "null1"]);
    let words: Vec<_> = (0..4).map(|seed| voice(seed, 1.5)).collect();
    studio.window.press(" ");
    studio.window.wait_for_text("stay quiet");
    studio.record(&words[0]);
    studio.window.press("k");
    studio.window.wait_for_text("line 2 of 4");
    assert!(studio.manifest().contains("say = \"May all be well.\"\nclip = \"x/one.flac\"\n"), "{}", studio.manifest());
    studio.record(&words[1]);
    studio.window.press("a");
    studio.window.wait_for_text("stay quiet");
    studio.record(&words[2]);
    studio.window.press(" ");
    studio.window.wait_for_text("and sounds good");
    studio.window.press("k");
    studio.window.wait_for_text("line 3 of 4");
    studio.window.press("s");
    studio.window.wait_for_text("line 4 of 4");
    studio.record(&words[3]);
    studio.window.press("h");
    studio.window.wait_for_text("listen");
    studio.window.wait_for_text("and sounds good");
    studio.window.press("k");
    assert_eq!(studio.window.wait_for_clean_exit(), 0);
    let screen = studio.window.wait_for_text("kept 3 recordings, and added them to x.toml");
    assert!(screen.contains("x/one.flac") && !screen.contains("speak now"), "{screen}");
    assert_eq!(studio.recordings(), ["line-04.flac", "one.flac", "two.flac"]);
    for (name, words) in [("one", &words[0]), ("two", &words[2]), ("line-04", &words[3])] {
        assert_holds(&studio.window.file(&format!("x/{name}.flac")), words);
    }
    let clips: Vec<_> = studio.manifest().lines().filter(|line| line.starts_with("clip")).map(str::to_owned).collect();
    assert_eq!(clips, ["clip = \"x/one.flac\"", "clip = \"x/two.flac\"", "clip = \"x/line-04.flac\""]);
}

#[test]
fn a_single_line_can_be_recorded() {
    let mut studio = Studio::open(":", &["--line", "three"]);
    studio.window.press(" ");
    studio.window.wait_for_text("line 1 of 1");
    let words = voice(9, 1.0);
    studio.record(&words);
    studio.window.press("k");
    assert_eq!(studio.window.wait_for_clean_exit(), 0);
    assert_holds(&studio.window.file("x/three.flac"), &words);
}

#[test]
fn a_silent_microphone_is_reported_and_nothing_is_kept() {
    let mut studio = Studio::open(":", &[]);
    studio.window.press(" ");
    studio.window.wait_for_text("speak now");
    studio.window.press("k");
    studio.window.wait_for_text("there is no sound from the microphone");
    studio.window.press("k");
    studio.window.press("q");
    assert_eq!(studio.window.wait_for_clean_exit(), 0);
    studio.window.wait_for_text("nothing was kept");
    assert_eq!(studio.manifest(), SESSION);
    assert!(!studio.window.file("x").exists());
}

#[test]
fn kept_recordings_survive_a_lost_microphone() {
    let mut studio = Studio::open(":", &[]);
    studio.window.press(" ");
    studio.record(&voice(1, 1.0));
    studio.window.press("k");
    studio.window.wait_for_text("line 2 of 4");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rig/sink.sh");
    assert!(studio.beside(script.to_str().unwrap()).arg("vanish").status().unwrap().success());
    assert_eq!(studio.window.wait_for_clean_exit(), 1);
    let screen = studio.window.wait_for_text("was disconnected; kept 1 recording, and added it to x.toml");
    assert!(screen.contains("help: plug it in"), "{screen}");
    assert_eq!(studio.recordings(), ["one.flac"]);
    assert!(studio.manifest().contains("clip = \"x/one.flac\""));
}

#[test]
fn a_full_disk_loses_no_take() {
    let mut studio = Studio::open("ulimit -f 200", &[]);
    studio.window.press(" ");
    studio.record(&voice(1, 0.8));
    studio.window.press("k");
    studio.window.wait_for_text("line 2 of 4");
    studio.record(&breathy(6.0));
    studio.window.press("k");
    // The take is still in memory.
    studio.window.wait_for_screen(|screen| {
        screen.contains("could not be saved: it can't be written") && screen.contains("k keep")
    });
    studio.window.press("q");
    assert_eq!(studio.window.wait_for_clean_exit(), 0);
    studio.window.wait_for_text("kept 1 recording");
    assert_eq!(studio.recordings(), ["one.flac"], "no partial file remains");
    assert_eq!(studio.manifest().matches("clip = ").count(), 1);
}

#[test]
fn a_missing_terminal_or_microphone_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.toml"), SESSION).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(KARUNA);
        command.arg("record").args(arguments).current_dir(folder.path()).stdin(Stdio::null());
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(run(&["x.toml"]).contains("recording needs a terminal"));
    assert!(run(&["x.toml", "--line", "thre"]).contains("did you mean three?"));
    assert!(run(&["glimmer"]).contains("is part of the program"));
    let rig = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rig/with-sound.sh");
    let mut command = CommandBuilder::new(rig);
    command.args(["--no-server", "--", KARUNA, "record", "x.toml"]);
    let mut window = Window::open(SESSION, 80, command);
    assert_eq!(window.wait_for_exit(), 1);
    window.wait_for_text("no microphone was found");
}
