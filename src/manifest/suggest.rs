//! Suggestions for misspelt words.

/// The maximum length of compared words.
const MAX_WORD_BYTES: usize = 100;

/// Returns the known word with the smallest edit distance, if the distance is small enough for a misspelling.
pub(crate) fn nearest<'words>(word: &str, known: impl IntoIterator<Item = &'words str>) -> Option<&'words str> {
    if word.len() > MAX_WORD_BYTES {
        return None;
    }
    let lower = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count().min(word.chars().count()) / 4)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Returns a help that suggests the nearest word, or lists all known ones.
pub(crate) fn help<'words>(word: &str, known: impl IntoIterator<Item = &'words str> + Clone) -> String {
    if let Some(near) = nearest(word, known.clone()) {
        return format!("did you mean `{near}`?");
    }
    let all: Vec<_> = known.into_iter().map(|word| format!("`{word}`")).collect();
    format!("use one of {}", all.join(", "))
}
