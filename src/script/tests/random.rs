//! Random scripts: no word is lost, and no mark is spoken.

use proptest::prelude::*;

use super::{converted, session};

/// Words of an invented language, which no mark contains.
const WORDS: [&str; 12] =
    ["Lorn", "velba", "mirit", "Osta", "tumbel", "quin", "sorrel", "Avica", "nebro", "pallim", "ezter", "Wodra"];

/// Marks of all notations, without any of [`WORDS`].
const MARKS: [&str; 24] = [
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
];

fn piece() -> impl Strategy<Value = String> {
    let word = || proptest::sample::select(&WORDS[..]);
    let sentence = proptest::collection::vec(word(), 1..12).prop_map(|words| format!("{}. ", words.join(" ")));
    let mark = proptest::sample::select(&MARKS[..]).prop_map(|mark| format!("{mark} "));
    let stressed = word().prop_map(|word| format!("*{word}* or **{word}**, "));
    prop_oneof![4 => sentence, 3 => mark, 1 => stressed, 1 => Just("\n\n".to_owned())]
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
        let made = converted(name, &text);
        let session = session(&made);
        let spoken: Vec<String> =
            session.lines().filter_map(|(line, _)| line.words()).map(|words| words.value.clone()).collect();
        prop_assert_eq!(made_up_words(&spoken.join(" ")), made_up_words(&text), "{}\n{}", text, made.manifest);
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
            if let Ok(made) = super::convert(text.as_bytes(), std::path::Path::new(name)) {
                session(&made);
            }
        }
    }
}
