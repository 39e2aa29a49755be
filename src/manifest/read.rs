//! Reads a whole manifest.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

use toml::de::DeTable;

use super::bounds::{MAX_BEDS, MAX_MANIFEST_BYTES, MAX_SEGMENTS};
use super::codes::Code;
use super::findings::{Finding, Findings, Severity};
use super::keys::TOP_LEVEL;
use super::segment::SegmentReader;
use super::session::{BedChange, BedSpec, SegmentContent, SegmentSpec, Session};
use super::source_map::SourceMap;
use super::syntax::{parser, recovery, scanner};
use super::table_reader::TableReader;
use super::{announcements, header, lint};

/// The result of reading a manifest that may have errors.
#[derive(Clone, Debug)]
pub(crate) struct ManifestReading {
    /// The session without unreadable parts. It may be checked further, but must not be played unless it is valid.
    pub(crate) session: Session,
    /// All findings, in the order of the text.
    pub(crate) findings: Vec<Finding>,
    source_map: SourceMap,
}

impl ManifestReading {
    /// Returns whether the session is complete, because no finding is an error.
    pub(crate) fn is_valid(&self) -> bool {
        is_valid(&self.findings)
    }

    /// Returns an empty collection for further findings about this session. `path` and `text` are those passed to the reader.
    pub(crate) fn new_findings<'text>(&self, path: &Path, text: &'text str) -> Findings<'text> {
        let mut findings = Findings::new(path, text);
        findings.set_source_map(self.source_map.clone());
        findings
    }
}

fn is_valid(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.severity != Severity::Error)
}

/// Reads a manifest. Returns the session unless a finding is an error. `path` is only used in the findings.
#[must_use]
pub fn read(path: &Path, text: &str) -> (Option<Session>, Vec<Finding>) {
    let reading = read_lossy(path, text);
    let is_valid = reading.is_valid();
    (Some(reading.session).filter(|_| is_valid), reading.findings)
}

/// Reads a manifest like [`read`], but without the checks of its wording and pacing, which only concern its author.
#[must_use]
pub fn read_for_playback(path: &Path, text: &str) -> (Option<Session>, Vec<Finding>) {
    let mut findings = Findings::new(path, text);
    let ParsedManifest { session, .. } = parse(text, &mut findings).unwrap_or_default();
    let findings = findings.into_sorted(&session.allow);
    let is_valid = is_valid(&findings);
    (Some(session).filter(|_| is_valid), findings)
}

/// Reads as much of a manifest as possible, even with errors.
pub(crate) fn read_lossy(path: &Path, text: &str) -> ManifestReading {
    let mut findings = Findings::new(path, text);
    let parsed = parse(text, &mut findings);
    if let Some(ParsedManifest { session, unread_segments, .. }) = &parsed {
        lint::check_session(session, unread_segments, &mut findings);
    }
    let ParsedManifest { session, source_map, .. } = parsed.unwrap_or_default();
    let findings = findings.into_sorted(&session.allow);
    ManifestReading { session, findings, source_map }
}

/// A manifest, as far as it could be read.
#[derive(Default)]
struct ParsedManifest {
    session: Session,
    source_map: SourceMap,
    /// The positions in the original text of segments that could not be read.
    unread_segments: Vec<usize>,
}

/// Returns `None` for a text that could not be parsed at all.
fn parse(text: &str, findings: &mut Findings) -> Option<ParsedManifest> {
    if text.len() > MAX_MANIFEST_BYTES {
        let message = format!("the manifest has {} bytes, more than 1 MiB", text.len());
        findings.error(Code::ManifestTooLarge, 0..0, message, "split it into several sessions");
        return None;
    }
    let valid_toml = DeTable::parse(text).ok();
    let statements = scanner::statements(text, valid_toml.is_some());
    if !parser::check_limits(findings, &statements) {
        return None;
    }
    let (corrected, source_map) = recovery::correct_syntax(findings, &statements, valid_toml.is_some());
    findings.set_source_map(source_map.clone());
    let document = match (valid_toml, &corrected) {
        (Some(document), Cow::Borrowed(_)) => document,
        _ => parser::parse(&corrected, findings),
    };
    let mut segments = SegmentReader::default();
    let session = read_session(&mut TableReader::new(document.get_ref(), 0..0, findings), &mut segments);
    let unread = segments.unread.iter().map(|span| findings.original_start(span));
    let unread_segments = unread.chain(findings.starts_of_hidden_segments()).collect();
    Some(ParsedManifest { session, source_map, unread_segments })
}

fn read_session(table: &mut TableReader, segments: &mut SegmentReader) -> Session {
    table.report_unknown_keys(TOP_LEVEL, "the manifest's top level");
    header::check_format(table);
    let title = table.required_text("title", "add a line such as title = \"Meeting craving with kindness\"");
    let mut session = header::read_header(table);
    session.segments = segments.read_list(table, "segment");
    session.soften = segments.read_list(table, "soften");
    session.exit = segments.read_list(table, "exit");
    if table.is_list_empty("segment") {
        let help = "add one, such as [[segment]] with bell = \"bowl\" on the next line";
        table.findings.error(Code::NoSegments, 0..0, "the session has no segments", help);
    }
    announcements::check_language(&session, table);
    segments.check_ids(table.findings);
    segments.check_bells(&header::bell_names(table), table.findings);
    check_size(&session, table.findings);
    check_beds(&session, table.findings);
    session.title = title.map_or_else(String::new, |title| title.value);
    session
}

/// Reports programmes with too many segments.
fn check_size(session: &Session, findings: &mut Findings) {
    let settle = u64::from(!session.settle.is_zero());
    for (name, segments, before) in
        [("session", &session.segments, settle), ("gentler passage", &session.soften, 0), ("closing", &session.exit, 0)]
    {
        let count = before + segments.iter().map(unrolled_count).sum::<u64>();
        if count > MAX_SEGMENTS {
            let span = segments.first().map_or(0..0, |segment| segment.span.clone());
            let with_settle = if before > 0 { ", with its settle" } else { "" };
            let message = format!(
                "the {name} has {count} segments after unrolling its repeats{with_settle}, more than {MAX_SEGMENTS}"
            );
            findings.error(Code::TooMuch, span, message, "repeat fewer times, or split the session");
        }
    }
}

/// Reports the first segment that exceeds the maximum number of different beds.
fn check_beds(session: &Session, findings: &mut Findings) {
    let mut beds: BTreeSet<&str> = session.bed.iter().map(BedSpec::name).collect();
    for segment in session.segments.iter().flat_map(SegmentSpec::repeat_and_parts) {
        let Some(BedChange::To(bed)) = &segment.bed else { continue };
        beds.insert(bed.name());
        if beds.len() > MAX_BEDS {
            let message = format!("the session has more than {MAX_BEDS} different beds");
            findings.error(Code::TooMuch, segment.span.clone(), message, "use fewer of them, or split the session");
            return;
        }
    }
}

fn unrolled_count(segment: &SegmentSpec) -> u64 {
    match &segment.content {
        SegmentContent::Repeat { times, parts } => u64::from(*times) * parts.len() as u64,
        _ => 1,
    }
}
