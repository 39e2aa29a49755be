//! Checks sessions completely.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::voice_gain::{ALL_CLIPS_SILENT, gain_to_level};
use super::{clips, lines};
use crate::error::Remedy as _;
use crate::io::clips::{AnalysisCache, ClipTable};
use crate::io::library::{self, LibraryError};
use crate::manifest::lint::{hints, recordings, sameness};
use crate::manifest::{self, Code, Finding, Findings, Session, Severity};
use crate::timeline::{self, Shape};
use crate::units::Rate;

/// The findings of a manifest.
pub(crate) struct CheckReport {
    /// The manifest's text, which the spans of the findings point into.
    pub(crate) text: String,
    /// In the order of their lines.
    pub(crate) findings: Vec<Finding>,
    /// The number of lines without a recording.
    pub(crate) unrecorded: usize,
    /// The session, if it has no errors.
    session: Option<Session>,
    path: PathBuf,
}

impl CheckReport {
    /// Adds hints about phrases shared by sessions of one folder, and returns those of each report.
    pub(crate) fn find_shared_phrases(reports: &[Self]) -> Vec<Vec<Finding>> {
        let mut folders: BTreeMap<&Path, Vec<usize>> = BTreeMap::new();
        for (index, report) in reports.iter().enumerate().filter(|(_, report)| report.session.is_some()) {
            folders.entry(report.path.parent().unwrap_or(Path::new(""))).or_default().push(index);
        }
        let mut found = vec![Vec::new(); reports.len()];
        for indices in folders.into_values() {
            let sessions = indices.iter().filter_map(|index| {
                let report = &reports[*index];
                Some((report.session.as_ref()?, Findings::new(&report.path, &report.text)))
            });
            let mut sessions: Vec<_> = sessions.collect();
            sameness::check_folder(&mut sessions);
            for (index, (session, findings)) in indices.into_iter().zip(sessions) {
                found[index] = findings.into_sorted(&session.allow);
            }
        }
        found
    }
}

/// Checks a session completely, decoding all of its clips. Optionally adds hints.
pub(crate) fn check(session: &str, with_hints: bool) -> CheckReport {
    let manifest = match library::open(session) {
        Ok(manifest) => manifest,
        Err(error) => return unreadable(session, &error),
    };
    let reading = manifest::read_lossy(&manifest.path, &manifest.text);
    let mut findings = reading.new_findings(&manifest.path, &manifest.text);
    let (is_complete, session, mut found) = (reading.is_valid(), reading.session, reading.findings);
    let (clips, errors) = ClipTable::analyse(&manifest.origin, &clips::all(&session), AnalysisCache::for_listener());
    clips::report_errors(&session, &errors, &mut findings);
    if is_complete && !findings.has_error() {
        check_timelines(&session, &clips, &mut findings);
    }
    let narration = clips::narration(&session);
    let loudness = clips.pooled_loudness(&narration);
    let gain = gain_to_level(session.levels.voice, loudness);
    let measured = clips.measures();
    recordings::check_clips(&session, &measured, gain, &mut findings);
    recordings::check_lengths(&session, &measured, &mut findings);
    if with_hints {
        hints::check_session(&session, &mut findings);
    }
    if !findings.has_error() && loudness.is_none() && !narration.is_empty() {
        let help = "check that these are the right recordings";
        findings.warning(Code::ClipsSilent, 0..0, ALL_CLIPS_SILENT, help);
    }
    found.extend(findings.into_sorted(&session.allow));
    found.sort_by_key(|finding| (finding.line, finding.column));
    let unrecorded = lines::count_unrecorded(&session);
    let is_valid = found.iter().all(|finding| finding.severity != Severity::Error);
    let session = Some(session).filter(|_| is_valid);
    CheckReport { text: manifest.text, findings: found, unrecorded, session, path: manifest.path }
}

fn unreadable(session: &str, error: &LibraryError) -> CheckReport {
    let text = error.valid_text().to_owned();
    let mut findings = Findings::new(Path::new(session), &text);
    let help = error.help().unwrap_or_default();
    findings.error(error.code(), text.len()..text.len(), error.to_string(), help);
    let findings = findings.into_sorted(&[]);
    CheckReport { findings, text, unrecorded: 0, session: None, path: PathBuf::from(session) }
}

/// Finds problems of the complete timelines as written: they are too long, have too many parts, or are too dense.
pub(super) fn check_timelines(session: &Session, clips: &ClipTable, findings: &mut Findings) {
    let (facts, shape) = (clips.facts(&clips::bells_and_beds(session)), Shape::default());
    match timeline::build_all(session, &facts, &shape, Rate::DEFAULT) {
        Err(error) => findings.error(Code::TooMuch, 0..0, error.to_string(), error.help().unwrap_or_default()),
        Ok(programmes) => {
            let timeline = programmes.session();
            let texts = timeline.segments.iter().filter_map(|segment| segment.text.as_deref());
            let words = texts.map(|text| text.split_whitespace().count()).sum();
            let length = Duration::from_secs_f64(timeline.frames.seconds(timeline.rate));
            recordings::check_session_pace(words, length, findings);
        }
    }
}
