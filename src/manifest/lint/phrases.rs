//! Phrases in spoken words: whole words, whatever their case; a `*` at a word's end stands for any ending.

use super::language::Language;

/// How many words away a negation still turns a phrase around.
const NEAR: usize = 4;

/// A word of a text: its letters, and where it stands.
struct Word<'text> {
    lower: String,
    start: usize,
    end: usize,
    text: &'text str,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let letter = |c: char| c.is_alphanumeric() || c == '\'' || c == '’';
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if letter(c) {
            start.get_or_insert(at);
        } else if let Some(start) = start.take() {
            let lower = text[start..at].to_lowercase().replace('’', "'");
            found.push(Word { lower, start, end: at, text });
        }
    }
    found
}

fn fits(word: &str, pattern: &str) -> bool {
    pattern.strip_suffix('*').map_or(word == pattern, |stem| word.starts_with(stem))
}

/// The place among the words, and the length in words, where a phrase first stands from `from` on.
fn place(words: &[Word], phrase: &str, from: usize) -> Option<(usize, usize)> {
    let patterns: Vec<_> = phrase.split(' ').collect();
    let here =
        |at: usize| words[at..at + patterns.len()].iter().zip(&patterns).all(|(word, part)| fits(&word.lower, part));
    (from..(words.len() + 1).saturating_sub(patterns.len())).find(|at| here(*at)).map(|at| (at, patterns.len()))
}

fn written<'text>(words: &[Word<'text>], at: usize, count: usize) -> &'text str {
    &words[at].text[words[at].start..words[at + count - 1].end]
}

/// Whether one of the phrases stands in a text.
pub(super) fn contains(text: &str, phrases: &[&str]) -> bool {
    first(text, phrases).is_some()
}

/// The first of the phrases that stands in a text, as it is written there.
pub(super) fn first<'text>(text: &'text str, phrases: &[&str]) -> Option<&'text str> {
    let words = words(text);
    phrases.iter().find_map(|phrase| place(&words, phrase, 0)).map(|(at, count)| written(&words, at, count))
}

/// A phrase that presses, unless a negation turns it around: "nothing that you must do".
pub(super) fn pressing<'text>(text: &'text str, phrase: &str, language: &Language) -> Option<&'text str> {
    let words = words(text);
    let mut from = 0;
    while let Some((at, count)) = place(&words, phrase, from) {
        let before = &words[at.saturating_sub(NEAR)..at];
        let after = &words[at + count..(at + count + NEAR).min(words.len())];
        let after = if language.negates_after { after } else { &[] };
        let negates = |word: &Word| language.negations.iter().any(|negation| fits(&word.lower, negation));
        let forbids = phrase.split(' ').any(|part| language.negations.iter().any(|negation| fits(part, negation)));
        if forbids || !before.iter().chain(after).any(negates) {
            return Some(written(&words, at, count));
        }
        from = at + count;
    }
    None
}

/// Two words that stand near each other, whichever comes first; the whole of it, as it is written.
pub(super) fn near<'text>(text: &'text str, one: &[&str], other: &[&str], most: usize) -> Option<&'text str> {
    let words = words(text);
    let all = |patterns: &[&str]| -> Vec<usize> {
        let any = |word: &Word| patterns.iter().any(|pattern| fits(&word.lower, pattern));
        words.iter().enumerate().filter(|(_, word)| any(word)).map(|(at, _)| at).collect()
    };
    let (ones, others) = (all(one), all(other));
    let pair = ones.iter().find_map(|a| others.iter().find(|b| a.abs_diff(**b) <= most).map(|b| (*a, *b)))?;
    let (first, last) = (pair.0.min(pair.1), pair.0.max(pair.1));
    Some(written(&words, first, last - first + 1))
}
