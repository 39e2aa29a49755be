//! Where a session sounds: the device, or nothing at all in real time.

use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use super::REMEDY;
use super::input::Input;
use crate::cli::Output;
use crate::failure::Failure;
use crate::io::device::{DeviceError, Found, Stream, find};
use crate::io::null::Null;
use crate::player::Callback;
use crate::units::{Frames, Rate};
use crate::words::harmless;

/// From one request of the device to the next, at first. It holds twice as much.
const PERIOD: Duration = Duration::from_millis(15);
/// As much as it may become.
const LONGEST_PERIOD: Duration = Duration::from_millis(100);
/// How often a lost device is looked for.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Where a session will sound.
pub(super) enum Choice {
    Device(Found),
    Null,
}

/// Where it sounds.
pub(super) enum Sounding {
    Device(Stream),
    Null { _pulls: Null },
}

impl Choice {
    /// What was asked for, and what there is to say about it.
    pub(super) fn find(wanted: &Output) -> Result<(Self, Option<String>), Failure> {
        match wanted {
            Output::Null => Ok((Self::Null, None)),
            Output::Auto => Ok(match find(None) {
                Ok(found) => (Self::Device(found), None),
                Err(_) => (
                    Self::Null,
                    Some(format!("no sound device was found, so the session goes on in words; to hear it, {REMEDY}")),
                ),
            }),
            Output::Named(name) => {
                find(Some(name)).map(|found| (Self::Device(found), None)).map_err(|error| refusal(name, &error))
            }
        }
    }

    /// The rate that everything is rendered at.
    pub(super) fn rate(&self) -> Rate {
        match self {
            Self::Device(found) => found.rate,
            Self::Null => Rate::DEFAULT,
        }
    }
}

fn refusal(name: &str, error: &DeviceError) -> Failure {
    let name = harmless(name);
    let list = |names: &[String]| names.iter().map(|name| harmless(name)).collect::<Vec<_>>().join(", ");
    match error {
        DeviceError::None => Failure::new(
            format!("there is no sound device, and so none named `{name}`"),
            format!("{REMEDY}; or leave --output out"),
        ),
        DeviceError::Unknown(names) => {
            Failure::new(format!("there is no sound device named `{name}`"), format!("there is {}", list(names)))
        }
        DeviceError::Ambiguous(names) => Failure::new(
            format!("several sound devices have `{name}` in their name"),
            format!("give more of it: {}", list(names)),
        ),
        DeviceError::Failed(why) => Failure::new(
            format!("the sound device `{name}` does not work: {}", harmless(why)),
            "`karuna devices` lists the others",
        ),
    }
}

impl Sounding {
    /// Opens what was chosen. `opening` names this opening when its device is lost.
    pub(super) fn open(
        choice: Choice,
        callback: Callback,
        rate: Rate,
        period: Period,
        opening: u64,
        inputs: &Sender<Input>,
    ) -> Result<Self, Failure> {
        match choice {
            Choice::Device(found) => {
                let (lost, losses) = mpsc::channel();
                let inputs = inputs.clone();
                let _ = thread::Builder::new().name("losses".to_owned()).spawn(move || {
                    if losses.recv().is_ok() {
                        let _ = inputs.send(Input::Lost(opening));
                    }
                });
                let name = found.name.clone();
                Stream::open(found, callback, period.frames(rate), lost)
                    .map(Self::Device)
                    .map_err(|error| refusal(&name, &error))
            }
            Choice::Null => {
                let failed = |error: std::io::Error| {
                    Failure::new(format!("the session can't be timed: {error}"), "close other programs")
                };
                Null::start(callback, rate).map(|pulls| Self::Null { _pulls: pulls }).map_err(failed)
            }
        }
    }

    /// What was played and not heard yet.
    pub(super) fn buffer(&self) -> Frames {
        match self {
            Self::Device(stream) => stream.buffer(),
            Self::Null { .. } => Frames::ZERO,
        }
    }

    /// Counts what the output asked for; stands still where a device hangs.
    pub(super) fn beats(&self) -> Option<u64> {
        match self {
            Self::Device(stream) => Some(stream.beats()),
            Self::Null { .. } => None,
        }
    }
}

/// How much a device asks for at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Period(Duration);

impl Default for Period {
    fn default() -> Self {
        Self(PERIOD)
    }
}

impl Period {
    /// Twice as much, to a limit; `None` where it is reached.
    pub(super) fn longer(self) -> Option<Self> {
        (self.0 < LONGEST_PERIOD).then(|| Self((self.0 * 2).min(LONGEST_PERIOD)))
    }

    fn frames(self, rate: Rate) -> Frames {
        rate.frames(self.0)
    }
}

/// Looks for a device again, in a second.
pub(super) fn look_again(wanted: &Output, inputs: &Sender<Input>) {
    let (wanted, inputs) = (wanted.clone(), inputs.clone());
    let _ = thread::Builder::new().name("looking for a device".to_owned()).spawn(move || {
        thread::sleep(LOOK_AGAIN);
        let found = match wanted {
            Output::Named(name) => find(Some(&name)),
            _ => find(None),
        };
        let _ = inputs.send(Input::Looked(found.ok()));
    });
}
