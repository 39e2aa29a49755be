//! The output of a player equals the render: no frame is missing or repeated, and a ring that runs dry fades.

use std::f32::consts::FRAC_PI_2;
use std::sync::{Arc, LazyLock, OnceLock};

use crate::player::transport::{EndReason, TransportCommand, TransportEvent};
use crate::player::{WaitReason, start_without_thread};
use crate::testing::listener::{Listener, start_at};
use crate::testing::plain::{CLOSING, RATE, RING_OUT, STARTS, assert_same, gain, plain, rise, under};
use crate::testing::session::Prepared;
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
    let mut listener = Listener::new(&SESSION, start_at(0));
    assert_eq!(listener.play_to_end(80, 2 * END), Some(EndReason::Completed));
    assert_eq!(RENDERED.len(), END);
    assert!(listener.output[..END] == RENDERED[..]);
    assert!(listener.output[END..].iter().all(|frame| *frame == SILENCE));
    let segments: Vec<_> = STARTS[..4].iter().map(|start| *start as u64).enumerate().collect();
    assert_eq!(listener.segments(), segments);
    assert_eq!(
        listener.events().collect::<Vec<_>>(),
        [(TransportEvent::Ended(EndReason::Completed), Frames(END as u64))]
    );
    assert!(listener.underruns().is_empty());
}

#[test]
fn a_later_start_fades_in_over_100_milliseconds() {
    let start = 50_000;
    let mut listener = Listener::new(&SESSION, start_at(start as u64));
    listener.play(20_000, 100);
    let rises = RATE / 10;
    assert_same(&listener.output[..rises], &under(&RENDERED[start..][..rises], rise(0.0, rises)));
    assert!(listener.output[rises..] == RENDERED[start + rises..start + 20_000]);
    assert_eq!(listener.segments(), [(1, start as u64)]);
}

#[test]
fn the_output_is_silent_until_the_first_frames_are_rendered() {
    let mut listener = Listener::new(&SESSION, start_at(0));
    assert!(listener.starve(1_000, 100).iter().all(|frame| *frame == SILENCE));
    assert!(listener.play(1_000, 100) == &RENDERED[..1_000]);
    assert!(listener.underruns().is_empty(), "nothing was playing yet");
}

#[test]
fn an_empty_block_changes_nothing() {
    let mut listener = Listener::at(&SESSION, 800);
    listener.callback.fill(&mut []);
    assert!(listener.play(800, 80) == &RENDERED[800..1_600]);
}

#[test]
fn a_dry_ring_fades_within_5_milliseconds_and_is_reported_once() {
    let mut listener = Listener::at(&SESSION, 8_000);
    listener.starve(16_000, 80);
    let dry = listener.output.iter().position(|frame| *frame == SILENCE).unwrap();
    assert!(dry > 8_000 + RATE * 9 / 10, "a second was rendered ahead");
    let fade = &listener.output[dry + 1 - SHORT_FADE..=dry];
    assert!(fade.windows(2).all(|pair| gain(pair[1]) < gain(pair[0])));
    assert!(listener.output[..dry + 1 - SHORT_FADE] == RENDERED[..dry + 1 - SHORT_FADE]);
    assert!(listener.output[dry..].iter().all(|frame| *frame == SILENCE));
    assert_eq!(listener.playhead().frame, Frames(dry as u64 + 1), "the playhead holds");

    listener.play(8_000, 80);
    let held = 24_000 - (dry + 1);
    assert_eq!(listener.underruns(), [held as u64]);
    let back = &listener.output[24_000..];
    assert!(back[..SHORT_FADE].windows(2).all(|pair| gain(pair[1]) > gain(pair[0])));
    assert!(back[SHORT_FADE..] == RENDERED[dry + 1 + SHORT_FADE..][..8_000 - SHORT_FADE]);
}

#[test]
fn an_exit_does_not_wait_for_a_dry_ring() {
    for (before, after) in [(20_000, 0), (4_000, 10_000), (8_000, 8_000)] {
        let mut listener = Listener::at(&SESSION, 8_000);
        listener.starve(before, 80);
        listener.send(TransportCommand::Exit);
        listener.starve(after, 80);
        let reason = listener.play_to_end(80, 2 * RATE + CLOSING + 800);
        assert_eq!(reason, Some(EndReason::Exited), "{before} frames dry, then {after}");
    }
}

#[test]
fn a_jump_completes_when_the_ring_runs_dry_during_its_fade() {
    for missing in 1..15 {
        let mut listener = Listener::at(&SESSION, 8_000);
        listener.starve(8_192 - 100 * missing, 4);
        listener.send(TransportCommand::Next);
        listener.starve(1_500, 4);
        listener.play(8_000, 4);
        assert!(listener.playhead().frame.index() > STARTS[1] + 6_000, "{missing}");
    }
}

#[test]
fn a_stop_needs_no_frames() {
    for dry in [9_000, 20_000] {
        let mut listener = Listener::at(&SESSION, 8_000);
        listener.starve(dry, 80);
        listener.send(TransportCommand::Stop);
        listener.starve(1_600, 80);
        assert_eq!(listener.end_reason(), Some(EndReason::Stopped));
    }
}

#[test]
fn playback_waits_for_the_gain_of_the_recordings() {
    let voice = Arc::new(OnceLock::new());
    let (callback, handle, feeder) = start_without_thread(SESSION.version(), voice.clone(), start_at(60_000));
    let mut listener = Listener { callback, handle, feeder, output: Vec::new(), notices: Vec::new() };
    listener.play(RATE * 4, 80);
    let last = listener.playhead().frame.index();
    assert!(last <= STARTS[2] && last > STARTS[2] - RATE / 20, "{last}");
    assert_eq!(listener.handle.wait_reason(), Some(WaitReason::Gain));

    voice.set(Decibels::UNITY).unwrap();
    let (before, fade) = listener.output[..last - 60_000].split_at(last - 60_000 - GENTLE_FADE);
    assert!(before[RATE / 10..] == RENDERED[60_000 + RATE / 10..last - GENTLE_FADE]);
    assert!(fade.windows(2).all(|pair| gain(pair[1]) < gain(pair[0])), "it fades out slowly");
    let output = listener.play(8_000, 80);
    assert!(output[..GENTLE_FADE].windows(2).all(|pair| gain(pair[1]) > gain(pair[0])));
    assert!(output[GENTLE_FADE..] == RENDERED[last + GENTLE_FADE..][..8_000 - GENTLE_FADE]);
    assert!(listener.underruns().is_empty(), "holding the output is no underrun");
    assert_eq!(listener.handle.wait_reason(), None);
}

#[test]
fn many_tiny_segments_play_like_a_long_one() {
    let rate = crate::testing::session::hertz(48_000);
    let recordings = crate::testing::clips::Recordings::default()
        .with("tiny.wav", crate::testing::plain::identifiable(rate, 1, 1))
        .with("short.wav", crate::testing::plain::identifiable(rate, 257, 2));
    for name in ["tiny", "short"] {
        let parts = format!("[[segment.part]]\nclip = \"{name}.wav\"\n").repeat(9);
        let text = format!("[[segment]]\nrepeat = 1000\n{parts}[[segment]]\nsilence = \"1s\"");
        let prepared = Prepared::new(&text, &recordings, rate);
        let rendered = prepared.render(Programme::SESSION);
        for block in [480, 9_600] {
            let mut listener = Listener::new(&prepared, start_at(0));
            listener.play(24_000, block);
            assert!(listener.output == rendered[..24_000], "{name}, {block}");
            assert!(listener.underruns().is_empty());
        }
    }
}

#[test]
fn leaving_does_not_wait_for_the_gain_of_the_recordings() {
    for command in [TransportCommand::Stop, TransportCommand::Exit, TransportCommand::Soften] {
        let text = "[bell.first]\nclip = \"first.wav\"\n[[segment]]\nbell = \"first\"\nhold = \"4s\"\n[[segment]]\nclip = \"one.wav\"";
        let prepared = crate::testing::plain::with_clips(text);
        let voice = Arc::new(OnceLock::new());
        let (callback, handle, feeder) = start_without_thread(prepared.version(), voice, start_at(0));
        let mut listener = Listener { callback, handle, feeder, output: Vec::new(), notices: Vec::new() };
        for before in [3 * RATE, 2 * RATE] {
            listener.play(before, 80);
        }
        listener.send(command);
        listener.play(RATE, 80);
        match command {
            TransportCommand::Stop => assert_eq!(listener.end_reason(), Some(EndReason::Stopped)),
            TransportCommand::Exit => assert_eq!(listener.playhead().programme, Programme::CLOSING),
            _ => assert_eq!(listener.playhead().programme, Programme::SOFTEN),
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
        let mut listener = Listener::new(&SESSION, start_at(start as u64));
        for size in sizes.into_iter().cycle() {
            listener.play(size, size);
            if listener.end_reason().is_some() {
                break;
            }
        }
        let rises = if start == 0 { 0 } else { RATE / 10 }.min(END - start);
        prop_assert_eq!(listener.end_reason(), Some(EndReason::Completed));
        prop_assert!(listener.output[rises..END - start] == RENDERED[start + rises..]);
        prop_assert!(listener.output[END - start..].iter().all(|frame| *frame == SILENCE));
        prop_assert!(listener.underruns().is_empty());
    }

    #[test]
    fn no_frame_is_missing_or_repeated_when_the_ring_runs_dry(
        turns in prop::collection::vec((0_usize..4_000, 0_usize..20_000), 1..12),
        block in blocks(),
    ) {
        let mut listener = Listener::new(&SESSION, start_at(0));
        for (fed, starved) in turns {
            listener.play(fed, block);
            listener.starve(starved, block);
        }
        listener.play(RATE / 2, block);
        if listener.end_reason().is_none() {
            let played = listener.playhead().frame.index();
            let held: u64 = listener.underruns().iter().sum();
            let waited = listener.output.iter().take_while(|frame| **frame == SILENCE).count();
            prop_assert_eq!(listener.output.len(), played + held as usize + waited);
        }
        check_continuity(&listener.output)?;
    }

    #[test]
    fn no_frame_is_missing_or_repeated_when_the_output_is_held(
        turns in prop::collection::vec((0_usize..4_000, 0_usize..4_000, 0_usize..12_000), 1..12),
        block in 1_usize..400,
    ) {
        let mut listener = Listener::new(&SESSION, start_at(0));
        for (played, withheld, starved) in turns {
            listener.play(played, block);
            listener.handle.hold_output(true);
            listener.play(withheld, block);
            listener.handle.hold_output(false);
            listener.starve(starved, block);
        }
        listener.play(RATE / 2, block);
        check_continuity(&listener.output)?;
    }
}

#[test]
fn a_held_output_fades_within_5_milliseconds_and_loses_no_frame() {
    let mut listener = Listener::at(&SESSION, 8_000);
    listener.handle.hold_output(true);
    listener.play(1_600, 80);
    let held = listener.output.iter().position(|frame| *frame == SILENCE).unwrap();
    assert_eq!(held, 8_000 + SHORT_FADE - 1);
    assert!(listener.output[8_000..held].windows(2).all(|pair| gain(pair[1]) < gain(pair[0])));
    assert!(listener.output[held..].iter().all(|frame| *frame == SILENCE));
    assert!(listener.callback.is_silent());
    assert_eq!(listener.playhead().frame.index(), held + 1);

    listener.handle.hold_output(false);
    let back = listener.play(4_000, 80);
    assert!(back[..SHORT_FADE].windows(2).all(|pair| gain(pair[1]) > gain(pair[0])));
    assert!(back[SHORT_FADE..] == RENDERED[held + 1 + SHORT_FADE..][..4_000 - SHORT_FADE]);
    assert!(listener.underruns().is_empty(), "holding the output is no underrun");
}

#[test]
fn commands_act_while_the_output_is_held() {
    for command in [TransportCommand::Pause, TransportCommand::Next, TransportCommand::Exit, TransportCommand::Stop] {
        let mut listener = Listener::at(&SESSION, 8_000);
        listener.handle.hold_output(true);
        listener.play(800, 80);
        listener.send(command);
        assert!(listener.play(800, 80).iter().all(|frame| *frame == SILENCE));
        listener.handle.hold_output(false);
        listener.play(1_600, 80);
        let snapshot = listener.handle.snapshot();
        match command {
            TransportCommand::Pause => assert!(snapshot.silent),
            TransportCommand::Next => assert!(snapshot.playhead.frame.index() > STARTS[1]),
            TransportCommand::Exit => assert_eq!(snapshot.playhead.programme, Programme::CLOSING),
            _ => assert_eq!(listener.end_reason(), Some(EndReason::Stopped)),
        }
    }
}

#[test]
fn the_sound_fades_in_after_a_late_device_and_the_gap_is_reported() {
    let mut listener = Listener::at(&SESSION, 8_000);
    listener.callback.report_gap(Frames(123));
    let back = listener.play(800, 80);
    assert!(back[..SHORT_FADE].windows(2).all(|pair| gain(pair[1]) > gain(pair[0])));
    assert!(back[SHORT_FADE..] == RENDERED[8_000 + SHORT_FADE..8_800]);
    assert_eq!(listener.underruns(), [123]);
    listener.send(TransportCommand::Pause);
    listener.play(RATE, 80);
    listener.callback.report_gap(Frames(123));
    listener.play(80, 80);
    assert_eq!(listener.underruns(), [123], "there is no gap in silence");
}
