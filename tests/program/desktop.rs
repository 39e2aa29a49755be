//! Desktop integration on private buses: media keys through playerctl, and logind's inhibitor lock.

mod media_keys;
mod wake_lock;

use std::fs;
use std::io::Write;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::bus::no_bus;
use crate::support::events::events;

const RATE: u64 = 48_000;
/// Upper bound for every wait.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Two silent chapters.
const SESSION: &str = r#"
    format = 1
    title = "Two \u001b[1mrooms"
    [[segment]]
    id = "one"
    chapter = "The first"
    silence = "10m"
    [[segment]]
    id = "two"
    chapter = "The second"
    silence = "20m"
    [[soften]]
    silence = "10m"
    [[exit]]
    silence = "100ms"
"#;

/// The program, playing a session.
struct Playing {
    child: Child,
    input: ChildStdin,
    events: Receiver<Value>,
    _folder: TempDir,
}

impl Playing {
    /// Starts playback with the addresses of the two buses, and waits for its first event. `None` stands for a bus that does not exist.
    fn start(session_bus: Option<&str>, system_bus: Option<&str>, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("x.toml");
        fs::write(&manifest, SESSION).unwrap();
        let address = |bus: Option<&str>| bus.map_or_else(|| no_bus(folder.path()), str::to_owned);
        let mut child = Command::new(env!("CARGO_BIN_EXE_karuna"))
            .arg("play")
            .arg(&manifest)
            .args(["--output", "null", "--json"])
            .args(options)
            .env("DBUS_SESSION_BUS_ADDRESS", address(session_bus))
            .env("DBUS_SYSTEM_BUS_ADDRESS", address(system_bus))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let events = events(&mut child);
        let input = child.stdin.take().unwrap();
        let playing = Self { child, input, events, _folder: folder };
        playing.wait_for("start");
        playing
    }

    fn say(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
    }

    /// Waits for the next event with this name, and returns it.
    #[track_caller]
    fn wait_for(&self, name: &str) -> Value {
        loop {
            let event = self.events.recv_timeout(TIMEOUT).unwrap_or_else(|_| panic!("no event `{name}`"));
            if event["event"] == name {
                return event;
            }
        }
    }

    /// Waits for the end, and returns its reason, the exit status, and standard error without the hint on continuing later.
    fn end(mut self) -> (String, ExitStatus, String) {
        let reason = self.wait_for("end")["reason"].as_str().unwrap().to_owned();
        let mut stderr = String::new();
        std::io::Read::read_to_string(&mut self.child.stderr.take().unwrap(), &mut stderr).unwrap();
        // The hint is printed after leaving; nothing else is expected.
        let stderr = stderr.lines().filter(|line| !line.starts_with("to continue later: ")).collect();
        (reason, self.child.wait().unwrap(), stderr)
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Polls until `look` returns a value.
#[track_caller]
fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
