//! A voice for lines that nobody recorded: engines that do well, and engines that fail in every way that was seen.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail as the test itself may")]

mod ahead;

use std::fs;

use crate::support::engines::{Room, tone, wait_for_end};
use karuna::io::decode::{self, ClipBytes};

/// Two lines of ten words, and one of none that can be said.
const SESSION: &str = r#"
format = 1
title = "Three lines"
[[segment]]
say = "Rest here for as long as you like to, now."
[[segment]]
silence = "1s"
[[segment]]
say = "The eyes may be open, and the hands may rest."
[[segment]]
say = "🙂"
[[soften]]
silence = "1s"
"#;

/// A room with a session, and a recording of a length that ten words may have.
fn room() -> Room {
    let room = Room::new();
    room.write("x.toml", SESSION);
    tone(&room.at("good.wav"), 4.0, 0.3);
    room
}

/// Returns how many lines are spoken.
fn clips(shown: &serde_json::Value) -> usize {
    shown["cues"].as_array().unwrap().iter().filter(|cue| cue["kind"] == "clip").count()
}

#[test]
fn an_engine_that_fails_leaves_its_lines_to_be_shown_and_is_told_in_one_sentence() {
    let room = room();
    tone(&room.at("short.wav"), 0.2, 0.3);
    tone(&room.at("long.wav"), 60.0, 0.3);
    tone(&room.at("silent.wav"), 4.0, 0.0);
    let whole = fs::read(room.at("good.wav")).unwrap();
    fs::write(room.at("torn.wav"), &whole[..whole.len() / 2]).unwrap();
    let (silent, _) = room.shown("none");
    let ways = [
        ("exit 0", "without writing a file"),
        (": > \"$out\"", "empty file"),
        ("echo 'this is no sound' > \"$out\"", "not audio"),
        ("/bin/cp \"$room/torn.wav\" \"$out\"", "cut short"),
        ("/bin/cp \"$room/silent.wav\" \"$out\"", "silence"),
        ("/bin/cp \"$room/short.wav\" \"$out\"", "too short"),
        ("/bin/cp \"$room/long.wav\" \"$out\"", "far too long"),
        ("/bin/cp \"$room/good.wav\" \"$out\"; exit 3", "exited with code 3"),
        ("/bin/mkdir \"$out\"", "can't be read"),
        ("kill -9 $$", "was killed"),
    ];
    for (does, why) in ways {
        room.engine("espeak-ng", does);
        let (shown, said) = room.shown("espeak-ng");
        assert_eq!(shown, silent, "{does}");
        let sentences: Vec<_> = said.lines().filter(|line| !line.starts_with("a moment")).collect();
        assert!(
            sentences.len() == 1 && sentences[0].contains("espeak-ng") && sentences[0].contains(why),
            "{does}: {said}"
        );
        assert!(
            room.left("tmp").is_empty() && room.left("cache/karuna/speech").is_empty(),
            "{does}: nothing is left behind"
        );
    }
}

#[test]
fn an_engine_that_hangs_is_ended_with_all_that_it_started_and_not_asked_again() {
    let room = room();
    let lines: Vec<_> = (0..12).map(|number| format!("[[segment]]\nsay = \"Line {number}.\"\n")).collect();
    room.write("x.toml", &format!("format = 1\ntitle = \"x\"\n{}", lines.concat()));
    room.engine("flite", "/bin/sh -c 'echo $$ >> \"$0\"; exec /bin/sleep 600' \"$room/sleepers\"");
    let (shown, said) = room.shown("flite");
    assert_eq!(clips(&shown), 0);
    assert!(said.contains("flite did not finish within 10 s") && said.contains("the lines are shown"), "{said}");
    let sleepers = room.read("sleepers");
    assert!(sleepers.lines().count() < 12, "one that hangs is not asked for every line");
    for sleeper in sleepers.lines() {
        wait_for_end(sleeper);
    }
}

#[test]
fn an_engine_that_writes_endlessly_is_stopped() {
    let room = room();
    // A sparse file: it grows without filling the disk.
    let grows = "while :; do /usr/bin/truncate -s +4M \"$out\"; done";
    room.engine("flite", &format!("echo $$ >> \"$room/writers\"\n{grows}"));
    let (shown, said) = room.shown("flite");
    assert_eq!(clips(&shown), 0);
    let sentences: Vec<_> = said.lines().filter(|line| !line.starts_with("a moment")).collect();
    assert!(sentences.len() == 1 && sentences[0].contains("flite wrote far more than speech can be"), "{said}");
    for writer in room.read("writers").lines() {
        wait_for_end(writer);
    }
    assert!(room.left("tmp").is_empty() && room.left("cache/karuna/speech").is_empty(), "nothing is left behind");
}

#[test]
fn lines_are_spoken_anew_once_festival_has_another_voice() {
    let room = room();
    room.engine("text2wave", "/bin/cp \"$room/good.wav\" \"$out\"");
    fs::create_dir_all(room.at("share/festival/voices/english/kal_diphone")).unwrap();
    let spoken = |expected: usize| {
        let (shown, said) = room.shown("festival");
        assert_eq!((clips(&shown), room.asked()), (2, expected), "{said}");
    };
    spoken(2);
    spoken(2);
    assert!(!room.read("asked").contains("cmu_us_slt_arctic_hts"), "{}", room.read("asked"));
    fs::create_dir_all(room.at("share/festival/voices/us/cmu_us_slt_arctic_hts")).unwrap();
    spoken(4);
    assert!(room.read("asked").contains("cmu_us_slt_arctic_hts"), "{}", room.read("asked"));
    spoken(4);
}

#[test]
fn lines_are_spoken_anew_once_a_piper_model_has_other_content() {
    let room = room();
    room.engine("piper", "/bin/cp \"$room/good.wav\" \"$out\"");
    fs::create_dir_all(room.at(".local/share/karuna/voices")).unwrap();
    let spoken = |expected: usize| {
        let (shown, said) = room.shown("piper");
        assert_eq!((clips(&shown), room.asked()), (2, expected), "{said}");
    };
    for (model, expected) in [("one voice", 2), ("another voice", 4)] {
        room.write(".local/share/karuna/voices/en_US-some.onnx", model);
        spoken(expected);
        spoken(expected);
    }
    room.write(".local/share/karuna/voices/en_US-some.onnx.json", "{ \"sample_rate\": 22050 }");
    spoken(6);
}

#[test]
fn what_was_spoken_once_needs_no_engine_again() {
    let room = room();
    room.engine("espeak-ng", "/bin/cp \"$room/good.wav\" \"$out\"");
    let (spoken, said) = room.shown("auto");
    assert_eq!((clips(&spoken), room.asked()), (2, 2), "{said}");
    assert_eq!(room.read("text").trim_end().split(' ').count(), 10, "the words come on standard input");
    assert!(!room.read("asked").contains("Rest"), "and nowhere else: {}", room.read("asked"));
    fs::remove_file(room.at("bin/espeak-ng")).unwrap();
    for voice in ["auto", "espeak-ng"] {
        let (again, said) = room.shown(voice);
        assert_eq!((&again, said.as_str(), room.asked()), (&spoken, "", 2), "{voice}");
    }
    let record = room.left("cache/karuna/speech").pop().unwrap();
    let mut bytes = fs::read(&record).unwrap();
    bytes.truncate(bytes.len() / 2);
    fs::write(&record, bytes).unwrap();
    let (_, said) = room.shown("auto");
    assert!(said.contains("1 of 3 lines are shown"), "a torn record is none: {said}");
    room.engine("espeak-ng", "/bin/cp \"$room/good.wav\" \"$out\"");
    assert_eq!(room.shown("auto").0, spoken);
    assert_eq!(room.asked(), 3, "only what was torn is asked for again");
}

#[test]
fn a_voice_that_was_asked_for_and_is_not_there_is_an_error_where_it_is_needed() {
    let room = room();
    let refused = room.karuna(&["show", "x.toml", "--voice", "flite"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = crate::support::engines::text(&refused.stderr);
    assert!(
        said.contains("the speech engine flite is not installed") && said.contains("help: install flite"),
        "{said}"
    );
    room.well(&["show", "glimmer", "--voice", "flite"]);
    assert_eq!(room.karuna(&["show", "x.toml", "--voice", "loud"]).status.code(), Some(2));
    let (shown, said) = room.shown("auto");
    assert_eq!((clips(&shown), said.as_str()), (0, ""), "without an engine the words are shown, and that is all");
}

#[test]
fn speech_is_cut_to_its_sound_and_brought_to_the_level_of_a_voice() {
    let room = room();
    tone(&room.at("faint.wav"), 4.0, 0.03);
    room.engine("flite", "/bin/cp \"$room/faint.wav\" \"$out\"");
    let (shown, _) = room.shown("flite");
    let first = &shown["segments"][0];
    let seconds = first["frames"].as_f64().unwrap() / 48_000.0;
    assert!((seconds - (3.2 + 0.12)).abs() < 0.02, "3.2 s of tone, and 60 ms at either end: {seconds}");
    assert_eq!(shown["cues"][0]["gain_db"], 0.0, "it is at the voice's level as it is");
    room.well(&["render", "x.toml", "-o", "x.wav", "--voice", "flite"]);
    let file = fs::File::open(room.at("x.wav")).unwrap();
    let heard = decode::examine(&ClipBytes::from_file(file, "x.wav").unwrap()).unwrap();
    let loudness = heard.loudness.integrated().unwrap().0;
    assert!((loudness + 21.0).abs() < 0.5, "{loudness} LUFS");
    assert_eq!(Some(heard.facts.frames.0), shown["end"].as_u64(), "a session renders as it is shown");
}

#[test]
fn it_plays_as_it_is_shown() {
    let room = room();
    room.engine("flite", "/bin/cp \"$room/good.wav\" \"$out\"");
    let (shown, _) = room.shown("flite");
    let (played, _) = room.well(&["play", "x.toml", "--voice", "flite", "--output", "null", "--json", "--from", "8s"]);
    let start: serde_json::Value = serde_json::from_str(played.lines().next().unwrap()).unwrap();
    assert_eq!(start["frames"], shown["frames"]);
}

#[test]
fn the_real_engines_speak_odd_lines_and_nothing_in_them_reaches_a_shell() {
    let room = Room::with_real_engines();
    let long = "A word and another word, and then one more. ".repeat(114);
    assert!(long.len() >= 5000);
    let lines = [
        r#"-o /nowhere --voice "x" 'y' he said: "it’s “so”""#,
        "$(touch pwned) `touch pwned`; touch pwned | touch pwned && touch pwned > pwned",
        "(system \"touch pwned\") <speak>and so on</speak> [[h@l@U]] \\n %s",
        "Rest 🙂 here — for a while… naïve café",
        long.as_str(),
    ];
    let segments: Vec<_> = lines.iter().map(|line| format!("[[segment]]\nsay = '''{line}'''\n")).collect();
    room.write("x.toml", &format!("format = 1\ntitle = \"Odd\"\n{}", segments.concat()));
    for engine in ["espeak-ng", "flite"] {
        let (shown, said) = room.shown(engine);
        assert_eq!(clips(&shown), lines.len(), "{engine}: {said}");
        let longest = shown["segments"][4]["frames"].as_f64().unwrap() / 48_000.0;
        let words = long.split_whitespace().count() as f64;
        assert!((60.0..260.0).contains(&(words / longest * 60.0)), "{engine}: {longest} s");
    }
    assert!(!room.at("pwned").exists() && room.left("tmp").is_empty());
}
