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

fn start(at: usize, is_attended: bool) -> Listener {
    Listener::new(&OPEN, StartPoint { is_attended, ..start_at(at as u64) })
}

/// Returns a listener who has heard the silence up to a frame, which may lie beyond its natural length.
fn waiting_until(frame: usize) -> Listener {
    let mut listener = start(0, true);
    listener.play(frame, BLOCK);
    listener
}

#[test]
fn the_session_enters_the_open_silence_seamlessly() {
    let listener = waiting_until(END + 60 * RATE);
    assert!(listener.output[..] == ATTENDED[..listener.output.len()]);
    assert_eq!(events(&listener), [(TransportEvent::OpenSilenceStarted, START as u64)]);
    assert_eq!(listener.segments(), [(0, 0), (1, START as u64)]);
    assert_eq!(listener.handle.snapshot().session_frame, Frames(END as u64), "it stays at the end");
    let sounds = |from: usize| listener.output[from..from + RATE].iter().any(|frame| frame[0].abs() > 0.001);
    assert!(sounds(END + 30 * RATE) && sounds(END + 59 * RATE - RATE / 2), "bed and bells go on");
}

#[test]
fn without_controls_the_open_silence_ends_as_in_a_render() {
    let mut listener = start(0, false);
    let whole = OPEN.render(Programme::SESSION);
    assert_eq!(listener.play_to_end(BLOCK, 2 * whole.len()), Some(EndReason::Completed));
    assert!(listener.output[..whole.len()] == whole[..]);
    assert_eq!(listener.segments(), [(0, 0), (1, START as u64), (2, END as u64)]);
    assert_eq!(events(&listener).len(), 1, "only the end");
}

#[test]
fn next_and_continue_jump_to_the_end_of_the_open_silence() {
    for command in [TransportCommand::Next, TransportCommand::Continue] {
        for at in [START + 2 * RATE, END + 20 * RATE] {
            let mut listener = waiting_until(at);
            listener.send(command);
            listener.play(4 * RATE, BLOCK);
            assert_eq!(targets(&listener), [END as u64]);
            assert_eq!(listener.segments().last(), Some(&(2, END as u64)));
            assert_eq!(listener.playhead().programme, Programme::SESSION);
        }
    }
}

#[test]
fn continue_has_no_effect_elsewhere() {
    let mut listener = waiting_until(2 * RATE);
    listener.send(TransportCommand::Continue);
    listener.play(RATE, BLOCK);
    assert!(targets(&listener).is_empty());
    listener.send(TransportCommand::Soften);
    listener.play(RATE, BLOCK);
    listener.send(TransportCommand::Continue);
    listener.play(RATE, BLOCK);
    assert_eq!(events(&listener).len(), 1);
}

#[test]
fn seek_moves_within_the_natural_length_of_the_open_silence() {
    let mut listener = waiting_until(END + 20 * RATE);
    for (by, to) in [(10, END), (-10, END - 10 * RATE), (60, END), (-60, 0)] {
        listener.send(seek(by));
        listener.play(RATE / 2, BLOCK);
        assert_eq!(targets(&listener).last(), Some(&(to as u64)), "by {by} s");
    }
    assert_eq!(listener.playhead().programme, Programme::SESSION);
    listener.send(seek(15));
    listener.play(RATE, BLOCK);
    assert_eq!(listener.playhead().programme, Programme::OPEN_SILENCE, "a seek into it");
}

#[test]
fn back_jumps_to_the_start_of_the_open_silence() {
    let mut listener = waiting_until(END + 20 * RATE);
    listener.send(TransportCommand::Back);
    listener.play(RATE, BLOCK);
    assert_eq!(targets(&listener), [START as u64]);
    assert_eq!(listener.playhead().programme, Programme::OPEN_SILENCE);
}

#[test]
fn a_pause_and_the_gentler_passage_return_to_the_open_silence() {
    let at = END + 20 * RATE;
    let mut listener = waiting_until(at);
    listener.send(TransportCommand::Pause);
    listener.play(RATE, BLOCK);
    assert_eq!(listener.handle.snapshot().session_frame, Frames(END as u64));
    listener.send(TransportCommand::Resume);
    listener.play(RATE, BLOCK);
    assert_eq!(listener.playhead().programme, Programme::OPEN_SILENCE);
    listener.send(TransportCommand::Soften);
    // Three seconds of speech, and the fade of the bed.
    listener.play(13 * RATE, BLOCK);
    assert_eq!(listener.playhead().programme, Programme::OPEN_SILENCE);
    assert!(listener.playhead().frame > Frames(at as u64));
    let (event, position) = *events(&listener).last().unwrap();
    assert_eq!((event, position), (TransportEvent::SoftenEnded, END as u64));
}

#[test]
fn leaving_the_session_in_the_open_silence_plays_the_closing() {
    let mut listener = waiting_until(END + RATE);
    listener.send(TransportCommand::Exit);
    assert_eq!(listener.play_to_end(BLOCK, 60 * RATE), Some(EndReason::Exited));
    assert!(events(&listener).contains(&(TransportEvent::ExitStarted, END as u64)));
}

#[test]
fn the_last_segment_may_be_open() {
    let prepared = with_clips("[[segment]]\nclip = \"two.wav\"\n[[segment]]\nsilence = \"open\"\nnatural = \"2s\"\n");
    let mut listener = Listener::new(&prepared, StartPoint { is_attended: true, ..start_at(0) });
    listener.play(60 * RATE, BLOCK);
    assert_eq!(listener.end_reason(), None);
    listener.send(TransportCommand::Next);
    assert_eq!(listener.play_to_end(BLOCK, 2 * RATE), Some(EndReason::Completed));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn playback_can_start_at_any_frame_of_the_open_silence(at in 0..END, block in 1_usize..700) {
        let mut listener = start(at, true);
        let output = listener.play(3 * RATE, block);
        let fade = if at == 0 { 0 } else { UP };
        prop_assert!(output[fade..] == ATTENDED[at + fade..at + 3 * RATE]);
        let expected = if at + 3 * RATE > START { Programme::OPEN_SILENCE } else { Programme::SESSION };
        prop_assert_eq!(listener.playhead().programme, expected);
    }
}
