//! Reads plain text: paragraphs between empty lines, a title on the first line, and section titles.

use super::block::{BlockKind, ScriptDocument, ScriptItem, TextBlock};
use super::front_matter;
use super::headings;
use super::marks::{self, MarkPlace};

/// The maximum number of words in a title on the first line.
const MAX_TITLE_WORDS: usize = 10;
/// The maximum number of words in a section title.
const MAX_HEADING_WORDS: usize = 8;

pub(super) fn read(text: &str) -> ScriptDocument {
    let mut document = ScriptDocument { may_quote: true, ..ScriptDocument::default() };
    let start = front_matter::split(text, &mut document);
    let skipped = text[..start].matches('\n').count();
    let mut lines: Vec<&str> = text[start..].lines().collect();
    if document.metadata.title.is_none()
        && let Some(index) = title_line(&lines)
    {
        document.metadata.title = Some(lines[index].trim().to_owned());
        lines[index] = "";
        if lines.get(index + 1).is_some_and(|line| headings::is_rule(line.trim())) {
            lines[index + 1] = "";
        }
    }
    document.items = blocks(&lines, skipped + 1);
    front_matter::take_header(&mut document);
    document
}

/// Takes the title from the first line of a plain text with the emphasis of Markdown, if it has no headings.
pub(super) fn take_title(document: &mut ScriptDocument) {
    let is_heading =
        |item: &ScriptItem| matches!(item, ScriptItem::Block(TextBlock { kind: BlockKind::Heading(_), .. }));
    if document.metadata.title.is_some() || document.items.iter().any(is_heading) {
        return;
    }
    let Some(ScriptItem::Block(block)) = document.items.first() else { return };
    let lines: Vec<&str> = block.text.lines().collect();
    if block.is_prose() && block.bold.is_empty() && block.italics.is_empty() && title_line(&lines) == Some(0) {
        document.metadata.title = Some(lines[0].trim().to_owned());
        let length = block.text.find('\n').map_or(block.text.len(), |end| end + 1);
        if let Some(ScriptItem::Block(block)) = document.items.first_mut() {
            block.remove_start(length);
        }
    }
}

/// Returns the index of the first line that is not empty, if it is a title: short, and without a full stop.
fn title_line(lines: &[&str]) -> Option<usize> {
    let index = lines.iter().position(|line| !line.trim().is_empty())?;
    let line = lines[index].trim();
    let continues = lines.get(index + 1).is_some_and(|next| next.trim_start().starts_with(char::is_lowercase));
    let is_sentence = line.ends_with(['.', '!', '?', '…', ',', ';', ':', '"', '”']) || line.contains(". ");
    let is_title = line.split_whitespace().count() <= MAX_TITLE_WORDS
        && line.chars().any(char::is_alphanumeric)
        && !line.starts_with(['[', '(', '<', '{', '"', '“', '«', '„', '-', '*', '•'])
        && headings::speaker_prefix(line).is_none()
        && headings::direction_line(line).is_none()
        && front_matter::key_and_value(line).is_none()
        && marks::read(line, MarkPlace::Bare).events.is_empty();
    (is_title && !continues && !is_sentence).then_some(index)
}

/// Splits lines into blocks. `first` is the number of the first line.
pub(super) fn blocks(lines: &[&str], first: usize) -> Vec<ScriptItem> {
    let mut blocks: Vec<TextBlock> = Vec::new();
    let mut is_in_paragraph = false;
    let mut last_number = 0;
    for (index, line) in lines.iter().enumerate() {
        let number = first + index;
        let text = without_number(line.trim(), &mut last_number);
        let next = lines.get(index + 1).map_or("", |next| next.trim());
        let is_alone = !is_in_paragraph && next.is_empty();
        if text.is_empty() {
            is_in_paragraph = false;
        } else if headings::is_rule(text) {
            // A rule directly below a single line makes it a title.
            match blocks.last_mut().filter(|block| is_in_paragraph && !block.text.contains('\n') && is_underline(text))
            {
                Some(block) if looks_like_title(&block.text) => block.kind = BlockKind::Heading(1),
                _ => blocks.push(TextBlock::new(BlockKind::Rule, number, text)),
            }
            is_in_paragraph = false;
        } else if is_heading(text, is_alone) {
            blocks.push(TextBlock::new(BlockKind::Heading(1), number, text));
            is_in_paragraph = false;
        } else if let Some(block) = blocks.last_mut().filter(|_| is_in_paragraph) {
            block.text.push('\n');
            block.text.push_str(text);
        } else {
            blocks.push(TextBlock::new(BlockKind::Paragraph, number, text));
            is_in_paragraph = true;
        }
    }
    blocks.into_iter().map(ScriptItem::Block).collect()
}

/// Removes the number of a list item, if it follows the previous one.
fn without_number<'line>(line: &'line str, last: &mut u32) -> &'line str {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at(digits);
    let Some(rest) = rest.strip_prefix(['.', ')']).filter(|rest| rest.starts_with(' ')) else { return line };
    match number.parse::<u32>() {
        Ok(number) if number == *last + 1 || number == 1 => {
            *last = number;
            rest.trim_start()
        }
        _ => line,
    }
}

fn is_underline(text: &str) -> bool {
    text.chars().all(|c| c == '=') || text.chars().all(|c| c == '-')
}

fn looks_like_title(text: &str) -> bool {
    text.split_whitespace().count() <= MAX_TITLE_WORDS && !text.ends_with(['.', '!', '?', ',', '…', ')', ']'])
}

/// Returns whether a line is a section title: in capitals, before a colon, or alone and capitalised like a title.
fn is_heading(line: &str, is_alone: bool) -> bool {
    let (title, _) = headings::without_time(line);
    let has_colon = title.ends_with(':');
    let title = title.trim_end_matches(':').trim();
    let words: Vec<&str> = title.split_whitespace().collect();
    let is_short = (1..=MAX_HEADING_WORDS).contains(&words.len());
    if !is_short
        || line.starts_with(['[', '('])
        || !title.starts_with(char::is_alphanumeric)
        || title.ends_with(['.', '!', '?', ',', ';', '…', '"', '”', ')', ']', '>'])
        || headings::speaker_prefix(line).is_some()
        || headings::direction_line(line).is_some()
        || front_matter::key_and_value(line).is_some()
        || !marks::read(line, MarkPlace::Bare).events.is_empty()
    {
        return false;
    }
    let letters = || title.chars().filter(|c| c.is_alphabetic());
    let is_shouted = letters().count() >= 3 && letters().all(|c| !c.is_lowercase());
    let is_title_case = is_title_case(&words);
    is_shouted && (is_alone || has_colon || words.len() <= 4)
        || has_colon && (is_title_case || words.len() == 1)
        || is_alone && (is_title_case && words.len() >= 2 || is_common_title(title))
}

/// Returns whether every significant word starts with a capital letter.
fn is_title_case(words: &[&str]) -> bool {
    const MINOR_WORDS: [&str; 18] = [
        "of", "the", "and", "a", "an", "in", "to", "for", "on", "with", "or", "at", "by", "from", "into", "is", "as",
        "&",
    ];
    let is_capital = |word: &&str| word.chars().find(|c| c.is_alphanumeric()).is_none_or(|c| !c.is_lowercase());
    let starts = words.first().is_some_and(is_capital);
    starts && words.iter().all(|word| is_capital(word) || MINOR_WORDS.contains(word))
}

fn is_common_title(title: &str) -> bool {
    const TITLES: [&str; 16] = [
        "introduction",
        "intro",
        "opening",
        "welcome",
        "arrival",
        "arriving",
        "settling",
        "grounding",
        "preparation",
        "practice",
        "closing",
        "conclusion",
        "ending",
        "outro",
        "return",
        "returning",
    ];
    TITLES.contains(&title.to_lowercase().as_str())
}
