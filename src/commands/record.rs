//! `karuna record`: records the lines of a session one after the other.

mod console;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, select_biased, unbounded};

use super::loading::session_or_report;
use super::{Outcome, print_line, report};
use crate::cli::RecordArguments;
use crate::error::Failure;
use crate::io::device::InputStream;
use crate::io::library;
use crate::io::signals::Signal;
use crate::io::temporary::TemporaryFolder;
use crate::io::terminal::{self, Key, KeyPress};
use crate::load::{self, LoadOptions};
use crate::playback::{Event, EventKind, OutputChoice, Playback, PlaybackOptions};
use crate::recorder::{Recorder, RecorderEffect, RecorderInput, RecorderKey, RecordingStore, write_recording};
use crate::text;
use console::Console;

/// The interval at which the microphone is read and the screen drawn.
const TICK: Duration = Duration::from_millis(30);
/// The manifest of the session that plays a take, and its file name.
const TAKE_MANIFEST: &str = "format = 1\ntitle = \"A take\"\n[[segment]]\nclip = \"take.flac\"\n";
const TAKE_MANIFEST_NAME: &str = "take.toml";

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
        let mut console = Console::open();
        let mut samples = Vec::new();
        while !self.recorder.is_over() {
            console.draw(&self.recorder);
            select_biased! {
                recv(console.signals) -> signal => self.on_signal(signal.ok(), &mut console),
                recv(console.keys) -> press => self.on_key(press.ok(), &mut samples),
                recv(self.events.1) -> _ => {
                    self.playing_take = None;
                    self.handle(RecorderInput::Played);
                },
                default(TICK) => self.read_samples(&mut samples),
            }
        }
        console.close();
    }

    fn on_signal(&mut self, signal: Option<Signal>, console: &mut Console) {
        match signal {
            Some(Signal::Suspend) => console.suspend(),
            Some(Signal::Resized) => console.screen.on_resized(),
            Some(Signal::Continue) => {}
            _ => self.handle(RecorderInput::Key(RecorderKey::Leave)),
        }
    }

    /// Handles a key, or with `None` that the terminal has been closed.
    fn on_key(&mut self, press: Option<KeyPress>, samples: &mut Vec<f32>) {
        let Some(press) = press else { return self.handle(RecorderInput::Key(RecorderKey::Leave)) };
        if let Some(key) = recorder_key(press) {
            self.read_samples(samples);
            self.handle(RecorderInput::Key(key));
        }
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
        let folder = self.write_take(samples)?;
        let manifest = folder.path().join(TAKE_MANIFEST_NAME);
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

    /// Writes a take and its session to a temporary folder.
    fn write_take(&self, samples: &[f32]) -> Result<TemporaryFolder, Failure> {
        let unwritable = |error: std::io::Error| {
            Failure::new(
                format!("a temporary file can't be written: {}", crate::error::reason(&error)),
                "free some space",
            )
        };
        let folder = TemporaryFolder::of_system().map_err(unwritable)?;
        fs::write(folder.path().join(TAKE_MANIFEST_NAME), TAKE_MANIFEST).map_err(unwritable)?;
        write_recording(&folder.path().join("take.flac"), samples, self.input.rate())
            .map_err(|error| Failure::new(error.to_string(), "free some space"))?;
        Ok(folder)
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
