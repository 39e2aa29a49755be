//! Speech engines for tests: programs of a few lines, each with a way of its own to go wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use karuna::io::encode::{AudioFileWriter, BitDepth, OutputFormat, Tags};
use karuna::units::{Frames, Rate};

/// Longer than anything takes here, on a busy machine too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A folder to run the program in, with nothing of the machine's own but what a test puts on its path.
pub(crate) struct Room {
    pub(crate) folder: tempfile::TempDir,
    path: String,
}

impl Room {
    /// Only engines of the test's own.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["bin", "tmp"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let path = folder.path().join("bin").display().to_string();
        Self { folder, path }
    }

    /// The machine's engines too.
    pub(crate) fn with_real_engines() -> Self {
        let mut room = Self::new();
        room.path += ":/usr/local/bin:/usr/bin:/bin";
        room
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

    /// An engine that does what these lines of shell say; `$out` is the file that it is to write, `$room` this folder.
    pub(crate) fn engine(&self, name: &str, does: &str) {
        let room = self.folder.path().display();
        let script = format!(
            "#!/bin/sh\nroom='{room}'\nfor out; do :; done\n/bin/cat > \"$room/text\"\necho \"$0 $*\" >> \"$room/asked\"\n{does}\n"
        );
        self.write(&format!("bin/{name}"), &script);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(self.at(&format!("bin/{name}")), fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// How often an engine was asked.
    pub(crate) fn asked(&self) -> usize {
        fs::read_to_string(self.at("asked")).map_or(0, |asked| asked.lines().count())
    }

    pub(crate) fn karuna(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The program, with nothing on its standard input.
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

    /// What a command prints that ends well, and what it says beside.
    #[track_caller]
    pub(crate) fn well(&self, arguments: &[&str]) -> (String, String) {
        let output = self.karuna(arguments);
        let (printed, said) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {said}");
        (printed, said)
    }

    /// The timeline that is shown.
    #[track_caller]
    pub(crate) fn shown(&self, voice: &str) -> (serde_json::Value, String) {
        let (printed, said) = self.well(&["show", "x.toml", "--json", "--voice", voice]);
        (serde_json::from_str(&printed).unwrap(), said)
    }

    /// What is left in a folder.
    pub(crate) fn left(&self, name: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.at(name)).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn wait_until(holds: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "it was waited for in vain");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until a process is gone: one that was killed takes a moment.
#[track_caller]
pub(crate) fn wait_for_end(process: &str) {
    let state = || fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    wait_until(|| state().is_empty() || state().contains(") Z "));
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A tone between silences, as an engine would write it.
pub(crate) fn tone(path: &Path, seconds: f64, level: f32) {
    let rate = Rate::new(22_050).unwrap();
    let frames = (seconds * 22_050.0) as u32;
    let format = OutputFormat::for_path(path, rate, Some(BitDepth::Int16)).unwrap();
    let mut file = AudioFileWriter::create(path, format, &Tags::default(), Frames(u64::from(frames))).unwrap();
    let within = frames / 10..frames - frames / 10;
    let sample = |frame: u32| if within.contains(&frame) { level * (frame as f32 * 0.1).sin() } else { 0.0 };
    file.write(&(0..frames).map(|frame| [sample(frame); 2]).collect::<Vec<_>>()).unwrap();
    file.finish().unwrap();
}
