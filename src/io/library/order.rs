//! The order of the bundled sessions from `sessions/library.tsv`, each with its heading and a recommendation of when to take it.

/// A session's position in the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LibraryEntry {
    /// The heading above it.
    pub(crate) heading: &'static str,
    /// The name of the session.
    pub(crate) name: &'static str,
    /// When to take it.
    pub(crate) when: &'static str,
}

/// Returns all entries in order.
pub(crate) fn library_entries() -> impl Iterator<Item = LibraryEntry> {
    include_str!("../../../sessions/library.tsv").lines().filter_map(parse)
}

fn parse(line: &'static str) -> Option<LibraryEntry> {
    let mut fields = line.split('\t');
    let [heading, name, when] = [fields.next()?, fields.next()?, fields.next()?];
    Some(LibraryEntry { heading, name, when })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::io::library::bundled;

    #[test]
    fn every_shipped_session_is_in_the_order_once() {
        let lines = include_str!("../../../sessions/library.tsv").lines().count();
        let names: Vec<_> = library_entries().map(|entry| entry.name).collect();
        let listed: BTreeSet<_> = names.iter().copied().collect();
        let manifests = bundled::manifests().filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
        let shipped: BTreeSet<_> = manifests.map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
        assert_eq!(listed, shipped);
        assert_eq!((names.len(), lines), (listed.len(), listed.len()), "each session is listed once");
        let mut headings: Vec<_> = library_entries().map(|entry| entry.heading).collect();
        headings.dedup();
        let unique: BTreeSet<_> = headings.iter().collect();
        assert_eq!(headings.len(), unique.len(), "the sessions of a heading are adjacent");
    }
}
