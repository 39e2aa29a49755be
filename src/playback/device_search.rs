//! Looks for a device in the background: one that was lost, or the same with a longer buffer.

use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use super::input::Input;
use super::output::{Choice, Output, Reserve, Sounding};
use crate::io::device::{DeviceOrigin, find};
use crate::units::Rate;

/// How often a lost device is looked for.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How long a device that was found again may take to ask for its first sound.
const AWAKENS: Duration = Duration::from_secs(1);

/// What is looked for when a device was lost, or its buffer is too short.
#[derive(Clone)]
pub(crate) struct Search {
    pub(crate) wanted: Output,
    pub(crate) origin: Option<DeviceOrigin>,
    pub(crate) rate: Rate,
    pub(crate) reserve: Reserve,
    pub(crate) opening: u64,
}

impl Search {
    /// Looks for a device, after a while. What is found is open and awake, and silent.
    pub(crate) fn begin(self, after: Duration, inputs: &Sender<Input>) {
        let inputs = inputs.clone();
        let _ = thread::Builder::new().name("looking for a device".to_owned()).spawn(move || {
            thread::sleep(after);
            let _ = inputs.send(Input::Looked(self.look(&inputs)));
        });
    }

    /// Opens the device that is there anyway, at once, with a longer buffer.
    pub(crate) fn lengthen(self, inputs: &Sender<Input>) {
        let inputs = inputs.clone();
        let _ = thread::Builder::new().name("a longer buffer".to_owned()).spawn(move || {
            let opened = self.open(&inputs).map(|sounding| (sounding, self.reserve));
            let _ = inputs.send(Input::Longer(opened));
        });
    }

    /// What is there now, open and silent.
    pub(crate) fn open(&self, inputs: &Sender<Input>) -> Option<Sounding> {
        let name = match &self.wanted {
            Output::Named(name) => Some(name.as_str()),
            _ => None,
        };
        let found = find(name, self.origin).ok()?;
        Sounding::open(Choice::Device(found), None, self.rate, self.reserve, self.opening, inputs).ok()
    }

    /// A sink may take a stream and never ask for sound, as one that is suspended does.
    fn look(&self, inputs: &Sender<Input>) -> Option<Sounding> {
        let sounding = self.open(inputs)?;
        let deadline = Instant::now() + AWAKENS;
        while sounding.device()?.heartbeat() == 0 {
            if Instant::now() > deadline {
                return None;
            }
            thread::sleep(Duration::from_millis(20));
        }
        Some(sounding)
    }
}
