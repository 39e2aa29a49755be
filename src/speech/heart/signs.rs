//! Signs and punctuation, as the phoneme library reads them.

/// Fractions that are a single character.
const FRACTIONS: [(char, &str); 3] = [('½', "a half"), ('¼', "a quarter"), ('¾', "three quarters")];

/// Returns whether a character may surround a word without being part of it.
pub(super) fn is_punctuation(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '…'
            | '('
            | ')'
            | '['
            | ']'
            | '"'
            | '“'
            | '”'
            | '\''
            | '‘'
            | '’'
            | '*'
            | '_'
    )
}

/// Reads a word that is only a fraction.
pub(super) fn fraction_sign(word: &str) -> Option<&'static str> {
    let mut letters = word.chars();
    let (first, None) = (letters.next()?, letters.next()) else { return None };
    FRACTIONS.iter().find(|(sign, _)| *sign == first).map(|(_, words)| *words)
}

/// Replaces typographic variants and silent characters by characters that the phoneme library reads.
pub(super) fn clean(word: &str) -> String {
    if matches!(word, "-" | "–" | "--" | "―") {
        return "—".to_owned();
    }
    let mut read = String::with_capacity(word.len());
    let mut rest = word.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '‘' | '’' | 'ʼ' | '′' => read.push('\''),
            '«' | '„' => read.push('“'),
            '»' => read.push('”'),
            '‐' | '‑' | '−' => read.push('-'),
            '–' | '―' => read.push('—'),
            '.' if rest.peek() == Some(&'.') => {
                while rest.next_if_eq(&'.').is_some() {}
                read.push('…');
            }
            '=' => read.push_str(" equals "),
            '×' => read.push_str(" times "),
            '#' if rest.peek().is_some_and(char::is_ascii_digit) => read.push_str("number "),
            '°' => read.push_str(" degrees "),
            '½' | '¼' | '¾' => {
                let words = fraction_sign(c.encode_utf8(&mut [0; 4])).unwrap_or_default();
                read.push_str(&format!(" and {words} "));
            }
            // The markers of pronunciations never come from the text itself.
            '[' | ']' | '{' | '}' | '<' | '>' | '|' | '\\' | '^' | '~' | '_' | '*' | '`' | '#' => read.push(' '),
            c if c.is_alphanumeric() || c.is_ascii() && !c.is_ascii_control() => read.push(c),
            '“' | '”' | '…' | '—' | '£' | '€' => read.push(c),
            c if unicode_normalization::char::is_combining_mark(c) => read.push(c),
            _ => read.push(' '),
        }
    }
    read
}
