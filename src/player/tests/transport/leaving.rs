//! The gentle exit, and the stop.

use super::*;

#[test]
fn an_exit_fades_over_two_seconds_and_plays_the_closing() {
    let mut listener = listener(16_000);
    listener.send(TransportCommand::Exit);
    assert_same(listener.play(EXIT, BLOCK), &under(session(16_000, EXIT), fall(1.0, EXIT)));
    assert_rises(listener.play(CLOSING, BLOCK), Programme::CLOSING, 0, UP);
    listener.play(BLOCK, BLOCK);
    assert_eq!(
        events(&listener),
        [(TransportEvent::ExitStarted, 16_000), (TransportEvent::Ended(EndReason::Exited), 16_000)]
    );
    assert!(listener.underruns().is_empty());
}

#[test]
fn the_position_stays_where_the_session_was_left() {
    let mut listener = listener(16_000);
    listener.send(TransportCommand::Exit);
    for _ in 0..EXIT / 800 {
        listener.play(800, BLOCK);
        assert_eq!(listener.handle.snapshot().session_frame, Frames(16_000));
    }
}

#[test]
fn the_fade_of_an_exit_may_outlast_the_session() {
    let now = FRAMES + RING_OUT - RATE;
    let mut listener = listener(now);
    listener.send(TransportCommand::Exit);
    assert_eq!(listener.play_to_end(BLOCK, RATE + CLOSING + BLOCK), Some(EndReason::Exited));
    assert_rises(&listener.heard[now + RATE..][..CLOSING], Programme::CLOSING, 0, UP);
}

#[test]
fn an_exit_from_silence_plays_the_closing_at_once() {
    let mut paused = listener(16_000);
    paused.send(TransportCommand::Pause);
    paused.play(4_000, BLOCK);
    for mut listener in [paused, Listener::new(&SESSION, start_at(0)), Listener::new(&SESSION, start_at(70_000))] {
        listener.send(TransportCommand::Exit);
        listener.starve(BLOCK, BLOCK);
        assert_rises(listener.play(CLOSING, BLOCK), Programme::CLOSING, 0, UP);
        listener.play(BLOCK, BLOCK);
        assert_eq!(listener.end_reason(), Some(EndReason::Exited));
    }
}

#[test]
fn an_exit_does_not_slow_a_fade_that_is_under_way() {
    for (command, whole) in [(TransportCommand::Pause, PAUSE), (TransportCommand::Next, DOWN)] {
        let mut listener = listener(16_000);
        listener.send(command);
        listener.play(400, BLOCK);
        listener.send(TransportCommand::Exit);
        listener.play(whole - 400, BLOCK);
        assert_same(&listener.heard[16_000..], &under(session(16_000, whole), fall(1.0, whole)));
        assert_eq!(listener.play_to_end(BLOCK, CLOSING + BLOCK), Some(EndReason::Exited));
    }
}

#[test]
fn other_commands_do_nothing_during_an_exit() {
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
        untouched.send(TransportCommand::Exit);
        untouched.play_to_end(BLOCK, 2 * EXIT + CLOSING);
        let mut listener = listener(16_000);
        listener.send(TransportCommand::Exit);
        listener.play(when, BLOCK);
        for command in absorbed {
            listener.send(command);
        }
        listener.play_to_end(BLOCK, 2 * EXIT + CLOSING);
        assert_eq!(events(&listener), events(&untouched));
        assert!(listener.heard == untouched.heard);
    }
}

#[test]
fn a_second_exit_stops_within_100_milliseconds() {
    for when in [0, 800, EXIT, EXIT + 4_000] {
        for again in [TransportCommand::Exit, TransportCommand::Stop] {
            let mut listener = listener(16_000);
            listener.send(TransportCommand::Exit);
            listener.play(when, BLOCK);
            listener.send(again);
            listener.play(STOP + BLOCK, BLOCK);
            assert_eq!(listener.end_reason(), Some(EndReason::Stopped), "{again:?} after {when}");
            assert!(is_silent(listener.play(800, BLOCK)));
        }
    }
}

#[test]
fn a_stop_fades_over_100_milliseconds() {
    let mut listener = listener(16_000);
    listener.send(TransportCommand::Stop);
    assert_same(listener.play(STOP, BLOCK), &under(session(16_000, STOP), fall(1.0, STOP)));
    assert_eq!(events(&listener), [(TransportEvent::Ended(EndReason::Stopped), 16_000 + STOP as u64)]);
}

#[test]
fn a_stop_in_silence_is_immediate() {
    let mut paused = listener(16_000);
    paused.send(TransportCommand::Pause);
    paused.play(4_000, BLOCK);
    let mut arriving = listener(16_000);
    arriving.send(TransportCommand::Next);
    arriving.starve(DOWN, BLOCK);
    for mut listener in [paused, arriving, Listener::new(&SESSION, start_at(0))] {
        listener.send(TransportCommand::Stop);
        listener.starve(1, 1);
        assert_eq!(listener.end_reason(), Some(EndReason::Stopped));
    }
}

#[test]
fn after_the_end_there_is_only_silence() {
    let mut listener = listener(16_000);
    listener.send(TransportCommand::Stop);
    listener.play(1_600, BLOCK);
    let reported = listener.notices.len();
    for command in [
        TransportCommand::Resume,
        TransportCommand::Next,
        TransportCommand::Soften,
        TransportCommand::Exit,
        TransportCommand::Stop,
    ] {
        listener.send(command);
        assert!(is_silent(listener.play(1_600, BLOCK)));
    }
    assert_eq!(listener.notices.len(), reported);
}
