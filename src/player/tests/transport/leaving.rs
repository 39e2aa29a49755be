//! The gentle exit, and the stop.

use super::*;

#[test]
fn what_sounds_fades_within_two_seconds_and_the_closing_rings_out() {
    let mut listener = listener(16_000);
    listener.say(TransportCommand::Exit);
    assert_same(listener.listen(EXIT, BLOCK), &under(session(16_000, EXIT), fall(1.0, EXIT)));
    assert_rises(listener.listen(CLOSING, BLOCK), Programme::CLOSING, 0, UP);
    listener.listen(BLOCK, BLOCK);
    assert_eq!(
        events(&listener),
        [(TransportEvent::ExitStarted, 16_000), (TransportEvent::Ended(EndReason::Exited), 16_000)]
    );
    assert!(listener.underruns().is_empty());
}

#[test]
fn the_session_stands_where_it_was_left_while_it_still_fades() {
    let mut listener = listener(16_000);
    listener.say(TransportCommand::Exit);
    for _ in 0..EXIT / 800 {
        listener.listen(800, BLOCK);
        assert_eq!(listener.handle.snapshot().session_frame, Frames(16_000));
    }
}

#[test]
fn the_fade_may_outlast_the_session() {
    let now = FRAMES + RING_OUT - RATE;
    let mut listener = listener(now);
    listener.say(TransportCommand::Exit);
    assert_eq!(listener.hear_out(BLOCK, RATE + CLOSING + BLOCK), Some(EndReason::Exited));
    assert_rises(&listener.heard[now + RATE..][..CLOSING], Programme::CLOSING, 0, UP);
}

#[test]
fn from_silence_the_closing_comes_at_once() {
    let mut paused = listener(16_000);
    paused.say(TransportCommand::Pause);
    paused.listen(4_000, BLOCK);
    for mut listener in [paused, Listener::new(&SESSION, from(0)), Listener::new(&SESSION, from(70_000))] {
        listener.say(TransportCommand::Exit);
        listener.starve(BLOCK, BLOCK);
        assert_rises(listener.listen(CLOSING, BLOCK), Programme::CLOSING, 0, UP);
        listener.listen(BLOCK, BLOCK);
        assert_eq!(listener.ended(), Some(EndReason::Exited));
    }
}

#[test]
fn in_the_fade_of_a_pause_or_a_jump_it_does_not_slow_down() {
    for (command, whole) in [(TransportCommand::Pause, PAUSE), (TransportCommand::Next, DOWN)] {
        let mut listener = listener(16_000);
        listener.say(command);
        listener.listen(400, BLOCK);
        listener.say(TransportCommand::Exit);
        listener.listen(whole - 400, BLOCK);
        assert_same(&listener.heard[16_000..], &under(session(16_000, whole), fall(1.0, whole)));
        assert_eq!(listener.hear_out(BLOCK, CLOSING + BLOCK), Some(EndReason::Exited));
    }
}

#[test]
fn all_else_is_absorbed() {
    let absorbed = [
        TransportCommand::Pause,
        TransportCommand::Resume,
        TransportCommand::Toggle,
        TransportCommand::Next,
        TransportCommand::Back,
        seek(2),
        seek(-2),
        seek_to(RATE),
        TransportCommand::Soften,
    ];
    for when in [800, EXIT - BLOCK, EXIT, EXIT + 400, EXIT + CLOSING - BLOCK] {
        let mut untouched = listener(16_000);
        untouched.say(TransportCommand::Exit);
        untouched.hear_out(BLOCK, 2 * EXIT + CLOSING);
        let mut listener = listener(16_000);
        listener.say(TransportCommand::Exit);
        listener.listen(when, BLOCK);
        for command in absorbed {
            listener.say(command);
        }
        listener.hear_out(BLOCK, 2 * EXIT + CLOSING);
        assert_eq!(events(&listener), events(&untouched));
        assert!(listener.heard == untouched.heard);
    }
}

#[test]
fn once_more_it_stops_within_a_hundred_milliseconds() {
    for when in [0, 800, EXIT, EXIT + 4_000] {
        for again in [TransportCommand::Exit, TransportCommand::Stop] {
            let mut listener = listener(16_000);
            listener.say(TransportCommand::Exit);
            listener.listen(when, BLOCK);
            listener.say(again);
            listener.listen(STOP + BLOCK, BLOCK);
            assert_eq!(listener.ended(), Some(EndReason::Stopped), "{again:?} after {when}");
            assert!(is_silent(listener.listen(800, BLOCK)));
        }
    }
}

#[test]
fn a_stop_fades_over_a_hundred_milliseconds() {
    let mut listener = listener(16_000);
    listener.say(TransportCommand::Stop);
    assert_same(listener.listen(STOP, BLOCK), &under(session(16_000, STOP), fall(1.0, STOP)));
    assert_eq!(events(&listener), [(TransportEvent::Ended(EndReason::Stopped), 16_000 + STOP as u64)]);
}

#[test]
fn a_stop_in_silence_is_immediate() {
    let mut paused = listener(16_000);
    paused.say(TransportCommand::Pause);
    paused.listen(4_000, BLOCK);
    let mut arriving = listener(16_000);
    arriving.say(TransportCommand::Next);
    arriving.starve(DOWN, BLOCK);
    for mut listener in [paused, arriving, Listener::new(&SESSION, from(0))] {
        listener.say(TransportCommand::Stop);
        listener.starve(1, 1);
        assert_eq!(listener.ended(), Some(EndReason::Stopped));
    }
}

#[test]
fn after_the_end_nothing_is_heard_any_more() {
    let mut listener = listener(16_000);
    listener.say(TransportCommand::Stop);
    listener.listen(1_600, BLOCK);
    let told = listener.notices.len();
    for command in [
        TransportCommand::Resume,
        TransportCommand::Next,
        TransportCommand::Soften,
        TransportCommand::Exit,
        TransportCommand::Stop,
    ] {
        listener.say(command);
        assert!(is_silent(listener.listen(1_600, BLOCK)));
    }
    assert_eq!(listener.notices.len(), told);
}
