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

/// A program or a model that turns text into speech.
///
/// An engine that has to load something does so when it first speaks, and frees it when it is dropped; a
/// [`SpeechJob`](super::SpeechJob) drops its engines once the last line is spoken. Lines are spoken on several threads at once: an
/// engine that speaks one line at a time holds a lock.
pub(crate) trait SpeechEngine: fmt::Debug + Send + Sync {
    /// Returns the name that `--voice` takes and that messages show.
    fn name(&self) -> &str;

    /// Returns whether the engine can speak a language, given by its BCP 47 tag.
    fn speaks(&self, language: &str) -> bool;

    /// Returns the characters that the engine can read.
    fn charset(&self) -> Charset;

    /// Returns whether the engine is installed. One that is not may still have spoken lines that are cached.
    fn is_installed(&self) -> bool;

    /// Returns how to install the engine.
    fn install_hint(&self) -> &str;

    /// Describes the voice that answers a request; `None` if the engine has none for it.
    fn describe(&self, voice: &VoiceRequest) -> Option<VoiceDescription>;

    /// Speaks a text of at least one word into a sound file of any format that the program decodes.
    ///
    /// # Errors
    /// If the engine fails, takes too long, writes too much, or is cancelled.
    fn speak(&self, text: &str, voice: &VoiceRequest, output: &Path, cancel: &CancelFlag) -> Result<(), EngineError>;
}

/// The voice and the language that a line asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct VoiceRequest {
    /// The name of a voice; `None` for the engine's usual one.
    pub(crate) voice: Option<String>,
    /// A BCP 47 tag.
    pub(crate) language: String,
}

/// A voice of an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VoiceDescription {
    /// Everything other than the text that determines the sound: the voice, the content of its model, and the settings.
    pub(crate) identity: String,
    /// Whether it sounds good enough to be chosen without being asked for.
    pub(crate) is_recommended: bool,
}

/// Tells engines to stop. Clones share one flag.
#[derive(Clone, Debug, Default)]
pub(crate) struct CancelFlag(Arc<AtomicBool>);

impl CancelFlag {
    /// Asks everyone who watches the flag to stop. A running engine stops within a tenth of a second.
    pub(crate) fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns whether the work is no longer wanted.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Why an engine did not speak a line. The message follows the engine's name.
#[derive(Debug, Error)]
pub(crate) enum EngineError {
    /// The system could not start or watch it.
    #[error("could not be run: {}", reason(.0))]
    Io(#[from] io::Error),
    /// It exited with a code other than 0.
    #[error("exited with code {0}")]
    ExitCode(i32),
    /// A signal ended it.
    #[error("was killed")]
    Killed,
    /// It was stopped because it took too long.
    #[error("did not finish within {} s", .0.as_secs())]
    Timeout(Duration),
    /// It was stopped because it wrote too much.
    #[error("wrote far more than speech can be")]
    TooMuchOutput,
    /// It was stopped because nobody needs the line any more.
    #[error("was cancelled")]
    Cancelled,
    /// The voice is no longer there.
    #[error("has no voice for this language")]
    NoVoice,
    /// The built-in voice could not speak.
    #[error("could not speak: {0}")]
    Voice(#[from] NeuralVoiceError),
    /// It finished, and what it wrote is not speech of this text.
    #[error(transparent)]
    Output(#[from] OutputError),
}
