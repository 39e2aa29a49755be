//! `karuna list`: the sessions of the library.

use serde::Serialize;

use super::{Outcome, prepare};
use crate::failure::Failure;
use crate::io::library;
use crate::manifest::duration;
use crate::units::Rate;
use crate::words::harmless;

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
        "\n`karuna play NAME` begins one; any key that you need is shown while it plays, and stopping is always all right.",
    )?;
    Ok(Outcome::Done)
}

pub(super) fn run(json: bool) -> Result<Outcome, Failure> {
    let entries: Vec<_> = library::names().iter().filter_map(|name| entry(name)).collect();
    if json {
        super::print_json(&entries)?;
        return Ok(Outcome::Done);
    }
    let width = entries.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    for entry in entries {
        let lengths = format!("{} ({}–{})", entry.length, entry.shortest, entry.longest);
        super::print_line(&format!("{:width$}  {:<22}  {}", entry.name, lengths, harmless(&entry.title)))?;
        if let Some(summary) = &entry.summary {
            super::print_line(&format!("{:width$}  {}", "", harmless(summary)))?;
        }
    }
    Ok(Outcome::Done)
}

/// A session that can't be played is told on standard error, and the list goes on.
fn entry(name: &str) -> Option<Entry> {
    match prepare::natural(name) {
        Ok(Some(prepared)) => {
            let timeline = prepared.timeline(Rate::DEFAULT).ok()?;
            let range = prepared.range(Rate::DEFAULT).ok()?;
            let (shortest, longest) = range.whole_seconds();
            let natural = timeline.frames.0.div_ceil(u64::from(Rate::DEFAULT.hertz()));
            Some(Entry {
                name: name.to_owned(),
                title: prepared.session.title.clone(),
                length: duration::format(std::time::Duration::from_secs(natural)),
                shortest: duration::format(shortest),
                longest: duration::format(longest),
                summary: prepared.session.summary.clone(),
            })
        }
        Ok(None) => None,
        Err(failure) => {
            eprintln!("{}: {failure}", harmless(name));
            None
        }
    }
}
