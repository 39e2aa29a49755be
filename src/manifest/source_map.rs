//! A manifest's text with its slips mended, so that what is right in it can still be read, and the way back to the places in the original.

use std::borrow::Cow;

use super::findings::Span;

/// What stands in place of a range of the original.
#[derive(Clone, Debug)]
struct Edit {
    original: Span,
    put: String,
}

/// Changes to a text, by their places in the original.
#[derive(Clone, Debug, Default)]
pub(super) struct Repair {
    edits: Vec<Edit>,
    /// Ranges of the original about which nothing more is to be said.
    broken: Vec<Span>,
}

/// Where a mended text's bytes come from.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    /// Start in the mended text, its length there, and the range in the original; by their start.
    pieces: Vec<(usize, usize, Span)>,
    broken: Vec<Span>,
}

impl Repair {
    /// Puts something in place of a range. Of two changes that overlap, the first one made stands.
    pub(super) fn replace(&mut self, original: Span, put: impl Into<String>) {
        self.edits.push(Edit { original, put: put.into() });
    }

    /// The same, and nothing more will be said of what stands there.
    pub(super) fn stub(&mut self, original: Span, put: impl Into<String>) {
        self.broken.push(original.clone());
        self.replace(original, put);
    }

    /// The mended text, and the way back.
    pub(super) fn apply(mut self, text: &str) -> (Cow<'_, str>, Origins) {
        if self.edits.is_empty() {
            return (Cow::Borrowed(text), Origins::default());
        }
        self.edits.sort_by_key(|edit| edit.original.start);
        let (mut mended, mut at, mut pieces) = (String::with_capacity(text.len()), 0, Vec::new());
        for Edit { original, put } in self.edits {
            if original.start < at {
                continue;
            }
            mended += &text[at..original.start];
            pieces.push((mended.len(), put.len(), original.clone()));
            mended += &put;
            at = original.end;
        }
        mended += &text[at..];
        self.broken.sort_by_key(|span| span.start);
        (Cow::Owned(mended), Origins { pieces, broken: self.broken })
    }
}

impl Origins {
    /// The range of the original that a range of the mended text stands for; `None` where all is said already.
    pub(super) fn of(&self, span: Span) -> Option<Span> {
        let original = self.start(span.start)..self.end(span.end);
        let original = original.start..original.end.max(original.start);
        let said = |broken: &Span| broken.start <= original.start && original.start < broken.end.max(broken.start + 1);
        let after = self.broken.partition_point(|broken| broken.start <= original.start);
        (!self.broken[..after].iter().rev().take(8).any(said)).then_some(original)
    }

    /// Where a byte of the mended text comes from.
    pub(super) fn start(&self, at: usize) -> usize {
        match self.piece(at) {
            Some((start, length, original)) if at < start + length => original.start,
            Some((start, length, original)) => original.end + (at - start - length),
            None => at,
        }
    }

    fn end(&self, at: usize) -> usize {
        match self.piece(at) {
            Some((start, length, original)) if at < start + length => {
                if at == start {
                    original.start
                } else {
                    original.end
                }
            }
            Some((start, length, original)) => original.end + (at - start - length),
            None => at,
        }
    }

    fn piece(&self, at: usize) -> Option<(usize, usize, Span)> {
        let after = self.pieces.partition_point(|(start, ..)| *start <= at);
        self.pieces[..after].last().cloned()
    }
}
