//! How much louder than it was made a session may be played. The volume comes after the limiter, so above 0 dB there is only the
//! room that the session's own true peak leaves. It is looked for, in the background, when it is first asked for.

use std::sync::mpsc::Sender;
use std::thread;

use super::input::Input;
use super::sound::Material;
use crate::dsp::limiter::{Limiter, TruePeakMeter};
use crate::engine::Engine;
use crate::io::priority;
use crate::player::transport::Volume;
use crate::timeline::Programme;
use crate::units::{Decibels, Frame, Frames, SILENCE};

/// So many frames are measured at once.
const BLOCK: usize = 4096;

/// The volume that is wanted, and the most that there may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Headroom {
    wanted: Decibels,
    room: Room,
}

/// What is known of the room above 0 dB.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Room {
    /// Nobody has asked.
    Unasked,
    /// It is being looked for.
    Sought,
    /// This much.
    Known(Decibels),
}

/// What a wish for another volume leads to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Granted {
    /// It is so.
    Fully,
    /// The room has to be looked for first.
    Later,
    /// There is no more than this.
    UpTo(Decibels),
}

impl Headroom {
    pub(crate) fn new() -> Self {
        Self { wanted: Decibels::UNITY, room: Room::Unasked }
    }

    /// What may be played now.
    pub(crate) fn volume(&self) -> Decibels {
        let most = match self.room {
            Room::Known(room) => room,
            Room::Unasked | Room::Sought => Decibels::UNITY,
        };
        Decibels(self.wanted.0.min(most.0))
    }

    /// A wish for more or less than was wanted before.
    pub(crate) fn change(&mut self, by: Decibels) -> Granted {
        let wanted = (self.wanted + by).0.clamp(Volume::MIN.0, Volume::MAX.0);
        self.wanted = Decibels(wanted);
        match self.room {
            _ if wanted <= 0.0 => Granted::Fully,
            Room::Unasked => {
                self.room = Room::Sought;
                Granted::Later
            }
            Room::Sought => Granted::Fully,
            Room::Known(room) => self.bound(room),
        }
    }

    /// The room was found.
    pub(crate) fn found(&mut self, room: Decibels) -> Granted {
        self.room = Room::Known(room);
        self.bound(room)
    }

    /// What is wanted beyond the room is forgotten, so that the next wish for less acts at once.
    fn bound(&mut self, room: Decibels) -> Granted {
        if self.wanted.0 <= room.0 {
            return Granted::Fully;
        }
        self.wanted = room;
        if room.0 < Volume::MAX.0 { Granted::UpTo(room) } else { Granted::Fully }
    }
}

/// Looks for the room, and tells it as an input.
pub(crate) fn seek(material: &Material, inputs: Sender<Input>) {
    let material = material.clone();
    let _ = thread::Builder::new().name("headroom".to_owned()).spawn(move || {
        priority::lower();
        let _ = inputs.send(Input::Room(room(&material)));
    });
}

/// By how much all that may be heard can be raised before its true peak reaches the limiter's ceiling.
fn room(material: &Material) -> Decibels {
    material.gain.wait();
    let peaks = Programme::all().filter_map(|programme| peak(material, programme));
    let least = peaks.map(|peak| (Limiter::CEILING - peak).0).fold(Volume::MAX.0, f64::min);
    Decibels(least.max(0.0))
}

fn peak(material: &Material, programme: Programme) -> Option<Decibels> {
    let timeline = material.version.programmes[programme].clone();
    let (end, mut meter) = (timeline.end, TruePeakMeter::new(timeline.rate));
    let mut engine = Engine::new(timeline, material.version.clips.get(programme).clone(), material.gain.clone());
    let mut block: Vec<Frame> = vec![SILENCE; BLOCK];
    while engine.playhead() < end {
        let (at, silence) = (engine.playhead(), engine.silence_ahead());
        if silence > Frames(BLOCK as u64) {
            meter.add_silence();
            engine.seek(at + silence);
            continue;
        }
        let count = (end - at).index().min(BLOCK);
        let rendered = engine.render(&mut block[..count]);
        if rendered == 0 {
            break;
        }
        meter.add(&block[..rendered]);
    }
    meter.maximum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_above_0_db_before_the_room_is_known() {
        let mut headroom = Headroom::new();
        assert_eq!(headroom.change(Decibels(-3.0)), Granted::Fully);
        assert_eq!(headroom.change(Decibels(6.0)), Granted::Later);
        assert_eq!(headroom.volume(), Decibels(0.0));
        assert_eq!(headroom.change(Decibels(1.0)), Granted::Fully, "it is sought already");
        assert_eq!(headroom.found(Decibels(5.0)), Granted::Fully);
        assert_eq!(headroom.volume(), Decibels(4.0));
    }

    #[test]
    fn what_was_wanted_beyond_the_room_is_forgotten() {
        let mut headroom = Headroom::new();
        assert_eq!(headroom.change(Decibels(9.0)), Granted::Later);
        assert_eq!(headroom.found(Decibels(2.5)), Granted::UpTo(Decibels(2.5)));
        assert_eq!(headroom.volume(), Decibels(2.5));
        assert_eq!(headroom.change(Decibels(-1.5)), Granted::Fully);
        assert_eq!(headroom.volume(), Decibels(1.0));
        assert_eq!(headroom.change(Decibels(3.0)), Granted::UpTo(Decibels(2.5)));
    }

    #[test]
    fn six_decibels_are_the_most_and_nothing_is_said_of_it() {
        let mut headroom = Headroom::new();
        let _ = headroom.change(Decibels(6.0));
        assert_eq!(headroom.found(Decibels(6.0)), Granted::Fully);
        assert_eq!(headroom.change(Decibels(1.5)), Granted::Fully);
        assert_eq!(headroom.volume(), Decibels(6.0));
    }
}
