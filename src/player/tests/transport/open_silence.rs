//! The open silence.

use super::*;
use crate::testing::clips::{Recording, Recordings};
use crate::testing::session::hertz;
use proptest::prelude::*;

/// Where the silence starts, and where its natural length ends.
const START: usize = 5 * RATE;
const END: usize = START + 30 * RATE;

static OPEN: LazyLock<Prepared> = LazyLock::new(|| {
    let text = "[bed]\nsound = \"bed.wav\"\n[bell.first]\nclip = \"first.wav\"\n\
        [[segment]]\nsay = \"One.\"\nclip = \"one.wav\"\n\
        [[segment]]\nsilence = \"open\"\nnatural = \"30s\"\nbell = \"first\"\nevery = \"10s\"\n\
        [[segment]]\nsay = \"Two.\"\nclip = \"two.wav\"\n\
        [[soften]]\nsay = \"Softly.\"\nclip = \"soften.wav\"\n";
    let rate = hertz(RATE as u32);
    let recording = |seconds, seed| Recording::noise(rate, seconds * RATE, seed);
    let recordings = Recordings::default()
        .with("one.wav", recording(5, 1))
        .with("two.wav", recording(3, 2))
        .with("first.wav", recording(4, 3))
        .with("bed.wav", recording(7, 4))
        .with("soften.wav", recording(3, 5));
    Prepared::new(text, &recordings, rate)
});
static ATTENDED: LazyLock<Vec<Frame>> = LazyLock::new(|| {
    let mut engine = OPEN.engine(Programme::OPEN_SILENCE);
    let mut frames = vec![SILENCE; END + 120 * RATE];
    assert_eq!(engine.render(&mut frames), frames.len());
    frames
});

fn start(at: usize, can_end_open_silence: bool) -> TestPlayer {
    TestPlayer::new(&OPEN, StartPoint { can_end_open_silence, ..start_at(at as u64) })
}

/// Returns a listener who has heard the silence up to a frame, which may lie beyond its natural length.
fn waiting_until(frame: usize) -> TestPlayer {
    let mut player = start(0, true);
    player.play(frame, BLOCK);
    player
}

#[test]
fn the_session_enters_the_open_silence_seamlessly() {
    let player = waiting_until(END + 60 * RATE);
    assert!(player.output[..] == ATTENDED[..player.output.len()]);
    assert_eq!(events(&player), [(TransportEvent::OpenSilenceStarted, START as u64)]);
    assert_eq!(player.segments(), [(0, 0), (1, START as u64)]);
    assert_eq!(player.handle.snapshot().session_frame, Frames(END as u64), "it stays at the end");
    let sounds = |from: usize| player.output[from..from + RATE].iter().any(|frame| frame[0].abs() > 0.001);
    assert!(sounds(END + 30 * RATE) && sounds(END + 59 * RATE - RATE / 2), "bed and bells go on");
}

#[test]
fn without_controls_the_open_silence_ends_as_in_a_render() {
    let mut player = start(0, false);
    let whole = OPEN.render(Programme::SESSION);
    assert_eq!(player.play_to_end(BLOCK, 2 * whole.len()), Some(EndReason::Completed));
    assert!(player.output[..whole.len()] == whole[..]);
    assert_eq!(player.segments(), [(0, 0), (1, START as u64), (2, END as u64)]);
    assert_eq!(events(&player).len(), 1, "only the end");
}

#[test]
fn next_and_continue_jump_to_the_end_of_the_open_silence() {
    for command in [TransportCommand::Next, TransportCommand::Continue] {
        for at in [START + 2 * RATE, END + 20 * RATE] {
            let mut player = waiting_until(at);
            player.send(command);
            player.play(4 * RATE, BLOCK);
            assert_eq!(targets(&player), [END as u64]);
            assert_eq!(player.segments().last(), Some(&(2, END as u64)));
            assert_eq!(player.playhead().programme, Programme::SESSION);
        }
    }
}

#[test]
fn continue_has_no_effect_elsewhere() {
    let mut player = waiting_until(2 * RATE);
    player.send(TransportCommand::Continue);
    player.play(RATE, BLOCK);
    assert!(targets(&player).is_empty());
    player.send(TransportCommand::Soften);
    player.play(RATE, BLOCK);
    player.send(TransportCommand::Continue);
    player.play(RATE, BLOCK);
    assert_eq!(events(&player).len(), 1);
}

#[test]
fn seek_moves_within_the_natural_length_of_the_open_silence() {
    let mut player = waiting_until(END + 20 * RATE);
    for (by, to) in [(10, END), (-10, END - 10 * RATE), (60, END), (-60, 0)] {
        player.send(seek(by));
        player.play(RATE / 2, BLOCK);
        assert_eq!(targets(&player).last(), Some(&(to as u64)), "by {by} s");
    }
    assert_eq!(player.playhead().programme, Programme::SESSION);
    player.send(seek(15));
    player.play(RATE, BLOCK);
    assert_eq!(player.playhead().programme, Programme::OPEN_SILENCE, "a seek into it");
}

#[test]
fn back_jumps_to_the_start_of_the_open_silence() {
    let mut player = waiting_until(END + 20 * RATE);
    player.send(TransportCommand::Back);
    player.play(RATE, BLOCK);
    assert_eq!(targets(&player), [START as u64]);
    assert_eq!(player.playhead().programme, Programme::OPEN_SILENCE);
}

#[test]
fn a_pause_and_the_gentler_passage_return_to_the_open_silence() {
    let at = END + 20 * RATE;
    let mut player = waiting_until(at);
    player.send(TransportCommand::Pause);
    player.play(RATE, BLOCK);
    assert_eq!(player.handle.snapshot().session_frame, Frames(END as u64));
    player.send(TransportCommand::Resume);
    player.play(RATE, BLOCK);
    assert_eq!(player.playhead().programme, Programme::OPEN_SILENCE);
    player.send(TransportCommand::Soften);
    // Three seconds of speech, and the fade of the bed.
    player.play(13 * RATE, BLOCK);
    assert_eq!(player.playhead().programme, Programme::OPEN_SILENCE);
    assert!(player.playhead().frame > Frames(at as u64));
    let (event, position) = *events(&player).last().unwrap();
    assert_eq!((event, position), (TransportEvent::GentlerPassageEnded, END as u64));
}

#[test]
fn leaving_the_session_in_the_open_silence_plays_the_closing() {
    let mut player = waiting_until(END + RATE);
    player.send(TransportCommand::Exit);
    assert_eq!(player.play_to_end(BLOCK, 60 * RATE), Some(EndReason::Exited));
    assert!(events(&player).contains(&(TransportEvent::ExitStarted, END as u64)));
}

#[test]
fn the_last_segment_may_be_open() {
    let prepared = with_clips("[[segment]]\nclip = \"two.wav\"\n[[segment]]\nsilence = \"open\"\nnatural = \"2s\"\n");
    let mut player = TestPlayer::new(&prepared, StartPoint { can_end_open_silence: true, ..start_at(0) });
    player.play(60 * RATE, BLOCK);
    assert_eq!(player.end_reason(), None);
    player.send(TransportCommand::Next);
    assert_eq!(player.play_to_end(BLOCK, 2 * RATE), Some(EndReason::Completed));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn playback_can_start_at_any_frame_of_the_open_silence(at in 0..END, block in 1_usize..700) {
        let mut player = start(at, true);
        let output = player.play(3 * RATE, block);
        let fade = if at == 0 { 0 } else { UP };
        prop_assert!(output[fade..] == ATTENDED[at + fade..at + 3 * RATE]);
        let expected = if at + 3 * RATE > START { Programme::OPEN_SILENCE } else { Programme::SESSION };
        prop_assert_eq!(player.playhead().programme, expected);
    }
}
