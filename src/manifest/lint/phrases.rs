//! Finds phrases in spoken words. Whole words are compared, ignoring case; a `*` at the end of a pattern matches any ending.

/// A negation within this many words of a phrase negates it.
const NEGATION_DISTANCE: usize = 4;

/// A word in a text.
pub(super) struct Word<'text> {
    pub(super) lower: String,
    pub(super) start: usize,
    pub(super) end: usize,
    text: &'text str,
}

/// The position of a phrase among the words of a text.
#[derive(Clone, Copy)]
struct PhraseMatch {
    /// The index of the first word.
    first: usize,
    /// The number of words.
    count: usize,
}

/// Splits a text into its words, without punctuation.
pub(super) fn split_words(text: &str) -> Vec<Word<'_>> {
    let is_letter = |c: char| c.is_alphanumeric() || c == '\'' || c == '’';
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if is_letter(c) {
            start.get_or_insert(at);
        } else if let Some(start) = start.take() {
            let lower = text[start..at].to_lowercase().replace('’', "'");
            words.push(Word { lower, start, end: at, text });
        }
    }
    words
}

fn matches(word: &str, pattern: &str) -> bool {
    pattern.strip_suffix('*').map_or(word == pattern, |stem| word.starts_with(stem))
}

fn matches_any(word: &str, patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| matches(word, pattern))
}

/// Finds the first occurrence of a phrase from a word on.
fn find(words: &[Word], phrase: &str, from: usize) -> Option<PhraseMatch> {
    let patterns: Vec<_> = phrase.split(' ').collect();
    let count = patterns.len();
    let is_match =
        |at: &usize| words[*at..at + count].iter().zip(&patterns).all(|(word, pattern)| matches(&word.lower, pattern));
    (from..(words.len() + 1).saturating_sub(count)).find(is_match).map(|first| PhraseMatch { first, count })
}

/// Returns the words of a match as written in the text.
fn written<'text>(words: &[Word<'text>], PhraseMatch { first, count }: PhraseMatch) -> &'text str {
    &words[first].text[words[first].start..words[first + count - 1].end]
}

/// Returns whether a text contains any of the phrases.
pub(super) fn contains(text: &str, phrases: &[&str]) -> bool {
    find_first(text, phrases).is_some()
}

/// Returns the first of the phrases that a text contains, as written there.
pub(super) fn find_first<'text>(text: &'text str, phrases: &[&str]) -> Option<&'text str> {
    let words = split_words(text);
    phrases.iter().find_map(|phrase| find(&words, phrase, 0)).map(|found| written(&words, found))
}

/// The words that negate a phrase.
#[derive(Clone, Copy)]
pub(super) struct Negations {
    pub(super) words: &'static [&'static str],
    /// Whether they may also follow the phrase: "du musst nichts tun".
    pub(super) may_follow: bool,
}

/// Returns the first occurrence of a phrase that is not negated, as in "nothing that you must do". A phrase that contains a negation
/// itself is never negated.
pub(super) fn find_unnegated<'text>(text: &'text str, phrase: &str, negations: Negations) -> Option<&'text str> {
    let words = split_words(text);
    let has_negation = phrase.split(' ').any(|word| matches_any(word, negations.words));
    let is_negation = |word: &Word| matches_any(&word.lower, negations.words);
    let mut from = 0;
    while let Some(found) = find(&words, phrase, from) {
        let end = found.first + found.count;
        let before = &words[found.first.saturating_sub(NEGATION_DISTANCE)..found.first];
        let after = &words[end..(end + NEGATION_DISTANCE).min(words.len())];
        let after = if negations.may_follow { after } else { &[] };
        if has_negation || !before.iter().chain(after).any(is_negation) {
            return Some(written(&words, found));
        }
        from = end;
    }
    None
}

/// Returns the part of a text from a word of one list to a word of the other, in either order, at most `max_distance` words apart.
pub(super) fn find_near<'text>(
    text: &'text str,
    patterns: &[&str],
    others: &[&str],
    max_distance: usize,
) -> Option<&'text str> {
    let words = split_words(text);
    let positions = |patterns: &[&str]| -> Vec<usize> {
        words.iter().enumerate().filter(|(_, word)| matches_any(&word.lower, patterns)).map(|(at, _)| at).collect()
    };
    let (positions, others) = (positions(patterns), positions(others));
    let near = |at: &usize| others.iter().find(|other| at.abs_diff(**other) <= max_distance).map(|other| (*at, *other));
    let (at, other) = positions.iter().find_map(near)?;
    let (first, last) = (at.min(other), at.max(other));
    Some(written(&words, PhraseMatch { first, count: last - first + 1 }))
}
