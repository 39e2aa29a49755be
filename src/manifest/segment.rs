//! Segments of every kind, their ids, and the bells that they name.

use std::collections::HashMap;
use std::time::Duration;

use toml::de::DeTable;

use super::codes::Code;
use super::findings::{Findings, Located, Span};
use super::narration::narration;
use super::session::{Interval, Kind, Segment, Session, Silence, Strikes};
use super::suggest;
use super::table::{Table, visible};
use crate::sound::bells::{self, Bell};

const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_mins(1);
const SECOND: Duration = Duration::from_secs(1);
const LONGEST_SILENCE: Duration = Duration::from_hours(24);
const SHORTEST_SILENCE: Duration = Duration::from_millis(100);
const STRIKE_EVERY: Duration = Duration::from_secs(12);
const HOLD: Duration = Duration::from_secs(8);
/// So many times its natural length a silence may grow, unless `most` says otherwise.
const MOST_FACTOR: u32 = 4;

/// The kinds of a segment, with the key that makes each, and the keys it may have besides `id` and `chapter`.
const KINDS: [(&str, &str, &[&str]); 4] = [
    ("repeat", "a repeat", &["repeat", "part"]),
    ("silence", "a silence", &["silence", "least", "most", "bell", "every"]),
    ("bell", "a bell", &["bell", "strikes", "every", "hold"]),
    ("say", "a spoken segment", &["say", "clip", "gain", "tags", "instead"]),
];

/// The segments under `[[key]]`.
pub(super) fn list(table: &mut Table, key: &str) -> Vec<Segment> {
    let tables = table.tables(key, key);
    tables.into_iter().filter_map(|(inner, span)| segment(inner, span, table.findings, key)).collect()
}

/// One segment, or its findings. Under a `header` such as `segment` or `segment.part`.
fn segment(table: &DeTable, span: Span, findings: &mut Findings, header: &str) -> Option<Segment> {
    let mut table = Table::new(table, span.clone(), findings);
    let (key, name, keys) = kind(&mut table, header)?;
    refuse_foreign(&mut table, name, keys);
    let id = id(&mut table);
    let chapter = table.text("chapter").map(|text| text.value);
    let kind = match key {
        "repeat" if header == "segment.part" => {
            let help = "write the inner parts out, or repeat them in a segment of their own";
            let span = table.span_of("repeat");
            table.findings.error(Code::NestedRepeat, span, "a repeat can't hold another repeat", help);
            return None;
        }
        "repeat" => repeat(&mut table, header)?,
        "silence" => Kind::Silence(silence(&mut table)?),
        "bell" => Kind::Bell(strikes(&mut table)?),
        _ => Kind::Narration(narration(&mut table)?),
    };
    Some(Segment { id, chapter, kind, span })
}

fn kind(table: &mut Table, header: &str) -> Option<(&'static str, &'static str, &'static [&'static str])> {
    let found = KINDS.into_iter().find(|(key, ..)| table.has(key) || *key == "say" && table.has("clip"));
    if found.is_none() {
        table.refuse_unknown(&all_keys(), &format!("[[{header}]]"));
        if ["bell", "say", "clip", "silence", "repeat"].into_iter().any(|key| table.may_mean(key)) {
            return None;
        }
        let help = "give it one of `bell`, `say`, `clip`, `silence` or `repeat`";
        table.findings.error(Code::NoKind, table.span.clone(), "this segment does nothing", help);
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
        if every.contains(&key) {
            let list = own.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let help = format!("{name} knows {list}, `id` and `chapter`; move `{key}` to a segment of its own kind");
            table.findings.error(Code::ForeignKey, span, format!("`{key}` does not belong to {name}"), help);
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
        && text.value.len() <= 64
        && letters.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !holds {
        let help = "an id begins with a small letter and goes on with small letters, digits and hyphens, 64 at most, as in \"left-hand\"";
        table.findings.error(Code::BadId, text.span, "this id can't be used", help);
        return None;
    }
    Some(text)
}

fn repeat(table: &mut Table, header: &str) -> Option<Kind> {
    let times = table.count("repeat", 2..=1000);
    let tables = table.tables("part", &format!("{header}.part"));
    if tables.is_empty() {
        let span = table.span_of("repeat");
        let help = format!("write what is repeated below it, each under [[{header}.part]]");
        table.findings.error(Code::MissingKey, span, "this repeat has no parts", help);
    }
    let parts =
        tables.into_iter().filter_map(|(part, span)| segment(part, span, table.findings, "segment.part")).collect();
    Some(Kind::Repeat { times: times.unwrap_or(2), parts })
}

fn strikes(table: &mut Table) -> Option<Strikes> {
    let count = if table.has("strikes") { table.count("strikes", 1..=108) } else { Some(1) };
    let every = optional(table, "every", SECOND..=10 * MINUTE, STRIKE_EVERY);
    let hold = optional(table, "hold", Duration::ZERO..=10 * MINUTE, HOLD);
    // What could not be read is among the errors; the bell's name is still looked at.
    let (count, every, hold) = (count.unwrap_or(1), every.unwrap_or(STRIKE_EVERY), hold.unwrap_or(HOLD));
    Some(Strikes { bell: table.text("bell")?, count, every, hold })
}

fn silence(table: &mut Table) -> Option<Silence> {
    let natural = table.duration("silence", SHORTEST_SILENCE..=LONGEST_SILENCE);
    let any = Duration::ZERO..=LONGEST_SILENCE;
    let least = optional(table, "least", any.clone(), natural.unwrap_or_default() / 2);
    let most = optional(table, "most", any, (natural.unwrap_or_default() * MOST_FACTOR).min(LONGEST_SILENCE));
    let interval = interval(table);
    let whole = natural.zip(least).zip(most);
    let ((natural, least), most) = whole.unwrap_or(((SHORTEST_SILENCE, SHORTEST_SILENCE), SHORTEST_SILENCE));
    if least > natural {
        let span = table.span_of("least");
        table.findings.error(
            Code::OutOfRange,
            span,
            "`least` is longer than the silence itself",
            "make it as long as `silence`, or shorter",
        );
    }
    if most < natural {
        let span = table.span_of("most");
        table.findings.error(
            Code::OutOfRange,
            span,
            "`most` is shorter than the silence itself",
            "make it as long as `silence`, or longer",
        );
    }
    Some(Silence { natural, least, most, interval })
}

fn interval(table: &mut Table) -> Option<Interval> {
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
    let every = table.duration("every", 10 * SECOND..=24 * HOUR).unwrap_or(LONGEST_SILENCE);
    Some(Interval { bell, every })
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

/// Reports ids that name two segments.
pub(super) fn check_ids(session: &Session, findings: &mut Findings) {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let repeats = session.segments.iter().filter(|segment| matches!(segment.kind, Kind::Repeat { .. }));
    for segment in session.all_segments().chain(repeats) {
        let Some(id) = &segment.id else { continue };
        let line = findings.line(&id.span);
        if let Some(first) = seen.insert(&id.value, line) {
            let help = format!("the segment at line {first} has it already; give this one another");
            findings.error(Code::DuplicateId, id.span.clone(), format!("the id `{}` is taken", id.value), help);
        }
    }
}

/// Reports bells that nobody has cast.
pub(super) fn check_bells(session: &Session, findings: &mut Findings) {
    for segment in session.all_segments() {
        let bell = match &segment.kind {
            Kind::Bell(strikes) => &strikes.bell,
            Kind::Silence(Silence { interval: Some(interval), .. }) => &interval.bell,
            _ => continue,
        };
        let Located { value: bell, span } = bell;
        if Bell::shipped(bell).is_none() && !session.bells.contains_key(bell) {
            let known = bells::NAMES.into_iter().chain(session.bells.keys().map(String::as_str)).collect::<Vec<_>>();
            let help =
                format!("{}; one of your own is described under [bell.{}]", suggest::help(bell, known), visible(bell));
            findings.error(
                Code::UnknownBell,
                span.clone(),
                format!("there is no bell named `{}`", visible(bell)),
                help,
            );
        }
    }
}
