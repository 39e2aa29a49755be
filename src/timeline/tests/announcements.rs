//! Announced silences: the same frames, and words within them.

use std::path::Path;
use std::time::Duration;

use crate::manifest::session::ClipPath;
use crate::manifest::{Session, read};
use crate::timeline::{
    self, ClipFacts, ClipKey, CueSource, LengthChoice, Programme, SegmentKind, SessionFacts, Shape, SpeechKey, Timeline,
};
use crate::units::{Frames, Lufs, Rate};
use proptest::prelude::*;

const OWN: &str = "[[announce]]\nupto = \"25s\"\nsay = \"A short quiet.\"\nclip = \"short.ogg\"\n\
    [[announce]]\nsay = \"A longer quiet.\"\n";

fn session(text: &str) -> Session {
    let (session, findings) = read(Path::new("x.toml"), &format!("format = 1\ntitle = \"x\"\n{text}"));
    session.unwrap_or_else(|| panic!("{findings:?}"))
}

fn silence(keys: &str) -> String {
    format!("[[segment]]\nannounce = true\n{keys}\n")
}

fn clip(frames: u64) -> ClipFacts {
    ClipFacts { rate: Rate::DEFAULT, frames: Frames(frames), momentary: None, integrated: Some(Lufs(-19.0)) }
}

fn file(name: &str) -> ClipKey {
    ClipKey::File(ClipPath::new(name).unwrap())
}

/// Returns facts with a clip of two seconds for `short.ogg`.
fn facts() -> SessionFacts {
    SessionFacts::new([(file("short.ogg"), clip(96_000))].into())
}

fn build(session: &Session, facts: &SessionFacts, length: LengthChoice) -> Timeline {
    let shape = Shape { length, ..Shape::default() };
    timeline::build(session, Programme::SESSION, facts, &shape, Rate::DEFAULT).unwrap()
}

fn natural(text: &str, facts: &SessionFacts) -> Timeline {
    build(&session(text), facts, LengthChoice::Natural)
}

fn words(timeline: &Timeline) -> Vec<&str> {
    timeline.segments.iter().map(|segment| segment.text.as_deref().unwrap_or_default()).collect()
}

#[test]
fn an_announcement_does_not_change_the_frames_of_a_silence() {
    let timeline = natural(&(OWN.to_owned() + &silence("silence = \"20s\"")), &facts());
    let segment = &timeline.segments[0];
    assert_eq!((segment.kind, segment.frames), (SegmentKind::Silence, Frames(960_000)));
    assert_eq!((segment.text.as_deref(), segment.spoken), (Some("A short quiet."), Frames(96_000)));
    let [cue] = timeline.cues.as_slice() else { panic!("{:?}", timeline.cues) };
    assert_eq!((cue.name.as_str(), cue.segment, cue.start, cue.frames), ("short.ogg", 0, Frames::ZERO, Frames(96_000)));
}

#[test]
fn the_default_announcement_depends_on_the_length() {
    let expected = [
        ("20s", "A short quiet."),
        ("20001ms", "About half a minute."),
        ("40s", "About half a minute."),
        ("80s", "About a minute."),
        ("2m", "About a minute and a half."),
        ("2m40s", "About two minutes."),
        ("4m", "About three minutes."),
        ("6m40s", "About five minutes."),
        ("13m20s", "About ten minutes."),
        ("13m21s", "A long quiet."),
    ];
    let text: String = expected.iter().map(|(length, _)| silence(&format!("silence = \"{length}\""))).collect();
    let timeline = natural(&text, &SessionFacts::default());
    assert_eq!(words(&timeline), expected.map(|(_, words)| words));
    assert!(timeline.cues.is_empty());
}

#[test]
fn the_fitted_length_determines_the_announcement() {
    let text = silence("silence = \"30s\"\nleast = \"10s\"\nmost = \"5m\"");
    let session = session(&text);
    for (seconds, expected) in [(15, "A short quiet."), (30, "About half a minute."), (250, "About five minutes.")] {
        let fitted = build(&session, &SessionFacts::default(), LengthChoice::Fitted(Duration::from_secs(seconds)));
        assert_eq!(words(&fitted), [expected]);
    }
}

#[test]
fn a_clip_longer_than_half_of_the_silence_is_only_shown() {
    let text = OWN.to_owned() + &silence("silence = \"4s\"") + &silence("silence = \"3999ms\"");
    let timeline = natural(&text, &facts());
    assert_eq!(words(&timeline), ["A short quiet."; 2]);
    assert_eq!(timeline.cues.iter().map(|cue| cue.segment).collect::<Vec<_>>(), [0]);
}

#[test]
fn in_an_audition_an_announced_silence_lasts_its_words_plus_a_second() {
    let text = OWN.to_owned() + &silence("silence = \"20s\"") + &silence("silence = \"1m\"");
    let timeline = build(&session(&text), &facts(), LengthChoice::Audition);
    let lengths: Vec<_> = timeline.segments.iter().map(|segment| segment.frames.0).collect();
    // Two seconds of the clip; the second line has no speech and is shown for two seconds.
    assert_eq!(lengths, [96_000 + 48_000, 96_000 + 48_000]);
    assert_eq!(words(&timeline), ["A short quiet.", "A longer quiet."]);
    assert_eq!(timeline.cues.len(), 1);
}

#[test]
fn a_bundled_announcement_has_the_level_of_the_voice() {
    let path = ClipPath::new("time/20s.ogg").unwrap();
    let facts = SessionFacts::new([(ClipKey::Bundled(path), clip(48_000))].into());
    let timeline = natural(&("[levels]\nvoice = -24\n".to_owned() + &silence("silence = \"10s\"")), &facts);
    let [cue] = timeline.cues.as_slice() else { panic!("{:?}", timeline.cues) };
    assert!(matches!(cue.source, CueSource::Speech(_)) && cue.name == "time/20s.ogg", "{cue:?}");
    assert_eq!(cue.gain.0, -5.0);
}

#[test]
fn an_announcement_without_a_recording_is_spoken() {
    let mut facts = SessionFacts::default();
    facts.set_speech(SpeechKey::new("en-GB", "A short quiet."), Some(clip(48_000)));
    let timeline = natural(&("language = \"en-GB\"\n".to_owned() + &silence("silence = \"10s\"")), &facts);
    assert_eq!(timeline.cues[0].name, "speech");
}

#[test]
fn repeats_and_all_programmes_have_announcements() {
    let part = "[[segment.part]]\nsilence = \"10s\"\nannounce = true\n";
    let text = format!("[[segment]]\nrepeat = 3\n{part}[[exit]]\nsilence = \"1m\"\nannounce = true\n");
    let session = session(&text);
    let shape = Shape::default();
    let built = |programme| timeline::build(&session, programme, &facts(), &shape, Rate::DEFAULT).unwrap();
    assert_eq!(words(&built(Programme::SESSION)), ["A short quiet."; 3]);
    assert_eq!(words(&built(Programme::CLOSING)), ["About a minute."]);
}

#[test]
fn an_avoided_line_can_have_another_chapter_title() {
    let text = "[[segment]]\nchapter = \"A hand\"\nsay = \"Rest a hand.\"\ntags = [\"touch\"]\n\
        instead = { say = \"Listen.\", chapter = \"Sounds\" }\n\
        [[segment]]\nchapter = \"Again\"\nrepeat = 2\n[[segment.part]]\nsay = \"The hand.\"\ntags = [\"touch\"]\n\
        instead = { chapter = \"More\" }\n";
    let session = session(text);
    let chapters = |avoid: &[&str]| -> Vec<(Option<String>, Option<String>)> {
        let avoid = avoid.iter().map(|tag| (*tag).to_owned()).collect();
        let shape = Shape { avoid, ..Shape::default() };
        let timeline = timeline::build(&session, Programme::SESSION, &SessionFacts::default(), &shape, Rate::DEFAULT);
        timeline.unwrap().segments.into_iter().map(|segment| (segment.chapter, segment.text)).collect()
    };
    let some = |text: &str| Some(text.to_owned());
    let all = chapters(&[]);
    assert_eq!(all[0], (some("A hand"), some("Rest a hand.")));
    assert_eq!(all[1].0, some("Again"));
    let avoiding = chapters(&["touch"]);
    assert_eq!(avoiding[0], (some("Sounds"), some("Listen.")));
    assert_eq!(avoiding[1], (some("More"), None));
    assert_eq!(avoiding[2], (None, None));
}

proptest! {
    #[test]
    fn every_length_has_its_announcement(
        silences in prop::collection::vec((2_000_u64..600_000, any::<bool>()), 1..6),
        share in 0.0_f64..1.0,
    ) {
        let text: String = silences
            .iter()
            .map(|(natural, announced)| format!("[[segment]]\nsilence = \"{natural}ms\"\nannounce = {announced}\n"))
            .collect();
        let session = session(&text);
        let shape = Shape::default();
        let facts = SessionFacts::default();
        let range = timeline::length_range(&session, &facts, &shape, Rate::DEFAULT).unwrap();
        let requested = range.shortest + (range.longest - range.shortest).mul_f64(share);
        let fitted = build(&session, &facts, LengthChoice::Fitted(requested));
        prop_assert_eq!(fitted.frames, Rate::DEFAULT.frames(requested));
        for (segment, (_, announced)) in fitted.segments.iter().zip(&silences) {
            let length = Duration::from_secs_f64(segment.frames.seconds(Rate::DEFAULT));
            prop_assert_eq!(segment.text.is_some(), *announced);
            let near = |length: Duration| session.announcement(length).unwrap().line.words().unwrap().value.clone();
            let margin = Duration::from_millis(1);
            let words = [near(length.saturating_sub(margin)), near(length + margin)];
            prop_assert!(segment.text.iter().all(|text| words.contains(text)));
        }
    }
}
