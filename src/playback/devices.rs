//! The outputs of this machine.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::error::OpenOutputError;
use super::output::{OpenReason, OpenRequest, Output, OutputChoice, OutputSystem};
use crate::io::device::{DeviceEvent, DeviceInfo, DeviceOrigin, DeviceStream, StreamOptions, WakeMode, find};
use crate::io::null::NullOutput;
use crate::player::AudioCallback;
use crate::units::{Frames, Rate};

/// The sound devices of this machine that can replace the first one.
pub(crate) struct Devices {
    choice: OutputChoice,
    rate: Rate,
    origin: DeviceOrigin,
    wake_lead: WakeMode,
    /// The device that was found before the session started.
    first: Mutex<Option<DeviceInfo>>,
}

impl Devices {
    /// Returns the devices that can replace one that was found, beginning with that one.
    pub(crate) fn new(choice: OutputChoice, device: DeviceInfo, wake_lead: WakeMode) -> Self {
        Self { choice, rate: device.rate, origin: device.origin(), wake_lead, first: Mutex::new(Some(device)) }
    }

    /// Returns the first device once, and afterwards the one that exists at that time.
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
        let options = StreamOptions {
            rate: self.rate,
            buffer: request.buffer.frames(self.rate),
            wake_lead: self.wake_lead,
            waits_until_awake: request.reason != OpenReason::LongerBuffer,
        };
        let stream = DeviceStream::open(device, options, request.callback, on_event)?;
        Ok(Box::new(DeviceOutput { stream, events }))
    }
}

/// An open device.
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

    fn cork(&mut self) -> bool {
        self.stream.cork()
    }

    fn uncork(&mut self, waits_until_awake: bool) {
        self.stream.uncork(waits_until_awake);
    }

    fn skip_lead(&mut self) {
        self.stream.skip_lead();
    }

    fn fade_out(&self) -> Duration {
        self.stream.fade_out()
    }
}

/// The null output, which discards the sound in real time.
pub(crate) struct SilentOutput(NullOutput);

impl SilentOutput {
    /// Starts the null output.
    pub(crate) fn start(callback: AudioCallback, rate: Rate) -> Result<Self, OpenOutputError> {
        NullOutput::start(callback, rate).map(Self).map_err(OpenOutputError::Thread)
    }
}

impl Output for SilentOutput {
    /// The null output is never lost, so nothing else ever replaces its sound.
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
