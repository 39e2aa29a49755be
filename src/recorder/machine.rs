//! The recorder's state machine.

use std::time::Duration;

use super::meter::LevelMeter;
use super::take::{Take, TakeProblem};
use crate::units::{Frames, Rate};

/// The silence before the words, in which the room is measured.
const COUNT_IN: Duration = Duration::from_secs(2);
/// The time before the key press that is cut from a take, because it contains the sound of the key.
const KEY_SOUND_LENGTH: Duration = Duration::from_millis(80);
/// The maximum length of a take.
const MAX_TAKE_LENGTH: Duration = Duration::from_mins(10);

/// A line to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecorderLine {
    /// Its id, or its number.
    pub(crate) name: String,
    pub(crate) words: String,
}

/// The meaning of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecorderKey {
    /// Starts the first take, and ends each take.
    Space,
    Keep,
    Again,
    Play,
    Skip,
    Leave,
}

/// An input of the recorder.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RecorderInput<'input> {
    Key(RecorderKey),
    Samples(&'input [f32]),
    /// The microphone is gone.
    Lost,
    /// The take has been played to its end.
    Played,
    /// The take can't be played, with the reason.
    NotPlayed(&'input str),
    /// The take was saved and named in the manifest.
    Saved,
    /// The take can't be saved, with the reason.
    NotSaved(&'input str),
}

/// An effect that the recorder requests.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RecorderEffect {
    /// Save these samples as the recording of a line.
    Save {
        line: usize,
        samples: Vec<f32>,
    },
    /// Play these samples.
    Play(Vec<f32>),
    StopPlaying,
    /// Everything is recorded, or the teacher leaves.
    End,
}

/// The state of the recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RecorderState {
    /// Waits for the first key.
    Ready,
    /// Records the silence before the words.
    CountIn,
    Recording,
    /// Waits for a decision about the take.
    Review,
    /// Plays the take.
    Playing,
    /// Saves the take.
    Saving,
    Over,
}

/// Records lines one after the other.
#[derive(Debug)]
pub(crate) struct Recorder {
    lines: Vec<RecorderLine>,
    rate: Rate,
    pub(super) state: RecorderState,
    /// The index of the line being recorded.
    pub(super) at: usize,
    pub(super) kept: usize,
    /// All samples since the count-in started.
    recording: Vec<f32>,
    take: Take,
    pub(super) meter: LevelMeter,
    /// The problem with the take.
    pub(super) notice: Option<String>,
    is_lost: bool,
}

impl Recorder {
    pub(crate) fn new(lines: Vec<RecorderLine>, rate: Rate) -> Self {
        let state = if lines.is_empty() { RecorderState::Over } else { RecorderState::Ready };
        Self {
            lines,
            rate,
            state,
            at: 0,
            kept: 0,
            recording: Vec::new(),
            take: Take::default(),
            meter: LevelMeter::default(),
            notice: None,
            is_lost: false,
        }
    }

    /// Handles an input, and returns the effects.
    pub(crate) fn handle(&mut self, input: RecorderInput) -> Vec<RecorderEffect> {
        use RecorderState::{CountIn, Over, Playing, Ready, Recording, Review, Saving};
        match (self.state, input) {
            (Over, _) => Vec::new(),
            (_, RecorderInput::Samples(samples)) => self.take_samples(samples),
            (_, RecorderInput::Lost) => self.on_microphone_lost(),
            (Playing, RecorderInput::Played) => self.enter(Review),
            (Saving, RecorderInput::Saved) => {
                self.kept += 1;
                self.advance()
            }
            (Playing, RecorderInput::NotPlayed(reason)) | (Saving, RecorderInput::NotSaved(reason)) => {
                self.notice = Some(reason.to_owned());
                self.enter(Review)
            }
            (Saving, RecorderInput::Key(_)) => Vec::new(),
            (Playing, RecorderInput::Key(key)) => {
                let mut effects = vec![RecorderEffect::StopPlaying];
                self.state = Review;
                if !matches!(key, RecorderKey::Play | RecorderKey::Space) {
                    effects.extend(self.handle(input));
                }
                effects
            }
            (_, RecorderInput::Key(RecorderKey::Leave)) => self.leave(),
            (_, RecorderInput::Key(RecorderKey::Skip)) => self.advance(),
            (Ready, RecorderInput::Key(_)) | (CountIn | Recording | Review, RecorderInput::Key(RecorderKey::Again)) => {
                self.begin()
            }
            (Recording, RecorderInput::Key(RecorderKey::Space)) => self.finish(),
            (Recording, RecorderInput::Key(RecorderKey::Keep)) => {
                let effects = self.finish();
                if self.take.problems.iter().any(|problem| problem.is_doubtful()) { effects } else { self.keep() }
            }
            (Recording, RecorderInput::Key(RecorderKey::Play)) => {
                self.finish();
                self.play_take()
            }
            (Review, RecorderInput::Key(RecorderKey::Keep)) => self.keep(),
            (Review, RecorderInput::Key(RecorderKey::Play | RecorderKey::Space)) => self.play_take(),
            _ => Vec::new(),
        }
    }

    fn enter(&mut self, state: RecorderState) -> Vec<RecorderEffect> {
        self.state = state;
        Vec::new()
    }

    /// Starts a take of this line.
    fn begin(&mut self) -> Vec<RecorderEffect> {
        if self.is_lost {
            return self.leave();
        }
        self.recording.clear();
        self.take = Take::default();
        self.notice = None;
        self.enter(RecorderState::CountIn)
    }

    fn take_samples(&mut self, samples: &[f32]) -> Vec<RecorderEffect> {
        self.meter.push(samples, self.rate);
        if !matches!(self.state, RecorderState::CountIn | RecorderState::Recording) {
            return Vec::new();
        }
        self.recording.extend_from_slice(samples);
        if self.state == RecorderState::CountIn && self.recording.len() >= self.frames(COUNT_IN) {
            self.state = RecorderState::Recording;
        }
        if self.recording.len() >= self.frames(MAX_TAKE_LENGTH) {
            self.finish();
            self.notice = Some("the take has ended, because it reached ten minutes".to_owned());
        }
        Vec::new()
    }

    fn frames(&self, length: Duration) -> usize {
        self.rate.frames(length).index()
    }

    /// Ends the take.
    fn finish(&mut self) -> Vec<RecorderEffect> {
        let end = self.recording.len().saturating_sub(self.frames(KEY_SOUND_LENGTH)).max(self.frames(COUNT_IN));
        let recording = &self.recording[..end.min(self.recording.len())];
        let words = self.line().words.split_whitespace().count();
        self.take = Take::new(recording, self.frames(COUNT_IN), words, self.rate);
        self.enter(RecorderState::Review)
    }

    fn keep(&mut self) -> Vec<RecorderEffect> {
        if self.take.is_empty() {
            return Vec::new();
        }
        self.notice = None;
        self.state = RecorderState::Saving;
        vec![RecorderEffect::Save { line: self.at, samples: self.take.samples.clone() }]
    }

    fn play_take(&mut self) -> Vec<RecorderEffect> {
        if self.take.is_empty() {
            return Vec::new();
        }
        self.state = RecorderState::Playing;
        vec![RecorderEffect::Play(self.take.samples.clone())]
    }

    /// Continues with the next line, or ends.
    fn advance(&mut self) -> Vec<RecorderEffect> {
        if self.at + 1 >= self.lines.len() || self.is_lost {
            return self.leave();
        }
        let was_ready = self.state == RecorderState::Ready;
        self.at += 1;
        self.begin();
        if was_ready { self.enter(RecorderState::Ready) } else { Vec::new() }
    }

    fn leave(&mut self) -> Vec<RecorderEffect> {
        self.state = RecorderState::Over;
        vec![RecorderEffect::End]
    }

    /// Handles a lost microphone. A take with words in it can still be kept.
    fn on_microphone_lost(&mut self) -> Vec<RecorderEffect> {
        self.is_lost = true;
        if self.state == RecorderState::Recording {
            self.finish();
        }
        match self.state {
            RecorderState::Review if !self.take.is_empty() => {
                self.notice = Some("the microphone was disconnected; you can still keep this take".to_owned());
                Vec::new()
            }
            RecorderState::Playing | RecorderState::Saving => Vec::new(),
            _ => self.leave(),
        }
    }

    pub(super) fn line(&self) -> &RecorderLine {
        &self.lines[self.at.min(self.lines.len() - 1)]
    }

    pub(super) fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// Returns whether the microphone is gone.
    pub(crate) fn is_lost(&self) -> bool {
        self.is_lost
    }

    pub(crate) fn is_over(&self) -> bool {
        self.state == RecorderState::Over
    }

    /// Returns the number of lines kept.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> usize {
        self.kept
    }

    /// Returns the remaining seconds of the count-in, at least 1.
    pub(super) fn count_in_left(&self) -> u64 {
        let remaining = self.frames(COUNT_IN).saturating_sub(self.recording.len());
        Frames(remaining as u64).0.div_ceil(u64::from(self.rate.hertz())).max(1)
    }

    /// Returns the recording time of the words.
    pub(super) fn recorded(&self) -> Frames {
        Frames(self.recording.len().saturating_sub(self.frames(COUNT_IN)) as u64)
    }

    pub(super) fn rate(&self) -> Rate {
        self.rate
    }

    /// Returns the length of the take with its margins.
    pub(super) fn take_length(&self) -> Frames {
        Frames(self.take.samples.len() as u64)
    }

    pub(super) fn problems(&self) -> &[TakeProblem] {
        &self.take.problems
    }

    pub(super) fn has_take(&self) -> bool {
        !self.take.is_empty()
    }
}
