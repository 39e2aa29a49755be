//! Writes the events of a script as a manifest.

use std::collections::HashSet;
use std::fmt::Write;
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use unicode_normalization::UnicodeNormalization;

use super::block::{EventContent, ScriptBell, ScriptEvent, ScriptMetadata, ScriptPause};
use super::error::ScriptError;
use super::lengths::{ReadLength, USUAL_PAUSE};
use super::line::one_line;
use super::sentences;
use super::{ConvertedScript, ScriptNote};
use crate::manifest::{MAX_MANIFEST_BYTES, duration, schema};
use crate::text::{describe_duration, without_pronunciations};

/// The limits of a silence, and of the settle, in a manifest.
const SILENCE: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_hours(24);
const MOST_SETTLE: Duration = Duration::from_mins(10);
/// The maximum number of segments.
const MOST_SEGMENTS: usize = 10_000;
/// The maximum length of a session.
const LONGEST_SESSION: Duration = Duration::from_hours(24);
/// The time for a word that is not spoken, and the minimum for a line, as in the timeline.
const TIME_PER_WORD: Duration = Duration::from_millis(460);
const SHORTEST_LINE: Duration = Duration::from_secs(2);
/// The assumed length of an open silence without a length.
const OPEN_NATURAL: Duration = Duration::from_mins(5);
/// The defaults of a bell.
const BELL_EVERY: Duration = Duration::from_secs(12);
const BELL_HOLD: Duration = Duration::from_secs(8);
/// The maximum length in bytes of a chapter's title that is joined from several headings.
const LONGEST_CHAPTER: usize = 120;
/// The maximum number of words and the maximum length of an id.
const ID_WORDS: usize = 4;
const LONGEST_ID: usize = 32;

/// The content of a manifest converted from a script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ScriptSummary {
    pub(crate) title: String,
    pub(crate) lines: usize,
    pub(crate) silences: usize,
    pub(crate) bells: usize,
    pub(crate) chapters: usize,
    pub(crate) directions: usize,
    /// The length of the session without speech.
    pub(crate) length: Duration,
}

/// Writes a manifest.
pub(super) fn compose(
    metadata: &ScriptMetadata,
    mut events: Vec<ScriptEvent>,
    mut notes: Vec<ScriptNote>,
    name: &Path,
) -> Result<ConvertedScript, ScriptError> {
    if !events.iter().any(|event| matches!(event.content, EventContent::Line(_))) {
        return Err(ScriptError::NoWords);
    }
    let title = take_title(metadata, &mut events, name);
    let mut composer = Composer::new(&mut notes);
    composer.write_header(metadata, &title, name);
    for event in events {
        composer.write(event);
    }
    composer.finish();
    let Composer { text, mut summary, segments, .. } = composer;
    summary.title = title;
    if segments > MOST_SEGMENTS || text.len() > MAX_MANIFEST_BYTES || summary.length > LONGEST_SESSION {
        return Err(ScriptError::TooLong);
    }
    notes.sort_by_key(|note| note.line);
    Ok(ConvertedScript { manifest: text, summary, notes, wanted: metadata.wanted })
}

/// Returns the title: from the script's metadata, its first heading, or its file name.
fn take_title(metadata: &ScriptMetadata, events: &mut Vec<ScriptEvent>, name: &Path) -> String {
    let is_before = |event: &ScriptEvent| matches!(event.content, EventContent::Direction(_) | EventContent::Name(_));
    let first = events.iter().position(|event| !is_before(event));
    let heading = first.and_then(|at| match &events[at].content {
        EventContent::Chapter { title, level } => Some((at, title.clone(), *level)),
        _ => None,
    });
    let is_above_all = |at: usize, level: u8| {
        let others = events.iter().enumerate().filter(|(other, _)| *other != at);
        others
            .filter_map(|(_, event)| match event.content {
                EventContent::Chapter { level, .. } => Some(level),
                _ => None,
            })
            .all(|other| other > level)
    };
    match (&metadata.title, heading) {
        (Some(title), Some((at, text, level))) => {
            if text.eq_ignore_ascii_case(title) {
                events.remove(at);
            } else if level == 1
                && is_above_all(at, level)
                && events.iter().filter(|event| matches!(event.content, EventContent::Chapter { .. })).count() > 1
            {
                events[at].content = EventContent::Direction(text);
            }
            title.clone()
        }
        (Some(title), None) => title.clone(),
        (None, Some((at, text, level))) => {
            // If all headings have the same level, the first is the title of the session and of its first part.
            if is_above_all(at, level) {
                events.remove(at);
            }
            text
        }
        (None, None) => title_of_file(name),
    }
}

/// Converts a file name to a title: "evening-rest_2.md" to "Evening rest 2".
fn title_of_file(name: &Path) -> String {
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    let words = one_line(&stem.replace(['-', '_'], " "));
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => "A session".to_owned(),
    }
}

struct Composer<'notes> {
    text: String,
    notes: &'notes mut Vec<ScriptNote>,
    summary: ScriptSummary,
    /// The headings and comments for the next segment.
    comments: Vec<String>,
    chapter: Option<String>,
    /// The script's name for the next line.
    name: Option<String>,
    ids: HashSet<String>,
    segments: usize,
    /// Whether there is an open silence already.
    has_open: bool,
}

impl<'notes> Composer<'notes> {
    fn new(notes: &'notes mut Vec<ScriptNote>) -> Self {
        Self {
            text: String::new(),
            notes,
            summary: ScriptSummary::default(),
            comments: Vec::new(),
            chapter: None,
            name: None,
            ids: HashSet::new(),
            segments: 0,
            has_open: false,
        }
    }

    fn note(&mut self, line: usize, message: impl Into<String>) {
        self.notes.push(ScriptNote { line, message: message.into() });
    }

    fn write_header(&mut self, metadata: &ScriptMetadata, title: &str, name: &Path) {
        self.text.push_str(schema::DIRECTIVE);
        let name = name.file_name().unwrap_or_default().to_string_lossy();
        let _ = writeln!(self.text, "\n# Made from {}.", one_line(&name));
        for remark in &metadata.remarks {
            let _ = writeln!(self.text, "# {}", one_line(remark));
        }
        let _ = writeln!(self.text, "format = 1\ntitle = {}", toml_text(title));
        let fields = [
            ("summary", &metadata.summary),
            ("language", &metadata.language),
            ("teacher", &metadata.teacher),
            ("license", &metadata.license),
        ];
        for (key, value) in fields {
            if let Some(value) = value {
                let _ = writeln!(self.text, "{key} = {}", toml_text(value));
            }
        }
        if let Some(settle) = metadata.settle.map(|settle| settle.min(MOST_SETTLE)) {
            let _ = writeln!(self.text, "settle = \"{}\"", duration::format(settle));
            self.summary.length += settle;
        }
    }

    fn write(&mut self, event: ScriptEvent) {
        match event.content {
            EventContent::Chapter { title, .. } => self.add_chapter(title),
            EventContent::Direction(text) => self.add_comment(&text),
            EventContent::Name(name) => self.name = Some(name),
            EventContent::Line(text) => {
                for line in sentences::split(&text) {
                    self.write_line(&line);
                }
            }
            EventContent::Pause(pause) => self.write_pause(pause, event.line),
            EventContent::Bell(bell) => self.write_bell(bell),
        }
    }

    /// Two consecutive headings start one chapter.
    fn add_chapter(&mut self, title: String) {
        self.chapter = Some(match self.chapter.take() {
            Some(outer) if outer.len() + title.len() <= LONGEST_CHAPTER => format!("{outer}: {title}"),
            Some(outer) => {
                self.add_comment(&outer);
                title
            }
            None => title,
        });
    }

    fn add_comment(&mut self, text: &str) {
        let text = one_line(text);
        if !text.is_empty() {
            self.summary.directions += 1;
            self.comments.push(text);
        }
    }

    fn start_segment(&mut self) {
        self.segments += 1;
        self.text.push('\n');
        for comment in self.comments.drain(..) {
            let _ = writeln!(self.text, "# {comment}");
        }
        self.text.push_str("[[segment]]\n");
    }

    fn write_chapter(&mut self) {
        if let Some(chapter) = self.chapter.take() {
            self.summary.chapters += 1;
            let _ = writeln!(self.text, "chapter = {}", toml_text(&chapter));
        }
    }

    fn write_line(&mut self, words: &str) {
        self.start_segment();
        let name = self.name.take();
        let id = self.unused_id(name.as_deref().unwrap_or(words));
        let _ = writeln!(self.text, "id = \"{id}\"");
        self.write_chapter();
        let _ = writeln!(self.text, "say = {}", toml_text(words));
        self.summary.lines += 1;
        let count = u32::try_from(without_pronunciations(words).split_whitespace().count()).unwrap_or(u32::MAX);
        self.summary.length += TIME_PER_WORD.saturating_mul(count).max(SHORTEST_LINE);
    }

    fn write_pause(&mut self, pause: ScriptPause, line: usize) {
        if pause.waits && !self.has_open {
            return self.write_open_pause(pause, line);
        }
        let length = self.pause_length(pause, line);
        self.start_segment();
        self.write_chapter();
        let _ = writeln!(self.text, "silence = \"{}\"", duration::format(length.natural));
        if let Some(most) = length.longest {
            let _ = writeln!(self.text, "most = \"{}\"", duration::format(most.clamp(length.natural, *SILENCE.end())));
        }
        self.summary.silences += 1;
        self.summary.length += length.natural;
    }

    /// Makes the first pause that waits for the listener an open silence.
    fn write_open_pause(&mut self, pause: ScriptPause, line: usize) {
        self.has_open = true;
        self.start_segment();
        self.write_chapter();
        self.text.push_str("silence = \"open\"\n");
        let natural = pause.length.map(|length| length.natural.clamp(*SILENCE.start(), *SILENCE.end()));
        if let Some(natural) = natural {
            let _ = writeln!(self.text, "natural = \"{}\"", duration::format(natural));
        }
        self.summary.silences += 1;
        self.summary.length += natural.unwrap_or(OPEN_NATURAL);
        self.note(line, "this pause lasts until the listener goes on: an open silence");
    }

    /// Returns the length of a pause, and notes if the script leaves it open.
    fn pause_length(&mut self, pause: ScriptPause, line: usize) -> ReadLength {
        let usual = ReadLength { natural: USUAL_PAUSE, longest: None, is_exact: false };
        let mut length = pause.length.unwrap_or(usual);
        length.natural = length.natural.clamp(*SILENCE.start(), *SILENCE.end());
        let described = describe_duration(length.natural);
        if pause.waits {
            let message = format!("a second pause that waits for the listener became {described}: a session has one");
            self.note(line, message);
        } else if pause.length.is_none() {
            self.note(line, format!("this pause has no length; it became {described}"));
        } else if !length.is_exact {
            self.note(line, format!("this pause has no exact length; it became {described}"));
        } else if let Some(longest) = length.longest.filter(|longest| *longest > length.natural) {
            let longest = describe_duration(longest);
            self.note(line, format!("this pause became {described}; in a longer session it grows to {longest}"));
        }
        length
    }

    fn write_bell(&mut self, bell: ScriptBell) {
        self.start_segment();
        self.write_chapter();
        let _ = writeln!(self.text, "bell = \"{}\"", bell.name);
        if bell.strikes > 1 {
            let _ = writeln!(self.text, "strikes = {}", bell.strikes);
        }
        if let Some(every) = bell.every {
            let _ = writeln!(self.text, "every = \"{}\"", duration::format(every));
        }
        self.summary.bells += 1;
        self.summary.length += bell.every.unwrap_or(BELL_EVERY) * (bell.strikes - 1) + BELL_HOLD;
    }

    /// Writes the comments after the last segment.
    fn finish(&mut self) {
        if let Some(chapter) = self.chapter.take() {
            self.add_comment(&chapter);
        }
        if !self.comments.is_empty() {
            self.text.push('\n');
        }
        for comment in self.comments.drain(..) {
            let _ = writeln!(self.text, "# {comment}");
        }
    }

    /// Returns an unused id made from the first words.
    fn unused_id(&mut self, words: &str) -> String {
        let base = id_of(words).unwrap_or_else(|| format!("line-{}", self.summary.lines + 1));
        let numbered = (2_usize..).map(|number| format!("{base}-{number}"));
        let mut ids = std::iter::once(base.clone()).chain(numbered);
        let id = ids.find(|id| !self.ids.contains(id)).unwrap_or(base);
        self.ids.insert(id.clone());
        id
    }
}

/// Returns an id made from the first words of a line; `None` if they have no Latin letters.
fn id_of(words: &str) -> Option<String> {
    let plain = without_pronunciations(words);
    let is_letter = |c: &char| c.is_ascii_alphanumeric();
    let parts =
        plain.split(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '…' | '/')).filter_map(|word| {
            let part: String = word.nfd().filter(is_letter).collect::<String>().to_ascii_lowercase();
            (!part.is_empty()).then_some(part)
        });
    let mut id = String::new();
    for part in parts.take(ID_WORDS) {
        if id.len() + part.len() >= LONGEST_ID {
            break;
        }
        if !id.is_empty() {
            id.push('-');
        }
        id.push_str(&part);
    }
    id.starts_with(|c: char| c.is_ascii_lowercase()).then_some(id)
}

fn toml_text(text: &str) -> String {
    toml_edit::Value::from(one_line(text)).to_string().trim().to_owned()
}
