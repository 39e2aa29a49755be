//! The gentle exit, and the stop.

use super::*;

#[test]
fn an_exit_fades_over_two_seconds_and_plays_the_closing() {
    let mut player = player(16_000);
    player.send(TransportCommand::Exit);
    assert_same(player.play(EXIT, BLOCK), &under(session(16_000, EXIT), fall(1.0, EXIT)));
    assert_rises(player.play(CLOSING, BLOCK), Programme::CLOSING, 0, UP);
    player.play(BLOCK, BLOCK);
    assert_eq!(
        events(&player),
        [(TransportEvent::ExitStarted, 16_000), (TransportEvent::Ended(EndReason::Exited), 16_000)]
    );
    assert!(player.underruns().is_empty());
}

#[test]
fn the_position_stays_where_the_session_was_left() {
    let mut player = player(16_000);
    player.send(TransportCommand::Exit);
    for _ in 0..EXIT / 800 {
        player.play(800, BLOCK);
        assert_eq!(player.handle.snapshot().session_frame, Frames(16_000));
    }
}

#[test]
fn the_fade_of_an_exit_may_outlast_the_session() {
    let now = FRAMES + RING_OUT - RATE;
    let mut player = player(now);
    player.send(TransportCommand::Exit);
    assert_eq!(player.play_to_end(BLOCK, RATE + CLOSING + 2 * BLOCK), Some(EndReason::Exited));
    assert!(is_silent(&player.output[now + RATE..][..BLOCK]), "the closing has to be rendered first");
    assert_rises(&player.output[now + RATE + BLOCK..][..CLOSING], Programme::CLOSING, 0, UP);
}

#[test]
fn an_exit_from_silence_plays_the_closing_immediately() {
    let mut paused = player(16_000);
    paused.send(TransportCommand::Pause);
    paused.play(4_000, BLOCK);
    for mut player in [paused, TestPlayer::new(&SESSION, start_at(0)), TestPlayer::new(&SESSION, start_at(70_000))] {
        player.send(TransportCommand::Exit);
        player.starve(BLOCK, BLOCK);
        assert_rises(player.play(CLOSING, BLOCK), Programme::CLOSING, 0, UP);
        player.play(BLOCK, BLOCK);
        assert_eq!(player.end_reason(), Some(EndReason::Exited));
    }
}

#[test]
fn an_exit_does_not_slow_a_fade_in_progress() {
    for (command, whole) in [(TransportCommand::Pause, PAUSE), (TransportCommand::Next, DOWN)] {
        let mut player = player(16_000);
        player.send(command);
        player.play(400, BLOCK);
        player.send(TransportCommand::Exit);
        player.play(whole - 400, BLOCK);
        assert_same(&player.output[16_000..], &under(session(16_000, whole), fall(1.0, whole)));
        assert_eq!(player.play_to_end(BLOCK, CLOSING + BLOCK), Some(EndReason::Exited));
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
        let mut untouched = player(16_000);
        untouched.send(TransportCommand::Exit);
        untouched.play_to_end(BLOCK, 2 * EXIT + CLOSING);
        let mut player = player(16_000);
        player.send(TransportCommand::Exit);
        player.play(when, BLOCK);
        let to_continue = [TransportCommand::Resume, TransportCommand::Toggle];
        for command in in_the_fade.into_iter().chain(to_continue.into_iter().filter(|_| when > EXIT)) {
            player.send(command);
        }
        player.play_to_end(BLOCK, 2 * EXIT + CLOSING);
        assert_eq!(events(&player), events(&untouched));
        assert!(player.output == untouched.output);
    }
}

#[test]
fn a_second_exit_stops_within_100_milliseconds() {
    for when in [0, 800, EXIT, EXIT + 4_000] {
        for again in [TransportCommand::Exit, TransportCommand::Stop] {
            let mut player = player(16_000);
            player.send(TransportCommand::Exit);
            player.play(when, BLOCK);
            player.send(again);
            player.play(STOP + BLOCK, BLOCK);
            assert_eq!(player.end_reason(), Some(EndReason::Stopped), "{again:?} after {when}");
            assert!(is_silent(player.play(800, BLOCK)));
        }
    }
}

#[test]
fn a_stop_fades_over_100_milliseconds() {
    let mut player = player(16_000);
    player.send(TransportCommand::Stop);
    assert_same(player.play(STOP, BLOCK), &under(session(16_000, STOP), fall(1.0, STOP)));
    assert_eq!(events(&player), [(TransportEvent::Ended(EndReason::Stopped), 16_000 + STOP as u64)]);
}

#[test]
fn a_stop_in_silence_is_immediate() {
    let mut paused = player(16_000);
    paused.send(TransportCommand::Pause);
    paused.play(4_000, BLOCK);
    let mut arriving = player(16_000);
    arriving.send(TransportCommand::Next);
    arriving.starve(DOWN, BLOCK);
    for mut player in [paused, arriving, TestPlayer::new(&SESSION, start_at(0))] {
        player.send(TransportCommand::Stop);
        player.starve(1, 1);
        assert_eq!(player.end_reason(), Some(EndReason::Stopped));
    }
}

#[test]
fn after_the_end_there_is_only_silence() {
    let mut player = player(16_000);
    player.send(TransportCommand::Stop);
    player.play(1_600, BLOCK);
    let reported = player.notices.len();
    for command in [
        TransportCommand::Resume,
        TransportCommand::Next,
        TransportCommand::Soften,
        TransportCommand::Exit,
        TransportCommand::Stop,
    ] {
        player.send(command);
        assert!(is_silent(player.play(1_600, BLOCK)));
    }
    assert_eq!(player.notices.len(), reported);
}

#[test]
fn an_exit_cancelled_during_its_fade_reverses_it() {
    for command in [TransportCommand::Resume, TransportCommand::Toggle] {
        for faded in [BLOCK, 4_000, EXIT - BLOCK] {
            let mut player = player(16_000);
            player.send(TransportCommand::Exit);
            player.play(faded, BLOCK);
            player.send(command);
            let part = 1.0 - faded as f64 / EXIT as f64;
            let rising = (faded * PAUSE).div_ceil(EXIT);
            let at = 16_000 + faded;
            assert_same(&player.play(8_000, BLOCK)[..rising], &under(session(at, rising), rise(part, PAUSE)));
            assert!(player.output[at + rising..] == *session(at + rising, 8_000 - rising), "after {faded}");
            let expected = [(TransportEvent::ExitStarted, 16_000), (TransportEvent::ResumeStarted, at as u64)];
            assert_eq!(events(&player), expected);
            assert!(player.underruns().is_empty());
            // Leaving is possible again, and takes its time again.
            player.send(TransportCommand::Exit);
            assert_eq!(player.play_to_end(BLOCK, EXIT + CLOSING + 2 * BLOCK), Some(EndReason::Exited));
        }
    }
}

#[test]
fn an_exit_cancelled_in_silence_plays_from_the_held_frame() {
    let mut player = player(16_000);
    player.send(TransportCommand::Pause);
    player.play(4_000, BLOCK);
    player.send(TransportCommand::Exit);
    player.send(TransportCommand::Toggle);
    player.play(BLOCK, BLOCK);
    assert_rises(player.play(8_000, BLOCK), Programme::SESSION, 16_000 - REWIND, UP);
    assert_eq!(events(&player).last(), Some(&(TransportEvent::ResumeStarted, RESUMED)));
}

#[test]
fn an_exit_cancelled_during_a_jump_completes_the_jump() {
    for played in [800, DOWN] {
        for command in [TransportCommand::Next, seek(5), TransportCommand::Soften] {
            let mut player = player(16_000);
            player.send(command);
            player.play(400, BLOCK);
            player.send(TransportCommand::Exit);
            player.starve(played - 400, BLOCK);
            player.send(TransportCommand::Resume);
            player.play(DOWN + BLOCK, BLOCK);
            let to = player.playhead();
            assert_ne!(to.programme, Programme::CLOSING, "{command:?}");
            let target = targets(&player).first().map_or(0, |target| *target as usize);
            let from = to.frame.index();
            assert!((target..target + 2 * DOWN).contains(&from), "{command:?} leads to {from}");
            player.play(UP, BLOCK);
            let output = player.play(800, BLOCK).to_vec();
            assert!(output == rendered(to.programme, from + UP, 800), "{command:?} after {played}");
        }
    }
}

#[test]
fn a_termination_cannot_be_cancelled() {
    let mut untouched = player(16_000);
    untouched.send(TransportCommand::Exit);
    untouched.play_to_end(BLOCK, EXIT + CLOSING + BLOCK);
    let mut player = player(16_000);
    player.send(TransportCommand::Terminate);
    player.play(800, BLOCK);
    player.send(TransportCommand::Resume);
    player.send(TransportCommand::Toggle);
    assert_eq!(player.play_to_end(BLOCK, EXIT + CLOSING + BLOCK), Some(EndReason::Exited));
    assert!(player.output == untouched.output);
    assert_eq!(events(&player), events(&untouched));
}
