//! "Did you mean": the known word nearest to an unknown one.

/// The nearest of the known words, where one is near enough to have been meant.
#[must_use]
pub fn nearest<'words>(word: &str, known: impl IntoIterator<Item = &'words str>) -> Option<&'words str> {
    if word.len() > 100 {
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

/// A help that names the nearest word, or else all of them.
pub(super) fn help<'words>(word: &str, known: impl IntoIterator<Item = &'words str> + Clone) -> String {
    if let Some(near) = nearest(word, known.clone()) {
        return format!("did you mean `{near}`?");
    }
    let all: Vec<_> = known.into_iter().map(|word| format!("`{word}`")).collect();
    format!("known here are {}", all.join(", "))
}
