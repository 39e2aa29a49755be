//! Where a session is heard: a sound device, or nothing at all in real time.

use std::str::FromStr;
use std::thread;
use std::time::Duration;

use super::error::OpenOutputError;
use crate::io::device::{DeviceEvent, DeviceInfo, find};
use crate::player::AudioCallback;
use crate::units::{Frames, Rate};

/// What a device buffers at first: as little as a busy machine can keep full.
const FIRST_BUFFER: Duration = Duration::from_millis(36);
/// The longest buffer that underruns lead to.
const LONGEST_BUFFER: Duration = Duration::from_millis(200);

/// The output that a listener asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OutputChoice {
    /// The default device. Without any, the session continues with captions only.
    #[default]
    Auto,
    /// No sound, in real time.
    Null,
    /// The device whose name contains this.
    Named(String),
}

impl FromStr for OutputChoice {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "auto" => Self::Auto,
            "null" => Self::Null,
            name => Self::Named(name.to_owned()),
        })
    }
}

impl OutputChoice {
    /// Finds the output. This takes seconds where a sound server does not answer.
    ///
    /// # Errors
    /// When a device was named and can't be found.
    pub fn find(&self) -> Result<FoundOutput, OpenOutputError> {
        let target = match self {
            Self::Null => OutputTarget::Null,
            Self::Auto => find(None, None).map_or(OutputTarget::NoDevice, OutputTarget::Device),
            Self::Named(name) => OutputTarget::Device(find(Some(name), None)?),
        };
        Ok(FoundOutput { choice: self.clone(), target })
    }

    /// Returns the part of a device's name that was asked for.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Auto | Self::Null => None,
        }
    }
}

/// An output that was found, and is not open yet.
pub struct FoundOutput {
    pub(crate) choice: OutputChoice,
    pub(crate) target: OutputTarget,
}

/// What was found.
pub(crate) enum OutputTarget {
    Device(DeviceInfo),
    /// No device was asked for.
    Null,
    /// A device was asked for, and there is none.
    NoDevice,
}

impl FoundOutput {
    /// Returns the rate that a session is rendered at for this output.
    #[must_use]
    pub fn rate(&self) -> Rate {
        match &self.target {
            OutputTarget::Device(device) => device.rate,
            OutputTarget::Null | OutputTarget::NoDevice => Rate::DEFAULT,
        }
    }

    /// Whether a device was asked for and there is none.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self.target, OutputTarget::NoDevice)
    }
}

/// A search for an output, on a thread of its own.
pub struct OutputSearch {
    choice: OutputChoice,
    search: Option<thread::JoinHandle<Result<FoundOutput, OpenOutputError>>>,
}

impl OutputSearch {
    /// Starts the search.
    #[must_use]
    pub fn start(choice: OutputChoice) -> Self {
        let searched = choice.clone();
        let search = thread::Builder::new().name("device-search".to_owned()).spawn(move || searched.find());
        Self { choice, search: search.ok() }
    }

    /// Waits for the result.
    ///
    /// # Errors
    /// When a device was named and can't be found.
    pub fn wait(self) -> Result<FoundOutput, OpenOutputError> {
        let found = self.search.and_then(|search| search.join().ok());
        found.unwrap_or_else(|| self.choice.find())
    }
}

/// Identifies one opening of an output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OpeningId(pub(crate) u64);

/// How much sound an output buffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BufferSize(Duration);

impl Default for BufferSize {
    fn default() -> Self {
        Self(FIRST_BUFFER)
    }
}

impl BufferSize {
    /// Returns twice as much, up to a limit; `None` where that is reached.
    pub(crate) fn longer(self) -> Option<Self> {
        (self.0 < LONGEST_BUFFER).then(|| Self((self.0 * 2).min(LONGEST_BUFFER)))
    }

    /// Returns the frames of it at a rate.
    pub(crate) fn frames(self, rate: Rate) -> Frames {
        rate.frames(self.0)
    }
}

/// Why an output is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenReason {
    /// The session begins.
    Start,
    /// The device was lost.
    Search,
    /// The process was stopped for a while, which the client of a sound server does not survive.
    Reopen,
    /// The buffer was too short.
    LongerBuffer,
}

/// An output to be opened.
pub(crate) struct OpenRequest {
    pub(crate) opening: OpeningId,
    pub(crate) reason: OpenReason,
    pub(crate) buffer: BufferSize,
    /// What is played from the first frame on; without it, silence.
    pub(crate) callback: Option<AudioCallback>,
}

/// Finds and opens outputs. This takes seconds where a sound server does not answer, so the event loop never calls it.
pub(crate) trait OutputSystem: Send + Sync {
    /// Opens an output.
    fn open(&self, request: OpenRequest) -> Result<Box<dyn Output>, OpenOutputError>;
}

/// An output that is open. None of its functions waits.
pub(crate) trait Output: Send {
    /// Plays this from now on.
    fn play(&mut self, callback: AudioCallback);

    /// Takes back what is played, once it is silent.
    fn take_back(&mut self) -> Option<AudioCallback>;

    /// Returns how many blocks the output has asked for.
    fn heartbeat(&self) -> u64;

    /// Returns what was played and not heard yet, as far as is known.
    fn unheard_frames(&self) -> Frames;

    /// Returns the most that can have been played and not been heard yet.
    fn buffered_frames(&self) -> Frames;

    /// Returns what happened to the output next.
    fn next_event(&mut self) -> Option<DeviceEvent>;

    /// Lets the output sleep once it is silent, so that it asks for nothing any more. Returns whether it can.
    fn cork(&mut self) -> bool {
        false
    }

    /// Lets the output play again. `leads` is whether the next frame waits for a device that has to be woken.
    fn uncork(&mut self, _leads: bool) {}

    /// Lets the next frame sound at once, though the device may not be awake yet.
    fn skip_lead(&mut self) {}

    /// Returns how long the output takes to fall silent after the last frame.
    fn fade_out(&self) -> Duration {
        Duration::ZERO
    }

    /// Whether the output has stopped for good, by a mistake of this program.
    fn has_stopped(&self) -> bool {
        false
    }
}
