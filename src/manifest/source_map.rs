//! Maps positions in a corrected copy of a manifest to the original text.

use super::span::Span;

/// A replacement in the original text.
#[derive(Clone, Debug)]
pub(super) struct Replacement {
    /// The replaced bytes of the original.
    pub(super) original: Span,
    /// The replacing bytes of the corrected text.
    pub(super) corrected: Span,
}

/// Maps positions in a corrected text to the original. The default maps each position to itself.
#[derive(Clone, Debug, Default)]
pub(super) struct SourceMap {
    /// The replacements, in the order of the text.
    replacements: Vec<Replacement>,
    /// Parts of the original whose errors have been reported, in the order of the text.
    reported: Vec<Span>,
}

impl SourceMap {
    /// The number of reported parts before a position that are compared with it.
    const COMPARED: usize = 8;

    /// Builds a map from replacements and reported parts, both in the order of the text.
    pub(super) fn new(replacements: Vec<Replacement>, reported: Vec<Span>) -> Self {
        Self { replacements, reported }
    }

    /// Returns the original bytes of a span in the corrected text, or `None` if an error was already reported there.
    pub(super) fn original(&self, span: &Span) -> Option<Span> {
        let start = self.original_start(span.start);
        let original = start..self.original_end(span.end).max(start);
        let covers = |reported: &Span| reported.start <= start && start < reported.end.max(reported.start + 1);
        let before = self.reported.partition_point(|reported| reported.start <= start);
        let is_reported = self.reported[..before].iter().rev().take(Self::COMPARED).any(covers);
        (!is_reported).then_some(original)
    }

    /// Returns the byte of the original that corresponds to a byte of the corrected text.
    pub(super) fn original_start(&self, at: usize) -> usize {
        match self.replacement_before(at) {
            Some(Replacement { original, corrected }) if at < corrected.end => original.start,
            Some(Replacement { original, corrected }) => original.end + (at - corrected.end),
            None => at,
        }
    }

    fn original_end(&self, at: usize) -> usize {
        match self.replacement_before(at) {
            Some(Replacement { original, corrected }) if corrected.start < at && at < corrected.end => original.end,
            _ => self.original_start(at),
        }
    }

    /// Returns the last replacement that starts at or before a byte of the corrected text.
    fn replacement_before(&self, at: usize) -> Option<&Replacement> {
        let after = self.replacements.partition_point(|replacement| replacement.corrected.start <= at);
        self.replacements[..after].last()
    }
}
