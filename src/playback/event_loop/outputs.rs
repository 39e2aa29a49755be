//! The outputs of a session, and the supervisor that decides between them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::io::device::{DeviceEvent, WakeLead};
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
    /// Opens devices; `None` where the session plays without any.
    pub(super) system: Option<Arc<dyn OutputSystem>>,
    /// What plays; `None` before the first output is open, and while the device is lost.
    pub(super) current: Option<Box<dyn Output>>,
    /// The opening of what plays.
    pub(super) opening: OpeningId,
    /// An output with a longer buffer, which is going to take over.
    pub(super) next: Option<(OpeningId, Box<dyn Output>)>,
    /// The sound while it is in no output.
    pub(super) callback: Option<AudioCallback>,
    /// A device was asked for, and there is none.
    is_missing: bool,
    /// What plays is asleep, because the session has been paused for long.
    is_corked: bool,
}

impl Outputs {
    /// Returns the outputs of a session. They are opened only once the loop runs.
    pub(crate) fn new(found: FoundOutput, callback: AudioCallback, wake_lead: WakeLead) -> Self {
        let is_missing = found.is_missing();
        let system = match found.target {
            OutputTarget::Device(device) => Some(Arc::new(Devices::new(found.choice, device, wake_lead)) as _),
            OutputTarget::Null | OutputTarget::NoDevice => None,
        };
        Self { is_missing, ..Self::of(system, callback) }
    }

    /// Returns the outputs of a session that plays into the devices of a system, or without any.
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

    /// Plays without a device.
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

    /// Whether a device plays.
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

    /// Whether the output has stopped for good.
    pub(super) fn has_stopped(&self) -> bool {
        self.current.as_ref().is_some_and(|output| output.has_stopped())
    }

    /// Returns what happened to the devices since this was called last, and to which opening.
    pub(super) fn device_events(&mut self) -> Vec<(OpeningId, DeviceEvent)> {
        let mut events = Vec::new();
        let current = self.current.as_mut().map(|output| (self.opening, output));
        let next = self.next.as_mut().map(|(opening, output)| (*opening, output));
        for (opening, output) in current.into_iter().chain(next) {
            events.extend(std::iter::from_fn(|| output.next_event()).map(|event| (opening, event)));
        }
        events
    }

    /// Takes the sound out of the output that plays, if that was asked for and it is silent by now. Returns whether it is out.
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

    /// Reports the heartbeat of the output that plays. One that sleeps has none.
    pub(super) fn supervise_heartbeat(&mut self) -> Vec<SupervisorAction> {
        if self.is_corked {
            return Vec::new();
        }
        let Some(heartbeat) = self.current.as_ref().map(|output| output.heartbeat()) else { return Vec::new() };
        self.supervise(&SupervisorEvent::Heartbeat(heartbeat))
    }

    /// Lets the longer buffer play on.
    pub(super) fn hand_over(&mut self) {
        if let (Some((opening, mut output)), Some(callback)) = (self.next.take(), self.callback.take()) {
            output.play(callback);
            self.replace(opening, output);
        }
    }

    /// Lets the output that was asked for its sound play on.
    pub(super) fn cancel_hand_over(&mut self) {
        self.next = None;
        if let (Some(output), Some(callback)) = (&mut self.current, self.callback.take()) {
            output.play(callback);
        }
    }

    /// Plays through another output from now on.
    pub(super) fn replace(&mut self, opening: OpeningId, output: Box<dyn Output>) {
        (self.current, self.opening, self.is_corked) = (Some(output), opening, false);
    }

    /// Whether what plays is asleep, or about to be.
    pub(super) fn is_corked(&self) -> bool {
        self.is_corked
    }

    /// Lets what plays sleep, unless another output is about to take over.
    pub(super) fn cork(&mut self) {
        if self.is_corked || self.supervisor.is_growing() {
            return;
        }
        self.is_corked = self.current.as_mut().is_some_and(|output| output.cork());
    }

    /// Wakes up what plays. `leads` is whether the next frame waits for a device that has to be woken.
    pub(super) fn uncork(&mut self, leads: bool) {
        if !std::mem::take(&mut self.is_corked) {
            return;
        }
        self.supervisor.on_uncorked(Instant::now());
        if let Some(output) = &mut self.current {
            output.uncork(leads);
        }
    }

    /// Lets the next frame sound at once, though the device may not be awake yet.
    pub(super) fn skip_lead(&mut self) {
        if let Some(output) = &mut self.current {
            output.skip_lead();
        }
    }

    /// Returns how long it takes to fall silent after the last frame.
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
