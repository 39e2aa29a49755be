//! The gentler passage.

use super::*;

fn softened(at: usize) -> Listener {
    let mut listener = listener(at);
    listener.say(TransportCommand::Soften);
    listener.listen(DOWN, BLOCK);
    listener
}

/// Checks that the session comes up again, after one block at most in which its frames are fetched.
#[track_caller]
fn assert_returns(listener: &mut Listener, to: usize) {
    let heard = listener.listen(8_000, BLOCK);
    let waited = if heard[0] == SILENCE { BLOCK } else { 0 };
    assert!(is_silent(&heard[..waited]));
    assert_rises(&heard[waited..], Programme::SESSION, to, UP);
}

#[test]
fn the_passage_comes_and_the_session_goes_on_from_the_start_of_a_spoken_line_else_where_it_was() {
    for (at, back) in [(STARTS[2] + RATE, STARTS[2]), (STARTS[1] + RATE, STARTS[1] + RATE)] {
        let mut listener = softened(at);
        assert_same(&listener.heard[at..], &under(session(at, DOWN), fall(1.0, DOWN)));
        assert_rises(listener.listen(SOFTEN, BLOCK), Programme::SOFTEN, 0, UP);
        assert_eq!(listener.handle.snapshot().session_frame, Frames(at as u64), "it stays where it was left");
        assert_returns(&mut listener, back);
        assert_eq!(
            events(&listener),
            [(TransportEvent::SoftenStarted, at as u64), (TransportEvent::SoftenEnded, at as u64)]
        );
        assert_eq!(listener.segments().last().unwrap().1, back as u64);
    }
}

#[test]
fn next_leaves_it() {
    let mut listener = softened(STARTS[2] + RATE);
    listener.listen(8_000, BLOCK);
    listener.say(TransportCommand::Next);
    assert_same(listener.listen(DOWN, BLOCK), &under(rendered(Programme::SOFTEN, 8_000, DOWN), fall(1.0, DOWN)));
    assert_rises(listener.listen(8_000, BLOCK), Programme::SESSION, STARTS[2], UP);
    assert!(targets(&listener).is_empty());
}

#[test]
fn back_and_soften_start_it_again() {
    for command in [TransportCommand::Back, TransportCommand::Soften] {
        let mut listener = softened(STARTS[2] + RATE);
        listener.listen(8_000, BLOCK);
        listener.say(command);
        listener.listen(DOWN, BLOCK);
        assert_rises(listener.listen(SOFTEN, BLOCK), Programme::SOFTEN, 0, UP);
        assert_returns(&mut listener, STARTS[2]);
    }
}

#[test]
fn seek_does_nothing() {
    let mut listener = softened(STARTS[2] + RATE);
    listener.listen(8_000, BLOCK);
    for command in [seek(2), seek(-2), seek_to(0), seek_to(STARTS[1])] {
        listener.say(command);
        let frame = listener.place().frame.index();
        assert!(listener.listen(1_600, BLOCK) == rendered(Programme::SOFTEN, frame, 1_600));
    }
    assert_eq!(events(&listener).len(), 1);
}

#[test]
fn it_can_be_paused_and_goes_on_where_it_was_paused() {
    let mut listener = softened(STARTS[2] + RATE);
    listener.listen(8_000, BLOCK);
    listener.say(TransportCommand::Pause);
    listener.listen(8_000, BLOCK);
    assert_eq!(listener.place(), place(Programme::SOFTEN, 8_000));
    listener.say(TransportCommand::Resume);
    assert_rises(listener.listen(8_000, BLOCK), Programme::SOFTEN, 8_000, PAUSE);
}

#[test]
fn paused_in_it_next_and_back_stay_silent() {
    for (command, expected) in [
        (TransportCommand::Next, place(Programme::SESSION, STARTS[2])),
        (TransportCommand::Back, place(Programme::SOFTEN, 0)),
    ] {
        let mut listener = softened(STARTS[2] + RATE);
        listener.listen(8_000, BLOCK);
        listener.say(TransportCommand::Pause);
        listener.listen(4_000, BLOCK);
        listener.say(command);
        assert!(is_silent(listener.listen(4_000, BLOCK)));
        assert_eq!(listener.place(), expected);
    }
}

#[test]
fn a_pause_that_meets_its_end_holds_in_the_session() {
    let mut listener = softened(STARTS[1] + RATE);
    listener.listen(SOFTEN - PAUSE / 2, BLOCK);
    listener.say(TransportCommand::Pause);
    listener.listen(8_000, BLOCK);
    assert_eq!(listener.place(), place(Programme::SESSION, STARTS[1] + RATE));
    assert!(listener.handle.snapshot().silent);
}

#[test]
fn asked_for_in_a_jump_it_comes_back_to_the_target() {
    let mut listener = listener(16_000);
    listener.say(TransportCommand::Next);
    listener.say(TransportCommand::Soften);
    listener.listen(DOWN + SOFTEN, BLOCK);
    assert_returns(&mut listener, STARTS[1]);
}

#[test]
fn next_before_it_has_begun_goes_back_at_once() {
    let mut listener = listener(STARTS[1] + RATE);
    listener.say(TransportCommand::Soften);
    listener.listen(400, BLOCK);
    listener.say(TransportCommand::Next);
    listener.listen(DOWN - 400, BLOCK);
    assert_rises(listener.listen(8_000, BLOCK), Programme::SESSION, STARTS[1] + RATE, UP);
}

#[test]
fn at_the_very_end_it_comes_too_and_the_rest_is_heard() {
    for at in [FRAMES - RATE, FRAMES, FRAMES + RING_OUT - BLOCK] {
        let mut listener = softened(at);
        let rest = FRAMES + RING_OUT - at;
        assert_eq!(listener.hear_out(BLOCK, SOFTEN + rest + 4 * BLOCK), Some(EndReason::Completed));
        assert!(listener.heard.len() >= at + rest.min(DOWN) + SOFTEN + rest, "from {at}");
    }
}

#[test]
fn leaving_it_by_exit_tells_where_the_session_was_left() {
    let mut listener = softened(STARTS[1] + RATE);
    listener.listen(8_000, BLOCK);
    listener.say(TransportCommand::Exit);
    let left = (STARTS[1] + RATE) as u64;
    assert_eq!(listener.hear_out(BLOCK, EXIT + CLOSING + BLOCK), Some(EndReason::Exited));
    assert_eq!(
        events(&listener),
        [
            (TransportEvent::SoftenStarted, left),
            (TransportEvent::ExitStarted, left),
            (TransportEvent::Ended(EndReason::Exited), left)
        ]
    );
}

#[test]
fn without_one_of_its_own_a_session_has_an_inkin_and_thirty_quiet_seconds() {
    let prepared = with_clips("[[segment]]\nclip = \"one.wav\"");
    let passage = &prepared.programmes[Programme::SOFTEN];
    assert_eq!(passage.frames, Frames(30 * RATE as u64));
    let cues: Vec<_> = passage.cues.iter().map(|cue| (cue.name.as_str(), cue.start.0)).collect();
    assert_eq!(cues, [("inkin", 0)]);
    assert!(passage.cues[0].gain < Decibels::UNITY, "softly");
    let closing: Vec<_> = prepared.programmes[Programme::CLOSING].cues.iter().map(|cue| cue.name.as_str()).collect();
    assert_eq!(closing, ["bowl"]);
}
