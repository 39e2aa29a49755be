//! The audio callback never allocates or frees, whatever the commands and however little is in its ring.

use crate::player::transport::{EndReason, TransportCommand, TransportEvent};
use crate::player::{PlayerEvent, PlayerNotice};
use crate::testing::listener::{Listener, start_at};
use crate::testing::plain::{CLOSING, RATE, plain};
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
fn play(listener: &mut Listener, frames: usize, feed: bool) {
    let mut block = [SILENCE; 80];
    for _ in 0..frames / block.len() {
        if feed {
            listener.feeder.pump();
        }
        assert_no_alloc(|| listener.callback.fill(&mut block));
    }
    while let Some(notice) = listener.handle.next_notice() {
        listener.notices.push(notice);
    }
}

fn send_and_play(listener: &mut Listener, command: TransportCommand, frames: usize) {
    listener.send(command);
    play(listener, frames, true);
}

#[test]
fn every_pair_of_commands_allocates_nothing() {
    let session = plain();
    for first in COMMANDS {
        for second in COMMANDS {
            let mut listener = Listener::new(&session, start_at(16_000));
            play(&mut listener, 1_600, true);
            send_and_play(&mut listener, first, 400);
            send_and_play(&mut listener, second, 4_000);
            send_and_play(&mut listener, first, 4_000);
            assert_eq!(listener.end_reason(), None);
        }
    }
}

#[test]
fn a_dry_ring_in_every_state_allocates_nothing() {
    let session = plain();
    for command in COMMANDS.into_iter().chain([TransportCommand::Exit, TransportCommand::Stop]) {
        let mut listener = Listener::new(&session, start_at(16_000));
        play(&mut listener, 1_600, true);
        play(&mut listener, 12_000, false);
        send_and_play(&mut listener, command, 80);
        play(&mut listener, 12_000, false);
        play(&mut listener, 4_000, true);
        play(&mut listener, 8_000, false);
        listener.send(command);
        play(&mut listener, 12_000, false);
        play(&mut listener, 4_000, true);
        if command == TransportCommand::Resume {
            assert_eq!(listener.underruns().len(), 3, "the ring ran dry");
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
        let mut listener = Listener::new(&session, start_at(from_frame));
        play(&mut listener, 800, true);
        if let Some(last) = last {
            listener.send(last);
        }
        play(&mut listener, 2 * RATE + CLOSING + 800, true);
        assert_eq!(listener.end_reason(), Some(reason));
        for command in COMMANDS {
            send_and_play(&mut listener, command, 800);
        }
    }
}

#[test]
fn full_queues_allocate_nothing() {
    let mut listener = Listener::new(&plain(), start_at(8_000));
    play(&mut listener, 800, true);
    let mut block = [SILENCE; 8];
    for turn in 0..10_000 {
        let _ = listener.handle.send(COMMANDS[turn % COMMANDS.len()]);
        assert_no_alloc(|| listener.callback.fill(&mut block));
    }
    send_and_play(&mut listener, TransportCommand::Exit, 2 * RATE + CLOSING + 800);
    assert!(listener.handle.snapshot().exit_stage.is_some());
}

#[test]
fn the_end_is_reported_however_many_notices_are_unread() {
    let mut listener = Listener::new(&plain(), start_at(8_000));
    play(&mut listener, 800, true);
    let mut block = [SILENCE; 8];
    for turn in 0..20_000 {
        let _ = listener.handle.send([TransportCommand::Pause, TransportCommand::Resume][turn % 2]);
        assert_no_alloc(|| listener.callback.fill(&mut block));
    }
    listener.handle.send(TransportCommand::Stop).unwrap();
    for _ in 0..RATE / block.len() {
        listener.feeder.pump();
        assert_no_alloc(|| listener.callback.fill(&mut block));
    }
    listener.notices.clear();
    listener.notices.extend(std::iter::from_fn(|| listener.handle.next_notice()));
    let is_end = |notice: &PlayerNotice| {
        matches!(notice.event, PlayerEvent::Transport(TransportEvent::Ended(EndReason::Stopped)))
    };
    assert!(listener.notices.len() > 4_000, "the queue of notices was full");
    assert!(listener.notices.last().is_some_and(is_end), "the end is the last notice");
    assert_eq!(listener.notices.iter().filter(|notice| is_end(notice)).count(), 1);
    assert_eq!(listener.handle.next_notice(), None, "the end is reported once");
}

#[test]
fn later_versions_allocate_nothing() {
    let session = plain();
    let version = || plain().version();
    for command in COMMANDS.into_iter().chain([TransportCommand::Exit, TransportCommand::Stop]) {
        let mut listener = Listener::new(&session, start_at(16_000));
        play(&mut listener, 1_600, true);
        for _ in 0..3 {
            assert!(listener.handle.switch_version(version()));
            assert!(!listener.handle.switch_version(version()), "the version before is not taken up yet");
            send_and_play(&mut listener, command, 400);
        }
        play(&mut listener, 4_000, true);
    }
}
