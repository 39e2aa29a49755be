//! Scripts in twelve common notations.

use std::time::Duration;

use super::{convert_text, notes, outline, session};
use crate::manifest::session::SegmentContent;
use crate::script::ConvertedScript;

macro_rules! script {
    ($name:literal) => {
        convert_text($name, include_str!(concat!("scripts/", $name)))
    };
}

#[test]
fn pauses_in_brackets_are_read() {
    let converted = script!("brackets.txt");
    assert_eq!(converted.summary.title, "A Short Rest by the Window");
    assert_eq!(
        outline(&converted),
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
    assert_eq!(notes(&converted), ["8: this pause has no length; it became 8 seconds"]);
}

#[test]
fn counts_and_dots_become_pauses() {
    let converted = script!("counts.txt");
    assert_eq!(
        outline(&converted),
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
    let without_length = |line: usize| format!("{line}: this pause has no length; it became 8 seconds");
    assert_eq!(notes(&converted), [without_length(6), without_length(12), without_length(16)]);
}

#[test]
fn titles_speakers_and_separate_lines_are_read() {
    let converted = script!("headings.txt");
    assert_eq!(
        outline(&converted),
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
    let session = session(&converted);
    assert_eq!((session.title.as_str(), session.teacher.as_deref()), ("The Mountain", Some("M. Ridge")));
    assert_eq!(converted.stated_length.map(|length| length.shortest), Some(Duration::from_mins(5)));
    assert!(converted.manifest.contains("# Focus: steadiness\n"), "{}", converted.manifest);
    assert!(
        converted.manifest.contains("# softly\n[[segment]]\nid = \"let-the-weather-pass\""),
        "{}",
        converted.manifest
    );
    assert!(converted.manifest.contains("# 2 minutes\n"), "{}", converted.manifest);
}

#[test]
fn only_quoted_speech_is_spoken_and_italics_are_for_the_guide() {
    let converted = script!("model.md");
    assert_eq!(
        outline(&converted),
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
    let session = session(&converted);
    assert_eq!((session.title.as_str(), session.language.as_str()), ("Soft Evening", "en-US"));
    assert_eq!(converted.stated_length.map(|length| length.longest), Some(Duration::from_mins(10)));
    assert!(
        converted.manifest.contains("# Speak more slowly here.\n[[segment]]\nid = \"feel-the-breath-in\""),
        "{}",
        converted.manifest
    );
    assert_eq!(
        notes(&converted),
        [
            "14: this pause has no exact length; it became 15 seconds",
            "26: this pause has no length; it became 8 seconds",
            "28: this pause has no exact length; it became 3 minutes",
        ]
    );
}

#[test]
fn text_outside_quotation_marks_is_for_the_guide() {
    let converted = script!("class.md");
    assert_eq!(
        outline(&converted),
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
    assert_eq!(converted.summary.title, "Sitting together");
    let comments = ["# The teacher waits until everybody sits.\n", "# the teacher says quietly.\n"];
    assert!(comments.iter().all(|comment| converted.manifest.contains(comment)), "{}", converted.manifest);
    assert!(converted.manifest.contains("silence = \"2m\"\nmost = \"3m\"\n"), "{}", converted.manifest);
    let notes = notes(&converted);
    assert_eq!(notes[0], "9: this pause became an open silence, which lasts until the listener continues");
    assert!(
        notes[1].starts_with("19: a second pause that waits for the listener became 8 seconds, because"),
        "{notes:?}"
    );
}

#[test]
fn only_block_quotations_are_spoken() {
    let converted = script!("quotation.md");
    assert_eq!(
        outline(&converted),
        ["You are here. That is enough.", "20s", "Let the day be over.", "Let the night come.", "10s", "bowl x1"]
    );
    assert_eq!(converted.summary.title, "Quotation");
    assert_eq!(converted.stated_length.map(|length| length.shortest), Some(Duration::from_mins(3)));
    assert!(converted.manifest.contains("# Here is the script. Read it slowly"), "{}", converted.manifest);
}

#[test]
fn lists_links_and_code_are_read() {
    let converted = script!("list.md");
    assert_eq!(
        outline(&converted),
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
    assert_eq!(converted.summary.title, "Five things");
    assert!(converted.manifest.contains("id = \"say-the-word-metta\""), "{}", converted.manifest);
}

#[test]
fn the_markup_of_speech_services_is_read() {
    let converted = script!("speech.ssml");
    assert_eq!(
        outline(&converted),
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
    assert_eq!(session(&converted).language, "en-GB");
    assert!(converted.manifest.contains("id = \"arrival\"\nsay = \"Good evening."), "{}", converted.manifest);
    assert!(converted.manifest.contains("# read by a calm voice\n"), "{}", converted.manifest);
    assert_eq!(
        notes(&converted),
        [
            "10: \"WHO\" is replaced by its alias, as the script asks",
            "12: this pause has no length; it became 8 seconds",
            "14: the sound \"https://example.org/ocean.mp3\" is not understood; it is a comment in the manifest",
        ]
    );
}

#[test]
fn steps_in_json_are_read() {
    let converted = script!("steps.json");
    assert_eq!(
        outline(&converted),
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
    assert_eq!(converted.summary.title, "Grounding at Noon");
    let notes = notes(&converted);
    assert!(notes[0].starts_with("9: this pause became an open silence"), "{notes:?}");
    assert!(notes[1].starts_with("12: a second pause that waits for the listener"), "{notes:?}");
    assert!(notes[2].starts_with("13: the sound \"waves\" is not understood"), "{notes:?}");
    assert!(converted.manifest.contains("# Calm, slow voice\n"), "{}", converted.manifest);
}

#[test]
fn phrases_in_json_are_read() {
    let converted = script!("phrases.json");
    assert_eq!(
        outline(&converted),
        ["bowl x1", "The field is white.", "1.2s", "Nothing moves.", "35s", "You can go now.", "bowl x1"]
    );
    let session = session(&converted);
    assert_eq!((session.title.as_str(), session.settle), ("Snow on the Field", Duration::from_secs(6)));
    assert_eq!(converted.stated_length.map(|length| length.shortest), Some(Duration::from_mins(2)));
    assert!(notes(&converted)[0].starts_with("7: the music is left out"), "{:?}", notes(&converted));
    assert!(converted.manifest.contains("# exhales\n"), "{}", converted.manifest);
}

#[test]
fn times_of_a_recording_become_comments() {
    let converted = script!("timestamps.txt");
    assert_eq!(
        outline(&converted),
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
    let notes = notes(&converted);
    assert!(notes[0].starts_with("1: the times at the lines, up to 3:00, are comments"), "{notes:?}");
    assert!(notes[1].starts_with("4: \"SFX: rain on a roof\" is not understood"), "{notes:?}");
    assert!(notes[2].starts_with("8: this pause became an open silence"), "{notes:?}");
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(converted.manifest.contains("# Note: slow down from here.\n"), "{}", converted.manifest);
}

#[test]
fn labels_html_and_unclosed_brackets_are_read() {
    let converted = script!("studio.md");
    assert_eq!(
        outline(&converted),
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
    let every = session(&converted).segments.iter().find_map(|segment| match &segment.content {
        SegmentContent::Bell(bell) => Some(bell.every),
        _ => None,
    });
    assert_eq!(every, Some(Duration::from_secs(15)));
    assert_eq!(converted.summary.title, "Three Bells");
    assert_eq!(converted.stated_length.map(|length| length.shortest), Some(Duration::from_mins(2)));
    assert_eq!(
        notes(&converted),
        ["7: \"SFX: ocean waves, fade in\" is not understood; it is a comment in the manifest",]
    );
    assert_manifest_reads_like_a_script(&converted);
}

/// Comments are directly above their segment, and segments are separated by exactly one empty line.
fn assert_manifest_reads_like_a_script(converted: &ConvertedScript) {
    let start = converted.manifest.find("\n\n#").expect("a comment above a segment");
    let expected = "\n\n# SFX: ocean waves, fade in\n[[segment]]\nid = \"hear-the-waves-come\"\nsay = \"Hear the waves come in. Hear them go out.\"\n\n[[segment]]\nsilence = \"10s\"\n\n# softer, much softer\n[[segment]]\n";
    assert!(converted.manifest[start..].starts_with(expected), "{}", converted.manifest);
}
