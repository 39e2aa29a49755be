//! Durations as teachers write them: `"40s"`, `"1m30s"`, `"2.5s"`, `"800ms"`, `"1h"`.

use std::time::Duration;

/// How long a duration's text may be; a longer one is not read at all.
const LONGEST_TEXT: usize = 64;

/// Reads a duration: hours, minutes, seconds (with a fraction, to the nanosecond) and milliseconds, in this order, at least one of them.
///
/// ```
/// use karuna::manifest::duration::parse;
/// assert_eq!(parse("1m30s").unwrap().as_secs(), 90);
/// assert!(parse("90").is_none());
/// ```
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    if text.is_empty() || text.len() > LONGEST_TEXT {
        return None;
    }
    let (mut rest, mut total) = (text, Duration::ZERO);
    for (unit, seconds) in [("h", 3600), ("m", 60), ("s", 1), ("ms", 0)] {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            break;
        }
        let (whole, tail) = rest.split_at(digits);
        let (fraction, tail) = if unit == "s" { fraction(tail)? } else { (0, tail) };
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

/// Nanoseconds of a decimal fraction such as `.5`, and what follows it.
fn fraction(text: &str) -> Option<(u32, &str)> {
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

/// Writes a duration in the same grammar, as short as it can be; fractions of a millisecond as decimals of a second.
#[must_use]
pub fn format(duration: Duration) -> String {
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
    fn the_grammar_holds() {
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

    proptest! {
        #[test]
        fn what_is_written_is_read_back(nanoseconds in 0_u64..90_000_000_000_000) {
            let duration = Duration::from_nanos(nanoseconds);
            prop_assert_eq!(parse(&format(duration)), Some(duration));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,20}|[0-9hms.]{0,12}") {
            let _ = parse(&text);
        }
    }
}
