//! The audio callback never allocates or frees, whatever the commands and however little is in its ring.

use crate::player::transport::{EndReason, TransportCommand, TransportEvent};
use crate::player::{PlayerEvent, PlayerNotice};
use crate::testing::probe_session::{CLOSING, RATE, plain};
use crate::testing::test_player::{TestPlayer, start_at};
use crate::units::{Decibels, Frames, SILENCE};
use assert_no_alloc::assert_no_alloc;

const COMMANDS: [TransportCommand; 11] = [
    TransportCommand::Pause,
    TransportCommand::Resume,
    TransportCommand::Toggle,
    TransportCommand::Next,
    TransportCommand::Back,
    TransportCommand::SeekBy(-8_000),
    TransportCommand::SeekBy(4_000),
    TransportCommand::SeekTo(Frames(40_000)),
    TransportCommand::Soften,
    TransportCommand::SetVolume(Decibels(-3.0)),
    TransportCommand::SetVolume(Decibels(6.0)),
];

/// Plays this many frames, and forbids allocation in the callback.
fn play(player: &mut TestPlayer, frames: usize, feed: bool) {
    let mut block = [SILENCE; 80];
    for _ in 0..frames / block.len() {
        if feed {
            player.feeder.pump();
        }
        assert_no_alloc(|| player.callback.fill(&mut block));
    }
    while let Some(notice) = player.handle.next_notice() {
        player.notices.push(notice);
    }
}

fn send_and_play(player: &mut TestPlayer, command: TransportCommand, frames: usize) {
    player.send(command);
    play(player, frames, true);
}

#[test]
fn every_pair_of_commands_allocates_nothing() {
    let session = plain();
    for first in COMMANDS {
        for second in COMMANDS {
            let mut player = TestPlayer::new(&session, start_at(16_000));
            play(&mut player, 1_600, true);
            send_and_play(&mut player, first, 400);
            send_and_play(&mut player, second, 4_000);
            send_and_play(&mut player, first, 4_000);
            assert_eq!(player.end_reason(), None);
        }
    }
}

#[test]
fn a_dry_ring_in_every_state_allocates_nothing() {
    let session = plain();
    for command in COMMANDS.into_iter().chain([TransportCommand::Exit, TransportCommand::Stop]) {
        let mut player = TestPlayer::new(&session, start_at(16_000));
        play(&mut player, 1_600, true);
        play(&mut player, 12_000, false);
        send_and_play(&mut player, command, 80);
        play(&mut player, 12_000, false);
        play(&mut player, 4_000, true);
        play(&mut player, 8_000, false);
        player.send(command);
        play(&mut player, 12_000, false);
        play(&mut player, 4_000, true);
        if command == TransportCommand::Resume {
            assert_eq!(player.underruns().len(), 3, "the ring ran dry");
        }
    }
}

#[test]
fn every_ending_allocates_nothing() {
    let session = plain();
    for (from_frame, last, reason) in [
        (17 * RATE as u64, None, EndReason::Completed),
        (8_000, Some(TransportCommand::Exit), EndReason::Exited),
        (8_000, Some(TransportCommand::Stop), EndReason::Stopped),
    ] {
        let mut player = TestPlayer::new(&session, start_at(from_frame));
        play(&mut player, 800, true);
        if let Some(last) = last {
            player.send(last);
        }
        play(&mut player, 2 * RATE + CLOSING + 800, true);
        assert_eq!(player.end_reason(), Some(reason));
        for command in COMMANDS {
            send_and_play(&mut player, command, 800);
        }
    }
}

#[test]
fn full_queues_allocate_nothing() {
    let mut player = TestPlayer::new(&plain(), start_at(8_000));
    play(&mut player, 800, true);
    let mut block = [SILENCE; 8];
    for turn in 0..10_000 {
        let _ = player.handle.send(COMMANDS[turn % COMMANDS.len()]);
        assert_no_alloc(|| player.callback.fill(&mut block));
    }
    send_and_play(&mut player, TransportCommand::Exit, 2 * RATE + CLOSING + 800);
    assert!(player.handle.snapshot().exit_stage.is_some());
}

#[test]
fn the_end_is_reported_however_many_notices_are_unread() {
    let mut player = TestPlayer::new(&plain(), start_at(8_000));
    play(&mut player, 800, true);
    let mut block = [SILENCE; 8];
    for turn in 0..20_000 {
        let _ = player.handle.send([TransportCommand::Pause, TransportCommand::Resume][turn % 2]);
        assert_no_alloc(|| player.callback.fill(&mut block));
    }
    player.handle.send(TransportCommand::Stop).unwrap();
    for _ in 0..RATE / block.len() {
        player.feeder.pump();
        assert_no_alloc(|| player.callback.fill(&mut block));
    }
    player.notices.clear();
    player.notices.extend(std::iter::from_fn(|| player.handle.next_notice()));
    let is_end = |notice: &PlayerNotice| {
        matches!(notice.event, PlayerEvent::Transport(TransportEvent::Ended(EndReason::Stopped)))
    };
    assert!(player.notices.len() > 4_000, "the queue of notices was full");
    assert!(player.notices.last().is_some_and(is_end), "the end is the last notice");
    assert_eq!(player.notices.iter().filter(|notice| is_end(notice)).count(), 1);
    assert_eq!(player.handle.next_notice(), None, "the end is reported once");
}

#[test]
fn later_versions_allocate_nothing() {
    let session = plain();
    let version = || plain().version();
    for command in COMMANDS.into_iter().chain([TransportCommand::Exit, TransportCommand::Stop]) {
        let mut player = TestPlayer::new(&session, start_at(16_000));
        play(&mut player, 1_600, true);
        for _ in 0..3 {
            assert!(player.handle.switch_version(version()));
            assert!(!player.handle.switch_version(version()), "the version before is not taken up yet");
            send_and_play(&mut player, command, 400);
        }
        play(&mut player, 4_000, true);
    }
}
