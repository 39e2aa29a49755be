//! All keys, in windows of 20, 60 and 80 columns.

use std::thread;

use rustix::process::Signal;

use super::window::{DEBOUNCE, SESSION, Window};

/// Presses a key and waits for a text. No line may wrap into the next row.
#[track_caller]
fn press_and_see(window: &mut Window, key: &str, text: &str) {
    window.press(key);
    window.wait_for_text(text);
    assert!(!window.wraps(), "{key:?}");
}

/// Presses a key and waits until a text is gone.
#[track_caller]
fn press_until_gone(window: &mut Window, key: &str, text: &str) {
    window.press(key);
    window.wait_for_screen(|screen| !screen.contains(text));
}

fn check_all_keys(columns: u16) {
    let mut window = Window::play(SESSION, columns, &[]);
    window.wait_for_text("q leave");
    assert!(window.cursor_is_hidden());
    press_and_see(&mut window, " ", "paused");
    // While the session is paused, its clock shows where a key has jumped to.
    press_and_see(&mut window, "n", " 10:00 ");
    press_and_see(&mut window, ".", " 10:10 ");
    press_and_see(&mut window, ",", " 10:00 ");
    press_and_see(&mut window, "\x1b[C", " 20:00 ");
    press_and_see(&mut window, "p", " 10:00 ");
    press_and_see(&mut window, "\x1b[D", " 0:00 ");
    press_and_see(&mut window, "N", " 10:00 ");
    press_and_see(&mut window, "P", " 0:00 ");
    press_and_see(&mut window, "\x1b[A", "volume +1.5 dB");
    press_and_see(&mut window, "-", "volume 0.0 dB");
    press_and_see(&mut window, "\x1b[B", "volume -1.5 dB");
    press_and_see(&mut window, "+", "volume 0.0 dB");
    window.wait_for_text("space continues");
    // An unknown key shows the most important keys.
    press_until_gone(&mut window, "x", "volume");
    window.wait_for_text("space continues");
    press_until_gone(&mut window, "c", "silence");
    thread::sleep(DEBOUNCE);
    press_and_see(&mut window, "c", "silence");
    for key in ["?", "h"] {
        press_and_see(&mut window, key, "ten seconds");
        for word in ["pause", "soften", "leave", "next part", "back", "volume", "captions", "keys"] {
            window.wait_for_text(word);
        }
        // Another key closes the help.
        window.press("c");
        window.wait_for_screen(|screen| !screen.contains("ten seconds"));
    }
    press_until_gone(&mut window, " ", "paused");
    press_and_see(&mut window, "s", "Softly");
    press_until_gone(&mut window, "n", "Softly");
    press_and_see(&mut window, "-", "volume -1.5 dB");
    press_and_see(&mut window, "z", "q leave");
    press_and_see(&mut window, "q", "leaving");
    window.wait_for_text("Farewell.");
    press_and_see(&mut window, "?", "ten seconds");
    assert_eq!(window.wait_for_clean_exit(), 0);
    let hint = "to continue later: karuna play x.toml --voice none --output null";
    // The terminal may still be reading what the program printed last.
    let remaining = window.wait_for_screen(|screen| !screen.contains("ten seconds") && screen.contains(hint));
    assert_eq!(remaining.trim(), format!("Three rooms, 30m2s\n\n{hint}"));
}

#[test]
fn all_keys_work_in_20_columns() {
    check_all_keys(20);
}

#[test]
fn all_keys_work_in_60_columns() {
    check_all_keys(60);
}

#[test]
fn all_keys_work_in_80_columns() {
    check_all_keys(80);
}

#[test]
fn escape_leaves_and_a_second_escape_stops() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.wait_for_text("q leave");
    window.press("\x1b");
    window.wait_for_text("leaving");
    thread::sleep(DEBOUNCE);
    window.press("\x1b");
    assert_eq!(window.wait_for_clean_exit(), 130);
}

#[test]
fn ctrl_c_leaves_and_a_second_ctrl_c_stops() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.wait_for_text("q leave");
    window.press("\x03\x03");
    window.wait_for_text("Farewell.");
    thread::sleep(DEBOUNCE);
    window.press("\x03");
    assert_eq!(window.wait_for_clean_exit(), 130);
}

#[test]
fn auto_repeat_of_a_leave_key_counts_once() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.wait_for_text("q leave");
    window.press(&"q".repeat(40));
    window.wait_for_text("Farewell.");
    assert_eq!(window.wait_for_clean_exit(), 0);
}

#[test]
fn a_second_different_leave_key_stops_immediately() {
    let session = SESSION.replace("say = \"Farewell.\"", "silence = \"1h\"");
    let mut window = Window::play(&session, 80, &[]);
    window.wait_for_text("q leave");
    window.press("q\x1b");
    assert_eq!(window.wait_for_clean_exit(), 130);
}

#[test]
fn signals_leave_gently_even_when_two_arrive_at_once() {
    let all = [&[Signal::TERM][..], &[Signal::HUP, Signal::HUP], &[Signal::TERM, Signal::HUP], &[Signal::INT]];
    let windows = all.map(|signals| (Window::play(SESSION, 80, &[]), signals));
    for (window, signals) in &windows {
        window.wait_for_text("q leave");
        for signal in *signals {
            window.signal(*signal);
        }
    }
    for (mut window, signals) in windows {
        assert_eq!(window.wait_for_clean_exit(), 0, "{signals:?}");
        assert!(window.written().contains("Farewell."), "{signals:?}");
    }
}

#[test]
fn a_second_signal_stops_immediately() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.wait_for_text("q leave");
    window.signal(Signal::TERM);
    window.wait_for_text("leaving");
    window.signal(Signal::TERM);
    assert_eq!(window.wait_for_clean_exit(), 130);
}

#[test]
fn a_quit_signal_stops_immediately() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.wait_for_text("q leave");
    window.signal(Signal::QUIT);
    assert_eq!(window.wait_for_clean_exit(), 130);
}

#[test]
fn an_incomplete_escape_sequence_swallows_no_key() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.wait_for_text("q leave");
    window.press("\x1b[<");
    thread::sleep(DEBOUNCE);
    window.press("q");
    window.wait_for_text("leaving");
    assert_eq!(window.wait_for_clean_exit(), 0);
}

#[test]
fn space_during_the_fade_cancels_the_exit() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.wait_for_text("q leave");
    window.press("q");
    window.wait_for_text("leaving");
    window.press(" ");
    window.wait_for_screen(|screen| screen.contains("exit cancelled") && screen.contains("One"));
    thread::sleep(DEBOUNCE);
    window.press("q");
    window.wait_for_text("Farewell.");
    assert_eq!(window.wait_for_clean_exit(), 0);
}
