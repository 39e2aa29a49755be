//! Finds the sections of a script that are for the guide, and headings that are really sentences.

use super::block::{BlockKind, EventContent, ScriptDocument, ScriptEvent, ScriptItem, TextBlock};
use super::lengths::{self, ParsedLength};
use super::line::{is_listed, one_line};
use super::marks::{self, MarkPlace};
use super::tokens::tokens;

/// Titles of sections that are not spoken.
const FOR_THE_GUIDE: &str = "purpose/objective/objectives/overview/timing/timing breakdown/time breakdown/structure/materials/\
    materials needed/table of contents/contents/notes/note/teacher notes/notes for the teacher/notes for the guide/\
    notes for teachers/facilitator notes/instructor notes/guide notes/production notes/recording notes/recording tips/\
    how to use this script/usage/usage notes/goal/goals/benefits/why it works/why this works/references/sources/credits/\
    hinweise/hinweise für die anleitung/ziel/ziele/überblick/inhaltsverzeichnis/material/\
    notas/notas para el guía/instrucciones tts/objetivo/remarques/objectif/note per la guida/obiettivo";
/// Titles after which the spoken text starts.
const SPOKEN: &str = "script/the script/full script/meditation script/spoken script/skript/sprechtext/gesprochene anleitung/guion/texte/testo";
/// The minimum number of words in a heading that is really a sentence.
const MIN_SENTENCE_WORDS: usize = 6;
/// The minimum duration in a title that is that of the whole session, in seconds.
const MIN_STATED_SECONDS: u64 = 30;

/// Turns text for the guide into comments, and takes the duration from the title if nothing else states it.
pub(super) fn separate(document: &mut ScriptDocument) {
    if document.metadata.stated_length.is_none() {
        let title = document.metadata.title.clone().or_else(|| first_heading(&document.items));
        document.metadata.stated_length = title.and_then(|title| length_in_title(&title)).map(Into::into);
    }
    ignore_italics(&mut document.items);
    let spoken_from = start_of_speech(document);
    let mut hidden: Option<u8> = None;
    for (index, item) in std::mem::take(&mut document.items).into_iter().enumerate() {
        let item = match item {
            ScriptItem::Block(block) => block,
            event @ ScriptItem::Event(_) => {
                document.items.push(event);
                continue;
            }
        };
        let block = without_sentence_as_heading(item);
        if let BlockKind::Heading(level) = block.kind {
            let title = plain_title(&block.text);
            hidden = hidden.filter(|outer| level > *outer);
            if hidden.is_none() && is_listed(&title, FOR_THE_GUIDE) {
                hidden = Some(level);
                let message = format!("the section \"{}\" is for the guide; it is a comment", one_line(&block.text));
                document.note(block.line, message);
            }
            if hidden.is_some() || spoken_from == Some(index) {
                document.items.push(direction(&block));
                continue;
            }
        }
        let is_before = spoken_from.is_some_and(|start| index < start);
        if block.is_prose() && (hidden.is_some() || is_before) || is_timetable(&block) {
            document.items.push(direction(&block));
        } else {
            document.items.push(ScriptItem::Block(block));
        }
    }
}

/// Removes the italics if most paragraphs are in italics, because they then set nothing apart.
fn ignore_italics(items: &mut [ScriptItem]) {
    const MIN_ITALIC_PARAGRAPHS: usize = 3;
    let is_whole =
        |block: &TextBlock| block.italics.iter().any(|range| range.start == 0 && range.end == block.text.len());
    let is_mark = |text: &str| {
        let mark = marks::read(text, MarkPlace::Aside);
        mark.is_complete && !mark.events.is_empty()
    };
    let is_text = |block: &TextBlock| block.is_prose() && !block.text.trim_start().starts_with(['(', '[']);
    let blocks = || items.iter().filter_map(ScriptItem::block).filter(|block| is_text(block));
    let (count, all) = (blocks().filter(|block| is_whole(block)).count(), blocks().count());
    if count < MIN_ITALIC_PARAGRAPHS || count * 2 <= all {
        return;
    }
    for item in items {
        if let ScriptItem::Block(block) = item
            && is_whole(block)
            && is_text(block)
            && !is_mark(&block.text)
        {
            block.italics.clear();
        }
    }
}

/// Returns the index of the heading "Script", if there is text for the guide before it.
fn start_of_speech(document: &mut ScriptDocument) -> Option<usize> {
    let is_start =
        |block: &TextBlock| matches!(block.kind, BlockKind::Heading(_)) && is_listed(&plain_title(&block.text), SPOKEN);
    let index = document.items.iter().position(|item| item.block().is_some_and(is_start))?;
    let first = document.items[..index].iter().filter_map(ScriptItem::block).find(|block| block.is_prose())?;
    let line = first.line;
    document.note(line, "the text before the heading of the script is for the guide; it is a comment");
    Some(index)
}

fn direction(block: &TextBlock) -> ScriptItem {
    ScriptItem::Event(ScriptEvent { line: block.line, content: EventContent::Direction(one_line(&block.text)) })
}

/// Turns a heading that is a sentence into a paragraph, because it would otherwise not be spoken.
fn without_sentence_as_heading(mut block: TextBlock) -> TextBlock {
    let text = block.text.trim();
    let is_sentence = text.ends_with('.') && text.split_whitespace().count() >= MIN_SENTENCE_WORDS;
    if matches!(block.kind, BlockKind::Heading(_)) && is_sentence {
        block.kind = BlockKind::Paragraph;
        block.bold.clear();
    }
    block
}

/// Returns whether a paragraph is an entry of a timetable: "00:00-02:00 Arriving (2 min)".
fn is_timetable(block: &TextBlock) -> bool {
    use super::tokens::MarkToken::{Clock, Dash};
    let text = block.text.trim();
    let starts = matches!(tokens(text).as_slice(), [Clock(_), Dash, Clock(_), _, ..]);
    block.is_prose() && starts && !text.contains('\n') && !text.ends_with(['.', '!', '?', '…', '"', '”'])
}

/// Returns a title in lower case without its number, markup and punctuation.
fn plain_title(title: &str) -> String {
    let lower = title.to_lowercase();
    lower.trim_matches(|c: char| !c.is_alphabetic()).to_owned()
}

fn first_heading(items: &[ScriptItem]) -> Option<String> {
    let mut blocks = items.iter().filter_map(ScriptItem::block);
    blocks.find(|block| matches!(block.kind, BlockKind::Heading(_))).map(|block| block.text.clone())
}

/// Returns the duration that a title states: "Grounding (5 minutes)", "A 10-Minute Rest".
fn length_in_title(title: &str) -> Option<ParsedLength> {
    let (length, _) = lengths::find(&tokens(title))?;
    (length.is_exact && length.shortest.as_secs() >= MIN_STATED_SECONDS).then_some(length)
}
