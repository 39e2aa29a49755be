//! Wakes wireless devices and keeps them awake. They fall asleep during digital silence and then cut off the start of the next sound, so the
//! first frame waits until they are awake, and inaudible noise keeps them awake.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::dsp::noise_floor::NoiseFloor;
use crate::units::{Frames, Rate};

/// The time for a device to wake up.
const LEAD_TIME: Duration = Duration::from_millis(1500);

/// Which devices are woken before the first frame and kept awake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WakeMode {
    /// Those connected by Bluetooth.
    #[default]
    Auto,
    /// All.
    Always,
    /// None.
    Never,
}

impl WakeMode {
    const NAMES: [(Self, &'static str); 3] = [(Self::Auto, "auto"), (Self::Always, "always"), (Self::Never, "never")];
}

impl FromStr for WakeMode {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::NAMES.iter().find(|(_, name)| *name == text);
        found.map(|(mode, _)| *mode).ok_or_else(|| "the wake-lead is auto, always or never".to_owned())
    }
}

impl fmt::Display for WakeMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, name) = Self::NAMES.iter().find(|(mode, _)| mode == self).unwrap_or(&Self::NAMES[0]);
        formatter.write_str(name)
    }
}

/// The requests of the program to a source, from any thread.
#[derive(Debug)]
pub(super) struct WakeRequests {
    mode: WakeMode,
    /// Whether the noise is on.
    is_on: AtomicBool,
    /// Whether the next frame must wait until the device is awake.
    awaits_lead: AtomicBool,
    /// Whether the noise fades out, because the stream is about to stop.
    is_stopping: AtomicBool,
}

impl WakeRequests {
    /// Creates the requests for a new stream. `waits_until_awake` is whether its first frame waits for the device to wake up.
    pub(super) fn new(mode: WakeMode, waits_until_awake: bool) -> Self {
        Self {
            mode,
            is_on: AtomicBool::new(mode == WakeMode::Always),
            awaits_lead: AtomicBool::new(waits_until_awake),
            is_stopping: AtomicBool::new(false),
        }
    }

    /// Sets whether the sound comes from a wireless device.
    pub(super) fn set_wireless(&self, is_wireless: bool) {
        if self.mode == WakeMode::Auto {
            self.is_on.store(is_wireless, Ordering::Relaxed);
        }
    }

    /// Sets whether the next frame waits until the device is awake.
    pub(super) fn set_lead(&self, awaits_lead: bool) {
        self.awaits_lead.store(awaits_lead, Ordering::Relaxed);
    }

    /// Fades the noise out, because the stream is about to stop, or in again.
    pub(super) fn set_stopping(&self, is_stopping: bool) {
        self.is_stopping.store(is_stopping, Ordering::Relaxed);
    }

    /// Returns whether the device is kept awake.
    pub(super) fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Relaxed)
    }
}

/// Keeps a device awake, as part of its source: counts the lead, and generates the noise.
pub(super) struct KeepAwake {
    requests: Arc<WakeRequests>,
    noise: NoiseFloor,
    /// The length of the lead in frames of the session.
    lead: Frames,
    /// The running time of the stream in frames of the session.
    running: Frames,
    /// The time since the noise has faded out before a stop.
    quiet: Frames,
}

impl KeepAwake {
    /// Creates the part for a stream at the session's rate on a device with another.
    pub(super) fn new(requests: Arc<WakeRequests>, rate: Rate, device_rate: Rate) -> Self {
        let noise = NoiseFloor::new(device_rate);
        Self { requests, noise, lead: rate.frames(LEAD_TIME), running: Frames::ZERO, quiet: Frames::ZERO }
    }

    /// Returns whether the next block of this many frames must wait, because the device is not awake yet.
    pub(super) fn must_wait(&mut self, block: Frames) -> bool {
        let elapsed = self.running;
        self.running += block;
        if !self.requests.awaits_lead.load(Ordering::Relaxed) {
            return false;
        }
        let must_wait = self.requests.is_on() && elapsed < self.lead;
        if !must_wait {
            self.requests.set_lead(false);
        }
        must_wait
    }

    /// Adds the noise to the samples of a block of this many frames.
    pub(super) fn add_noise(&mut self, samples: &mut [f32], block: Frames) {
        let is_stopping = self.requests.is_stopping.load(Ordering::Relaxed);
        self.noise.add(samples, self.requests.is_on() && !is_stopping);
        self.quiet = if is_stopping && self.noise.is_silent() { self.quiet + block } else { Frames::ZERO };
    }

    /// Returns the number of frames since the noise has faded out before a stop.
    pub(super) fn quiet_frames(&self) -> Frames {
        self.quiet
    }

    /// Restarts the lead and the noise with the stream.
    pub(super) fn restart(&mut self) {
        self.running = Frames::ZERO;
        self.noise.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: Frames = Frames(64);

    /// Returns how many of the first 2,000 blocks wait.
    fn waiting_blocks(mode: WakeMode, is_wireless: bool, waits_until_awake: bool) -> usize {
        let requests = Arc::new(WakeRequests::new(mode, waits_until_awake));
        requests.set_wireless(is_wireless);
        let mut keep_awake = KeepAwake::new(requests, Rate::DEFAULT, Rate::DEFAULT);
        let waits: Vec<bool> = (0..2_000).map(|_| keep_awake.must_wait(BLOCK)).collect();
        assert!(waits.is_sorted_by(|earlier, later| earlier >= later), "the lead is at the beginning");
        waits.iter().filter(|waits| **waits).count()
    }

    #[test]
    fn the_first_frame_waits_1_5_seconds_for_a_wireless_device() {
        assert_eq!(waiting_blocks(WakeMode::Auto, true, true) * 64, 72_000);
        assert_eq!(waiting_blocks(WakeMode::Auto, false, true), 0);
        assert_eq!(waiting_blocks(WakeMode::Always, false, true) * 64, 72_000);
        assert_eq!(waiting_blocks(WakeMode::Never, true, true), 0);
        assert_eq!(waiting_blocks(WakeMode::Auto, true, false), 0, "a stream that takes over from another");
    }

    #[test]
    fn a_move_to_a_wireless_device_adds_noise_without_a_lead() {
        let requests = Arc::new(WakeRequests::new(WakeMode::Auto, true));
        let mut keep_awake = KeepAwake::new(requests.clone(), Rate::DEFAULT, Rate::DEFAULT);
        let mut samples = [0.0; 128];
        assert!(!keep_awake.must_wait(BLOCK));
        keep_awake.add_noise(&mut samples, BLOCK);
        assert_eq!(samples, [0.0; 128]);
        requests.set_wireless(true);
        assert!(!keep_awake.must_wait(BLOCK));
        keep_awake.add_noise(&mut samples, BLOCK);
        assert!(samples.iter().all(|sample| *sample != 0.0));
    }

    #[test]
    fn the_lead_restarts_after_a_stop() {
        let requests = Arc::new(WakeRequests::new(WakeMode::Always, false));
        let mut keep_awake = KeepAwake::new(requests.clone(), Rate::DEFAULT, Rate::DEFAULT);
        let mut samples = [0.0; 128];
        for _ in 0..500 {
            assert!(!keep_awake.must_wait(BLOCK));
            keep_awake.add_noise(&mut samples, BLOCK);
        }
        requests.set_stopping(true);
        for _ in 0..200 {
            keep_awake.add_noise(&mut samples, BLOCK);
        }
        assert!(keep_awake.quiet_frames() > Frames::ZERO && keep_awake.quiet_frames() < Frames(200 * 64 - 11_000));
        requests.set_stopping(false);
        requests.set_lead(true);
        keep_awake.restart();
        assert!(keep_awake.must_wait(BLOCK));
    }

    #[test]
    fn wake_lead_names_round_trip() {
        for name in ["auto", "always", "never"] {
            assert_eq!(name.parse::<WakeMode>().unwrap().to_string(), name);
        }
        assert!("sometimes".parse::<WakeMode>().is_err());
    }
}
