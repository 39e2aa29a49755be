//! The format of durations: `"40s"`, `"1m30s"`, `"2.5s"`, `"800ms"`, `"1h"`.

use std::time::Duration;

use super::bounds::MAX_DURATION_BYTES;

/// Parses a duration: hours, minutes, seconds and milliseconds, in this order, at least one of them. Seconds may have a fraction,
/// which is read to the nanosecond.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    if text.is_empty() || text.len() > MAX_DURATION_BYTES {
        return None;
    }
    let (mut rest, mut total) = (text, Duration::ZERO);
    for (unit, seconds) in [("h", 3600), ("m", 60), ("s", 1), ("ms", 0)] {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            break;
        }
        let (whole, tail) = rest.split_at(digits);
        let (fraction, tail) = if unit == "s" { parse_fraction(tail)? } else { (0, tail) };
        let Some(after) = tail.strip_prefix(unit).filter(|after| unit != "m" || !after.starts_with('s')) else {
            continue;
        };
        let whole: u64 = whole.parse().ok()?;
        let part = if unit == "ms" {
            Duration::from_millis(whole)
        } else {
            Duration::new(whole.checked_mul(seconds)?, fraction)
        };
        total = total.checked_add(part)?;
        rest = after;
    }
    rest.is_empty().then_some(total)
}

/// Parses a decimal fraction such as `.5` into nanoseconds, and returns the text after it.
fn parse_fraction(text: &str) -> Option<(u32, &str)> {
    let Some(after) = text.strip_prefix('.') else { return Some((0, text)) };
    let count = after.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = after.split_at(count);
    if digits.is_empty() {
        return None;
    }
    let nanoseconds =
        digits.bytes().chain(std::iter::repeat(b'0')).take(9).fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    Some((nanoseconds, rest))
}

/// Guesses the duration meant by a text in another format: units as words or with spaces, fractions of minutes, any order, `1:30`.
pub(super) fn guess(text: &str) -> Option<Duration> {
    if text.len() > MAX_DURATION_BYTES {
        return None;
    }
    let lower = text.to_lowercase().replace(',', ".").replace(" and ", " ");
    let text = lower.trim().trim_start_matches(['-', '+']);
    let seconds = if text.contains(':') { parse_clock(text)? } else { parse_units(text)? };
    Duration::try_from_secs_f64((seconds * 1000.0).round() / 1000.0).ok()
}

/// Parses `minutes:seconds` or `hours:minutes:seconds` into seconds.
fn parse_clock(text: &str) -> Option<f64> {
    let parts: Option<Vec<u32>> = text.split(':').map(|part| part.trim().parse().ok()).collect();
    match parts?.as_slice() {
        [minutes, seconds] => Some(f64::from(*minutes) * 60.0 + f64::from(*seconds)),
        [hours, minutes, seconds] => {
            Some(f64::from(*hours) * 3600.0 + f64::from(*minutes) * 60.0 + f64::from(*seconds))
        }
        _ => None,
    }
}

/// Parses numbers with units into seconds. A number alone is taken as seconds.
fn parse_units(text: &str) -> Option<f64> {
    let (mut rest, mut total) = (text, 0.0);
    loop {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let number: f64 = rest[..digits].parse().ok()?;
        let after = rest[digits..].trim_start();
        let letters = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        total += number
            * match &after[..letters] {
                "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
                "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
                "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
                "ms" | "msec" | "millisecond" | "milliseconds" => 0.001,
                "" if rest == text && after.is_empty() => 1.0,
                _ => return None,
            };
        rest = after[letters..].trim_start_matches(['.', ' ']);
        if rest.is_empty() {
            return Some(total);
        }
    }
}

/// Formats a duration in the same format, as short as possible. Fractions of a millisecond become decimals of a second.
pub(crate) fn format(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let nanoseconds = duration.subsec_nanos();
    let mut text = String::new();
    if hours > 0 {
        text += &format!("{hours}h");
    }
    if minutes > 0 {
        text += &format!("{minutes}m");
    }
    if nanoseconds > 0 && nanoseconds.is_multiple_of(1_000_000) && rest == 0 {
        text += &format!("{}ms", nanoseconds / 1_000_000);
    } else if nanoseconds > 0 {
        text += format!("{rest}.{nanoseconds:09}").trim_end_matches('0');
        text.push('s');
    } else if rest > 0 || text.is_empty() {
        text += &format!("{rest}s");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_parsed() {
        for (text, milliseconds) in [
            ("40s", 40_000),
            ("1m30s", 90_000),
            ("2.5s", 2_500),
            ("800ms", 800),
            ("1h", 3_600_000),
            ("1h2m3s4ms", 3_723_004),
            ("5m10ms", 300_010),
            ("0s", 0),
        ] {
            assert_eq!(parse(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in [
            "",
            "40",
            "s",
            "1s1m",
            "-1s",
            "+1s",
            "1.5m",
            "1.s",
            ".5s",
            "1 s",
            "1S",
            "1s ",
            "1s1s",
            "1.5ms",
            "1e3s",
            "99999999999999999999s",
            "inf",
            "1ms1s",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn other_formats_are_guessed() {
        for (text, expected) in [
            ("1m 30s", "1m30s"),
            ("90", "1m30s"),
            ("1.5m", "1m30s"),
            ("30s1m", "1m30s"),
            ("1:30", "1m30s"),
            ("2 minutes", "2m"),
            ("1 hour and 5 min.", "1h5m"),
            ("2,5 s", "2.5s"),
            ("40S", "40s"),
            ("-5", "5s"),
        ] {
            assert_eq!(guess(text).map(format).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "soon", "5 x", "1:x", "1e9h", "99999999999999999999999h", "a while", "."] {
            assert_eq!(guess(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn formatted_durations_can_be_parsed(nanoseconds in 0_u64..90_000_000_000_000) {
            let duration = Duration::from_nanos(nanoseconds);
            prop_assert_eq!(parse(&format(duration)), Some(duration));
        }

        #[test]
        fn no_text_causes_a_panic(text in "\\PC{0,20}|[0-9hms.]{0,12}") {
            let _ = (parse(&text), guess(&text));
        }
    }
}
