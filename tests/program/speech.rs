//! Speech for lines without a recording, by real engines and by fake engines that fail in known ways.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

mod ahead;

use std::fs;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use crate::support::engines::{Sandbox, wait_for_exit, wait_until, write_tone};
use karuna::io::decode::{self, ClipBytes};
use rustix::process::{Pid, Signal, kill_process};

/// Two lines of ten words, and one that no engine can speak.
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

/// Returns a sandbox with a session, and a recording of a plausible length for ten words.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("x.toml", SESSION);
    write_tone(&sandbox.at("good.wav"), 4.0, 0.3);
    sandbox
}

/// Returns how many lines are spoken.
fn count_spoken(shown: &serde_json::Value) -> usize {
    shown["cues"].as_array().unwrap().iter().filter(|cue| cue["kind"] == "clip").count()
}

#[test]
fn a_failing_engine_is_reported_once_and_its_lines_are_shown() {
    let sandbox = sandbox();
    write_tone(&sandbox.at("short.wav"), 0.2, 0.3);
    write_tone(&sandbox.at("long.wav"), 60.0, 0.3);
    write_tone(&sandbox.at("silent.wav"), 4.0, 0.0);
    let whole = fs::read(sandbox.at("good.wav")).unwrap();
    fs::write(sandbox.at("truncated.wav"), &whole[..whole.len() / 2]).unwrap();
    let (silent, _) = sandbox.show("none");
    let failures = [
        ("exit 0", "without writing a file"),
        (": > \"$out\"", "empty file"),
        ("echo 'this is not audio' > \"$out\"", "not audio"),
        ("/bin/cp \"$sandbox/truncated.wav\" \"$out\"", "cut short"),
        ("/bin/cp \"$sandbox/silent.wav\" \"$out\"", "silence"),
        ("/bin/cp \"$sandbox/short.wav\" \"$out\"", "too short"),
        ("/bin/cp \"$sandbox/long.wav\" \"$out\"", "far too long"),
        ("/bin/cp \"$sandbox/good.wav\" \"$out\"; exit 3", "exited with code 3"),
        ("/bin/mkdir \"$out\"", "can't be read"),
        ("kill -9 $$", "was killed"),
    ];
    for (script, expected) in failures {
        sandbox.add_engine("espeak-ng", script);
        let (shown, stderr) = sandbox.show("espeak-ng");
        assert_eq!(shown, silent, "{script}");
        let sentences: Vec<_> = stderr.lines().filter(|line| !line.starts_with("one moment")).collect();
        assert!(
            sentences.len() == 1 && sentences[0].contains("espeak-ng") && sentences[0].contains(expected),
            "{script}: {stderr}"
        );
        assert!(
            sandbox.entries("tmp").is_empty() && sandbox.entries("cache/karuna/speech").is_empty(),
            "{script}: nothing is left behind"
        );
    }
}

#[test]
fn a_hung_engine_is_killed_with_its_children_and_not_run_again() {
    let sandbox = sandbox();
    let lines: Vec<_> = (0..12).map(|number| format!("[[segment]]\nsay = \"Line {number}.\"\n")).collect();
    sandbox.write("x.toml", &format!("format = 1\ntitle = \"x\"\n{}", lines.concat()));
    sandbox.add_engine("flite", "/bin/sh -c 'echo $$ >> \"$0\"; exec /bin/sleep 600' \"$sandbox/sleepers\"");
    let (shown, stderr) = sandbox.show("flite");
    assert_eq!(count_spoken(&shown), 0);
    assert!(stderr.contains("flite did not finish within 10 s") && stderr.contains("the lines are shown"), "{stderr}");
    let sleepers = sandbox.read("sleepers");
    assert!(sleepers.lines().count() < 12, "an engine that hangs is not run for every line");
    for sleeper in sleepers.lines() {
        wait_for_exit(sleeper);
    }
}

#[test]
fn what_an_engine_leaves_running_is_ended_with_it() {
    let sandbox = sandbox();
    sandbox
        .add_engine("flite", "/bin/sleep 600 &\necho $! >> \"$sandbox/left\"\n/bin/cp \"$sandbox/good.wav\" \"$out\"");
    let (shown, stderr) = sandbox.show("flite");
    assert_eq!(count_spoken(&shown), 2, "{stderr}");
    for process in sandbox.read("left").lines() {
        wait_for_exit(process);
    }
}

#[test]
fn a_signal_that_ends_the_program_ends_its_engines() {
    for signal in [Signal::TERM, Signal::QUIT, Signal::USR1, Signal::USR2, Signal::ALARM] {
        let sandbox = sandbox();
        sandbox.add_engine("flite", "echo $$ >> \"$sandbox/writers\"\nexec /bin/sleep 600");
        let mut child = sandbox.command(&["show", "x.toml", "--voice", "flite"]).stderr(Stdio::null()).spawn().unwrap();
        let writers = || fs::read_to_string(sandbox.at("writers")).unwrap_or_default();
        wait_until(|| writers().ends_with('\n'));
        kill_process(Pid::from_child(&child), signal).unwrap();
        assert!(child.wait().unwrap().code().is_some(), "{signal:?}: it ended by itself");
        for writer in writers().lines() {
            wait_for_exit(writer);
        }
        assert!(sandbox.entries("tmp").is_empty(), "{signal:?}");
    }
}

#[test]
fn killing_the_program_ends_its_engines_and_what_they_started() {
    let sandbox = sandbox();
    let script =
        "/bin/sleep 600 &\necho $! >> \"$sandbox/running\"\necho $$ >> \"$sandbox/running\"\nexec /bin/sleep 600";
    sandbox.add_engine("flite", script);
    let mut child = sandbox.command(&["show", "x.toml", "--voice", "flite"]).stderr(Stdio::null()).spawn().unwrap();
    let running = || fs::read_to_string(sandbox.at("running")).unwrap_or_default();
    wait_until(|| running().lines().count() >= 2 && running().ends_with('\n'));
    child.kill().unwrap();
    child.wait().unwrap();
    for process in running().lines() {
        wait_for_exit(process);
    }
}

#[test]
fn an_engine_can_not_fill_the_disk_beside_its_output() {
    let sandbox = sandbox();
    sandbox.add_engine("flite", "/usr/bin/truncate -s 2G \"$sandbox/beside\"\n/bin/cp \"$sandbox/good.wav\" \"$out\"");
    sandbox.show("flite");
    let beside = fs::metadata(sandbox.at("beside")).map_or(0, |file| file.len());
    assert!(beside < 1 << 30, "{beside}");
}

#[test]
fn what_a_killed_run_left_behind_is_removed_by_the_next() {
    let sandbox = sandbox();
    sandbox.add_engine("flite", ": > \"$out\"\n: > \"$sandbox/begun\"\nexec /bin/sleep 600");
    let mut child = sandbox.command(&["show", "x.toml", "--voice", "flite"]).stderr(Stdio::null()).spawn().unwrap();
    wait_until(|| !sandbox.entries("tmp").is_empty() && sandbox.at("begun").exists());
    child.kill().unwrap();
    child.wait().unwrap();
    let left = sandbox.entries("tmp");
    assert!(!left.is_empty());
    // One may be about to run.
    fs::remove_file(sandbox.at("bin/flite")).unwrap();
    sandbox.add_engine("flite", "/bin/cp \"$sandbox/good.wav\" \"$out\"");
    sandbox.show("flite");
    assert_eq!(sandbox.entries("tmp"), left, "too young to be known as abandoned");
    for folder in &left {
        fs::File::open(folder).unwrap().set_modified(SystemTime::now() - Duration::from_hours(2)).unwrap();
    }
    fs::remove_dir_all(sandbox.at("cache")).unwrap();
    sandbox.show("flite");
    assert!(sandbox.entries("tmp").is_empty());
}

#[test]
fn an_engine_that_writes_endlessly_is_stopped() {
    let sandbox = sandbox();
    // A sparse file grows without filling the disk.
    let grows = "while :; do /usr/bin/truncate -s +4M \"$out\"; done";
    sandbox.add_engine("flite", &format!("echo $$ >> \"$sandbox/writers\"\n{grows}"));
    let (shown, stderr) = sandbox.show("flite");
    assert_eq!(count_spoken(&shown), 0);
    let sentences: Vec<_> = stderr.lines().filter(|line| !line.starts_with("one moment")).collect();
    assert!(sentences.len() == 1 && sentences[0].contains("flite wrote too much data"), "{stderr}");
    for writer in sandbox.read("writers").lines() {
        wait_for_exit(writer);
    }
    assert!(
        sandbox.entries("tmp").is_empty() && sandbox.entries("cache/karuna/speech").is_empty(),
        "nothing is left behind"
    );
}

#[test]
fn changing_the_festival_voice_invalidates_the_cache() {
    let sandbox = sandbox();
    sandbox.add_engine("text2wave", "/bin/cp \"$sandbox/good.wav\" \"$out\"");
    fs::create_dir_all(sandbox.at("share/festival/voices/english/kal_diphone")).unwrap();
    let spoken = |expected: usize| {
        let (shown, stderr) = sandbox.show("festival");
        assert_eq!((count_spoken(&shown), sandbox.engine_runs()), (2, expected), "{stderr}");
    };
    spoken(2);
    spoken(2);
    assert!(!sandbox.read("runs").contains("cmu_us_slt_arctic_hts"), "{}", sandbox.read("runs"));
    fs::create_dir_all(sandbox.at("share/festival/voices/us/cmu_us_slt_arctic_hts")).unwrap();
    spoken(4);
    assert!(sandbox.read("runs").contains("cmu_us_slt_arctic_hts"), "{}", sandbox.read("runs"));
    spoken(4);
}

#[test]
fn changing_a_piper_model_invalidates_the_cache() {
    let sandbox = sandbox();
    sandbox.add_engine("piper", "/bin/cp \"$sandbox/good.wav\" \"$out\"");
    fs::create_dir_all(sandbox.at(".local/share/karuna/voices")).unwrap();
    let spoken = |expected: usize| {
        let (shown, stderr) = sandbox.show("piper");
        assert_eq!((count_spoken(&shown), sandbox.engine_runs()), (2, expected), "{stderr}");
    };
    for (model, expected) in [("one voice", 2), ("another voice", 4)] {
        sandbox.write(".local/share/karuna/voices/en_US-some.onnx", model);
        spoken(expected);
        spoken(expected);
    }
    sandbox.write(".local/share/karuna/voices/en_US-some.onnx.json", "{ \"sample_rate\": 22050 }");
    spoken(6);
}

#[test]
fn a_cached_line_needs_no_engine() {
    let sandbox = sandbox();
    sandbox.add_engine("espeak-ng", "/bin/cp \"$sandbox/good.wav\" \"$out\"");
    let (spoken, stderr) = sandbox.show("auto");
    assert_eq!((count_spoken(&spoken), sandbox.engine_runs()), (2, 2), "{stderr}");
    assert_eq!(sandbox.read("text").trim_end().split(' ').count(), 10, "the text arrives on standard input");
    assert!(!sandbox.read("runs").contains("Rest"), "and nowhere else: {}", sandbox.read("runs"));
    fs::remove_file(sandbox.at("bin/espeak-ng")).unwrap();
    for voice in ["auto", "espeak-ng"] {
        let (again, stderr) = sandbox.show(voice);
        assert_eq!((&again, stderr.as_str(), sandbox.engine_runs()), (&spoken, "", 2), "{voice}");
    }
    let record = sandbox.entries("cache/karuna/speech").pop().unwrap();
    let mut bytes = fs::read(&record).unwrap();
    bytes.truncate(bytes.len() / 2);
    fs::write(&record, bytes).unwrap();
    let (_, stderr) = sandbox.show("auto");
    assert!(stderr.contains("1 of 3 lines are shown"), "a truncated record is ignored: {stderr}");
    sandbox.add_engine("espeak-ng", "/bin/cp \"$sandbox/good.wav\" \"$out\"");
    assert_eq!(sandbox.show("auto").0, spoken);
    assert_eq!(sandbox.engine_runs(), 3, "only the damaged line is spoken again");
}

#[test]
fn a_missing_chosen_voice_is_an_error_where_it_is_needed() {
    let sandbox = sandbox();
    let refused = sandbox.run(&["show", "x.toml", "--voice", "flite"]);
    assert_eq!(refused.status.code(), Some(1));
    let stderr = crate::support::engines::utf8(&refused.stderr);
    assert!(
        stderr.contains("the speech engine flite is not installed") && stderr.contains("help: install flite"),
        "{stderr}"
    );
    sandbox.run_ok(&["show", "glimmer", "--voice", "flite"]);
    assert_eq!(sandbox.run(&["show", "x.toml", "--voice", "loud"]).status.code(), Some(2));
    let (shown, stderr) = sandbox.show("auto");
    assert_eq!(
        (count_spoken(&shown), stderr.as_str()),
        (0, ""),
        "without an engine the words are shown, and nothing is reported"
    );
}

#[test]
fn speech_is_trimmed_and_normalised() {
    let sandbox = sandbox();
    write_tone(&sandbox.at("faint.wav"), 4.0, 0.03);
    sandbox.add_engine("flite", "/bin/cp \"$sandbox/faint.wav\" \"$out\"");
    let (shown, _) = sandbox.show("flite");
    let first = &shown["segments"][0];
    let seconds = first["frames"].as_f64().unwrap() / 48_000.0;
    assert!((seconds - (3.2 + 0.12)).abs() < 0.02, "3.2 s of tone, and 60 ms at either end: {seconds}");
    assert_eq!(shown["cues"][0]["gain_db"], 0.0, "the speech already has the voice's level");
    sandbox.run_ok(&["render", "x.toml", "-o", "x.wav", "--voice", "flite"]);
    let file = fs::File::open(sandbox.at("x.wav")).unwrap();
    let analysis = decode::analyse(&ClipBytes::from_file(file, "x.wav").unwrap()).unwrap();
    let loudness = analysis.loudness.integrated().unwrap().0;
    assert!((loudness + 21.0).abs() < 0.5, "{loudness} LUFS");
    assert_eq!(
        Some(analysis.properties.frames.0),
        shown["end"].as_u64(),
        "the render is as long as the timeline that is shown"
    );
}

#[test]
fn show_and_play_have_the_same_timeline() {
    let sandbox = sandbox();
    sandbox.add_engine("flite", "/bin/cp \"$sandbox/good.wav\" \"$out\"");
    let (shown, _) = sandbox.show("flite");
    let (played, _) =
        sandbox.run_ok(&["play", "x.toml", "--voice", "flite", "--output", "null", "--json", "--from", "8s"]);
    let start: serde_json::Value = serde_json::from_str(played.lines().next().unwrap()).unwrap();
    assert_eq!(start["frames"], shown["frames"]);
}

#[test]
fn real_engines_speak_odd_lines_without_a_shell() {
    let sandbox = Sandbox::with_real_engines();
    let long = "A word and another word, and then one more. ".repeat(114);
    assert!(long.len() >= 5000);
    let lines = [
        r#"-o /nowhere --voice "x" 'y' he stderr: "it’s “so”""#,
        "$(touch pwned) `touch pwned`; touch pwned | touch pwned && touch pwned > pwned",
        "(system \"touch pwned\") <speak>and so on</speak> [[h@l@U]] \\n %s",
        "Rest 🙂 here — for a while… naïve café",
        long.as_str(),
    ];
    let segments: Vec<_> = lines.iter().map(|line| format!("[[segment]]\nsay = '''{line}'''\n")).collect();
    sandbox.write("x.toml", &format!("format = 1\ntitle = \"Odd\"\n{}", segments.concat()));
    for engine in ["espeak-ng", "flite"] {
        let (shown, stderr) = sandbox.show(engine);
        assert_eq!(count_spoken(&shown), lines.len(), "{engine}: {stderr}");
        let longest = shown["segments"][4]["frames"].as_f64().unwrap() / 48_000.0;
        let words = long.split_whitespace().count() as f64;
        assert!((60.0..260.0).contains(&(words / longest * 60.0)), "{engine}: {longest} s");
    }
    assert!(!sandbox.at("pwned").exists() && sandbox.entries("tmp").is_empty());
}

#[test]
fn a_narrators_recordings_replace_those_of_the_manifest() {
    let sandbox = Sandbox::new();
    let line = |clip: &str| format!("[[segment]]\nsay = \"Rest.\"\nclip = \"{clip}\"\n");
    sandbox.write("x.toml", &format!("format = 1\ntitle = \"Two\"\n{}{}", line("one.wav"), line("two.wav")));
    fs::create_dir(sandbox.at("anna")).unwrap();
    for (file, seconds) in [("one.wav", 1.0), ("two.wav", 2.0), ("anna/two.wav", 3.0)] {
        write_tone(&sandbox.at(file), seconds, 0.3);
    }
    let frames = |voice: &str| -> Vec<u64> {
        let (shown, stderr) = sandbox.show(voice);
        assert_eq!(stderr, "");
        shown["segments"].as_array().unwrap().iter().map(|one| one["frames"].as_u64().unwrap()).collect()
    };
    assert_eq!(frames("none"), [48_000, 96_000]);
    assert_eq!(frames("anna"), [48_000, 144_000]);
    let nobody = sandbox.run(&["show", "x.toml", "--voice", "nobody"]);
    assert_eq!(nobody.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("there is no voice named nobody"));
}

#[test]
fn the_listeners_voice_overrides_that_of_the_session() {
    let sandbox = sandbox();
    let session = SESSION.replace("title = \"Three lines\"", "title = \"Three lines\"\nvoice = \"flite\"");
    sandbox.write("x.toml", &session);
    for engine in ["espeak-ng", "flite"] {
        sandbox.add_engine(engine, "/bin/cp \"$sandbox/good.wav\" \"$out\"");
    }
    let used = |engine: &str| sandbox.read("runs").lines().any(|run| run.contains(&format!("/{engine} ")));
    sandbox.show("auto");
    assert!(used("flite") && !used("espeak-ng"), "{}", sandbox.read("runs"));
    sandbox.write("runs", "");
    sandbox.show("espeak-ng");
    assert!(used("espeak-ng") && !used("flite"), "{}", sandbox.read("runs"));
    sandbox.write("x.toml", &session.replace("flite", "heart"));
    let (_, stderr) = sandbox.show("auto");
    assert!(stderr.contains("the voice heart is not installed, so "), "{stderr}");
}

#[test]
fn announcements_are_spoken_within_their_silences_by_the_same_voice() {
    let sandbox = sandbox();
    write_tone(&sandbox.at("short.wav"), 1.5, 0.3);
    sandbox.write("x.toml", "format = 1\ntitle = \"x\"\n[[segment]]\nsilence = \"30s\"\nannounce = true\n");
    sandbox.add_engine("flite", "/bin/cp \"$sandbox/short.wav\" \"$out\"");
    let (shown, _) = sandbox.show("flite");
    assert_eq!(shown["segments"][0]["text"], "About half a minute.");
    assert_eq!(shown["segments"][0]["frames"], 30 * 48_000);
    assert_eq!((&shown["cues"][0]["source"], &shown["cues"][0]["start"]), (&"speech".into(), &0.into()));
    let (shown, _) = sandbox.show("none");
    assert_eq!(shown["cues"].as_array().unwrap().len(), 0, "its words are shown");
    // The recordings inside the program are by that voice, so it need not be installed.
    let (shown, _) = sandbox.show("heart");
    assert_eq!(shown["cues"][0]["source"], "time/40s.ogg");
}
