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

/// When a device is woken before the first frame and kept awake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WakeLead {
    /// If it is connected by Bluetooth.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl WakeLead {
    const NAMES: [(Self, &'static str); 3] = [(Self::Auto, "auto"), (Self::Always, "always"), (Self::Never, "never")];
}

impl FromStr for WakeLead {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::NAMES.iter().find(|(_, name)| *name == text);
        found.map(|(lead, _)| *lead).ok_or_else(|| "the wake-lead is auto, always or never".to_owned())
    }
}

impl fmt::Display for WakeLead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, name) = Self::NAMES.iter().find(|(lead, _)| lead == self).unwrap_or(&Self::NAMES[0]);
        formatter.write_str(name)
    }
}

/// The requests of the program to a source, from any thread.
#[derive(Debug)]
pub(super) struct WakeRequests {
    mode: WakeLead,
    /// Whether the noise is on.
    is_on: AtomicBool,
    /// Whether the next frame must wait until the device is awake.
    awaits_lead: AtomicBool,
    /// Whether the noise fades out, because the stream is about to stop.
    is_stopping: AtomicBool,
}

impl WakeRequests {
    /// Creates the requests for a new stream. `leads` is whether its first frame waits for the device to wake up.
    pub(super) fn new(mode: WakeLead, leads: bool) -> Self {
        Self {
            mode,
            is_on: AtomicBool::new(mode == WakeLead::Always),
            awaits_lead: AtomicBool::new(leads),
            is_stopping: AtomicBool::new(false),
        }
    }

    /// Sets whether the sound comes from a wireless device.
    pub(super) fn set_wireless(&self, is_wireless: bool) {
        if self.mode == WakeLead::Auto {
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

/// The source's part: counts the lead, and generates the noise.
pub(super) struct Waker {
    requests: Arc<WakeRequests>,
    noise: NoiseFloor,
    /// The length of the lead in frames of the session.
    lead: Frames,
    /// The running time of the stream in frames of the session.
    running: Frames,
    /// The time since the noise has faded out before a stop.
    quiet: Frames,
}

impl Waker {
    /// Creates a waker for a stream at the session's rate on a device with another.
    pub(super) fn new(requests: Arc<WakeRequests>, rate: Rate, device_rate: Rate) -> Self {
        let noise = NoiseFloor::new(device_rate);
        Self { requests, noise, lead: rate.frames(LEAD_TIME), running: Frames::ZERO, quiet: Frames::ZERO }
    }

    /// Returns whether the next block of this many frames has to wait, because the device is not awake yet.
    pub(super) fn holds(&mut self, block: Frames) -> bool {
        let ran = self.running;
        self.running += block;
        if !self.requests.awaits_lead.load(Ordering::Relaxed) {
            return false;
        }
        let holds = self.requests.is_on() && ran < self.lead;
        if !holds {
            self.requests.set_lead(false);
        }
        holds
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

    /// Returns how many blocks wait at the start, of 2,000.
    fn held_blocks(mode: WakeLead, is_wireless: bool, leads: bool) -> usize {
        let requests = Arc::new(WakeRequests::new(mode, leads));
        requests.set_wireless(is_wireless);
        let mut waker = Waker::new(requests, Rate::DEFAULT, Rate::DEFAULT);
        let held: Vec<bool> = (0..2_000).map(|_| waker.holds(BLOCK)).collect();
        assert!(held.is_sorted_by(|earlier, later| earlier >= later), "the lead is at the beginning");
        held.iter().filter(|held| **held).count()
    }

    #[test]
    fn the_first_frame_waits_1_5_seconds_for_a_wireless_device() {
        assert_eq!(held_blocks(WakeLead::Auto, true, true) * 64, 72_000);
        assert_eq!(held_blocks(WakeLead::Auto, false, true), 0);
        assert_eq!(held_blocks(WakeLead::Always, false, true) * 64, 72_000);
        assert_eq!(held_blocks(WakeLead::Never, true, true), 0);
        assert_eq!(held_blocks(WakeLead::Auto, true, false), 0, "a stream that takes over from another");
    }

    #[test]
    fn a_move_to_a_wireless_device_adds_noise_without_a_lead() {
        let requests = Arc::new(WakeRequests::new(WakeLead::Auto, true));
        let mut waker = Waker::new(requests.clone(), Rate::DEFAULT, Rate::DEFAULT);
        let mut samples = [0.0; 128];
        assert!(!waker.holds(BLOCK));
        waker.add_noise(&mut samples, BLOCK);
        assert_eq!(samples, [0.0; 128]);
        requests.set_wireless(true);
        assert!(!waker.holds(BLOCK));
        waker.add_noise(&mut samples, BLOCK);
        assert!(samples.iter().all(|sample| *sample != 0.0));
    }

    #[test]
    fn the_lead_restarts_after_a_stop() {
        let requests = Arc::new(WakeRequests::new(WakeLead::Always, false));
        let mut waker = Waker::new(requests.clone(), Rate::DEFAULT, Rate::DEFAULT);
        let mut samples = [0.0; 128];
        for _ in 0..500 {
            assert!(!waker.holds(BLOCK));
            waker.add_noise(&mut samples, BLOCK);
        }
        requests.set_stopping(true);
        for _ in 0..200 {
            waker.add_noise(&mut samples, BLOCK);
        }
        assert!(waker.quiet_frames() > Frames::ZERO && waker.quiet_frames() < Frames(200 * 64 - 11_000));
        requests.set_stopping(false);
        requests.set_lead(true);
        waker.restart();
        assert!(waker.holds(BLOCK));
    }

    #[test]
    fn wake_lead_names_round_trip() {
        for name in ["auto", "always", "never"] {
            assert_eq!(name.parse::<WakeLead>().unwrap().to_string(), name);
        }
        assert!("sometimes".parse::<WakeLead>().is_err());
    }
}
