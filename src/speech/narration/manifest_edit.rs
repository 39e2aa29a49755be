//! Adds recordings to a manifest's text without any other change.

use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};

use super::lines::{LinePosition, NarratedLine};

/// Returns the text with a `clip` for each of these lines; `None` if it does not contain one of them.
pub(super) fn insert_clips(text: &str, clips: &[(&NarratedLine, &str)]) -> Option<String> {
    let (byte_order_mark, text) = text.strip_prefix('\u{feff}').map_or(("", text), |rest| ("\u{feff}", rest));
    let mut document: DocumentMut = text.replace("\r\n", "\n").parse().ok()?;
    for (line, clip) in clips {
        let mut table = find(document.as_table_mut(), line.position)?;
        if line.is_alternative {
            table = table.inner("instead")?;
        }
        table.set_clip(clip);
    }
    Some(format!("{byte_order_mark}{}", with_line_endings_of(text, &document.to_string())))
}

/// Restores the line endings of an edited text, which may be mixed. A new line ends like the one above it.
fn with_line_endings_of(original: &str, edited: &str) -> String {
    let mut before = original.split_inclusive('\n').peekable();
    let mut added = edited.matches('\n').count().saturating_sub(original.matches('\n').count());
    let mut end = if original.contains("\r\n") { "\r\n" } else { "\n" };
    let mut text = String::with_capacity(original.len() + edited.len() - edited.len().min(original.len()));
    for line in edited.split_inclusive('\n') {
        let content = line.trim_end_matches('\n');
        let is_same = |before: &&str| before.trim_end_matches(['\r', '\n']) == content;
        let is_new = added > 0 && content.trim_start().starts_with("clip") && !before.peek().is_some_and(is_same);
        if is_new {
            added -= 1;
        } else if let Some(before) = before.next() {
            end = if before.ends_with("\r\n") { "\r\n" } else { "\n" };
        }
        text.push_str(content);
        if content.len() < line.len() {
            text.push_str(end);
        }
    }
    text
}

fn find(document: &mut Table, position: LinePosition) -> Option<SegmentTable<'_>> {
    let segment = element(document.get_mut(position.array)?, position.segment)?;
    match position.part {
        None => Some(segment),
        Some(part) => match segment {
            SegmentTable::Table(table) => element(table.get_mut("part")?, part),
            SegmentTable::Inline(table) => inline_element(table.get_mut("part")?, part),
        },
    }
}

fn element(array: &mut Item, number: usize) -> Option<SegmentTable<'_>> {
    match array {
        Item::ArrayOfTables(tables) => tables.get_mut(number).map(SegmentTable::Table),
        Item::Value(value) => inline_element(value, number),
        _ => None,
    }
}

fn inline_element(array: &mut Value, number: usize) -> Option<SegmentTable<'_>> {
    array.as_array_mut()?.get_mut(number)?.as_inline_table_mut().map(SegmentTable::Inline)
}

/// A table in either notation: on several lines, or inline.
enum SegmentTable<'document> {
    Table(&'document mut Table),
    Inline(&'document mut InlineTable),
}

impl SegmentTable<'_> {
    fn inner(self, key: &str) -> Option<Self> {
        match self {
            Self::Table(table) => match table.get_mut(key)? {
                Item::Table(inner) => Some(Self::Table(inner)),
                Item::Value(Value::InlineTable(inner)) => Some(Self::Inline(inner)),
                _ => None,
            },
            Self::Inline(table) => table.get_mut(key)?.as_inline_table_mut().map(Self::Inline),
        }
    }

    fn set_clip(self, clip: &str) {
        match self {
            Self::Table(table) => set_in_table(table, clip),
            Self::Inline(table) => set_inline(table, clip),
        }
    }
}

/// Sets the clip on a line of its own, below `say` and indented like it.
fn set_in_table(table: &mut Table, clip: &str) {
    if let Some(old) = table.get_mut("clip").and_then(Item::as_value_mut) {
        return replace(old, clip);
    }
    let before =
        table.key("say").and_then(|key| key.leaf_decor().prefix()?.as_str().map(str::to_owned)).unwrap_or_default();
    let indent = before.rsplit('\n').next().unwrap_or_default().to_owned();
    let order: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    table.insert("clip", Item::Value(Value::from(clip)));
    if indent.chars().all(char::is_whitespace)
        && let Some(mut key) = table.key_mut("clip")
    {
        key.leaf_decor_mut().set_prefix(indent);
    }
    // `clip` comes after `say`; the other keys stay where they are.
    let rank = |key: &str| match order.iter().position(|other| other == key) {
        Some(index) => 2 * index,
        None => 1 + 2 * order.iter().position(|other| other == "say").unwrap_or(order.len()),
    };
    table.sort_values_by(|one, _, other, _| rank(one.get()).cmp(&rank(other.get())));
}

/// Sets the clip at the end, before the space and the closing brace.
fn set_inline(table: &mut InlineTable, clip: &str) {
    if let Some(old) = table.get_mut("clip") {
        return replace(old, clip);
    }
    let last = table.iter().last().map(|(key, _)| key.to_owned());
    let end = last.and_then(|key| {
        let decor = table.get_mut(&key)?.decor_mut();
        let end = decor.suffix().and_then(|suffix| suffix.as_str()).unwrap_or_default().to_owned();
        decor.set_suffix("");
        Some(end)
    });
    let mut value = Value::from(clip);
    *value.decor_mut() = toml_edit::Decor::new(" ", end.unwrap_or_default());
    table.insert("clip", value);
    if let Some(mut key) = table.key_mut("clip") {
        *key.leaf_decor_mut() = toml_edit::Decor::new(" ", " ");
    }
}

/// Replaces a value and keeps the comment after it.
fn replace(old: &mut Value, clip: &str) {
    let decor = old.decor().clone();
    *old = Value::from(clip);
    *old.decor_mut() = decor;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest;

    fn narrated(text: &str) -> String {
        let (session, findings) = manifest::read(std::path::Path::new("x.toml"), text);
        let lines = super::super::lines::lines_with_words(&session.unwrap_or_else(|| panic!("{findings:?}")), text);
        let clips: Vec<_> = lines.iter().map(|line| format!("x/{}.flac", line.stem)).collect();
        let unrecorded = lines.iter().zip(&clips).filter(|(line, _)| line.clip.is_none());
        let changes: Vec<_> = unrecorded.map(|(line, clip)| (line, clip.as_str())).collect();
        let text = insert_clips(text, &changes).expect("all lines are found");
        let (session, _) = manifest::read(std::path::Path::new("x.toml"), &text);
        assert!(session.expect("it reads").lines().all(|(line, _)| line.clip().is_some()), "{text}");
        text
    }

    const WRITTEN: &str = r#"# My own session.
format = 1 # of karuna
title   =   "Evening"

[[segment]] # the first
  # What is said first.
  say = """
Rest a hand
on the chest."""   # softly
  id = "hand"
  tags = [ "touch", ]   # a comment
  instead = { say = "Rest it on the desk." } # or there

[[segment]]
say = "Recorded."
clip = "mine.ogg"

[[segment]]
repeat = 3
[[segment.part]]
say = 'May I be "at ease".'
[[segment.part]]
silence = "12s"

[[soften]]
say = "Let the eyes unrecorded."
tags = ["eyes-closed"]
instead = { say = "Look about." }

[[exit]]
say = "Farewell."
"#;

    #[test]
    fn announcements_get_their_clips_too() {
        let text = "format = 1\ntitle = \"x\"\n\n[[announce]]\nupto = \"1m30s\"\nsay = \"A while.\"\n\n[[announce]]\nsay = \"Long.\"\n\n\
            [[segment]]\nsilence = \"1m\"\nannounce = true\n";
        let narrated = narrated(text);
        assert!(narrated.contains("say = \"A while.\"\nclip = \"x/announce-1m30s"), "{narrated}");
        assert!(narrated.contains("say = \"Long.\"\nclip = \"x/announce-longer"), "{narrated}");
    }

    #[test]
    fn each_line_gets_its_clip_and_nothing_else_changes() {
        let text = narrated(WRITTEN);
        let without: Vec<_> =
            text.lines().filter(|line| !line.trim_start().starts_with("clip = \"x/")).chain([""]).collect();
        let without = without.join("\n");
        let without =
            without.replace(", clip = \"x/hand-instead.flac\"", "").replace(", clip = \"x/line-06-instead.flac\"", "");
        assert_eq!(without, WRITTEN);
        assert!(text.contains("on the chest.\"\"\"   # softly\n  clip = \"x/hand.flac\"\n  id = \"hand\"\n"), "{text}");
        assert!(
            text.contains("instead = { say = \"Rest it on the desk.\", clip = \"x/hand-instead.flac\" } # or there"),
            "{text}"
        );
        assert!(text.contains("say = 'May I be \"at ease\".'\nclip = \"x/line-04.flac\"\n"), "{text}");
        assert!(text.contains("clip = \"mine.ogg\"") && text.ends_with("clip = \"x/line-07.flac\"\n"), "{text}");
    }

    #[test]
    fn windows_line_ends_are_kept() {
        let text = narrated(&WRITTEN.replace('\n', "\r\n"));
        assert!(!text.replace("\r\n", "").contains('\n'));
        assert_eq!(text.replace("\r\n", "\n"), narrated(WRITTEN));
    }

    #[test]
    fn mixed_line_ends_are_kept_line_by_line() {
        let mut number = 0;
        let mixed: String = WRITTEN
            .split_inclusive('\n')
            .map(|line| {
                number += 1;
                if number % 3 == 0 { line.replace('\n', "\r\n") } else { line.to_owned() }
            })
            .collect();
        let text = narrated(&mixed);
        assert_eq!(text.replace("\r\n", "\n"), narrated(WRITTEN));
        let others: String =
            text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with("clip = \"x/")).collect();
        let others =
            others.replace(", clip = \"x/hand-instead.flac\"", "").replace(", clip = \"x/line-06-instead.flac\"", "");
        assert_eq!(others, mixed);
    }

    #[test]
    fn inline_segments_are_found() {
        let text = narrated(
            "format = 1\ntitle = \"x\"\nsegment = [{ say = \"One.\" }, { repeat = 2, part = [{say = \"Two.\"}] }]\n",
        );
        assert!(text.contains("{ say = \"One.\", clip = \"x/line-01.flac\" }"), "{text}");
        assert!(text.contains("{say = \"Two.\", clip = \"x/line-02.flac\"}"), "{text}");
    }

    #[test]
    fn an_existing_clip_is_replaced_in_place() {
        let text = "format = 1\ntitle = \"x\"\n[[segment]]\nclip = \"old.ogg\" # mine\nsay = \"One.\"\n";
        let (session, _) = manifest::read(std::path::Path::new("x.toml"), text);
        let lines = super::super::lines::lines_with_words(&session.expect("it reads"), text);
        let changed = insert_clips(text, &[(&lines[0], "x/new.wav")]).expect("found");
        assert_eq!(changed, text.replace("old.ogg", "x/new.wav"));
    }
}
