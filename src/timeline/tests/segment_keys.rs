//! Keys of segments depend only on positions in the manifest.

use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use crate::manifest::{Session, read};
use crate::timeline::{
    self, ClipFacts, LengthChoice, LevelChange, Programme, SegmentKey, SessionFacts, Shape, SpeechKey, Timeline,
};
use crate::units::{Frames, Rate};

/// The kinds of segments in a session. Every line has different words.
#[derive(Clone, Copy, Debug)]
enum Element {
    Line,
    AvoidedLine,
    ReplacedLine,
    Silence,
    Bell,
}

/// A segment, or a repeat with its number of iterations and its parts.
#[derive(Clone, Debug)]
enum Listed {
    Single(Element),
    Repeat(u32, Vec<Element>),
}

fn element() -> impl Strategy<Value = Element> {
    prop_oneof![
        Just(Element::Line),
        Just(Element::AvoidedLine),
        Just(Element::ReplacedLine),
        Just(Element::Silence),
        Just(Element::Bell)
    ]
}

fn list() -> impl Strategy<Value = Vec<Listed>> {
    let repeat = (2_u32..5, prop::collection::vec(element(), 1..4));
    let listed = prop_oneof![3 => element().prop_map(Listed::Single), 1 => repeat.prop_map(|(turns, parts)| Listed::Repeat(turns, parts))];
    prop::collection::vec(listed, 1..12)
}

fn words(number: usize) -> String {
    format!("These are the words of line {number}.")
}

fn write(element: Element, number: usize) -> String {
    let say = format!("say = \"{}\"\n", words(number));
    match element {
        Element::Line => say,
        Element::AvoidedLine => format!("{say}tags = [\"touch\"]\n"),
        Element::ReplacedLine => format!("{say}tags = [\"touch\"]\ninstead = {{ say = \"Something else.\" }}\n"),
        Element::Silence => "silence = \"10s\"\n".to_owned(),
        Element::Bell => "bell = \"block\"\n".to_owned(),
    }
}

/// Writes a manifest, and lists the key of every segment of its timeline as text.
fn manifest(settles: bool, list: &[Listed]) -> (Session, Vec<String>) {
    let mut text = "format = 1\ntitle = \"x\"\n".to_owned();
    let mut keys = Vec::new();
    if settles {
        text += "settle = \"3s\"\n";
        keys.push("0".to_owned());
    }
    let mut line = 0;
    for (index, listed) in list.iter().enumerate() {
        text += "[[segment]]\n";
        match listed {
            Listed::Single(element) => {
                text += &write(*element, line);
                keys.push(format!("{}", index + 1));
                line += 1;
            }
            Listed::Repeat(turns, parts) => {
                text += &format!("repeat = {turns}\n");
                for part in parts {
                    text += &format!("[[segment.part]]\n{}", write(*part, line));
                    line += 1;
                }
                for turn in 1..=*turns {
                    keys.extend((1..=parts.len()).map(|part| format!("{}.{turn}.{part}", index + 1)));
                }
            }
        }
    }
    // A silence at the end, so that the session can be fitted.
    text += "[[segment]]\nsilence = \"30s\"\n";
    keys.push(format!("{}", list.len() + 1));
    (read(Path::new("x.toml"), &text).0.unwrap(), keys)
}

fn keys(timeline: &Timeline) -> Vec<String> {
    timeline.segments.iter().map(|segment| segment.key.to_string()).collect()
}

/// Facts with speech of different lengths for some lines, while the speech of the others is pending.
fn facts(spoken: &[bool]) -> SessionFacts {
    let mut facts = SessionFacts::default();
    for (number, is_spoken) in spoken.iter().enumerate() {
        let frames = Frames(10_000 + 1_000 * number as u64);
        let speech = ClipFacts { rate: Rate::DEFAULT, frames, momentary: None, integrated: None };
        let key = SpeechKey::new("en", &words(number));
        if *is_spoken {
            facts.set_speech(key, Some(speech));
        } else {
            facts.mark_speech_pending(key);
        }
    }
    facts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn keys_are_the_same_in_every_shape_and_version(
        settles in any::<bool>(),
        list in list(),
        spoken in prop::collection::vec(any::<bool>(), 40),
        position in 0.0_f64..=1.0,
        hertz in 8_000_u32..96_000,
    ) {
        let (session, expected) = manifest(settles, &list);
        let rate = Rate::new(hertz).unwrap();
        let avoid = vec!["touch".to_owned()];
        let facts = facts(&spoken);
        let range = timeline::length_range(&session, &facts, &Shape::default(), rate).unwrap();
        let requested = range.shortest + range.longest.saturating_sub(range.shortest).mul_f64(position);
        let shapes = [
            Shape::default(),
            Shape { avoid, ..Shape::default() },
            Shape { length: LengthChoice::Audition, no_bell: true, ..Shape::default() },
            Shape { length: LengthChoice::Fitted(requested), voice: LevelChange::Off, ..Shape::default() },
        ];
        for shape in &shapes {
            let timeline = timeline::build(&session, Programme::SESSION, &facts, shape, rate).unwrap();
            prop_assert_eq!(&keys(&timeline), &expected, "{:?}", shape);
            for (index, segment) in timeline.segments.iter().enumerate() {
                prop_assert_eq!(timeline.find_key(segment.key), Some(index));
            }
        }
        let later = timeline::build(&session, Programme::SESSION, &SessionFacts::default(), &shapes[0], rate).unwrap();
        prop_assert_eq!(&keys(&later), &expected, "in another version");
    }

    #[test]
    fn segment_keys_round_trip_through_text(settles in any::<bool>(), list in list()) {
        let (session, _) = manifest(settles, &list);
        let shape = Shape::default();
        let timeline =
            timeline::build(&session, Programme::SESSION, &SessionFacts::default(), &shape, Rate::DEFAULT).unwrap();
        for segment in &timeline.segments {
            prop_assert_eq!(SegmentKey::parse(&segment.key.to_string()), Some(segment.key));
        }
    }

    #[test]
    fn other_text_is_not_a_segment_key(text in "[0-9.+ a]{0,8}") {
        if let Some(key) = SegmentKey::parse(&text) {
            prop_assert_eq!(key.to_string(), text);
        }
    }
}

#[test]
fn inserting_a_segment_shifts_later_keys_and_more_repetitions_shift_none() {
    let key_of = |text: &str, line: &str| {
        let session = read(Path::new("x.toml"), &format!("format = 1\ntitle = \"x\"\n{text}")).0.unwrap();
        let shape = Shape { length: LengthChoice::Fitted(Duration::from_mins(20)), ..Shape::default() };
        let facts = SessionFacts::default();
        let timeline = timeline::build(&session, Programme::SESSION, &facts, &shape, Rate::DEFAULT).unwrap();
        let segment = timeline.segments.iter().find(|segment| segment.text.as_deref() == Some(line));
        segment.unwrap().key.to_string()
    };
    let silence = "[[segment]]\nsilence = \"10m\"\n";
    let repeat = |turns| format!("[[segment]]\nrepeat = {turns}\n[[segment.part]]\nsay = \"Again.\"\n");
    let last = "[[segment]]\nsay = \"Last.\"\n";
    let before = format!("{silence}{}{last}", repeat(2));
    assert_eq!((key_of(&before, "Again."), key_of(&before, "Last.")), ("2.1.1".to_owned(), "3".to_owned()));
    let longer = format!("{silence}{}{last}", repeat(9));
    assert_eq!((key_of(&longer, "Again."), key_of(&longer, "Last.")), ("2.1.1".to_owned(), "3".to_owned()));
    let inserted = format!("{silence}{silence}{}{last}", repeat(2));
    assert_eq!((key_of(&inserted, "Again."), key_of(&inserted, "Last.")), ("3.1.1".to_owned(), "4".to_owned()));
}
