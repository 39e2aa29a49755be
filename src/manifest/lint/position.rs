//! The positions of words in a manifest.

use crate::manifest::span::Span;

/// Returns the position of some words within a text of the manifest, or that of the whole text if they are written differently there.
pub(super) fn span_of_words(manifest: &str, text: &Span, words: &str) -> Span {
    let found = manifest.get(text.clone()).and_then(|text| text.find(words));
    found.map_or(text.clone(), |at| text.start + at..text.start + at + words.len())
}
