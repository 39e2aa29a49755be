//! A pseudo-terminal with a program running in it.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Upper bound for every wait.
const TIMEOUT: Duration = Duration::from_secs(40);
/// A repeated key counts as a new one only after this time.
pub(crate) const DEBOUNCE: Duration = Duration::from_millis(350);

/// Three chapters of ten minutes, with a gentler passage and a closing of one line each.
pub(crate) const SESSION: &str = r#"
    format = 1
    title = "Three rooms"
    [[segment]]
    chapter = "One"
    silence = "10m"
    [[segment]]
    chapter = "Two"
    silence = "10m"
    [[segment]]
    chapter = "Three"
    say = "Here."
    [[segment]]
    silence = "10m"
    [[soften]]
    say = "Softly, softly, as long as you like, and a little longer."
    [[exit]]
    say = "Farewell."
"#;

/// A terminal window: its screen, everything written to it, and the program.
pub(crate) struct Window {
    shown: Arc<(Mutex<Shown>, Condvar)>,
    master: Option<Box<dyn MasterPty + Send>>,
    /// Keeps the terminal open, so that its modes can be read after the program has ended.
    slave: Option<Box<dyn SlavePty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    modes_before: String,
    folder: TempDir,
}

struct Shown {
    parser: vt100::Parser,
    written: Vec<u8>,
    closed: bool,
}

impl Window {
    /// Plays a session in a window of this width.
    pub(crate) fn play(session: &str, columns: u16, arguments: &[&str]) -> Self {
        Self::play_with(session, columns, arguments, &[])
    }

    /// Like `play`, with these environment variables.
    pub(crate) fn play_with(session: &str, columns: u16, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_karuna"));
        command.args(["play", "x.toml", "--output", "null", "--voice", "none"]);
        command.args(arguments);
        for (name, value) in variables {
            command.env(name, value);
        }
        Self::open(session, columns, command)
    }

    /// Runs a program in a folder that holds a session, `x.toml`.
    pub(crate) fn open(session: &str, columns: u16, mut command: CommandBuilder) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("x.toml"), session).unwrap();
        let pair = native_pty_system().openpty(size(columns)).unwrap();
        if command.get_env("TERM").is_none_or(|term| term != "dumb") {
            command.env("TERM", "xterm-256color");
        }
        command.cwd(folder.path());
        let modes_before = modes(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        let shown = Shown {
            parser: vt100::Parser::new(24.try_into().unwrap(), columns.try_into().unwrap(), 0),
            written: Vec::new(),
            closed: false,
        };
        let shown = Arc::new((Mutex::new(shown), Condvar::new()));
        watch(pair.master.try_clone_reader().unwrap(), shown.clone());
        let writer = Some(pair.master.take_writer().unwrap());
        let (master, slave) = (Some(pair.master), Some(pair.slave));
        Self { shown, master, slave, writer, child, modes_before, folder }
    }

    /// Returns the path of a file in the folder of the session.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &str) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Waits until the screen satisfies a condition, and returns it.
    #[track_caller]
    pub(crate) fn wait_for_screen(&self, what: impl Fn(&str) -> bool) -> String {
        self.until(|shown| {
            let screen = shown.parser.screen().contents();
            what(&screen).then_some(screen)
        })
    }

    /// Waits until a text is on the screen.
    #[track_caller]
    pub(crate) fn wait_for_text(&self, text: &str) -> String {
        self.wait_for_screen(|screen| screen.contains(text))
    }

    #[track_caller]
    fn until<T>(&self, found: impl Fn(&Shown) -> Option<T>) -> T {
        let deadline = Instant::now() + TIMEOUT;
        let (lock, changed) = &*self.shown;
        let mut shown = lock.lock().unwrap();
        loop {
            if let Some(found) = found(&shown) {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "the expected screen did not appear:\n{}", shown.parser.screen().contents());
            shown = changed.wait_timeout(shown, left).unwrap().0;
        }
    }

    /// Returns everything written so far.
    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&self.shown.0.lock().unwrap().written).into_owned()
    }

    pub(crate) fn cursor_is_hidden(&self) -> bool {
        self.shown.0.lock().unwrap().parser.screen().hide_cursor()
    }

    /// Returns whether any row wraps into the next one.
    pub(crate) fn wraps(&self) -> bool {
        let shown = self.shown.0.lock().unwrap();
        (0..24).any(|row| shown.parser.screen().row_wrapped(row))
    }

    /// Changes the width of the window.
    pub(crate) fn resize(&self, columns: u16) {
        self.shown.0.lock().unwrap().parser.screen_mut().set_size(24.try_into().unwrap(), columns.try_into().unwrap());
        self.master.as_ref().unwrap().resize(size(columns)).unwrap();
    }

    /// Stops the output, so that writes to the terminal block.
    pub(crate) fn stop_output(&self) {
        let path = self.master.as_ref().unwrap().tty_name().unwrap();
        let terminal = std::fs::File::options().read(true).write(true).open(path).unwrap();
        rustix::termios::tcflow(&terminal, rustix::termios::Action::OOff).unwrap();
    }

    /// Closes the window. The reading thread ends with the next output, so a key is pressed to cause some.
    pub(crate) fn close(&mut self) {
        self.shown.0.lock().unwrap().closed = true;
        self.press("n");
        (self.writer, self.master, self.slave) = (None, None, None);
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.process(), signal).unwrap();
    }

    fn process(&self) -> Pid {
        Pid::from_raw(self.child.process_id().unwrap().try_into().unwrap()).unwrap()
    }

    /// Waits until the program is in a process state, as `ps` names it.
    #[track_caller]
    pub(crate) fn wait_for_process_state(&self, state: char) {
        let path = format!("/proc/{}/stat", self.process().as_raw_nonzero());
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let stat = std::fs::read_to_string(Path::new(&path)).unwrap();
            if stat.rsplit(')').next().unwrap().trim().starts_with(state) {
                return;
            }
            assert!(Instant::now() < deadline, "{stat}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn modes(&self) -> String {
        modes(&**self.master.as_ref().unwrap())
    }

    /// Fails unless the terminal is restored to its earlier state.
    #[track_caller]
    pub(crate) fn assert_restored(&self) {
        self.until(|shown| (!shown.parser.screen().hide_cursor()).then_some(()));
        assert_eq!(self.modes(), self.modes_before);
    }

    /// Waits for the program to end, checks that the terminal is restored, and returns the exit code.
    #[track_caller]
    pub(crate) fn wait_for_clean_exit(&mut self) -> u32 {
        let code = self.wait_for_exit();
        self.assert_restored();
        code
    }

    /// Waits for the program to end, and returns its exit code.
    #[track_caller]
    pub(crate) fn wait_for_exit(&mut self) -> u32 {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(Instant::now() < deadline, "the program does not end:\n{:?}", self.written());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn size(columns: u16) -> PtySize {
    PtySize { rows: 24, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

/// Reads everything written to a window on a thread, until the window is closed.
fn watch(mut reader: Box<dyn Read + Send>, shown: Arc<(Mutex<Shown>, Condvar)>) {
    thread::spawn(move || {
        let mut bytes = [0; 4_096];
        while let Ok(count @ 1..) = reader.read(&mut bytes) {
            let (lock, changed) = &*shown;
            let mut shown = lock.lock().unwrap();
            shown.parser.process(&bytes[..count]);
            shown.written.extend_from_slice(&bytes[..count]);
            changed.notify_all();
            if shown.closed {
                return;
            }
        }
    });
}
