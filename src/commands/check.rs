//! `karuna check`: prints the findings of manifests, after decoding all clips.

use indicatif::ProgressBar;
use serde::Serialize;

use super::{Outcome, progress, report};
use crate::cli::Check;
use crate::error::Failure;
use crate::load::{self, CheckReport};
use crate::manifest::{Finding, Severity, explain};
use crate::text::escape_controls;

#[derive(Serialize)]
struct Document {
    findings: Vec<Finding>,
}

pub(super) fn run(arguments: &Check) -> Result<Outcome, Failure> {
    if let Some(code) = arguments.explain {
        super::print_line(&explain::explain(code))?;
        return Ok(Outcome::Done);
    }
    let bar = match arguments.sessions.len() {
        0 | 1 => ProgressBar::hidden(),
        count => progress::item_bar(count as u64, "sessions"),
    };
    let mut reports = Vec::new();
    for session in bar.wrap_iter(arguments.sessions.iter()) {
        let checked = load::check(session, arguments.hints);
        if !arguments.json {
            bar.suspend(|| report::print(&checked.text, &checked.findings));
            if checked.findings.is_empty() {
                bar.suspend(|| super::print_line(&format!("{}: nothing found", escape_controls(session))))?;
            }
            if let Some(sentence) = unrecorded(session, checked.unrecorded) {
                bar.suspend(|| super::print_line(&sentence))?;
            }
        }
        reports.push(checked);
    }
    bar.finish_and_clear();
    let shared = if arguments.hints { CheckReport::find_shared_phrases(&reports) } else { Vec::new() };
    if !arguments.json {
        reports.iter().zip(&shared).for_each(|(checked, findings)| report::print(&checked.text, findings));
    }
    let all: Vec<_> =
        reports.into_iter().flat_map(|checked| checked.findings).chain(shared.into_iter().flatten()).collect();
    let has_errors = all.iter().any(|finding| finding.severity == Severity::Error);
    if arguments.json {
        super::print_json(&Document { findings: all })?;
    }
    Ok(if has_errors { Outcome::Failed } else { Outcome::Done })
}

/// Reports how many lines have no recording.
fn unrecorded(session: &str, lines: usize) -> Option<String> {
    let session = escape_controls(session);
    match lines {
        0 => None,
        1 => Some(format!("{session}: 1 line has no recording; a synthetic voice speaks it, or it is only shown")),
        _ => Some(format!(
            "{session}: {lines} lines have no recording; a synthetic voice speaks them, or they are only shown"
        )),
    }
}
