//! `karuna list`: the sessions of the library.

use std::ops::ControlFlow;

use serde::Serialize;

use super::{Outcome, loading};
use crate::error::Failure;
use crate::io::library::{self, ManifestFile, SessionSummary};
use crate::load;
use crate::manifest::duration;
use crate::text::escape_controls;
use crate::units::Rate;

#[derive(Serialize)]
struct Entry {
    name: String,
    title: String,
    length: String,
    shortest: String,
    longest: String,
    summary: Option<String>,
}

/// The list, and one line on how to begin.
pub(super) fn welcome() -> Result<Outcome, Failure> {
    run(false)?;
    super::print_line(
        "\n`karuna NAME` plays one; any key that you need is shown while it plays, and stopping is always all right.",
    )?;
    Ok(Outcome::Done)
}

pub(super) fn run(json: bool) -> Result<Outcome, Failure> {
    let entries: Vec<_> = library::session_names().iter().filter_map(|name| entry(name)).collect();
    if json {
        super::print_json(&entries)?;
        return Ok(Outcome::Done);
    }
    let width = entries.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    for entry in entries {
        let lengths = format!("{} ({}–{})", entry.length, entry.shortest, entry.longest);
        super::print_line(&format!("{:width$}  {:<22}  {}", entry.name, lengths, escape_controls(&entry.title)))?;
        if let Some(summary) = &entry.summary {
            super::print_line(&format!("{:width$}  {}", "", escape_controls(summary)))?;
        }
    }
    Ok(Outcome::Done)
}

/// A session that can't be played is told on standard error, and the list goes on.
fn entry(name: &str) -> Option<Entry> {
    if let Some(listed) = library::bundled_summary(name) {
        return Some(listed.into());
    }
    match library::open(name).map_err(Failure::from).and_then(computed) {
        Ok(entry) => entry,
        Err(failure) => {
            super::report::line(&format!("{}: {failure}", escape_controls(name)));
            None
        }
    }
}

/// What only a reading of the whole session tells; nothing where it has errors, which have been printed.
fn computed(manifest: ManifestFile) -> Result<Option<Entry>, Failure> {
    let name = manifest.name.clone();
    let ControlFlow::Continue(session) = loading::finish(load::load_silent(manifest), None)? else { return Ok(None) };
    let natural = session.timeline(Rate::DEFAULT)?.frames.0.div_ceil(u64::from(Rate::DEFAULT.hertz()));
    let (shortest, longest) = session.length_range(Rate::DEFAULT)?.rounded_to_seconds();
    Ok(Some(Entry {
        name,
        title: session.session.title.clone(),
        length: duration::format(std::time::Duration::from_secs(natural)),
        shortest: duration::format(shortest),
        longest: duration::format(longest),
        summary: session.session.summary.clone(),
    }))
}

impl From<SessionSummary> for Entry {
    fn from(listed: SessionSummary) -> Self {
        Self {
            name: listed.name.to_owned(),
            title: listed.title.to_owned(),
            length: listed.length.to_owned(),
            shortest: listed.shortest.to_owned(),
            longest: listed.longest.to_owned(),
            summary: Some(listed.summary).filter(|summary| !summary.is_empty()).map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The line of a session.
    fn line(name: &str) -> String {
        let entry = computed(library::bundled_session(name).unwrap()).unwrap().unwrap();
        let Entry { name, title, length, shortest, longest, summary } = entry;
        let fields = [name, length, shortest, longest, title, summary.unwrap_or_default()];
        assert!(
            fields.iter().all(|field| !field.contains(['\t', '\n'])),
            "{fields:?}: a line, divided by tabs, holds it"
        );
        fields.join("\t")
    }

    #[test]
    fn shipped_sessions_are_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sessions");
        let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let manifests = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
        let mut lines: Vec<String> = manifests.map(|path| line(path.file_stem().unwrap().to_str().unwrap())).collect();
        lines.sort();
        let (now, path) = (lines.join("\n") + "\n", folder.join("list.tsv"));
        if std::env::var_os("KARUNA_FACTS").is_some_and(|wish| wish == "write") {
            return std::fs::write(path, now).unwrap();
        }
        let known = std::fs::read_to_string(path).unwrap();
        assert_eq!(known, now, "sessions have changed: run scripts/facts, which writes sessions/list.tsv anew");
    }
}
