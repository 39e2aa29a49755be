//! The rendered frames are independent of earlier playheads and of block sizes.

use std::sync::{Arc, LazyLock, OnceLock};

use crate::engine::Engine;
use crate::testing::cases;
use crate::testing::clips::{Recording, Recordings};
use crate::testing::day_long_session::{DAY, LINE};
use crate::testing::session::{Prepared, hertz};
use crate::timeline::Programme;
use crate::units::{Decibels, Frame, Frames, SILENCE};
use proptest::prelude::*;

/// Bells whose tails overlap each other and clips, loud enough for the limiter, with silence between them.
const CROWDED: &str = r#"
    settle = "137ms"
    [bell.small]
    fundamental_hz = 320
    partials = [{ ratio = 1, t60_s = 1.5 }, { ratio = 2.7, t60_s = 0.6 }]
    [bell.recorded]
    clip = "bell.wav"
    [[segment]]
    bell = "small"
    strikes = 3
    every = "1s"
    hold = "400ms"
    [[segment]]
    say = "Here."
    clip = "loud.wav"
    gain = 12
    [[segment]]
    silence = "2100ms"
    [[segment]]
    bell = "recorded"
    hold = "100ms"
    [[segment]]
    say = "There."
    clip = "other-rate.wav"
    [[segment]]
    silence = "20s"
    bell = "inkin"
    every = "10s"
    [[segment]]
    repeat = 3
    [[segment.part]]
    say = "Again."
    clip = "short.wav"
    [[segment.part]]
    silence = "333ms"
"#;

static SESSION: LazyLock<Prepared> = LazyLock::new(|| {
    let rate = hertz(8_000);
    let recordings = Recordings::default()
        .with("loud.wav", Recording::noise(rate, 7_919, 1))
        .with("bell.wav", Recording::tone(rate, 12_345, 440.0))
        .with("other-rate.wav", Recording::noise(hertz(11_025), 9_001, 2))
        .with("short.wav", Recording::noise(rate, 61, 3));
    Prepared::new(CROWDED, &recordings, rate)
});

static CONTINUOUS: LazyLock<Vec<Frame>> = LazyLock::new(|| SESSION.render(Programme::SESSION));

fn end() -> u64 {
    SESSION.session().end.0
}

/// Renders this many frames.
fn take(engine: &mut Engine, count: usize) -> Vec<Frame> {
    let mut frames = vec![[f32::NAN; 2]; count];
    assert_eq!(engine.render(&mut frames), count);
    frames
}

/// Returns the same frames of the continuous rendering, with silence beyond its end.
fn straight(from: u64, count: usize) -> Vec<Frame> {
    (from..).take(count).map(|frame| CONTINUOUS.get(frame as usize).copied().unwrap_or(SILENCE)).collect()
}

/// Frames around each start and end.
fn edges() -> impl Strategy<Value = u64> {
    let cues = SESSION.session().cues.iter().flat_map(|cue| [cue.start.0, cue.end().0]);
    let edges: Vec<_> = cues.chain([0, end()]).collect();
    (prop::sample::select(edges), -700_i64..700).prop_map(|(edge, by)| edge.saturating_add_signed(by))
}

fn playheads() -> impl Strategy<Value = u64> {
    prop_oneof![0..end() + 2_000, edges()]
}

fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![0_usize..4, 1_usize..300, 900_usize..5_000]
}

#[test]
fn the_test_session_reaches_the_limiter_and_contains_silence() {
    let ceiling = Decibels(-1.0).amplitude() as f32;
    let loudest = CONTINUOUS.iter().flatten().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    assert!((0.8..=ceiling).contains(&loudest), "{loudest}");
    assert!(CONTINUOUS.iter().filter(|frame| **frame == SILENCE).count() > 8_000);
}

#[test]
fn nothing_sounds_outside_of_cues() {
    let cues = &SESSION.session().cues;
    for (number, frame) in CONTINUOUS.iter().enumerate() {
        let number = Frames(number as u64);
        let sounds = cues.iter().any(|cue| cue.start <= number && number < cue.end());
        assert!(sounds || *frame == SILENCE, "{frame:?} at {number:?}");
    }
}

#[test]
fn a_clip_plays_exactly_in_its_frames() {
    let rate = hertz(44_100);
    let recording = Recording::noise(rate, 1_021, 3);
    let text = "[[segment]]\nsilence = \"333ms\"\n[[segment]]\nclip = \"a.wav\"\n[[segment]]\nsilence = \"100ms\"";
    let prepared = Prepared::new(text, &Recordings::default().with("a.wav", recording.clone()), rate);
    let (output, first) = (prepared.render(Programme::SESSION), prepared.session().cues[0].start.index());
    assert_eq!(first, 14_685);
    assert!(output[..first].iter().all(|frame| *frame == SILENCE));
    assert_eq!(output[first..first + 1_021], *recording.frames());
    assert!(output[first + 1_021..].iter().all(|frame| *frame == SILENCE));
}

#[test]
fn a_bed_fades_in_over_4_seconds_and_out_over_8() {
    let rate = hertz(8_000);
    let steady = Recordings::default().with("steady.wav", Recording::level(rate, 60 * 8_000, 0.25));
    let text = "[bed]\nsound = \"steady.wav\"\n[[segment]]\nsilence = \"20s\"";
    let output = Prepared::new(text, &steady, rate).render(Programme::SESSION);
    assert_eq!(output.len(), 28 * 8_000);
    let gains: Vec<_> = output.iter().map(|frame| frame[0] / 0.25).collect();
    for (seconds, gain) in [(0, 0.0), (2, 0.5), (4, 1.0), (12, 1.0), (20, 1.0), (24, 0.5)] {
        assert!((gains[seconds * 8_000] - gain).abs() < 1e-4, "{} at {seconds} s", gains[seconds * 8_000]);
    }
    assert!(gains[..4 * 8_000].is_sorted(), "it only rises");
    assert!(gains[20 * 8_000..].is_sorted_by(|one, next| one >= next), "it only falls");
    assert!(gains[28 * 8_000 - 1] < 1e-4, "it has gone when the session ends");
}

#[test]
fn an_unknown_gain_holds_the_playhead_before_the_clip_and_changes_nothing_else() {
    let gain = Arc::new(OnceLock::new());
    let session = SESSION.session().clone();
    let mut engine = Engine::new(session.clone(), SESSION.clips.get(Programme::SESSION).clone(), gain.clone());
    let mut output = vec![SILENCE; CONTINUOUS.len()];
    let first = engine.render(&mut output);
    let clip = session.cues.iter().find(|cue| cue.source.is_spoken()).unwrap().start.index();
    assert!(first <= clip && first > clip - 500, "{first} of {clip}");
    assert_eq!(engine.render(&mut output[first..]), 0);
    gain.set(Decibels::UNITY).unwrap();
    assert_eq!(engine.render(&mut output[first..]), CONTINUOUS.len() - first);
    assert!(output == *CONTINUOUS);
}

#[test]
fn the_last_of_5000_cues_in_a_day_is_on_its_frame() {
    let rate = hertz(8_000);
    let clip = Recording::noise(hertz(11_025), 7_350, 1);
    let prepared = Prepared::new(DAY, &Recordings::default().with(LINE, clip), rate);
    let timeline = prepared.session().clone();
    assert_eq!(timeline.cues.len(), 5_000);
    // A thousand times 77.5777 s, and a thousand clips of 5,333 frames.
    assert_eq!(timeline.frames, Frames(620_621_600 + 5_333_000));
    let mut engine = prepared.engine(Programme::SESSION);
    let (mut block, mut onsets) = (vec![SILENCE; 4_096], Vec::new());
    while engine.playhead() < timeline.end {
        let silence = engine.silence_ahead();
        if silence > Frames(64) {
            engine.seek(engine.playhead() + silence);
            onsets.push(engine.playhead());
        } else {
            engine.render(&mut block);
        }
    }
    let starts: Vec<_> = timeline.cues.iter().map(|cue| cue.start).collect();
    assert_eq!(starts[0], Frames::ZERO, "before which there is no silence");
    assert!(onsets[..4_999] == starts[1..], "each cue begins where the silence before it ends");
    // 999 parts, and 40 s: 77,540.1223 s, of which the last frame begins a little before.
    assert_eq!(starts[4_999], Frames(620_320_978 + 999 * 5_333));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(12), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blocks_of_any_size_have_the_same_samples(sizes in prop::collection::vec(sizes(), 1..40)) {
        let mut engine = SESSION.engine(Programme::SESSION);
        let mut at = 0;
        for size in sizes.into_iter().cycle().take(2_000) {
            prop_assert!(take(&mut engine, size) == straight(at, size), "{size} frames from {at}");
            at += size as u64;
            prop_assert_eq!(engine.playhead(), Frames(at));
            if at > end() {
                break;
            }
        }
    }

    #[test]
    fn the_samples_are_the_same_after_any_seek(jumps in prop::collection::vec((playheads(), sizes()), 1..24)) {
        let mut engine = SESSION.engine(Programme::SESSION);
        for (to, size) in jumps {
            engine.seek(Frames(to));
            prop_assert!(take(&mut engine, size) == straight(to, size), "{size} frames from {to}");
        }
    }

    #[test]
    fn silence_is_never_claimed_where_there_is_sound(jumps in prop::collection::vec((playheads(), sizes()), 1..24)) {
        let mut engine = SESSION.engine(Programme::SESSION);
        for (to, size) in jumps {
            engine.seek(Frames(to));
            for _ in 0..3 {
                let (at, ahead) = (engine.playhead(), engine.silence_ahead());
                let sound = straight(at.0, ahead.index()).iter().position(|frame| *frame != SILENCE);
                prop_assert_eq!(sound, None, "{} frames of silence claimed at {:?}, came from {}", ahead.0, at, to);
                take(&mut engine, size);
            }
        }
    }

    #[test]
    fn silence_may_be_skipped(size in sizes().prop_filter("some frames", |size| *size > 0)) {
        let mut engine = SESSION.engine(Programme::SESSION);
        let (mut output, mut passed) = (Vec::new(), 0);
        while output.len() < CONTINUOUS.len() {
            let silence = engine.silence_ahead();
            if silence.index() > size {
                passed += silence.index();
                output.resize(output.len() + silence.index(), SILENCE);
                engine.seek(engine.playhead() + silence);
            } else {
                output.extend(take(&mut engine, size));
            }
        }
        prop_assert!(output[..CONTINUOUS.len()] == CONTINUOUS[..]);
        prop_assert!(size > 2_000 || passed > 8_000, "only {} frames of silence were found", passed);
    }
}
