//! Determines whether a script quotes its speech, so that everything else is for the guide.

use super::block::{BlockKind, ScriptItem, TextBlock};
use super::headings;

/// How a script sets its speech apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotation {
    /// It does not: nearly everything is spoken.
    None,
    /// By quotation marks.
    Marks,
    /// By block quotations.
    Blocks,
}

/// Determines how a script sets its speech apart.
pub(super) fn find(items: &[ScriptItem]) -> Quotation {
    let blocks: Vec<&TextBlock> = items
        .iter()
        .filter_map(|item| match item {
            ScriptItem::Block(block) if block.is_prose() && has_prose(block) => Some(block),
            _ => None,
        })
        .collect();
    let words = |block: &&TextBlock| block.text.split_whitespace().count();
    let all: usize = blocks.iter().map(words).sum();
    let in_quotations = || blocks.iter().filter(|block| block.kind == BlockKind::Quotation);
    let quotations = in_quotations().count();
    let has_most_words = in_quotations().map(words).sum::<usize>() * 2 > all;
    if has_most_words || quotations >= 2 && quotations * 2 >= blocks.len() {
        return Quotation::Blocks;
    }
    let starting_quoted = blocks.iter().filter(|block| starts_quoted(block)).count();
    let quoted: usize = blocks.iter().map(|block| quoted_words(&block.text)).sum();
    let is_quoted = starting_quoted > 0 && (starting_quoted >= 2 || blocks.len() == 1) && quoted * 5 >= all * 2;
    if is_quoted { Quotation::Marks } else { Quotation::None }
}

/// Returns whether a block contains prose. Blocks that only hold a cue are not counted.
fn has_prose(block: &TextBlock) -> bool {
    let text = block.text.trim();
    let is_italic = block.italics.iter().any(|range| range.start == 0 && range.end >= text.len());
    (!is_italic || starts_with_quotation(text)) && !text.starts_with(['(', '[', '<', '{'])
}

fn starts_quoted(block: &TextBlock) -> bool {
    let text = block.text.trim_start();
    let text = text[headings::speaker_prefix(text).unwrap_or(0)..].trim_start();
    text.chars().next().and_then(closing_of).is_some()
}

fn quoted_words(text: &str) -> usize {
    let mut closing = None;
    let (mut words, mut is_in_word) = (0, false);
    for character in text.chars() {
        match closing {
            None => closing = closing_of(character),
            Some(end) if closes(character, end) => closing = None,
            Some(_) => {}
        }
        let is_letter = character.is_alphanumeric();
        words += usize::from(is_letter && !is_in_word && closing.is_some());
        is_in_word = is_letter || is_in_word && matches!(character, '\'' | '’');
    }
    words
}

/// Returns the quotation mark that closes this one.
pub(super) fn closing_of(opening: char) -> Option<char> {
    match opening {
        '"' => Some('"'),
        '“' => Some('”'),
        '„' => Some('“'),
        '«' => Some('»'),
        '»' => Some('«'),
        _ => None,
    }
}

/// Returns whether a text starts with an opening quotation mark.
pub(super) fn starts_with_quotation(text: &str) -> bool {
    text.trim_start().chars().next().and_then(closing_of).is_some()
}

/// Returns whether a quotation that is still open at the end of a paragraph is closed in a later one, before anything else is quoted or
/// a section begins.
pub(super) fn closes_later(following: &[ScriptItem], closing: char) -> bool {
    for item in following {
        let ScriptItem::Block(block) = item else { continue };
        if !block.is_prose() || starts_with_quotation(&block.text) {
            return false;
        }
        let is_mark = |c: &char| closes(*c, closing) || closing_of(*c).is_some();
        if let Some(mark) = block.text.chars().find(is_mark) {
            let count = block.text.chars().filter(|c| *c == mark).count();
            return closes(mark, closing) && (mark != '"' || count % 2 == 1);
        }
    }
    false
}

/// Returns whether a character closes a quotation. Curly and straight ones are often mixed.
pub(super) fn closes(character: char, closing: char) -> bool {
    character == closing
        || closing == '”' && character == '"'
        || closing == '"' && character == '”'
        || closing == '“' && character == '”'
}
