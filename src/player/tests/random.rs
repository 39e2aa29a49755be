//! Thousands of random sequences of commands.

use std::f32::consts::FRAC_PI_2;
use std::sync::LazyLock;

use crate::dsp::fades::raised_cosine;
use crate::player::PlayerEvent;
use crate::player::transport::TransportCommand;
use crate::testing::cases;
use crate::testing::clips::{Recording, Recordings, noise};
use crate::testing::session::{Prepared, hertz};
use crate::testing::test_player::{TestPlayer, start_at};
use crate::timeline::Programme;
use crate::units::{Decibels, Frame, Frames, SILENCE};
use proptest::prelude::*;

/// Frames per second: few, so that many sequences can be played.
const RATE: usize = 1_000;
const SEGMENT: usize = 2_500;
const CLOSING: usize = 400;
/// The fastest ramps of the player: a stop, the fade-in after a jump, and a change of volume.
const FASTEST: usize = RATE / 10;
/// The slowest ramp except that of an exit: a pause or a resume.
const SLOWEST: usize = RATE / 4;
/// The fade at an end of a recording that adjoins silence.
const EDGE: usize = RATE / 2;
const EXIT_SECONDS: usize = 2;

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
    LazyLock::new(|| Programme::all().map(|programme| SESSION.render(programme)).collect());

/// In the left channel a level of at most a half, which changes slowly at the edges; in the right channel noise that identifies the frame.
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
        1 => (-2_i32..=2).prop_map(TransportCommand::ChapterBy),
        3 => (-3_000_i64..3_000).prop_map(TransportCommand::SeekBy),
        2 => (0_u64..9_000).prop_map(|frame| TransportCommand::SeekTo(Frames(frame))),
        2 => Just(TransportCommand::Soften),
        2 => Just(TransportCommand::Exit),
        1 => Just(TransportCommand::Terminate),
        1 => Just(TransportCommand::Stop),
        2 => prop_oneof![Just(0.0), -60.0..6.0].prop_map(|volume| TransportCommand::SetVolume(Decibels(volume))),
    ]
}

/// Commands, and for how long to play after each.
fn sequences() -> impl Strategy<Value = Vec<(TransportCommand, usize)>> {
    let after = prop_oneof![Just(0_usize), 1_usize..120, 100_usize..900];
    prop::collection::vec((commands(), after), 0..10)
}

/// A listener that checks each block.
struct CheckedListener {
    player: TestPlayer,
    block: usize,
    last: f32,
    changes_volume: bool,
    /// A command was sent that takes effect with the next block.
    has_command: bool,
    /// The number of consecutive frames played without any event.
    frames_in_row: usize,
    /// The number of frames compared to the render without any gain.
    frames_compared: usize,
}

impl CheckedListener {
    fn new(start: usize, block: usize, changes_volume: bool) -> Self {
        let player = TestPlayer::new(&SESSION, start_at(start as u64));
        Self { player, block, last: 0.0, changes_volume, has_command: false, frames_in_row: 0, frames_compared: 0 }
    }

    fn play(&mut self, frames: usize) -> Result<(), TestCaseError> {
        let mut remaining = frames;
        while remaining > 0 {
            let count = remaining.min(self.block);
            remaining -= count;
            self.play_block(count)?;
        }
        Ok(())
    }

    fn play_block(&mut self, count: usize) -> Result<(), TestCaseError> {
        let (before, reported) = (self.player.handle.snapshot(), self.player.notices.len());
        self.player.play(count, count);
        let after = self.player.handle.snapshot();
        let output = &self.player.output[self.player.output.len() - count..];
        for frame in output {
            let step = (frame[0] - self.last).abs();
            prop_assert!(step <= self.max_step(), "a step of {} from {}", step, self.last);
            self.last = frame[0];
        }
        let has_command = std::mem::take(&mut self.has_command);
        if !has_command && before.is_fully_paused && after.is_fully_paused {
            prop_assert_eq!(before.playhead, after.playhead, "the playhead holds");
            prop_assert!(output.iter().all(|frame| *frame == SILENCE));
        }
        let (first, end) = (before.playhead.frame.index(), after.playhead.frame.index());
        let goes_on = before.playhead.programme == after.playhead.programme && end == first + count;
        let jumped =
            self.player.notices[reported..].iter().any(|notice| !matches!(notice.event, PlayerEvent::Segment(_)));
        if has_command || jumped || !goes_on {
            self.frames_in_row = 0;
            return Ok(());
        }
        // Whatever the gain, it is the same in both channels, and the frame is the reported one.
        let rendered = &RENDERED[after.playhead.programme.index()][first..end];
        for (frame, original) in output.iter().zip(rendered) {
            let differs = (frame[0] * original[1] - frame[1] * original[0]).abs();
            prop_assert!(differs < 1e-6, "{:?} is not {:?}, at {:?}", frame, original, before.playhead);
        }
        let fades = after.exit_stage.is_some() && after.playhead.programme != Programme::CLOSING;
        if self.frames_in_row > SLOWEST && !fades && !self.changes_volume {
            prop_assert!(*output == *rendered, "the output is the render");
            self.frames_compared += count;
        }
        self.frames_in_row += count;
        Ok(())
    }

    /// Returns the maximum change of the left channel between two frames.
    fn max_step(&self) -> f32 {
        let ramp = FRAC_PI_2 / FASTEST as f32;
        let edge = FRAC_PI_2 / (CLOSING.min(EDGE)) as f32;
        let loudest = if self.changes_volume { 2.0 } else { 1.0 };
        let volume = if self.changes_volume { 2.0 * ramp } else { 0.0 };
        0.5 * (loudest * (ramp + edge) + volume) * 1.001
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(1_500), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_commands_play_without_a_step_and_leaving_is_always_possible(
        sequence in sequences(),
        block in prop_oneof![1_usize..10, 10_usize..60, 60_usize..300],
        start in prop_oneof![Just(0_usize), 0..3 * SEGMENT],
    ) {
        let changes_volume = sequence.iter().any(|(command, _)| matches!(command, TransportCommand::SetVolume(_)));
        let mut checked = CheckedListener::new(start, block, changes_volume);
        checked.play(150)?;
        for (command, after) in sequence {
            checked.player.send(command);
            checked.has_command = true;
            checked.play(after)?;
        }
        // The last command takes effect, as it may cancel leaving.
        checked.play(1)?;
        if checked.player.end_reason().is_none() {
            let exits = checked.player.handle.snapshot().exit_stage.is_some();
            if !exits {
                checked.player.send(TransportCommand::Exit);
            }
            checked.has_command = true;
            checked.play(EXIT_SECONDS * RATE + CLOSING + 3 * block)?;
        }
        prop_assert!(checked.player.end_reason().is_some(), "it did not end");
        prop_assert!(checked.player.underruns().is_empty());
        let long = checked.player.output.len();
        checked.play(100)?;
        prop_assert!(checked.player.output[long..].iter().all(|frame| *frame == SILENCE));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(400), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_commands_with_a_dry_ring_still_allow_leaving(
        sequence in sequences(),
        starved in prop::collection::vec(0_usize..1_500, 10),
        block in prop_oneof![1_usize..10, 10_usize..60, 60_usize..200],
    ) {
        let mut player = TestPlayer::new(&SESSION, start_at(0));
        player.play(150, block);
        for ((command, after), starved) in sequence.into_iter().zip(starved) {
            player.starve(starved, block);
            player.send(command);
            player.starve(after / 2, block);
            player.play(after / 2, block);
        }
        player.play(1, 1);
        if player.end_reason().is_none() && player.handle.snapshot().exit_stage.is_none() {
            player.send(TransportCommand::Exit);
        }
        player.play(EXIT_SECONDS * RATE + CLOSING + 3 * block, block);
        prop_assert!(player.end_reason().is_some(), "it did not end");
        let max_step = 1.1 * FRAC_PI_2 / (RATE / 200) as f32;
        let steps = player.output.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs());
        prop_assert!(steps.fold(0.0, f32::max) <= max_step);
    }
}

#[test]
fn the_checks_detect_steps_and_wrong_frames() {
    let mut checked = CheckedListener::new(1_000, 100, false);
    checked.play(1_000).unwrap();
    assert!(checked.frames_compared >= 600, "{}", checked.frames_compared);
    assert!(checked.last > 8.0 * checked.max_step() / 1.8, "a cut here would be found");
}
