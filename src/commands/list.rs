//! `karuna list`: lists the sessions of the library.

use std::collections::BTreeSet;

use super::{Outcome, report};
use crate::error::Failure;
use crate::io::library::{self, LibraryEntry, ManifestFile, SessionSummary};
use crate::io::terminal;
use crate::load::{self, LoadError};
use crate::manifest::duration;
use crate::present::layout::{room, wrapped};
use crate::present::listing::{ListedSession, listing};
use crate::text::escape_controls;
use crate::units::Rate;

/// Prints the list, and one line on how to begin.
pub(super) fn welcome() -> Result<Outcome, Failure> {
    run(false)?;
    let how = "`karuna NAME` plays one. The keys are shown while it plays, and you may stop at any time.";
    for line in wrapped(how, room(terminal::output_columns())) {
        super::print_line(&line)?;
    }
    Ok(Outcome::Done)
}

pub(super) fn run(json: bool) -> Result<Outcome, Failure> {
    let mut sessions: Vec<_> = library::session_names().iter().filter_map(|name| listed(name)).collect();
    for (index, session) in sessions.iter_mut().enumerate() {
        session.order = index + 1;
    }
    if json {
        super::print_json(&sessions)?;
        return Ok(Outcome::Done);
    }
    for line in listing(&sessions, terminal::output_columns()) {
        super::print_line(&line)?;
    }
    if let Some(first) = sessions.iter().find(|session| session.heading.is_some()) {
        super::print_line(&format!("\nNew here? `karuna {}` is a good beginning.", first.name))?;
    }
    Ok(Outcome::Done)
}

/// Returns the list entry of a session. A session that can't be played is reported in a line on standard error and skipped.
fn listed(name: &str) -> Option<ListedSession> {
    let session = match library::bundled_summary(name) {
        Some(summary) => Ok(ListedSession::from(summary)),
        None => library::open(name).map_err(|error| Failure::from(error).message).and_then(entry_of_loaded_session),
    };
    match session {
        Ok(session) => Some(session),
        Err(problem) => {
            report::line(&format!("{}: {}", escape_controls(name), escape_controls(&problem)));
            None
        }
    }
}

/// Loads a session and returns its entry, without its number, heading and recommendation, or the reason why it can't be played.
fn entry_of_loaded_session(manifest: ManifestFile) -> Result<ListedSession, String> {
    let name = manifest.name.clone();
    let session = load::load_silent(manifest).map_err(|error| problem(&name, error))?;
    let message = |error| Failure::from(error).message;
    let natural = session.timeline(Rate::DEFAULT).map_err(message)?.rounded_to_seconds();
    let (shortest, longest) = session.length_range(Rate::DEFAULT).map_err(message)?.rounded_to_seconds();
    let [length, shortest, longest] = [natural, shortest, longest].map(duration::format);
    let tags: BTreeSet<String> = session.session.tags().map(str::to_owned).collect();
    let (title, summary) = (session.session.title.clone(), session.session.summary.clone());
    let tags = tags.into_iter().collect();
    Ok(ListedSession { name, title, length, shortest, longest, summary, tags, ..ListedSession::default() })
}

fn problem(name: &str, error: LoadError) -> String {
    let LoadError::Invalid { findings, .. } = error else { return Failure::from(error).message };
    let mistakes = if findings.len() == 1 { "1 mistake".to_owned() } else { format!("{} mistakes", findings.len()) };
    format!("{mistakes}; `karuna check {name}` shows what to do")
}

impl From<SessionSummary> for ListedSession {
    fn from(summary: SessionSummary) -> Self {
        let entry = library::library_entries().find(|entry| entry.name == summary.name);
        let LibraryEntry { heading, when, .. } = entry.unwrap_or(LibraryEntry { heading: "More", name: "", when: "" });
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Self {
            order: 0,
            heading: text(heading),
            name: summary.name.to_owned(),
            title: summary.title.to_owned(),
            length: summary.length.to_owned(),
            shortest: summary.shortest.to_owned(),
            longest: summary.longest.to_owned(),
            summary: text(summary.summary),
            when: text(when),
            tags: summary.tags.split(',').filter_map(text).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Returns the line of a session in `list.tsv`.
    fn line(name: &str) -> String {
        let session = entry_of_loaded_session(library::bundled_session(name).unwrap()).unwrap();
        let ListedSession { name, title, length, shortest, longest, summary, tags, .. } = session;
        let fields = [name, length, shortest, longest, title, summary.unwrap_or_default(), tags.join(",")];
        assert!(
            fields.iter().all(|field| !field.contains(['\t', '\n'])),
            "{fields:?}: a field must not contain tabs or newlines"
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
