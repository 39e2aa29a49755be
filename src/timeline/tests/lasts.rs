//! Lines with a fixed length.

use crate::testing::clips::{Recording, Recordings};
use crate::testing::session::{Prepared, hertz};
use crate::timeline::SegmentKind;
use proptest::prelude::*;

const RATE: u32 = 1_000;

/// Returns the start, length and length of the words of each segment, in milliseconds. `breath.wav` lasts 2 s, and "Spoken." 3 s.
fn segments(text: &str) -> Vec<(u64, u64, u64)> {
    let rate = hertz(RATE);
    let recordings = Recordings::default()
        .with("breath.wav", Recording::noise(rate, 2_000, 1))
        .with_speech("Spoken.", Recording::noise(rate, 3_000, 2));
    let prepared = Prepared::new(text, &recordings, rate);
    let segments = prepared.session().segments.iter();
    segments.map(|segment| (segment.start.0, segment.frames.0, segment.spoken.0)).collect()
}

fn line(keys: &str) -> String {
    format!("[[segment]]\n{keys}\n")
}

#[test]
fn lasts_determines_the_start_of_the_next_segment() {
    let text = line("say = \"Breathing in.\"\nclip = \"breath.wav\"\nlasts = \"5s\"")
        + &line("say = \"Spoken.\"\nlasts = \"4500ms\"")
        + &line("say = \"Shown.\"\nlasts = \"500ms\"")
        + &line("say = \"End.\"");
    assert_eq!(segments(&text), [(0, 5_000, 2_000), (5_000, 4_500, 3_000), (9_500, 500, 460), (10_000, 2_000, 2_000)]);
}

#[test]
fn longer_words_are_not_cut_off() {
    let text = line("say = \"Breathing in.\"\nclip = \"breath.wav\"\nlasts = \"1999ms\"")
        + &line("say = \"One two three four five.\"\nlasts = \"2s\"");
    assert_eq!(segments(&text), [(0, 2_000, 2_000), (2_000, 2_300, 2_300)]);
}

#[test]
fn lasts_also_applies_to_alternatives_and_avoided_lines() {
    let avoided = "say = \"Spoken.\"\ntags = [\"avoided\"]\nlasts = \"8s\"";
    let text = line(avoided) + &line(&format!("{avoided}\ninstead = {{ say = \"Listen.\", clip = \"breath.wav\" }}"));
    assert_eq!(segments(&text), [(0, 8_000, 0), (8_000, 8_000, 2_000)]);
}

proptest! {
    #[test]
    fn lines_that_fit_are_evenly_spaced(lengths in prop::collection::vec((500_u64..9_000, 1_usize..9_000), 1..30)) {
        let rate = hertz(RATE);
        let (mut recordings, mut text) = (Recordings::default(), String::new());
        for (number, (lasts, spoken)) in lengths.iter().enumerate() {
            recordings = recordings.with(&format!("{number}.wav"), Recording::level(rate, *spoken, 0.1));
            text += &line(&format!("say = \"x\"\nclip = \"{number}.wav\"\nlasts = \"{lasts}ms\""));
        }
        let prepared = Prepared::new(&text, &recordings, rate);
        let mut start = 0;
        for (segment, (lasts, spoken)) in prepared.session().segments.iter().zip(&lengths) {
            prop_assert_eq!(segment.kind, SegmentKind::Narration);
            prop_assert_eq!(segment.start.0, start);
            prop_assert_eq!(segment.frames.0, (*lasts).max(*spoken as u64));
            start = segment.end().0;
        }
    }
}
