//! The web page of a session: a single file with its audio, its words and a player.

use askama::Template;
use data_encoding::BASE64;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::timed_text::TimedText;
use crate::io::encode::{Chapter, CoverPicture};
use crate::manifest::Session;
use crate::present::safety_note::{HELPLINE, safety_note_before_helpline};
use crate::text::{format_clock, single_line};
use crate::timeline::{SegmentKind, Timeline};
use crate::units::{Frames, Rate};

const STYLE: &str = include_str!("../../templates/session.css");
const SCRIPT: &str = include_str!("../../templates/session.js");
/// The minimum length in seconds of a silence at which "next" and "back" stop.
const MIN_SILENCE_PART: f64 = 10.0;

/// The content of a page.
pub(super) struct PageContent<'page> {
    pub(super) session: &'page Session,
    pub(super) timeline: &'page Timeline,
    pub(super) chapters: &'page [Chapter],
    pub(super) credits: &'page str,
    pub(super) cover: &'page CoverPicture,
    /// The session itself, its gentler passage and its closing.
    pub(super) passages: [Passage; 3],
}

/// A programme of a session in a page.
pub(super) struct Passage {
    pub(super) texts: Vec<TimedText>,
    /// Ogg Opus.
    pub(super) audio: Vec<u8>,
}

#[derive(Template)]
#[template(path = "session.html")]
struct Page<'page> {
    title: String,
    summary: Option<String>,
    teacher: Option<String>,
    language: &'page str,
    length: String,
    safety_note: String,
    helpline: &'static str,
    seconds: u64,
    clock: String,
    cover: String,
    cover_type: &'static str,
    session_audio: String,
    gentler_audio: String,
    closing_audio: String,
    chapters: Vec<ChapterEntry>,
    transcript: Vec<TranscriptLine>,
    credits: Vec<&'page str>,
    style: &'static str,
    style_hash: String,
    script: &'static str,
    script_hash: String,
    data: String,
}

struct ChapterEntry {
    /// Seconds.
    start: f64,
    clock: String,
    title: String,
}

struct TranscriptLine {
    text: String,
    is_chapter: bool,
    is_description: bool,
}

/// The data for the page's script. Times are in seconds.
#[derive(Serialize)]
struct ScriptData<'page> {
    title: &'page str,
    teacher: &'page str,
    seconds: f64,
    parts: Vec<f64>,
    chapters: Vec<f64>,
    session: Vec<ScriptText<'page>>,
    gentler: Vec<ScriptText<'page>>,
    closing: Vec<ScriptText<'page>>,
}

#[derive(Serialize)]
struct ScriptText<'page> {
    start: f64,
    end: f64,
    text: &'page str,
    spoken: bool,
}

/// Writes a page.
pub(super) fn html(content: &PageContent) -> Result<String, askama::Error> {
    let PageContent { session, timeline, chapters, passages, .. } = content;
    let rate = timeline.rate;
    let [session_passage, gentler, closing] = passages;
    let entry = |chapter: &Chapter| ChapterEntry {
        start: seconds(chapter.start, rate),
        clock: format_clock(chapter.start, rate),
        title: single_line(&chapter.title),
    };
    let page = Page {
        title: single_line(&session.title),
        summary: session.summary.as_deref().map(single_line),
        teacher: session.teacher.as_deref().map(single_line),
        language: &session.language,
        length: crate::text::describe_duration(timeline.rounded_to_seconds()),
        safety_note: safety_note_before_helpline("A guided meditation"),
        helpline: HELPLINE,
        seconds: timeline.end.0 / u64::from(rate.hertz()),
        clock: format_clock(timeline.end, rate),
        cover: BASE64.encode(&content.cover.data),
        cover_type: content.cover.media_type,
        session_audio: BASE64.encode(&session_passage.audio),
        gentler_audio: BASE64.encode(&gentler.audio),
        closing_audio: BASE64.encode(&closing.audio),
        chapters: chapters.iter().map(entry).collect(),
        transcript: transcript(chapters, &session_passage.texts),
        credits: content.credits.lines().filter(|line| !line.is_empty()).collect(),
        style: STYLE,
        style_hash: hash(STYLE),
        script: SCRIPT,
        script_hash: hash(SCRIPT),
        data: data(content),
    };
    page.render()
}

/// Returns the titles of the chapters and the texts, sorted by time.
fn transcript(chapters: &[Chapter], texts: &[TimedText]) -> Vec<TranscriptLine> {
    let chapters = chapters.iter().map(|chapter| {
        let text = single_line(&chapter.title);
        (chapter.start, TranscriptLine { text, is_chapter: true, is_description: false })
    });
    let texts = texts.iter().map(|text| {
        let is_description = !text.is_spoken;
        (text.start, TranscriptLine { text: text.text.clone(), is_chapter: false, is_description })
    });
    let mut lines: Vec<_> = chapters.chain(texts).collect();
    // The sort is stable, so a chapter comes before a text at the same time.
    lines.sort_by_key(|(start, _)| *start);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Returns JSON in which nothing can close the element that contains it.
fn data(content: &PageContent) -> String {
    let PageContent { session, timeline, chapters, passages, .. } = content;
    let rate = timeline.rate;
    let document = ScriptData {
        title: &session.title,
        teacher: session.teacher.as_deref().unwrap_or_default(),
        seconds: seconds(timeline.end, rate),
        parts: parts(timeline),
        chapters: chapters.iter().map(|chapter| seconds(chapter.start, rate)).collect(),
        session: script_texts(&passages[0], rate),
        gentler: script_texts(&passages[1], rate),
        closing: script_texts(&passages[2], rate),
    };
    serde_json::to_string(&document).unwrap_or_default().replace('<', "\\u003c")
}

fn script_texts(passage: &Passage, rate: Rate) -> Vec<ScriptText<'_>> {
    let texts = passage.texts.iter().map(|text| ScriptText {
        start: seconds(text.start, rate),
        end: seconds(text.end, rate),
        text: &text.text,
        spoken: text.is_spoken,
    });
    texts.collect()
}

/// Returns the targets of "next" and "back": segments with words or a bell, and silences that are long enough.
fn parts(timeline: &Timeline) -> Vec<f64> {
    let segments = timeline.segments.iter().filter(|segment| {
        segment.kind != SegmentKind::Silence || segment.frames.seconds(timeline.rate) >= MIN_SILENCE_PART
    });
    let mut parts: Vec<_> = segments.map(|segment| segment.start).collect();
    parts.dedup();
    parts.into_iter().map(|start| seconds(start, timeline.rate)).collect()
}

fn seconds(position: Frames, rate: Rate) -> f64 {
    position.milliseconds(rate) as f64 / 1000.0
}

/// Returns the hash of the page's own style or script for its content security policy.
fn hash(text: &str) -> String {
    BASE64.encode(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests;
