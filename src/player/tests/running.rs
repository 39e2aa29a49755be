//! The output of a player equals the render: no frame is missing or repeated, and a ring that runs dry fades.

use std::f32::consts::FRAC_PI_2;
use std::sync::{Arc, LazyLock, OnceLock};

use crate::player::transport::{EndReason, TransportCommand, TransportEvent};
use crate::player::{WaitReason, start_without_thread};
use crate::testing::probe_session::{CLOSING, RATE, RING_OUT, STARTS, assert_same, gain, plain, rise, under};
use crate::testing::session::Prepared;
use crate::testing::test_player::{TestPlayer, start_at};
use crate::timeline::Programme;
use crate::units::{Decibels, Frame, Frames, SILENCE};
use proptest::prelude::*;

static SESSION: LazyLock<Prepared> = LazyLock::new(plain);
static RENDERED: LazyLock<Vec<Frame>> = LazyLock::new(|| SESSION.render(Programme::SESSION));

/// The length of the fade before the ring runs dry, in frames.
const SHORT_FADE: usize = RATE / 200;
/// The length of the fade before an expected wait, in frames.
const GENTLE_FADE: usize = RATE / 4;
const END: usize = STARTS[4] + RING_OUT;

fn blocks() -> impl Strategy<Value = usize> {
    prop_oneof![1_usize..40, 40_usize..400, 400_usize..4_000]
}

#[test]
fn the_output_equals_the_complete_render() {
    let mut player = TestPlayer::new(&SESSION, start_at(0));
    assert_eq!(player.play_to_end(80, 2 * END), Some(EndReason::Completed));
    assert_eq!(RENDERED.len(), END);
    assert!(player.output[..END] == RENDERED[..]);
    assert!(player.output[END..].iter().all(|frame| *frame == SILENCE));
    let segments: Vec<_> = STARTS[..4].iter().map(|start| *start as u64).enumerate().collect();
    assert_eq!(player.segments(), segments);
    assert_eq!(
        player.events().collect::<Vec<_>>(),
        [(TransportEvent::Ended(EndReason::Completed), Frames(END as u64))]
    );
    assert!(player.underruns().is_empty());
}

#[test]
fn a_later_start_fades_in_over_100_milliseconds() {
    let start = 50_000;
    let mut player = TestPlayer::new(&SESSION, start_at(start as u64));
    player.play(20_000, 100);
    let rises = RATE / 10;
    assert_same(&player.output[..rises], &under(&RENDERED[start..][..rises], rise(0.0, rises)));
    assert!(player.output[rises..] == RENDERED[start + rises..start + 20_000]);
    assert_eq!(player.segments(), [(1, start as u64)]);
}

#[test]
fn the_output_is_silent_until_the_first_frames_are_rendered() {
    let mut player = TestPlayer::new(&SESSION, start_at(0));
    assert!(player.starve(1_000, 100).iter().all(|frame| *frame == SILENCE));
    assert!(player.play(1_000, 100) == &RENDERED[..1_000]);
    assert!(player.underruns().is_empty(), "nothing was playing yet");
}

#[test]
fn an_empty_block_changes_nothing() {
    let mut player = TestPlayer::at(&SESSION, 800);
    player.callback.fill(&mut []);
    assert!(player.play(800, 80) == &RENDERED[800..1_600]);
}

#[test]
fn a_dry_ring_fades_within_5_milliseconds_and_is_reported_once() {
    let mut player = TestPlayer::at(&SESSION, 8_000);
    player.starve(16_000, 80);
    let dry = player.output.iter().position(|frame| *frame == SILENCE).unwrap();
    assert!(dry > 8_000 + RATE * 9 / 10, "a second was rendered ahead");
    let fade = &player.output[dry + 1 - SHORT_FADE..=dry];
    assert!(fade.windows(2).all(|pair| gain(pair[1]) < gain(pair[0])));
    assert!(player.output[..dry + 1 - SHORT_FADE] == RENDERED[..dry + 1 - SHORT_FADE]);
    assert!(player.output[dry..].iter().all(|frame| *frame == SILENCE));
    assert_eq!(player.playhead().frame, Frames(dry as u64 + 1), "the playhead holds");

    player.play(8_000, 80);
    let held = 24_000 - (dry + 1);
    assert_eq!(player.underruns(), [held as u64]);
    let back = &player.output[24_000..];
    assert!(back[..SHORT_FADE].windows(2).all(|pair| gain(pair[1]) > gain(pair[0])));
    assert!(back[SHORT_FADE..] == RENDERED[dry + 1 + SHORT_FADE..][..8_000 - SHORT_FADE]);
}

#[test]
fn an_exit_does_not_wait_for_a_dry_ring() {
    for (before, after) in [(20_000, 0), (4_000, 10_000), (8_000, 8_000)] {
        let mut player = TestPlayer::at(&SESSION, 8_000);
        player.starve(before, 80);
        player.send(TransportCommand::Exit);
        player.starve(after, 80);
        let reason = player.play_to_end(80, 2 * RATE + CLOSING + 800);
        assert_eq!(reason, Some(EndReason::Exited), "{before} frames dry, then {after}");
    }
}

#[test]
fn a_jump_completes_when_the_ring_runs_dry_during_its_fade() {
    for missing in 1..15 {
        let mut player = TestPlayer::at(&SESSION, 8_000);
        player.starve(8_192 - 100 * missing, 4);
        player.send(TransportCommand::Next);
        player.starve(1_500, 4);
        player.play(8_000, 4);
        assert!(player.playhead().frame.index() > STARTS[1] + 6_000, "{missing}");
    }
}

#[test]
fn a_stop_needs_no_frames() {
    for dry in [9_000, 20_000] {
        let mut player = TestPlayer::at(&SESSION, 8_000);
        player.starve(dry, 80);
        player.send(TransportCommand::Stop);
        player.starve(1_600, 80);
        assert_eq!(player.end_reason(), Some(EndReason::Stopped));
    }
}

#[test]
fn playback_waits_for_the_gain_of_the_recordings() {
    let voice = Arc::new(OnceLock::new());
    let (callback, handle, feeder) = start_without_thread(SESSION.version(), voice.clone(), start_at(60_000));
    let mut player = TestPlayer { callback, handle, feeder, output: Vec::new(), notices: Vec::new() };
    player.play(RATE * 4, 80);
    let last = player.playhead().frame.index();
    assert!(last <= STARTS[2] && last > STARTS[2] - RATE / 20, "{last}");
    assert_eq!(player.handle.wait_reason(), Some(WaitReason::Gain));

    voice.set(Decibels::UNITY).unwrap();
    let (before, fade) = player.output[..last - 60_000].split_at(last - 60_000 - GENTLE_FADE);
    assert!(before[RATE / 10..] == RENDERED[60_000 + RATE / 10..last - GENTLE_FADE]);
    assert!(fade.windows(2).all(|pair| gain(pair[1]) < gain(pair[0])), "it fades out slowly");
    let output = player.play(8_000, 80);
    assert!(output[..GENTLE_FADE].windows(2).all(|pair| gain(pair[1]) > gain(pair[0])));
    assert!(output[GENTLE_FADE..] == RENDERED[last + GENTLE_FADE..][..8_000 - GENTLE_FADE]);
    assert!(player.underruns().is_empty(), "holding the output is no underrun");
    assert_eq!(player.handle.wait_reason(), None);
}

#[test]
fn many_tiny_segments_play_like_a_long_one() {
    let rate = crate::testing::session::hertz(48_000);
    let recordings = crate::testing::clips::Recordings::default()
        .with("tiny.wav", crate::testing::probe_session::identifiable(rate, 1, 1))
        .with("short.wav", crate::testing::probe_session::identifiable(rate, 257, 2));
    for name in ["tiny", "short"] {
        let parts = format!("[[segment.part]]\nclip = \"{name}.wav\"\n").repeat(9);
        let text = format!("[[segment]]\nrepeat = 1000\n{parts}[[segment]]\nsilence = \"1s\"");
        let prepared = Prepared::new(&text, &recordings, rate);
        let rendered = prepared.render(Programme::SESSION);
        for block in [480, 9_600] {
            let mut player = TestPlayer::new(&prepared, start_at(0));
            player.play(24_000, block);
            assert!(player.output == rendered[..24_000], "{name}, {block}");
            assert!(player.underruns().is_empty());
        }
    }
}

#[test]
fn leaving_does_not_wait_for_the_gain_of_the_recordings() {
    for command in [TransportCommand::Stop, TransportCommand::Exit, TransportCommand::Soften] {
        let text = "[bell.first]\nclip = \"first.wav\"\n[[segment]]\nbell = \"first\"\nhold = \"4s\"\n[[segment]]\nclip = \"one.wav\"";
        let prepared = crate::testing::probe_session::with_clips(text);
        let voice = Arc::new(OnceLock::new());
        let (callback, handle, feeder) = start_without_thread(prepared.version(), voice, start_at(0));
        let mut player = TestPlayer { callback, handle, feeder, output: Vec::new(), notices: Vec::new() };
        for before in [3 * RATE, 2 * RATE] {
            player.play(before, 80);
        }
        player.send(command);
        player.play(RATE, 80);
        match command {
            TransportCommand::Stop => assert_eq!(player.end_reason(), Some(EndReason::Stopped)),
            TransportCommand::Exit => assert_eq!(player.playhead().programme, Programme::CLOSING),
            _ => assert_eq!(player.playhead().programme, Programme::SOFTEN),
        }
    }
}

/// Fails if a frame of the session is missing or repeated, or if the gain changes faster than the fade of a dry ring.
fn check_continuity(output: &[Frame]) -> Result<(), TestCaseError> {
    let steepest = 1.001 * FRAC_PI_2 / SHORT_FADE as f32;
    let mut at = 0;
    let mut before: Option<f32> = None;
    for frame in output {
        let level = gain(*frame);
        if *frame == SILENCE {
            // The last frame of a fade is silent, and counts as played.
            at += usize::from(before.is_some_and(|before| before > 0.0));
        } else if at < END {
            prop_assert!((frame[1] - RENDERED[at][1] * level).abs() < 1e-5, "frame {}", at);
            at += 1;
        }
        let ends = at >= END;
        prop_assert!(ends || before.is_none_or(|before| (before - level).abs() <= steepest || at <= 1));
        before = Some(level);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blocks_of_any_size_equal_the_render(sizes in prop::collection::vec(blocks(), 1..20), start in 0_usize..END) {
        let mut player = TestPlayer::new(&SESSION, start_at(start as u64));
        for size in sizes.into_iter().cycle() {
            player.play(size, size);
            if player.end_reason().is_some() {
                break;
            }
        }
        let rises = if start == 0 { 0 } else { RATE / 10 }.min(END - start);
        prop_assert_eq!(player.end_reason(), Some(EndReason::Completed));
        prop_assert!(player.output[rises..END - start] == RENDERED[start + rises..]);
        prop_assert!(player.output[END - start..].iter().all(|frame| *frame == SILENCE));
        prop_assert!(player.underruns().is_empty());
    }

    #[test]
    fn no_frame_is_missing_or_repeated_when_the_ring_runs_dry(
        turns in prop::collection::vec((0_usize..4_000, 0_usize..20_000), 1..12),
        block in blocks(),
    ) {
        let mut player = TestPlayer::new(&SESSION, start_at(0));
        for (fed, starved) in turns {
            player.play(fed, block);
            player.starve(starved, block);
        }
        player.play(RATE / 2, block);
        if player.end_reason().is_none() {
            let played = player.playhead().frame.index();
            let held: u64 = player.underruns().iter().sum();
            let waited = player.output.iter().take_while(|frame| **frame == SILENCE).count();
            prop_assert_eq!(player.output.len(), played + held as usize + waited);
        }
        check_continuity(&player.output)?;
    }

    #[test]
    fn no_frame_is_missing_or_repeated_when_the_output_is_held(
        turns in prop::collection::vec((0_usize..4_000, 0_usize..4_000, 0_usize..12_000), 1..12),
        block in 1_usize..400,
    ) {
        let mut player = TestPlayer::new(&SESSION, start_at(0));
        for (played, withheld, starved) in turns {
            player.play(played, block);
            player.handle.hold_output(true);
            player.play(withheld, block);
            player.handle.hold_output(false);
            player.starve(starved, block);
        }
        player.play(RATE / 2, block);
        check_continuity(&player.output)?;
    }
}

#[test]
fn a_held_output_fades_within_5_milliseconds_and_loses_no_frame() {
    let mut player = TestPlayer::at(&SESSION, 8_000);
    player.handle.hold_output(true);
    player.play(1_600, 80);
    let held = player.output.iter().position(|frame| *frame == SILENCE).unwrap();
    assert_eq!(held, 8_000 + SHORT_FADE - 1);
    assert!(player.output[8_000..held].windows(2).all(|pair| gain(pair[1]) < gain(pair[0])));
    assert!(player.output[held..].iter().all(|frame| *frame == SILENCE));
    assert!(player.callback.is_silent());
    assert_eq!(player.playhead().frame.index(), held + 1);

    player.handle.hold_output(false);
    let back = player.play(4_000, 80);
    assert!(back[..SHORT_FADE].windows(2).all(|pair| gain(pair[1]) > gain(pair[0])));
    assert!(back[SHORT_FADE..] == RENDERED[held + 1 + SHORT_FADE..][..4_000 - SHORT_FADE]);
    assert!(player.underruns().is_empty(), "holding the output is no underrun");
}

#[test]
fn commands_act_while_the_output_is_held() {
    for command in [TransportCommand::Pause, TransportCommand::Next, TransportCommand::Exit, TransportCommand::Stop] {
        let mut player = TestPlayer::at(&SESSION, 8_000);
        player.handle.hold_output(true);
        player.play(800, 80);
        player.send(command);
        assert!(player.play(800, 80).iter().all(|frame| *frame == SILENCE));
        player.handle.hold_output(false);
        player.play(1_600, 80);
        let snapshot = player.handle.snapshot();
        match command {
            TransportCommand::Pause => assert!(snapshot.is_fully_paused),
            TransportCommand::Next => assert!(snapshot.playhead.frame.index() > STARTS[1]),
            TransportCommand::Exit => assert_eq!(snapshot.playhead.programme, Programme::CLOSING),
            _ => assert_eq!(player.end_reason(), Some(EndReason::Stopped)),
        }
    }
}

#[test]
fn the_sound_fades_in_after_a_late_device_and_the_gap_is_reported() {
    let mut player = TestPlayer::at(&SESSION, 8_000);
    player.callback.report_gap(Frames(123));
    let back = player.play(800, 80);
    assert!(back[..SHORT_FADE].windows(2).all(|pair| gain(pair[1]) > gain(pair[0])));
    assert!(back[SHORT_FADE..] == RENDERED[8_000 + SHORT_FADE..8_800]);
    assert_eq!(player.underruns(), [123]);
    player.send(TransportCommand::Pause);
    player.play(RATE, 80);
    player.callback.report_gap(Frames(123));
    player.play(80, 80);
    assert_eq!(player.underruns(), [123], "there is no gap in silence");
}
