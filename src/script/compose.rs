//! Writes the events of a script as a manifest.

mod title;

use std::collections::HashSet;
use std::fmt::Write;
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use unicode_normalization::UnicodeNormalization;

use super::block::{EventContent, ScriptBell, ScriptEvent, ScriptMetadata, ScriptPause};
use super::error::ScriptError;
use super::lengths::{DEFAULT_PAUSE, ParsedLength};
use super::line::one_line;
use super::sentences;
use super::{ConvertedScript, ScriptNote};
use crate::manifest::{MAX_MANIFEST_BYTES, duration, schema};
use crate::text::{describe_duration, without_pronunciations};

/// The limits of a silence, and of `settle`, in a manifest.
const SILENCE_LENGTHS: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_hours(24);
const MAX_SETTLE: Duration = Duration::from_mins(10);
/// The maximum number of segments.
const MAX_SEGMENTS: usize = 10_000;
/// The maximum length of a session.
const MAX_SESSION_LENGTH: Duration = Duration::from_hours(24);
/// The time for each word that is only shown, and the minimum for a line, as in the timeline.
const TIME_PER_WORD: Duration = Duration::from_millis(460);
const MIN_LINE_TIME: Duration = Duration::from_secs(2);
/// The assumed length of an open silence without a length.
const OPEN_SILENCE_LENGTH: Duration = Duration::from_mins(5);
/// The default interval between the strikes of a bell, and the default time after the last one.
const BELL_INTERVAL: Duration = Duration::from_secs(12);
const BELL_HOLD: Duration = Duration::from_secs(8);
/// The maximum length in bytes of a chapter's title that is joined from several headings.
const MAX_CHAPTER_BYTES: usize = 120;
/// The maximum number of words in an id, and its maximum length.
const MAX_ID_WORDS: usize = 4;
const MAX_ID_LENGTH: usize = 32;

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
    let title = title::take(metadata.title.as_deref(), &mut events, name);
    let mut composer = Composer::new(&mut notes);
    composer.write_header(metadata, &title, name);
    for event in events {
        composer.write(event);
    }
    composer.finish();
    let Composer { text, mut summary, segments, .. } = composer;
    summary.title = title;
    if segments > MAX_SEGMENTS || text.len() > MAX_MANIFEST_BYTES || summary.length > MAX_SESSION_LENGTH {
        return Err(ScriptError::TooLong);
    }
    notes.sort_by_key(|note| note.line);
    Ok(ConvertedScript { manifest: text, summary, notes, stated_length: metadata.stated_length })
}

struct Composer<'notes> {
    text: String,
    notes: &'notes mut Vec<ScriptNote>,
    summary: ScriptSummary,
    /// The headings and comments for the next segment.
    comments: Vec<String>,
    chapter: Option<String>,
    /// The name of the next line.
    line_name: Option<String>,
    ids: HashSet<String>,
    segments: usize,
    /// Whether an open silence has been written.
    has_open_silence: bool,
}

impl<'notes> Composer<'notes> {
    fn new(notes: &'notes mut Vec<ScriptNote>) -> Self {
        Self {
            text: String::new(),
            notes,
            summary: ScriptSummary::default(),
            comments: Vec::new(),
            chapter: None,
            line_name: None,
            ids: HashSet::new(),
            segments: 0,
            has_open_silence: false,
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
        if let Some(settle) = metadata.settle.map(|settle| settle.min(MAX_SETTLE)) {
            let _ = writeln!(self.text, "settle = \"{}\"", duration::format(settle));
            self.summary.length += settle;
        }
    }

    fn write(&mut self, event: ScriptEvent) {
        match event.content {
            EventContent::Chapter { title, .. } => self.add_chapter(title),
            EventContent::Direction(text) => self.add_comment(&text),
            EventContent::LineName(name) => self.line_name = Some(name),
            EventContent::Line(text) => {
                for line in sentences::split(&text) {
                    self.write_line(&line);
                }
            }
            EventContent::Pause(pause) => self.write_pause(pause, event.line),
            EventContent::Bell(bell) => self.write_bell(bell),
        }
    }

    /// Sets the chapter of the next segment. Two consecutive headings start one chapter.
    fn add_chapter(&mut self, title: String) {
        self.chapter = Some(match self.chapter.take() {
            Some(outer) if outer.len() + title.len() <= MAX_CHAPTER_BYTES => format!("{outer}: {title}"),
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
        let name = self.line_name.take();
        let id = self.unused_id(name.as_deref().unwrap_or(words));
        let _ = writeln!(self.text, "id = \"{id}\"");
        self.write_chapter();
        let _ = writeln!(self.text, "say = {}", toml_text(words));
        self.summary.lines += 1;
        let count = u32::try_from(without_pronunciations(words).split_whitespace().count()).unwrap_or(u32::MAX);
        self.summary.length += TIME_PER_WORD.saturating_mul(count).max(MIN_LINE_TIME);
    }

    fn write_pause(&mut self, pause: ScriptPause, line: usize) {
        if pause.waits && !self.has_open_silence {
            return self.write_open_pause(pause, line);
        }
        let length = self.pause_length(pause, line);
        self.start_segment();
        self.write_chapter();
        let _ = writeln!(self.text, "silence = \"{}\"", duration::format(length.shortest));
        if let Some(longest) = length.longest {
            let _ = writeln!(
                self.text,
                "most = \"{}\"",
                duration::format(longest.clamp(length.shortest, *SILENCE_LENGTHS.end()))
            );
        }
        self.summary.silences += 1;
        self.summary.length += length.shortest;
    }

    /// Writes the first pause that waits for the listener as an open silence.
    fn write_open_pause(&mut self, pause: ScriptPause, line: usize) {
        self.has_open_silence = true;
        self.start_segment();
        self.write_chapter();
        self.text.push_str("silence = \"open\"\n");
        let shortest =
            pause.length.map(|length| length.shortest.clamp(*SILENCE_LENGTHS.start(), *SILENCE_LENGTHS.end()));
        if let Some(shortest) = shortest {
            let _ = writeln!(self.text, "natural = \"{}\"", duration::format(shortest));
        }
        self.summary.silences += 1;
        self.summary.length += shortest.unwrap_or(OPEN_SILENCE_LENGTH);
        self.note(line, "this pause became an open silence, which lasts until the listener continues");
    }

    /// Returns the length of a pause, and adds a note if the script does not state it exactly.
    fn pause_length(&mut self, pause: ScriptPause, line: usize) -> ParsedLength {
        let default = ParsedLength { shortest: DEFAULT_PAUSE, longest: None, is_exact: false };
        let mut length = pause.length.unwrap_or(default);
        length.shortest = length.shortest.clamp(*SILENCE_LENGTHS.start(), *SILENCE_LENGTHS.end());
        let described = describe_duration(length.shortest);
        if pause.waits {
            let message = format!(
                "a second pause that waits for the listener became {described}, because a session can have only one"
            );
            self.note(line, message);
        } else if pause.length.is_none() {
            self.note(line, format!("this pause has no length; it became {described}"));
        } else if !length.is_exact {
            self.note(line, format!("this pause has no exact length; it became {described}"));
        } else if let Some(longest) = length.longest.filter(|longest| *longest > length.shortest) {
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
        if let Some(interval) = bell.interval {
            let _ = writeln!(self.text, "every = \"{}\"", duration::format(interval));
        }
        self.summary.bells += 1;
        self.summary.length += bell.interval.unwrap_or(BELL_INTERVAL) * (bell.strikes - 1) + BELL_HOLD;
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

/// Returns an id made from the first words of a line; `None` if it would not start with a Latin letter.
fn id_of(words: &str) -> Option<String> {
    let plain = without_pronunciations(words);
    let is_letter = |c: &char| c.is_ascii_alphanumeric();
    let parts =
        plain.split(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '…' | '/')).filter_map(|word| {
            let part: String = word.nfd().filter(is_letter).collect::<String>().to_ascii_lowercase();
            (!part.is_empty()).then_some(part)
        });
    let mut id = String::new();
    for part in parts.take(MAX_ID_WORDS) {
        if id.len() + part.len() >= MAX_ID_LENGTH {
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
