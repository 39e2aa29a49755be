//! The list of the library's sessions.

use serde::Serialize;

use super::layout::{padded, room, wrapped};
use crate::text::{single_line, width};

/// The maximum width of a name that has its description on the same line.
const MAX_NAME_WIDTH: usize = 16;
/// The width of a length with its range, as in `11m48s (6m6s–26m38s)`.
const LENGTH_WIDTH: usize = 22;
/// The heading for sessions without a heading of their own.
const OWN_HEADING: &str = "Your own";

/// An entry of the list.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct ListedSession {
    /// Its number, from 1.
    pub(crate) order: usize,
    /// Its heading; `None` for the listener's own sessions.
    pub(crate) heading: Option<String>,
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) length: String,
    pub(crate) shortest: String,
    pub(crate) longest: String,
    pub(crate) summary: Option<String>,
    /// A recommendation when to take it.
    pub(crate) when: Option<String>,
    /// The tags of its lines, sorted.
    pub(crate) tags: Vec<String>,
}

/// Returns the lines of a list.
pub(crate) fn listing(sessions: &[ListedSession], columns: usize) -> Vec<String> {
    let columns = room(columns);
    let names = sessions.iter().map(|session| width(&single_line(&session.name)));
    let indent = names.filter(|name| *name <= MAX_NAME_WIDTH).max().unwrap_or_default() + 2;
    let (mut lines, mut heading) = (Vec::new(), None);
    for session in sessions {
        if heading != Some(&session.heading) {
            lines.extend(heading.map(|_| String::new()));
            lines.push(session.heading.as_deref().map_or_else(|| OWN_HEADING.to_owned(), single_line));
            heading = Some(&session.heading);
        }
        lines.extend(session_lines(session, indent, columns));
    }
    lines
}

fn session_lines(session: &ListedSession, indent: usize, columns: usize) -> Vec<String> {
    let ListedSession { name, title, length, shortest, longest, summary, when, tags, .. } = session;
    let lengths = padded(&format!("{length} ({shortest}–{longest})"), LENGTH_WIDTH);
    let name = padded(&format!("{}  ", single_line(name)), indent);
    let title = single_line(title);
    let (with_title, with_lengths) = (format!("{name}{lengths}{title}"), format!("{name}{}", lengths.trim_end()));
    let mut lines = Vec::new();
    if width(&with_title) <= columns {
        lines.push(with_title.trim_end().to_owned());
    } else {
        if width(&with_lengths) <= columns {
            lines.push(with_lengths);
        } else {
            lines.push(name.trim_end().to_owned());
            lines.extend(indented(lengths.trim_end(), indent, columns));
        }
        lines.extend(indented(&title, indent, columns));
    }
    lines.extend(summary.iter().flat_map(|summary| indented(&single_line(summary), indent, columns)));
    lines.extend(when.iter().flat_map(|when| indented(&format!("When: {}", single_line(when)), indent, columns)));
    lines.extend(tag_line(tags).iter().flat_map(|tags| indented(tags, indent, columns)));
    lines
}

fn indented(text: &str, indent: usize, columns: usize) -> Vec<String> {
    let lines = wrapped(text, columns.saturating_sub(indent).max(1));
    lines.into_iter().map(|line| format!("{:indent$}{line}", "")).collect()
}

/// Returns the line that lists tags, if there are any.
pub(crate) fn tag_line(tags: &[String]) -> Option<String> {
    if tags.is_empty() { None } else { Some(format!("Touches: {}", single_line(&tags.join(", ")))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(name: &str, heading: Option<&str>) -> ListedSession {
        let text = |text: &str| text.to_owned();
        ListedSession {
            order: 1,
            heading: heading.map(text),
            name: text(name),
            title: text("A title\u{1b}[2J of some words"),
            length: text("8m16s"),
            shortest: text("4m43s"),
            longest: text("17m35s"),
            summary: Some(text("A summary that is long enough to need a second line where there are eighty columns.")),
            when: Some(text("In the evening.")),
            tags: vec![text("breath"), text("touch")],
        }
    }

    #[test]
    fn sessions_are_listed_under_their_headings() {
        let sessions = [session("mine", None), session("craving", Some("At night")), session("sit", Some("At night"))];
        let lines = listing(&sessions, 80);
        let expected = "Your own\n\
            mine     8m16s (4m43s–17m35s)  A title\\u{1b}[2J of some words\n         \
            A summary that is long enough to need a second line where there are\n         \
            eighty columns.\n         \
            When: In the evening.\n         \
            Touches: breath, touch\n\n\
            At night\n\
            craving  8m16s";
        assert!(lines.join("\n").starts_with(expected), "{}", lines.join("\n"));
        assert_eq!(lines.iter().filter(|line| *line == "At night").count(), 1);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let sessions = [session("a-name-that-is-longer-than-any-other", None), session("sit", None)];
        for columns in [40, 60, 80] {
            for line in listing(&sessions, columns) {
                assert!(width(&line) < columns || !line.trim().contains(' '), "{columns}: {line}");
            }
        }
    }
}
