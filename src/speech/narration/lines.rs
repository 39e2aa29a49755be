//! The lines of a session: where each stands in the manifest, and what its recording is called.

use std::collections::HashSet;

use crate::manifest::Session;
use crate::manifest::session::{self, SegmentContent, SegmentSpec};

/// A line that has words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// Where it stands.
    pub(crate) place: Place,
    /// Whether it is what is said instead.
    pub(crate) instead: bool,
    /// Its segment's id, or which of the lines it is.
    pub(crate) name: String,
    /// What its recording is called, without an ending.
    pub(crate) stem: String,
    /// From 1, over all lines that have words.
    pub(crate) number: usize,
    /// Of the manifest's text, from 1.
    pub(crate) row: usize,
    pub(crate) words: String,
    /// The recording that it has.
    pub(crate) clip: Option<String>,
}

/// A segment's place: the array that it stands in, its number there, and within a repeat the number of the part; from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) array: &'static str,
    pub(crate) segment: usize,
    pub(crate) part: Option<usize>,
}

/// All lines with words, in the order of the manifest.
pub(crate) fn of(session: &Session, text: &str) -> Vec<Line> {
    let arrays = [("segment", &session.segments), ("soften", &session.soften), ("exit", &session.exit)];
    let mut lines = Lines { text, taken: HashSet::new(), found: Vec::new() };
    for (array, segments) in arrays {
        for (number, segment) in segments.iter().enumerate() {
            let place = Place { array, segment: number, part: None };
            match &segment.content {
                SegmentContent::Repeat { parts, .. } => {
                    for (part, segment) in parts.iter().enumerate() {
                        lines.take(segment, Place { part: Some(part), ..place });
                    }
                }
                _ => lines.take(segment, place),
            }
        }
    }
    lines.found
}

struct Lines<'text> {
    text: &'text str,
    taken: HashSet<String>,
    found: Vec<Line>,
}

impl Lines<'_> {
    fn take(&mut self, segment: &SegmentSpec, place: Place) {
        let SegmentContent::Narration(narration) = &segment.content else { return };
        let id = segment.id.as_ref().map(|id| id.value.as_str());
        self.line(&narration.line, id, place, false);
        if let Some(instead) = &narration.instead {
            self.line(instead, id, place, true);
        }
    }

    fn line(&mut self, line: &session::SpokenLine, id: Option<&str>, place: Place, instead: bool) {
        let Some(words) = line.words() else { return };
        let number = self.found.len() + 1;
        let name = id.map_or_else(|| format!("line-{number:02}"), str::to_owned);
        let wanted = if instead { format!("{name}-instead") } else { name.clone() };
        let stem = (1..).map(|turn| if turn == 1 { wanted.clone() } else { format!("{wanted}-{turn}") });
        let stem = stem.into_iter().find(|stem| !self.taken.contains(stem)).unwrap_or(wanted);
        self.taken.insert(stem.clone());
        let row = self.text[..words.span.start.min(self.text.len())].matches('\n').count() + 1;
        let clip = line.clip().map(|clip| clip.value.as_str().to_owned());
        self.found.push(Line { place, instead, name, stem, number, row, words: words.value.clone(), clip });
    }
}
