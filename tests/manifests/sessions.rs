//! Rules for the shipped sessions: the first words and the first silence come soon, and avoided topics are not mentioned, in the session
//! itself, its gentler passage and its closing.
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use karuna::manifest::{self, Session};
use karuna::timeline::{self, Programme, Segment, SegmentKind, SessionFacts, Shape, Timeline};
use karuna::units::{Frames, Rate};
use serde::Deserialize;
use toml::{Table, Value};

/// Maximum number of words matched by `...`.
const GAP: usize = 5;
/// Latest time of the first word in seconds, without and with a bell before it.
const FIRST_WORD: f64 = 12.0;
const FIRST_WORD_AFTER_BELL: f64 = 8.0;
/// Maximum number of words before the first silence of at least `QUIET` seconds.
const WORDS_BEFORE_QUIET: usize = 60;
const QUIET: f64 = 20.0;

#[derive(Deserialize)]
struct TagWords {
    words: BTreeMap<String, Vec<String>>,
    sessions: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

impl TagWords {
    fn read() -> Self {
        toml::from_str(include_str!("tag-words.toml")).unwrap()
    }

    /// Returns the patterns of a tag for a session.
    fn of<'words>(&'words self, session: &str, tag: &str) -> impl Iterator<Item = &'words str> {
        let own = self.sessions.get(session).and_then(|tags| tags.get(tag));
        self.words[tag].iter().chain(own.into_iter().flatten()).map(String::as_str)
    }
}

/// Returns the words of each sentence in lower case.
fn sentences(text: &str) -> Vec<Vec<String>> {
    let is_part = |character: char| character.is_alphanumeric() || "'-".contains(character);
    let text = text.replace('’', "'").to_lowercase();
    let words =
        |sentence: &str| sentence.split(|c| !is_part(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    text.split(['.', '?', '!']).map(words).collect()
}

fn matches_word(word: &str, pattern: &str) -> bool {
    pattern.strip_suffix('*').map_or(word == pattern, |start| word.starts_with(start))
}

fn matches_here(words: &[String], pattern: &[&str]) -> bool {
    match pattern {
        [] => true,
        ["...", rest @ ..] => (0..=GAP.min(words.len())).any(|skipped| matches_here(&words[skipped..], rest)),
        [first, rest @ ..] => {
            words.first().is_some_and(|word| matches_word(word, first)) && matches_here(&words[1..], rest)
        }
    }
}

/// Returns whether a text contains a pattern of `tag-words.toml`.
fn contains(text: &str, pattern: &str) -> bool {
    let pattern: Vec<_> = pattern.split_whitespace().collect();
    sentences(text).iter().any(|words| (0..words.len()).any(|at| matches_here(&words[at..], &pattern)))
}

/// Removes the clips, because only the words matter here.
fn without_clips(value: &mut Value) {
    match value {
        Value::Table(table) => {
            table.remove("clip");
            table.iter_mut().for_each(|(_, value)| without_clips(value));
        }
        Value::Array(values) => values.iter_mut().for_each(without_clips),
        _ => {}
    }
}

/// Returns the shipped sessions with their names.
fn sessions() -> Vec<(String, Session)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sessions");
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.extension().is_some_and(|ending| ending == "toml") {
            let mut table = Value::Table(fs::read_to_string(&path).unwrap().parse::<Table>().unwrap());
            without_clips(&mut table);
            let (session, findings) = manifest::read(&path, &toml::to_string(&table).unwrap());
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            found.push((name, session.unwrap_or_else(|| panic!("{}: {findings:?}", path.display()))));
        }
    }
    found
}

fn build(session: &Session, programme: Programme, shape: &Shape) -> Timeline {
    timeline::build(session, programme, &SessionFacts::default(), shape, Rate::new(48_000).unwrap()).unwrap()
}

/// Returns the text of every line and chapter that remains when these tags are avoided.
fn texts(session: &Session, avoid: &[&str]) -> Vec<String> {
    let shape = Shape { avoid: avoid.iter().map(|&tag| tag.to_owned()).collect(), ..Shape::default() };
    let segments = Programme::all().flat_map(|programme| build(session, programme, &shape).segments);
    segments.flat_map(|segment| [segment.text, segment.chapter]).flatten().collect()
}

#[test]
fn sessions_start_speaking_soon_and_reach_a_silence_soon() {
    for (name, session) in sessions() {
        let timeline = build(&session, Programme::SESSION, &Shape::default());
        let seconds = |frames: Frames| frames.seconds(timeline.rate);
        let first_line = timeline.segments.iter().find(|segment| segment.kind == SegmentKind::Narration).unwrap();
        let before = timeline.segments.iter().take_while(|segment| segment.key != first_line.key);
        let strikes: u32 = before.filter_map(|segment| segment.bell.as_ref()).map(|(_, strikes)| strikes).sum();
        let latest = if strikes > 0 { FIRST_WORD_AFTER_BELL } else { FIRST_WORD };
        assert!(strikes <= 1, "{name}: more than one strike before the first word");
        assert!(seconds(first_line.start) <= latest, "{name}: the first word is late");
        let is_quiet = |segment: &Segment| segment.kind == SegmentKind::Silence && seconds(segment.frames) >= QUIET;
        let quiet = timeline.segments.iter().position(is_quiet).unwrap();
        let lines = timeline.segments[..quiet].iter().filter_map(|segment| segment.text.as_deref());
        let words: usize = lines.map(|line| line.split_whitespace().count()).sum();
        assert!(words <= WORDS_BEFORE_QUIET, "{name}: {words} words before the first silence");
    }
}

#[test]
fn an_avoided_tag_removes_its_words() {
    let words = TagWords::read();
    let mut mentions = Vec::new();
    for (name, session) in sessions() {
        for tag in words.words.keys() {
            for text in texts(&session, &[tag]) {
                let found = words.of(&name, tag).filter(|pattern| contains(&text, pattern));
                mentions.extend(found.map(|pattern| format!("{name} --avoid {tag}: `{pattern}` in: {text}")));
            }
        }
    }
    assert!(mentions.is_empty(), "{}", mentions.join("\n"));
}

#[test]
fn every_word_list_is_used_and_names_shipped_sessions() {
    let words = TagWords::read();
    let sessions: BTreeMap<_, _> = sessions().into_iter().collect();
    for tag in words.words.keys().filter(|tag| *tag != "eyes-closed") {
        let has_tag_words = |(name, session): (&String, &Session)| {
            texts(session, &[]).iter().any(|text| words.of(name, tag).any(|pattern| contains(text, pattern)))
        };
        assert!(sessions.iter().any(has_tag_words), "no session is about {tag}");
    }
    for (name, tags) in &words.sessions {
        for pattern in tags.values().flatten() {
            let texts = texts(&sessions[name], &[]);
            assert!(texts.iter().any(|text| contains(text, pattern)), "{name} never says `{pattern}`");
        }
    }
}

#[test]
fn patterns_match_words_endings_and_gaps() {
    for (text, pattern) in [
        ("Breathing out.", "breath*"),
        ("A HAND, or none.", "hand"),
        ("Your eyes, if you like, may close.", "eye* ... clos*"),
        ("In the mind’s eye.", "mind's eye"),
    ] {
        assert!(contains(text, pattern), "{pattern} in {text}");
    }
    for (text, pattern) in [("A handle.", "hand"), ("Let the eyes be. Close the book.", "eye* ... clos*"), ("", "hand")]
    {
        assert!(!contains(text, pattern), "{pattern} in {text}");
    }
}
