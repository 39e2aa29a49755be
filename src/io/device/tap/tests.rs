//! What the clock and the device tell of gaps, and what is made of it.

use std::path::Path;
use std::sync::OnceLock;

use super::*;
use crate::engine::{ClipReader, ClipSource, ClipUnavailable};
use crate::player::{Handle, Happening, Snapshot, without_thread};
use crate::timeline::{self, Facts, Programme, Shape};
use crate::transport::{Place, Programmes};
use crate::units::Decibels;

struct NoClips;

impl ClipSource for NoClips {
    fn open(&self, _: usize) -> Result<Box<dyn ClipReader>, ClipUnavailable> {
        Err(ClipUnavailable("there is none".to_owned()))
    }
}

/// A tap through which a bell rings, for a device that holds so much.
fn ringing(whole: Frames) -> (Tap, Valve, Handle) {
    let text = "format = 1\ntitle = \"a\"\n[[segment]]\nbell = \"bowl\"\n";
    let session = crate::manifest::read(Path::new("a.toml"), text).0.unwrap();
    let build = |programme| {
        Arc::new(timeline::build(&session, programme, &Facts::default(), &Shape::default(), Rate::DEFAULT).unwrap())
    };
    let programmes = Programmes {
        session: build(Programme::Session),
        soften: build(Programme::Soften),
        closing: build(Programme::Closing),
    };
    let from = Snapshot {
        place: Place::session(Frames::ZERO),
        session_frame: Frames::ZERO,
        holds: false,
        ending: None,
        silent: false,
        volume: Decibels::UNITY,
    };
    let clips = || Arc::new(NoClips);
    let gain = Arc::new(OnceLock::from(Decibels::UNITY));
    let (callback, handle, mut feeder) = without_thread(programmes, [clips(), clips(), clips()], gain, from);
    feeder.pump();
    let (mut tap, mut valve) = Tap::new(Buffer { rate: Rate::DEFAULT, period: whole, whole });
    valve.put(callback);
    play(&mut tap, 100);
    (tap, valve, handle)
}

/// The largest sample of each of so many blocks.
fn play(tap: &mut Tap, blocks: usize) -> Vec<f32> {
    let mut block = || tap.take(2 * BLOCK).fold(0.0_f32, |largest, sample| largest.max(sample.abs()));
    (0..blocks).map(|_| block()).collect()
}

fn underruns(handle: &mut Handle) -> usize {
    std::iter::from_fn(|| handle.notice()).filter(|notice| matches!(notice.happening, Happening::Underrun(_))).count()
}

/// No clock says that so much was missed.
const LONG: Frames = Frames(48_000_000);

#[test]
fn what_comes_after_a_gap_that_the_device_tells_of_rises_out_of_it() {
    let (mut tap, _valve, mut handle) = ringing(LONG);
    let before = play(&mut tap, 1)[0];
    tap.ran_dry(false);
    let after = play(&mut tap, 5);
    assert!(before > 0.001 && after[0] < 0.3 * before && after[4] > 0.5 * before, "{before}, {after:?}");
    assert_eq!(underruns(&mut handle), 1);
}

#[test]
fn what_the_device_had_already_is_not_disturbed_by_a_gap_before_it() {
    let (mut tap, _valve, mut handle) = ringing(LONG);
    let before = play(&mut tap, 1)[0];
    tap.ran_dry(true);
    let after = play(&mut tap, 5);
    assert!(after.iter().all(|largest| *largest > 0.5 * before), "{before}, {after:?}");
    assert_eq!(underruns(&mut handle), 1);
}

#[test]
fn a_gap_that_the_clock_has_told_is_not_told_again() {
    let (mut tap, _valve, mut handle) = ringing(LONG);
    tap.buffer.whole = Frames::ZERO;
    play(&mut tap, 1);
    tap.buffer.whole = LONG;
    tap.ran_dry(true);
    play(&mut tap, 1);
    assert_eq!(underruns(&mut handle), 1);
}

fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[test]
fn a_device_that_asks_in_time_has_missed_nothing_and_a_late_one_what_is_beyond_its_buffer() {
    let buffer = Buffer { rate: Rate::DEFAULT, period: Frames(480), whole: Frames(960) };
    assert_eq!(buffer.missed(milliseconds(10)), Frames::ZERO);
    assert_eq!(buffer.missed(milliseconds(20)), Frames::ZERO);
    assert_eq!(buffer.missed(milliseconds(25)), Frames(240));
}

#[test]
fn what_is_unheard_is_between_a_period_and_the_whole_buffer() {
    let buffer = Buffer { rate: Rate::DEFAULT, period: Frames(480), whole: Frames(960) };
    assert_eq!(buffer.unheard(Duration::ZERO), Frames(960));
    assert_eq!(buffer.unheard(milliseconds(5)), Frames(720));
    assert_eq!(buffer.unheard(milliseconds(500)), Frames(480));
}
