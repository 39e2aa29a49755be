use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::recordings::{self, ClipMeasurements};
use crate::manifest::session::ClipPath;
use crate::manifest::{Code, Findings, read};
use crate::units::{Decibels, Lufs};

const PERMISSION: &str = "say = \"You may stop at any time.\"";
const GERMAN_PERMISSION: &str = "say = \"Du darfst jederzeit aufhören.\"";

/// Returns the codes of the findings in a session with these segments.
fn codes(language: &str, segments: &[&str]) -> Vec<&'static str> {
    let mut text = format!("format = 1\ntitle = \"t\"\nlanguage = \"{language}\"\n");
    for segment in segments {
        text += &format!("[[segment]]\n{segment}\n");
    }
    read(Path::new("t.toml"), &text).1.into_iter().map(|finding| finding.code.name()).collect()
}

#[test]
fn pressing_words_are_found_as_whole_words_unless_negated() {
    let english = |words: &str| codes("en", &[PERMISSION, &format!("say = \"{words}\"")]);
    for words in [
        "You must sit still.",
        "Now don’t move.",
        "You must not open your mouth.",
        "Force it a little.",
        "You SHOULD relax.",
    ] {
        assert_eq!(english(words), ["pressing-words"], "{words}");
    }
    for words in [
        "There is nothing you must do.",
        "Without forcing anything.",
        "A mustard field.",
        "You need not, and nothing has to.",
        "No need to force it.",
    ] {
        assert!(english(words).is_empty(), "{words}");
    }
    let german = |words: &str| codes("de-CH", &[GERMAN_PERMISSION, &format!("say = \"{words}\"")]);
    assert_eq!(german("Du musst still sitzen."), ["pressing-words"]);
    assert_eq!(german("Bewege dich nicht."), ["pressing-words"]);
    assert!(german("Du musst nichts tun.").is_empty());
}

#[test]
fn touch_breath_body_and_closed_eyes_need_their_tags() {
    let english = |segment: &str| codes("en", &[PERMISSION, segment]);
    for words in ["Rest a hand on the desk.", "Breathing in.", "Soften the jaw.", "Let your eyes gently close."] {
        assert_eq!(english(&format!("say = \"{words}\"")), ["untagged-words"], "{words}");
    }
    assert!(english("say = \"Breathing in.\"\ntags = [\"breath\"]").is_empty());
    for words in ["Everybody is welcome.", "Let the eyes open.", "Close to the window.", "In the next room."] {
        assert!(english(&format!("say = \"{words}\"")).is_empty(), "{words}");
    }
    for words in ["Spüre den Atem.", "Lege eine Hand auf den Tisch.", "Der Körper ruht.", "Schließe die Augen."] {
        assert_eq!(codes("de", &[GERMAN_PERMISSION, &format!("say = \"{words}\"")]), ["untagged-words"], "{words}");
    }
    assert!(codes("fi", &["say = \"Hengitä ja sulje silmät.\""]).is_empty(), "Finnish is not checked");
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
fn long_silences_need_a_bell_or_an_announcement_and_a_session_an_ending() {
    let bell = "bell = \"bowl\"";
    assert_eq!(codes("en", &[PERMISSION, "silence = \"91s\"", bell]), ["long-silence"]);
    assert!(codes("en", &[PERMISSION, "silence = \"90s\"", bell]).is_empty());
    assert!(codes("en", &[PERMISSION, "silence = \"10m\"\nbell = \"inkin\"\nevery = \"1m\"", bell]).is_empty());
    let without_strike = "silence = \"2m\"\nbell = \"inkin\"\nevery = \"2m\"";
    assert_eq!(codes("en", &[PERMISSION, without_strike, bell]), ["long-silence"], "the bell never rings");
    assert!(
        codes(
            "en",
            &[
                "say = \"You may stop. Now two minutes of rest.\"",
                "silence = \"2m\"\nleast = \"90s\"\nmost = \"150s\"",
                bell
            ]
        )
        .is_empty()
    );
    assert_eq!(codes("en", &[PERMISSION, "silence = \"10s\""]), ["no-way-back"]);
    assert!(codes("en", &["silence = \"10s\"", bell]).is_empty(), "a session without words needs no permission");
    assert_eq!(codes("en", &[bell, "silence = \"90s\"", "silence = \"90s\"", PERMISSION]), ["no-way-to-stop"]);
}

#[test]
fn a_spoken_length_must_be_true_at_every_length() {
    let bell = "bell = \"bowl\"";
    let before = |line: &str, silence: &str| {
        codes("en", &[PERMISSION, &format!("say = \"{line}\""), &format!("silence = \"30s\"\n{silence}"), bell])
    };
    assert_eq!(before("Rest for half a minute.", ""), ["spoken-length"], "it may last two minutes");
    assert!(before("Rest for half a minute.", "least = \"20s\"\nmost = \"40s\"").is_empty());
    assert_eq!(before("Rest for half a minute.", "least = \"19s\"\nmost = \"40s\""), ["spoken-length"]);
    assert_eq!(before("Rest for half a minute.", "least = \"20s\"\nmost = \"41s\""), ["spoken-length"]);
    assert_eq!(before("Rest for five minutes.", "least = \"30s\"\nmost = \"30s\""), ["spoken-length"]);
    assert!(before("Rest for half a minute.", "announce = true").is_empty());
    assert!(before("Rest for a while.", "").is_empty());
    let open = ["say = \"You may stop. Rest for a minute.\"", "silence = \"open\"", bell];
    assert_eq!(codes("en", &open), ["spoken-length"]);
    let apart = ["say = \"You may stop. Rest for a minute.\"", bell, "silence = \"30s\"", bell];
    assert!(codes("en", &apart).is_empty(), "only directly before a silence");
    let part = "repeat = 3\n[[segment.part]]\nsilence = \"30s\"\n[[segment.part]]\nsay = \"A minute more.\"";
    assert_eq!(codes("en", &[PERMISSION, part, bell]), ["spoken-length"], "the next turn begins with the silence");
    let instead = "say = \"Rest.\"\ntags = [\"body\"]\ninstead = { say = \"Listen for a minute.\" }";
    assert_eq!(codes("en", &[PERMISSION, instead, "silence = \"30s\"", bell]), ["spoken-length"]);
    let german = [GERMAN_PERMISSION, "say = \"Etwa eine halbe Minute.\"", "silence = \"30s\"", bell];
    assert_eq!(codes("de", &german), ["spoken-length"]);
}

#[test]
fn script_notation_is_reported_in_every_language() {
    for language in ["en", "fi"] {
        let found = codes(language, &[PERMISSION, "say = \"Rest. [PAUSE: 8s]\""]);
        assert_eq!(found, ["leftover-mark"], "{language}");
    }
}

#[test]
fn words_that_exceed_their_time_are_reported() {
    let codes = |text: &str, clip: f64| {
        let text = format!("format = 1\ntitle = \"t\"\n[[segment]]\n{text}\n");
        let session = read(Path::new("t.toml"), &text).0.expect("a session");
        let measurements = ClipMeasurements { length: Duration::from_secs_f64(clip), ..ClipMeasurements::default() };
        let clips = BTreeMap::from([(ClipPath::new("a.wav").expect("a path"), measurements)]);
        let mut findings = Findings::new(Path::new("t.toml"), &text);
        recordings::check_lengths(&session, &clips, &mut findings);
        findings.into_sorted(&[]).into_iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    let line = "say = \"In.\"\nclip = \"a.wav\"\nlasts = \"5s\"";
    assert_eq!(codes(line, 5.0), []);
    assert_eq!(codes(line, 5.1), [Code::LongerThanLasts]);
    let instead = "say = \"In.\"\nlasts = \"1s\"\ntags = [\"breath\"]\ninstead = { say = \"One two three.\" }";
    assert_eq!(codes(instead, 1.0), [Code::LongerThanLasts], "by an estimate");
    let announced = |silence: &str| {
        format!("silence = \"{silence}\"\nannounce = true\n[[announce]]\nsay = \"A while.\"\nclip = \"a.wav\"")
    };
    assert_eq!(codes(&announced("10s"), 5.0), []);
    assert_eq!(codes(&announced("10s"), 5.1), [Code::LongAnnouncement]);
}

/// Returns the codes of the hints about a session with these segments.
fn hints(segments: &[&str]) -> Vec<&'static str> {
    let segments: String = segments.iter().map(|segment| format!("[[segment]]\n{segment}\n")).collect();
    let text = format!("format = 1\ntitle = \"t\"\n{segments}");
    let session = read(Path::new("t.toml"), &text).0.expect("a session");
    let mut findings = Findings::new(Path::new("t.toml"), &text);
    super::hints::check_session(&session, &mut findings);
    let mut found: Vec<_> = findings.into_sorted(&[]).into_iter().map(|finding| finding.code.name()).collect();
    found.dedup();
    found
}

#[test]
fn words_about_avoidable_topics_get_a_hint() {
    for words in ["It hurts.", "Your hands.", "Let the eyes rest.", "Picture a lake.", "An aching heart."] {
        assert_eq!(hints(&[&format!("say = \"{words}\"")]), ["untagged"], "{words}");
    }
    assert!(hints(&["say = \"It hurts.\"\ntags = [\"pain\"]"]).is_empty());
    assert!(hints(&["say = \"Listen to the room.\""]).is_empty());
    assert!(hints(&["say = \"Breathing in.\""]).is_empty(), "that is a warning already");
    let instead = |words: &str| format!("say = \"A hand.\"\ntags = [\"touch\"]\ninstead = {{ say = \"{words}\" }}");
    assert_eq!(hints(&[&instead("The other hand, then.")]), ["untagged"]);
    assert!(hints(&[&instead("A sound.")]).is_empty());
    assert_eq!(hints(&["chapter = \"A hand\"\nsay = \"Rest.\""]), ["untagged"]);
    let titled = "chapter = \"A hand\"\nsay = \"A hand.\"\ntags = [\"touch\"]\ninstead = { chapter = \"A sound\" }";
    assert!(hints(&[titled]).is_empty());
}

#[test]
fn references_late_words_and_silences_next_to_pain_get_a_hint() {
    let touch = "say = \"A hand on the desk.\"\ntags = [\"touch\"]";
    assert_eq!(hints(&[touch, "say = \"Leave it there.\""]), ["refers-to-avoided"]);
    assert!(hints(&[touch, "say = \"Leave it there.\"\ntags = [\"touch\"]"]).is_empty());
    assert!(hints(&["say = \"A sound.\"", "say = \"Leave it there.\""]).is_empty());
    let pain = "say = \"What aches may ache.\"\ntags = [\"pain\"]";
    assert_eq!(hints(&[pain, "silence = \"20s\""]), ["pain-silence"]);
    assert_eq!(hints(&["say = \"Rest.\"", "silence = \"20s\"", pain]), ["pain-silence"]);
    assert!(hints(&[pain, "silence = \"20s\"\nmost = \"40s\""]).is_empty());
    assert_eq!(hints(&["bell = \"bowl\"\nstrikes = 2", "say = \"Welcome.\""]), ["late-words"]);
    assert!(hints(&["bell = \"bowl\"", "say = \"Welcome.\""]).is_empty());
    assert!(hints(&["silence = \"20m\"\nannounce = true", "say = \"Welcome.\""]).is_empty());
}

/// Returns the codes of the findings about two lines with a clip each, where the second clip's measurements are changed.
fn recording_codes(words: usize, change: impl Fn(&mut ClipMeasurements)) -> Vec<&'static str> {
    let say = vec!["word"; words].join(" ");
    let segment = |clip: &str| format!("[[segment]]\nsay = \"You may stop {say}\"\nclip = \"{clip}\"\n");
    let text = format!("format = 1\ntitle = \"t\"\n{}{}", segment("a.wav"), segment("b.wav"));
    let (session, findings) = read(Path::new("t.toml"), &text);
    assert!(findings.is_empty(), "{findings:?}");
    let mut measurements = ClipMeasurements {
        length: Duration::from_secs_f64((words + 3) as f64 * 60.0 / 130.0),
        loudness: Some(Lufs(-24.0)),
        noise: Some(Lufs(-70.0)),
        dc_offset: 0.001,
        first_frame: 0.001,
        last_frame: 0.001,
        clipped_runs: 0,
    };
    let path = |name| ClipPath::new(name).expect("a path");
    let mut clips = BTreeMap::from([(path("a.wav"), measurements)]);
    change(&mut measurements);
    clips.insert(path("b.wav"), measurements);
    let mut findings = Findings::new(Path::new("t.toml"), &text);
    recordings::check_clips(&session.expect("a session"), &clips, Decibels(3.0), &mut findings);
    let findings = findings.into_sorted(&[]);
    assert!(findings.iter().all(|finding| text[finding.span.clone()].contains("b.wav")), "{findings:?}");
    findings.into_iter().map(|finding| finding.code.name()).collect()
}

#[test]
fn a_good_recording_has_no_findings() {
    assert!(recording_codes(20, |_| ()).is_empty());
    assert!(recording_codes(20, |clip| clip.loudness = None).is_empty(), "silent clips are reported elsewhere");
}

#[test]
fn each_defect_of_a_recording_is_found_by_its_measurement() {
    assert_eq!(recording_codes(20, |clip| clip.length = Duration::from_secs(8)), ["fast-speech"]);
    assert_eq!(recording_codes(20, |clip| clip.length = Duration::from_secs(2)), ["clip-and-words"]);
    assert_eq!(recording_codes(20, |clip| clip.length = Duration::from_mins(10)), ["clip-and-words"]);
    assert_eq!(recording_codes(20, |clip| clip.loudness = Some(Lufs(-18.0))), ["uneven-loudness"]);
    assert_eq!(recording_codes(20, |clip| clip.loudness = Some(Lufs(-30.0))), ["uneven-loudness"]);
    assert!(recording_codes(20, |clip| clip.loudness = Some(Lufs(-29.9))).is_empty());
    assert_eq!(recording_codes(20, |clip| clip.clipped_runs = 2), ["clipped-samples"]);
    // With a voice at −21 LUFS and a gain of 3 dB, noise at −64 LUFS is 40 dB below the voice.
    assert_eq!(recording_codes(20, |clip| clip.noise = Some(Lufs(-63.9))), ["noisy-clip"]);
    assert!(recording_codes(20, |clip| clip.noise = Some(Lufs(-64.1))).is_empty());
    assert_eq!(recording_codes(20, |clip| clip.dc_offset = -0.01), ["dc-offset"]);
    assert_eq!(recording_codes(20, |clip| clip.first_frame = 0.0032), ["hard-edge"]);
    assert_eq!(recording_codes(20, |clip| clip.last_frame = 0.0032), ["hard-edge"]);
}

#[test]
fn a_session_with_too_many_words_is_reported() {
    let codes = |words, seconds| {
        let mut findings = Findings::new(Path::new("t.toml"), "");
        recordings::check_session_pace(words, Duration::from_secs(seconds), &mut findings);
        findings.into_sorted(&[]).into_iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(76, 60), [Code::ManyWords]);
    assert_eq!(codes(75, 60), []);
}
