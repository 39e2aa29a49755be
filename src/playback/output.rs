//! The output of a session: a sound device, or the null output in real time.

use std::str::FromStr;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};

use super::error::OpenOutputError;
use crate::io::device::{DeviceEvent, DeviceInfo, find};
use crate::player::AudioCallback;
use crate::units::{Frames, Rate};

/// The initial buffer size of a device: as small as a busy machine can keep filled.
const FIRST_BUFFER: Duration = Duration::from_millis(36);
/// The maximum buffer size after underruns.
const MAX_BUFFER: Duration = Duration::from_millis(200);
/// How often a search checks whether it has been cancelled.
const CANCEL_PERIOD: Duration = Duration::from_millis(20);

/// The output that the listener requested.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OutputChoice {
    /// The default device. Without a device, the session continues with captions only.
    #[default]
    Auto,
    /// The null output.
    Null,
    /// The device whose name contains this text.
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
    /// Finds the output. This can take seconds if a sound server does not answer.
    ///
    /// # Errors
    /// If a device was named and can't be found.
    pub fn find(&self) -> Result<FoundOutput, OpenOutputError> {
        let target = match self {
            Self::Null => OutputTarget::Null,
            Self::Auto => find(None, None).map_or(OutputTarget::NoDevice, OutputTarget::Device),
            Self::Named(name) => OutputTarget::Device(find(Some(name), None)?),
        };
        Ok(FoundOutput { choice: self.clone(), target })
    }

    /// Returns the requested part of a device's name.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Auto | Self::Null => None,
        }
    }
}

/// An output that was found, but is not open yet.
pub struct FoundOutput {
    pub(crate) choice: OutputChoice,
    pub(crate) target: OutputTarget,
}

/// The result of a search.
pub(crate) enum OutputTarget {
    Device(DeviceInfo),
    /// No device was requested.
    Null,
    /// A device was requested, and there is none.
    NoDevice,
}

impl FoundOutput {
    /// Returns the rate at which a session is rendered for this output.
    #[must_use]
    pub(crate) fn rate(&self) -> Rate {
        match &self.target {
            OutputTarget::Device(device) => device.rate,
            OutputTarget::Null | OutputTarget::NoDevice => Rate::DEFAULT,
        }
    }

    /// Returns whether a requested device does not exist.
    #[must_use]
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self.target, OutputTarget::NoDevice)
    }
}

/// A search for an output on a background thread.
pub(crate) struct OutputSearch {
    choice: OutputChoice,
    found: Receiver<Result<FoundOutput, OpenOutputError>>,
}

impl OutputSearch {
    /// Starts the search.
    #[must_use]
    pub(crate) fn start(choice: OutputChoice) -> Self {
        let searched = choice.clone();
        let (sender, found) = bounded(1);
        let _ =
            thread::Builder::new().name("device-search".to_owned()).spawn(move || drop(sender.send(searched.find())));
        Self { choice, found }
    }

    /// Waits for the result. Returns `None` once `is_cancelled` does, whatever a sound server does.
    ///
    /// # Errors
    /// If a device was named and can't be found.
    pub(crate) fn wait(self, is_cancelled: impl Fn() -> bool) -> Result<Option<FoundOutput>, OpenOutputError> {
        while !is_cancelled() {
            match self.found.recv_timeout(CANCEL_PERIOD) {
                Ok(found) => return found.map(Some),
                Err(RecvTimeoutError::Timeout) => {}
                // There was no thread for the search.
                Err(RecvTimeoutError::Disconnected) => return self.choice.find().map(Some),
            }
        }
        Ok(None)
    }
}

/// Identifies one opening of an output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OpeningId(pub(crate) u64);

/// The buffer size of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BufferSize(Duration);

impl Default for BufferSize {
    fn default() -> Self {
        Self(FIRST_BUFFER)
    }
}

impl BufferSize {
    /// Returns twice the size, up to the maximum; `None` if that is reached.
    pub(crate) fn longer(self) -> Option<Self> {
        (self.0 < MAX_BUFFER).then(|| Self((self.0 * 2).min(MAX_BUFFER)))
    }

    /// Returns the size in frames at a rate.
    pub(crate) fn frames(self, rate: Rate) -> Frames {
        rate.frames(self.0)
    }
}

/// The reason for opening an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenReason {
    /// The session starts.
    Start,
    /// The device was lost.
    Search,
    /// The process was suspended for a while, which the client of a sound server does not survive.
    Reopen,
    /// The buffer was too small.
    LongerBuffer,
}

/// A request to open an output.
pub(crate) struct OpenRequest {
    pub(crate) opening: OpeningId,
    pub(crate) reason: OpenReason,
    pub(crate) buffer: BufferSize,
    /// The source of the sound from the first frame on; without it, silence.
    pub(crate) callback: Option<AudioCallback>,
}

/// Finds and opens outputs. This can take seconds if a sound server does not answer, so the event loop never calls it.
pub(crate) trait OutputSystem: Send + Sync {
    /// Opens an output.
    fn open(&self, request: OpenRequest) -> Result<Box<dyn Output>, OpenOutputError>;
}

/// An open output. None of its functions blocks.
pub(crate) trait Output: Send {
    /// Plays this source.
    fn play(&mut self, callback: AudioCallback);

    /// Returns the source, once it was requested and is silent.
    fn take_back(&mut self) -> Option<AudioCallback>;

    /// Returns the number of blocks requested by the output so far.
    fn heartbeat(&self) -> u64;

    /// Returns the time that was played but not heard yet, as far as is known.
    fn unheard_frames(&self) -> Frames;

    /// Returns an upper bound of the time that was played but not heard yet.
    fn buffered_frames(&self) -> Frames;

    /// Returns the next device event.
    fn next_event(&mut self) -> Option<DeviceEvent>;

    /// Lets the output sleep once it is silent, so that it requests no more sound. Returns whether it can.
    fn cork(&mut self) -> bool {
        false
    }

    /// Wakes the output. `waits_until_awake` is whether the next frame waits until the device is awake.
    fn uncork(&mut self, _waits_until_awake: bool) {}

    /// Ends the wake-up lead, so that the next frame plays immediately.
    fn skip_lead(&mut self) {}

    /// Returns the time until the output is silent after the last frame.
    fn fade_out(&self) -> Duration {
        Duration::ZERO
    }

    /// Returns whether the output has failed permanently, through a bug of this program.
    fn has_stopped(&self) -> bool {
        false
    }
}
