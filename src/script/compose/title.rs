//! The title of a session.

use std::path::Path;

use crate::script::block::{EventContent, ScriptEvent};
use crate::script::line::one_line;

/// The first heading of a script, if only directions and names of lines precede it.
struct FirstHeading {
    /// The index of its event.
    index: usize,
    text: String,
    level: u8,
}

/// Returns the title, from the script's metadata, its first heading, or its file name.
pub(super) fn take(stated: Option<&str>, events: &mut Vec<ScriptEvent>, name: &Path) -> String {
    match (stated, first_heading(events)) {
        (Some(title), heading) => {
            if let Some(heading) = heading {
                remove_second_title(title, heading, events);
            }
            title.to_owned()
        }
        (None, Some(heading)) => {
            // If all headings have the same level, the first is the title of the session and of its first part.
            if is_above_all(&heading, events) {
                events.remove(heading.index);
            }
            heading.text
        }
        (None, None) => title_of_file(name),
    }
}

fn first_heading(events: &[ScriptEvent]) -> Option<FirstHeading> {
    let may_precede_title =
        |event: &ScriptEvent| matches!(event.content, EventContent::Direction(_) | EventContent::LineName(_));
    let index = events.iter().position(|event| !may_precede_title(event))?;
    match &events[index].content {
        EventContent::Chapter { title, level } => Some(FirstHeading { index, text: title.clone(), level: *level }),
        _ => None,
    }
}

/// Removes the first heading if it repeats the title. If it is another title of the session, it becomes a direction.
fn remove_second_title(title: &str, heading: FirstHeading, events: &mut Vec<ScriptEvent>) {
    if heading.text.eq_ignore_ascii_case(title) {
        events.remove(heading.index);
    } else if heading.level == 1 && is_above_all(&heading, events) && other_levels(&heading, events).next().is_some() {
        events[heading.index].content = EventContent::Direction(heading.text);
    }
}

/// Returns whether all other headings have lower ranks.
fn is_above_all(heading: &FirstHeading, events: &[ScriptEvent]) -> bool {
    other_levels(heading, events).all(|other| other > heading.level)
}

/// Returns the levels of the other headings.
fn other_levels(heading: &FirstHeading, events: &[ScriptEvent]) -> impl Iterator<Item = u8> {
    let others = events.iter().enumerate().filter(|(index, _)| *index != heading.index);
    others.filter_map(|(_, event)| match event.content {
        EventContent::Chapter { level, .. } => Some(level),
        _ => None,
    })
}

/// Converts a file name to a title: "evening-rest_2.md" to "Evening rest 2".
fn title_of_file(name: &Path) -> String {
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    let words = one_line(&stem.replace(['-', '_'], " "));
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => "A session".to_owned(),
    }
}
