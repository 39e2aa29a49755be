//! Recognises where sentences begin and end, and splits long paragraphs between them.

/// The maximum number of words in a line. Longer ones are hard to record or read in one go.
const MAX_WORDS: usize = 60;
/// The maximum length of a manifest's line, in bytes.
const MAX_BYTES: usize = 8_000;
/// Abbreviations whose full stop does not end a sentence.
const ABBREVIATIONS: [&str; 12] =
    ["mr.", "mrs.", "ms.", "dr.", "st.", "prof.", "e.g.", "i.e.", "etc.", "vs.", "z.b.", "bzw."];

/// Splits a paragraph between sentences into lines of similar length.
pub(super) fn split(text: &str) -> Vec<String> {
    let words = text.split_whitespace().count();
    if words <= MAX_WORDS && text.len() <= MAX_BYTES {
        return vec![text.to_owned()];
    }
    let parts = words.div_ceil(MAX_WORDS).max(1);
    let target = words.div_ceil(parts);
    let mut lines: Vec<String> = Vec::new();
    let mut count = 0;
    for sentence in sentences(text).into_iter().flat_map(pieces) {
        let length = sentence.split_whitespace().count();
        let is_full = count >= target || count > 0 && count + length > MAX_WORDS;
        if let Some(line) = lines.last_mut().filter(|_| !is_full) {
            line.push(' ');
            line.push_str(sentence);
            count += length;
        } else {
            lines.push(sentence.to_owned());
            count = length;
        }
    }
    lines
}

/// Splits a text after each sentence.
fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((position, character)) = characters.next() {
        let is_end = matches!(character, '.' | '!' | '?' | '…' | '。' | '！' | '？');
        if !is_end {
            continue;
        }
        let mut end = position + character.len_utf8();
        while let Some((position, next)) = characters.next_if(|(_, next)| ".!?…\"”’')»。".contains(*next)) {
            end = position + next.len_utf8();
        }
        let rest = &text[end..];
        let begins = rest.trim_start().chars().next().is_some_and(|next| !next.is_lowercase());
        let is_wide = matches!(character, '。' | '！' | '？');
        if (rest.starts_with(' ') && begins || is_wide && !rest.is_empty()) && !is_abbreviation(&text[start..end]) {
            found.push(text[start..end].trim());
            start = end;
        }
    }
    found.push(text[start..].trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

fn is_abbreviation(text: &str) -> bool {
    let last = text.rsplit(' ').next().unwrap_or_default().to_lowercase();
    let is_initial =
        last.chars().count() == 2 && last.ends_with('.') && last.starts_with(char::is_alphabetic) && last != "i.";
    ABBREVIATIONS.contains(&last.as_str()) || is_initial
}

/// Splits text that is too long for a manifest, even within a sentence.
fn pieces(sentence: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = sentence;
    while rest.len() > MAX_BYTES {
        let limit = (0..=MAX_BYTES).rev().find(|position| rest.is_char_boundary(*position)).unwrap_or(rest.len());
        let position = rest[..limit].rfind(' ').filter(|position| *position > 0).unwrap_or(limit);
        pieces.push(rest[..position].trim());
        rest = rest[position..].trim();
    }
    pieces.push(rest);
    pieces
}

/// Returns whether a sentence has ended, so that the following text is separate.
pub(super) fn ends_sentence(text: &str) -> bool {
    let end = text.trim_end().chars().next_back();
    end.is_none_or(|end| ".!?…:;—–\"”»)".contains(end))
}

/// Returns whether a text starts a new sentence.
pub(super) fn starts_anew(text: &str) -> bool {
    let text = text.trim_start_matches([' ', '\t']);
    text.chars().next().is_none_or(|first| {
        first == '\n' || first.is_uppercase() || first.is_numeric() || "\"“«„([<{…*_".contains(first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_paragraphs_stay_whole() {
        let text = "Breathe in. Breathe out.";
        assert_eq!(split(text), [text]);
    }

    #[test]
    fn long_paragraphs_are_split_between_sentences() {
        let sentence = "Let the shoulders be as they are, e.g. heavy or light, for a while.";
        let text = vec![sentence; 9].join(" ");
        let lines = split(&text);
        assert_eq!(lines.join(" "), text);
        assert!(lines.len() >= 2 && lines.iter().all(|line| line.split_whitespace().count() <= MAX_WORDS), "{lines:?}");
        assert!(lines.iter().all(|line| line.starts_with("Let") && line.ends_with("while.")), "{lines:?}");
    }

    #[test]
    fn no_line_is_longer_than_a_manifest_allows() {
        let text = "la ".repeat(20_000);
        let lines = split(text.trim());
        assert!(lines.iter().all(|line| line.len() <= MAX_BYTES));
        assert_eq!(lines.join(" "), text.trim());
    }
}
