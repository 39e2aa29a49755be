//! Splits the text of a mark into numbers and words.

/// A token of a mark.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum MarkToken {
    Number(f64),
    /// `1:30`, in seconds.
    Clock(f64),
    /// In lower case.
    Word(String),
    /// A dash.
    Dash,
}

/// The maximum length of a mark, in characters. Longer ones are directions to the guide.
const MAX_CHARACTERS: usize = 400;

/// Splits a text into tokens. Punctuation other than dashes is omitted.
pub(super) fn tokens(text: &str) -> Vec<MarkToken> {
    let characters: Vec<char> = text.chars().take(MAX_CHARACTERS).flat_map(char::to_lowercase).collect();
    let mut tokens = Vec::new();
    let mut index = 0;
    while let Some(&character) = characters.get(index) {
        if character.is_ascii_digit() {
            let (token, next) = number(&characters, index);
            tokens.push(token);
            index = next;
            if let Some(unit) = prime(&characters, index) {
                tokens.push(MarkToken::Word(unit.to_owned()));
                index += 1;
            }
        } else if character.is_alphabetic() {
            let end = word_end(&characters, index);
            tokens.push(MarkToken::Word(characters[index..end].iter().collect()));
            index = end;
        } else {
            match character {
                '½' => tokens.push(MarkToken::Number(0.5)),
                '¼' => tokens.push(MarkToken::Number(0.25)),
                '¾' => tokens.push(MarkToken::Number(0.75)),
                '×' => tokens.push(MarkToken::Word("x".to_owned())),
                '🔔' => tokens.push(MarkToken::Word("bell".to_owned())),
                '⏸' => tokens.push(MarkToken::Word("pause".to_owned())),
                '-' | '–' | '—' | '‑' => tokens.push(MarkToken::Dash),
                _ => {}
            }
            index += 1;
        }
    }
    tokens
}

/// Returns the unit that a prime after a number stands for: 1'30" is 1 minute and 30 seconds.
fn prime(characters: &[char], index: usize) -> Option<&'static str> {
    let is_before_letter = characters.get(index + 1).is_some_and(|next| next.is_alphabetic());
    let quotes = characters.iter().filter(|character| **character == '"').count();
    match characters.get(index)? {
        '\'' | '’' | '′' if !is_before_letter => Some("min"),
        '″' => Some("s"),
        '"' if quotes == 1 && index + 1 == characters.len() => Some("s"),
        _ => None,
    }
}

/// Reads a number, possibly with a decimal fraction, or a clock time.
fn number(characters: &[char], start: usize) -> (MarkToken, usize) {
    let digits = |from: usize| (from..characters.len()).take_while(|index| characters[*index].is_ascii_digit()).count();
    let value = |from: usize, to: usize| characters[from..to].iter().collect::<String>().parse::<f64>().unwrap_or(0.0);
    let end = start + digits(start);
    let follows = |index: usize, signs: &[char]| characters.get(index).is_some_and(|sign| signs.contains(sign));
    let after = digits(end + 1);
    if follows(end, &[':']) && after == 2 {
        let (first, second, end) = (value(start, end), value(end + 1, end + 3), end + 3);
        if follows(end, &[':']) && digits(end + 1) == 2 {
            return (MarkToken::Clock(first * 3600.0 + second * 60.0 + value(end + 1, end + 3)), end + 3);
        }
        return (MarkToken::Clock(first * 60.0 + second), end);
    }
    if follows(end, &['.', ',']) && (1..=3).contains(&after) {
        let (whole, fraction) = (value(start, end), value(end + 1, end + 1 + after));
        return (
            MarkToken::Number(
                whole
                    + fraction
                        / if after == 1 {
                            10.0
                        } else if after == 2 {
                            100.0
                        } else {
                            1000.0
                        },
            ),
            end + 1 + after,
        );
    }
    (MarkToken::Number(value(start, end)), end)
}

/// Returns the end of a word, including apostrophes inside it.
fn word_end(characters: &[char], start: usize) -> usize {
    let is_letter = |index: usize| characters.get(index).is_some_and(|character| character.is_alphabetic());
    let mut end = start;
    while is_letter(end) || (matches!(characters.get(end), Some('\'' | '’')) && is_letter(end + 1)) {
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words_are_distinguished() {
        let word = |text: &str| MarkToken::Word(text.to_owned());
        assert_eq!(tokens("PAUSE: 8s"), [word("pause"), MarkToken::Number(8.0), word("s")]);
        assert_eq!(
            tokens("1:30–2,5 don’t"),
            [MarkToken::Clock(90.0), MarkToken::Dash, MarkToken::Number(2.5), word("don’t")]
        );
        assert_eq!(tokens("1:02:03 ×3"), [MarkToken::Clock(3723.0), word("x"), MarkToken::Number(3.0)]);
        assert_eq!(tokens("10."), [MarkToken::Number(10.0)]);
    }
}
