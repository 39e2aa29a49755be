//! Summaries of the bundled sessions from `sessions/list.tsv`, so that listing them reads no manifests.
//!
//! `scripts/facts` writes the file, and a test of `karuna list` fails if it is outdated.

/// A session as `karuna list` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionSummary {
    /// The name in the library.
    pub(crate) name: &'static str,
    /// The natural length.
    pub(crate) length: &'static str,
    /// The minimum length that the session can be fitted to.
    pub(crate) shortest: &'static str,
    /// The maximum length that the session can be fitted to.
    pub(crate) longest: &'static str,
    /// The title.
    pub(crate) title: &'static str,
    /// The summary; empty if there is none.
    pub(crate) summary: &'static str,
    /// The tags of its lines, separated by commas.
    pub(crate) tags: &'static str,
}

/// Returns the summary of a bundled session.
pub(super) fn find(name: &str) -> Option<SessionSummary> {
    include_str!("../../../sessions/list.tsv").lines().filter_map(parse).find(|summary| summary.name == name)
}

fn parse(line: &'static str) -> Option<SessionSummary> {
    let mut fields = line.split('\t');
    let mut next = || fields.next();
    let [name, length, shortest, longest, title, summary] = [next()?, next()?, next()?, next()?, next()?, next()?];
    let tags = next().unwrap_or_default();
    Some(SessionSummary { name, length, shortest, longest, title, summary, tags })
}
