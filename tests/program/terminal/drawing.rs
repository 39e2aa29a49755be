//! Drawing: few bytes, every width, plain output, and escaped control characters.

use super::window::{SESSION, Window};

/// Returns the rows that are not empty.
fn rows(screen: &str) -> Vec<&str> {
    screen.lines().map(str::trim_end).filter(|row| !row.is_empty()).collect()
}

#[test]
fn updates_during_silence_write_few_bytes_and_never_clear() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.wait_for_text(" 0:01 ");
    let before = window.written().len();
    window.wait_for_text(" 0:04 ");
    let written = window.written()[before..].to_owned();
    assert!(written.len() < 3 * 400, "{} bytes: {written:?}", written.len());
    for clears in ["\x1b[2J", "\x1b[J", "\x1b[H", "\x1b[2K"] {
        assert!(!written.contains(clears), "{written:?}");
    }
    window.press("q");
    assert_eq!(window.wait_for_clean_exit(), 0);
}

#[test]
fn the_display_fits_after_a_resize() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.wait_for_text("? keys");
    window.press(" ");
    window.wait_for_text("paused");
    for (columns, silence) in
        [(60, "(silence, 10 minutes)"), (20, "(silence 10:00)"), (12, "(silence"), (80, "silence, 10")]
    {
        window.resize(columns);
        let screen = window.wait_for_screen(|screen| screen.contains(silence) && rows(screen).len() <= 4);
        assert_eq!(screen.matches("silence").count(), 1, "{screen}");
        assert!(!window.wraps(), "{screen}");
    }
    window.press("q");
    assert_eq!(window.wait_for_clean_exit(), 0);
}

#[test]
fn the_display_fits_after_many_resizes() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.wait_for_text("? keys");
    for columns in (0..60).map(|step| 20 + step * 37 % 101) {
        window.resize(columns);
        // About as fast as a user drags an edge, and not synchronised with the drawing.
        std::thread::sleep(std::time::Duration::from_millis(23));
    }
    window.press(" ");
    window.resize(80);
    let screen = window.wait_for_screen(|screen| screen.contains("paused") && screen.contains("(silence, 10 minutes)"));
    assert!(rows(&screen).len() <= 4 && screen.matches("silence").count() == 1, "{screen}");
    assert!(!window.wraps(), "{screen}");
    window.press("q");
    assert_eq!(window.wait_for_clean_exit(), 0);
}

#[test]
fn no_color_disables_colours_and_dumb_terminals_get_plain_lines() {
    let all = [(&[("NO_COLOR", "1")][..], &[][..]), (&[("TERM", "dumb")], &[]), (&[], &["--plain"][..])];
    let windows = all.map(|(variables, arguments)| (Window::play_with(SESSION, 80, arguments, variables), variables));
    for (mut window, variables) in windows {
        window.wait_for_text("ilence");
        window.press(" ");
        window.wait_for_text("paused");
        window.press("n");
        window.wait_for_text("10:00");
        window.press("q");
        window.wait_for_text("Farewell.");
        assert_eq!(window.wait_for_clean_exit(), 0);
        let written = window.written();
        let is_plain = variables.is_empty() || variables[0].0 == "TERM";
        assert_eq!(is_plain, !written.contains('\x1b'), "{written:?}");
        assert!(!written.contains("\x1b[2m"), "{written:?}");
        if is_plain {
            let silence = "(A silence of 10 minutes.)";
            assert_eq!(written.matches(silence).count(), 2, "once for each part: {written}");
        }
    }
}

#[test]
fn control_characters_in_a_manifest_are_escaped() {
    let session = "format = 1\ntitle = \"one \\u001b[2J two\"\n[[segment]]\nchapter = \"a\\u009bb\"\nsay = \"\\u001b]0;x\\u0007 three \\u202e four\"\n[[segment]]\nsilence = \"1h\"\n[[exit]]\nsilence = \"100ms\"\n";
    for arguments in [&[][..], &["--plain"]] {
        let mut window = Window::play(session, 80, arguments);
        let screen = window.wait_for_text("four");
        for shown in ["one \\u{1b}[2J two", "a\\u{9b}b", "\\u{1b}]0;x\\u{7} three \\u{202e} four"] {
            assert!(screen.contains(shown), "{screen}");
        }
        window.press("q");
        assert_eq!(window.wait_for_clean_exit(), 0);
        let written = window.written();
        assert!(!written.contains("\x1b[2J") && !written.contains(['\u{9b}', '\u{7}', '\u{202e}']), "{written:?}");
    }
}
