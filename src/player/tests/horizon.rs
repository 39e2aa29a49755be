//! Playback while the horizon moves: every frame of the last version, none missing or repeated, and nothing beyond the horizon.

use std::sync::LazyLock;

use crate::player::transport::{EndReason, TransportCommand, TransportEvent};
use crate::player::{TimelineVersion, WaitReason};
use crate::timeline::Programme;
use crate::units::{Frame, Frames, SILENCE};
use proptest::prelude::*;

use crate::testing::cases;
use crate::testing::clips::Recordings;
use crate::testing::probe_session::{RATE, gain, identifiable};
use crate::testing::session::{Prepared, hertz};
use crate::testing::test_player::{TestPlayer, start_at};

/// The length of the fade at the horizon, in frames.
const GENTLE_FADE: usize = RATE / 4;
/// The maximum look-ahead of the limiter, in frames.
const LOOKAHEAD: usize = RATE / 20;

/// A bell of 2 s, three lines of 3, 1 and 2 s with a silence before the last, and a gentler passage and a closing of a line each.
const TEXT: &str = r#"
    [bell.first]
    clip = "first.wav"
    [[segment]]
    bell = "first"
    hold = "2s"
    [[segment]]
    say = "One."
    [[segment]]
    say = "Two."
    [[segment]]
    silence = "500ms"
    [[segment]]
    say = "Three."
    [[soften]]
    say = "Softly."
    [[exit]]
    say = "Farewell."
"#;

/// The lines in the order in which they are spoken.
const LINES: [&str; 5] = ["One.", "Softly.", "Farewell.", "Two.", "Three."];
/// Where the segments begin in the last version.
const ONE: usize = 2 * RATE;
const TWO: usize = 5 * RATE;
const THREE: usize = 6 * RATE + RATE / 2;
const END: usize = THREE + 2 * RATE;

/// The versions, from one without any speech to the complete one.
static VERSIONS: LazyLock<Vec<Prepared>> = LazyLock::new(|| {
    let rate = hertz(RATE as u32);
    let lengths = [("One.", 3), ("Two.", 1), ("Three.", 2), ("Softly.", 3), ("Farewell.", 2)];
    let recordings = Recordings::default().with("first.wav", identifiable(rate, 2 * RATE, 9));
    let recordings = lengths.iter().enumerate().fold(recordings, |all, (seed, (words, seconds))| {
        all.with_speech(words, identifiable(rate, seconds * RATE, seed as u32))
    });
    (0..=LINES.len()).map(|spoken_lines| Prepared::awaiting(TEXT, &recordings, rate, &LINES[spoken_lines..])).collect()
});

static RENDERED: LazyLock<Vec<Vec<Frame>>> =
    LazyLock::new(|| Programme::all().map(|programme| last().render(programme)).collect());

fn last() -> &'static Prepared {
    &VERSIONS[LINES.len()]
}

fn session() -> &'static [Frame] {
    &RENDERED[Programme::SESSION.index()]
}

fn version(spoken_lines: usize) -> TimelineVersion {
    VERSIONS[spoken_lines].version()
}

/// Creates a listener to the version in which this many lines are spoken.
fn player(spoken_lines: usize) -> TestPlayer {
    TestPlayer::new(&VERSIONS[spoken_lines], start_at(0))
}

fn switch_version(player: &mut TestPlayer, spoken_lines: usize) {
    assert!(player.handle.switch_version(version(spoken_lines)));
}

/// Returns the output without the silences that were held.
fn without_silence(output: &[Frame]) -> Vec<Frame> {
    output.iter().filter(|frame| **frame != SILENCE).copied().collect()
}

#[test]
fn the_playhead_holds_at_the_horizon_until_the_next_line_is_spoken() {
    let mut player = player(0);
    player.play(4 * RATE, 80);
    let held = player.playhead().frame.index();
    assert!(held <= ONE && held > ONE - LOOKAHEAD, "{held}");
    assert_eq!(player.handle.wait_reason(), Some(WaitReason::Speech));
    assert!(player.output[..held - GENTLE_FADE] == session()[..held - GENTLE_FADE]);
    assert!(
        player.output[held - GENTLE_FADE..held].windows(2).all(|pair| gain(pair[1]) < gain(pair[0])),
        "it fades out slowly"
    );
    assert!(player.output[held..].iter().all(|frame| *frame == SILENCE));

    switch_version(&mut player, 1);
    let output = player.play(RATE, 80);
    assert!(output[GENTLE_FADE..] == session()[held + GENTLE_FADE..held + RATE]);
    assert!(output[..GENTLE_FADE].windows(2).all(|pair| gain(pair[1]) > gain(pair[0])), "it fades in slowly");
    assert_eq!(player.handle.wait_reason(), None);
    assert!(player.underruns().is_empty(), "waiting for a line is no underrun");
}

#[test]
fn a_line_too_short_for_fades_waits_for_the_next() {
    const SHORT: &str = "[[segment]]\nsilence = \"1s\"\n[[segment]]\nsay = \"One.\"\n[[segment]]\nsay = \"Two.\"\n";
    let rate = hertz(RATE as u32);
    let recordings = Recordings::default()
        .with_speech("One.", identifiable(rate, 2 * RATE / 5, 1))
        .with_speech("Two.", identifiable(rate, RATE, 2));
    let [nothing, one, both] =
        [&["One.", "Two."][..], &["Two."], &[]].map(|awaited| Prepared::awaiting(SHORT, &recordings, rate, awaited));
    let mut player = TestPlayer::new(&nothing, start_at(0));
    player.play(2 * RATE, 80);
    let held = player.playhead();
    assert!(player.handle.switch_version(one.version()));
    player.play(RATE, 80);
    assert_eq!((player.playhead(), player.handle.wait_reason()), (held, Some(WaitReason::Speech)));
    assert!(player.handle.switch_version(both.version()));
    assert_eq!(player.play_to_end(80, 4 * RATE), Some(EndReason::Completed));
    let output = &player.output[3 * RATE..];
    let (first, whole) = (held.frame.index(), both.render(Programme::SESSION));
    assert!(output[GENTLE_FADE..whole.len() - first] == whole[first + GENTLE_FADE..]);
    assert!(player.underruns().is_empty());
}

#[test]
fn an_underrun_before_the_horizon_is_reported_without_the_wait_after_it() {
    let mut player = player(1);
    // The ring is full up to the fade before the horizon, and is not filled further from then on.
    let lacks = RATE / 10;
    player.play(TWO - RATE - GENTLE_FADE, 80);
    let before = player.playhead().frame.index();
    player.starve(RATE + lacks, 80);
    let held = player.playhead().frame.index();
    assert!(held < TWO - LOOKAHEAD, "{held} after {before}");
    let lacked = before + RATE + lacks - held;
    player.play(2 * RATE, 80);
    assert_eq!(player.playhead().frame.index(), held, "the rest is too short to fade in and out");
    switch_version(&mut player, LINES.len());
    let output = player.play(RATE, 80);
    assert!(output[GENTLE_FADE..] == session()[held + GENTLE_FADE..held + RATE]);
    assert_eq!(player.underruns(), [lacked as u64]);
}

#[test]
fn a_horizon_that_moves_in_time_is_inaudible() {
    let mut player = player(0);
    for spoken_lines in 1..=LINES.len() {
        player.play(RATE / 4, 80);
        switch_version(&mut player, spoken_lines);
    }
    assert_eq!(player.play_to_end(80, 2 * END), Some(EndReason::Completed));
    assert!(player.output[..END] == *session());
    assert_eq!(
        player.segments(),
        [0, ONE, TWO, TWO + RATE, THREE].map(|start| start as u64).into_iter().enumerate().collect::<Vec<_>>()
    );
    assert!(player.underruns().is_empty());
}

#[test]
fn no_jump_leads_beyond_the_horizon() {
    for (spoken_lines, horizon) in [(0, ONE), (1, TWO), (4, THREE)] {
        for command in
            [TransportCommand::Next, TransportCommand::SeekBy(800_000), TransportCommand::SeekTo(Frames(800_000))]
        {
            let mut player = player(spoken_lines);
            player.play(RATE, 80);
            for _ in 0..6 {
                player.send(command);
                player.play(RATE, 80);
            }
            assert_eq!(player.playhead().frame.index(), horizon, "{command:?}");
            assert_eq!(player.handle.wait_reason(), Some(WaitReason::Speech));
            switch_version(&mut player, LINES.len());
            let output = player.play(RATE, 80);
            assert!(output[RATE / 10..] == session()[horizon + RATE / 10..horizon + RATE], "{command:?}");
            assert!(player.underruns().is_empty());
        }
    }
}

#[test]
fn exit_and_soften_do_not_wait_at_the_horizon() {
    for (spoken_lines, spoken) in [(0, false), (3, true)] {
        for command in [TransportCommand::Exit, TransportCommand::Soften] {
            let mut player = player(spoken_lines);
            player.play(10 * RATE, 80);
            assert_eq!(player.handle.wait_reason(), Some(WaitReason::Speech));
            let begun = player.output.len();
            player.send(command);
            player.play(RATE, 80);
            let programme = player.playhead().programme;
            assert_ne!(programme, Programme::SESSION);
            let output = &player.output[begun..];
            let first = output.iter().position(|frame| *frame != SILENCE);
            assert_eq!(first.is_some(), spoken, "{command:?}");
            let length = VERSIONS[spoken_lines].programmes[programme].end.index();
            if command == TransportCommand::Exit {
                assert_eq!(player.play_to_end(80, length), Some(EndReason::Exited));
            } else {
                player.play(length, 80);
                assert!(player.events().any(|(event, _)| event == TransportEvent::GentlerPassageEnded));
            }
        }
    }
}

#[test]
fn a_programme_in_progress_keeps_its_timeline() {
    for (command, fade) in [(TransportCommand::Exit, 2 * RATE), (TransportCommand::Soften, RATE / 5)] {
        let mut player = player(0);
        player.play(RATE, 80);
        player.send(command);
        player.play(fade + RATE, 80);
        let programme = player.playhead().programme;
        assert_ne!(programme, Programme::SESSION);
        switch_version(&mut player, LINES.len());
        let end = VERSIONS[0].programmes[programme].end.index();
        let remaining = end - player.playhead().frame.index();
        let output = player.play(remaining, 80);
        assert!(output.iter().all(|frame| *frame == SILENCE), "the line is shown and not spoken, to its end");
        player.play(RATE, 80);
        if command == TransportCommand::Soften {
            assert!(player.events().any(|(event, _)| event == TransportEvent::GentlerPassageEnded));
            player.play(RATE, 80);
            assert!(player.output.last().is_some_and(|frame| *frame != SILENCE), "the session goes on");
            player.send(TransportCommand::Soften);
            let output = player.play(RATE, 80);
            let softly = &RENDERED[programme.index()];
            assert!(
                without_silence(&output[RATE / 2..])[..100].iter().all(|frame| softly.contains(frame)),
                "now it is spoken"
            );
        } else {
            assert_eq!(player.end_reason(), Some(EndReason::Exited));
        }
    }
}

#[test]
fn the_player_is_in_the_session_until_another_programme_is_requested() {
    let mut player = player(LINES.len());
    let is_in_session = |player: &TestPlayer| player.handle.is_in_session();
    let fades = RATE / 4;
    player.play(RATE, 80);
    assert!(is_in_session(&player));
    player.send(TransportCommand::Soften);
    assert!(!is_in_session(&player), "the command is not applied yet");
    player.play(80, 80);
    assert_eq!(player.playhead().programme, Programme::SESSION);
    assert!(!is_in_session(&player), "the session still fades out");
    player.play(fades, 80);
    assert!(!is_in_session(&player));
    player.send(TransportCommand::Next);
    player.play(80, 80);
    assert!(player.events().any(|(event, _)| event == TransportEvent::GentlerPassageEnded));
    assert!(!is_in_session(&player), "the gentler passage still fades out");
    player.play(fades, 80);
    assert!(is_in_session(&player));

    player.send(TransportCommand::Soften);
    player.play(last().programmes[Programme::SOFTEN].end.index() + RATE, 80);
    assert!(is_in_session(&player), "the gentler passage has ended by itself");
    player.send(TransportCommand::Toggle);
    player.play(fades + 80, 80);
    assert!(is_in_session(&player), "it is paused");
    player.send(TransportCommand::Exit);
    player.play(80, 80);
    assert!(!is_in_session(&player));
}

#[test]
fn a_version_is_refused_until_the_previous_one_is_adopted() {
    let mut player = player(0);
    switch_version(&mut player, 1);
    assert!(!player.handle.switch_version(version(2)));
    player.play(80, 80);
    switch_version(&mut player, 2);
    player.play(80, 80);
    switch_version(&mut player, LINES.len());
    assert_eq!(player.play_to_end(80, 2 * END), Some(EndReason::Completed));
    assert!(player.output[..END] == *session());
}

fn commands() -> impl Strategy<Value = Option<TransportCommand>> {
    prop_oneof![
        4 => Just(None),
        1 => Just(Some(TransportCommand::Toggle)),
        1 => Just(Some(TransportCommand::Resume)),
        2 => Just(Some(TransportCommand::Next)),
        2 => Just(Some(TransportCommand::Back)),
        2 => (-20_000_i64..40_000).prop_map(|by| Some(TransportCommand::SeekBy(by))),
        1 => Just(Some(TransportCommand::Soften)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(50), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn commands_during_speech_synthesis_play_only_the_session(
        turns in prop::collection::vec((commands(), 0_usize..3, 1_usize..12_000), 1..16),
        block in prop_oneof![1_usize..40, 40_usize..400, 400_usize..2_000],
    ) {
        let (mut spoken_lines, mut player) = (0, player(0));
        for (command, more, frames) in turns {
            spoken_lines = (spoken_lines + more).min(LINES.len());
            let _ = player.handle.switch_version(version(spoken_lines));
            if let Some(command) = command {
                player.send(command);
            }
            let mut remaining = frames;
            while remaining > 0 && player.end_reason().is_none() {
                let count = remaining.min(block);
                remaining -= count;
                let (before, reported) = (player.handle.snapshot(), player.notices.len());
                player.play(count, count);
                let after = player.handle.snapshot();
                prop_assert!(after.session_frame <= VERSIONS[spoken_lines].session().seekable_until());
                let (first, end) = (before.playhead.frame.index(), after.playhead.frame.index());
                let jumped = player.notices[reported..].iter().any(|notice| !matches!(notice.event, crate::player::PlayerEvent::Segment(_)));
                let is_session = [before, after].iter().all(|snapshot| snapshot.playhead.programme == Programme::SESSION);
                if jumped || !is_session || end != first + count {
                    continue;
                }
                // The level in the left channel is the gain, and the noise in the right channel identifies the frame.
                let output = &player.output[player.output.len() - count..];
                for (frame, original) in output.iter().zip(&session()[first..end.min(session().len())]) {
                    let differs = (frame[0] * original[1] - frame[1] * original[0]).abs();
                    prop_assert!(differs < 1e-6, "{:?} is not {:?}, after {:?}", frame, original, before.playhead);
                }
            }
        }
        prop_assert!(player.underruns().is_empty());
        if player.end_reason().is_none() {
            let place = player.playhead();
            let _ = player.handle.switch_version(version(LINES.len()));
            player.play(1, 1);
            let _ = player.handle.switch_version(version(LINES.len()));
            player.send(TransportCommand::Resume);
            prop_assert_eq!(player.play_to_end(block, 30 * RATE), Some(EndReason::Completed), "from {:?}", place);
        }
    }
}
