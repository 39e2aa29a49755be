//! Puts the names of recordings into a manifest's text, and leaves everything else in it as it was.

use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};

use super::lines::{Line, Place};

/// The text with a `clip` for each of these lines; `None` where one of them is not found in it.
pub(crate) fn with_clips(text: &str, changes: &[(&Line, &str)]) -> Option<String> {
    let has_windows_ends = text.contains("\r\n");
    let (mark, text) = text.strip_prefix('\u{feff}').map_or(("", text), |rest| ("\u{feff}", rest));
    let mut document: DocumentMut = text.replace("\r\n", "\n").parse().ok()?;
    for (line, clip) in changes {
        let mut table = find(document.as_table_mut(), line.place)?;
        if line.instead {
            table = table.inner("instead")?;
        }
        table.set_clip(clip);
    }
    let text = document.to_string();
    let text = if has_windows_ends { text.replace('\n', "\r\n") } else { text };
    Some(format!("{mark}{text}"))
}

fn find(document: &mut Table, place: Place) -> Option<Lines<'_>> {
    let segment = element(document.get_mut(place.array)?, place.segment)?;
    match place.part {
        None => Some(segment),
        Some(part) => match segment {
            Lines::Table(table) => element(table.get_mut("part")?, part),
            Lines::Inline(table) => inline_element(table.get_mut("part")?, part),
        },
    }
}

fn element(array: &mut Item, number: usize) -> Option<Lines<'_>> {
    match array {
        Item::ArrayOfTables(tables) => tables.get_mut(number).map(Lines::Table),
        Item::Value(value) => inline_element(value, number),
        _ => None,
    }
}

fn inline_element(array: &mut Value, number: usize) -> Option<Lines<'_>> {
    array.as_array_mut()?.get_mut(number)?.as_inline_table_mut().map(Lines::Inline)
}

/// A table as it is written: over several lines, or within one.
enum Lines<'document> {
    Table(&'document mut Table),
    Inline(&'document mut InlineTable),
}

impl Lines<'_> {
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
            Self::Inline(table) => set_in_line(table, clip),
        }
    }
}

/// In a line of its own, below `say` and set in as it is.
fn set_in_table(table: &mut Table, clip: &str) {
    if let Some(old) = table.get_mut("clip").and_then(Item::as_value_mut) {
        return change(old, clip);
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
    // `clip` comes after `say`, all others where they were.
    let rank = |key: &str| match order.iter().position(|other| other == key) {
        Some(place) => 2 * place,
        None => 1 + 2 * order.iter().position(|other| other == "say").unwrap_or(order.len()),
    };
    table.sort_values_by(|one, _, other, _| rank(one.get()).cmp(&rank(other.get())));
}

/// At the end, with what stood before the closing brace after it.
fn set_in_line(table: &mut InlineTable, clip: &str) {
    if let Some(old) = table.get_mut("clip") {
        return change(old, clip);
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

/// Another value in the place of the old one, with the comment that followed it.
fn change(old: &mut Value, clip: &str) {
    let decor = old.decor().clone();
    *old = Value::from(clip);
    *old.decor_mut() = decor;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest;

    fn put(text: &str) -> String {
        let (session, findings) = manifest::read(std::path::Path::new("x.toml"), text);
        let lines = super::super::lines::of(&session.unwrap_or_else(|| panic!("{findings:?}")), text);
        let clips: Vec<_> = lines.iter().map(|line| format!("x/{}.flac", line.stem)).collect();
        let open = lines.iter().zip(&clips).filter(|(line, _)| line.clip.is_none());
        let changes: Vec<_> = open.map(|(line, clip)| (line, clip.as_str())).collect();
        let text = with_clips(text, &changes).expect("all lines are found");
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
say = "Let the eyes open."
tags = ["eyes-closed"]
instead = { say = "Look about." }

[[exit]]
say = "Farewell."
"#;

    #[test]
    fn all_that_was_written_stays_and_each_line_gets_its_clip() {
        let text = put(WRITTEN);
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
    fn the_ends_of_lines_stay_those_of_windows() {
        let text = put(&WRITTEN.replace('\n', "\r\n"));
        assert!(!text.replace("\r\n", "").contains('\n'));
        assert_eq!(text.replace("\r\n", "\n"), put(WRITTEN));
    }

    #[test]
    fn segments_in_one_line_are_found_too() {
        let text = put(
            "format = 1\ntitle = \"x\"\nsegment = [{ say = \"One.\" }, { repeat = 2, part = [{say = \"Two.\"}] }]\n",
        );
        assert!(text.contains("{ say = \"One.\", clip = \"x/line-01.flac\" }"), "{text}");
        assert!(text.contains("{say = \"Two.\", clip = \"x/line-02.flac\"}"), "{text}");
    }

    #[test]
    fn a_clip_that_is_there_is_changed_in_its_place() {
        let text = "format = 1\ntitle = \"x\"\n[[segment]]\nclip = \"old.ogg\" # mine\nsay = \"One.\"\n";
        let (session, _) = manifest::read(std::path::Path::new("x.toml"), text);
        let lines = super::super::lines::of(&session.expect("it reads"), text);
        let changed = with_clips(text, &[(&lines[0], "x/new.wav")]).expect("found");
        assert_eq!(changed, text.replace("old.ogg", "x/new.wav"));
    }
}
