//! Reads the amount before a unit, in digits or in words.

use crate::script::tokens::MarkToken;

/// The amount before a unit.
pub(super) enum Amount {
    /// A number, and the upper end if it is a range.
    Number(f64, Option<f64>),
    Few,
    Couple,
}

/// Reads an amount.
pub(super) fn amount(tokens: &[MarkToken], start: usize) -> Option<(Amount, usize)> {
    let word = |index: usize| match tokens.get(index) {
        Some(MarkToken::Word(word)) => word.as_str(),
        _ => "",
    };
    let start = if matches!(word(start), "a" | "another") && matches!(word(start + 1), "few" | "couple") {
        start + 1
    } else {
        start
    };
    match word(start) {
        "few" | "several" | "some" | "einige" | "einigen" | "quelques" | "unos" | "unas" | "algunos" | "algunas"
        | "alcuni" | "alcune" | "enkele" => return Some((Amount::Few, start + 1)),
        "ein" if word(start + 1) == "paar" => return Some((Amount::Few, start + 2)),
        "couple" => return Some((Amount::Couple, start + 1 + usize::from(word(start + 1) == "of"))),
        "half" => {
            return Some((Amount::Number(0.5, None), start + 1 + usize::from(matches!(word(start + 1), "a" | "an"))));
        }
        _ => {}
    }
    let (number, index) = number(tokens, start)?;
    let is_range = matches!(tokens.get(index), Some(MarkToken::Dash)) || matches!(word(index), "to" | "or");
    match number_after(tokens, index).filter(|_| is_range) {
        Some((longest, end)) if longest > number => Some((Amount::Number(number, Some(longest)), end)),
        // As in "two-minute".
        _ if matches!(tokens.get(index), Some(MarkToken::Dash)) => Some((Amount::Number(number, None), index + 1)),
        _ => Some((Amount::Number(number, None), index)),
    }
}

fn number_after(tokens: &[MarkToken], index: usize) -> Option<(f64, usize)> {
    number(tokens, index + 1)
}

/// Reads a number in digits or in words.
pub(in crate::script) fn number(tokens: &[MarkToken], start: usize) -> Option<(f64, usize)> {
    match tokens.get(start)? {
        MarkToken::Number(number) => match tokens.get(start + 1) {
            Some(MarkToken::Number(fraction)) if *fraction < 1.0 => Some((number + fraction, start + 2)),
            _ => Some((*number, start + 1)),
        },
        MarkToken::Word(word) => {
            let number = number_word(word)?;
            let next = start + 1 + usize::from(matches!(tokens.get(start + 1), Some(MarkToken::Dash)));
            match tokens.get(next) {
                Some(MarkToken::Word(word)) if number >= 20.0 => match number_word(word).filter(|unit| *unit < 10.0) {
                    Some(unit) => Some((number + unit, next + 1)),
                    None => Some((number, start + 1)),
                },
                _ => Some((number, start + 1)),
            }
        }
        _ => None,
    }
}

fn number_word(word: &str) -> Option<f64> {
    const BELOW_TWENTY: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    if matches!(word, "a" | "an") {
        return Some(1.0);
    }
    let below_twenty = BELOW_TWENTY.iter().position(|name| *name == word).map(|number| number as f64);
    below_twenty
        .or_else(|| TENS.iter().position(|name| *name == word).map(|tens| 10.0 * (tens as f64 + 2.0)))
        .or_else(|| foreign_number(word))
}

/// Reads the numbers that are common in marks in languages other than English.
fn foreign_number(word: &str) -> Option<f64> {
    const NAMES: [(u8, &str); 15] = [
        (1, "ein eine einen einer un une una uno um uma een"),
        (2, "zwei deux dos due dois duas twee"),
        (3, "drei trois tres tre três drie"),
        (4, "vier quatre cuatro quattro quatro"),
        (5, "fünf cinq cinco cinque vijf"),
        (6, "sechs seis zes"),
        (7, "sieben sept siete sette sete zeven"),
        (8, "acht huit ocho otto oito"),
        (9, "neun neuf nueve nove negen"),
        (10, "zehn dix diez dieci dez tien"),
        (15, "fünfzehn quinze quince quindici vijftien"),
        (20, "zwanzig vingt veinte venti vinte twintig"),
        (30, "dreißig dreissig trente treinta trenta trinta dertig"),
        (45, "fünfundvierzig"),
        (60, "sechzig soixante sesenta sessanta sessenta zestig"),
    ];
    let found = NAMES.iter().find(|(_, names)| names.split(' ').any(|name| name == word));
    found.map(|(number, _)| f64::from(*number))
}
