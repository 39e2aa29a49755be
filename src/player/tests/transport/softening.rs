//! The gentler passage.

use super::*;

fn soften_at(at: usize) -> TestPlayer {
    let mut player = player(at);
    player.send(TransportCommand::Soften);
    player.play(DOWN, BLOCK);
    player
}

/// Checks that the session fades in again, at most one block later: its frames have to be rendered first.
#[track_caller]
fn assert_returns(player: &mut TestPlayer, to: usize) {
    let output = player.play(8_000, BLOCK);
    let waited = if output[0] == SILENCE { BLOCK } else { 0 };
    assert!(is_silent(&output[..waited]));
    assert_rises(&output[waited..], Programme::SESSION, to, UP);
}

#[test]
fn the_gentler_passage_returns_to_the_start_of_a_spoken_line_or_to_where_it_began() {
    for (at, back) in [(STARTS[2] + RATE, STARTS[2]), (STARTS[1] + RATE, STARTS[1] + RATE)] {
        let mut player = soften_at(at);
        assert_same(&player.output[at..], &under(session(at, DOWN), fall(1.0, DOWN)));
        assert_rises(player.play(SOFTEN, BLOCK), Programme::SOFTEN, 0, UP);
        assert_eq!(player.handle.snapshot().session_frame, Frames(at as u64), "it stays where it was interrupted");
        assert_returns(&mut player, back);
        assert_eq!(
            events(&player),
            [(TransportEvent::GentlerPassageStarted, at as u64), (TransportEvent::GentlerPassageEnded, at as u64)]
        );
        assert_eq!(player.segments().last().unwrap().1, back as u64);
    }
}

#[test]
fn next_leaves_the_gentler_passage() {
    let mut player = soften_at(STARTS[2] + RATE);
    player.play(8_000, BLOCK);
    player.send(TransportCommand::Next);
    assert_same(player.play(DOWN, BLOCK), &under(rendered(Programme::SOFTEN, 8_000, DOWN), fall(1.0, DOWN)));
    assert_rises(player.play(8_000, BLOCK), Programme::SESSION, STARTS[2], UP);
    assert!(targets(&player).is_empty());
}

#[test]
fn back_and_soften_restart_the_gentler_passage() {
    for command in [TransportCommand::Back, TransportCommand::Soften] {
        let mut player = soften_at(STARTS[2] + RATE);
        player.play(8_000, BLOCK);
        player.send(command);
        player.play(DOWN, BLOCK);
        assert_rises(player.play(SOFTEN, BLOCK), Programme::SOFTEN, 0, UP);
        assert_returns(&mut player, STARTS[2]);
    }
}

#[test]
fn a_seek_in_the_gentler_passage_does_nothing() {
    let mut player = soften_at(STARTS[2] + RATE);
    player.play(8_000, BLOCK);
    for command in [seek(2), seek(-2), seek_to(0), seek_to(STARTS[1])] {
        player.send(command);
        let frame = player.playhead().frame.index();
        assert!(player.play(1_600, BLOCK) == rendered(Programme::SOFTEN, frame, 1_600));
    }
    assert_eq!(events(&player).len(), 1);
}

#[test]
fn the_gentler_passage_can_be_paused_and_resumed() {
    let mut player = soften_at(STARTS[2] + RATE);
    player.play(8_000, BLOCK);
    player.send(TransportCommand::Pause);
    player.play(8_000, BLOCK);
    assert_eq!(player.playhead(), place(Programme::SOFTEN, 8_000));
    player.send(TransportCommand::Resume);
    assert_rises(player.play(8_000, BLOCK), Programme::SOFTEN, 8_000 - REWIND, PAUSE);
}

#[test]
fn next_and_back_in_a_paused_gentler_passage_stay_silent() {
    for (command, expected) in [
        (TransportCommand::Next, place(Programme::SESSION, STARTS[2])),
        (TransportCommand::Back, place(Programme::SOFTEN, 0)),
    ] {
        let mut player = soften_at(STARTS[2] + RATE);
        player.play(8_000, BLOCK);
        player.send(TransportCommand::Pause);
        player.play(4_000, BLOCK);
        player.send(command);
        assert!(is_silent(player.play(4_000, BLOCK)));
        assert_eq!(player.playhead(), expected);
    }
}

#[test]
fn a_pause_at_the_end_of_the_gentler_passage_holds_in_the_session() {
    let mut player = soften_at(STARTS[1] + RATE);
    player.play(SOFTEN - PAUSE / 2, BLOCK);
    player.send(TransportCommand::Pause);
    player.play(8_000, BLOCK);
    assert_eq!(player.playhead(), place(Programme::SESSION, STARTS[1] + RATE));
    assert!(player.handle.snapshot().is_fully_paused);
}

#[test]
fn a_gentler_passage_started_during_a_jump_returns_to_its_target() {
    let mut player = player(16_000);
    player.send(TransportCommand::Next);
    player.send(TransportCommand::Soften);
    player.play(DOWN + SOFTEN, BLOCK);
    assert_returns(&mut player, STARTS[1]);
}

#[test]
fn next_before_the_gentler_passage_returns_immediately() {
    let mut player = player(STARTS[1] + RATE);
    player.send(TransportCommand::Soften);
    player.play(400, BLOCK);
    player.send(TransportCommand::Next);
    player.play(DOWN - 400, BLOCK);
    assert_rises(player.play(8_000, BLOCK), Programme::SESSION, STARTS[1] + RATE, UP);
}

#[test]
fn a_gentler_passage_at_the_very_end_is_followed_by_the_rest() {
    for at in [FRAMES - RATE, FRAMES, FRAMES + RING_OUT - BLOCK] {
        let mut player = soften_at(at);
        let rest = FRAMES + RING_OUT - at;
        assert_eq!(player.play_to_end(BLOCK, SOFTEN + rest + 4 * BLOCK), Some(EndReason::Completed));
        assert!(player.output.len() >= at + rest.min(DOWN) + SOFTEN + rest, "from {at}");
    }
}

#[test]
fn an_exit_from_the_gentler_passage_reports_where_the_session_was_left() {
    let mut player = soften_at(STARTS[1] + RATE);
    player.play(8_000, BLOCK);
    player.send(TransportCommand::Exit);
    let interrupted_at = (STARTS[1] + RATE) as u64;
    assert_eq!(player.play_to_end(BLOCK, EXIT + CLOSING + BLOCK), Some(EndReason::Exited));
    assert_eq!(
        events(&player),
        [
            (TransportEvent::GentlerPassageStarted, interrupted_at),
            (TransportEvent::ExitStarted, interrupted_at),
            (TransportEvent::Ended(EndReason::Exited), interrupted_at)
        ]
    );
}

#[test]
fn the_default_gentler_passage_is_an_inkin_and_thirty_quiet_seconds() {
    let prepared = with_clips("[[segment]]\nclip = \"one.wav\"");
    let passage = &prepared.programmes[Programme::SOFTEN];
    assert_eq!(passage.frames, Frames(30 * RATE as u64));
    let cues: Vec<_> = passage.cues.iter().map(|cue| (cue.name.as_str(), cue.start.0)).collect();
    assert_eq!(cues, [("inkin", 0)]);
    assert!(passage.cues[0].gain < Decibels::UNITY, "softly");
    let closing: Vec<_> = prepared.programmes[Programme::CLOSING].cues.iter().map(|cue| cue.name.as_str()).collect();
    assert_eq!(closing, ["bowl"]);
}
