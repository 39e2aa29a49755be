//! Scripts in conventions of other languages, courses and tools.

use std::path::Path;
use std::time::Duration;

use super::{convert_text, notes, outline, session};
use crate::script::{ScriptError, convert};

macro_rules! script {
    ($name:literal) => {
        convert_text($name, include_str!(concat!("scripts/", $name)))
    };
}

#[test]
fn german_with_hard_line_breaks_is_read() {
    let converted = script!("sitzen.md");
    assert_eq!(
        outline(&converted),
        [
            "bowl x3",
            "Setze dich so hin, wie es heute geht. Der Rücken ist aufrecht, und die Schultern dürfen sinken.",
            "8s",
            "Lass den Atem kommen und gehen, ohne ihn zu lenken.",
            "30s",
            "Wenn du merkst, dass du „ganz woanders“ warst, ist das schon der Weg zurück.",
            "2m",
            "15s",
            "Und nun öffne die Augen, wenn du magst.",
            "bowl x1",
        ]
    );
    let session = session(&converted);
    assert_eq!((session.title.as_str(), session.language.as_str()), ("Sitzen am Abend", "de"));
    assert_eq!(converted.stated_length.map(|length| length.shortest), Some(Duration::from_mins(4)));
    let notes = notes(&converted);
    assert_eq!(notes[1], "1: the script seems to be in German, so the session has language = \"de\"");
    assert!(converted.manifest.contains("# Hinweis: langsam sprechen.\n"), "{}", converted.manifest);
}

#[test]
fn spanish_with_guillemets_is_read() {
    let converted = script!("respirar.md");
    assert_eq!(
        outline(&converted),
        [
            "# 1. Llegar",
            "Deja las manos sobre la mesa, y siente el peso de los brazos.",
            "8s",
            "Todo lo que falta puede esperar.",
            "# 2. Respirar",
            "Inhala por la nariz.",
            "5s",
            "Y exhala por la boca.",
            "1m",
            "Así está bien.",
            "bowl x3",
        ]
    );
    assert_eq!(session(&converted).language, "es");
    assert_eq!(converted.stated_length.map(|length| length.shortest), Some(Duration::from_mins(3)));
    assert!(converted.manifest.ends_with("# Instrucciones TTS:\n# Velocidad: lenta.\n# Pausas: largas.\n"));
}

#[test]
fn quotations_of_several_paragraphs_are_spoken() {
    let converted = script!("deepener.md");
    assert_eq!(
        outline(&converted),
        [
            "# Settling",
            "Welcome. You can lie down, or sit, whichever is kinder today.",
            "There is no need to close the eyes. A spot on the wall is enough.",
            "Feel how the floor holds the feet.",
            "# Going further - slowly, about 2 minutes",
            "Picture a harbour at dusk. The boats are tied, and the water is flat.",
            "8s",
            "Nothing has to leave tonight.",
            "Three… the first lamp. Two… the second. One… the water keeps them both.",
            "bowl x2",
            "# Return",
            "In a moment the room comes back.",
            "Move the fingers, if they want to.",
        ]
    );
    assert!(converted.manifest.contains("# The guide waits for the room to become quiet.\n"), "{}", converted.manifest);
}

#[test]
fn times_at_the_beginning_of_lines_become_comments() {
    // With the line breaks and the byte order mark of Windows.
    let text = format!("\u{feff}{}", include_str!("scripts/timed.txt").replace('\n', "\r\n"));
    let converted = convert_text("timed.txt", &text);
    assert_eq!(
        outline(&converted),
        [
            "Welcome. Let the bed carry you.",
            "Hear the sea, far out... and nearer.",
            "15s",
            "One wave comes in.",
            "One wave goes out.",
            "Let the next one come by itself.",
            "1m30s",
        ]
    );
    assert_eq!(converted.stated_length.map(|length| length.longest), Some(Duration::from_mins(3)));
    assert_eq!(notes(&converted).len(), 1, "{:?}", notes(&converted));
    assert!(
        notes(&converted)[0].starts_with("3: the times at the lines, up to 3:00, are comments"),
        "{:?}",
        notes(&converted)
    );
    assert!(converted.manifest.contains("# 0:50\n[[segment]]\nid = \"one-wave-comes-in\""), "{}", converted.manifest);
}

#[test]
fn sections_for_the_teacher_become_comments() {
    let converted = script!("lesson.md");
    assert_eq!(
        outline(&converted),
        [
            "4s",
            "Think of somebody who makes you smile...",
            "3s",
            "and let them sit across from you.",
            "May you be well...",
            "10s",
            "\"May you be at ease.\"",
            "12s",
            "# Rest",
            "Rest here.",
            "1m",
            "bowl x1",
        ]
    );
    assert_eq!(converted.summary.title, "Kindness for a friend");
    assert_eq!(converted.stated_length.map(|length| length.shortest), Some(Duration::from_mins(6)));
    for comment in
        ["# Extend warmth to somebody who is easy to like.", "# 01:00-05:00 Wishes (4 min)", "# In a large group"]
    {
        assert!(converted.manifest.contains(comment), "{comment} in {}", converted.manifest);
    }
    let notes = notes(&converted);
    assert!(notes[0].starts_with("3: the section \"Purpose\" is for the guide"), "{notes:?}");
    assert!(notes.last().unwrap().starts_with("37: the section \"Notes for the teacher\""), "{notes:?}");
}

#[test]
fn pauses_after_slashes_line_names_and_links_are_read() {
    let converted = script!("slashes.txt");
    assert_eq!(
        outline(&converted),
        [
            "Come in, and sit by the door.",
            "2s",
            "Keep the coat on,",
            "1.5s",
            "or hang it up.",
            "5s",
            "Look out of the window.",
            "2.5s",
            "Come back to the breath.",
            "the weight of the cup",
            "the warmth of the cup",
            "10s",
            "Drink, and/or wait.",
        ]
    );
    for id in ["id = \"arrive-door\"\n", "id = \"arrive-coat\"\n", "id = \"sit-window\"\n"] {
        assert!(converted.manifest.contains(id), "{}", converted.manifest);
    }
}

#[test]
fn bold_titles_directly_above_their_text_become_chapters() {
    let converted = script!("minutes.md");
    assert_eq!(
        outline(&converted),
        [
            "# 1. Arrive",
            "Put both feet down. Nothing is due for a while.",
            "# 2. Breathe",
            "Breathe in for four… and out for six.",
            "20s",
            "# 🌿 3. Look Around and Name Things",
            "Find one thing that is green.",
            "5s",
            "1m15s",
            "# Closing",
            "Back to the day, then.",
        ]
    );
    assert_eq!(notes(&converted), [""; 0]);
    assert_eq!(
        converted.stated_length.map(|length| (length.shortest.as_secs(), length.longest.as_secs())),
        Some((300, 420))
    );
}

#[test]
fn texts_in_json_are_followed_by_their_pauses() {
    let converted = script!("list.json");
    assert_eq!(
        outline(&converted),
        [
            "Stand at the foot of the stairs.",
            "3s",
            "One step up.",
            "2.5s",
            "gong x1",
            "Stay there.",
            "750ms",
            "And down again.",
        ]
    );
    assert_eq!(converted.summary.title, "The Stairs");
}

#[test]
fn tables_with_a_column_of_words_are_spoken() {
    let converted = script!("table.md");
    assert_eq!(
        outline(&converted),
        ["Sit down, both of you.", "10s", "Look at the cup (it may be empty).", "1m", "Thank each other.", "bowl x1",]
    );
    assert!(converted.manifest.contains("# 0:30\n[[segment]]\nid = \"look-at-the-cup\""), "{}", converted.manifest);
    assert_eq!(notes(&converted), [""; 0]);
    let converted = convert_text("a.md", "Rest.\n\n| Day | Practice |\n|---|---|\n| 1 | Sit |\n");
    assert!(converted.manifest.contains("# 1 · Sit"), "{}", converted.manifest);
}

#[test]
fn pauses_as_sentences_and_a_title_above_emphasis_are_read() {
    let converted = script!("sentences.txt");
    assert_eq!(converted.summary.title, "The stairs at night");
    assert_eq!(
        outline(&converted),
        [
            "Stand still.",
            "10s",
            "One step. Pause for a moment, and hear the house.",
            "Softly now.",
            "2.5s",
            "And rest.",
            "45s",
            "5s",
            "The top is near.",
            "1m30s",
        ]
    );
    assert_eq!(
        notes(&converted),
        [
            "3: \"Pause 10 seconds.\" is a pause, and is not spoken",
            "5: \"Pause for 2.5 seconds.\" is a pause, and is not spoken",
        ]
    );
    assert!(converted.manifest.ends_with("# *** End ***\n"), "{}", converted.manifest);
}

#[test]
fn italics_are_spoken_if_most_paragraphs_are_in_italics() {
    let converted = convert_text("a.md", &"*Rest for as long as you like.*\n\n*(Pause)*\n\n".repeat(5));
    assert_eq!((converted.summary.lines, converted.summary.silences), (5, 5), "{}", converted.manifest);
    assert!(notes(&converted).iter().all(|note| note.ends_with("this pause has no length; it became 8 seconds")));
    let converted = convert_text("a.md", &"*Look around you.*\n\nListen.\n\nAnd rest.\n\n".repeat(5));
    assert_eq!(converted.summary.lines, 15);
    assert_eq!(notes(&converted).len(), 1, "{:?}", notes(&converted));
    assert!(
        notes(&converted)[0].starts_with("1: 5 paragraphs in italics, such as this one, are spoken"),
        "{:?}",
        notes(&converted)
    );
}

#[test]
fn other_documents_are_refused() {
    for (text, kind) in [
        ("<!DOCTYPE html>\n<html><body>Rest here.</body></html>", "a web page"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nRest here.\n", "a file of subtitles"),
        ("1\n00:00:01,000 --> 00:00:02,500\nRest here.\n", "a file of subtitles"),
    ] {
        assert_eq!(convert(text.as_bytes(), Path::new("a.txt")).unwrap_err(), ScriptError::NotText(kind));
    }
}
