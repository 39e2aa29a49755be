//! `karuna record`: records the lines of a session one after the other.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, select_biased, unbounded};

use super::loading::session_or_report;
use super::{Outcome, print_line, report};
use crate::cli::RecordArguments;
use crate::error::Failure;
use crate::io::device::InputStream;
use crate::io::display::Screen;
use crate::io::interrupt::Interrupt;
use crate::io::library;
use crate::io::signals::{self, Signal};
use crate::io::temporary::TemporaryFolder;
use crate::io::terminal::{self, Key, KeyPress, Modes};
use crate::load::{self, LoadOptions};
use crate::playback::{Event, EventKind, OutputChoice, Playback, PlaybackOptions};
use crate::recorder::{
    Recorder, RecorderEffect, RecorderInput, RecorderKey, RecordingStore, recorder_lines, write_recording,
};
use crate::text;

/// The interval at which the microphone is read and the screen drawn.
const TICK: Duration = Duration::from_millis(30);
/// The capacity of the queue of keys.
const KEY_QUEUE_SIZE: usize = 16;
/// Maximum time for clearing the screen.
const CLEAR_TIMEOUT: Duration = Duration::from_secs(1);
/// The manifest of the session that plays a take.
const TAKE_MANIFEST: &str = "format = 1\ntitle = \"A take\"\n[[segment]]\nclip = \"take.flac\"\n";

pub(super) fn run(arguments: &RecordArguments) -> Result<Outcome, Failure> {
    let manifest = library::open(&arguments.session)?;
    let Some(session) = session_or_report(&manifest) else { return Ok(Outcome::Failed) };
    let path = manifest.path.clone();
    let store = RecordingStore::new(manifest, &session, arguments.line.as_deref())?;
    if store.lines().is_empty() {
        report::line("every line has a recording; --line ID records one again");
        return Ok(Outcome::Done);
    }
    if !terminal::stdin_is_terminal() || !terminal::can_draw() {
        let help = "run it in a terminal window; to use existing recordings, run `karuna narrate --from`";
        return Err(Failure::new("recording needs a terminal", help));
    }
    let input = InputStream::open(arguments.input.as_deref())?;
    let recorder = Recorder::new(store.lines(), input.rate());
    let mut run = RecordingRun { recorder, store, input, playing_take: None, saved: Vec::new(), events: unbounded() };
    run.run();
    run.report(&path)
}

/// The recorder with its microphone, screen and files.
struct RecordingRun {
    recorder: Recorder,
    store: RecordingStore,
    input: InputStream,
    /// The take that is playing, and the folder with its file.
    playing_take: Option<(Playback, TemporaryFolder)>,
    /// The recordings kept so far.
    saved: Vec<PathBuf>,
    /// The events of the take that is playing.
    events: (Sender<()>, Receiver<()>),
}

impl RecordingRun {
    /// Runs until all lines are recorded, or the teacher leaves.
    fn run(&mut self) {
        signals::ignore_terminal_stops();
        // A file size limit then causes a write error instead of ending the program.
        let _limits = Interrupt::watch();
        let mut modes = Modes::enter(true);
        let (signal_sender, signals) = unbounded();
        let _ = signals::listen(move |signal| signal_sender.send(signal).is_ok());
        let (key_sender, keys) = bounded(KEY_QUEUE_SIZE);
        let is_over = Arc::new(AtomicBool::new(false));
        let _ = terminal::listen(is_over.clone(), move |press| key_sender.send(press).is_ok());
        let mut screen = Screen::default();
        let mut samples = Vec::new();
        while !self.recorder.is_over() {
            modes.refresh();
            if let Some(size) = screen.layout_size() {
                screen.draw(recorder_lines(&self.recorder, size), size);
            }
            select_biased! {
                recv(signals) -> signal => match signal {
                    Ok(Signal::Suspend) => {
                        screen.clear();
                        let _ = screen.wait_idle(CLEAR_TIMEOUT);
                        modes.leave();
                        signals::suspend_process();
                        modes.reapply();
                        screen.redraw();
                    }
                    Ok(Signal::Resized) => screen.on_resized(),
                    Ok(Signal::Continue) => {}
                    _ => self.handle(RecorderInput::Key(RecorderKey::Leave)),
                },
                recv(keys) -> press => if let Some(key) = press.ok().and_then(recorder_key) {
                    self.read_samples(&mut samples);
                    self.handle(RecorderInput::Key(key));
                } else if press.is_err() {
                    // The terminal has been closed.
                    self.handle(RecorderInput::Key(RecorderKey::Leave));
                },
                recv(self.events.1) -> _ => {
                    self.playing_take = None;
                    self.handle(RecorderInput::Played);
                },
                default(TICK) => self.read_samples(&mut samples),
            }
        }
        is_over.store(true, Ordering::Relaxed);
        screen.clear();
        // The cursor is shown again before anything else is printed, and before the program ends.
        let _ = screen.wait_idle(CLEAR_TIMEOUT);
    }

    /// Passes new samples from the microphone to the recorder.
    fn read_samples(&mut self, samples: &mut Vec<f32>) {
        let is_lost = self.input.is_lost();
        self.input.take(samples);
        if !samples.is_empty() {
            self.handle(RecorderInput::Samples(samples));
        }
        if is_lost && !self.recorder.is_lost() {
            self.handle(RecorderInput::Lost);
        }
    }

    fn handle(&mut self, input: RecorderInput) {
        for effect in self.recorder.handle(input) {
            match effect {
                RecorderEffect::Save { line, samples } => self.save(line, &samples),
                RecorderEffect::Play(samples) => {
                    if let Err(failure) = self.play_take(&samples) {
                        self.handle(RecorderInput::NotPlayed(&failure.message));
                    }
                }
                RecorderEffect::StopPlaying => self.stop_take(),
                RecorderEffect::End => {}
            }
        }
    }

    fn save(&mut self, line: usize, samples: &[f32]) {
        match self.store.save(line, samples, self.input.rate()) {
            Ok(path) => {
                self.saved.push(path);
                self.handle(RecorderInput::Saved);
            }
            Err(error) => {
                let failure = Failure::from(error);
                self.handle(RecorderInput::NotSaved(&format!("{}; {}", failure.message, failure.help)));
            }
        }
    }

    /// Plays a take, through a session with that clip.
    fn play_take(&mut self, samples: &[f32]) -> Result<(), Failure> {
        let unwritable = |error: std::io::Error| {
            Failure::new(
                format!("a temporary file can't be written: {}", crate::error::reason(&error)),
                "free some space",
            )
        };
        let folder = TemporaryFolder::of_system().map_err(unwritable)?;
        let manifest = folder.path().join("take.toml");
        fs::write(&manifest, TAKE_MANIFEST).map_err(unwritable)?;
        write_recording(&folder.path().join("take.flac"), samples, self.input.rate())
            .map_err(|error| Failure::new(error.to_string(), "free some space"))?;
        let session = load::load(&manifest.to_string_lossy(), &LoadOptions::default(), &mut |_| {
            std::ops::ControlFlow::Continue(())
        });
        let session = session.map_err(|error| Failure::new(error.to_string(), "record it again"))?;
        let output = OutputChoice::Auto.find()?;
        if output.is_missing() {
            return Err(Failure::new("there is no sound device to play it on", "plug in headphones"));
        }
        let sender = self.events.0.clone();
        let sink = move |event: Event| {
            if matches!(event.kind, EventKind::Ended(_) | EventKind::Failed | EventKind::DeviceLost) {
                let _ = sender.send(());
            }
        };
        let playback = Playback::start(&session, output, &PlaybackOptions::default(), sink)?;
        self.playing_take = Some((playback, folder));
        Ok(())
    }

    /// Stops the take that is playing, and discards its events.
    fn stop_take(&mut self) {
        self.playing_take = None;
        self.events = unbounded();
    }

    /// Prints what was kept, and the next steps.
    fn report(&self, manifest: &std::path::Path) -> Result<Outcome, Failure> {
        let manifest = text::display_path(manifest);
        let result = match self.saved.len() {
            0 => "nothing was kept".to_owned(),
            1 => format!("kept 1 recording, and added it to {manifest}"),
            many => format!("kept {many} recordings, and added them to {manifest}"),
        };
        if self.recorder.is_lost() {
            let message = format!("the microphone `{}` was disconnected; {result}", self.input.name());
            return Err(Failure::new(
                message,
                "plug it in, and run the same command again: it continues with the next line",
            ));
        }
        for path in &self.saved {
            print_line(&text::display_path(path))?;
        }
        print_line(&result)?;
        if !self.saved.is_empty() {
            print_line(&format!("karuna check {manifest} analyses them"))?;
        }
        Ok(Outcome::Done)
    }
}

/// Returns the recorder input for a key.
fn recorder_key(press: KeyPress) -> Option<RecorderKey> {
    Some(match press {
        KeyPress::Interrupt | KeyPress::Key(Key::Escape | Key::Char('q')) => RecorderKey::Leave,
        KeyPress::Key(Key::Char(' ')) => RecorderKey::Space,
        KeyPress::Key(Key::Char('k')) => RecorderKey::Keep,
        KeyPress::Key(Key::Char('a')) => RecorderKey::Again,
        KeyPress::Key(Key::Char('h')) => RecorderKey::Play,
        KeyPress::Key(Key::Char('s')) => RecorderKey::Skip,
        KeyPress::Key(_) => return None,
    })
}
