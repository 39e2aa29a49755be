//! The interface of a speech engine.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use thiserror::Error;

use super::heart::NeuralVoiceError;
use super::output::OutputError;
use super::readable::Charset;
use crate::error::reason;
use crate::timeline::WordTimes;

/// A program or a model that converts text to speech.
///
/// An engine that has to load something does so before its first line, and frees it when dropped; a
/// [`SpeechJob`](super::SpeechJob) drops its engines after the last line. Lines are spoken on several threads at once: an engine that can
/// only speak one line at a time holds a lock.
pub(crate) trait SpeechEngine: fmt::Debug + Send + Sync {
    /// Returns the name for `--voice` and messages.
    fn name(&self) -> &str;

    /// Returns whether the engine speaks a language, given by its BCP 47 tag.
    fn speaks(&self, language: &str) -> bool;

    /// Returns the characters that the engine can read.
    fn charset(&self) -> Charset;

    /// Returns whether the engine is installed. Speech by one that is not may still be cached.
    fn is_installed(&self) -> bool;

    /// Returns how to install the engine.
    fn install_hint(&self) -> &str;

    /// Describes the voice for a request; `None` if the engine has none for it.
    fn describe(&self, voice: &VoiceRequest) -> Option<VoiceDescription>;

    /// Speaks a text of at least one word into a sound file in any format that the program can decode. Returns the times of its words in
    /// that file, at the file's rate; empty if the engine does not know them.
    ///
    /// # Errors
    /// If the engine fails, takes too long, writes too much, or is cancelled.
    fn speak(
        &self,
        text: &str,
        voice: &VoiceRequest,
        output: &Path,
        cancel: &CancelFlag,
    ) -> Result<WordTimes, EngineError>;
}

/// The voice and the language requested by a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct VoiceRequest {
    /// The name of a voice; `None` for the engine's default.
    pub(crate) voice: Option<String>,
    /// A BCP 47 tag.
    pub(crate) language: String,
}

/// A voice of an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VoiceDescription {
    /// Everything other than the text that determines the sound: the voice, the content of its model, and the settings.
    pub(crate) identity: String,
    /// Whether it sounds good enough to be chosen automatically.
    pub(crate) is_recommended: bool,
}

/// A flag that stops engines. Clones share the flag.
#[derive(Clone, Debug, Default)]
pub(crate) struct CancelFlag(Arc<AtomicBool>);

impl CancelFlag {
    /// Sets the flag. A running engine stops within a tenth of a second.
    pub(crate) fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns whether the flag is set.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Why an engine did not speak a line. The message is appended to the engine's name.
#[derive(Debug, Error)]
pub(crate) enum EngineError {
    /// The system could not start or monitor it.
    #[error("could not be run: {}", reason(.0))]
    Io(#[from] io::Error),
    /// It exited with a code other than 0.
    #[error("exited with code {0}")]
    ExitCode(i32),
    /// It was ended by a signal.
    #[error("was killed")]
    Killed,
    /// It was stopped after a timeout.
    #[error("did not finish within {} s", .0.as_secs())]
    Timeout(Duration),
    /// It was stopped because its output was too large.
    #[error("wrote too much data")]
    TooMuchOutput,
    /// It was cancelled, because the line is no longer needed.
    #[error("was cancelled")]
    Cancelled,
    /// The voice is no longer available.
    #[error("has no voice for this language")]
    NoVoice,
    /// The built-in voice could not speak.
    #[error("could not speak: {0}")]
    Voice(#[from] NeuralVoiceError),
    /// Its output is not speech of this text.
    #[error(transparent)]
    Output(#[from] OutputError),
}
