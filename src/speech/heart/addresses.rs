//! Reads web and email addresses aloud.

/// Returns the words of an address; `None` if the word is not an address. The query of a web address is left out, because it is of no
/// use to a listener.
pub(super) fn read_address(word: &str) -> Option<String> {
    let address = match word.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) => rest,
        Some(_) => return None,
        None if word.starts_with("www.") || is_email_address(word) => word,
        None => return None,
    };
    let spoken = address.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let mut words = String::new();
    for c in spoken.chars() {
        match c {
            '.' => words.push_str(" dot "),
            '/' => words.push_str(" slash "),
            '@' => words.push_str(" at "),
            '-' => words.push_str(" dash "),
            '~' => words.push_str(" tilde "),
            c if c.is_alphanumeric() => words.push(c),
            _ => words.push(' '),
        }
    }
    let words: Vec<_> = words.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Returns whether a word is an email address.
fn is_email_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'))
}
