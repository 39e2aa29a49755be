//! Scripts in twelve common notations.

use std::time::Duration;

use super::{converted, notes, outline, session};
use crate::manifest::session::SegmentContent;
use crate::script::ConvertedScript;

macro_rules! script {
    ($name:literal) => {
        converted($name, include_str!(concat!("scripts/", $name)))
    };
}

#[test]
fn pauses_in_brackets() {
    let made = script!("brackets.txt");
    assert_eq!(made.summary.title, "A Short Rest by the Window");
    assert_eq!(
        outline(&made),
        [
            "Welcome. Come as you are, and let the chair carry you.",
            "8s",
            "Look out of the window, or at the wall.",
            "5s",
            "Nothing has to change.",
            "2.5s",
            "Feel the air on your hands.",
            "1m30s",
            "And once more.",
            "8s",
            "bowl x1",
        ]
    );
    assert_eq!(notes(&made), ["8: this pause has no length; it became 8 seconds"]);
}

#[test]
fn counts_and_dots() {
    let made = script!("counts.txt");
    assert_eq!(
        outline(&made),
        [
            "Breathe in",
            "4s",
            "and out",
            "6s",
            "Breathe in",
            "4s",
            "and out",
            "6.5s",
            "8s",
            "Let the breath find its own way (it may be shallow, or deep) and stay with it.",
            "1m",
            "8s",
            "You may open your eyes.",
            "8s",
            "Thank you… and be well.",
        ]
    );
    let told = |line: usize| format!("{line}: this pause has no length; it became 8 seconds");
    assert_eq!(notes(&made), [told(6), told(12), told(16)]);
}

#[test]
fn titles_speakers_and_lines_of_their_own() {
    let made = script!("headings.txt");
    assert_eq!(
        outline(&made),
        [
            "# OPENING",
            "Sit like a mountain.",
            "Broad at the base.",
            "30s",
            "# Body Scan",
            "Let the weather pass over you.",
            "2m",
            "# Closing",
            "The mountain stays. Note that you may come back at any time.",
            "bowl x3",
        ]
    );
    let session = session(&made);
    assert_eq!((session.title.as_str(), session.teacher.as_deref()), ("The Mountain", Some("M. Ridge")));
    assert_eq!(made.wanted.map(|wanted| wanted.shortest), Some(Duration::from_mins(5)));
    assert!(made.manifest.contains("# Focus: steadiness\n"), "{}", made.manifest);
    assert!(made.manifest.contains("# softly\n[[segment]]\nid = \"let-the-weather-pass\""), "{}", made.manifest);
    assert!(made.manifest.contains("# 2 minutes\n"), "{}", made.manifest);
}

#[test]
fn quoted_speech_as_language_models_write_it() {
    let made = script!("model.md");
    assert_eq!(
        outline(&made),
        [
            "# Introduction",
            "Welcome to this evening practice. Let yourself be held by the bed.",
            "15s",
            "Notice where the body touches the sheet.",
            "1m",
            "# Body and Breath",
            "Feel the breath in the belly.",
            "8s",
            "And let it go.",
            "3m",
            "# Closing",
            "When you are ready, let the eyes open.",
            "bowl x3",
        ]
    );
    let session = session(&made);
    assert_eq!((session.title.as_str(), session.language.as_str()), ("Soft Evening", "en-US"));
    assert_eq!(made.wanted.map(|wanted| wanted.longest), Some(Duration::from_mins(10)));
    assert!(
        made.manifest.contains("# Speak more slowly here.\n[[segment]]\nid = \"feel-the-breath-in\""),
        "{}",
        made.manifest
    );
    assert_eq!(
        notes(&made),
        [
            "14: this pause has no exact length; it became 15 seconds",
            "26: this pause has no length; it became 8 seconds",
            "28: this pause has no exact length; it became 3 minutes",
        ]
    );
}

#[test]
fn text_outside_quotation_marks_is_for_the_guide() {
    let made = script!("class.md");
    assert_eq!(
        outline(&made),
        [
            "# Arriving",
            "Let us begin by doing nothing for a while.",
            "open 5m",
            "Now bring the attention to the sounds in the room,",
            "Near ones, and far ones.",
            "45s",
            "# Working with wandering",
            "The mind has wandered. That is what minds do.",
            "8s",
            "Come back, as often as you like.",
            "2m",
            "# Ending",
            "Thank you.",
            "gong x1",
            "10s",
        ]
    );
    assert_eq!(made.summary.title, "Sitting together");
    let comments = ["# The teacher waits until everybody sits.\n", "# the teacher says quietly.\n"];
    assert!(comments.iter().all(|comment| made.manifest.contains(comment)), "{}", made.manifest);
    assert!(made.manifest.contains("silence = \"2m\"\nmost = \"3m\"\n"), "{}", made.manifest);
    let told = notes(&made);
    assert_eq!(told[0], "9: this pause lasts until the listener goes on: an open silence");
    assert!(told[1].starts_with("19: a second pause that waits for the listener became 8 seconds"), "{told:?}");
}

#[test]
fn block_quotations_hold_the_speech() {
    let made = script!("quotation.md");
    assert_eq!(
        outline(&made),
        ["You are here. That is enough.", "20s", "Let the day be over.", "Let the night come.", "10s", "bowl x1"]
    );
    assert_eq!(made.summary.title, "Quotation");
    assert_eq!(made.wanted.map(|wanted| wanted.shortest), Some(Duration::from_mins(3)));
    assert!(made.manifest.contains("# Here is the script. Read it slowly"), "{}", made.manifest);
}

#[test]
fn lists_links_and_code() {
    let made = script!("list.md");
    assert_eq!(
        outline(&made),
        [
            "Name five things that you see.",
            "15s",
            "Name four things that you can touch.",
            "the cloth of your sleeve",
            "the edge of the table",
            "Say the word [mettā](/mˈɛtə/) to yourself.",
            "15s",
            "Stay here.",
            "10s",
            "Stay a little longer.",
            "12s",
            "1.5s",
            "And rest.",
        ]
    );
    assert_eq!(made.summary.title, "Five things");
    assert!(made.manifest.contains("id = \"say-the-word-metta\""), "{}", made.manifest);
}

#[test]
fn the_markup_of_speech_services() {
    let made = script!("speech.ssml");
    assert_eq!(
        outline(&made),
        [
            "Good evening. It is late & quiet.",
            "20s",
            "Let the [shoulders](/ˈʃəʊldəz/) drop.",
            "750ms",
            "The World Health Organization says: rest.",
            "8s",
            "bowl x1",
            "Good night.",
            "2s",
        ]
    );
    assert_eq!(session(&made).language, "en-GB");
    assert!(made.manifest.contains("id = \"arrival\"\nsay = \"Good evening."), "{}", made.manifest);
    assert!(made.manifest.contains("# read by a calm voice\n"), "{}", made.manifest);
    assert_eq!(
        notes(&made),
        [
            "10: \"WHO\" is spoken as the script says; its own letters are left out",
            "12: this pause has no length; it became 8 seconds",
            "14: the sound \"https://example.org/ocean.mp3\" is not understood; it is a comment in the manifest",
        ]
    );
}

#[test]
fn steps_in_json() {
    let made = script!("steps.json");
    assert_eq!(
        outline(&made),
        [
            "# Grounding at Noon",
            "Sit down. Feel both feet on the floor.",
            "10s",
            "bowl x1",
            "# Breath",
            "Follow one breath.",
            "4s",
            "And another.",
            "open 1m",
            "Come back when you like.",
            "7.5s",
            "Thank you.",
        ]
    );
    assert_eq!(made.summary.title, "Grounding at Noon");
    let told = notes(&made);
    assert!(told[0].starts_with("9: this pause lasts until the listener goes on"), "{told:?}");
    assert!(told[1].starts_with("12: a second pause that waits for the listener"), "{told:?}");
    assert!(told[2].starts_with("13: the sound \"waves\" is not understood"), "{told:?}");
    assert!(made.manifest.contains("# Calm, slow voice\n"), "{}", made.manifest);
}

#[test]
fn phrases_in_json() {
    let made = script!("phrases.json");
    assert_eq!(
        outline(&made),
        ["bowl x1", "The field is white.", "1.2s", "Nothing moves.", "35s", "You can go now.", "bowl x1"]
    );
    let session = session(&made);
    assert_eq!((session.title.as_str(), session.settle), ("Snow on the Field", Duration::from_secs(6)));
    assert_eq!(made.wanted.map(|wanted| wanted.shortest), Some(Duration::from_mins(2)));
    assert!(notes(&made)[0].starts_with("7: the music is left out"), "{:?}", notes(&made));
    assert!(made.manifest.contains("# exhales\n"), "{}", made.manifest);
}

#[test]
fn times_of_a_recording() {
    let made = script!("timestamps.txt");
    assert_eq!(
        outline(&made),
        [
            "Welcome to the practice. Let the breath come and go.",
            "30s",
            "Now widen the attention.",
            "15s",
            "Rest.",
            "open 5m",
            "Good.",
        ]
    );
    let told = notes(&made);
    assert!(told[0].starts_with("1: the times at the lines, up to 3:00, are comments"), "{told:?}");
    assert!(told[1].starts_with("4: \"SFX: rain on a roof\" is not understood"), "{told:?}");
    assert!(told[2].starts_with("8: this pause lasts until the listener goes on"), "{told:?}");
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(made.manifest.contains("# Note: slow down from here.\n"), "{}", made.manifest);
}

#[test]
fn the_script_of_a_studio() {
    let made = script!("studio.md");
    assert_eq!(
        outline(&made),
        [
            "Hear the waves come in. Hear them go out.",
            "10s",
            "Again.",
            "bowl x2",
            "Stay with the sound until it is gone.",
            "5s",
            "# Outro",
            "You are back. Welcome.",
            "tingsha x1",
        ]
    );
    let every = session(&made).segments.iter().find_map(|segment| match &segment.content {
        SegmentContent::Bell(bell) => Some(bell.every),
        _ => None,
    });
    assert_eq!(every, Some(Duration::from_secs(15)));
    assert_eq!(made.summary.title, "Three Bells");
    assert_eq!(made.wanted.map(|wanted| wanted.shortest), Some(Duration::from_mins(2)));
    assert_eq!(notes(&made), ["7: \"SFX: ocean waves, fade in\" is not understood; it is a comment in the manifest",]);
    assert_manifest_reads_like_a_script(&made);
}

/// Comments are directly above their segment, and segments are separated by exactly one empty line.
fn assert_manifest_reads_like_a_script(made: &ConvertedScript) {
    let start = made.manifest.find("\n\n#").expect("a comment above a segment");
    let expected = "\n\n# SFX: ocean waves, fade in\n[[segment]]\nid = \"hear-the-waves-come\"\nsay = \"Hear the waves come in. Hear them go out.\"\n\n[[segment]]\nsilence = \"10s\"\n\n# softer, much softer\n[[segment]]\n";
    assert!(made.manifest[start..].starts_with(expected), "{}", made.manifest);
}
