//! Random scripts: no word is lost, and no mark is spoken.

use proptest::prelude::*;

use super::{convert_text, session};

/// Words of an invented language, which no mark contains.
const WORDS: [&str; 12] =
    ["Lorn", "velba", "mirit", "Osta", "tumbel", "quin", "sorrel", "Avica", "nebro", "pallim", "ezter", "Wodra"];

/// Marks of all notations, without any of [`WORDS`].
const MARKS: [&str; 42] = [
    "[PAUSE: 8s]",
    "[PAUSE:5]",
    "(5)",
    "<hold 1 minute>",
    "<break time=\"20s\"/>",
    "(pause)",
    "[pause for 30 seconds]",
    "(Pause for a few breaths)",
    "[SFX: bell]",
    "[SFX: ocean]",
    "(Ring the bell three times)",
    "[BELL x3]",
    "{silence 2 min}",
    "\n...\n",
    "\n…\n",
    "\nPause 30 sec\n",
    "\nsilence: 2 min\n",
    "\n* * *\n",
    "\n\n---\n\n",
    "[softly]",
    "\n\n## Arrival\n\n",
    "\n\n**Arrival**\n\n",
    "<!-- slower -->",
    "\nGuide: ",
    "/5s",
    "[[slnc 2500]]",
    "<<pause 5>>",
    "{{pause: 5}}",
    "<10>",
    "[⏸ 5s]",
    "\n🔔\n",
    "\n_- Pause (~ 30 Sekunden) -_\n",
    "(Pausa)",
    "[2 Minuten Stille]",
    "(trois respirations)",
    "\n\n**(Arrival)**\n\n",
    "\n\n**Arrival (2 min)**\n\n",
    "\n\n### Arrival – 2 minutes\n\n",
    "\n[0:30] ",
    "\n\\newpage\n",
    "\n\n- ",
    "\n\nEND\n\n",
];

fn piece() -> impl Strategy<Value = String> {
    let word = || proptest::sample::select(&WORDS[..]);
    let sentence = proptest::collection::vec(word(), 1..12).prop_map(|words| format!("{}. ", words.join(" ")));
    let mark = proptest::sample::select(&MARKS[..]).prop_map(|mark| format!("{mark} "));
    let stressed = word().prop_map(|word| format!("*{word}* or **{word}**, "));
    prop_oneof![4 => sentence, 3 => mark, 1 => stressed, 1 => Just("\n\n".to_owned())]
}

/// Words in quotation marks, brackets or italics, which may be spoken or not.
fn enclosed() -> impl Strategy<Value = String> {
    let words = proptest::collection::vec(proptest::sample::select(&WORDS[..]), 1..8);
    let marks = proptest::sample::select(
        &[
            ("\"", "\""),
            ("“", "”"),
            ("„", "“"),
            ("«", "»"),
            ("(", ")"),
            ("[", "]"),
            ("*", "*"),
            ("_(", ")_"),
            ("\n\n> ", "\n\n"),
            ("“", ""),
        ][..],
    );
    (words, marks).prop_map(|(words, (start, end))| format!("{start}{}.{end} ", words.join(" ")))
}

/// A part of a session.
#[derive(Clone, Debug)]
enum Part {
    Words(String),
    /// A pause in tenths of a second.
    Pause(u32),
}

impl Part {
    fn outline(&self) -> String {
        match self {
            Self::Words(words) => words.clone(),
            Self::Pause(tenths) => {
                crate::manifest::duration::format(std::time::Duration::from_millis(u64::from(*tenths) * 100))
            }
        }
    }
}

fn part() -> impl Strategy<Value = Part> {
    let words = proptest::collection::vec(proptest::sample::select(&WORDS[..]), 4..12);
    prop_oneof![
        words.prop_map(|words| Part::Words(format!("{}.", words.join(" ")))),
        (1..9_000_u32).prop_map(Part::Pause)
    ]
}

fn seconds(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn written(parts: &[Part], words: impl Fn(&str) -> String, pause: impl Fn(u32) -> String) -> String {
    let write = |part: &Part| match part {
        Part::Words(text) => words(text),
        Part::Pause(tenths) => pause(*tenths),
    };
    let first = words("Here it begins now.");
    first + &parts.iter().map(write).collect::<String>()
}

fn made_up_words(text: &str) -> Vec<String> {
    let is_letter = |c: char| c.is_alphabetic();
    text.split(|c| !is_letter(c)).filter(|word| WORDS.contains(word)).map(str::to_owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_word_is_lost_and_no_mark_is_spoken(
        pieces in proptest::collection::vec(piece(), 1..40),
        name in proptest::sample::select(&["a.md", "a.txt"][..]),
    ) {
        let text = format!("## Start\n\nHere it begins.\n\n{}", pieces.concat());
        let converted = convert_text(name, &text);
        let session = session(&converted);
        let spoken: Vec<String> =
            session.lines().filter_map(|(line, _)| line.words()).map(|words| words.value.clone()).collect();
        prop_assert_eq!(made_up_words(&spoken.join(" ")), made_up_words(&text), "{}\n{}", text, converted.manifest);
        for line in &spoken {
            let rest: String = line.split(|c: char| !c.is_alphanumeric()).filter(|word| !WORDS.contains(word)).collect();
            let allowed = ["", "or", "Hereitbegins"];
            let without: String = rest.replace("Hereitbegins", "").replace("or", "");
            prop_assert!(allowed.contains(&rest.as_str()) || without.is_empty(), "{:?} in\n{}", line, text);
            prop_assert!(!line.contains(['[', ']', '<', '>', '{', '}', '*', '#', '_', '…']), "{:?}", line);
        }
    }

    #[test]
    fn any_text_is_converted_or_refused(text in r"[\[\]()<>{}*_#|`~>:.…“”\n 0-9a-zA-Z-]{0,200}") {
        for name in ["a.txt", "a.md", "a.ssml", "a.json"] {
            if let Ok(converted) = super::convert(text.as_bytes(), std::path::Path::new(name)) {
                session(&converted);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_word_is_spoken_or_in_a_comment(
        pieces in proptest::collection::vec(prop_oneof![3 => piece(), 2 => enclosed()], 1..30),
        name in proptest::sample::select(&["a.md", "a.txt"][..]),
    ) {
        let text = format!("## Start\n\nHere it begins.\n\n{}", pieces.concat());
        let Ok(converted) = super::convert(text.as_bytes(), std::path::Path::new(name)) else { return Ok(()) };
        session(&converted);
        let manifest: Vec<&str> = converted.manifest.lines().filter(|line| !line.starts_with("id = ")).collect();
        let (found, expected) = (made_up_words(&manifest.join("\n")), made_up_words(&text));
        for word in WORDS {
            let count = |words: &[String]| words.iter().filter(|other| *other == word).count();
            prop_assert!(count(&found) >= count(&expected), "{} is lost in\n{}\n{}", word, text, converted.manifest);
        }
    }

    #[test]
    fn a_script_is_the_same_session_in_every_notation(parts in proptest::collection::vec(part(), 1..12)) {
        let first = Part::Words("Here it begins now.".to_owned());
        let expected: Vec<String> = std::iter::once(&first).chain(&parts).map(Part::outline).collect();
        for (name, text) in [
            ("a.txt", written(&parts, |words| format!("{words}\n\n"), |tenths| format!("[PAUSE: {}s]\n\n", seconds(tenths)))),
            ("a.md", written(&parts, |words| format!("> {words}\n\n"), |tenths| format!("*(Pause for {} seconds.)*\n\n", seconds(tenths)))),
            ("b.md", written(&parts, |words| format!("“{words}”\n\n“{words}”\n\n"), |tenths| format!("(silence: {} sec)\n\n", seconds(tenths)))),
            ("a.ssml", format!("<speak>{}</speak>", written(&parts, |words| format!("<p>{words}</p>\n"), |tenths| format!("<break time=\"{}ms\"/>\n", tenths * 100)))),
            ("a.json", format!("[{}]", written(&parts, |words| format!("{{\"type\": \"speech\", \"text\": \"{words}\"}},"), |tenths| format!("{{\"type\": \"pause\", \"duration\": {}}},", seconds(tenths))).trim_end_matches(','))),
        ] {
            let outline = super::outline(&convert_text(name, &text));
            let expected: Vec<String> = match name {
                "b.md" => expected.iter().flat_map(|part| vec![part.clone(); 1 + usize::from(part.ends_with('.'))]).collect(),
                _ => expected.clone(),
            };
            prop_assert_eq!(outline, expected, "{}: {}", name, text);
        }
    }
}
