//! The real program, playing into a sound card that is not there, and recorded.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::events::events;

pub(crate) const KARUNA: &str = env!("CARGO_BIN_EXE_karuna");
/// Of everything that is recorded.
pub(crate) const RATE: usize = 48_000;
/// The header of a recording, in bytes.
const HEADER: usize = 44;
/// Nothing that is waited for takes so long.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) type Frame = [f32; 2];

/// A sound server that plays into a null sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SoundServer {
    PulseAudio,
    PipeWire,
}

impl SoundServer {
    fn script(self) -> &'static str {
        match self {
            Self::PulseAudio => "with-sound.sh",
            Self::PipeWire => "with-pipewire.sh",
        }
    }
}

/// What a session is played into.
pub(crate) struct Stage<'a> {
    pub(crate) server: SoundServer,
    /// Properties of the null sink.
    pub(crate) properties: &'a str,
    /// A line for the shell, which is run within the rig first.
    pub(crate) setup: &'a str,
}

impl Stage<'_> {
    /// A server with a plain null sink.
    pub(crate) fn plain(server: SoundServer) -> Self {
        Self { server, properties: "", setup: ":" }
    }
}

/// A folder with a manifest and its clips.
pub(crate) struct Session {
    folder: TempDir,
}

impl Session {
    pub(crate) fn new(segments: &str, clips: &[(&str, &[Frame])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x.toml"), format!("format = 1\ntitle = \"x\"\n{segments}")).unwrap();
        for (name, frames) in clips {
            fs::write(folder.path().join(name), wav(frames)).unwrap();
        }
        Self { folder }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The samples that `karuna render` gives.
    pub(crate) fn render(&self) -> Vec<Frame> {
        self.render_with(&[], &[])
    }

    /// The same with options, and with variables of the environment.
    pub(crate) fn render_with(&self, options: &[&str], variables: &[(&str, &str)]) -> Vec<Frame> {
        let file = self.file("render.wav");
        let rendered = Command::new(KARUNA)
            .arg("render")
            .arg(self.file("x.toml"))
            .args(["--bits", "32f", "-o"])
            .arg(&file)
            .args(options)
            .envs(variables.iter().copied())
            .output();
        let rendered = rendered.unwrap();
        assert!(rendered.status.success(), "{}", String::from_utf8_lossy(&rendered.stderr));
        let bytes = fs::read(file).unwrap();
        let data = bytes.windows(4).position(|name| name == b"data").unwrap();
        let length = u32::from_le_bytes(bytes[data + 4..data + 8].try_into().unwrap()) as usize;
        frames(&bytes[data + 8..data + 8 + length])
    }

    /// Plays it, recorded.
    pub(crate) fn play(&self, options: &[&str]) -> Playing {
        self.play_on(&Stage::plain(SoundServer::PulseAudio), options)
    }

    /// Plays it, once a line for the shell has been run within the rig.
    pub(crate) fn play_after(&self, setup: &str, options: &[&str]) -> Playing {
        self.play_on(&Stage { setup, ..Stage::plain(SoundServer::PulseAudio) }, options)
    }

    /// Plays it on a stage, recorded.
    pub(crate) fn play_on(&self, stage: &Stage, options: &[&str]) -> Playing {
        Playing::start(self, stage, options)
    }
}

/// The program while it plays.
pub(crate) struct Playing {
    child: Child,
    input: Option<ChildStdin>,
    recording: PathBuf,
    said: PathBuf,
    environment: BTreeMap<String, String>,
    incoming: Receiver<Value>,
    /// All that was told so far.
    pub(crate) events: Vec<Value>,
}

impl Playing {
    fn start(session: &Session, stage: &Stage, options: &[&str]) -> Self {
        let (recording, environment) = (session.file("recording.wav"), session.file("environment"));
        let said = session.file("said");
        let _ = fs::remove_file(&environment);
        // Its environment leads into the rig; its process number stays the program's own.
        let script = r#"eval "$SETUP" >&2; PROGRAM_PID=$$ env -0 >"$0.part"; mv "$0.part" "$0"; exec "$@""#;
        let mut child = rig(stage.server.script())
            .arg("-o")
            .arg(&recording)
            .args(["--", "sh", "-c", script])
            .arg(&environment)
            .args([KARUNA, "play"])
            .arg(session.file("x.toml"))
            .arg("--json")
            .args(options)
            .env("SETUP", stage.setup)
            .env("RIG_SINK_PROPERTIES", stage.properties)
            .env("RIG_HIGH_PRIORITY", "yes")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&said).unwrap())
            .spawn()
            .unwrap();
        let incoming = events(&mut child);
        let input = child.stdin.take();
        let mut playing =
            Self { child, input, recording, said, environment: BTreeMap::new(), incoming, events: Vec::new() };
        playing.wait_for("start");
        let variables = fs::read_to_string(environment).unwrap();
        let pairs = variables.split('\0').filter_map(|pair| pair.split_once('='));
        playing.environment = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        playing
    }

    /// A line on standard input.
    pub(crate) fn say(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// The next event of a name.
    pub(crate) fn wait_for(&mut self, name: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(event) = self.incoming.recv_timeout(left) else {
                panic!("no {name}: {:?}; {}", self.events, self.said())
            };
            self.events.push(event.clone());
            if event["event"] == name {
                return event;
            }
        }
    }

    /// Waits until a program within the rig prints what is wanted. Returns what it prints.
    pub(crate) fn wait_until(&self, program: &str, arguments: &[&str], is_wanted: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + 3 * PATIENCE;
        loop {
            let output = self.beside(program).args(arguments).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            if is_wanted(&text) {
                return text;
            }
            assert!(Instant::now() < deadline, "{program} {arguments:?}: {text}; {}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until something was said on standard error so many times.
    pub(crate) fn wait_until_said(&self, text: &str, times: usize) {
        let deadline = Instant::now() + PATIENCE;
        while self.said().matches(text).count() < times {
            assert!(Instant::now() < deadline, "no {text}: {}", self.said());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Runs pactl within the rig.
    pub(crate) fn pactl(&self, arguments: &[&str]) -> String {
        let output = self.beside("pactl").args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Waits until so much more was recorded.
    pub(crate) fn listen(&self, seconds: f64) {
        let until = self.recorded() + (seconds * RATE as f64) as usize;
        let deadline = Instant::now() + PATIENCE;
        while self.recorded() < until {
            assert!(Instant::now() < deadline, "nothing is recorded any more; {}", self.said());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn recorded(&self) -> usize {
        (fs::metadata(&self.recording).unwrap().len() as usize).saturating_sub(HEADER) / 8
    }

    /// What was said on standard error.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(&self.said).unwrap()
    }

    pub(crate) fn variable(&self, name: &str) -> &str {
        &self.environment[name]
    }

    /// A program within the rig, beside the one that plays.
    pub(crate) fn beside(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.environment);
        command
    }

    /// What happens to the sound card.
    pub(crate) fn sink(&self, arguments: &[&str]) {
        let status = self.beside(script("sink.sh")).args(arguments).status().unwrap();
        assert!(status.success(), "{arguments:?}");
    }

    /// Processor time that the program has used so far.
    pub(crate) fn processor_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.variable("PROGRAM_PID"))).unwrap();
        let ticks: u64 = stat
            .rsplit(") ")
            .next()
            .unwrap()
            .split(' ')
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse::<u64>().unwrap())
            .sum();
        Duration::from_millis(ticks * 10)
    }

    /// Waits for its end. Gives how it ended, and what was recorded.
    pub(crate) fn end(mut self) -> (ExitStatus, Vec<Frame>, Vec<Value>) {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
                None => panic!("it does not end: {:?}; {}", self.events, self.said()),
            }
        };
        self.events.extend(self.incoming.iter());
        let recording = frames(&fs::read(&self.recording).unwrap()[HEADER..]);
        (status, recording, std::mem::take(&mut self.events))
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        if let Ok(Some(_)) = self.child.try_wait() {
            return;
        }
        // The rig takes down all that it has started once its program is gone.
        let signal = match self.environment.get("PROGRAM_PID") {
            Some(program) => ["-KILL".to_owned(), program.clone()],
            None => ["-TERM".to_owned(), self.child.id().to_string()],
        };
        let _ = Command::new("kill").args(signal).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rig").join(name)
}

fn rig(name: &str) -> Command {
    Command::new(script(name))
}

/// Stereo, 48 kHz, 32-bit float.
fn wav(frames: &[Frame]) -> Vec<u8> {
    let samples: Vec<u8> = frames.as_flattened().iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let length = samples.len() as u32;
    let mut bytes = Vec::from(*b"RIFF");
    bytes.extend((36 + length).to_le_bytes());
    bytes.extend(*b"WAVEfmt \x10\0\0\0\x03\0\x02\0");
    bytes.extend(48_000_u32.to_le_bytes());
    bytes.extend(384_000_u32.to_le_bytes());
    bytes.extend(*b"\x08\0\x20\0data");
    bytes.extend(length.to_le_bytes());
    bytes.extend(samples);
    bytes
}

pub(crate) fn frames(bytes: &[u8]) -> Vec<Frame> {
    let sample = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().unwrap());
    bytes.chunks_exact(8).map(|frame| [sample(&frame[..4]), sample(&frame[4..])]).collect()
}

/// The first place in `heard`, from a frame on, where these frames are.
pub(crate) fn locate(wanted: &[Frame], heard: &[Frame], from: usize) -> Option<usize> {
    (from..(heard.len() + 1).saturating_sub(wanted.len())).find(|at| is_same(&heard[*at..*at + wanted.len()], wanted))
}

/// Whether frames are the same, but for the rounding of a volume.
pub(crate) fn is_same(heard: &[Frame], wanted: &[Frame]) -> bool {
    first_difference(heard, wanted, |_| 1.0).is_none() && heard.len() == wanted.len()
}

/// Where frames are first not the same under a gain.
pub(crate) fn first_difference(heard: &[Frame], wanted: &[Frame], gain: impl Fn(usize) -> f32) -> Option<usize> {
    let differs = |at: usize| (0..2).any(|ear| (heard[at][ear] - wanted[at][ear] * gain(at)).abs() > 2e-5);
    (0..heard.len().min(wanted.len())).find(|at| differs(*at))
}

/// Plays what a busy machine may spoil, again where it did: until no underrun was told, and no hole was left by the server itself.
pub(crate) fn undisturbed<T>(mut play: impl FnMut() -> (Vec<Frame>, Vec<Value>, T)) -> (Vec<Frame>, Vec<Value>, T) {
    let mut tries = 0;
    loop {
        let (heard, events, rest) = play();
        let underruns = events.iter().filter(|event| event["event"] == "underrun").count();
        let holes = holes(&heard);
        if underruns == 0 && holes.is_empty() {
            return (heard, events, rest);
        }
        tries += 1;
        assert!(
            tries < 6,
            "the sound broke off in each of {tries} tries: {underruns} underruns, silences that begin at {holes:?}"
        );
    }
}

/// Where the sound breaks off to digital silence from a level that no fade has.
fn holes(heard: &[Frame]) -> Vec<usize> {
    let silent = |frame: &Frame| frame[0] == 0.0 && frame[1] == 0.0;
    let loud = |part: &[Frame]| part.iter().any(|frame| frame[0].abs().max(frame[1].abs()) > 0.002);
    let begins = |at: &usize| {
        let (before, after) = (&heard[at - 8..*at], &heard[*at..at + 8]);
        loud(before) && after.iter().all(silent)
    };
    (8..heard.len().saturating_sub(8)).filter(begins).collect()
}
