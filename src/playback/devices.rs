//! The outputs of this machine.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};

use super::error::OpenOutputError;
use super::output::{OpenRequest, Output, OutputChoice, OutputSystem};
use crate::io::device::{DeviceEvent, DeviceInfo, DeviceOrigin, DeviceStream, find};
use crate::io::null::NullOutput;
use crate::player::AudioCallback;
use crate::units::{Frames, Rate};

/// The sound devices of this machine, as far as they can take the place of the first one.
pub(crate) struct Devices {
    choice: OutputChoice,
    rate: Rate,
    origin: DeviceOrigin,
    /// The device that was found before the session began.
    first: Mutex<Option<DeviceInfo>>,
}

impl Devices {
    /// Returns the devices that can take the place of one that was found, beginning with that one.
    pub(crate) fn new(choice: OutputChoice, device: DeviceInfo) -> Self {
        Self { choice, rate: device.rate, origin: device.origin(), first: Mutex::new(Some(device)) }
    }

    /// Returns the first device once, and afterwards the one that is there now.
    fn find(&self) -> Result<DeviceInfo, OpenOutputError> {
        if let Some(first) = self.first.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Ok(first);
        }
        Ok(find(self.choice.name(), Some(self.origin))?)
    }
}

impl OutputSystem for Devices {
    fn open(&self, request: OpenRequest) -> Result<Box<dyn Output>, OpenOutputError> {
        let device = self.find()?;
        let (sender, events) = mpsc::channel();
        let on_event = move |event| drop(sender.send(event));
        let buffer = request.buffer.frames(self.rate);
        let stream = DeviceStream::open(device, self.rate, buffer, request.callback, on_event)?;
        Ok(Box::new(DeviceOutput { stream, events }))
    }
}

/// A device that plays.
struct DeviceOutput {
    stream: DeviceStream,
    events: Receiver<DeviceEvent>,
}

impl Output for DeviceOutput {
    fn play(&mut self, callback: AudioCallback) {
        self.stream.play(callback);
    }

    fn take_back(&mut self) -> Option<AudioCallback> {
        self.stream.take_back()
    }

    fn heartbeat(&self) -> u64 {
        self.stream.heartbeat()
    }

    fn unheard_frames(&self) -> Frames {
        self.stream.unheard_frames()
    }

    fn buffered_frames(&self) -> Frames {
        self.stream.buffered_frames()
    }

    fn next_event(&mut self) -> Option<DeviceEvent> {
        self.events.try_recv().ok()
    }
}

/// No sound, in real time.
pub(crate) struct SilentOutput(NullOutput);

impl SilentOutput {
    /// Starts to play.
    pub(crate) fn start(callback: AudioCallback, rate: Rate) -> Result<Self, OpenOutputError> {
        NullOutput::start(callback, rate).map(Self).map_err(OpenOutputError::Thread)
    }
}

impl Output for SilentOutput {
    /// It is never lost, and so never given anything else to play.
    fn play(&mut self, _: AudioCallback) {}

    fn take_back(&mut self) -> Option<AudioCallback> {
        None
    }

    fn heartbeat(&self) -> u64 {
        0
    }

    fn unheard_frames(&self) -> Frames {
        Frames::ZERO
    }

    fn buffered_frames(&self) -> Frames {
        Frames::ZERO
    }

    fn next_event(&mut self) -> Option<DeviceEvent> {
        None
    }

    fn has_stopped(&self) -> bool {
        !self.0.is_running()
    }
}
