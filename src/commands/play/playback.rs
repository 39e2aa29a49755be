//! A session in sound: its player and its device together, and how the device is opened, lost, found and given a longer buffer.

use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use super::Clips;
use super::input::Input;
use super::output::{Choice, Period, Sounding, look_again};
use crate::cli::Output;
use crate::engine::VoiceGain;
use crate::failure::Failure;
use crate::io::device::Found;
use crate::player::{self, Callback, Handle, Notice, Snapshot};
use crate::timeline::Programme;
use crate::transport::{Command, Programmes};
use crate::units::{Frames, Rate};

/// A device that asks for nothing so long has gone.
const HANGS: Duration = Duration::from_secs(1);
/// What a device needs beyond its own buffer to have played everything.
const DRAIN: Duration = Duration::from_millis(100);

/// What is played, and with what.
pub(super) struct Material {
    pub(super) programmes: Programmes,
    pub(super) clips: Clips,
    pub(super) gain: VoiceGain,
}

impl Material {
    fn start(&self, from: Snapshot) -> (Callback, Handle) {
        player::start(self.programmes.clone(), self.clips.clone(), self.gain.clone(), from)
    }
}

/// A session in sound.
pub(super) struct Playback {
    material: Material,
    wanted: Output,
    inputs: Sender<Input>,
    handle: Handle,
    /// None while the device is lost.
    sounding: Option<Sounding>,
    /// What the device asked for, and when that changed last.
    beats: (u64, Instant),
    period: Period,
    /// Counts the openings, so that the loss of an earlier one is known as such.
    opening: u64,
}

impl Playback {
    /// Begins to play. Losses and findings of the device are told as inputs.
    pub(super) fn open(
        material: Material,
        wanted: Output,
        choice: Choice,
        from: Snapshot,
        inputs: Sender<Input>,
    ) -> Result<Self, Failure> {
        let (period, opening) = (Period::default(), 1);
        let (callback, handle) = material.start(from);
        let rate = material.programmes.session.rate;
        let sounding = Some(Sounding::open(choice, callback, rate, period, opening, &inputs)?);
        let beats = (0, Instant::now());
        Ok(Self { material, wanted, inputs, handle, sounding, beats, period, opening })
    }

    pub(super) fn programmes(&self) -> &Programmes {
        &self.material.programmes
    }

    pub(super) fn rate(&self) -> Rate {
        self.material.programmes.session.rate
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        self.handle.snapshot()
    }

    /// Passes a command on. One that finds no room is lost: the device has not asked for sound for long.
    pub(super) fn send(&mut self, command: Command) {
        let _ = self.handle.send(command);
    }

    pub(super) fn notice(&mut self) -> Option<Notice> {
        self.handle.notice()
    }

    /// Whether a clip waits for the session's gain.
    pub(super) fn awaits_gain(&self) -> bool {
        self.handle.awaits_gain() && self.material.gain.get().is_none()
    }

    /// Whether there is no device at the moment.
    pub(super) fn is_lost(&self) -> bool {
        self.sounding.is_none()
    }

    /// Whether the loss of an opening is the loss of what sounds.
    pub(super) fn is_loss(&self, opening: u64) -> bool {
        opening == self.opening && self.sounding.is_some()
    }

    /// Whether the device has asked for nothing for too long.
    pub(super) fn hangs(&mut self) -> bool {
        let Some(beats) = self.sounding.as_ref().and_then(Sounding::beats) else { return false };
        if beats != self.beats.0 {
            self.beats = (beats, Instant::now());
        }
        self.beats.1.elapsed() > HANGS
    }

    /// The device was kept from asking on purpose.
    pub(super) fn forgive(&mut self) {
        self.beats.1 = Instant::now();
    }

    /// The device is gone: the session holds at what was heard, and it is looked for each second.
    pub(super) fn lose(&mut self) {
        let mut from = self.snapshot();
        from.holds = true;
        from.place.frame = from.place.frame.saturating_sub(self.unheard());
        if from.place.programme == Programme::Session {
            from.session_frame = from.place.frame;
        }
        self.sounding = None;
        self.handle = self.material.start(from).1;
        self.look_again();
    }

    /// Looks for a device again, in a second, if there is none.
    pub(super) fn look_again(&self) {
        if self.sounding.is_none() {
            look_again(&self.wanted, &self.inputs);
        }
    }

    /// A device is there: the session stays paused, so that no sound bursts into a room. Gives whether it could be opened;
    /// where not, it is looked for again.
    pub(super) fn found(&mut self, found: Found) -> bool {
        let mut from = self.snapshot();
        from.holds = true;
        let opened = found.rate == self.rate() && self.reopen(Choice::Device(found), from).is_ok();
        if !opened {
            self.look_again();
        }
        opened
    }

    /// The machine was too busy: the device's buffer grows, and the session goes on where it was heard. Gives whether it grew.
    pub(super) fn grow(&mut self) -> bool {
        let has_buffer = self.sounding.as_ref().is_some_and(|sounding| sounding.beats().is_some());
        let Some(period) = self.period.longer().filter(|_| has_buffer) else { return false };
        let mut from = self.snapshot();
        if from.ending {
            return false;
        }
        let Ok((choice @ Choice::Device(_), _)) = Choice::find(&self.wanted) else { return false };
        if choice.rate() != self.rate() {
            return false;
        }
        from.place.frame = from.place.frame.saturating_sub(self.unheard());
        self.period = period;
        self.reopen(choice, from).is_ok()
    }

    fn reopen(&mut self, choice: Choice, from: Snapshot) -> Result<(), Failure> {
        let (callback, handle) = self.material.start(from);
        self.opening += 1;
        let sounding = Sounding::open(choice, callback, self.rate(), self.period, self.opening, &self.inputs)?;
        (self.handle, self.sounding, self.beats) = (handle, Some(sounding), (0, Instant::now()));
        Ok(())
    }

    fn unheard(&self) -> Frames {
        self.sounding.as_ref().map(Sounding::buffer).unwrap_or_default()
    }

    /// How long it takes until all that was played is heard.
    pub(super) fn buffered(&self) -> Duration {
        Duration::from_secs_f64(self.unheard().seconds(self.rate()))
    }

    /// Waits until the last sample is heard.
    pub(super) fn drain(&self) {
        if self.sounding.as_ref().is_some_and(|sounding| sounding.beats().is_some()) {
            std::thread::sleep(self.buffered() + DRAIN);
        }
    }
}
