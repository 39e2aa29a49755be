//! Inline pronunciations: `[mettā](/mˈɛtə/)` shows the word and speaks the phonemes.

use std::borrow::Cow;
use std::ops::Range;

/// A line as shown, with the pronunciations of some of its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PronouncedText {
    /// The line without phonemes and their marks.
    pub(crate) shown: String,
    /// The pronunciations in order, without overlaps.
    pub(crate) pronunciations: Vec<Pronunciation>,
}

/// The pronunciation of one or more words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pronunciation {
    /// Their byte range in the line as shown.
    pub(crate) range: Range<usize>,
    /// The phonemes, as written between the slashes.
    pub(crate) phonemes: String,
}

impl PronouncedText {
    /// Parses a line. Text that does not have the form of a pronunciation is unchanged.
    pub(crate) fn parse(line: &str) -> Self {
        let mut parsed = Self::default();
        let mut rest = line;
        while let Some(start) = rest.find('[') {
            let (before, bracket) = rest.split_at(start);
            parsed.shown.push_str(before);
            rest = if let Some((words, phonemes, after)) = parse_link(bracket) {
                let start = parsed.shown.len();
                parsed.shown.push_str(words);
                let range = start..parsed.shown.len();
                parsed.pronunciations.push(Pronunciation { range, phonemes: phonemes.to_owned() });
                after
            } else {
                parsed.shown.push('[');
                &bracket[1..]
            };
        }
        parsed.shown.push_str(rest);
        parsed
    }
}

/// Removes the pronunciations from a line and keeps the words, for captions and for engines without phonemes.
#[must_use]
pub(crate) fn without_pronunciations(line: &str) -> Cow<'_, str> {
    if line.contains("](/") { PronouncedText::parse(line).shown.into() } else { line.into() }
}

/// Splits `[words](/phonemes/)rest` into its three parts.
fn parse_link(text: &str) -> Option<(&str, &str, &str)> {
    let (words, rest) = text.strip_prefix('[')?.split_once("](/")?;
    let (phonemes, rest) = rest.split_once("/)")?;
    let is_sound = !words.trim().is_empty() && !words.contains(['[', ']']) && !phonemes.contains(['/', '(', ')', '\n']);
    (is_sound && !phonemes.trim().is_empty()).then_some((words, phonemes, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_pronunciation_is_split_into_word_and_phonemes() {
        let parsed = PronouncedText::parse("Let [mettā](/mˈɛtə/) and [Thich Nhat Hanh](/tˈɪk nɑt hɑn/) be.");
        assert_eq!(parsed.shown, "Let mettā and Thich Nhat Hanh be.");
        let words: Vec<_> = parsed.pronunciations.iter().map(|one| &parsed.shown[one.range.clone()]).collect();
        assert_eq!(words, ["mettā", "Thich Nhat Hanh"]);
        assert_eq!(parsed.pronunciations[0].phonemes, "mˈɛtə");
    }

    #[test]
    fn other_brackets_are_unchanged() {
        for line in ["[here](https://a.b)", "[a]", "[](/a/)", "[a](//)", "[a](/b)", "a](/b/)", "[a [b](/c)/)"] {
            assert_eq!(without_pronunciations(line), line);
        }
        assert_eq!(without_pronunciations("[a [b](/c/)]"), "[a b]");
    }

    proptest! {
        #[test]
        fn any_line_can_be_parsed(line in r"[\[\]()/ab ˈé]{0,40}") {
            let parsed = PronouncedText::parse(&line);
            prop_assert!(parsed.pronunciations.iter().all(|one| parsed.shown.get(one.range.clone()).is_some()));
            prop_assert_eq!(without_pronunciations(&line), parsed.shown);
        }
    }
}
