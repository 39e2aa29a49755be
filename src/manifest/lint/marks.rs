//! Script notation that was left in the words and would be read aloud.

/// Words in brackets or parentheses that are directions, not speech.
const DIRECTIONS: [&str; 9] = ["pause", "sfx", "music", "silence", "break", "bell", "sound", "beat", "hold"];

/// Returns the first such mark in a text.
pub(super) fn find(text: &str) -> Option<&str> {
    let found = text.char_indices().filter_map(|(at, c)| {
        let rest = &text[at..];
        match c {
            '[' => bracket(rest),
            '(' => parenthesis(rest),
            '<' => tag(rest),
            '*' => rest.starts_with("**").then(|| &rest[..2]),
            '#' => heading(&text[..at], rest),
            _ => None,
        }
    });
    found.into_iter().next()
}

/// Finds `[PAUSE: 8s]` or `[SFX: rain]`, but not a pronunciation such as `[mettā](/mˈɛtə/)`.
fn bracket(text: &str) -> Option<&str> {
    let end = text.find(']')?;
    let (inner, after) = (&text[1..end], &text[end + 1..]);
    let word = first_word(inner);
    let is_shouted = word.len() > 1 && word.chars().all(char::is_uppercase);
    let is_mark = is_shouted || is_direction(word);
    (is_mark && !after.starts_with("(/")).then(|| &text[..=end])
}

/// Finds `(5)`, `(5s)`, `(10 seconds)` or `(Pause for a few breaths)`.
fn parenthesis(text: &str) -> Option<&str> {
    let end = text.find(')')?;
    let inner = text[1..end].trim();
    let rest = inner.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let is_time = rest.len() < inner.len()
        && matches!(
            rest.trim().to_lowercase().as_str(),
            "" | "s" | "sec" | "secs" | "seconds" | "m" | "min" | "mins" | "minutes" | "minute" | "ms"
        );
    (is_time || is_direction(first_word(inner))).then(|| &text[..=end])
}

/// Finds `<break time="20s"/>` or `<hold 1 minute>`.
fn tag(text: &str) -> Option<&str> {
    let end = text.find('>')?;
    let name = text[1..end].trim_start_matches('/');
    (name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.contains(['<', '\n'])).then(|| &text[..=end])
}

/// Finds a Markdown heading at the start of a line.
fn heading<'text>(before: &str, text: &'text str) -> Option<&'text str> {
    let is_line_start = before.rsplit('\n').next().unwrap_or_default().trim().is_empty();
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    (is_line_start && level <= 6 && text[level..].starts_with(' ')).then(|| &text[..=level])
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

fn is_direction(word: &str) -> bool {
    DIRECTIONS.iter().any(|direction| direction.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn script_notation_is_found() {
        for (text, mark) in [
            ("Rest. [PAUSE: 8s] And on.", "[PAUSE: 8s]"),
            ("[PAUSE:5]", "[PAUSE:5]"),
            ("[pause 8 seconds] Now", "[pause 8 seconds]"),
            ("[SFX: gentle rain]", "[SFX: gentle rain]"),
            ("[NARRATOR] Welcome.", "[NARRATOR]"),
            ("Breathe in. (5)", "(5)"),
            ("Breathe in (10 seconds) and out", "(10 seconds)"),
            ("_(Pause for a few breaths)_", "(Pause for a few breaths)"),
            ("Rest <break time=\"20s\"/> here", "<break time=\"20s\"/>"),
            ("<hold 1 minute>", "<hold 1 minute>"),
            ("</p>", "</p>"),
            ("This is **important**.", "**"),
            ("# Arriving\nWelcome.", "# "),
            ("Welcome.\n  ## Two", "## "),
        ] {
            assert_eq!(find(text), Some(mark), "{text}");
        }
    }

    #[test]
    fn ordinary_words_are_not_script_notation() {
        for text in [
            "Say [mettā](/mˈɛtə/) softly.",
            "Say [OM](/ˈoʊm/).",
            "A number (the 5 of them) and (so on).",
            "Room #5 is here. C# is a note.",
            "Two * three, and 3 < 5 > 2.",
            "[a door]",
            "(if you like)",
            "It is all right…",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[\\[\\]()<>*# a-zé:/0-9\n]{0,40}") {
            if let Some(mark) = find(&text) {
                prop_assert!(text.contains(mark));
            }
        }
    }
}
