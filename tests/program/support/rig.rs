//! The real program, playing into a virtual sound card that is recorded.

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
/// The rate of every recording.
pub(crate) const RATE: usize = 48_000;
/// The length of a recording's header, in bytes.
const HEADER: usize = 44;
/// Upper bound for every wait.
const TIMEOUT: Duration = Duration::from_secs(30);

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

/// The sound server and the null sink that a session is played into.
pub(crate) struct Stage<'a> {
    pub(crate) server: SoundServer,
    /// Properties of the null sink.
    pub(crate) properties: &'a str,
    /// A line of shell that runs within the rig first.
    pub(crate) setup: &'a str,
}

impl Stage<'_> {
    /// Creates a server with a plain null sink.
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

    /// Returns the frames of a render.
    pub(crate) fn render(&self) -> Vec<Frame> {
        self.render_with(&[], &[])
    }

    /// Like `render`, with options and environment variables.
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

    /// Plays the session on PulseAudio.
    pub(crate) fn play(&self, options: &[&str]) -> Playing {
        self.play_on(&Stage::plain(SoundServer::PulseAudio), options)
    }

    /// Runs a line of shell within the rig, then plays the session.
    pub(crate) fn play_after(&self, setup: &str, options: &[&str]) -> Playing {
        self.play_on(&Stage { setup, ..Stage::plain(SoundServer::PulseAudio) }, options)
    }

    /// Plays the session on a stage.
    pub(crate) fn play_on(&self, stage: &Stage, options: &[&str]) -> Playing {
        Playing::start(self, stage, options)
    }
}

/// The program, playing and recorded.
pub(crate) struct Playing {
    child: Child,
    input: Option<ChildStdin>,
    recording: PathBuf,
    stderr: PathBuf,
    environment: BTreeMap<String, String>,
    incoming: Receiver<Value>,
    /// The events received so far.
    pub(crate) events: Vec<Value>,
}

impl Playing {
    fn start(session: &Session, stage: &Stage, options: &[&str]) -> Self {
        let (recording, environment) = (session.file("recording.wav"), session.file("environment"));
        let stderr = session.file("stderr");
        let _ = fs::remove_file(&environment);
        // The environment lets other programs use the rig; `exec` keeps the process id for the program.
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
            .stderr(fs::File::create(&stderr).unwrap())
            .spawn()
            .unwrap();
        let incoming = events(&mut child);
        let input = child.stdin.take();
        let mut playing =
            Self { child, input, recording, stderr, environment: BTreeMap::new(), incoming, events: Vec::new() };
        playing.wait_for("start");
        let variables = fs::read_to_string(environment).unwrap();
        let pairs = variables.split('\0').filter_map(|pair| pair.split_once('='));
        playing.environment = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        playing
    }

    /// Writes a line to standard input.
    pub(crate) fn say(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Waits for the next event with this name, and returns it.
    pub(crate) fn wait_for(&mut self, name: &str) -> Value {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(event) = self.incoming.recv_timeout(left) else {
                panic!("no {name}: {:?}; {}", self.events, self.stderr())
            };
            self.events.push(event.clone());
            if event["event"] == name {
                return event;
            }
        }
    }

    /// Runs a program within the rig until its output satisfies a condition. Returns that output.
    pub(crate) fn wait_until(&self, program: &str, arguments: &[&str], is_expected: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + 3 * TIMEOUT;
        loop {
            let output = self.beside(program).args(arguments).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            if is_expected(&text) {
                return text;
            }
            assert!(Instant::now() < deadline, "{program} {arguments:?}: {text}; {}", self.stderr());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until a text has appeared on standard error this many times.
    pub(crate) fn wait_for_stderr(&self, text: &str, times: usize) {
        let deadline = Instant::now() + TIMEOUT;
        while self.stderr().matches(text).count() < times {
            assert!(Instant::now() < deadline, "no {text}: {}", self.stderr());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Runs pactl within the rig.
    pub(crate) fn pactl(&self, arguments: &[&str]) -> String {
        let output = self.beside("pactl").args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Waits until this much more has been recorded.
    pub(crate) fn listen(&self, seconds: f64) {
        let until = self.recorded() + (seconds * RATE as f64) as usize;
        let deadline = Instant::now() + TIMEOUT;
        while self.recorded() < until {
            assert!(Instant::now() < deadline, "the recording does not grow; {}", self.stderr());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn recorded(&self) -> usize {
        (fs::metadata(&self.recording).unwrap().len() as usize).saturating_sub(HEADER) / 8
    }

    /// Returns standard error so far.
    pub(crate) fn stderr(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap()
    }

    pub(crate) fn variable(&self, name: &str) -> &str {
        &self.environment[name]
    }

    /// Sets a variable for other programs within the rig.
    pub(crate) fn set_variable(&mut self, name: &str, value: String) {
        self.environment.insert(name.to_owned(), value);
    }

    /// Returns a command that runs another program within the rig.
    pub(crate) fn beside(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.environment);
        command
    }

    /// Runs `sink.sh`, which changes the sound card.
    pub(crate) fn sink(&self, arguments: &[&str]) {
        let status = self.beside(script("sink.sh")).args(arguments).status().unwrap();
        assert!(status.success(), "{arguments:?}");
    }

    /// Stops the server for a time, as a busy machine may.
    pub(crate) fn stop_server_for(&self, time: Duration) {
        let server = self.variable("RIG_PULSE_PID");
        let signal = |name: &str| assert!(Command::new("kill").args([name, server]).status().unwrap().success());
        signal("-STOP");
        std::thread::sleep(time);
        signal("-CONT");
    }

    /// Returns whether there has been an underrun, of which the program or only the server knows.
    pub(crate) fn was_disturbed(&mut self) -> bool {
        self.events.extend(self.incoming.try_iter());
        self.events.iter().any(|event| event["event"] == "underrun")
    }

    /// Returns the processor time used by the program so far.
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

    /// Waits for the program to end. Returns its exit status, the recording and all events.
    pub(crate) fn end(mut self) -> (ExitStatus, Vec<Frame>, Vec<Value>) {
        let deadline = Instant::now() + TIMEOUT;
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
                None => panic!("the program does not end: {:?}; {}", self.events, self.stderr()),
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
        // The rig stops everything it has started once its program is gone.
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

/// Returns a WAV file: stereo, 48 kHz, 32-bit float.
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

/// Returns the first index in `heard`, from `from` on, at which the wanted frames are found.
pub(crate) fn locate(wanted: &[Frame], heard: &[Frame], from: usize) -> Option<usize> {
    (from..(heard.len() + 1).saturating_sub(wanted.len())).find(|at| is_same(&heard[*at..*at + wanted.len()], wanted))
}

/// Returns whether the frames are equal within the rounding of a volume.
pub(crate) fn is_same(heard: &[Frame], wanted: &[Frame]) -> bool {
    first_difference(heard, wanted, |_| 1.0).is_none() && heard.len() == wanted.len()
}

/// Returns the first index at which the frames differ under a gain.
pub(crate) fn first_difference(heard: &[Frame], wanted: &[Frame], gain: impl Fn(usize) -> f32) -> Option<usize> {
    let differs = |at: usize| (0..2).any(|channel| (heard[at][channel] - wanted[at][channel] * gain(at)).abs() > 2e-5);
    (0..heard.len().min(wanted.len())).find(|at| differs(*at))
}

/// Repeats a playback until it had no underrun of the program's own, and no gap left by the server, which a busy machine can cause.
pub(crate) fn undisturbed<T>(mut play: impl FnMut() -> (Vec<Frame>, Vec<Value>, T)) -> (Vec<Frame>, Vec<Value>, T) {
    let mut tries = 0;
    loop {
        let (heard, events, rest) = play();
        let underruns = events.iter().filter(|event| event["event"] == "underrun").count();
        let gaps = gaps(&heard);
        if underruns == 0 && gaps.is_empty() {
            return (heard, events, rest);
        }
        tries += 1;
        assert!(tries < 6, "each of {tries} attempts was disturbed: {underruns} underruns, gaps at {gaps:?}");
    }
}

/// Returns the indices at which the sound drops to digital silence without a fade.
fn gaps(heard: &[Frame]) -> Vec<usize> {
    let silent = |frame: &Frame| frame[0] == 0.0 && frame[1] == 0.0;
    let loud = |part: &[Frame]| part.iter().any(|frame| frame[0].abs().max(frame[1].abs()) > 0.002);
    let begins = |at: &usize| {
        let (before, after) = (&heard[at - 8..*at], &heard[*at..at + 8]);
        loud(before) && after.iter().all(silent)
    };
    (8..heard.len().saturating_sub(8)).filter(begins).collect()
}
