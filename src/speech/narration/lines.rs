//! The lines of a session, with their positions in the manifest and the names of their recordings.

use std::collections::HashSet;

use crate::manifest::Session;
use crate::manifest::duration;
use crate::manifest::session::{SegmentContent, SegmentSpec, SpokenLine};

/// A line with words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NarratedLine {
    pub(super) position: LinePosition,
    /// Whether it is the alternative to an avoided line.
    pub(crate) is_alternative: bool,
    /// Its segment's id, or its number among the lines.
    pub(crate) name: String,
    /// Whether its segment has an id.
    pub(super) has_id: bool,
    /// The name of its recording, without an extension.
    pub(crate) stem: String,
    /// Its number among all lines with words, from 1.
    pub(super) number: usize,
    /// The line of the manifest's text, from 1.
    pub(crate) line_number: usize,
    pub(crate) words: String,
    /// The requested voice.
    pub(super) voice: Option<String>,
    /// Its recording.
    pub(crate) clip: Option<String>,
}

impl NarratedLine {
    /// Finds the line in a manifest that may have changed, by its id, otherwise by its words.
    pub(super) fn find_in<'lines>(&self, lines: &'lines [Self]) -> Option<&'lines Self> {
        let same_kind = || lines.iter().filter(|line| line.is_alternative == self.is_alternative);
        let by_id = same_kind().find(|line| self.has_id && line.has_id && line.name == self.name);
        let has_words = |line: &&Self| line.words == self.words;
        let by_position = || same_kind().find(|line| has_words(line) && line.position == self.position);
        let mut by_words = same_kind().filter(has_words);
        by_id.or_else(by_position).or_else(|| by_words.next().filter(|_| by_words.next().is_none()))
    }
}

/// The position of a segment in a manifest: its array, its index there, and the index of the part in a repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LinePosition {
    pub(super) array: &'static str,
    pub(super) segment: usize,
    pub(super) part: Option<usize>,
}

/// Returns every line with words in the order of the manifest, then the announcements.
pub(crate) fn lines_with_words(session: &Session, text: &str) -> Vec<NarratedLine> {
    let arrays = [("segment", &session.segments), ("soften", &session.soften), ("exit", &session.exit)];
    let mut builder = LineCollector { text, taken: HashSet::new(), lines: Vec::new() };
    for (array, segments) in arrays {
        for (index, segment) in segments.iter().enumerate() {
            let position = LinePosition { array, segment: index, part: None };
            match &segment.content {
                SegmentContent::Repeat { parts, .. } => {
                    for (part, segment) in parts.iter().enumerate() {
                        builder.add_segment(segment, LinePosition { part: Some(part), ..position });
                    }
                }
                _ => builder.add_segment(segment, position),
            }
        }
    }
    for (index, announcement) in session.announcements.iter().enumerate() {
        let position = LinePosition { array: "announce", segment: index, part: None };
        let name = announcement.upto.map_or_else(|| "longer".to_owned(), duration::format);
        builder.add_line(&announcement.line, (Some(&format!("announce-{name}")), None), position, false);
    }
    builder.lines
}

struct LineCollector<'text> {
    text: &'text str,
    /// The names of recordings used so far.
    taken: HashSet<String>,
    lines: Vec<NarratedLine>,
}

impl LineCollector<'_> {
    fn add_segment(&mut self, segment: &SegmentSpec, position: LinePosition) {
        let SegmentContent::Narration(narration) = &segment.content else { return };
        let (id, voice) = (segment.id.as_ref().map(|id| id.value.as_str()), narration.voice.as_deref());
        self.add_line(&narration.line, (id, voice), position, false);
        if let Some(instead) = &narration.instead {
            self.add_line(instead, (id, voice), position, true);
        }
    }

    fn add_line(
        &mut self,
        line: &SpokenLine,
        (id, voice): (Option<&str>, Option<&str>),
        position: LinePosition,
        is_alternative: bool,
    ) {
        let Some(words) = line.words() else { return };
        let number = self.lines.len() + 1;
        let name = id.map_or_else(|| format!("line-{number:02}"), str::to_owned);
        let base = if is_alternative { format!("{name}-instead") } else { name.clone() };
        let stem = self.unused_stem(&base);
        let line_number = self.text[..words.span.start.min(self.text.len())].matches('\n').count() + 1;
        let clip = line.clip().map(|clip| clip.value.as_str().to_owned());
        let words = words.value.clone();
        let voice = voice.map(str::to_owned);
        let has_id = id.is_some();
        self.lines.push(NarratedLine {
            position,
            is_alternative,
            name,
            has_id,
            stem,
            number,
            line_number,
            words,
            voice,
            clip,
        });
    }

    /// Returns the name, with a number appended if it is used.
    fn unused_stem(&mut self, base: &str) -> String {
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let mut stems = std::iter::once(base.to_owned()).chain(numbered);
        let stem = stems.find(|stem| !self.taken.contains(stem)).unwrap_or_else(|| base.to_owned());
        self.taken.insert(stem.clone());
        stem
    }
}
