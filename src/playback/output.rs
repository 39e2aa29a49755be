//! Where a session sounds: the device, or nothing at all in real time.

use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use super::input::Input;
use crate::error::Failure;
use crate::io::device::{DeviceEvent, DeviceInfo, DeviceOrigin, DeviceStream, find};
use crate::io::null::NullOutput;
use crate::player::AudioCallback;
use crate::units::{Frames, Rate};

/// What the device holds at first: as little as a busy machine can keep full.
const HELD: Duration = Duration::from_millis(36);
/// As much as it may become.
const MOST_HELD: Duration = Duration::from_millis(200);

/// What to do where there is no sound device.
pub(crate) const REMEDY: &str =
    "plug in headphones or speakers, and on Linux install pulseaudio or pipewire-pulse if no sound server runs";

/// Where a session sounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// The default device, or nothing at all where there is none.
    Auto,
    /// Nothing at all, in real time.
    Null,
    /// The device whose name holds this.
    Named(String),
}

impl std::str::FromStr for Output {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "auto" => Self::Auto,
            "null" => Self::Null,
            name => Self::Named(name.to_owned()),
        })
    }
}

/// Where a session will sound.
pub(crate) enum Choice {
    Device(DeviceInfo),
    Null,
}

/// Where it sounds.
pub(crate) enum Sounding {
    Device { stream: DeviceStream, opening: u64 },
    Null { rate: Rate, pulls: Option<NullOutput> },
}

/// What was asked for, and what there is to say about it.
pub(crate) type Chosen = Result<(Choice, Option<String>), Failure>;

impl Choice {
    /// Begins to look for what was asked for, in the background, where sound systems take their time. Gives what waits for it.
    pub(crate) fn seek(wanted: &Output) -> impl FnOnce() -> Chosen + use<> {
        let (sought, wanted) = (wanted.clone(), wanted.clone());
        let search = thread::Builder::new().name("choosing a device".to_owned()).spawn(move || Self::find(&sought));
        move || search.ok().and_then(|search| search.join().ok()).unwrap_or_else(|| Self::find(&wanted))
    }

    fn find(wanted: &Output) -> Chosen {
        match wanted {
            Output::Null => Ok((Self::Null, None)),
            Output::Auto => Ok(match find(None, None) {
                Ok(found) => (Self::Device(found), None),
                Err(_) => (
                    Self::Null,
                    Some(format!("no sound device was found, so the session goes on in words; to hear it, {REMEDY}")),
                ),
            }),
            Output::Named(name) => {
                find(Some(name), None).map(|found| (Self::Device(found), None)).map_err(Failure::from)
            }
        }
    }

    /// The rate that everything is rendered at.
    pub(crate) fn rate(&self) -> Rate {
        match self {
            Self::Device(found) => found.rate,
            Self::Null => Rate::DEFAULT,
        }
    }

    /// What a device has to share to take the place of this one.
    pub(crate) fn origin(&self) -> Option<DeviceOrigin> {
        match self {
            Self::Device(found) => Some(found.origin()),
            Self::Null => None,
        }
    }
}

impl Sounding {
    /// Opens what was chosen. It plays the callback; without one, silence. `opening` names this opening when something becomes of
    /// its device.
    pub(crate) fn open(
        choice: Choice,
        callback: Option<AudioCallback>,
        rate: Rate,
        reserve: Reserve,
        opening: u64,
        inputs: &Sender<Input>,
    ) -> Result<Self, Failure> {
        match choice {
            Choice::Device(found) => {
                DeviceStream::open(found, rate, reserve.frames(rate), callback, on_event(opening, inputs.clone()))
                    .map(|stream| Self::Device { stream, opening })
                    .map_err(Failure::from)
            }
            Choice::Null => {
                let mut sounding = Self::Null { rate, pulls: None };
                callback.map_or(Ok(()), |callback| sounding.play(callback))?;
                Ok(sounding)
            }
        }
    }

    /// Plays what this has from now on.
    pub(crate) fn play(&mut self, callback: AudioCallback) -> Result<(), Failure> {
        match self {
            Self::Device { stream, .. } => stream.play(callback),
            Self::Null { rate, pulls } => {
                let failed = |error: std::io::Error| {
                    Failure::new(format!("the session can't be timed: {error}"), "close other programs")
                };
                *pulls = Some(NullOutput::start(callback, *rate).map_err(failed)?);
            }
        }
        Ok(())
    }

    /// Whether it has this number.
    pub(crate) fn is_opening(&self, number: u64) -> bool {
        matches!(self, Self::Device { opening, .. } if *opening == number)
    }

    /// The device, if it is one.
    pub(crate) fn device(&self) -> Option<&DeviceStream> {
        match self {
            Self::Device { stream, .. } => Some(stream),
            Self::Null { .. } => None,
        }
    }

    /// The device, if it is one.
    pub(crate) fn device_mut(&mut self) -> Option<&mut DeviceStream> {
        match self {
            Self::Device { stream, .. } => Some(stream),
            Self::Null { .. } => None,
        }
    }
}

/// Passes what happens to a device on as inputs.
fn on_event(opening: u64, inputs: Sender<Input>) -> impl Fn(DeviceEvent) + Clone + Send + 'static {
    move |event| {
        let input = match event {
            DeviceEvent::Lost => Input::Lost(opening),
            DeviceEvent::Moved(place) => Input::Moved(opening, place),
        };
        let _ = inputs.send(input);
    }
}

/// How much a device holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reserve(Duration);

impl Default for Reserve {
    fn default() -> Self {
        Self(HELD)
    }
}

impl Reserve {
    /// Twice as much, to a limit; `None` where it is reached.
    pub(crate) fn longer(self) -> Option<Self> {
        (self.0 < MOST_HELD).then(|| Self((self.0 * 2).min(MOST_HELD)))
    }

    fn frames(self, rate: Rate) -> Frames {
        rate.frames(self.0)
    }
}
