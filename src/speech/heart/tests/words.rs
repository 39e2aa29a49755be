//! The text front end of the real voice: no word is skipped, and nothing makes it fail.

use proptest::prelude::*;

use super::real_package;
use crate::speech::heart::fuzzing::FrontEnd;
use crate::speech::heart::{PackageTrust, VoicePackage, installed};
use crate::text::pronunciation::PronouncedText;

/// Loads the front end of the real voice.
fn front_end() -> FrontEnd {
    let folder = tempfile::tempdir().unwrap();
    let package = VoicePackage::open(&real_package(), PackageTrust::Known).unwrap();
    let files = installed::read(&package.install(folder.path()).unwrap()).unwrap();
    FrontEnd::new(&files.symbols, files.letter_to_sound, &files.alphabet)
}

const LINES: [&str; 16] = [
    "I read it yesterday, and I will read it again. Close the door, you are close to the wind.",
    "Practise tonglen, or mettā, with Thich Nhat Hanh, Pema Chödrön and Ajahn Sucitto.",
    "In 2026, on 3 May, Dr. Lind met us at 3:30, and 50 % or 60% of the 12 people came.",
    "SLOW DOWN. NASA and the BBC CAN WAIT, DON'T THEY? OK.",
    "See https://example.org/a-b?c=d&e=f, www.example.org or write to me@example.org.",
    "Rest 🙂 here 🙏🏽 now ❤️ and ☮ then.",
    "It costs $3.50, £2 or €1,000; that's 1/2 of 7½ or ¾, i.e. #1, e.g. No. 2 vs. 3 etc.",
    "The naïve café in Zürich is open 24/7, on the 3rd and the 21st, in the 1990s.",
    "Breathe in for 4s, hold for 7 s, and out for 8 secs. Sit 10–15 min. at 20°C or -5 °F.",
    "a/b testing, and/or C++ x1y2 12345678901234567890 3.14159 1e9 0x1F v2.0.1",
    "Rock 'n' roll, o'clock, y'all, mother-in-law, il-lilly, re-read it’s “so” ‘quiet’",
    "pneumonoultramicroscopicsilicovolcanoconiosis bzzt hmm mmm shh zzz tsk grr",
    "Ōm maṇi padme hūṃ, śūnyatā, dukkha, ānāpānasati, vipassanā, ḍākinī, Dzogchen",
    "Henry VIII, the IV of XIV, and Mr. and Mrs. J. K. Smith Jr., M.D., Ph.D.",
    "[mettā](/mˈɛtə/), [](/x/), [x](//), [a](/☃/) and [[b]] in [Thich Nhat Hanh](/tˈɪk nˈɑt hˈɑn/)'s way",
    "…and? — then -- so; (here) [there] {now} <b>bold</b> *soft* _still_ `code` a\u{200b}b c\u{ad}d",
];

#[test]
fn no_word_is_skipped() {
    let front_end = front_end();
    let skipped: Vec<_> = LINES.iter().flat_map(|line| front_end.skipped(line)).collect();
    assert_eq!(skipped, [""; 0]);
    assert_eq!(
        front_end.skipped("Привет, hello, 静か"),
        ["静か"],
        "the letter-to-sound model does not know this script"
    );
}

#[test]
fn a_line_without_words_has_nothing_to_speak() {
    let front_end = front_end();
    for line in ["", " \n\t", "… — ?!", "🙂🙏🏽", "-", "\"\"''()", "\u{200b}\u{feff}", "[]()//"] {
        assert!(front_end.read(&PronouncedText::parse(line)).is_empty(), "{line:?}");
    }
}

#[test]
fn any_text_can_be_read() {
    let front_end = front_end();
    let text = prop_oneof!["\\PC{0,40}", "[a-zA-Z0-9 .,:/%$'\\-]{0,60}", "([A-Za-z0-9]{1,6}[ .?!/:@%]{1,2}){0,12}"];
    let config = ProptestConfig { cases: 16, ..ProptestConfig::default() };
    proptest!(config, |(text in text)| {
        for chunk in front_end.read(&PronouncedText::parse(&text)) {
            prop_assert!(chunk.words.iter().all(|(_, numbers)| numbers.end <= chunk.numbers.len()));
        }
    });
}
