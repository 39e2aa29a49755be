//! Reads numbers, times, fractions and units as words.

use super::signs::{clean, is_punctuation};

/// The maximum number of digits in a number with a name. Longer numbers are read digit by digit.
const MAX_NAMED_DIGITS: usize = 12;

/// The signs between the two numbers of a range.
const RANGE_SIGNS: [char; 3] = ['-', '–', '—'];

/// Units after a number, in the singular and the plural.
const UNITS: [(&str, &str, &str); 25] = [
    ("min", "minute", "minutes"),
    ("min.", "minute", "minutes"),
    ("mins", "minute", "minutes"),
    ("sec", "second", "seconds"),
    ("sec.", "second", "seconds"),
    ("secs", "second", "seconds"),
    ("s", "second", "seconds"),
    ("h", "hour", "hours"),
    ("hr", "hour", "hours"),
    ("hrs", "hour", "hours"),
    ("ms", "millisecond", "milliseconds"),
    ("mm", "millimeter", "millimeters"),
    ("cm", "centimeter", "centimeters"),
    ("m", "meter", "meters"),
    ("km", "kilometer", "kilometers"),
    ("ft", "foot", "feet"),
    ("g", "gram", "grams"),
    ("kg", "kilogram", "kilograms"),
    ("lb", "pound", "pounds"),
    ("lbs", "pound", "pounds"),
    ("Hz", "hertz", "hertz"),
    ("kHz", "kilohertz", "kilohertz"),
    ("dB", "decibel", "decibels"),
    ("°", "degree", "degrees"),
    ("%", "percent", "percent"),
];

const FRACTIONS: [(&str, &str, &str); 8] = [
    ("2", "half", "halves"),
    ("3", "third", "thirds"),
    ("4", "quarter", "quarters"),
    ("5", "fifth", "fifths"),
    ("6", "sixth", "sixths"),
    ("8", "eighth", "eighths"),
    ("10", "tenth", "tenths"),
    ("100", "hundredth", "hundredths"),
];

const HOURS: [&str; 13] =
    ["twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// Reads a word that is a number, a time, or a unit after the previous word.
pub(super) fn read_number(word: &str, previous: &str) -> Option<String> {
    unit(word, previous)
        .or_else(|| clock(word))
        .or_else(|| number_with_unit(word))
        .or_else(|| fraction(word))
        .or_else(|| number_range(word))
        .or_else(|| long_number(word))
}

/// Reads a separate unit after a number.
fn unit(word: &str, previous: &str) -> Option<String> {
    let number = previous.trim_start_matches(is_punctuation).rsplit(RANGE_SIGNS).next()?;
    is_number(number).then(|| unit_name(word, previous))?
}

fn unit_name(unit: &str, number: &str) -> Option<String> {
    let (_, singular, plural) = UNITS.iter().find(|(short, ..)| *short == unit)?;
    Some((if number == "1" { *singular } else { *plural }).to_owned())
}

/// Reads "20°C", "5km", "90s".
fn number_with_unit(word: &str) -> Option<String> {
    let end = word.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ','))?;
    let (number, unit) = word.split_at(end);
    // "1990s" is a decade.
    if !is_number(number) || unit == "s" && number.len() == 4 {
        return None;
    }
    let scale = match unit {
        "°C" => " Celsius",
        "°F" => " Fahrenheit",
        _ => "",
    };
    let unit = if scale.is_empty() { unit } else { "°" };
    Some(format!("{number} {}{scale}", unit_name(unit, number)?))
}

/// Reads "7:30" and "7:30pm".
fn clock(word: &str) -> Option<String> {
    let (hours, rest) = word.split_once(':')?;
    let minutes = rest.get(..2)?;
    let am_pm = match rest.get(2..)?.to_lowercase().as_str() {
        "" => "",
        "am" | "a.m" => " AM",
        "pm" | "p.m" => " PM",
        _ => return None,
    };
    let (hours, minutes): (usize, u32) = (parse(hours)?, parse(minutes)?);
    if hours > 24 || minutes > 59 {
        return None;
    }
    let hours = HOURS.get(hours).map_or_else(|| hours.to_string(), |name| (*name).to_owned());
    Some(match minutes {
        0 if am_pm.is_empty() => format!("{hours} o'clock"),
        0 => format!("{hours}{am_pm}"),
        1..10 => format!("{hours} oh {minutes}{am_pm}"),
        _ => format!("{hours} {minutes}{am_pm}"),
    })
}

fn parse<T: std::str::FromStr>(digits: &str) -> Option<T> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// Reads "1/2" and "3/4".
fn fraction(word: &str) -> Option<String> {
    let (count, of) = word.split_once('/')?;
    let (_, singular, plural) = FRACTIONS.iter().find(|(number, ..)| *number == of)?;
    match parse::<u32>(count)? {
        1 => Some(format!("one {singular}")),
        count @ 2..100 => Some(format!("{count} {plural}")),
        _ => None,
    }
}

/// Reads "2-3" as "2 to 3".
fn number_range(word: &str) -> Option<String> {
    let (from, to) = word.split_once(RANGE_SIGNS)?;
    (is_number(from) && is_number(to) && from.len() <= 4 && to.len() <= 4).then(|| format!("{from} to {to}"))
}

/// Splits a number that is too long to have a name into its digits.
fn long_number(word: &str) -> Option<String> {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    (digits > MAX_NAMED_DIGITS).then(|| {
        let spaced =
            word.chars().map(|c| if c.is_ascii_digit() { format!(" {c} ") } else { clean(c.encode_utf8(&mut [0; 4])) });
        spaced.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    })
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.ends_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
}
