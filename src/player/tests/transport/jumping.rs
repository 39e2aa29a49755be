//! Next, back and seek.

use super::*;

#[test]
fn a_jump_fades_out_over_150_milliseconds_and_in_over_100() {
    for (command, to) in
        [(TransportCommand::Next, STARTS[2]), (TransportCommand::Back, STARTS[1]), (seek(5), STARTS[1] + 8 * RATE)]
    {
        let now = STARTS[1] + 3 * RATE;
        let mut player = player(now);
        player.send(command);
        assert_same(player.play(DOWN, BLOCK), &under(session(now, DOWN), fall(1.0, DOWN)));
        assert_rises(player.play(8_000, BLOCK), Programme::SESSION, to, UP);
        assert_eq!(events(&player), [(TransportEvent::JumpStarted { to: Frames(to as u64) }, now as u64)]);
        assert_eq!(player.segments().last().unwrap().1, to as u64);
    }
}

#[test]
fn jumps_have_the_documented_targets() {
    let (second, end) = (RATE, FRAMES);
    let cases: &[(usize, &[TransportCommand], &[usize])] = &[
        (second, &[TransportCommand::Next], &[STARTS[1]]),
        (STARTS[3] + second, &[TransportCommand::Next], &[end]),
        (STARTS[1] + second, &[TransportCommand::Back], &[STARTS[0]]),
        (STARTS[1] + 2 * second - BLOCK, &[TransportCommand::Back], &[STARTS[0]]),
        (STARTS[1] + 2 * second, &[TransportCommand::Back], &[STARTS[1]]),
        (second, &[TransportCommand::Back], &[0]),
        (4 * second, &[TransportCommand::Back], &[0]),
        (4 * second, &[seek(-10)], &[0]),
        (4 * second, &[seek(2)], &[6 * second]),
        (4 * second, &[seek(100)], &[end]),
        (4 * second, &[TransportCommand::SeekBy(i64::MAX)], &[end]),
        (4 * second, &[TransportCommand::SeekBy(i64::MIN)], &[0]),
        (4 * second, &[seek_to(6 * second)], &[6 * second]),
        (4 * second, &[seek_to(4 * second)], &[4 * second]),
        (4 * second, &[seek_to(0)], &[0]),
        (4 * second, &[seek_to(end)], &[end]),
        (4 * second, &[TransportCommand::SeekTo(Frames(u64::MAX))], &[end]),
        // An absolute seek does not depend on a jump in progress.
        (second, &[TransportCommand::Next, seek_to(2 * second)], &[STARTS[1], 2 * second]),
        (second, &[seek_to(6 * second), seek_to(7 * second)], &[6 * second, 7 * second]),
        (second, &[seek_to(6 * second), seek(1)], &[6 * second, 7 * second]),
        // A relative command during a jump counts from its target.
        (second, &[TransportCommand::Next, TransportCommand::Next], &[STARTS[1], STARTS[2]]),
        (
            second,
            &[TransportCommand::Next, TransportCommand::Next, TransportCommand::Next, TransportCommand::Next],
            &STARTS[1..],
        ),
        (STARTS[2] + 2 * second, &[TransportCommand::Back, TransportCommand::Back], &[STARTS[2], STARTS[1]]),
        (second, &[seek(2), seek(2), seek(-1)], &[3 * second, 5 * second, 4 * second]),
        (
            second,
            &[TransportCommand::Next, seek(3), TransportCommand::Back],
            &[STARTS[1], STARTS[1] + 3 * second, STARTS[1]],
        ),
        (
            second,
            &[TransportCommand::Next, seek(1), TransportCommand::Back],
            &[STARTS[1], STARTS[1] + second, STARTS[0]],
        ),
        // During the ring-out, `next` never jumps back.
        (end + 800, &[TransportCommand::Next], &[end + 800]),
        (end + 800, &[seek(10)], &[end + 800]),
        (end + 800, &[seek_to(end + second)], &[end + 800]),
        (end + 800, &[seek_to(end - second)], &[end - second]),
        (end + 800, &[seek(-1)], &[end + 800 - second]),
        (end + 800, &[TransportCommand::Back], &[STARTS[3]]),
    ];
    for (now, commands, expected) in cases {
        for (between, paused) in [(0, false), (BLOCK, false), (0, true), (BLOCK, true)] {
            let mut player = player(*now);
            if paused {
                player.send(TransportCommand::Pause);
                player.play(PAUSE, BLOCK);
            }
            for command in *commands {
                player.send(*command);
                if paused && between > 0 {
                    player.starve(between, BLOCK);
                } else {
                    player.play(between, BLOCK);
                }
            }
            player.play(DOWN + BLOCK, BLOCK);
            let expected: Vec<_> = expected.iter().map(|frame| *frame as u64).collect();
            assert_eq!(targets(&player), expected, "{commands:?} at {now}");
            let landed = player.playhead().frame.0 - expected.last().unwrap();
            assert!(
                if paused { landed == 0 } else { landed <= ((1 + commands.len()) * BLOCK) as u64 },
                "{commands:?} at {now}"
            );
        }
    }
}

#[test]
fn a_jump_in_a_pause_stays_paused() {
    for command in [TransportCommand::Next, TransportCommand::Back, seek(3), seek_to(5 * RATE)] {
        let mut player = player(16_000);
        player.send(TransportCommand::Pause);
        player.play(4_000, BLOCK);
        player.send(command);
        assert!(is_silent(player.play(8_000, BLOCK)));
        let to = targets(&player)[0] as usize;
        assert_eq!(player.playhead(), place(Programme::SESSION, to));
        assert!(player.handle.snapshot().is_fully_paused);
        player.send(TransportCommand::Resume);
        assert_rises(player.play(8_000, BLOCK), Programme::SESSION, to, PAUSE);
    }
}

#[test]
fn a_pause_during_a_jump_holds_at_the_target() {
    let mut player = player(16_000);
    player.send(TransportCommand::Next);
    player.play(400, BLOCK);
    player.send(TransportCommand::Pause);
    player.play(8_000, BLOCK);
    assert_eq!(player.playhead(), place(Programme::SESSION, STARTS[1]));
    assert!(player.handle.snapshot().is_fully_paused);
    player.send(TransportCommand::Resume);
    assert_rises(player.play(8_000, BLOCK), Programme::SESSION, STARTS[1], PAUSE);
}

#[test]
fn a_seek_during_the_fade_of_a_pause_counts_from_the_held_frame() {
    let mut player = player(16_000);
    player.send(TransportCommand::Pause);
    player.play(800, BLOCK);
    player.send(seek(1));
    player.play(8_000, BLOCK);
    assert_eq!(player.playhead(), place(Programme::SESSION, 24_000));
    assert!(player.handle.snapshot().is_fully_paused);
}

#[test]
fn next_in_the_last_segment_completes_the_session() {
    let mut player = player(STARTS[3] + RATE);
    player.send(TransportCommand::Next);
    assert_eq!(player.play_to_end(BLOCK, DOWN + RING_OUT + BLOCK), Some(EndReason::Completed));
}

#[test]
fn back_skips_a_segment_without_length() {
    let text = "[[segment]]\nclip = \"one.wav\"\n[[segment]]\nbell = \"block\"\nhold = \"0s\"\n[[segment]]\nclip = \"two.wav\"";
    let prepared = with_clips(text);
    let mut player = TestPlayer::at(&prepared, 5 * RATE + 800);
    player.send(TransportCommand::Back);
    player.play(DOWN + 800, BLOCK);
    assert_eq!(targets(&player), [0]);
}

/// Silences that are too short to skip to, between others; two chapters.
const MIXED: &str = r#"
    settle = "2s"
    [[segment]]
    chapter = "One"
    clip = "one.wav"
    [[segment]]
    silence = "3s"
    [[segment]]
    silence = "9s"
    least = "9s"
    [[segment]]
    chapter = "Two"
    say = "Shown."
    [[segment]]
    silence = "10s"
    [[segment]]
    silence = "4s"
    [[segment]]
    bell = "block"
    hold = "1s"
    [[segment]]
    say = "Left out."
    tags = ["avoided"]
    [[segment]]
    silence = "5s"
"#;

#[test]
fn next_and_back_skip_short_silences() {
    let prepared = with_clips(MIXED);
    let session = prepared.session();
    let start = |index: usize| session.segments[index].start.0;
    // The settling time, the line, the shown line, the long silence, the bell; then the end.
    let stops = [0, start(1), start(4), start(5), start(7), session.frames.0];
    let mut player = TestPlayer::new(&prepared, start_at(0));
    player.send(TransportCommand::Pause);
    player.play(BLOCK, BLOCK);
    (1..stops.len()).for_each(|_| player.send(TransportCommand::Next));
    player.play(BLOCK, BLOCK);
    assert_eq!(targets(&player), stops[1..]);
    // Near the end of all, in the silence of 5 s, `back` leads to the bell before it, and from there on.
    (1..stops.len()).for_each(|_| player.send(TransportCommand::Back));
    player.play(BLOCK, BLOCK);
    let back: Vec<_> = stops[..stops.len() - 1].iter().rev().copied().collect();
    assert_eq!(targets(&player)[stops.len() - 1..], back);
}

#[test]
fn chapters_can_be_reached_from_any_frame() {
    let prepared = with_clips(MIXED);
    let session = prepared.session();
    let (one, two, end) = (session.segments[1].start.0, session.segments[4].start.0, session.frames.0);
    let second = RATE as u64;
    let cases = [
        (0, 1, one),
        (0, 2, two),
        (0, 3, end),
        (one + second, 1, two),
        (two, 1, end),
        (two + 3 * second, i32::MAX, end),
        (0, -1, 0),
        (one, -1, 0),
        (one + 5 * second, -1, one),
        (two + second, -1, one),
        (two + 2 * second, -1, two),
        (two + 2 * second, -2, one),
        (two + 2 * second, -3, 0),
        (end, i32::MIN, 0),
    ];
    for (from, by, to) in cases {
        let mut player = TestPlayer::new(&prepared, StartPoint { paused: true, ..start_at(from) });
        player.play(BLOCK, BLOCK);
        player.send(TransportCommand::ChapterBy(by));
        player.play(BLOCK, BLOCK);
        assert_eq!(targets(&player), [to], "{by} from {from}");
    }
}

#[test]
fn chapter_jumps_have_no_effect_without_chapters() {
    let mut player = player(16_000);
    player.send(TransportCommand::ChapterBy(1));
    player.send(TransportCommand::ChapterBy(-1));
    player.play(800, BLOCK);
    assert_eq!(events(&player), []);
}
