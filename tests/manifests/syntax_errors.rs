//! The reader accepts any text, and reports syntax errors at their positions.

use std::path::Path;

use karuna::manifest::{Severity, read};
use proptest::prelude::*;

const VALID: &str = r#"#:schema ./session.schema.json
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

/// Returns the lines and codes of the findings.
fn findings(text: &str) -> Vec<(usize, &'static str)> {
    read(Path::new("t.toml"), text).1.into_iter().map(|finding| (finding.line, finding.code.name())).collect()
}

#[test]
fn a_valid_manifest_has_no_findings_with_any_line_endings() {
    assert_eq!(findings(VALID), []);
    assert_eq!(findings(&VALID.replace('\n', "\r\n")), []);
    assert_eq!(findings(&format!("\u{FEFF}{VALID}")), []);
}

#[test]
fn what_the_parser_leaves_to_its_caller_is_told_as_what_it_is() {
    let bell =
        |strikes: &str| format!("format = 1\ntitle = \"x\"\n[[segment]]\nbell = \"bowl\"\nstrikes = {strikes}\n");
    for number in ["0x", "0o", "0b"] {
        assert_eq!(findings(&bell(number)), [(5, "bad-number")], "{number}");
    }
    assert_eq!(findings(&bell("0x999999999999999999")), [(5, "out-of-range")]);
    assert_eq!(findings(&bell("0x3\nevery = \"15s\"")), []);
}

#[test]
fn a_number_sign_in_quotes_starts_no_comment() {
    for (header, code) in
        [("[\"a#b\"]", "header-name"), ("[bell.\"a#b\"] # a bell", "unknown-key"), ("['#'.x]", "header-name")]
    {
        let text = format!("format = 1\ntitle = \"x\"\n[[segment]]\nbell = \"bowl\"\n{header}\nx = 1\n");
        let found = findings(&text);
        assert!(found.iter().any(|(_, found)| *found == code), "{header}: {found:?}");
        assert!(
            !found.iter().any(|(_, found)| ["header-brackets", "toml-syntax"].contains(found)),
            "{header}: {found:?}"
        );
    }
}

#[test]
fn each_of_many_errors_is_found_and_no_others() {
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
    let expected = [
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
    assert_eq!(findings(text), expected);
}

#[test]
fn misplaced_keys_are_found() {
    let text = "format = 1\nsilence = \"40s\"\nleast = \"10s\"\n[levels]\nvoice = -21\ntitle = \"x\"\n";
    assert_eq!(findings(text), [(2, "misplaced-key"), (6, "misplaced-key")]);
    let text = "format = 1\nvoice = -21\ntitle = \"x\"\n[[segment]]\nbell = \"bowl\"\n";
    assert_eq!(findings(text), [(2, "misplaced-key")]);
}

#[test]
fn syntax_of_toml_1_1_is_refused() {
    for (line, code) in [
        (r#"instead = { say = "x", }"#, "inline-table-comma"),
        ("instead = { say = \"x\",\n clip = \"y.ogg\" }", "inline-table-lines"),
        (r#"chapter = "\e[2J""#, "bad-escape"),
        (r#"chapter = "\x41""#, "bad-escape"),
    ] {
        let text =
            format!("format = 1\ntitle = \"t\"\n[[segment]]\nsay = \"You may stop.\"\ntags = [\"pain\"]\n{line}\n");
        assert_eq!(findings(&text), [(6, code)], "{line}");
    }
}

#[test]
fn a_megabyte_of_errors_is_read_in_time() {
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
    assert!(!findings(&long).is_empty());
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}

proptest! {
    #[test]
    fn small_edits_are_read_or_reported(at in 0..VALID.len(), put in "[\\]\\[{}\"'=#,.“a\\\\\n 1]{0,3}", gone in 0_usize..4) {
        let end = (at + gone).min(VALID.len());
        let text = format!("{}{put}{}", &VALID[..at], &VALID[end..]);
        let (session, found) = read(Path::new("t.toml"), &text);
        let wrong = found.iter().any(|finding| finding.severity == Severity::Error);
        prop_assert!(session.is_some() != wrong);
        for finding in found {
            prop_assert!(finding.line >= 1 && finding.line <= text.lines().count() + 1);
            prop_assert!(finding.span.end <= text.len() && finding.span.start <= finding.span.end, "{:?}", finding);
        }
    }

    #[test]
    fn any_text_is_read_or_reported(text in "([a-z]{1,7}|[\\[\\]{}\"'=#,\\\\\n“” 1-]|\"\"\"|segment|format|\u{e4}){0,60}") {
        let (session, found) = read(Path::new("t.toml"), &text);
        prop_assert!(session.is_some() || !found.is_empty());
    }
}

#[test]
fn a_value_of_the_wrong_type_in_a_custom_bell_is_found_once() {
    const VALUES: [&str; 6] = ["\"xx\"", "true", "[]", "{}", "3", "1979-05-27"];
    let bell = "[bell.temple]\nlevel = -3\nfundamental_hz = 440\nmaster_db = -20\nmax_momentary_lufs = -20\nsplit_mix = 0.4\nwidth = 0.5\n\
        contact_ms = 5\nbright_exp = 1\nlength_s = 40\ndescription = \"Deep\"\npartials = [{ ratio = 1, t60_s = 8, gain_db = 0, \
        beat_hz = 0.5, pan = 0, attack_ms = 10 }]\nthud = { gain_db = -30, lo_hz = 150, hi_hz = 700, decay_ms = 22 }\n";
    let session = format!("format = 1\ntitle = \"x\"\n[[segment]]\nbell = \"temple\"\n{bell}");
    assert_eq!(findings(&session), []);
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
            assert_eq!(findings(&changed), [(line, "wrong-type")], "{changed}");
            wrong += 1;
        }
    }
    assert!(wrong > 100, "{wrong}");
}

#[test]
fn a_repeat_and_its_first_part_may_not_have_different_chapters() {
    let repeat = |keys: &str, first: &str, second: &str| {
        findings(&format!(
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
