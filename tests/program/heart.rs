//! The built-in voice, which is the only one on these machines: `PATH` names an empty folder.
#![cfg(unix)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Stdio};
use std::time::Instant;

use karuna::engine::ClipReader;
use karuna::io::decode::{ClipBytes, ClipDecoder};
use karuna::units::SILENCE;

use crate::support::engines::{Sandbox, wait_until, write_tone};

/// Three sentences whose words differ in length, so that an estimate from the letters is wrong by more than a tenth of a second.
const SENTENCES: [&str; 3] = [
    "Let the shoulders be as they are tonight.",
    "Wherever you notice contact with the ground, it may hold you, a little more.",
    "One, two, three, and there is nothing to do.",
];
/// Longer silences are pauses between sentences; those at commas are shorter.
const PAUSE: f64 = 0.8;

fn session(lines: &[String]) -> String {
    let start = "format = 1\ntitle = \"x\"\n[[segment]]\nsilence = \"2s\"\n".to_owned();
    lines.iter().fold(start, |session, line| session + &format!("[[segment]]\nsay = \"{line}\"\n"))
}

/// Returns the seconds in a sound file at which something is heard after a pause.
fn onsets(path: &std::path::Path) -> Vec<f64> {
    let bytes = ClipBytes::from_file(File::open(path).unwrap(), "x.wav").unwrap();
    let mut clip = ClipDecoder::open(&bytes).unwrap();
    let rate = f64::from(clip.rate().hertz());
    let mut frames = vec![SILENCE; clip.frames().index()];
    clip.read(&mut frames);
    let heard = frames.iter().enumerate().filter(|(_, frame)| frame[0].abs() > 0.003).map(|(at, _)| at as f64 / rate);
    let mut last = f64::MIN;
    heard.filter(|at| *at - std::mem::replace(&mut last, *at) > PAUSE).collect()
}

/// Returns the seconds of a time in a caption file.
fn seconds(time: &str) -> f64 {
    time.split(':').fold(0.0, |sum, part| sum * 60.0 + part.parse::<f64>().unwrap())
}

#[test]
fn captions_start_with_their_sentences() {
    let sandbox = Sandbox::with_heart();
    sandbox.write("x.toml", &session(&[SENTENCES.join(" ")]));
    sandbox.run_ok(&["render", "x.toml", "-o", "x.wav"]);
    let heard = onsets(&sandbox.at("x.wav"));
    assert_eq!(heard.len(), SENTENCES.len(), "{heard:?}");
    // Both from the cache, which keeps the times.
    sandbox.run_ok(&["publish", "x.toml", "-o", "out", "--as", "captions"]);
    let captions = sandbox.read("out/x.vtt");
    let published = SENTENCES.map(|sentence| {
        let (before, _) = captions.split_once(sentence).unwrap_or_else(|| panic!("{sentence}: {captions}"));
        seconds(before.trim_end().lines().last().unwrap().split(" --> ").next().unwrap())
    });
    let shown = sandbox.show("auto").0;
    let phrases = shown["segments"][1]["phrases"].as_array().unwrap();
    assert_eq!(phrases.iter().map(|phrase| phrase["text"].as_str().unwrap()).collect::<Vec<_>>(), SENTENCES);
    for (index, heard) in heard.into_iter().enumerate() {
        let shown = phrases[index]["start"].as_f64().unwrap() / shown["rate"].as_f64().unwrap();
        for caption in [published[index], shown] {
            assert!((caption - heard).abs() < 0.1, "sentence {index} is heard at {heard}, and shown at {caption}");
        }
    }
}

#[test]
fn a_recording_keeps_its_estimated_phrases() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "x.toml",
        &session(&[SENTENCES.join(" ")]).replace("[[segment]]\nsay", "[[segment]]\nclip = \"x.wav\"\nsay"),
    );
    write_tone(&sandbox.at("x.wav"), 9.0, 0.2);
    assert!(sandbox.show("auto").0["segments"][1].get("phrases").is_none());
    sandbox.run_ok(&["publish", "x.toml", "-o", "out", "--as", "captions"]);
    assert!(sandbox.read("out/x.vtt").contains(&SENTENCES.join(" ")), "one caption for the line");
}

#[test]
fn the_same_line_has_the_same_bytes() {
    let sandbox = Sandbox::with_heart();
    sandbox.write("x.toml", &session(&[SENTENCES[0].to_owned(), "In 2026, practise tonglen.".to_owned()]));
    let render = |name: &str| {
        sandbox.run_ok(&["render", "x.toml", "-o", name]);
        fs::read(sandbox.at(name)).unwrap()
    };
    let first = render("first.wav");
    assert_eq!(render("cached.wav"), first);
    fs::remove_dir_all(sandbox.at("cache")).unwrap();
    assert_eq!(render("again.wav"), first);
}

#[test]
fn lines_without_words_are_shown_and_all_others_spoken() {
    let sandbox = Sandbox::with_heart();
    let lines = ["🙂", "… — ?!", "Rest 🙂 in 2026.", "SEE https://a.org"].map(str::to_owned);
    sandbox.write("x.toml", &session(&lines));
    let (shown, errors) = sandbox.show("heart");
    assert!(!errors.contains("shown"), "{errors}");
    let spoken: Vec<_> = shown["cues"].as_array().unwrap().iter().map(|cue| cue["segment"].as_u64().unwrap()).collect();
    assert_eq!(spoken, [3, 4]);
}

/// Starts to play a session, and returns the process once it has started, with its output: the program leaves when nobody reads it.
fn play(sandbox: &Sandbox) -> (Child, BufReader<ChildStdout>) {
    let mut command = sandbox.command(&["play", "x.toml", "--output", "null", "--json", "--no-input"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    assert!(line.contains("\"start\""), "{line}");
    (child, output)
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn playing_starts_before_forty_lines_are_spoken() {
    let sandbox = Sandbox::with_heart();
    let lines: Vec<_> = (1..=40).map(|line| format!("This is line {line} of forty, and it is not recorded.")).collect();
    sandbox.write("x.toml", &session(&lines));
    let start = Instant::now();
    let (child, _output) = play(&sandbox);
    println!("playing starts after {:.0?}", start.elapsed());
    assert!(sandbox.entries("cache/karuna/speech").len() < 10, "it did not wait for them");
    end(child);
}

#[test]
#[cfg(target_os = "linux")]
fn the_voice_needs_less_than_160_mib() {
    let sandbox = Sandbox::with_heart();
    let text = session(&["Rest here.".to_owned(), "And here.".to_owned()]) + "[[segment]]\nsilence = \"1h\"\n";
    sandbox.write("x.toml", &text);
    let (child, _output) = play(&sandbox);
    let mebibytes = |field: &str| -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        line.trim_end_matches("kB").trim().parse::<u64>().unwrap() >> 10
    };
    wait_until(|| sandbox.entries("cache/karuna/speech").len() == 2);
    let peak = mebibytes("VmHWM:");
    assert!(peak < 160, "{peak} MiB with the voice");
    end(child);
}
