//! Reads a whole manifest.

use std::borrow::Cow;
use std::path::Path;

use toml::de::DeTable;

use super::bounds::{MAX_MANIFEST_BYTES, MAX_SEGMENTS};
use super::codes::Code;
use super::findings::{Finding, Findings, Severity};
use super::keys::TOP;
use super::segment::Reader;
use super::session::{SegmentContent, SegmentSpec, Session};
use super::source_map::SourceMap;
use super::syntax::{parser, recovery};
use super::table::Table;
use super::{header, lint};

/// What a manifest's text came to.
#[derive(Clone, Debug)]
pub struct ManifestReading {
    /// The session as far as it could be read. What could not is left out, so it can be looked at, and not played.
    pub session: Session,
    /// All that was found.
    pub findings: Vec<Finding>,
    origins: SourceMap,
}

impl ManifestReading {
    /// Whether the session is whole: no finding is an error.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity == Severity::Warning)
    }

    /// For what is found later, by the places of the session; `path` and `text` are those that were read.
    #[must_use]
    pub fn new_findings<'text>(&self, path: &Path, text: &'text str) -> Findings<'text> {
        let mut findings = Findings::new(path, text);
        findings.set_source_map(self.origins.clone());
        findings
    }
}

/// Reads a manifest's text. The session is there when no finding is an error; `path` only names it in the findings.
#[must_use]
pub fn read(path: &Path, text: &str) -> (Option<Session>, Vec<Finding>) {
    let reading = read_lossy(path, text);
    let whole = reading.is_valid();
    (Some(reading.session).filter(|_| whole), reading.findings)
}

/// The same for a listener, who need not wait for what only a teacher is warned of: its language is not looked at.
#[must_use]
pub fn read_for_playback(path: &Path, text: &str) -> (Option<Session>, Vec<Finding>) {
    let mut findings = Findings::new(path, text);
    let Read { session, .. } = session_of(text, &mut findings).unwrap_or_default();
    let findings = findings.into_sorted(&session.allow);
    let whole = findings.iter().all(|finding| finding.severity == Severity::Warning);
    (Some(session).filter(|_| whole), findings)
}

/// Reads a manifest's text as far as it goes, errors or not.
#[must_use]
pub fn read_lossy(path: &Path, text: &str) -> ManifestReading {
    let mut findings = Findings::new(path, text);
    let read = session_of(text, &mut findings);
    if let Some(Read { session, lost, .. }) = &read {
        lint::look(session, lost, &mut findings);
    }
    let Read { session, origins, .. } = read.unwrap_or_default();
    let findings = findings.into_sorted(&session.allow);
    ManifestReading { session, findings, origins }
}

/// What a text came to.
#[derive(Default)]
struct Read {
    session: Session,
    origins: SourceMap,
    /// Where segments stand that could not be read.
    lost: Vec<usize>,
}

/// Nothing where the text can't be looked at any further.
fn session_of(text: &str, findings: &mut Findings) -> Option<Read> {
    if text.len() > MAX_MANIFEST_BYTES {
        let message = format!("the manifest has {} bytes, more than 1 MiB", text.len());
        findings.error(Code::ManifestTooLarge, 0..0, message, "divide it into several sessions");
        return None;
    }
    if !parser::is_readable(findings) {
        return None;
    }
    let whole = DeTable::parse(text).ok();
    let (mended, origins) = recovery::mend(findings, whole.is_some());
    findings.set_source_map(origins.clone());
    let document = match (whole, &mended) {
        (Some(document), Cow::Borrowed(_)) => document,
        _ => parser::parse(&mended, findings),
    };
    let mut segments = Reader::default();
    let session = session(&mut Table::new(document.get_ref(), 0..0, findings), &mut segments);
    let lost = segments
        .lost
        .iter()
        .map(|span| findings.original_start(span))
        .chain(findings.starts_of_hidden_segments())
        .collect();
    Some(Read { session, origins, lost })
}

fn session(table: &mut Table, segments: &mut Reader) -> Session {
    table.refuse_unknown(TOP, "the manifest's top level");
    header::format(table);
    let title = table.required_text("title", "add a line such as title = \"Meeting craving with kindness\"");
    let mut session = header::session(table);
    session.segments = segments.list(table, "segment");
    session.soften = segments.list(table, "soften");
    session.exit = segments.list(table, "exit");
    if table.lacks_any("segment") {
        table.findings.error(
            Code::NoSegments,
            0..0,
            "the session has no segment",
            "add one, as in [[segment]] and below it bell = \"bowl\"",
        );
    }
    segments.check_ids(table.findings);
    segments.check_bells(&header::bell_names(table), table.findings);
    check_size(&session, table);
    session.title = title.map_or_else(String::new, |title| title.value);
    session
}

fn check_size(session: &Session, table: &mut Table) {
    let settle = u64::from(!session.settle.is_zero());
    for (name, segments, before) in
        [("session", &session.segments, settle), ("gentler passage", &session.soften, 0), ("closing", &session.exit, 0)]
    {
        let count = before + segments.iter().map(unrolled).sum::<u64>();
        if count > MAX_SEGMENTS {
            let span = segments.first().map_or(0..0, |segment| segment.span.clone());
            let with = if before > 0 { ", with its settle" } else { "" };
            let message = format!(
                "the {name} has {count} segments after its repeats are unrolled{with}, more than {MAX_SEGMENTS}"
            );
            table.findings.error(Code::TooMuch, span, message, "repeat fewer times, or divide the session");
        }
    }
}

fn unrolled(segment: &SegmentSpec) -> u64 {
    match &segment.content {
        SegmentContent::Repeat { times, parts } => u64::from(*times) * parts.len() as u64,
        _ => 1,
    }
}
