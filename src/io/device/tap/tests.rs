//! What the clock and the device tell of gaps, and what is made of it.

use std::path::Path;
use std::sync::OnceLock;

use super::*;
use crate::engine::{ClipOpenError, ClipReader, ClipSource};
use crate::player::transport::TransportCommand;
use crate::player::{
    ClipSources, Feeder, PlayerEvent, PlayerHandle, StartPoint, TimelineVersion, start_without_thread,
};
use crate::timeline::{self, SessionFacts, Shape};
use crate::units::Decibels;

struct NoClips;

impl ClipSource for NoClips {
    fn open(&self, _: usize) -> Result<Box<dyn ClipReader>, ClipOpenError> {
        Err(ClipOpenError("there is none".to_owned()))
    }
}

/// A tap through which a bell rings.
struct Ringing {
    tap: CallbackSource,
    _valve: CallbackSlot,
    handle: PlayerHandle,
    feeder: Feeder,
}

fn ringing() -> Ringing {
    let text = "format = 1\ntitle = \"a\"\n[[segment]]\nbell = \"bowl\"\n";
    let session = crate::manifest::read(Path::new("a.toml"), text).0.unwrap();
    let programmes = timeline::build_all(&session, &SessionFacts::default(), &Shape::default(), Rate::DEFAULT).unwrap();
    let clips = ClipSources::new(&programmes, |_| Arc::new(NoClips));
    let gain = Arc::new(OnceLock::from(Decibels::UNITY));
    let (callback, handle, feeder) =
        start_without_thread(TimelineVersion { programmes, clips }, gain, StartPoint::at(Frames::ZERO));
    let (tap, mut valve) = CallbackSource::new(Buffer { rate: Rate::DEFAULT, period: LONG, whole: LONG });
    valve.put(callback);
    let mut ringing = Ringing { tap, _valve: valve, handle, feeder };
    ringing.play(100);
    ringing
}

impl Ringing {
    /// The largest sample of each of so many blocks.
    fn play(&mut self, blocks: usize) -> Vec<f32> {
        let block = |_| {
            self.feeder.pump();
            self.tap.by_ref().take(2 * BLOCK).fold(0.0_f32, |largest, sample| largest.max(sample.abs()))
        };
        (0..blocks).map(block).collect()
    }

    /// Plays a block that comes so late that all before it was played long ago.
    fn miss(&mut self) -> f32 {
        self.tap.shared.whole.store(0, Ordering::Relaxed);
        while self.tap.shared.now() < self.tap.asked + milliseconds(1) {}
        let largest = self.play(1)[0];
        self.tap.shared.whole.store(LONG.0, Ordering::Relaxed);
        largest
    }

    /// How often an underrun was told since this was asked last.
    fn underruns(&mut self) -> usize {
        let notices = std::iter::from_fn(|| self.handle.next_notice());
        notices.filter(|notice| matches!(notice.event, PlayerEvent::Underrun(_))).count()
    }
}

/// No clock says that so much was missed.
const LONG: Frames = Frames(48_000_000);

#[test]
fn what_comes_after_a_gap_that_the_clock_sees_rises_out_of_it() {
    let mut ringing = ringing();
    let before = ringing.play(1)[0];
    let (first, after) = (ringing.miss(), ringing.play(4));
    assert!(before > 0.001 && first < 0.3 * before && after[3] > 0.5 * before, "{before}, {first}, {after:?}");
    assert_eq!(ringing.underruns(), 1);
}

#[test]
fn what_the_device_had_already_is_not_disturbed_by_a_gap_that_it_tells_of() {
    let mut ringing = ringing();
    let before = ringing.play(1)[0];
    ringing.tap.ran_dry();
    let after = ringing.play(5);
    assert!(after.iter().all(|largest| *largest > 0.5 * before), "{before}, {after:?}");
    assert_eq!(ringing.underruns(), 1);
}

#[test]
fn a_gap_that_the_clock_has_told_is_not_told_again_and_the_next_one_is() {
    let mut ringing = ringing();
    ringing.miss();
    ringing.tap.ran_dry();
    ringing.play(10);
    assert_eq!(ringing.underruns(), 1);
    ringing.tap.ran_dry();
    ringing.play(1);
    assert_eq!(ringing.underruns(), 1);
}

#[test]
fn what_nobody_could_have_heard_is_no_gap_and_hides_none() {
    let mut ringing = ringing();
    ringing.handle.send(TransportCommand::Pause).unwrap();
    ringing.play(300);
    ringing.miss();
    ringing.handle.send(TransportCommand::Resume).unwrap();
    ringing.play(300);
    assert_eq!(ringing.underruns(), 0);
    ringing.tap.ran_dry();
    ringing.play(1);
    assert_eq!(ringing.underruns(), 1);
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
