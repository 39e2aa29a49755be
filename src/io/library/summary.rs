//! What the list says of the sessions inside the program, so that none has to be read for it: `sessions/list.tsv`, a line a session.
//!
//! `scripts/facts` writes it, and a test of `karuna list` tells when it is out of date.

/// A session as the list shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name in the library.
    pub name: &'static str,
    /// Its natural length.
    pub length: &'static str,
    /// The shortest that it can be fitted to.
    pub shortest: &'static str,
    /// The longest that it can be fitted to.
    pub longest: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its summary; empty where it has none.
    pub summary: &'static str,
}

/// The shipped session of this name.
pub(super) fn find(name: &str) -> Option<Listed> {
    include_str!("../../../sessions/list.tsv").lines().filter_map(listed).find(|listed| listed.name == name)
}

fn listed(line: &'static str) -> Option<Listed> {
    let mut fields = line.split('\t');
    let mut next = || fields.next();
    let [name, length, shortest, longest, title, summary] = [next()?, next()?, next()?, next()?, next()?, next()?];
    Some(Listed { name, length, shortest, longest, title, summary })
}
