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
    assert_eq!(listener.play_to_end(BLOCK, RATE + CLOSING + 2 * BLOCK), Some(EndReason::Exited));
    assert!(is_silent(&listener.output[now + RATE..][..BLOCK]), "the closing has to be rendered first");
    assert_rises(&listener.output[now + RATE + BLOCK..][..CLOSING], Programme::CLOSING, 0, UP);
}

#[test]
fn an_exit_from_silence_plays_the_closing_immediately() {
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
fn an_exit_does_not_slow_a_fade_in_progress() {
    for (command, whole) in [(TransportCommand::Pause, PAUSE), (TransportCommand::Next, DOWN)] {
        let mut listener = listener(16_000);
        listener.send(command);
        listener.play(400, BLOCK);
        listener.send(TransportCommand::Exit);
        listener.play(whole - 400, BLOCK);
        assert_same(&listener.output[16_000..], &under(session(16_000, whole), fall(1.0, whole)));
        assert_eq!(listener.play_to_end(BLOCK, CLOSING + BLOCK), Some(EndReason::Exited));
    }
}

#[test]
fn other_commands_do_nothing_during_an_exit() {
    let in_the_fade = [
        TransportCommand::Pause,
        TransportCommand::ChapterBy(1),
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
        let to_continue = [TransportCommand::Resume, TransportCommand::Toggle];
        for command in in_the_fade.into_iter().chain(to_continue.into_iter().filter(|_| when > EXIT)) {
            listener.send(command);
        }
        listener.play_to_end(BLOCK, 2 * EXIT + CLOSING);
        assert_eq!(events(&listener), events(&untouched));
        assert!(listener.output == untouched.output);
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

#[test]
fn an_exit_cancelled_during_its_fade_reverses_it() {
    for command in [TransportCommand::Resume, TransportCommand::Toggle] {
        for faded in [BLOCK, 4_000, EXIT - BLOCK] {
            let mut listener = listener(16_000);
            listener.send(TransportCommand::Exit);
            listener.play(faded, BLOCK);
            listener.send(command);
            let part = 1.0 - faded as f64 / EXIT as f64;
            let rising = (faded * PAUSE).div_ceil(EXIT);
            let at = 16_000 + faded;
            assert_same(&listener.play(8_000, BLOCK)[..rising], &under(session(at, rising), rise(part, PAUSE)));
            assert!(listener.output[at + rising..] == *session(at + rising, 8_000 - rising), "after {faded}");
            let expected = [(TransportEvent::ExitStarted, 16_000), (TransportEvent::Resumed, at as u64)];
            assert_eq!(events(&listener), expected);
            assert!(listener.underruns().is_empty());
            // Leaving is possible again, and takes its time again.
            listener.send(TransportCommand::Exit);
            assert_eq!(listener.play_to_end(BLOCK, EXIT + CLOSING + 2 * BLOCK), Some(EndReason::Exited));
        }
    }
}

#[test]
fn an_exit_cancelled_in_silence_plays_from_the_held_frame() {
    let mut listener = listener(16_000);
    listener.send(TransportCommand::Pause);
    listener.play(4_000, BLOCK);
    listener.send(TransportCommand::Exit);
    listener.send(TransportCommand::Toggle);
    listener.play(BLOCK, BLOCK);
    assert_rises(listener.play(8_000, BLOCK), Programme::SESSION, 16_000 - REWIND, UP);
    assert_eq!(events(&listener).last(), Some(&(TransportEvent::Resumed, RESUMED)));
}

#[test]
fn an_exit_cancelled_during_a_jump_completes_the_jump() {
    for played in [800, DOWN] {
        for command in [TransportCommand::Next, seek(5), TransportCommand::Soften] {
            let mut listener = listener(16_000);
            listener.send(command);
            listener.play(400, BLOCK);
            listener.send(TransportCommand::Exit);
            listener.starve(played - 400, BLOCK);
            listener.send(TransportCommand::Resume);
            listener.play(DOWN + BLOCK, BLOCK);
            let to = listener.playhead();
            assert_ne!(to.programme, Programme::CLOSING, "{command:?}");
            let target = targets(&listener).first().map_or(0, |target| *target as usize);
            let from = to.frame.index();
            assert!((target..target + 2 * DOWN).contains(&from), "{command:?} leads to {from}");
            listener.play(UP, BLOCK);
            let output = listener.play(800, BLOCK).to_vec();
            assert!(output == rendered(to.programme, from + UP, 800), "{command:?} after {played}");
        }
    }
}

#[test]
fn a_termination_cannot_be_cancelled() {
    let mut untouched = listener(16_000);
    untouched.send(TransportCommand::Exit);
    untouched.play_to_end(BLOCK, EXIT + CLOSING + BLOCK);
    let mut listener = listener(16_000);
    listener.send(TransportCommand::Terminate);
    listener.play(800, BLOCK);
    listener.send(TransportCommand::Resume);
    listener.send(TransportCommand::Toggle);
    assert_eq!(listener.play_to_end(BLOCK, EXIT + CLOSING + BLOCK), Some(EndReason::Exited));
    assert!(listener.output == untouched.output);
    assert_eq!(events(&listener), events(&untouched));
}
