//! `karuna new --from`: converts a script, and reports the result.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use super::{Outcome, print_next_steps, report};
use crate::commands::print_line;
use crate::error::{Failure, reason};
use crate::script::{self, ConvertedScript, MAX_SCRIPT_BYTES};
use crate::text::{self, describe_duration, escape_controls};

/// The smallest reported difference from the length that the script itself states.
const TOLERANCE: Duration = Duration::from_secs(15);

/// Reads a script and converts it to a manifest.
pub(super) fn read(path: &Path) -> Result<ConvertedScript, Failure> {
    let failed = |message: String, help: &str| Failure::new(format!("{} {message}", text::display_path(path)), help);
    let unreadable = |error: std::io::Error| {
        failed(format!("can't be read: {}", reason(&error)), "give the path of the script, as in --from evening.txt")
    };
    if path.metadata().map_err(unreadable)?.is_dir() {
        return Err(failed("is a folder".to_owned(), "give the path of the script in it"));
    }
    let mut bytes = Vec::new();
    let limit = MAX_SCRIPT_BYTES as u64 + 1;
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(unreadable)?;
    script::convert(&bytes, path).map_err(Failure::from)
}

/// Prints a summary of the new manifest, and the lines of the script that were not understood.
pub(super) fn report(target: &Path, converted: &ConvertedScript) -> Result<Outcome, Failure> {
    for note in &converted.notes {
        report::line(&format!("line {}: {}", note.line, escape_controls(&note.message)));
    }
    let summary = &converted.summary;
    let counts = [
        (summary.lines, "line", "lines"),
        (summary.silences, "silence", "silences"),
        (summary.bells, "bell", "bells"),
        (summary.chapters, "chapter", "chapters"),
        (summary.directions, "comment", "comments"),
    ];
    let counts: Vec<_> = counts
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }))
        .collect();
    let title = escape_controls(&summary.title);
    print_line(&format!("{} is written: \"{title}\", {}.", text::display_path(target), counts.join(", ")))?;
    print_length(converted)?;
    print_line("")?;
    print_next_steps(target)
}

fn print_length(converted: &ConvertedScript) -> Result<(), Failure> {
    let length = converted.summary.length;
    let described = describe_duration(length);
    let Some(stated) = converted.stated_length else {
        return print_line(&format!("It lasts about {described}."));
    };
    let range = if stated.shortest == stated.longest {
        describe_duration(stated.shortest)
    } else {
        format!("{} to {}", describe_duration(stated.shortest), describe_duration(stated.longest))
    };
    let difference = if length < stated.shortest {
        Some((stated.shortest.saturating_sub(length), "shorter"))
    } else if length > stated.longest {
        Some((length.saturating_sub(stated.longest), "longer"))
    } else {
        None
    };
    match difference.filter(|(difference, _)| *difference > TOLERANCE) {
        Some((difference, kind)) => print_line(&format!(
            "The script says {range}. As written it lasts about {described}: {} {kind}.",
            describe_duration(difference)
        )),
        None => print_line(&format!("It lasts about {described}; the script says {range}.")),
    }
}
