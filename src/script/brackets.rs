//! Finds text that is enclosed in brackets.

/// The maximum length of a mark in brackets, in bytes.
const MAX_MARK_BYTES: usize = 1000;

/// Returns the content of a text that is enclosed in one pair of brackets.
pub(super) fn unbracketed(text: &str) -> Option<&str> {
    let text = text.trim();
    let opening = text.chars().next().filter(|c| matches!(c, '(' | '[' | '{' | '<'))?;
    let end = closing_bracket(text, opening)?;
    (end + 1 == text.len()).then(|| &text[1..end])
}

/// Returns the position of the bracket that closes the one at the start of a text.
pub(super) fn closing_bracket(text: &str, opening: char) -> Option<usize> {
    let closing = match opening {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        _ => '>',
    };
    if text.starts_with("<!--") {
        return text.find("-->").map(|position| position + 2);
    }
    let mut depth = 0_usize;
    for (position, character) in text.char_indices().take_while(|(position, _)| *position <= MAX_MARK_BYTES) {
        if character == opening {
            depth += 1;
        } else if character == closing {
            depth -= 1;
            if depth == 0 {
                return Some(position);
            }
        }
    }
    None
}

/// Returns the length of a pronunciation such as `[mettā](/mˈɛtə/)` at the start of a text; manifests use the same notation.
pub(super) fn pronunciation(text: &str) -> Option<usize> {
    let end = text.find("](/")?;
    let close = end + 3 + text[end + 3..].find("/)")? + 2;
    let is_pronunciation =
        !text[1..end].contains(['[', ']', '\n']) && !text[end + 3..close - 2].contains(['/', '(', ')', '\n']);
    is_pronunciation.then_some(close)
}
