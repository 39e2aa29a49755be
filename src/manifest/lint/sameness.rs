//! Phrases shared by several sessions of one folder.

use std::collections::{BTreeMap, BTreeSet};

use super::language::LintLanguage;
use super::phrases::{self, split_words};
use super::position::span_of_words;
use crate::manifest::codes::Code;
use crate::manifest::findings::Findings;
use crate::manifest::session::{Session, SpokenLine};

/// The number of words of a phrase.
const WORDS: usize = 4;
/// The maximum number of sessions in a folder that may share a phrase.
const MAX_SESSIONS: usize = 3;

/// Adds hints about phrases shared by more than three of these sessions, at the first occurrence in each. The line about stopping may be the
/// same everywhere.
pub(crate) fn check_folder(sessions: &mut [(&Session, Findings)]) {
    let mut users: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (index, (session, _)) in sessions.iter().enumerate() {
        for text in texts(session) {
            for phrase in phrases_of(text) {
                users.entry(phrase).or_default().insert(index);
            }
        }
    }
    users.retain(|_, users| users.len() > MAX_SESSIONS);
    for (session, findings) in sessions {
        let mut seen = BTreeSet::new();
        for words in
            session.lines().filter_map(|(line, _)| line.words()).filter(|words| !is_safety_line(session, &words.value))
        {
            let spoken = split_words(&words.value);
            let mut covered = 0;
            for (at, window) in spoken.windows(WORDS).enumerate() {
                let phrase = join(window.iter().map(|word| word.lower.as_str()));
                let Some(count) = users.get(&phrase).map(BTreeSet::len) else { continue };
                // Of overlapping phrases, only the first one is reported.
                if at < covered || !seen.insert(phrase) {
                    continue;
                }
                covered = at + WORDS;
                let written = &words.value[window[0].start..window[WORDS - 1].end];
                let span = span_of_words(findings.text(), &words.span, written);
                let message = format!("`{written}` is in {count} sessions of this folder");
                findings.hint(Code::SharedPhrase, span, message, "use other words here, or leave it out");
            }
        }
    }
}

fn texts(session: &Session) -> impl Iterator<Item = &str> {
    let words = session.lines().filter_map(|(line, _)| SpokenLine::words(line)).map(|words| words.value.as_str());
    words.filter(|text| !is_safety_line(session, text))
}

fn is_safety_line(session: &Session, text: &str) -> bool {
    let language = LintLanguage::of(&session.language);
    language.is_some_and(|language| phrases::contains(text, language.permissions_to_stop))
}

fn phrases_of(text: &str) -> BTreeSet<String> {
    split_words(text).windows(WORDS).map(|words| join(words.iter().map(|word| word.lower.as_str()))).collect()
}

fn join<'words>(words: impl Iterator<Item = &'words str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::manifest::read;

    fn texts_of(lines: &[&str]) -> Vec<String> {
        let manifest = |line: &&str| format!("format = 1\ntitle = \"t\"\n[[segment]]\nsay = \"{line}\"\n");
        lines.iter().map(manifest).collect()
    }

    /// Returns the phrases with hints, by session.
    fn hints(lines: &[&str]) -> Vec<(usize, String)> {
        let texts = texts_of(lines);
        let sessions: Vec<_> = texts.iter().map(|text| read(Path::new("t.toml"), text).0.unwrap()).collect();
        let findings = texts.iter().map(|text| Findings::new(Path::new("t.toml"), text));
        let mut pairs: Vec<_> = sessions.iter().zip(findings).collect();
        check_folder(&mut pairs);
        let found = pairs.into_iter().enumerate().flat_map(|(index, (_, findings))| {
            let found = findings.into_sorted(&[]);
            found.into_iter().map(move |finding| (index, texts_of(lines)[index][finding.span].to_owned()))
        });
        found.collect()
    }

    #[test]
    fn a_phrase_in_four_sessions_is_reported() {
        let lines = ["Let the feet find the floor.", "Then let the feet find rest.", "Let the Feet find it."];
        assert_eq!(hints(&lines), []);
        let four = [&lines[..], &["Now, let the feet find you."]].concat();
        let expected = ["Let the feet find", "let the feet find", "Let the Feet find", "let the feet find"];
        assert_eq!(hints(&four), expected.iter().map(|one| (*one).to_owned()).enumerate().collect::<Vec<_>>());
    }

    #[test]
    fn the_line_about_stopping_may_be_shared() {
        assert_eq!(hints(&["You may stop at any time you like."; 5]), []);
    }
}
