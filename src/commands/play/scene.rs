//! What is to be seen at a moment of a session.

use crate::io::display::Scene;
use crate::player::Snapshot;
use crate::timeline::{Programme, Segment, SegmentKind, Timeline};
use crate::transport::Programmes;
use crate::units::Frames;
use crate::words::{clock, harmless, length};

/// The scene of a snapshot. `captions`: whether words are shown.
pub(super) fn scene(programmes: &Programmes, snapshot: &Snapshot, captions: bool, columns: usize) -> Scene {
    let session = &programmes.session;
    let timeline = programmes.get(snapshot.place.programme);
    let gone = snapshot.session_frame.min(session.frames);
    let number = timeline.segment_at(snapshot.place.frame);
    let segment = timeline.segments.get(number);
    let words = segment.filter(|_| captions).map(|segment| words(timeline, number, segment)).unwrap_or_default();
    let phrase =
        segment.map(|segment| phrase(&words, progress(segment, snapshot.place.frame), columns.saturating_sub(1)));
    Scene {
        place: place(programmes, snapshot),
        gone: clock(gone, session.rate),
        left: format!("-{}", clock(session.frames.saturating_sub(gone), session.rate)),
        position: gone.0,
        length: session.frames.0,
        phrase: phrase.unwrap_or_default(),
        words,
        note: if snapshot.holds { "paused".to_owned() } else { String::new() },
    }
}

/// The chapter that is heard, or the programme beside the session.
fn place(programmes: &Programmes, snapshot: &Snapshot) -> String {
    match snapshot.place.programme {
        Programme::Soften => "a gentler moment".to_owned(),
        Programme::Closing => "closing".to_owned(),
        Programme::Session => {
            let session = &programmes.session;
            let heard = session.segments.iter().take(session.segment_at(snapshot.place.frame) + 1);
            heard
                .rev()
                .find_map(|segment| segment.chapter.as_deref())
                .map_or_else(|| harmless(&session.title), harmless)
        }
    }
}

/// The words of a segment; bells and silences in words, for those who read.
fn words(timeline: &Timeline, number: usize, segment: &Segment) -> String {
    let rings = || timeline.cues.iter().any(|cue| cue.segment == number && cue.sound.kind() == "bell");
    match (&segment.text, &segment.bell, segment.kind) {
        (Some(text), ..) => text.split_whitespace().map(harmless).collect::<Vec<_>>().join(" "),
        (None, Some((bell, strikes)), _) if rings() => match strikes {
            1 => format!("({})", harmless(bell)),
            more => format!("({}, {more} times)", harmless(bell)),
        },
        (None, None, SegmentKind::Silence) if segment.frames.seconds(timeline.rate) >= 2.0 => {
            let time = length(std::time::Duration::from_secs_f64(segment.frames.seconds(timeline.rate)));
            if rings() { format!("(silence, {time}, with a bell)") } else { format!("(silence, {time})") }
        }
        _ => String::new(),
    }
}

/// How much of a segment has gone by, from 0 to 1.
fn progress(segment: &Segment, frame: Frames) -> f64 {
    frame.saturating_sub(segment.start).0 as f64 / segment.frames.0.max(1) as f64
}

/// The phrase of a line that is due, where the whole line is wider than the screen. Time is shared out by the letters.
fn phrase(words: &str, progress: f64, columns: usize) -> String {
    let phrases = phrases(words, columns.max(8));
    let letters: usize = phrases.iter().map(|phrase| phrase.chars().count()).sum();
    let due = progress * letters as f64;
    let mut gone = 0;
    for phrase in &phrases {
        gone += phrase.chars().count();
        if gone as f64 > due {
            return phrase.clone();
        }
    }
    phrases.last().cloned().unwrap_or_default()
}

/// A line in pieces that fit, broken after its own pauses where it can be.
fn phrases(words: &str, columns: usize) -> Vec<String> {
    let mut phrases: Vec<String> = Vec::new();
    let mut current = String::new();
    for word in words.split_whitespace() {
        let width = current.chars().count() + 1 + word.chars().count();
        let paused = current.ends_with(['.', '?', '!', ';', ':']) && current.chars().count() > columns / 3;
        if !current.is_empty() && (width > columns || paused) {
            phrases.push(std::mem::take(&mut current));
        }
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(word);
    }
    phrases.push(current);
    phrases
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_line_comes_phrase_by_phrase() {
        let line = "Let the feet find the floor. If it feels all right, rest one hand somewhere warm.";
        assert_eq!(phrase(line, 0.0, 40), "Let the feet find the floor.");
        assert!(phrase(line, 0.99, 40).ends_with("warm."));
    }

    proptest! {
        #[test]
        fn no_word_is_lost_on_the_way(words in "[a-z,.? ]{0,200}", columns in 8_usize..100) {
            let joined = phrases(&words, columns).join(" ");
            prop_assert_eq!(joined, words.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
}
