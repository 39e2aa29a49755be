//! Whatever stands in a manifest, reading it ends, and says where.

use std::path::Path;

use karuna::manifest::{Severity, read};
use proptest::prelude::*;

const WHOLE: &str = r#"#:schema ./session.schema.json
format = 1
title = "Evening"
allow = ["long-silence", "no-way-back"]

[levels]
voice = -21

[bell.temple]
fundamental_hz = 176.0
partials = [
  { ratio = 1.0, gain_db = 0, t60_s = 3, beat_hz = 0.9, pan = 0, attack_ms = 10 }, # the lowest
]

[[segment]]
id = "hand"
say = """Rest a hand on
the chest, if you like; you may stop."""
clip = "hand.ogg"
tags = ["touch", "body"]
instead = { say = "Rest a hand on the desk.", clip = "desk.ogg" }

[[segment]]
repeat = 3
[[segment.part]]
bell = "temple"
strikes = 3
every = "15s"
[[segment.part]]
silence = "40s"

[[exit]]
bell = "bowl"
"#;

fn lines(text: &str) -> Vec<(usize, &'static str)> {
    read(Path::new("t.toml"), text).1.into_iter().map(|finding| (finding.line, finding.code.name())).collect()
}

#[test]
fn a_whole_manifest_is_silent_with_any_line_end() {
    assert_eq!(lines(WHOLE), []);
    assert_eq!(lines(&WHOLE.replace('\n', "\r\n")), []);
    assert_eq!(lines(&format!("\u{FEFF}{WHOLE}")), []);
}

#[test]
fn many_slips_at_once_are_each_found_and_none_made_up() {
    let text = r#"format = 1
titel = "Evening"
summary = “A hand, a breath.”
language = "en
settle = 5
teacher = Anna Muster

[level]
voice = -21 LUFS

[segment]
bell = "bowll"
strikes = three

[[segement]]
say = "The "quiet" hour"
clip = "rec\hand.ogg"
license = "CC0-1.0"
tags = ["touch" "breath"]
instead = {
  say = "x",
  clip = "y.ogg",
}

[[segment]
silence = "40s"
least: "20s"
most =

[[segment]]
say = """Rest a hand.
clip = "hand.ogg"

[[segment]]
say = "I say
two lines"
gain = 1,5
gain = 2

[[segment]]
id = "a" say = "x"
[[segment]]
tags = ["touch", "breath"
say = "ok
"#;
    let wanted = [
        (2, "unknown-key"),
        (3, "curly-quote"),
        (4, "missing-quote"),
        (5, "bad-duration"),
        (6, "unquoted-text"),
        (8, "header-name"),
        (9, "bad-number"),
        (11, "single-brackets"),
        (12, "unknown-bell"),
        (13, "bad-number"),
        (15, "header-name"),
        (16, "stray-quote"),
        (17, "bad-escape"),
        (18, "misplaced-key"),
        (19, "missing-comma"),
        (20, "inline-table-lines"),
        (25, "header-brackets"),
        (27, "missing-equals"),
        (28, "missing-value"),
        (31, "missing-quote"),
        (35, "missing-quote"),
        (37, "bad-number"),
        (38, "duplicate-key"),
        (41, "two-on-a-line"),
        (43, "unclosed-bracket"),
        (44, "missing-quote"),
    ];
    assert_eq!(lines(text), wanted);
}

#[test]
fn keys_above_all_headers_are_led_to_theirs() {
    let text = "format = 1\nsilence = \"40s\"\nleast = \"10s\"\n[levels]\nvoice = -21\ntitle = \"x\"\n";
    assert_eq!(lines(text), [(2, "misplaced-key"), (6, "misplaced-key")]);
    let text = "format = 1\nvoice = -21\ntitle = \"x\"\n[[segment]]\nbell = \"bowl\"\n";
    assert_eq!(lines(text), [(2, "misplaced-key")]);
}

#[test]
fn what_only_a_younger_toml_knows_is_refused() {
    for (line, code) in [
        (r#"instead = { say = "x", }"#, "inline-table-comma"),
        ("instead = { say = \"x\",\n clip = \"y.ogg\" }", "inline-table-lines"),
        (r#"chapter = "\e[2J""#, "bad-escape"),
        (r#"chapter = "\x41""#, "bad-escape"),
    ] {
        let text =
            format!("format = 1\ntitle = \"t\"\n[[segment]]\nsay = \"You may stop.\"\ntags = [\"pain\"]\n{line}\n");
        assert_eq!(lines(&text), [(6, code)], "{line}");
    }
}

#[test]
fn ten_thousand_slips_take_no_longer_than_a_breath() {
    let began = std::time::Instant::now();
    for line in [
        "say = \"x\n",
        "[segment]\n",
        "x = [\n",
        "\"\"\"\n[[s]]\n",
        "x = {\n",
        "“\n",
        "a\n",
        "titel = 3\n",
        "x = \"\"\"\"\n",
        "'''\n",
    ] {
        let text = line.repeat(1_000_000 / line.len());
        assert!(read(Path::new("t.toml"), &text).1.iter().any(|finding| finding.severity == Severity::Error), "{line}");
    }
    let long = format!("x = [{}", "\"a\",\"".repeat(150_000));
    assert!(!lines(&long).is_empty());
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}

proptest! {
    #[test]
    fn a_letter_more_or_less_ends_no_reading(at in 0..WHOLE.len(), put in "[\\]\\[{}\"'=#,.“a\\\\\n 1]{0,3}", gone in 0_usize..4) {
        let end = (at + gone).min(WHOLE.len());
        let text = format!("{}{put}{}", &WHOLE[..at], &WHOLE[end..]);
        let (session, findings) = read(Path::new("t.toml"), &text);
        let wrong = findings.iter().any(|finding| finding.severity == Severity::Error);
        prop_assert!(session.is_some() != wrong);
        for finding in findings {
            prop_assert!(finding.line >= 1 && finding.line <= text.lines().count() + 1);
            prop_assert!(finding.span.end <= text.len() && finding.span.start <= finding.span.end, "{:?}", finding);
        }
    }

    #[test]
    fn any_text_is_read(text in "([a-z]{1,7}|[\\[\\]{}\"'=#,\\\\\n“” 1-]|\"\"\"|segment|format|\u{e4}){0,60}") {
        let (session, findings) = read(Path::new("t.toml"), &text);
        prop_assert!(session.is_some() || !findings.is_empty());
    }
}

#[test]
fn a_wrong_kind_of_value_in_a_bell_of_ones_own_is_found_once() {
    const VALUES: [&str; 6] = ["\"xx\"", "true", "[]", "{}", "3", "1979-05-27"];
    let bell = "[bell.temple]\nlevel = -3\nfundamental_hz = 440\nmaster_db = -20\nmax_momentary_lufs = -20\nsplit_mix = 0.4\nwidth = 0.5\n\
        contact_ms = 5\nbright_exp = 1\nlength_s = 40\ndescription = \"Deep\"\npartials = [{ ratio = 1, t60_s = 8, gain_db = 0, \
        beat_hz = 0.5, pan = 0, attack_ms = 10 }]\nthud = { gain_db = -30, lo_hz = 150, hi_hz = 700, decay_ms = 22 }\n";
    let session = format!("format = 1\ntitle = \"x\"\n[[segment]]\nbell = \"temple\"\n{bell}");
    assert_eq!(lines(&session), []);
    let at = session.find("[bell.").expect("the bell");
    let mut wrong = 0;
    for (equals, _) in session.match_indices(" = ").filter(|(equals, _)| *equals > at) {
        let from = equals + 3;
        let end = match session[from..].chars().next() {
            Some(open @ ('[' | '{')) => session[from..].find(if open == '[' { ']' } else { '}' }).map(|end| end + 1),
            _ => session[from..].find([',', ' ', '\n']),
        };
        let until = from + end.expect("a value ends");
        let (held, line) = (&session[from..until], session[..from].matches('\n').count() + 1);
        let same =
            |value: &str| held.starts_with(&value[..1]) || held.parse::<f64>().is_ok() && value.parse::<f64>().is_ok();
        for value in VALUES.into_iter().filter(|value| !same(value)) {
            let changed = format!("{}{value}{}", &session[..from], &session[until..]);
            assert_eq!(lines(&changed), [(line, "wrong-type")], "{changed}");
            wrong += 1;
        }
    }
    assert!(wrong > 100, "{wrong}");
}

#[test]
fn what_a_repeat_and_its_first_part_both_name_is_told() {
    let repeat = |keys: &str, first: &str, second: &str| {
        lines(&format!(
            "format = 1\ntitle = \"x\"\n[[segment]]\nrepeat = 2\n{keys}\n[[segment.part]]\nbell = \"bowl\"\n{first}\n\
            [[segment.part]]\nbell = \"inkin\"\n{second}\n"
        ))
    };
    assert_eq!(repeat("chapter = \"Ease\"", "chapter = \"A wish\"", ""), [(8, "named-twice")]);
    assert_eq!(repeat("id = \"rr\"", "id = \"rr\"", ""), [(8, "duplicate-id")]);
    for (keys, first, second) in [
        ("id = \"rr\"", "id = \"ease\"", ""),
        ("id = \"rr\"", "", "id = \"ease\""),
        ("id = \"rr\"", "chapter = \"A wish\"", ""),
        ("chapter = \"Ease\"", "chapter = \"Ease\"", "chapter = \"On\""),
    ] {
        assert_eq!(repeat(keys, first, second), [], "{keys} {first} {second}");
    }
}
