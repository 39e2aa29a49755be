//! Reads segments, and checks their ids and the bells that they use.

use std::collections::HashMap;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::bounds::{
    FITTED_SILENCE, HOLD, INTERVAL_EVERY, INTERVAL_VARY, MAX_ID_CHARS, MAX_SILENCE, OPEN_NATURAL, REPETITIONS, SILENCE,
    STRIKE_EVERY, STRIKES,
};
use super::codes::Code;
use super::findings::{Findings, excerpt};
use super::header::parse_bed;
use super::keys::{COMMON, SEGMENT_KINDS, SegmentKindKeys};
use super::narration::read_narration;
use super::session::{BedChange, IntervalBell, SegmentContent, SegmentSpec, SilenceSpec, StrikesSpec};
use super::span::{Located, Span};
use super::suggest;
use super::table_reader::{InnerTable, TableReader};
use crate::dsp::bells;

const DEFAULT_STRIKE_EVERY: Duration = Duration::from_secs(12);
const DEFAULT_HOLD: Duration = Duration::from_secs(8);
/// The default longest length of a silence, as a multiple of its natural length.
const DEFAULT_MOST_FACTOR: u32 = 4;

/// Reads segments and collects the data for checks across all of them.
#[derive(Default)]
pub(super) struct SegmentReader {
    /// Ids of all segments, including those with errors.
    ids: Vec<Located<String>>,
    /// Names of the bells that segments use, including segments with errors.
    bells: Vec<Located<String>>,
    /// The values of open silences.
    open: Vec<Span>,
    /// Positions of the segments that could not be read.
    pub(super) unread: Vec<Span>,
}

impl SegmentReader {
    /// Reads the segments under `[[key]]`, without those that have errors.
    pub(super) fn read_list(&mut self, table: &mut TableReader, key: &str) -> Vec<SegmentSpec> {
        let tables = table.segment_tables(key, key);
        self.read_segments(tables, key, table.findings)
    }

    fn read_segments(&mut self, tables: Vec<InnerTable>, header: &str, findings: &mut Findings) -> Vec<SegmentSpec> {
        let mut segments = Vec::new();
        for (table, span) in tables {
            match self.read_segment(&mut TableReader::new(table, span.clone(), findings), header) {
                Some(segment) => segments.push(segment),
                None => self.unread.push(span),
            }
        }
        segments
    }

    /// Reads one segment under a header such as `segment` or `segment.part`.
    fn read_segment(&mut self, table: &mut TableReader, header: &str) -> Option<SegmentSpec> {
        let id = read_id(table);
        self.ids.extend(id.clone());
        let kind = find_kind(table, header)?;
        report_foreign_keys(table, kind);
        self.bells.extend(table.text("bell").filter(|_| kind.allowed.contains(&"bell")));
        let chapter = table.text("chapter").map(|text| text.value);
        let bed = read_bed_change(table, header);
        let content = match kind.key {
            "repeat" if header.contains(".part") => {
                let help = "write out the inner parts, or put them into a repeat of their own";
                let span = table.value_span("repeat");
                table.findings.error(Code::NestedRepeat, span, "a repeat can't contain another repeat", help);
                return None;
            }
            "repeat" => self.read_repeat(table, header),
            "silence" if is_open(table) => {
                self.check_open(table, header);
                SegmentContent::Silence(read_open_silence(table))
            }
            "silence" => SegmentContent::Silence(read_silence(table)?),
            "bell" => SegmentContent::Bell(read_strikes(table)?),
            _ => SegmentContent::Narration(read_narration(table)?),
        };
        Some(SegmentSpec { id, chapter, bed, content, span: table.span.clone() })
    }

    fn read_repeat(&mut self, table: &mut TableReader, header: &str) -> SegmentContent {
        let times = table.count("repeat", REPETITIONS);
        let header = format!("{header}.part");
        let tables = table.segment_tables("part", &header);
        if table.is_list_empty("part") {
            let span = table.value_span("repeat");
            let help = format!("add the parts to repeat below it, each under [[{header}]]");
            table.findings.error(Code::MissingKey, span, "this repeat has no parts", help);
        }
        if let Some((first, _)) = tables.first() {
            report_second_chapter(table, first);
        }
        SegmentContent::Repeat { times: times.unwrap_or(2), parts: self.read_segments(tables, &header, table.findings) }
    }

    /// Reports an open silence where none is allowed, and a second one.
    fn check_open(&mut self, table: &mut TableReader, header: &str) {
        let span = table.value_span("silence");
        if let Some(first) = self.open.first().filter(|_| header == "segment") {
            let message = "the session already has an open silence";
            let help = format!("keep only one of them; the first one is on line {}", table.findings.line(first));
            table.findings.error(Code::OpenSilence, span, message, help);
        } else if header != "segment" {
            let message = match header {
                "soften" => "the gentler passage can't have an open silence",
                "exit" => "the closing can't have an open silence",
                _ => "a repeat can't have an open silence",
            };
            table.findings.error(Code::OpenSilence, span, message, "give it a length, such as silence = \"1m\"");
        } else {
            self.open.push(span);
        }
    }

    /// Reports bells that are neither built in nor among the custom ones of the manifest.
    pub(super) fn check_bells(&self, custom: &[&str], findings: &mut Findings) {
        for Located { value: bell, span } in &self.bells {
            if !bells::NAMES.contains(&bell.as_str()) && !custom.contains(&bell.as_str()) {
                let known = bells::NAMES.into_iter().chain(custom.iter().copied()).collect::<Vec<_>>();
                let definition = format!("(a bell of your own needs a section [bell.{}])", excerpt(bell));
                let help = format!("{} {definition}", suggest::help(bell, known));
                let message = format!("there is no bell named `{}`", excerpt(bell));
                findings.error(Code::UnknownBell, span.clone(), message, help);
            }
        }
    }

    /// Reports ids that more than one segment has, from the second one on.
    pub(super) fn check_ids(&mut self, findings: &mut Findings) {
        self.ids.sort_by_key(|id| id.span.start);
        let mut seen: HashMap<&str, &Span> = HashMap::new();
        for id in &self.ids {
            if let Some(first) = seen.get(id.value.as_str()) {
                let message = format!("the id `{}` is already used", id.value);
                let help = format!("choose another one; the segment on line {} has this id", findings.line(first));
                findings.error(Code::DuplicateId, id.span.clone(), message, help);
            } else {
                seen.insert(&id.value, &id.span);
            }
        }
    }
}

/// Reports a chapter of a repeat's first part that differs from the repeat's own, because both start at the same time.
fn report_second_chapter(repeat: &mut TableReader, first_part: &DeTable) {
    let (Some(outer), Some(inner)) = (repeat.get("chapter"), first_part.get("chapter")) else { return };
    let differs = matches!((outer.get_ref(), inner.get_ref()), (DeValue::String(outer), DeValue::String(inner)) if outer != inner);
    if differs {
        let message = "this chapter is ignored, because the repeat that starts with this part has a chapter, too";
        let help = "keep only one of them, that of the repeat or that of its first part";
        repeat.findings.warning(Code::NamedTwice, inner.span(), message, help);
    }
}

/// Determines the kind of a segment by its keys, or reports that they match none.
fn find_kind(table: &mut TableReader, header: &str) -> Option<&'static SegmentKindKeys> {
    let has_kind = |kind: &&SegmentKindKeys| table.has(kind.key) || kind.key == "say" && table.has("clip");
    let found = SEGMENT_KINDS.iter().find(has_kind);
    if found.is_none() {
        table.report_unknown_keys(&all_keys(), &format!("[[{header}]]"));
        let kind_keys = ["bell", "say", "clip", "silence", "repeat"];
        if kind_keys.into_iter().any(|key| table.is_reported_elsewhere(key))
            || table.findings.has_unreadable_line(&table.span)
        {
            return None;
        }
        let help = "add one of `bell`, `say`, `clip`, `silence` or `repeat`";
        table.findings.error(Code::SegmentWithoutKind, table.span.clone(), "this segment has no content", help);
    }
    found
}

/// Returns the keys of segments of all kinds, in the order in which messages list them.
fn all_keys() -> Vec<&'static str> {
    let mut keys = COMMON.to_vec();
    for kind in &SEGMENT_KINDS {
        keys.extend(kind.allowed.iter().filter(|key| **key != "every" && **key != "bell"));
    }
    keys.extend(["bell", "every"]);
    keys
}

/// Reports keys that are not allowed in a segment of this kind.
fn report_foreign_keys(table: &mut TableReader, kind: &SegmentKindKeys) {
    let SegmentKindKeys { name, allowed, .. } = kind;
    let all_keys = all_keys();
    for (key, span) in table.keys() {
        if allowed.contains(&key) || COMMON.contains(&key) {
            continue;
        }
        if key == "part" {
            let help =
                "only a repeat has parts; add repeat = 3 to the segment above, or start this one with [[segment]]";
            table.findings.error(Code::KeyOfAnotherKind, span, format!("{name} has no parts"), help);
        } else if all_keys.contains(&key) {
            let list = allowed.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let help =
                format!("{name} may have {list}, `id`, `chapter` and `bed`; move `{key}` to a segment of its own");
            let message = format!("`{key}` does not belong in {name}");
            table.findings.error(Code::KeyOfAnotherKind, span, message, help);
        } else {
            let help = suggest::help(key, allowed.iter().chain(COMMON).copied());
            table.findings.error(Code::UnknownKey, span, format!("unknown key `{}` in {name}", excerpt(key)), help);
        }
    }
}

fn read_id(table: &mut TableReader) -> Option<Located<String>> {
    let text = table.text("id")?;
    let mut bytes = text.value.bytes();
    let is_valid = bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && text.value.len() <= MAX_ID_CHARS
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_valid {
        let help = "start with a lower-case letter, and use only lower-case letters, digits and hyphens, at most 64, such as \"left-hand\"";
        table.findings.error(Code::BadId, text.span, "this can't be used as an id", help);
        return None;
    }
    Some(text)
}

/// Reads the change of the bed in a segment under a header such as `segment.part`.
fn read_bed_change(table: &mut TableReader, header: &str) -> Option<BedChange> {
    let sound = table.text("bed")?;
    if !header.starts_with("segment") {
        let (message, help) = if header.starts_with("soften") {
            ("the gentler passage keeps the bed that was playing", "remove `bed` here")
        } else {
            ("the closing has no bed", "remove `bed` here")
        };
        table.findings.error(Code::KeyOfAnotherKind, sound.span, message, help);
        return None;
    }
    if sound.value == "off" {
        return Some(BedChange::Off);
    }
    parse_bed(sound, &["off"], table.findings).map(BedChange::To)
}

/// Reads a bell. Invalid values are replaced by their defaults, so that the bell's name can still be checked.
fn read_strikes(table: &mut TableReader) -> Option<StrikesSpec> {
    let count = table.count("strikes", STRIKES).unwrap_or(1);
    let every = table.duration("every", STRIKE_EVERY).unwrap_or(DEFAULT_STRIKE_EVERY);
    let hold = table.duration("hold", HOLD).unwrap_or(DEFAULT_HOLD);
    Some(StrikesSpec { bell: table.text("bell")?, count, every, hold })
}

fn is_open(table: &TableReader) -> bool {
    matches!(table.get("silence").map(Spanned::get_ref), Some(DeValue::String(text)) if text == "open")
}

/// Reads an open silence.
fn read_open_silence(table: &mut TableReader) -> SilenceSpec {
    for key in ["least", "most", "announce"].into_iter().filter(|key| table.has(key)).collect::<Vec<_>>() {
        let message = format!("an open silence can't have `{key}`, because the listener decides its length");
        let help = format!("remove `{key}`, or give the silence a length, such as silence = \"5m\"");
        let span = table.value_span(key);
        table.findings.error(Code::KeyOfAnotherKind, span, message, help);
    }
    let natural = table.duration("natural", SILENCE).unwrap_or(OPEN_NATURAL);
    let interval = read_interval_bell(table);
    SilenceSpec { natural, least: natural, most: natural, interval, is_announced: false, is_open: true }
}

fn read_silence(table: &mut TableReader) -> Option<SilenceSpec> {
    if table.has("natural") {
        let help = "remove `natural`, or write silence = \"open\"";
        let message = "only an open silence can have `natural`";
        let span = table.value_span("natural");
        table.findings.error(Code::KeyOfAnotherKind, span, message, help);
    }
    let natural = table.duration("silence", SILENCE);
    let (least, most) = ["least", "most"].map(|key| table.duration(key, FITTED_SILENCE)).into();
    let interval = read_interval_bell(table);
    let is_announced = table.flag("announce").unwrap_or(false);
    check_fitted_lengths(table, natural, least, most);
    let natural = natural?;
    // Unreadable or contradictory lengths have been reported; here they only need to be consistent.
    let least = least.unwrap_or(natural / 2).min(natural);
    let most = most.unwrap_or((natural * DEFAULT_MOST_FACTOR).min(MAX_SILENCE)).max(natural);
    Some(SilenceSpec { natural, least, most, interval, is_announced, is_open: false })
}

/// Reports lengths that contradict each other, as far as they could be read.
fn check_fitted_lengths(
    table: &mut TableReader,
    natural: Option<Duration>,
    least: Option<Duration>,
    most: Option<Duration>,
) {
    let mut report = |key: &str, message: &str, help: &str| {
        let span = table.value_span(key);
        table.findings.error(Code::OutOfRange, span, message, help);
    };
    if natural.zip(least).is_some_and(|(natural, least)| least > natural) {
        report("least", "`least` is longer than the silence itself", "make it at most as long as `silence`");
    }
    let help = "make it at least as long as `silence`";
    if natural.zip(most).is_some_and(|(natural, most)| most < natural) {
        report("most", "`most` is shorter than the silence itself", help);
    }
    if natural.is_none() && most.zip(least).is_some_and(|(most, least)| most < least) {
        report("most", "`most` is shorter than `least`", help);
    }
}

fn read_interval_bell(table: &mut TableReader) -> Option<IntervalBell> {
    if let Some(key) = ["every", "vary"].into_iter().find(|key| table.has(key)).filter(|_| !table.has("bell")) {
        let span = table.value_span(key);
        let help = "add one, such as bell = \"inkin\"";
        table.findings.error(Code::MissingKey, span, format!("`{key}` needs a bell"), help);
        return None;
    }
    let bell = table.text("bell")?;
    if !table.has("every") {
        let span = table.value_span("bell");
        let help = "add the interval between the bells, such as every = \"5m\"";
        table.findings.error(Code::MissingKey, span, "a bell in a silence needs `every`", help);
    }
    let every = table.duration("every", INTERVAL_EVERY);
    let vary = table.duration("vary", INTERVAL_VARY).unwrap_or_default();
    if every.is_some_and(|every| vary * 2 >= every && !vary.is_zero()) {
        let help = "make it less than half of `every`";
        let message = "`vary` is too long for the interval between the bells";
        table.findings.error(Code::OutOfRange, table.value_span("vary"), message, help);
    }
    Some(IntervalBell { bell, every: every.unwrap_or(MAX_SILENCE), vary })
}
