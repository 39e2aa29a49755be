//! What is heard while the horizon moves: all of the last version, no frame of it missing or doubled, and nothing beyond what is
//! certain.

use std::sync::LazyLock;

use crate::player::transport::{EndReason, TransportCommand, TransportEvent};
use crate::player::{TimelineVersion, WaitReason};
use crate::timeline::Programme;
use crate::units::{Frame, Frames, SILENCE};
use proptest::prelude::*;

use crate::testing::clips::Recordings;
use crate::testing::listener::{Listener, from};
use crate::testing::plain::{RATE, gain, told};
use crate::testing::session::{Prepared, hertz};

/// The fade at the horizon, in frames.
const GENTLE: usize = RATE / 4;
/// The limiter looks so far ahead at most.
const AHEAD: usize = RATE / 20;

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

/// In the order in which they are made.
const MADE: [&str; 5] = ["One.", "Softly.", "Farewell.", "Two.", "Three."];
/// Where segments begin at last.
const ONE: usize = 2 * RATE;
const TWO: usize = 5 * RATE;
const THREE: usize = 6 * RATE + RATE / 2;
const END: usize = THREE + 2 * RATE;

/// From nothing spoken to everything.
static VERSIONS: LazyLock<Vec<Prepared>> = LazyLock::new(|| {
    let rate = hertz(RATE as u32);
    let lengths = [("One.", 3), ("Two.", 1), ("Three.", 2), ("Softly.", 3), ("Farewell.", 2)];
    let recordings = Recordings::default().with("first.wav", told(rate, 2 * RATE, 9));
    let recordings = lengths.iter().enumerate().fold(recordings, |all, (seed, (words, seconds))| {
        all.with_speech(words, told(rate, seconds * RATE, seed as u32))
    });
    (0..=MADE.len()).map(|made| Prepared::awaiting(TEXT, &recordings, rate, &MADE[made..])).collect()
});

static RENDERED: LazyLock<Vec<Vec<Frame>>> =
    LazyLock::new(|| Programme::all().map(|programme| last().render(programme)).collect());

fn last() -> &'static Prepared {
    &VERSIONS[MADE.len()]
}

fn session() -> &'static [Frame] {
    &RENDERED[Programme::SESSION.index()]
}

fn version(made: usize) -> TimelineVersion {
    VERSIONS[made].version()
}

/// One who listens while so many lines are there.
fn listener(made: usize) -> Listener {
    Listener::new(&VERSIONS[made], from(0))
}

fn renew(listener: &mut Listener, made: usize) {
    assert!(listener.handle.switch_version(version(made)));
}

/// What sounded, without the silences that were held.
fn sounded(heard: &[Frame]) -> Vec<Frame> {
    heard.iter().filter(|frame| **frame != SILENCE).copied().collect()
}

#[test]
fn the_playhead_holds_at_the_horizon_and_goes_on_when_the_line_is_there() {
    let mut listener = listener(0);
    listener.listen(4 * RATE, 80);
    let held = listener.place().frame.index();
    assert!(held <= ONE && held > ONE - AHEAD, "{held}");
    assert_eq!(listener.handle.wait_reason(), Some(WaitReason::Speech));
    assert!(listener.heard[..held - GENTLE] == session()[..held - GENTLE]);
    assert!(
        listener.heard[held - GENTLE..held].windows(2).all(|pair| gain(pair[1]) < gain(pair[0])),
        "it goes down softly"
    );
    assert!(listener.heard[held..].iter().all(|frame| *frame == SILENCE));

    renew(&mut listener, 1);
    let heard = listener.listen(RATE, 80);
    assert!(heard[GENTLE..] == session()[held + GENTLE..held + RATE]);
    assert!(heard[..GENTLE].windows(2).all(|pair| gain(pair[1]) > gain(pair[0])), "it comes up softly");
    assert_eq!(listener.handle.wait_reason(), None);
    assert!(listener.underruns().is_empty(), "to wait for a line is no underrun");
}

#[test]
fn a_line_that_would_only_swell_and_fade_is_heard_with_the_next() {
    const SHORT: &str = "[[segment]]\nsilence = \"1s\"\n[[segment]]\nsay = \"One.\"\n[[segment]]\nsay = \"Two.\"\n";
    let rate = hertz(RATE as u32);
    let recordings =
        Recordings::default().with_speech("One.", told(rate, 2 * RATE / 5, 1)).with_speech("Two.", told(rate, RATE, 2));
    let [nothing, one, both] =
        [&["One.", "Two."][..], &["Two."], &[]].map(|awaited| Prepared::awaiting(SHORT, &recordings, rate, awaited));
    let mut listener = Listener::new(&nothing, from(0));
    listener.listen(2 * RATE, 80);
    let held = listener.place();
    assert!(listener.handle.switch_version(one.version()));
    listener.listen(RATE, 80);
    assert_eq!((listener.place(), listener.handle.wait_reason()), (held, Some(WaitReason::Speech)));
    assert!(listener.handle.switch_version(both.version()));
    assert_eq!(listener.hear_out(80, 4 * RATE), Some(EndReason::Completed));
    let heard = &listener.heard[3 * RATE..];
    let (first, whole) = (held.frame.index(), both.render(Programme::SESSION));
    assert!(heard[GENTLE..whole.len() - first] == whole[first + GENTLE..]);
    assert!(listener.underruns().is_empty());
}

#[test]
fn frames_that_were_lacking_shortly_before_the_horizon_are_told_and_the_wait_after_them_is_not() {
    let mut listener = listener(1);
    // The ring is full up to the fade before the horizon, and then nobody feeds it.
    let lacks = RATE / 10;
    listener.listen(TWO - RATE - GENTLE, 80);
    let before = listener.place().frame.index();
    listener.starve(RATE + lacks, 80);
    let held = listener.place().frame.index();
    assert!(held < TWO - AHEAD, "{held} after {before}");
    let lacked = before + RATE + lacks - held;
    listener.listen(2 * RATE, 80);
    assert_eq!(listener.place().frame.index(), held, "what is left would only swell and fade");
    renew(&mut listener, MADE.len());
    let heard = listener.listen(RATE, 80);
    assert!(heard[GENTLE..] == session()[held + GENTLE..held + RATE]);
    assert_eq!(listener.underruns(), [lacked as u64]);
}

#[test]
fn a_horizon_that_moves_in_time_is_never_heard() {
    let mut listener = listener(0);
    for made in 1..=MADE.len() {
        listener.listen(RATE / 4, 80);
        renew(&mut listener, made);
    }
    assert_eq!(listener.hear_out(80, 2 * END), Some(EndReason::Completed));
    assert!(listener.heard[..END] == *session());
    assert_eq!(
        listener.segments(),
        [0, ONE, TWO, TWO + RATE, THREE].map(|start| start as u64).into_iter().enumerate().collect::<Vec<_>>()
    );
    assert!(listener.underruns().is_empty());
}

#[test]
fn no_jump_leads_beyond_what_is_certain_and_each_leads_where_it_will_be_at_last() {
    for (made, horizon) in [(0, ONE), (1, TWO), (4, THREE)] {
        for command in
            [TransportCommand::Next, TransportCommand::SeekBy(800_000), TransportCommand::SeekTo(Frames(800_000))]
        {
            let mut listener = listener(made);
            listener.listen(RATE, 80);
            for _ in 0..6 {
                listener.say(command);
                listener.listen(RATE, 80);
            }
            assert_eq!(listener.place().frame.index(), horizon, "{command:?}");
            assert_eq!(listener.handle.wait_reason(), Some(WaitReason::Speech));
            renew(&mut listener, MADE.len());
            let heard = listener.listen(RATE, 80);
            assert!(heard[RATE / 10..] == session()[horizon + RATE / 10..horizon + RATE], "{command:?}");
            assert!(listener.underruns().is_empty());
        }
    }
}

#[test]
fn who_leaves_at_the_horizon_is_not_kept_waiting_and_reads_what_is_not_spoken_yet() {
    for (made, spoken) in [(0, false), (3, true)] {
        for command in [TransportCommand::Exit, TransportCommand::Soften] {
            let mut listener = listener(made);
            listener.listen(10 * RATE, 80);
            assert_eq!(listener.handle.wait_reason(), Some(WaitReason::Speech));
            let begun = listener.heard.len();
            listener.say(command);
            listener.listen(RATE, 80);
            let programme = listener.place().programme;
            assert_ne!(programme, Programme::SESSION);
            let heard = &listener.heard[begun..];
            let first = heard.iter().position(|frame| *frame != SILENCE);
            assert_eq!(first.is_some(), spoken, "{command:?}");
            let length = VERSIONS[made].programmes[programme].end.index();
            if command == TransportCommand::Exit {
                assert_eq!(listener.hear_out(80, length), Some(EndReason::Exited));
            } else {
                listener.listen(length, 80);
                assert!(listener.events().any(|(event, _)| event == TransportEvent::SoftenEnded));
            }
        }
    }
}

#[test]
fn what_was_begun_aside_stays_what_it_was() {
    for (command, fade) in [(TransportCommand::Exit, 2 * RATE), (TransportCommand::Soften, RATE / 5)] {
        let mut listener = listener(0);
        listener.listen(RATE, 80);
        listener.say(command);
        listener.listen(fade + RATE, 80);
        let programme = listener.place().programme;
        assert_ne!(programme, Programme::SESSION);
        renew(&mut listener, MADE.len());
        let end = VERSIONS[0].programmes[programme].end.index();
        let left = end - listener.place().frame.index();
        let heard = listener.listen(left, 80);
        assert!(heard.iter().all(|frame| *frame == SILENCE), "its words are shown to their end");
        listener.listen(RATE, 80);
        if command == TransportCommand::Soften {
            assert!(listener.events().any(|(event, _)| event == TransportEvent::SoftenEnded));
            listener.listen(RATE, 80);
            assert!(listener.heard.last().is_some_and(|frame| *frame != SILENCE), "the session goes on");
            listener.say(TransportCommand::Soften);
            let heard = listener.listen(RATE, 80);
            let softly = &RENDERED[programme.index()];
            assert!(sounded(&heard[RATE / 2..])[..100].iter().all(|frame| softly.contains(frame)), "now it is spoken");
        } else {
            assert_eq!(listener.ended(), Some(EndReason::Exited));
        }
    }
}

#[test]
fn only_while_nothing_else_is_heard_or_on_its_way_is_it_the_session_that_is_listened_to() {
    let mut listener = listener(MADE.len());
    let is_in_session = |listener: &Listener| listener.handle.is_in_session();
    let fades = RATE / 4;
    listener.listen(RATE, 80);
    assert!(is_in_session(&listener));
    listener.say(TransportCommand::Soften);
    assert!(!is_in_session(&listener), "nobody has heard it yet");
    listener.listen(80, 80);
    assert_eq!(listener.place().programme, Programme::SESSION);
    assert!(!is_in_session(&listener), "the session still fades");
    listener.listen(fades, 80);
    assert!(!is_in_session(&listener));
    listener.say(TransportCommand::Next);
    listener.listen(80, 80);
    assert!(listener.events().any(|(event, _)| event == TransportEvent::SoftenEnded));
    assert!(!is_in_session(&listener), "the gentler passage still fades");
    listener.listen(fades, 80);
    assert!(is_in_session(&listener));

    listener.say(TransportCommand::Soften);
    listener.listen(last().programmes[Programme::SOFTEN].end.index() + RATE, 80);
    assert!(is_in_session(&listener), "it is over by itself");
    listener.say(TransportCommand::Toggle);
    listener.listen(fades + 80, 80);
    assert!(is_in_session(&listener), "it holds");
    listener.say(TransportCommand::Exit);
    listener.listen(80, 80);
    assert!(!is_in_session(&listener));
}

#[test]
fn a_version_that_is_not_taken_up_yet_lets_no_other_overtake_it() {
    let mut listener = listener(0);
    renew(&mut listener, 1);
    assert!(!listener.handle.switch_version(version(2)));
    listener.listen(80, 80);
    renew(&mut listener, 2);
    listener.listen(80, 80);
    renew(&mut listener, MADE.len());
    assert_eq!(listener.hear_out(80, 2 * END), Some(EndReason::Completed));
    assert!(listener.heard[..END] == *session());
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
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_pressed_while_lines_come_in_nothing_else_than_the_session_is_heard(
        turns in prop::collection::vec((commands(), 0_usize..3, 1_usize..12_000), 1..16),
        block in prop_oneof![1_usize..40, 40_usize..400, 400_usize..2_000],
    ) {
        let (mut made, mut listener) = (0, listener(0));
        for (command, more, frames) in turns {
            made = (made + more).min(MADE.len());
            let _ = listener.handle.switch_version(version(made));
            if let Some(command) = command {
                listener.say(command);
            }
            let mut left = frames;
            while left > 0 && listener.ended().is_none() {
                let count = left.min(block);
                left -= count;
                let (before, told) = (listener.handle.snapshot(), listener.notices.len());
                listener.listen(count, count);
                let after = listener.handle.snapshot();
                prop_assert!(after.session_frame <= VERSIONS[made].session().seekable_until());
                let (first, end) = (before.playhead.frame.index(), after.playhead.frame.index());
                let jumped = listener.notices[told..].iter().any(|one| !matches!(one.event, crate::player::PlayerEvent::Segment(_)));
                let is_session = [before, after].iter().all(|one| one.playhead.programme == Programme::SESSION);
                if jumped || !is_session || end != first + count {
                    continue;
                }
                // The level on the left is the gain, and the noise on the right tells the frame.
                let heard = &listener.heard[listener.heard.len() - count..];
                for (frame, original) in heard.iter().zip(&session()[first..end.min(session().len())]) {
                    let differs = (frame[0] * original[1] - frame[1] * original[0]).abs();
                    prop_assert!(differs < 1e-6, "{:?} is not {:?}, after {:?}", frame, original, before.playhead);
                }
            }
        }
        prop_assert!(listener.underruns().is_empty());
        if listener.ended().is_none() {
            let place = listener.place();
            let _ = listener.handle.switch_version(version(MADE.len()));
            listener.listen(1, 1);
            let _ = listener.handle.switch_version(version(MADE.len()));
            listener.say(TransportCommand::Resume);
            prop_assert_eq!(listener.hear_out(block, 30 * RATE), Some(EndReason::Completed), "from {:?}", place);
        }
    }
}
