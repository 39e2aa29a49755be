//! A session in sound: its player and its device together, and how the device is opened, lost, found and given a longer buffer.

use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use super::device_search::{LOOK_AGAIN, Search};
use super::headroom::{self, Granted, Headroom};
use super::input::Input;
use super::output::{Choice, Output, Reserve, Sounding};
use super::watchdog::Beats;
use crate::engine::VoiceGain;
use crate::error::Failure;
use crate::io::device::{DeviceOrigin, DeviceStream};
use crate::player::transport::TransportCommand;
use crate::player::{
    self, AudioCallback, PlayerHandle, PlayerNotice, PlayerSnapshot, StartPoint, TimelineVersion, WaitReason,
};
use crate::timeline::Programme;
use crate::units::{Decibels, Rate};

/// How long a command may wait for room.
const ROOM: Duration = Duration::from_secs(1);
/// What a device needs beyond its own buffer to have played everything.
const DRAIN: Duration = Duration::from_millis(100);
/// How long it is waited at once for a device to ask for the last sound before its buffer grows.
const HANDOVER: Duration = Duration::from_millis(100);
/// How often it is looked whether it has.
const LOOK: Duration = Duration::from_millis(2);

/// What is played, and with what.
#[derive(Clone)]
pub(crate) struct Material {
    /// The programmes as they are known by now.
    pub(crate) version: TimelineVersion,
    pub(crate) gain: VoiceGain,
    /// Some lines are still being spoken.
    pub(crate) awaits_speech: bool,
}

impl Material {
    /// The rate that everything is rendered at.
    pub(crate) fn rate(&self) -> Rate {
        self.version.programmes.rate()
    }

    fn start(&self, from: StartPoint) -> (AudioCallback, PlayerHandle) {
        player::start(self.version.clone(), self.gain.clone(), from)
    }
}

/// Another opening of the device, with a longer buffer.
enum Longer {
    Unsought,
    Sought,
    /// It is there, and waits until what plays has faded.
    Waits(Sounding, Reserve),
}

/// What can be heard of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hearing {
    /// What was wished for, be it no sound.
    AsWished,
    /// No sound, as there was no device when it began; it goes on in words.
    WordsAlone,
    /// No sound, as the device is gone; it holds until there is one.
    Lost,
}

/// A session in sound.
pub(crate) struct Playback {
    material: Material,
    wanted: Output,
    /// What a device has to share to take the place of the first one.
    origin: Option<DeviceOrigin>,
    headroom: Headroom,
    /// The room above 0 dB is to be looked for once all lines are spoken.
    room_waits: bool,
    inputs: Sender<Input>,
    handle: PlayerHandle,
    /// None while the device is lost.
    sounding: Option<Sounding>,
    beats: Beats,
    reserve: Reserve,
    longer: Longer,
    /// Counts the openings, so that the loss of an earlier one is known as such.
    openings: u64,
    /// The listener has asked to leave, though the device may not have taken it any more.
    leaves: bool,
}

impl Playback {
    /// Begins to play. Losses and findings of the device are told as inputs.
    pub(crate) fn open(
        material: Material,
        wanted: Output,
        choice: Choice,
        mut from: StartPoint,
        inputs: Sender<Input>,
    ) -> Result<Self, Failure> {
        let mut headroom = Headroom::new();
        let seeks_room = headroom.change(from.volume) == Granted::Later;
        if seeks_room && !material.awaits_speech {
            headroom::seek(&material, inputs.clone());
        }
        let room_waits = seeks_room && material.awaits_speech;
        from.volume = headroom.volume();
        let (reserve, openings, origin) = (Reserve::default(), 1, choice.origin());
        // What comes first is rendered while the device is opened.
        let (callback, handle) = material.start(from);
        let rate = material.rate();
        let sounding = Sounding::open(choice, Some(callback), rate, reserve, openings, &inputs)?;
        let (sounding, beats) = (Some(sounding), Beats::new(Instant::now()));
        Ok(Self {
            material,
            wanted,
            origin,
            headroom,
            room_waits,
            inputs,
            handle,
            sounding,
            beats,
            reserve,
            longer: Longer::Unsought,
            openings,
            leaves: false,
        })
    }

    pub(crate) fn rate(&self) -> Rate {
        self.material.rate()
    }

    pub(crate) fn snapshot(&self) -> PlayerSnapshot {
        self.handle.snapshot()
    }

    /// Passes a command on. One that finds no room waits for it; it is lost only if the device has not asked for sound for long.
    pub(crate) fn send(&mut self, command: TransportCommand) {
        self.leaves |= matches!(command, TransportCommand::Exit | TransportCommand::Stop);
        let deadline = Instant::now() + ROOM;
        while self.handle.send(command).is_err() && Instant::now() < deadline {
            thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// Louder or softer by so much, as far as the session's peak leaves room. Gives the most, where that is less than was wanted.
    pub(crate) fn change_volume(&mut self, by: Decibels) -> Option<Decibels> {
        let granted = self.headroom.change(by);
        if granted == Granted::Later && self.material.awaits_speech {
            self.room_waits = true;
        } else if granted == Granted::Later {
            headroom::seek(&self.material, self.inputs.clone());
        }
        self.grant(granted)
    }

    /// Whether the room above 0 dB is looked for only once all lines are spoken.
    pub(crate) fn room_waits(&self) -> bool {
        self.room_waits
    }

    /// Goes on in a later version. False where that has to wait: while another programme is listened to, or is on its way, and until
    /// the device has taken up the version before.
    pub(crate) fn go_on_in(&mut self, later: &Material) -> bool {
        if !self.handle.is_in_session() || !self.handle.switch_version(later.version.clone()) {
            return false;
        }
        self.material = later.clone();
        if !later.awaits_speech && std::mem::take(&mut self.room_waits) {
            headroom::seek(&self.material, self.inputs.clone());
        }
        true
    }

    /// The room above 0 dB is known. Gives it, where it is less than was wanted.
    pub(crate) fn room_found(&mut self, room: Decibels) -> Option<Decibels> {
        let granted = self.headroom.found(room);
        self.grant(granted)
    }

    /// The volume that was asked for, as far as it is granted.
    pub(crate) fn volume(&self) -> Decibels {
        self.headroom.volume()
    }

    fn grant(&mut self, granted: Granted) -> Option<Decibels> {
        self.send(TransportCommand::SetVolume(self.headroom.volume()));
        if let Granted::UpTo(most) = granted { Some(most) } else { None }
    }

    pub(crate) fn notice(&mut self) -> Option<PlayerNotice> {
        self.handle.next_notice()
    }

    /// What went wrong with a clip next.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.handle.next_clip_error()
    }

    /// What silence is held for, where what comes next is not there yet.
    pub(crate) fn awaits(&self) -> Option<WaitReason> {
        self.handle.wait_reason().filter(|awaited| *awaited == WaitReason::Speech || self.material.gain.get().is_none())
    }

    /// What can be heard at the moment.
    pub(crate) fn hearing(&self) -> Hearing {
        match (&self.sounding, &self.wanted) {
            (None, _) => Hearing::Lost,
            (Some(sounding), wanted) if sounding.device().is_none() && !matches!(wanted, Output::Null) => {
                Hearing::WordsAlone
            }
            (Some(_), _) => Hearing::AsWished,
        }
    }

    /// Whether there is no device at the moment.
    pub(crate) fn is_lost(&self) -> bool {
        self.hearing() == Hearing::Lost
    }

    /// Whether an opening is the one that sounds.
    pub(crate) fn is_current(&self, opening: u64) -> bool {
        self.sounding.as_ref().is_some_and(|sounding| sounding.is_opening(opening))
    }

    /// Whether the device has asked for nothing for too long.
    pub(crate) fn hangs(&mut self) -> bool {
        let Some(beats) = self.device().map(DeviceStream::heartbeat) else { return false };
        self.beats.stand_still(beats, Instant::now())
    }

    /// Whether the listener is leaving.
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaves || self.snapshot().exit_stage.is_some()
    }

    /// The device is gone: the session holds at what was heard, and it is looked for, now and each second.
    pub(crate) fn lose(&mut self) {
        let mut from = StartPoint { paused: true, ..self.snapshot().start_point() };
        let unheard = self.device().map(DeviceStream::unheard_frames).unwrap_or_default();
        from.playhead.frame = from.playhead.frame.saturating_sub(unheard);
        if from.playhead.programme == Programme::SESSION {
            from.session_frame = from.playhead.frame;
        }
        (self.sounding, self.longer) = (None, Longer::Unsought);
        self.handle = self.material.start(from).1;
        self.search().begin(Duration::ZERO, &self.inputs);
    }

    /// Looks for a device again, in a second, if there is none.
    pub(crate) fn look_again(&mut self) {
        if self.sounding.is_none() {
            self.search().begin(LOOK_AGAIN, &self.inputs);
        }
    }

    /// The program itself was stopped for a while, which the client of a sound server does not survive: opens the device anew.
    /// Gives whether it is there.
    pub(crate) fn reopen(&mut self) -> bool {
        if self.device().is_none() {
            return true;
        }
        let opened = self.search().open(&self.inputs);
        opened.is_some_and(|sounding| self.found(sounding))
    }

    fn search(&mut self) -> Search {
        self.openings += 1;
        let (wanted, origin, rate) = (self.wanted.clone(), self.origin, self.rate());
        Search { wanted, origin, rate, reserve: self.reserve, opening: self.openings }
    }

    /// A device is there: the session stays paused, so that no sound bursts into a room. Gives whether it plays into it.
    pub(crate) fn found(&mut self, mut sounding: Sounding) -> bool {
        let from = StartPoint { paused: true, volume: self.headroom.volume(), ..self.snapshot().start_point() };
        let (callback, handle) = self.material.start(from);
        if sounding.play(callback).is_err() {
            return false;
        }
        (self.handle, self.sounding, self.beats) = (handle, Some(sounding), Beats::new(Instant::now()));
        true
    }

    /// The machine was too busy: another opening with a longer buffer is sought, in the background. Gives whether there can be one.
    pub(crate) fn seek_longer(&mut self) -> bool {
        if self.device().is_none() || !matches!(self.longer, Longer::Unsought) {
            return false;
        }
        let Some(reserve) = self.reserve.longer() else { return false };
        self.longer = Longer::Sought;
        Search { reserve, ..self.search() }.lengthen(&self.inputs);
        true
    }

    /// What was sought is there, or is not. What is played fades within 5 ms, waits until it was heard, and goes on with its next
    /// frame through the longer buffer.
    pub(crate) fn lengthen(&mut self, found: Option<(Sounding, Reserve)>) {
        self.longer = match found {
            Some((sounding, reserve)) if self.device().is_some() => Longer::Waits(sounding, reserve),
            _ => Longer::Unsought,
        };
        self.hand_over();
    }

    /// Lets the longer buffer play on, if it waits for that and what plays is silent by now.
    pub(crate) fn hand_over(&mut self) {
        if !matches!(self.longer, Longer::Waits(..)) {
            return;
        }
        self.handle.hold_output(true);
        let Some(callback) = self.take_back() else { return };
        std::thread::sleep(self.buffered());
        if let Longer::Waits(mut sounding, reserve) = std::mem::replace(&mut self.longer, Longer::Unsought)
            && sounding.play(callback).is_ok()
        {
            (self.sounding, self.beats, self.reserve) = (Some(sounding), Beats::new(Instant::now()), reserve);
        }
        self.handle.hold_output(false);
    }

    /// What the device plays, if it asks for it soon enough.
    fn take_back(&mut self) -> Option<AudioCallback> {
        let stream = self.sounding.as_mut()?.device_mut()?;
        let deadline = Instant::now() + HANDOVER;
        loop {
            match stream.take_back() {
                Some(callback) => return Some(callback),
                None if Instant::now() < deadline => std::thread::sleep(LOOK),
                None => return None,
            }
        }
    }

    fn device(&self) -> Option<&DeviceStream> {
        self.sounding.as_ref().and_then(Sounding::device)
    }

    /// How long it takes until all that was played is heard.
    pub(crate) fn buffered(&self) -> Duration {
        Duration::from_secs_f64(
            self.device().map(DeviceStream::buffered_frames).unwrap_or_default().seconds(self.rate()),
        )
    }

    /// Waits until the last sample is heard.
    pub(crate) fn drain(&self) {
        if self.device().is_some() {
            std::thread::sleep(self.buffered() + DRAIN);
        }
    }
}
