//! The open silence in a timeline.

use std::path::Path;
use std::time::Duration;

use crate::manifest::{Session, read};
use crate::timeline::{self, LengthChoice, Programme, SessionFacts, Shape, Timeline};
use crate::units::{Frames, Rate};
use proptest::prelude::*;

const OPEN: &str = "[[segment]]\nsilence = \"open\"\nnatural = \"2m\"\nbell = \"inkin\"\nevery = \"50s\"\n";

fn session(text: &str) -> Session {
    let (session, findings) = read(Path::new("x.toml"), &format!("format = 1\ntitle = \"x\"\n{text}"));
    session.unwrap_or_else(|| panic!("{findings:?}"))
}

fn build(text: &str, programme: Programme, length: LengthChoice) -> Timeline {
    let shape = Shape { length, ..Shape::default() };
    timeline::build(&session(text), programme, &SessionFacts::default(), &shape, Rate::DEFAULT).unwrap()
}

/// Returns the codes of the errors in a manifest.
fn errors(text: &str) -> Vec<&'static str> {
    let (session, findings) = read(Path::new("x.toml"), &format!("format = 1\ntitle = \"x\"\n{text}"));
    let errors = findings.iter().filter(|finding| !finding.code.is_warning()).map(|finding| finding.code.name());
    let errors: Vec<_> = errors.collect();
    assert_eq!(session.is_none(), !errors.is_empty());
    errors
}

fn silence(seconds: u32) -> String {
    format!("[[segment]]\nsilence = \"{seconds}s\"\n")
}

#[test]
fn an_open_silence_has_its_natural_length_or_one_second_in_an_audition() {
    let text = silence(10) + OPEN + &silence(10);
    let natural = build(&text, Programme::SESSION, LengthChoice::Natural);
    assert_eq!(natural.frames, Frames(140 * 48_000));
    assert_eq!(natural.open_silence().map(|open| (open.start.0, open.frames.0)), Some((480_000, 120 * 48_000)));
    assert_eq!(natural.cues.len(), 2);
    let audition = build(&text, Programme::SESSION, LengthChoice::Audition);
    assert_eq!((audition.frames, audition.open_segment), (Frames(3 * 48_000), None));
    let default = build("[[segment]]\nsilence = \"open\"\n", Programme::SESSION, LengthChoice::Natural);
    assert_eq!(default.frames, Frames(300 * 48_000));
}

#[test]
fn the_extended_programme_is_identical_up_to_the_natural_end() {
    let text = "[bed]\nsound = \"sea\"\n".to_owned() + &silence(10) + OPEN + &silence(10);
    let session = build(&text, Programme::SESSION, LengthChoice::Natural);
    let endless = build(&text, Programme::OPEN_SILENCE, LengthChoice::Natural);
    let end = session.open_silence().unwrap().end();
    assert_eq!(endless.segments.len(), 2);
    assert_eq!(endless.frames.0, (10 + 24 * 3600) * 48_000);
    let before = |timeline: &Timeline| -> Vec<_> {
        let cues = timeline.cues.iter().filter(|cue| cue.start < end);
        cues.map(|cue| (cue.name.clone(), cue.start, cue.gain)).collect()
    };
    assert_eq!(before(&session), before(&endless));
    assert!(endless.cues.iter().filter(|cue| cue.name == "inkin").count() > 1_700);
}

#[test]
fn a_session_has_at_most_one_open_silence_at_the_top_level() {
    assert_eq!(errors(OPEN), [""; 0]);
    assert_eq!(errors(&(OPEN.to_owned() + OPEN)), ["open-silence"]);
    let part = "[[segment]]\nrepeat = 2\n[[segment.part]]\nsilence = \"open\"\n";
    assert_eq!(errors(part), ["open-silence"]);
    for list in ["soften", "exit"] {
        assert_eq!(errors(&format!("{}[[{list}]]\nsilence = \"open\"\n", silence(1))), ["open-silence"]);
    }
}

#[test]
fn an_open_silence_refuses_keys_for_stretching_and_announcing() {
    for key in ["least = \"1s\"", "most = \"1h\"", "announce = true", "announce = false"] {
        assert_eq!(errors(&format!("[[segment]]\nsilence = \"open\"\n{key}\n")), ["key-of-another-kind"], "{key}");
    }
    assert_eq!(errors("[[segment]]\nsilence = \"1m\"\nnatural = \"1m\"\n"), ["key-of-another-kind"]);
    assert_eq!(errors("[[segment]]\nsilence = \"open\"\nnatural = \"25h\"\n"), ["out-of-range"]);
}

#[test]
fn the_gentler_passage_keeps_the_bed_that_is_playing() {
    let text = "[bed]\nsound = \"sea\"\n".to_owned()
        + &silence(10)
        + "[[segment]]\nsilence = \"10s\"\nbed = \"rain\"\n[[segment]]\nsilence = \"10s\"\nbed = \"off\"\n\
           [[segment]]\nsilence = \"10s\"\nbed = \"sea\"\n";
    let (shape, facts) = (Shape::default(), SessionFacts::default());
    let programmes = timeline::build_all(&session(&text), &facts, &shape, Rate::DEFAULT).unwrap();
    let bed = |second: u64| {
        let passage = programmes.gentler_passage(Frames(second * 48_000));
        let bed = programmes[passage].cues.iter().find(|cue| cue.source.kind() == "bed").map(|cue| cue.name.clone());
        bed.unwrap_or_default()
    };
    assert_eq!([0, 9, 10, 19, 20, 29, 30, 99].map(bed), ["sea", "sea", "rain", "rain", "", "", "sea", "sea"]);
    assert!(programmes[Programme::CLOSING].cues.iter().all(|cue| cue.source.kind() != "bed"));
    assert_eq!(programmes.iter().count(), 5);
}

proptest! {
    #[test]
    fn fitting_never_stretches_an_open_silence(
        silences in prop::collection::vec((1_u64..600, any::<bool>()), 1..6),
        natural in 1_u64..2_000,
        open_after in 0_usize..6,
        share in 0.0_f64..1.0,
    ) {
        let mut text = String::new();
        let open_after = open_after.min(silences.len());
        for (number, (seconds, announced)) in silences.iter().enumerate() {
            if number == open_after {
                text += &format!("[[segment]]\nsilence = \"open\"\nnatural = \"{natural}s\"\n");
            }
            text += &format!("{}announce = {announced}\n", silence(u32::try_from(*seconds).unwrap()));
            text += "[[segment]]\nsay = \"Rest.\"\nlasts = \"5s\"\n";
        }
        if open_after == silences.len() {
            text += &format!("[[segment]]\nsilence = \"open\"\nnatural = \"{natural}s\"\n");
        }
        let session = session(&text);
        let (shape, facts) = (Shape::default(), SessionFacts::default());
        let range = timeline::length_range(&session, &facts, &shape, Rate::DEFAULT).unwrap();
        let requested = range.shortest + (range.longest - range.shortest).mul_f64(share);
        let fitted = build(&text, Programme::SESSION, LengthChoice::Fitted(requested));
        prop_assert_eq!(fitted.frames, Rate::DEFAULT.frames(requested));
        let open = Duration::from_secs_f64(fitted.open_silence().unwrap().frames.seconds(Rate::DEFAULT));
        let difference = open.abs_diff(Duration::from_secs(natural));
        prop_assert!(difference < Duration::from_millis(1));
        let endless = build(&text, Programme::OPEN_SILENCE, LengthChoice::Fitted(requested));
        let open_start = fitted.open_silence().unwrap().start;
        prop_assert_eq!(endless.open_silence().unwrap().start, open_start);
    }
}
