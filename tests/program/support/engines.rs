//! Fake speech engines: shell scripts of a few lines, each of which can fail in its own way.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use karuna::io::encode::{AudioFileWriter, BitDepth, OutputFormat, Tags};
use karuna::units::{Frames, Rate};

/// Upper bound for every wait.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(120);

/// A folder to run the program in, isolated from this machine's engines and configuration.
pub(crate) struct Sandbox {
    pub(crate) folder: tempfile::TempDir,
    path: String,
}

impl Sandbox {
    /// Creates a sandbox that has only the engines added by the test.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["bin", "tmp"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let path = folder.path().join("bin").display().to_string();
        Self { folder, path }
    }

    /// Creates a sandbox that also has the engines of this machine.
    pub(crate) fn with_real_engines() -> Self {
        let mut sandbox = Self::new();
        sandbox.path += ":/usr/local/bin:/usr/bin:/bin";
        sandbox
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.at(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.at(name)).unwrap()
    }

    /// Adds an engine that runs these lines of shell. `$out` is the file to write, `$sandbox` this folder. The engine writes its
    /// input to `text`, and appends a line to `runs` for each run.
    pub(crate) fn add_engine(&self, name: &str, script: &str) {
        let sandbox = self.folder.path().display();
        let script = format!(
            "#!/bin/sh\nsandbox='{sandbox}'\nfor out; do :; done\n/bin/cat > \"$sandbox/text\"\necho \"$0 $*\" >> \"$sandbox/runs\"\n{script}\n"
        );
        self.write(&format!("bin/{name}"), &script);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(self.at(&format!("bin/{name}")), fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// Returns how often an engine was run.
    pub(crate) fn engine_runs(&self) -> usize {
        fs::read_to_string(self.at("runs")).map_or(0, |runs| runs.lines().count())
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Returns the program's command, with an empty standard input.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karuna"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("XDG_CACHE_HOME", self.at("cache"))
            .env("TMPDIR", self.at("tmp"))
            .env("PATH", &self.path)
            .env("PULSE_SERVER", "unix:/nowhere")
            .env("ALSA_CONFIG_PATH", "/dev/null")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command that has to succeed, and returns its standard output and standard error.
    #[track_caller]
    pub(crate) fn run_ok(&self, arguments: &[&str]) -> (String, String) {
        let output = self.run(arguments);
        let (stdout, stderr) = (utf8(&output.stdout), utf8(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {stderr}");
        (stdout, stderr)
    }

    /// Returns the timeline that `karuna show` prints, and its standard error.
    #[track_caller]
    pub(crate) fn show(&self, voice: &str) -> (serde_json::Value, String) {
        let (stdout, stderr) = self.run_ok(&["show", "x.toml", "--json", "--voice", voice]);
        (serde_json::from_str(&stdout).unwrap(), stderr)
    }

    /// Returns the entries of a folder; none if it does not exist.
    pub(crate) fn entries(&self, name: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.at(name)).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

/// Waits until a condition holds.
#[track_caller]
pub(crate) fn wait_until(condition: impl Fn() -> bool) {
    let deadline = Instant::now() + TIMEOUT;
    while !condition() {
        assert!(Instant::now() < deadline, "the condition never held");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until a killed process is gone.
#[track_caller]
pub(crate) fn wait_for_exit(process: &str) {
    let state = || fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    wait_until(|| state().is_empty() || state().contains(") Z "));
}

pub(crate) fn utf8(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Writes a tone between silences, as an engine would write speech.
pub(crate) fn write_tone(path: &Path, seconds: f64, level: f32) {
    let rate = Rate::new(22_050).unwrap();
    let frames = (seconds * 22_050.0) as u32;
    let format = OutputFormat::for_path(path, rate, Some(BitDepth::Int16)).unwrap();
    let mut file = AudioFileWriter::create(path, format, &Tags::default(), Frames(u64::from(frames))).unwrap();
    let within = frames / 10..frames - frames / 10;
    let sample = |frame: u32| if within.contains(&frame) { level * (frame as f32 * 0.1).sin() } else { 0.0 };
    file.write(&(0..frames).map(|frame| [sample(frame); 2]).collect::<Vec<_>>()).unwrap();
    file.finish().unwrap();
}
