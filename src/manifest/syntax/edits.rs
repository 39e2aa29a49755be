//! Edits of a text, which yield a corrected copy and the map back to the original.

use std::borrow::Cow;

use crate::manifest::source_map::{Replacement, SourceMap};
use crate::manifest::span::Span;

#[derive(Clone, Debug)]
struct TextEdit {
    original: Span,
    replacement: String,
}

/// Edits of one text, by their positions in the original.
#[derive(Clone, Debug, Default)]
pub(super) struct TextEdits {
    edits: Vec<TextEdit>,
    /// Parts of the original in which no further errors are reported.
    reported: Vec<Span>,
}

impl TextEdits {
    /// Replaces a part of the text. If two edits overlap, the one that starts first counts.
    pub(super) fn replace(&mut self, original: Span, replacement: impl Into<String>) {
        self.edits.push(TextEdit { original, replacement: replacement.into() });
    }

    /// Replaces a part of the text in which no further errors shall be reported.
    pub(super) fn replace_reported(&mut self, original: Span, replacement: impl Into<String>) {
        self.reported.push(original.clone());
        self.replace(original, replacement);
    }

    /// Returns the edited text and the map back. The text is borrowed if there are no edits.
    pub(super) fn apply(mut self, text: &str) -> (Cow<'_, str>, SourceMap) {
        if self.edits.is_empty() {
            return (Cow::Borrowed(text), SourceMap::default());
        }
        self.edits.sort_by_key(|edit| edit.original.start);
        let (mut edited, mut copied, mut replacements) = (String::with_capacity(text.len()), 0, Vec::new());
        for TextEdit { original, replacement } in self.edits {
            if original.start < copied {
                continue;
            }
            edited += &text[copied..original.start];
            let start = edited.len();
            edited += &replacement;
            copied = original.end;
            replacements.push(Replacement { original, corrected: start..edited.len() });
        }
        edited += &text[copied..];
        self.reported.sort_by_key(|span| span.start);
        (Cow::Owned(edited), SourceMap::new(replacements, self.reported))
    }
}
