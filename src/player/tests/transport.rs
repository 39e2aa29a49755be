//! All commands: their durations, targets and events.

mod jumping;
mod leaving;
mod open_silence;
mod pausing;
mod softening;
mod volume;

use std::sync::LazyLock;

use crate::player::transport::{EndReason, Playhead, TransportCommand, TransportEvent};
use crate::player::{PlayerSnapshot, StartPoint};
use crate::testing::probe_session::{
    CLOSING, RATE, RING_OUT, SOFTEN, STARTS, assert_same, fall, gain, plain, rise, under, with_clips,
};
use crate::testing::session::Prepared;
use crate::testing::test_player::{TestPlayer, start_at};
use crate::timeline::Programme;
use crate::units::{Decibels, Frame, Frames, SILENCE};

static SESSION: LazyLock<Prepared> = LazyLock::new(plain);
static RENDERED: LazyLock<Vec<Vec<Frame>>> =
    LazyLock::new(|| Programme::all().map(|programme| SESSION.render(programme)).collect());

const PAUSE: usize = RATE / 4;
const REWIND: usize = RATE * 3 / 10;
/// The frame from which a session resumes that was paused at frame 16,000.
const RESUMED: u64 = 16_000 - REWIND as u64;
const DOWN: usize = RATE * 15 / 100;
const UP: usize = RATE / 10;
const EXIT: usize = 2 * RATE;
const STOP: usize = RATE / 10;
const VOLUME: usize = RATE / 10;
const FRAMES: usize = STARTS[4];
const BLOCK: usize = 80;

fn rendered(programme: Programme, from: usize, count: usize) -> &'static [Frame] {
    &RENDERED[programme.index()][from..from + count]
}

fn session(from: usize, count: usize) -> &'static [Frame] {
    rendered(Programme::SESSION, from, count)
}

fn player(at: usize) -> TestPlayer {
    TestPlayer::at(&SESSION, at)
}

fn seek(seconds: i64) -> TransportCommand {
    TransportCommand::SeekBy(seconds * i64::from(SESSION.session().rate.hertz()))
}

fn seek_to(frame: usize) -> TransportCommand {
    TransportCommand::SeekTo(Frames(frame as u64))
}

fn is_silent(output: &[Frame]) -> bool {
    output.iter().all(|frame| *frame == SILENCE)
}

/// All events so far, with their frames.
fn events(player: &TestPlayer) -> Vec<(TransportEvent, u64)> {
    player.events().map(|(event, at)| (event, at.0)).collect()
}

/// Returns the targets of all jumps so far.
fn targets(player: &TestPlayer) -> Vec<u64> {
    let targets = player.events().filter_map(|(event, _)| match event {
        TransportEvent::JumpStarted { to } => Some(to.0),
        _ => None,
    });
    targets.collect()
}

fn place(programme: Programme, frame: usize) -> Playhead {
    Playhead { programme, frame: Frames(frame as u64) }
}

/// Checks that the sound fades in at a playhead over this many frames and continues.
#[track_caller]
fn assert_rises(output: &[Frame], programme: Programme, from: usize, over: usize) {
    assert_same(&output[..over], &under(rendered(programme, from, over), rise(0.0, over)));
    let rest = &output[over..];
    assert!(rest == rendered(programme, from + over, rest.len()), "after the rise");
}

#[test]
fn several_commands_in_one_block_are_applied_in_order() {
    let mut player = player(16_000);
    for command in [
        TransportCommand::Pause,
        TransportCommand::Resume,
        TransportCommand::Next,
        seek(1),
        TransportCommand::Pause,
        TransportCommand::Toggle,
    ] {
        player.send(command);
    }
    player.play(DOWN, BLOCK);
    assert_rises(player.play(8_000, BLOCK), Programme::SESSION, STARTS[1] + RATE, UP);
}

#[test]
fn ramps_have_the_same_length_at_every_rate() {
    for rate in [11_025, 44_100, 48_000, 96_000, 192_000] {
        let rate = crate::testing::session::hertz(rate);
        let tenth = rate.frames(std::time::Duration::from_millis(100)).index();
        let recordings = crate::testing::clips::Recordings::default()
            .with("one.wav", crate::testing::probe_session::identifiable(rate, 45 * tenth, 1))
            .with("two.wav", crate::testing::probe_session::identifiable(rate, 10 * tenth, 2));
        let text = "[[segment]]\nclip = \"one.wav\"\n[[segment]]\nclip = \"two.wav\"\n[[exit]]\nclip = \"two.wav\"";
        let prepared = Prepared::new(text, &recordings, rate);
        let cases = [
            (TransportCommand::Pause, 250),
            (TransportCommand::Next, 150),
            (TransportCommand::Exit, 2_000),
            (TransportCommand::Stop, 100),
        ];
        for (command, milliseconds) in cases {
            let mut player = TestPlayer::new(&prepared, start_at(0));
            player.play(10 * tenth, 512);
            player.send(command);
            let whole = rate.frames(std::time::Duration::from_millis(milliseconds)).index();
            let output = player.play(whole, 512);
            assert!(output[..whole - 1].windows(2).all(|pair| gain(pair[1]) <= gain(pair[0])), "{command:?}, {rate}");
            assert!(gain(output[whole / 2]) > 0.49 && gain(output[whole / 2]) < 0.51, "{command:?} at {rate}");
            assert!(output[whole - 1][0].abs() < 1e-12, "{command:?} at {rate}");
        }
    }
}
