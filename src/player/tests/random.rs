//! Ten thousand listeners who press whatever they like, whenever they like.

use std::f32::consts::FRAC_PI_2;
use std::sync::LazyLock;

use crate::dsp::fades::raised_cosine;
use crate::player::PlayerEvent;
use crate::player::transport::TransportCommand;
use crate::testing::clips::{Recording, Recordings, noise};
use crate::testing::listener::{Listener, from};
use crate::testing::session::{Prepared, hertz};
use crate::timeline::Programme;
use crate::units::{Decibels, Frame, Frames, SILENCE};
use proptest::prelude::*;

/// Frames a second: few, so that many listeners can be heard.
const RATE: usize = 1_000;
const SEGMENT: usize = 2_500;
const CLOSING: usize = 400;
/// The fastest ramps of the player: of a stop, the rise after a jump, and a change of volume.
const FASTEST: usize = RATE / 10;
/// The slowest ramp but that of the exit: of a pause and a resume.
const SLOWEST: usize = RATE / 4;
/// Recordings begin and end with a slow fade of their own where nothing adjoins.
const EDGE: usize = RATE / 2;
const SECONDS_OF_EXIT: usize = 2;

const TEXT: &str = r#"
    [bell.held]
    clip = "held.wav"
    [[segment]]
    clip = "first.wav"
    [[segment]]
    bell = "held"
    hold = "2500ms"
    [[segment]]
    clip = "last.wav"
    [[soften]]
    clip = "soften.wav"
    [[exit]]
    clip = "closing.wav"
"#;

static SESSION: LazyLock<Prepared> = LazyLock::new(|| {
    let recordings = Recordings::default()
        .with("first.wav", recording(SEGMENT, 1, EDGE, 0))
        .with("held.wav", recording(SEGMENT, 2, 0, 0))
        .with("last.wav", recording(SEGMENT, 3, 0, EDGE))
        .with("soften.wav", recording(700, 4, 0, EDGE))
        .with("closing.wav", recording(CLOSING, 5, 0, CLOSING));
    Prepared::new(TEXT, &recordings, hertz(RATE as u32))
});

static RENDERED: LazyLock<Vec<Vec<Frame>>> =
    LazyLock::new(|| Programme::all().map(|one| SESSION.render(one)).collect());

/// On the left a level, at most a half, which is slow at the edges; on the right noise that tells the frame.
fn recording(frames: usize, seed: u32, rise: usize, fall: usize) -> Recording {
    let part = |gone: usize, whole: usize| if whole == 0 { 1.0 } else { raised_cosine(gone as f32 / whole as f32) };
    Recording::of(hertz(RATE as u32), frames, |frame| {
        [0.5 * part(frame, rise) * part(frames - 1 - frame, fall), noise(seed, frame)]
    })
}

fn commands() -> impl Strategy<Value = TransportCommand> {
    prop_oneof![
        2 => Just(TransportCommand::Pause),
        2 => Just(TransportCommand::Resume),
        2 => Just(TransportCommand::Toggle),
        3 => Just(TransportCommand::Next),
        3 => Just(TransportCommand::Back),
        3 => (-3_000_i64..3_000).prop_map(TransportCommand::SeekBy),
        2 => (0_u64..9_000).prop_map(|frame| TransportCommand::SeekTo(Frames(frame))),
        2 => Just(TransportCommand::Soften),
        1 => Just(TransportCommand::Exit),
        1 => Just(TransportCommand::Stop),
        2 => prop_oneof![Just(0.0), -60.0..6.0].prop_map(|volume| TransportCommand::SetVolume(Decibels(volume))),
    ]
}

/// What is said, and how long is listened after it.
fn sequences() -> impl Strategy<Value = Vec<(TransportCommand, usize)>> {
    let after = prop_oneof![Just(0_usize), 1_usize..120, 100_usize..900];
    prop::collection::vec((commands(), after), 0..10)
}

/// Listens, and checks each block.
struct Checked {
    listener: Listener,
    block: usize,
    last: f32,
    changes_volume: bool,
    /// Something was said that acts with the next block.
    commanded: bool,
    /// Frames that were heard one after the other since anything happened.
    in_a_row: usize,
    /// Frames that had to be the render itself.
    compared: usize,
}

impl Checked {
    fn new(start: usize, block: usize, changes_volume: bool) -> Self {
        let listener = Listener::new(&SESSION, from(start as u64));
        Self { listener, block, last: 0.0, changes_volume, commanded: false, in_a_row: 0, compared: 0 }
    }

    fn listen(&mut self, frames: usize) -> Result<(), TestCaseError> {
        let mut left = frames;
        while left > 0 {
            let count = left.min(self.block);
            left -= count;
            self.block_of(count)?;
        }
        Ok(())
    }

    fn block_of(&mut self, count: usize) -> Result<(), TestCaseError> {
        let (before, told) = (self.listener.handle.snapshot(), self.listener.notices.len());
        self.listener.listen(count, count);
        let after = self.listener.handle.snapshot();
        let heard = &self.listener.heard[self.listener.heard.len() - count..];
        for frame in heard {
            let step = (frame[0] - self.last).abs();
            prop_assert!(step <= self.steepest(), "a step of {} from {}", step, self.last);
            self.last = frame[0];
        }
        let commanded = std::mem::take(&mut self.commanded);
        if !commanded && before.silent && after.silent {
            prop_assert_eq!(before.playhead, after.playhead, "the playhead holds");
            prop_assert!(heard.iter().all(|frame| *frame == SILENCE));
        }
        let (first, end) = (before.playhead.frame.index(), after.playhead.frame.index());
        let goes_on = before.playhead.programme == after.playhead.programme && end == first + count;
        let jumped =
            self.listener.notices[told..].iter().any(|notice| !matches!(notice.event, PlayerEvent::Segment(_)));
        if commanded || jumped || !goes_on {
            self.in_a_row = 0;
            return Ok(());
        }
        // Whatever the gain, both ears have the same, and the frame is the one that the player says.
        let rendered = &RENDERED[after.playhead.programme.index()][first..end];
        for (frame, original) in heard.iter().zip(rendered) {
            let differs = (frame[0] * original[1] - frame[1] * original[0]).abs();
            prop_assert!(differs < 1e-6, "{:?} is not {:?}, at {:?}", frame, original, before.playhead);
        }
        let fades = after.exit_stage.is_some() && after.playhead.programme != Programme::CLOSING;
        if self.in_a_row > SLOWEST && !fades && !self.changes_volume {
            prop_assert!(*heard == *rendered, "what sounds is the render");
            self.compared += count;
        }
        self.in_a_row += count;
        Ok(())
    }

    /// The most that the left ear may change by from frame to frame.
    fn steepest(&self) -> f32 {
        let ramp = FRAC_PI_2 / FASTEST as f32;
        let edge = FRAC_PI_2 / (CLOSING.min(EDGE)) as f32;
        let loudest = if self.changes_volume { 2.0 } else { 1.0 };
        let volume = if self.changes_volume { 2.0 * ramp } else { 0.0 };
        0.5 * (loudest * (ramp + edge) + volume) * 1.001
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_pressed_is_heard_as_a_step_and_leaving_is_always_possible(
        sequence in sequences(),
        block in prop_oneof![1_usize..10, 10_usize..60, 60_usize..300],
        start in prop_oneof![Just(0_usize), 0..3 * SEGMENT],
    ) {
        let changes_volume = sequence.iter().any(|(command, _)| matches!(command, TransportCommand::SetVolume(_)));
        let mut checked = Checked::new(start, block, changes_volume);
        checked.listen(150)?;
        for (command, after) in sequence {
            checked.listener.say(command);
            checked.commanded = true;
            checked.listen(after)?;
        }
        if checked.listener.ended().is_none() {
            let exits = checked.listener.handle.snapshot().exit_stage.is_some();
            if !exits {
                checked.listener.say(TransportCommand::Exit);
            }
            checked.commanded = true;
            checked.listen(SECONDS_OF_EXIT * RATE + CLOSING + 3 * block)?;
        }
        prop_assert!(checked.listener.ended().is_some(), "it did not end");
        prop_assert!(checked.listener.underruns().is_empty());
        let long = checked.listener.heard.len();
        checked.listen(100)?;
        prop_assert!(checked.listener.heard[long..].iter().all(|frame| *frame == SILENCE));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nor_does_a_dry_ring_keep_anybody_from_leaving(
        sequence in sequences(),
        starved in prop::collection::vec(0_usize..1_500, 10),
        block in prop_oneof![1_usize..10, 10_usize..60, 60_usize..200],
    ) {
        let mut listener = Listener::new(&SESSION, from(0));
        listener.listen(150, block);
        for ((command, after), starved) in sequence.into_iter().zip(starved) {
            listener.starve(starved, block);
            listener.say(command);
            listener.starve(after / 2, block);
            listener.listen(after / 2, block);
        }
        if listener.handle.snapshot().exit_stage.is_none() {
            listener.say(TransportCommand::Exit);
        }
        listener.listen(SECONDS_OF_EXIT * RATE + CLOSING + 3 * block, block);
        prop_assert!(listener.ended().is_some(), "it did not end");
        let steepest = 1.1 * FRAC_PI_2 / (RATE / 200) as f32;
        let steps = listener.heard.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs());
        prop_assert!(steps.fold(0.0, f32::max) <= steepest);
    }
}

#[test]
fn what_is_checked_would_show_a_step_and_a_wrong_frame() {
    let mut checked = Checked::new(1_000, 100, false);
    checked.listen(1_000).unwrap();
    assert!(checked.compared >= 600, "{}", checked.compared);
    assert!(checked.last > 8.0 * checked.steepest() / 1.8, "a cut here would be found");
}
