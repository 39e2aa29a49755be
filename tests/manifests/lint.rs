//! What listeners might be harmed by is warned of, and what is gentle is left in peace.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use karuna::manifest::lint::recordings::{self, ClipMeasurements};
use karuna::manifest::session::ClipPath;
use karuna::manifest::{Code, Findings, read};
use karuna::units::{Decibels, Lufs};

fn codes(language: &str, lines: &[&str]) -> Vec<&'static str> {
    let mut text = format!("format = 1\ntitle = \"t\"\nlanguage = \"{language}\"\n");
    for line in lines {
        text += &format!("[[segment]]\n{line}\n");
    }
    read(Path::new("t.toml"), &text).1.into_iter().map(|finding| finding.code.name()).collect()
}

#[test]
fn words_that_press_are_found_in_whole_words_and_not_where_they_are_denied() {
    let free = "say = \"You may stop at any time.\"";
    let one = |words: &str| codes("en", &[free, &format!("say = \"{words}\"")]);
    for words in [
        "You must sit still.",
        "Now don’t move.",
        "You must not open your mouth.",
        "Force it a little.",
        "You SHOULD relax.",
    ] {
        assert_eq!(one(words), ["pressing-words"], "{words}");
    }
    for words in [
        "There is nothing you must do.",
        "Without forcing anything.",
        "A mustard field.",
        "You need not, and nothing has to.",
        "No need to force it.",
    ] {
        assert!(one(words).is_empty(), "{words}");
    }
    let frei = "say = \"Du darfst jederzeit aufhören.\"";
    let eins = |words: &str| codes("de-CH", &[frei, &format!("say = \"{words}\"")]);
    assert_eq!(eins("Du musst still sitzen."), ["pressing-words"]);
    assert_eq!(eins("Bewege dich nicht."), ["pressing-words"]);
    assert!(eins("Du musst nichts tun.").is_empty());
}

#[test]
fn touch_breath_body_and_closed_eyes_want_their_tags() {
    let free = "say = \"You may stop at any time.\"";
    let one = |segment: &str| codes("en", &[free, segment]);
    for words in ["Rest a hand on the desk.", "Breathing in.", "Soften the jaw.", "Let your eyes gently close."] {
        assert_eq!(one(&format!("say = \"{words}\"")), ["untagged-words"], "{words}");
    }
    assert!(one("say = \"Breathing in.\"\ntags = [\"breath\"]").is_empty());
    for words in ["Everybody is welcome.", "Let the eyes open.", "Close to the window.", "In the next room."] {
        assert!(one(&format!("say = \"{words}\"")).is_empty(), "{words}");
    }
    let frei = "say = \"Du darfst jederzeit aufhören.\"";
    for words in ["Spüre den Atem.", "Lege eine Hand auf den Tisch.", "Der Körper ruht.", "Schließe die Augen."] {
        assert_eq!(codes("de", &[frei, &format!("say = \"{words}\"")]), ["untagged-words"], "{words}");
    }
    assert!(codes("fi", &["say = \"Hengitä ja sulje silmät.\""]).is_empty(), "a language that nobody here speaks");
}

#[test]
fn a_warning_points_at_its_words() {
    let text = "format = 1\ntitle = \"t\"\n[[segment]]\nsay = \"You may stop. You must sit.\"\n";
    let (_, findings) = read(Path::new("t.toml"), text);
    assert_eq!(findings.len(), 1);
    assert_eq!(&text[findings[0].span.clone()], "must");
    assert_eq!((findings[0].line, findings[0].column), (4, 26));
}

#[test]
fn silences_want_a_bell_or_an_announcement_and_an_end() {
    let free = "say = \"You may stop at any time.\"";
    let bell = "bell = \"bowl\"";
    assert_eq!(codes("en", &[free, "silence = \"91s\"", bell]), ["long-silence"]);
    assert!(codes("en", &[free, "silence = \"90s\"", bell]).is_empty());
    assert!(codes("en", &[free, "silence = \"10m\"\nbell = \"inkin\"\nevery = \"1m\"", bell]).is_empty());
    let never = "silence = \"2m\"\nbell = \"inkin\"\nevery = \"2m\"";
    assert_eq!(codes("en", &[free, never, bell]), ["long-silence"], "a bell that has no room to ring");
    assert!(codes("en", &["say = \"You may stop. Now two minutes of rest.\"", "silence = \"2m\"", bell]).is_empty());
    assert_eq!(codes("en", &[free, "silence = \"10s\""]), ["no-way-back"]);
    assert!(codes("en", &["silence = \"10s\"", bell]).is_empty(), "without a word nobody is pressed");
    assert_eq!(codes("en", &[bell, "silence = \"90s\"", "silence = \"90s\"", free]), ["no-way-to-stop"]);
}

/// Two lines with a clip each; what is found once the second is measured so.
fn measured(words: usize, change: impl Fn(&mut ClipMeasurements)) -> Vec<&'static str> {
    let say = vec!["word"; words].join(" ");
    let segment = |clip: &str| format!("[[segment]]\nsay = \"You may stop {say}\"\nclip = \"{clip}\"\n");
    let text = format!("format = 1\ntitle = \"t\"\n{}{}", segment("a.wav"), segment("b.wav"));
    let (session, found) = read(Path::new("t.toml"), &text);
    assert!(found.is_empty(), "{found:?}");
    let mut measures = ClipMeasurements {
        length: Duration::from_secs_f64((words + 3) as f64 * 60.0 / 130.0),
        loudness: Some(Lufs(-24.0)),
        noise: Some(Lufs(-70.0)),
        dc_offset: 0.001,
        first_frame: 0.001,
        last_frame: 0.001,
        clipped_runs: 0,
    };
    let path = |name| ClipPath::new(name).expect("a path");
    let mut clips = BTreeMap::from([(path("a.wav"), measures)]);
    change(&mut measures);
    clips.insert(path("b.wav"), measures);
    let mut findings = Findings::new(Path::new("t.toml"), &text);
    recordings::check_clips(&session.expect("a session"), &clips, Decibels(3.0), &mut findings);
    let found = findings.into_sorted(&[]);
    assert!(found.iter().all(|finding| text[finding.span.clone()].contains("b.wav")), "{found:?}");
    found.into_iter().map(|finding| finding.code.name()).collect()
}

#[test]
fn a_good_recording_is_left_in_peace() {
    assert!(measured(20, |_| ()).is_empty());
    assert!(measured(20, |clip| clip.loudness = None).is_empty(), "a clip that is silent is said elsewhere");
}

#[test]
fn each_flaw_of_a_recording_is_found_by_its_number() {
    assert_eq!(measured(20, |clip| clip.length = Duration::from_secs(8)), ["fast-speech"]);
    assert_eq!(measured(20, |clip| clip.length = Duration::from_secs(2)), ["clip-and-words"]);
    assert_eq!(measured(20, |clip| clip.length = Duration::from_mins(10)), ["clip-and-words"]);
    assert_eq!(measured(20, |clip| clip.loudness = Some(Lufs(-18.0))), ["uneven-loudness"]);
    assert_eq!(measured(20, |clip| clip.loudness = Some(Lufs(-30.0))), ["uneven-loudness"]);
    assert!(measured(20, |clip| clip.loudness = Some(Lufs(-29.9))).is_empty());
    assert_eq!(measured(20, |clip| clip.clipped_runs = 2), ["clipped-samples"]);
    // Of a voice at −21 after a gain of 3: the noise is at −61 when it is 40 below.
    assert_eq!(measured(20, |clip| clip.noise = Some(Lufs(-63.9))), ["noisy-clip"]);
    assert!(measured(20, |clip| clip.noise = Some(Lufs(-64.1))).is_empty());
    assert_eq!(measured(20, |clip| clip.dc_offset = -0.01), ["dc-offset"]);
    assert_eq!(measured(20, |clip| clip.first_frame = 0.0032), ["hard-edge"]);
    assert_eq!(measured(20, |clip| clip.last_frame = 0.0032), ["hard-edge"]);
}

#[test]
fn a_session_without_room_is_found() {
    let found = |words, seconds| {
        let mut findings = Findings::new(Path::new("t.toml"), "");
        recordings::check_session_pace(words, Duration::from_secs(seconds), &mut findings);
        findings.into_sorted(&[]).into_iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    assert_eq!(found(76, 60), [Code::ManyWords]);
    assert_eq!(found(75, 60), []);
}
