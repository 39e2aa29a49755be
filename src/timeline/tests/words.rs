//! The words of a line, and when each is heard.

use std::path::Path;

use crate::manifest::read;
use crate::timeline::{self, ClipFacts, Programme, Segment, SessionFacts, Shape, SpeechKey, WordTimes};
use crate::units::{Frames, Rate};

const LINE: &str = "Practise [mettā](/mˈɛtə/) here.";

/// Returns the second segment of a session whose line is spoken for two seconds.
fn segment(keys: &str, word_times: Option<WordTimes>) -> Segment {
    let text =
        format!("format = 1\ntitle = \"x\"\n[[segment]]\nsilence = \"10s\"\n[[segment]]\nsay = \"{LINE}\"\n{keys}");
    let (session, findings) = read(Path::new("x.toml"), &text);
    let session = session.unwrap_or_else(|| panic!("{findings:?}"));
    let (rate, key) = (Rate::new(24_000).unwrap(), SpeechKey::new("en", LINE));
    let mut facts = SessionFacts::default();
    facts.set_speech(key.clone(), Some(ClipFacts { rate, frames: Frames(48_000), momentary: None, integrated: None }));
    word_times.into_iter().for_each(|times| facts.set_word_times(key.clone(), times));
    let timeline = timeline::build(&session, Programme::SESSION, &facts, &Shape::default(), Rate::DEFAULT).unwrap();
    timeline.segments[1].clone()
}

#[test]
fn words_are_shown_without_their_phonemes() {
    assert_eq!(segment("", None).text.as_deref(), Some("Practise mettā here."));
}

#[test]
fn the_times_of_words_have_the_rate_of_the_timeline() {
    let times = |scale: u64| {
        let ranges = [(0, 12_000), (12_000, 20_000), (24_000, 48_000)];
        WordTimes::from_ranges(ranges.map(|(start, end)| Frames(start * scale)..Frames(end * scale)))
    };
    assert_eq!(segment("", Some(times(1))).word_times, times(2));
    assert_eq!(segment("lasts = \"5s\"\n", Some(times(1))).word_times, times(2));
    assert!(segment("", None).word_times.is_empty(), "an external engine knows no times");
}
