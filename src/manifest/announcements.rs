//! Announcements of silences: the session's own, or the default ones in English.

use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use toml::de::DeTable;

use super::bounds::{ANNOUNCED_SILENCE, MAX_ANNOUNCEMENTS};
use super::codes::Code;
use super::findings::Findings;
use super::keys::ANNOUNCEMENT;
use super::narration::read_spoken_line;
use super::session::{AnnouncementSpec, SegmentContent, SegmentSpec, Session};
use super::table_reader::TableReader;

/// The default announcements, for sessions in English without their own.
static DEFAULTS: LazyLock<Vec<AnnouncementSpec>> = LazyLock::new(|| {
    let text = include_str!("../../audio/time/announce.toml");
    let mut findings = Findings::new(Path::new("announce.toml"), text);
    let Ok(document) = DeTable::parse(text) else { return Vec::new() };
    read_announcements(&mut TableReader::new(document.get_ref(), 0..0, &mut findings))
});

impl Session {
    /// Returns the announcements that apply, in the order of their lengths. Languages other than English have no default ones.
    pub(crate) fn effective_announcements(&self) -> &[AnnouncementSpec] {
        match self.announcements.as_slice() {
            [] if is_english(&self.language) => &DEFAULTS,
            own => own,
        }
    }

    /// Returns the announcement for a silence of this length.
    pub(crate) fn announcement(&self, length: Duration) -> Option<&AnnouncementSpec> {
        self.effective_announcements().iter().find(|announcement| announcement.upto.is_none_or(|upto| length <= upto))
    }

    /// Returns the possible announcements for a silence whose length is in this range.
    pub(crate) fn announcements_within(&self, range: RangeInclusive<Duration>) -> &[AnnouncementSpec] {
        let all = self.effective_announcements();
        let is_too_short =
            |announcement: &AnnouncementSpec, length: &Duration| announcement.upto.is_some_and(|upto| upto < *length);
        let first = all.partition_point(|announcement| is_too_short(announcement, range.start()));
        let last = all.partition_point(|announcement| is_too_short(announcement, range.end()));
        all.get(first..=last).unwrap_or(&[])
    }

    /// Returns whether a silence uses the default announcements.
    pub(crate) fn uses_default_announcements(&self) -> bool {
        self.announcements.is_empty() && self.announced_silences().next().is_some()
    }

    /// Iterates over the announced silences.
    pub(super) fn announced_silences(&self) -> impl Iterator<Item = &SegmentSpec> {
        self.all_segments()
            .filter(|segment| matches!(&segment.content, SegmentContent::Silence(silence) if silence.is_announced))
    }
}

fn is_english(language: &str) -> bool {
    language.split('-').next().is_some_and(|language| language.eq_ignore_ascii_case("en"))
}

/// Reads the announcements under `[[announce]]`, without those that have errors.
pub(super) fn read_announcements(table: &mut TableReader) -> Vec<AnnouncementSpec> {
    let tables = table.array_of_tables("announce", "an announcement");
    if let Some((_, span)) = tables.get(MAX_ANNOUNCEMENTS) {
        let message = format!("there are {} announcements, more than {MAX_ANNOUNCEMENTS}", tables.len());
        table.findings.error(Code::TooMuch, span.clone(), message, "keep only those that differ");
        return Vec::new();
    }
    let count = tables.len();
    let mut announcements: Vec<AnnouncementSpec> = Vec::new();
    for (index, (inner, span)) in tables.into_iter().enumerate() {
        let previous = announcements.last().and_then(|announcement| announcement.upto);
        let mut inner = TableReader::new(inner, span, table.findings);
        announcements.extend(read_announcement(&mut inner, previous, index + 1 == count));
    }
    announcements
}

/// Reads one announcement. `before` is the length of the previous one.
fn read_announcement(table: &mut TableReader, before: Option<Duration>, is_last: bool) -> Option<AnnouncementSpec> {
    table.report_unknown_keys(ANNOUNCEMENT, "[[announce]]");
    let upto = table.duration("upto", ANNOUNCED_SILENCE);
    check_upto(table, upto, before, is_last);
    if !["say", "clip"].into_iter().any(|key| table.has(key) || table.is_reported_elsewhere(key)) {
        let help = "add the words, such as say = \"A short quiet.\"";
        table.findings.error(Code::MissingKey, table.span.clone(), "this announcement has no words", help);
    }
    let line = read_spoken_line(table)?;
    Some(AnnouncementSpec { upto, line })
}

/// Reports silences without an announcement, and announcements that no silence can use.
fn check_upto(table: &mut TableReader, upto: Option<Duration>, before: Option<Duration>, is_last: bool) {
    let span = table.value_span("upto");
    if is_last && table.has("upto") {
        let message = "the last announcement has `upto`, so longer silences would have no words";
        let help = "remove `upto` here, or add one more [[announce]] without it";
        table.findings.error(Code::AnnouncementLengths, span, message, help);
    } else if !is_last && !table.has("upto") && !table.is_reported_elsewhere("upto") {
        let message = "this announcement has no `upto`, so those after it are never used";
        let help =
            "add the longest silence that it is for, such as upto = \"40s\"; only the last announcement has no `upto`";
        table.findings.error(Code::AnnouncementLengths, span, message, help);
    } else if upto.zip(before).is_some_and(|(upto, before)| upto <= before) {
        let message = "`upto` is not longer than that of the announcement before it";
        table.findings.error(Code::AnnouncementLengths, span, message, "order the announcements by `upto`");
    }
}

/// Reports announced silences in a language without default announcements.
pub(super) fn check_language(session: &Session, table: &mut TableReader) {
    if is_english(&session.language) || table.has("announce") || table.is_reported_elsewhere("announce") {
        return;
    }
    let Some(first) = session.announced_silences().next() else { return };
    let message = "the session has no words in its language to announce this silence";
    let help = "write these words, for example: [[announce]], upto = \"40s\", say = \"…\", \
        and below it [[announce]], say = \"…\", each key on a line of its own; the last one has no `upto`";
    table.findings.error(Code::NoAnnouncements, first.span.clone(), message, help);
}
