//! Classifies lines by their beginning and position: section titles, speakers, directions to the guide, rules, list markers.

use super::block::{BlockKind, EventContent, ScriptEvent, ScriptItem, ScriptPause, TextBlock};
use super::brackets::unbracketed;
use super::lengths;
use super::line::is_listed;
use super::marks::{self, MarkPlace};
use super::tokens::{MarkToken, tokens};

/// The level of a bold title, below all marked headings.
const BOLD_LEVEL: u8 = 7;
/// The maximum number of words in an unmarked title.
const MAX_TITLE_WORDS: usize = 10;
/// The maximum number of words in a bold label before a line.
const MAX_LABEL_WORDS: usize = 5;
/// Names of the speaker in scripts.
const SPEAKERS: [&str; 30] = [
    "guide",
    "narrator",
    "teacher",
    "instructor",
    "speaker",
    "voice",
    "voiceover",
    "voice over",
    "host",
    "facilitator",
    "therapist",
    "leader",
    "coach",
    "meditation guide",
    "narration",
    "vo",
    "sprecher",
    "sprecherin",
    "erzähler",
    "erzählerin",
    "stimme",
    "lehrer",
    "lehrerin",
    "narrateur",
    "narratrice",
    "voix",
    "narrador",
    "narradora",
    "voz",
    "voce",
];

/// Converts bold lines to titles, and rules to pauses, unless they only separate sections.
pub(super) fn find(items: &mut Vec<ScriptItem>) {
    let titled = std::mem::take(items).into_iter().flat_map(with_bold_title).collect::<Vec<_>>();
    let kind_at = |index: Option<usize>, fits: fn(&BlockKind) -> bool| match index.and_then(|index| titled.get(index)) {
        Some(ScriptItem::Block(block)) => fits(&block.kind),
        Some(ScriptItem::Event(_)) => false,
        None => true,
    };
    let separates = |kind: &BlockKind| matches!(kind, BlockKind::Heading(_) | BlockKind::Rule);
    let mut kept = Vec::new();
    for (index, item) in titled.iter().enumerate() {
        match item {
            ScriptItem::Block(block) if block.kind == BlockKind::Rule => {
                if !kind_at(index.checked_sub(1), separates) && !kind_at(Some(index + 1), separates) {
                    let content = EventContent::Pause(ScriptPause { length: None, waits: false });
                    kept.push(ScriptItem::Event(ScriptEvent { line: block.line, content }));
                }
            }
            other => kept.push(other.clone()),
        }
    }
    *items = kept;
}

/// Splits off a section title in bold, either alone or before a colon.
fn with_bold_title(item: ScriptItem) -> Vec<ScriptItem> {
    let ScriptItem::Block(block) = &item else { return vec![item] };
    let is_mark = !marks::read(block.text.trim(), MarkPlace::Bare).events.is_empty();
    let is_speech_or_cue =
        speaker_prefix(&block.text).is_some() || direction_line(block.text.trim()).is_some() || is_mark;
    if !block.is_prose() || is_speech_or_cue {
        return vec![item];
    }
    if is_bold_title(block) {
        return vec![ScriptItem::Block(TextBlock::new(BlockKind::Heading(BOLD_LEVEL), block.line, block.text.trim()))];
    }
    if let Some((label, rest)) = bold_label(block).or_else(|| bold_first_line(block)) {
        let title = TextBlock::new(BlockKind::Heading(BOLD_LEVEL), block.line, label);
        return vec![ScriptItem::Block(title), ScriptItem::Block(rest)];
    }
    vec![item]
}

/// Splits off a title on the first line of a paragraph.
fn bold_first_line(block: &TextBlock) -> Option<(String, TextBlock)> {
    let (line, rest) = block.text.split_once('\n')?;
    let mut first = TextBlock::new(block.kind, block.line, line);
    first.bold.extend(block.bold.iter().filter(|range| range.end <= line.len()).cloned());
    let has_plain_text = rest.char_indices().any(|(index, character)| {
        let index = line.len() + 1 + index;
        character.is_alphanumeric() && !block.bold.iter().any(|range| range.contains(&index))
    });
    if !is_bold_title(&first) || !has_plain_text {
        return None;
    }
    let mut paragraph = block.clone();
    paragraph.remove_start(line.len() + 1);
    Some((line.trim().to_owned(), paragraph))
}

fn is_bold_title(block: &TextBlock) -> bool {
    let text = block.text.trim();
    let is_short = !text.contains('\n') && text.split_whitespace().count() <= MAX_TITLE_WORDS;
    if block.bold.is_empty() || !is_short || text.trim_end_matches([')', ']']).ends_with(['.', '!', ',', '…', '"', '”'])
    {
        return false;
    }
    let mut depth = 0_usize;
    block.text.char_indices().all(|(index, character)| {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > 0 || !character.is_alphanumeric() || block.bold.iter().any(|range| range.contains(&index))
    })
}

fn bold_label(block: &TextBlock) -> Option<(String, TextBlock)> {
    let range = block.bold.first().filter(|range| range.start == 0)?.clone();
    let inside = block.text[range.clone()].trim_end();
    let after = block.text[range.end..].trim_start_matches(' ');
    let rest = match inside.strip_suffix(':') {
        Some(_) => after,
        None => after.strip_prefix(':')?,
    };
    let label = inside.trim_end_matches(':').trim();
    let is_label = !label.contains('\n') && (1..=MAX_LABEL_WORDS).contains(&label.split_whitespace().count());
    if !is_label || rest.trim().is_empty() {
        return None;
    }
    let mut paragraph = block.clone();
    paragraph.remove_start(block.text.len() - rest.len());
    Some((label.to_owned(), paragraph))
}

/// Splits a time from the end or the beginning of a title: "Arriving (2 minutes)", "Arriving – 2 min", "0:00–1:30 Arriving".
pub(super) fn without_time(title: &str) -> (String, Option<String>) {
    let text = without_brackets(title);
    let has_time = |text: &str| lengths::find(&tokens(text)).is_some_and(|(length, _)| length.is_exact);
    let is_time = |text: &str| {
        let found = tokens(text);
        matches!(lengths::find(&found), Some((length, range)) if length.is_exact && range.end == found.len() && range.start <= 1)
    };
    let in_brackets = [('(', ')'), ('[', ']')].into_iter().find_map(|(opening, closing)| {
        let inner = text.trim_end_matches(':').trim_end().strip_suffix(closing)?;
        let index = inner.rfind(opening).filter(|index| *index > 0)?;
        has_time(&inner[index + 1..]).then(|| (&text[..index], &inner[index + 1..]))
    });
    let after_dash = || {
        let (title, time) = [" – ", " — ", " - "].into_iter().find_map(|dash| text.rsplit_once(dash))?;
        (is_time(time) && title.chars().any(char::is_alphabetic)).then_some((title, time))
    };
    match in_brackets.or_else(after_dash).or_else(|| leading_times(text)) {
        Some((title, time)) => (without_brackets(title).to_owned(), Some(time.trim().to_owned())),
        None => (text.to_owned(), None),
    }
}

/// Returns a title without the brackets around it.
fn without_brackets(title: &str) -> &str {
    let title = title.trim();
    unbracketed(title).filter(|inner| !inner.starts_with(['(', '['])).unwrap_or(title).trim()
}

/// Splits the times from the beginning of a title.
fn leading_times(text: &str) -> Option<(&str, &str)> {
    let is_sign = |c: char| c.is_ascii_digit() || " :-–—|[]()".contains(c);
    let title = text.trim_start_matches(is_sign);
    let times = &text[..text.len() - title.len()];
    let has_clock = tokens(times).iter().any(|token| matches!(token, MarkToken::Clock(_)));
    (has_clock && !title.is_empty()).then_some((title, times))
}

/// Returns the length of the speaker's name at the start of a line, including its colon.
pub(super) fn speaker_prefix(text: &str) -> Option<usize> {
    let line = text.split('\n').next().unwrap_or_default();
    let (name, _) = line.split_once(':').filter(|(name, _)| name.len() <= 60)?;
    let name_alone = name.split('(').next().unwrap_or_default();
    let has_remark = name_alone.len() == name.len() || name.trim_end().ends_with(')');
    if !has_remark || !is_speaker(name_alone) {
        return None;
    }
    // A direction after the name, in parentheses, is read later.
    Some(if name_alone.len() == name.len() { name.len() + 1 } else { name_alone.len() })
}

/// Returns whether a text is the name of the speaker.
pub(super) fn is_speaker(text: &str) -> bool {
    let name: String = text.trim().trim_matches(['[', ']', '*', '_']).trim().to_lowercase();
    SPEAKERS.contains(&name.as_str())
}

/// Returns the text after a label such as `Note:` or `SFX:`, and whether it is clearly for the guide.
pub(super) fn direction_line(line: &str) -> Option<(&str, bool)> {
    const DIRECTIONS: [&str; 19] = [
        "note",
        "notes",
        "teacher note",
        "teacher's note",
        "teacher’s note",
        "director's note",
        "direction",
        "directions",
        "stage direction",
        "tone",
        "delivery",
        "instructor note",
        "tip",
        "pro tip",
        "hinweis",
        "anmerkung",
        "remarque",
        "nota",
        "acotación",
    ];
    const SOUNDS: [&str; 8] = ["sfx", "fx", "sound", "sounds", "sound effect", "music", "audio", "background"];
    let (label, rest) = line.split_once(':').filter(|_| !line.starts_with(['[', '(', '{', '<']))?;
    let label = label.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    if DIRECTIONS.contains(&label.as_str()) {
        return Some((rest.trim(), true));
    }
    // "Sound: listen to what is far away." is spoken.
    let is_speech =
        label.starts_with("sound") && rest.trim_end().ends_with('.') && rest.split_whitespace().count() >= 4;
    (SOUNDS.contains(&label.as_str()) && !is_speech).then(|| (rest.trim(), false))
}

/// Returns whether a line is a horizontal rule, or consists of stars.
pub(super) fn is_rule(line: &str) -> bool {
    let signs = || line.chars().filter(|c| !c.is_whitespace());
    let first = signs().next();
    let is_ornament = matches!(first, Some('⁂'));
    let is_sign = |c: char| "*-–—_=~•·#⁂".contains(c);
    signs().all(|c| is_sign(c) && Some(c) == first) && (signs().count() >= 3 || is_ornament)
}

/// Returns whether a line only states that the script has ended.
pub(super) fn is_end(line: &str) -> bool {
    const ENDS: &str = "end/the end/end of meditation/end of the meditation/end of session/end of the session/end of script/\
        end of recording/ende/fin/fine/slutt/slut";
    let is_marked = line.starts_with(['*', '-', '~', '=', '—', '–']);
    let line = line.trim_matches(|c: char| !c.is_alphabetic());
    let is_word = !line.is_empty() && is_listed(&line.to_lowercase(), ENDS);
    // A short word is only a mark if it does not look like speech.
    is_word && (is_marked || line.contains(' ') || line.chars().all(|c| !c.is_lowercase()))
}

/// Returns whether a line is a command of another program: `\newpage`, `/intro`.
pub(super) fn is_command(line: &str) -> bool {
    let name = line.strip_prefix(['\\', '/']).unwrap_or_default();
    !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '{' | '}' | '-' | '_'))
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Returns the length of the list marker at the start of a text, or 0.
pub(super) fn bullet(text: &str) -> usize {
    let trimmed = text.trim_start_matches([' ', '\t']);
    let indent = text.len() - trimmed.len();
    let sign =
        ["- ", "• ", "* ", "– ", "· ", "> ", "● ", "○ ", "▪ ", "◦ "].into_iter().find(|sign| trimmed.starts_with(sign));
    let line = trimmed.split('\n').next().unwrap_or_default();
    sign.filter(|_| line.chars().any(char::is_alphanumeric)).map_or(0, |sign| indent + sign.len())
}
