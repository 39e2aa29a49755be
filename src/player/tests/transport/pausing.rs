//! Pause, resume and toggle.

use super::*;

#[test]
fn a_pause_fades_over_250_milliseconds_and_resumes_a_little_before_the_fade() {
    for pause in [TransportCommand::Pause, TransportCommand::Toggle] {
        let mut player = player(16_000);
        player.send(pause);
        assert_same(player.play(PAUSE, BLOCK), &under(session(16_000, PAUSE), fall(1.0, PAUSE)));
        assert!(is_silent(player.play(RATE * 60, BLOCK)));
        let held = PlayerSnapshot {
            playhead: place(Programme::SESSION, 16_000),
            session_frame: Frames(16_000),
            paused: true,
            resume_frame: Frames(16_000 - REWIND as u64),
            exit_stage: None,
            is_fully_paused: true,
            volume: Decibels::UNITY,
            end_reason: None,
        };
        assert_eq!(player.handle.snapshot(), held);
        player.send(if pause == TransportCommand::Toggle { pause } else { TransportCommand::Resume });
        assert_rises(player.play(8_000, BLOCK), Programme::SESSION, 16_000 - REWIND, PAUSE);
        assert_eq!(events(&player), [(TransportEvent::PauseStarted, 16_000), (TransportEvent::ResumeStarted, RESUMED)]);
        assert!(player.underruns().is_empty());
    }
}

#[test]
fn a_resume_during_the_fade_reverses_it() {
    let mut player = player(16_000);
    player.send(TransportCommand::Pause);
    player.play(1_200, BLOCK);
    player.send(TransportCommand::Resume);
    let half = 1.0 - 1_200.0 / PAUSE as f64;
    assert_same(player.play(1_200, BLOCK), &under(session(17_200, 1_200), rise(half, PAUSE)));
    assert!(player.play(8_000, BLOCK) == session(18_400, 8_000));
    assert_eq!(events(&player), [(TransportEvent::PauseStarted, 16_000), (TransportEvent::ResumeStarted, 17_200)]);
}

#[test]
fn a_pause_during_the_fade_in_holds_where_it_was_requested() {
    let mut player = player(16_000);
    player.send(TransportCommand::Pause);
    player.play(4_000, BLOCK);
    player.send(TransportCommand::Resume);
    player.play(800, BLOCK);
    player.send(TransportCommand::Pause);
    let part = 800.0 / PAUSE as f64;
    assert_same(player.play(800, BLOCK), &under(session(16_800 - REWIND, 800), fall(part, PAUSE)));
    assert!(is_silent(player.play(800, BLOCK)));
    assert_eq!(player.playhead(), place(Programme::SESSION, 16_800 - REWIND));
    // The next resume goes back no further than the one before.
    player.send(TransportCommand::Resume);
    assert_rises(player.play(8_000, BLOCK), Programme::SESSION, 16_000 - REWIND, PAUSE);
}

/// Returns the frame from which a resume plays after a pause at the present frame.
fn resumed_from(player: &mut TestPlayer) -> u64 {
    player.send(TransportCommand::Pause);
    player.play(4_000, BLOCK);
    player.send(TransportCommand::Resume);
    player.play(BLOCK, BLOCK);
    let (event, at) = *events(player).last().unwrap();
    assert_eq!(event, TransportEvent::ResumeStarted);
    assert_eq!(player.playhead().frame, Frames(at + BLOCK as u64), "it plays from where it reports");
    at
}

#[test]
fn a_resume_rewinds_at_most_to_the_segment_the_last_jump_or_the_last_resume() {
    let (rewind, block) = (REWIND as u64, BLOCK as u64);
    assert_eq!(resumed_from(&mut player(STARTS[1] + 800)), STARTS[1] as u64, "the start of the segment");
    assert_eq!(resumed_from(&mut player(STARTS[1] + REWIND + BLOCK)), STARTS[1] as u64 + block);

    let mut jumped = player(16_000);
    jumped.send(seek_to(30_000));
    jumped.play(DOWN + 800, BLOCK);
    assert_eq!(resumed_from(&mut jumped), 30_000, "the target of the jump");
    jumped.play(1_600, BLOCK);
    assert_eq!(resumed_from(&mut jumped), 30_000, "the last resume");
    jumped.play(8_000, BLOCK);
    assert_eq!(resumed_from(&mut jumped), 30_000 + block + 8_000 - rewind);

    let mut reversed = player(16_000);
    reversed.send(TransportCommand::Pause);
    reversed.play(800, BLOCK);
    reversed.send(TransportCommand::Resume);
    reversed.play(800, BLOCK);
    assert_eq!(resumed_from(&mut reversed), 16_800, "a pause that was reversed is a resume too");
}

#[test]
fn a_pause_and_a_resume_during_a_jump_are_reported_at_its_target() {
    let mut player = player(16_000);
    player.send(TransportCommand::Next);
    player.play(400, BLOCK);
    player.send(TransportCommand::Pause);
    player.send(TransportCommand::Resume);
    player.play(8_000, BLOCK);
    let to = STARTS[1] as u64;
    assert_eq!(events(&player)[1..], [(TransportEvent::PauseStarted, to), (TransportEvent::ResumeStarted, to)]);
}

#[test]
fn another_player_resumes_from_the_same_frame() {
    let mut first = player(16_000);
    first.send(TransportCommand::Pause);
    first.play(4_000, BLOCK);
    for waits in [0, 8_000] {
        let mut second = TestPlayer::new(&SESSION, first.handle.snapshot().start_point(false));
        assert!(is_silent(second.play(BLOCK + waits, BLOCK)));
        assert_eq!(second.playhead(), place(Programme::SESSION, 16_000));
        second.send(TransportCommand::Resume);
        assert_rises(second.play(8_000, BLOCK), Programme::SESSION, 16_000 - REWIND, PAUSE);
        assert_eq!(events(&second), [(TransportEvent::ResumeStarted, RESUMED)]);
    }
}

#[test]
fn a_resume_at_any_time_continues_at_its_frame() {
    for block in [BLOCK, 100, 77] {
        for later in [PAUSE - 2 * block, PAUSE - block, PAUSE, PAUSE + block, PAUSE + 3 * block] {
            let mut player = player(16_000);
            player.send(TransportCommand::Pause);
            player.play(later, block);
            let silent = player.handle.snapshot().is_fully_paused;
            player.send(TransportCommand::Resume);
            // The feeder is late.
            player.starve(block, block);
            player.play(2 * PAUSE, block);
            let begun = if silent { 16_000 - REWIND } else { 16_000 + later };
            let rises = player.output[16_000 + later..].iter().position(|frame| gain(*frame) > 0.0).unwrap();
            let played = player.output.len() - (16_000 + later + rises);
            assert_eq!(player.playhead(), place(Programme::SESSION, begun + played), "after {later} in {block}");
            let last = player.output[player.output.len() - 100..].to_vec();
            assert!(last == session(begun + played - 100, 100), "after {later} in {block}");
            assert!(player.underruns().is_empty(), "the late feeder is not audible");
        }
    }
}

#[test]
fn a_repeated_command_changes_nothing() {
    let mut player = player(16_000);
    for _ in 0..2 {
        player.send(TransportCommand::Pause);
    }
    player.play(800, BLOCK);
    player.send(TransportCommand::Pause);
    player.play(4_000, BLOCK);
    player.send(TransportCommand::Pause);
    player.play(800, BLOCK);
    assert_eq!(player.playhead(), place(Programme::SESSION, 16_000));
    for _ in 0..2 {
        player.send(TransportCommand::Resume);
        player.play(4_000, BLOCK);
    }
    assert_eq!(player.playhead(), place(Programme::SESSION, 24_000 - REWIND));
    assert_eq!(events(&player), [(TransportEvent::PauseStarted, 16_000), (TransportEvent::ResumeStarted, RESUMED)]);
}

#[test]
fn a_pause_before_the_first_frame_holds_at_the_beginning() {
    let mut player = TestPlayer::new(&SESSION, start_at(0));
    player.send(TransportCommand::Pause);
    assert!(is_silent(player.play(8_000, BLOCK)));
    assert_eq!(player.playhead(), place(Programme::SESSION, 0));
    player.send(TransportCommand::Toggle);
    assert_rises(player.play(8_000, BLOCK), Programme::SESSION, 0, PAUSE);
}

#[test]
fn a_session_that_starts_paused_waits() {
    let mut player = TestPlayer::new(&SESSION, StartPoint { paused: true, ..start_at(50_000) });
    assert!(is_silent(player.play(8_000, BLOCK)));
    assert!(player.handle.snapshot().is_fully_paused);
    player.send(TransportCommand::Resume);
    assert_rises(player.play(8_000, BLOCK), Programme::SESSION, 50_000, PAUSE);
}
