//! Reads a whole manifest.

use std::path::Path;

use super::codes::Code;
use super::findings::{Finding, Findings};
use super::keys::TOP;
use super::session::{Kind, Segment, Session};
use super::table::Table;
use super::{LARGEST, header, lint, segment, slips, syntax};

/// The most segments after repeats are unrolled.
const MOST_SEGMENTS: u64 = 10_000;

/// Reads a manifest's text. The session is there when no finding is an error; `path` only names it in the findings.
#[must_use]
pub fn read(path: &Path, text: &str) -> (Option<Session>, Vec<Finding>) {
    let mut findings = Findings::new(path, text);
    if text.len() > LARGEST {
        let message = format!("the manifest has {} bytes, more than 1 MiB", text.len());
        findings.error(Code::TooLarge, 0..0, message, "divide it into several sessions");
        return (None, findings.into_sorted(&[]));
    }
    if !syntax::is_readable(&mut findings) {
        return (None, findings.into_sorted(&[]));
    }
    let (mended, origins) = slips::mend(&mut findings);
    findings.mended(origins);
    let document = syntax::parse(&mended, &mut findings);
    let mut table = Table::new(document.get_ref(), 0..0, &mut findings);
    let session = session(&mut table);
    let allowed = session.as_ref().map_or_else(Vec::new, |session| session.allow.clone());
    let session = session.filter(|_| !findings.any_error());
    if let Some(session) = &session {
        lint::look(session, &mut findings);
    }
    (session, findings.into_sorted(&allowed))
}

fn session(table: &mut Table) -> Option<Session> {
    table.refuse_unknown(TOP, "the manifest's top level");
    let format_holds = header::format(table);
    let title = table.required_text("title", "add a line such as title = \"Meeting craving with kindness\"");
    let mut session = header::session(table);
    session.segments = segment::list(table, "segment");
    session.soften = segment::list(table, "soften");
    session.exit = segment::list(table, "exit");
    if !table.has("segment") && !table.may_mean("segment") {
        table.findings.error(
            Code::NoSegments,
            0..0,
            "the session has no segment",
            "add one, as in [[segment]] and below it bell = \"bowl\"",
        );
    }
    segment::check_ids(&session, table.findings);
    segment::check_bells(&session, table.findings);
    check_size(&session, table);
    session.title = title?.value;
    format_holds.then_some(session)
}

fn check_size(session: &Session, table: &mut Table) {
    for (name, segments) in
        [("session", &session.segments), ("gentler passage", &session.soften), ("closing", &session.exit)]
    {
        let count: u64 = segments.iter().map(unrolled).sum();
        if count > MOST_SEGMENTS {
            let span = segments.first().map_or(0..0, |segment| segment.span.clone());
            let message = format!("the {name} has {count} segments after its repeats are unrolled, more than 10000");
            table.findings.error(Code::TooMuch, span, message, "repeat fewer times, or divide the session");
        }
    }
}

fn unrolled(segment: &Segment) -> u64 {
    match &segment.kind {
        Kind::Repeat { times, parts } => u64::from(*times) * parts.len() as u64,
        _ => 1,
    }
}
