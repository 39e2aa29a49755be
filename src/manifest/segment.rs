//! Segments of every kind, their ids, and the bells that they name.

use std::collections::HashMap;
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use super::bounds::{
    FITTED_SILENCE, HOLD, INTERVAL_EVERY, MAX_ID_CHARS, MAX_SILENCE, REPETITIONS, SILENCE, STRIKE_EVERY, STRIKES,
};
use super::codes::Code;
use super::findings::Findings;
use super::narration::narration;
use super::session::{IntervalBell, SegmentContent, SegmentSpec, SilenceSpec, StrikesSpec};
use super::span::{Located, Span};
use super::suggest;
use super::table::{Table, visible};
use crate::dsp::bells;

const DEFAULT_STRIKE_EVERY: Duration = Duration::from_secs(12);
const DEFAULT_HOLD: Duration = Duration::from_secs(8);
/// So many times its natural length a silence may grow, unless `most` says otherwise.
const MOST_FACTOR: u32 = 4;

/// The kinds of a segment, with the key that makes each, and the keys it may have besides `id` and `chapter`.
pub(super) const KINDS: [(&str, &str, &[&str]); 4] = [
    ("repeat", "a repeat", &["repeat", "part"]),
    ("silence", "a silence", &["silence", "least", "most", "bell", "every"]),
    ("bell", "a bell", &["bell", "strikes", "every", "hold"]),
    ("say", "a spoken segment", &["say", "clip", "gain", "tags", "instead"]),
];

/// Reads segments, and keeps what is to be known of all of them together, of those that could not be read as well.
#[derive(Default)]
pub(super) struct Reader {
    ids: Vec<Located<String>>,
    bells: Vec<Located<String>>,
    /// Where segments stand that could not be read.
    pub(super) lost: Vec<Span>,
}

impl Reader {
    /// The segments under `[[key]]`, as far as they can be read.
    pub(super) fn list(&mut self, table: &mut Table, key: &str) -> Vec<SegmentSpec> {
        let tables = table.tables(key, key);
        self.segments(tables, key, table.findings)
    }

    fn segments(&mut self, tables: Vec<(&DeTable, Span)>, header: &str, findings: &mut Findings) -> Vec<SegmentSpec> {
        let mut read = Vec::new();
        for (inner, span) in tables {
            match self.segment(inner, span.clone(), findings, header) {
                Some(segment) => read.push(segment),
                None => self.lost.push(span),
            }
        }
        read
    }

    /// One segment, or its findings. Under a `header` such as `segment` or `segment.part`.
    fn segment(&mut self, table: &DeTable, span: Span, findings: &mut Findings, header: &str) -> Option<SegmentSpec> {
        let mut table = Table::new(table, span.clone(), findings);
        let id = id(&mut table);
        self.ids.extend(id.clone());
        let (key, name, keys) = kind(&mut table, header)?;
        refuse_foreign(&mut table, name, keys);
        self.bells.extend(table.text("bell").filter(|_| keys.contains(&"bell")));
        let chapter = table.text("chapter").map(|text| text.value);
        let content = match key {
            "repeat" if header.contains(".part") => {
                let help = "write the inner parts out, or repeat them in a segment of their own";
                let span = table.span_of("repeat");
                table.findings.error(Code::NestedRepeat, span, "a repeat can't hold another repeat", help);
                return None;
            }
            "repeat" => self.repeat(&mut table, header),
            "silence" => SegmentContent::Silence(silence(&mut table)?),
            "bell" => SegmentContent::Bell(strikes(&mut table)?),
            _ => SegmentContent::Narration(narration(&mut table)?),
        };
        Some(SegmentSpec { id, chapter, content, span })
    }

    fn repeat(&mut self, table: &mut Table, header: &str) -> SegmentContent {
        let times = table.count("repeat", REPETITIONS);
        let header = format!("{header}.part");
        let tables = table.tables("part", &header);
        if table.lacks_any("part") {
            let span = table.span_of("repeat");
            let help = format!("write what is repeated below it, each under [[{header}]]");
            table.findings.error(Code::MissingKey, span, "this repeat has no parts", help);
        }
        if let Some((first, _)) = tables.first() {
            named_twice(table, first);
        }
        SegmentContent::Repeat { times: times.unwrap_or(2), parts: self.segments(tables, &header, table.findings) }
    }

    /// Reports bells that nobody has cast; `own` are described in the manifest, though perhaps wrongly.
    pub(super) fn check_bells(&self, own: &[&str], findings: &mut Findings) {
        for Located { value: bell, span } in &self.bells {
            if !bells::NAMES.contains(&bell.as_str()) && !own.contains(&bell.as_str()) {
                let known = bells::NAMES.into_iter().chain(own.iter().copied()).collect::<Vec<_>>();
                let described = format!("(one of your own is described under [bell.{}])", visible(bell));
                let help = format!("{} {described}", suggest::help(bell, known));
                let message = format!("there is no bell named `{}`", visible(bell));
                findings.error(Code::UnknownBell, span.clone(), message, help);
            }
        }
    }

    /// Reports ids that name two segments, at the second.
    pub(super) fn check_ids(&mut self, findings: &mut Findings) {
        self.ids.sort_by_key(|id| id.span.start);
        let mut seen: HashMap<&str, &Span> = HashMap::new();
        for id in &self.ids {
            if let Some(first) = seen.get(id.value.as_str()) {
                let line = findings.line(first);
                let help = format!("the segment at line {line} has it already; give this one another");
                findings.error(Code::DuplicateId, id.span.clone(), format!("the id `{}` is taken", id.value), help);
            } else {
                seen.insert(&id.value, &id.span);
            }
        }
    }
}

/// Tells which of two chapters of a repeat and its first part is lost: they begin at the same moment.
fn named_twice(repeat: &mut Table, first: &DeTable) {
    let (Some(outer), Some(inner)) = (repeat.get("chapter"), first.get("chapter")) else { return };
    let texts = matches!((outer.get_ref(), inner.get_ref()), (DeValue::String(outer), DeValue::String(inner)) if outer != inner);
    if texts {
        let message = "the repeat begins with this part, and has a chapter of its own: this one is lost";
        let help = "one chapter is enough: take that of the repeat out, or that of its first part";
        repeat.findings.warning(Code::NamedTwice, inner.span(), message, help);
    }
}

fn kind(table: &mut Table, header: &str) -> Option<(&'static str, &'static str, &'static [&'static str])> {
    let found = KINDS.into_iter().find(|(key, ..)| table.has(key) || *key == "say" && table.has("clip"));
    if found.is_none() {
        table.refuse_unknown(&all_keys(), &format!("[[{header}]]"));
        let meant = ["bell", "say", "clip", "silence", "repeat"].into_iter().any(|key| table.may_mean(key));
        if meant || table.findings.has_unreadable_line(&table.span) {
            return None;
        }
        let help = "give it one of `bell`, `say`, `clip`, `silence` or `repeat`";
        table.findings.error(Code::SegmentWithoutKind, table.span.clone(), "this segment does nothing", help);
    }
    found
}

fn all_keys() -> Vec<&'static str> {
    let mut keys = vec!["id", "chapter"];
    for (_, _, own) in KINDS {
        keys.extend(own.iter().filter(|key| **key != "every" && **key != "bell"));
    }
    keys.extend(["bell", "every"]);
    keys
}

fn refuse_foreign(table: &mut Table, name: &str, own: &[&str]) {
    let every = all_keys();
    for (key, span) in table.keys() {
        if own.contains(&key) || key == "id" || key == "chapter" {
            continue;
        }
        if key == "part" {
            let help = "a part is repeated: write repeat = 3 in the segment above it, or begin it with [[segment]]";
            table.findings.error(Code::KeyOfAnotherKind, span, format!("{name} has no parts"), help);
        } else if every.contains(&key) {
            let list = own.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let help = format!("{name} knows {list}, `id` and `chapter`; move `{key}` to a segment of its own kind");
            table.findings.error(Code::KeyOfAnotherKind, span, format!("`{key}` does not belong to {name}"), help);
        } else {
            let help = suggest::help(key, own.iter().copied().chain(["id", "chapter"]));
            table.findings.error(Code::UnknownKey, span, format!("unknown key `{}` in {name}", visible(key)), help);
        }
    }
}

fn id(table: &mut Table) -> Option<Located<String>> {
    let text = table.text("id")?;
    let mut letters = text.value.bytes();
    let holds = letters.next().is_some_and(|first| first.is_ascii_lowercase())
        && text.value.len() <= MAX_ID_CHARS
        && letters.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !holds {
        let help = "an id begins with a small letter and goes on with small letters, digits and hyphens, 64 at most, as in \"left-hand\"";
        table.findings.error(Code::BadId, text.span, "this id can't be used", help);
        return None;
    }
    Some(text)
}

fn strikes(table: &mut Table) -> Option<StrikesSpec> {
    let count = if table.has("strikes") { table.count("strikes", STRIKES) } else { Some(1) };
    let every = optional(table, "every", STRIKE_EVERY, DEFAULT_STRIKE_EVERY);
    let hold = optional(table, "hold", HOLD, DEFAULT_HOLD);
    // What could not be read is among the errors; the bell's name is still looked at.
    let (count, every, hold) =
        (count.unwrap_or(1), every.unwrap_or(DEFAULT_STRIKE_EVERY), hold.unwrap_or(DEFAULT_HOLD));
    Some(StrikesSpec { bell: table.text("bell")?, count, every, hold })
}

fn silence(table: &mut Table) -> Option<SilenceSpec> {
    let natural = table.duration("silence", SILENCE);
    let (least, most) = ["least", "most"].map(|key| table.duration(key, FITTED_SILENCE)).into();
    let interval = interval(table);
    bounds(table, natural, least, most);
    let natural = natural?;
    // Bounds that could not be read, or contradict, are among the errors.
    let least = least.unwrap_or(natural / 2).min(natural);
    let most = most.unwrap_or((natural * MOST_FACTOR).min(MAX_SILENCE)).max(natural);
    Some(SilenceSpec { natural, least, most, interval })
}

/// Reports bounds that contradict the silence or each other, as far as they could be read.
fn bounds(table: &mut Table, natural: Option<Duration>, least: Option<Duration>, most: Option<Duration>) {
    let mut contradiction = |key: &str, message: &str, help: &str| {
        let span = table.span_of(key);
        table.findings.error(Code::OutOfRange, span, message, help);
    };
    if natural.zip(least).is_some_and(|(natural, least)| least > natural) {
        let help = "make it as long as `silence`, or shorter";
        contradiction("least", "`least` is longer than the silence itself", help);
    }
    if natural.zip(most).is_some_and(|(natural, most)| most < natural) {
        let help = "make it as long as `silence`, or longer";
        contradiction("most", "`most` is shorter than the silence itself", help);
    }
    if natural.is_none() && most.zip(least).is_some_and(|(most, least)| most < least) {
        contradiction("most", "`most` is shorter than `least`", "make it as long as `silence`, or longer");
    }
}

fn interval(table: &mut Table) -> Option<IntervalBell> {
    if table.has("every") && !table.has("bell") {
        let span = table.span_of("every");
        table.findings.error(Code::MissingKey, span, "`every` needs a bell", "name one, as in bell = \"inkin\"");
        return None;
    }
    let bell = table.text("bell")?;
    if !table.has("every") {
        let span = table.span_of("bell");
        let help = "say how often it rings, as in every = \"5m\"";
        table.findings.error(Code::MissingKey, span, "a bell within a silence needs `every`", help);
    }
    let every = table.duration("every", INTERVAL_EVERY).unwrap_or(MAX_SILENCE);
    Some(IntervalBell { bell, every })
}

/// A duration where it is written, the usual one where it is not, and none where it is written wrongly.
fn optional(
    table: &mut Table,
    key: &str,
    range: std::ops::RangeInclusive<Duration>,
    usual: Duration,
) -> Option<Duration> {
    if table.has(key) { table.duration(key, range) } else { Some(usual) }
}
