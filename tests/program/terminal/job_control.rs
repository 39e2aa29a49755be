//! Job control, closed windows, blocked terminals and missing devices.

use portable_pty::CommandBuilder;
use rustix::process::Signal;

use super::window::{SESSION, Window};

/// Ctrl-Z twice, which must suspend the program only once.
const CTRL_Z_TWICE: &str = "\x1a\x1a";

/// Returns whether a screen shows that playback has started: the first silence in a caption, at the start of a sentence or inside it, or the
/// event `start` in JSON.
fn has_started(screen: &str) -> bool {
    ["Silence", "silence", "start"].iter().any(|text| screen.contains(text))
}

#[test]
fn suspending_restores_the_terminal_and_the_session_is_paused_after_fg() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.wait_for_text("q leave");
    for _ in 0..2 {
        window.press(CTRL_Z_TWICE);
        window.wait_for_process_state('T');
        window.assert_restored();
        window.wait_for_screen(|screen| screen.trim() == "Three rooms, 30m2s");
        window.signal(Signal::CONT);
        window.wait_for_text("paused");
        assert!(window.cursor_is_hidden());
    }
    window.press(" ");
    window.wait_for_screen(|screen| !screen.contains("paused"));
    window.press("q");
    assert_eq!(window.wait_for_clean_exit(), 0);
}

#[test]
fn suspending_during_the_closing_passage_ends_the_program_immediately() {
    let session = SESSION.replace("say = \"Farewell.\"", "silence = \"1h\"");
    let mut window = Window::play(&session, 80, &[]);
    window.wait_for_text("q leave");
    window.press("q");
    window.wait_for_text("closing");
    window.press(CTRL_Z_TWICE);
    assert_eq!(window.wait_for_clean_exit(), 130);
}

#[test]
fn a_background_job_keeps_running_without_reading_or_drawing() {
    let mut shell = CommandBuilder::new("bash");
    shell.args(["--norc", "--noprofile", "-i"]);
    shell.env("PS1", "$ ");
    let mut window = Window::open(SESSION, 80, shell);
    window.wait_for_text("$");
    let karuna = env!("CARGO_BIN_EXE_karuna");
    window.press(&format!("stty tostop; PATH={}:$PATH; clear\r", karuna.trim_end_matches("/karuna")));
    window.press("karuna play x.toml --output null --no-bell &\r");
    // These keys go to the shell, so they neither quit nor pause the session.
    window.press("echo quiet; jobs\r");
    let screen = window.wait_for_text("Running");
    assert!(!screen.contains("silence,"), "{screen}");
    window.press("fg\r");
    window.wait_for_text("(silence, 10 minutes)");
    assert!(window.cursor_is_hidden());
    window.press(" ");
    window.wait_for_text("paused");
    window.press("\x1a");
    window.wait_for_text("Stopped");
    window.press("clear; bg; jobs\r");
    window.wait_for_text("Running");
    window.press("fg\r");
    window.wait_for_text("paused");
    window.press("q");
    window.wait_for_text("Farewell.");
    window.wait_for_screen(|screen| screen.trim_end().ends_with('$'));
    window.press("echo code $?; exit\r");
    window.wait_for_text("code 0");
    assert_eq!(window.wait_for_exit(), 0);
}

#[test]
fn closing_the_window_ends_the_program_with_code_0() {
    let mut windows = ["--volume=0", "--plain", "--json"].map(|argument| Window::play(SESSION, 80, &[argument]));
    for window in &mut windows {
        window.wait_for_screen(has_started);
        window.close();
    }
    for window in &mut windows {
        assert_eq!(window.wait_for_exit(), 0);
    }
}

#[test]
fn the_option_no_input_leaves_the_terminal_modes_alone() {
    let mut window = Window::play(SESSION, 80, &["--no-input"]);
    let screen = window.wait_for_text("(silence, 10 minutes)");
    assert!(!screen.contains("leave"), "{screen}");
    let modes = window.modes();
    assert!(modes.contains("ICANON"), "{modes}");
    window.press("q");
    window.wait_for_text(" 0:02 ");
    window.signal(Signal::TERM);
    window.wait_for_text("Farewell.");
    assert_eq!(window.wait_for_clean_exit(), 0);
}

#[test]
fn without_a_device_the_session_continues_with_captions() {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_karuna"));
    command.args(["play", "x.toml", "--voice", "none"]);
    command.env("PULSE_SERVER", "unix:/nowhere");
    command.env("ALSA_CONFIG_PATH", "/dev/null");
    let mut window = Window::open(SESSION, 80, command);
    window.wait_for_screen(|screen| screen.replace('\n', " ").contains("no sound device was found"));
    window.wait_for_text("(silence, 10 minutes)");
    window.press("q");
    window.wait_for_text("Farewell.");
    assert_eq!(window.wait_for_clean_exit(), 0);
}

#[test]
fn a_blocked_terminal_does_not_prevent_leaving() {
    let windows = ["--volume=0", "--plain", "--json"].map(|argument| Window::play(SESSION, 80, &[argument]));
    for window in &windows {
        window.wait_for_screen(has_started);
        window.stop_output();
        window.signal(Signal::TERM);
    }
    for mut window in windows {
        assert_eq!(window.wait_for_exit(), 0);
    }
}

#[test]
fn a_finished_session_says_that_it_is_over() {
    for argument in ["--volume=0", "--plain"] {
        let mut window = Window::play(SESSION, 80, &[argument, "--from", "29m59s"]);
        window.wait_for_text("the session is over");
        assert_eq!(window.wait_for_clean_exit(), 0);
    }
}
