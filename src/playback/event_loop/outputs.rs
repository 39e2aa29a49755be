//! The outputs of a session and their supervisor.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::io::device::{DeviceEvent, WakeMode};
use crate::playback::devices::{Devices, SilentOutput};
use crate::playback::error::OpenOutputError;
use crate::playback::event::OutputState;
use crate::playback::output::{FoundOutput, OpeningId, Output, OutputSystem, OutputTarget};
use crate::playback::supervisor::{DeviceSupervisor, SupervisorAction, SupervisorEvent};
use crate::player::AudioCallback;
use crate::units::{Frames, Rate};

/// The outputs of a session.
pub(crate) struct Outputs {
    pub(super) supervisor: DeviceSupervisor,
    /// Opens devices; `None` if the session plays without a device.
    pub(super) system: Option<Arc<dyn OutputSystem>>,
    /// The current output; `None` before the first one is open, and while the device is lost.
    pub(super) current: Option<Box<dyn Output>>,
    /// The opening of the current output.
    pub(super) opening: OpeningId,
    /// An output with a larger buffer that is going to take over.
    pub(super) next: Option<(OpeningId, Box<dyn Output>)>,
    /// The sound source while no output has it.
    pub(super) callback: Option<AudioCallback>,
    /// The requested device does not exist.
    is_missing: bool,
    /// The current output sleeps, because the session has been paused for long.
    is_corked: bool,
}

impl Outputs {
    /// Creates the outputs of a session. They are opened once the loop runs.
    pub(crate) fn new(found: FoundOutput, callback: AudioCallback, wake_lead: WakeMode) -> Self {
        let is_missing = found.is_missing();
        let system = match found.target {
            OutputTarget::Device(device) => Some(Arc::new(Devices::new(found.choice, device, wake_lead)) as _),
            OutputTarget::Null | OutputTarget::NoDevice => None,
        };
        Self { is_missing, ..Self::of(system, callback) }
    }

    /// Creates the outputs for a session that plays into the devices of a system, or without a device.
    pub(super) fn of(system: Option<Arc<dyn OutputSystem>>, callback: AudioCallback) -> Self {
        Self {
            supervisor: DeviceSupervisor::new(Instant::now()),
            system,
            current: None,
            opening: OpeningId::default(),
            next: None,
            callback: Some(callback),
            is_missing: false,
            is_corked: false,
        }
    }

    /// Switches to the null output.
    pub(super) fn start_silent(&mut self, rate: Rate) -> Result<(), OpenOutputError> {
        if let Some(callback) = self.callback.take() {
            self.current = Some(Box::new(SilentOutput::start(callback, rate)?));
        }
        Ok(())
    }

    pub(super) fn state(&self) -> OutputState {
        if self.supervisor.is_opening() {
            OutputState::Opening
        } else if self.supervisor.is_lost() {
            OutputState::Lost
        } else if self.is_missing {
            OutputState::CaptionsOnly
        } else {
            OutputState::Playing
        }
    }

    /// Returns whether a device plays.
    pub(super) fn is_device(&self) -> bool {
        self.system.is_some() && self.current.is_some()
    }

    pub(super) fn is_handing_over(&self) -> bool {
        self.supervisor.is_handing_over()
    }

    pub(super) fn unheard_frames(&self) -> Frames {
        self.current.as_ref().map(|output| output.unheard_frames()).unwrap_or_default()
    }

    pub(super) fn buffered_frames(&self) -> Frames {
        self.current.as_ref().map(|output| output.buffered_frames()).unwrap_or_default()
    }

    /// Returns whether the output has failed permanently.
    pub(super) fn has_stopped(&self) -> bool {
        self.current.as_ref().is_some_and(|output| output.has_stopped())
    }

    /// Returns the next device event, with the opening it belongs to.
    pub(super) fn device_events(&mut self) -> Vec<(OpeningId, DeviceEvent)> {
        let mut events = Vec::new();
        let current = self.current.as_mut().map(|output| (self.opening, output));
        let next = self.next.as_mut().map(|(opening, output)| (*opening, output));
        for (opening, output) in current.into_iter().chain(next) {
            events.extend(std::iter::from_fn(|| output.next_event()).map(|event| (opening, event)));
        }
        events
    }

    /// Takes the sound source back from the current output, if that was requested and the output is silent. Returns whether it did.
    pub(super) fn take_released(&mut self) -> bool {
        if self.supervisor.is_releasing() && self.callback.is_none() {
            self.callback = self.current.as_mut().and_then(|output| output.take_back());
            return self.callback.is_some();
        }
        false
    }

    pub(super) fn supervise(&mut self, event: &SupervisorEvent) -> Vec<SupervisorAction> {
        self.supervisor.on(event, Instant::now())
    }

    /// Reports the heartbeat of the current output to the supervisor. A sleeping output has none.
    pub(super) fn supervise_heartbeat(&mut self) -> Vec<SupervisorAction> {
        if self.is_corked {
            return Vec::new();
        }
        let Some(heartbeat) = self.current.as_ref().map(|output| output.heartbeat()) else { return Vec::new() };
        self.supervise(&SupervisorEvent::Heartbeat(heartbeat))
    }

    /// Lets the output with the larger buffer take over.
    pub(super) fn hand_over(&mut self) {
        if let (Some((opening, mut output)), Some(callback)) = (self.next.take(), self.callback.take()) {
            output.play(callback);
            self.replace(opening, output);
        }
    }

    /// Returns the sound source to the current output, from which it had been requested.
    pub(super) fn cancel_hand_over(&mut self) {
        self.next = None;
        if let (Some(output), Some(callback)) = (&mut self.current, self.callback.take()) {
            output.play(callback);
        }
    }

    /// Switches to another output.
    pub(super) fn replace(&mut self, opening: OpeningId, output: Box<dyn Output>) {
        (self.current, self.opening, self.is_corked) = (Some(output), opening, false);
    }

    /// Returns whether the current output sleeps or is about to.
    pub(super) fn is_corked(&self) -> bool {
        self.is_corked
    }

    /// Lets the current output sleep, unless another one is about to take over.
    pub(super) fn cork(&mut self) {
        if self.is_corked || self.supervisor.is_growing() {
            return;
        }
        self.is_corked = self.current.as_mut().is_some_and(|output| output.cork());
    }

    /// Wakes the current output. `waits_until_awake` is whether the next frame waits until the device is awake.
    pub(super) fn uncork(&mut self, waits_until_awake: bool) {
        if !std::mem::take(&mut self.is_corked) {
            return;
        }
        self.supervisor.on_uncorked(Instant::now());
        if let Some(output) = &mut self.current {
            output.uncork(waits_until_awake);
        }
    }

    /// Ends the wake-up lead, so that the next frame plays immediately.
    pub(super) fn skip_lead(&mut self) {
        if let Some(output) = &mut self.current {
            output.skip_lead();
        }
    }

    /// Returns the time until the output is silent after the last frame.
    pub(super) fn fade_out(&self) -> Duration {
        self.current.as_ref().map(|output| output.fade_out()).unwrap_or_default()
    }

    /// Closes everything.
    pub(super) fn close(&mut self) {
        (self.current, self.next, self.callback, self.is_corked) = (None, None, None, false);
    }

    pub(super) fn buffered(&self, rate: Rate) -> Duration {
        Duration::from_secs_f64(self.buffered_frames().seconds(rate))
    }
}
