//! Every key, in windows of 20, 60 and 80 columns.

use std::thread;

use rustix::process::Signal;

use super::window::{ANOTHER_WISH, SESSION, Window};

/// Waits for a text that a key brings, and finds no line that goes on in the next row.
#[track_caller]
fn brings(window: &mut Window, key: &str, text: &str) {
    window.press(key);
    window.see_text(text);
    assert!(!window.wraps(), "{key:?}");
}

/// Waits until a text that a key takes away is gone.
#[track_caller]
fn takes_away(window: &mut Window, key: &str, text: &str) {
    window.press(key);
    window.see(|screen| !screen.contains(text));
}

fn all_keys(columns: u16) {
    let mut window = Window::play(SESSION, columns, &[]);
    window.see_text("q leave");
    assert!(window.cursor_is_hidden());
    brings(&mut window, " ", "paused");
    // While the session is paused, its clock says where a key has led.
    brings(&mut window, "n", " 10:00 ");
    brings(&mut window, ".", " 10:10 ");
    brings(&mut window, ",", " 10:00 ");
    brings(&mut window, "\x1b[C", " 20:00 ");
    brings(&mut window, "p", " 10:00 ");
    brings(&mut window, "\x1b[D", " 0:00 ");
    brings(&mut window, "N", " 10:00 ");
    brings(&mut window, "P", " 0:00 ");
    brings(&mut window, "\x1b[A", "volume +1.5 dB");
    brings(&mut window, "-", "volume 0.0 dB");
    brings(&mut window, "\x1b[B", "volume -1.5 dB");
    brings(&mut window, "+", "volume 0.0 dB");
    window.see_text("space continues");
    // Nothing that is known: the keys that help on.
    takes_away(&mut window, "x", "volume");
    window.see_text("space continues");
    takes_away(&mut window, "c", "silence");
    thread::sleep(ANOTHER_WISH);
    brings(&mut window, "c", "silence");
    for key in ["?", "h"] {
        brings(&mut window, key, "ten seconds");
        for word in ["pause", "soften", "leave", "next part", "back", "volume", "words", "keys"] {
            window.see_text(word);
        }
        window.press("c");
        window.see(|screen| !screen.contains("ten seconds"));
    }
    takes_away(&mut window, " ", "paused");
    brings(&mut window, "s", "Softly");
    takes_away(&mut window, "n", "Softly");
    brings(&mut window, "-", "volume -1.5 dB");
    brings(&mut window, "z", "q leave");
    brings(&mut window, "q", "leaving");
    window.see_text("Farewell.");
    brings(&mut window, "?", "ten seconds");
    assert_eq!(window.end(), 0);
    let left = window.see(|screen| !screen.contains("ten seconds"));
    let hint = "to go on later: karuna play x.toml --voice none --output null";
    assert_eq!(left.trim(), format!("Three rooms, 30m2s\n\n{hint}"));
}

#[test]
fn all_keys_in_20_columns() {
    all_keys(20);
}

#[test]
fn all_keys_in_60_columns() {
    all_keys(60);
}

#[test]
fn all_keys_in_80_columns() {
    all_keys(80);
}

#[test]
fn escape_alone_leaves_and_once_more_stops() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.see_text("q leave");
    window.press("\x1b");
    window.see_text("leaving");
    thread::sleep(ANOTHER_WISH);
    window.press("\x1b");
    assert_eq!(window.end(), 130);
}

#[test]
fn ctrl_c_leaves_and_once_more_stops() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.see_text("q leave");
    window.press("\x03\x03");
    window.see_text("Farewell.");
    thread::sleep(ANOTHER_WISH);
    window.press("\x03");
    assert_eq!(window.end(), 130);
}

#[test]
fn a_key_that_comes_many_times_at_once_is_one_wish() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.see_text("q leave");
    window.press(&"q".repeat(40));
    window.see_text("Farewell.");
    assert_eq!(window.end(), 0);
}

#[test]
fn another_key_that_leaves_is_another_wish_at_once() {
    let session = SESSION.replace("say = \"Farewell.\"", "silence = \"1h\"");
    let mut window = Window::play(&session, 80, &[]);
    window.see_text("q leave");
    window.press("q\x1b");
    assert_eq!(window.end(), 130);
}

#[test]
fn signals_leave_gently_and_a_window_that_closes_sends_two() {
    let all = [&[Signal::TERM][..], &[Signal::HUP, Signal::HUP], &[Signal::TERM, Signal::HUP], &[Signal::INT]];
    let windows = all.map(|signals| (Window::play(SESSION, 80, &[]), signals));
    for (window, signals) in &windows {
        window.see_text("q leave");
        for signal in *signals {
            window.signal(*signal);
        }
    }
    for (mut window, signals) in windows {
        assert_eq!(window.end(), 0, "{signals:?}");
        assert!(window.written().contains("Farewell."), "{signals:?}");
    }
}

#[test]
fn signals_stop_at_once_when_they_come_again() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.see_text("q leave");
    window.signal(Signal::TERM);
    window.see_text("leaving");
    window.signal(Signal::TERM);
    assert_eq!(window.end(), 130);
    let mut window = Window::play(SESSION, 80, &[]);
    window.see_text("q leave");
    window.signal(Signal::QUIT);
    assert_eq!(window.end(), 130);
}

#[test]
fn an_incomplete_sequence_swallows_no_key() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.see_text("q leave");
    window.press("\x1b[<");
    thread::sleep(ANOTHER_WISH);
    window.press("q");
    window.see_text("leaving");
    assert_eq!(window.end(), 0);
}

#[test]
fn space_during_the_fade_stays() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.see_text("q leave");
    window.press("q");
    window.see_text("leaving");
    window.press(" ");
    window.see(|screen| screen.contains("staying") && screen.contains("One"));
    thread::sleep(ANOTHER_WISH);
    window.press("q");
    window.see_text("Farewell.");
    assert_eq!(window.end(), 0);
}
