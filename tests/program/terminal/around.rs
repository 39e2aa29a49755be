//! Job control, closed windows, blocked terminals and missing devices.

use portable_pty::CommandBuilder;
use rustix::process::Signal;

use super::window::{SESSION, Window};

#[test]
fn suspending_restores_the_terminal_and_continuing_stays_paused() {
    let mut window = Window::play(SESSION, 80, &[]);
    window.see_text("q leave");
    for _ in 0..2 {
        window.press("\x1a\x1a");
        window.until_state('T');
        window.assert_restored();
        window.see(|screen| screen.trim() == "Three rooms, 30m2s");
        window.signal(Signal::CONT);
        window.see_text("paused");
        assert!(window.cursor_is_hidden());
    }
    window.press(" ");
    window.see(|screen| !screen.contains("paused"));
    window.press("q");
    assert_eq!(window.end(), 0);
}

#[test]
fn suspending_during_the_closing_ends_immediately() {
    let session = SESSION.replace("say = \"Farewell.\"", "silence = \"1h\"");
    let mut window = Window::play(&session, 80, &[]);
    window.see_text("q leave");
    window.press("q");
    window.see_text("closing");
    window.press("\x1a\x1a");
    assert_eq!(window.end(), 130);
}

#[test]
fn a_background_job_keeps_running_without_reading_or_drawing() {
    let mut shell = CommandBuilder::new("bash");
    shell.args(["--norc", "--noprofile", "-i"]);
    shell.env("PS1", "$ ");
    let mut window = Window::open(SESSION, 80, shell);
    window.see_text("$");
    let karuna = env!("CARGO_BIN_EXE_karuna");
    window.press(&format!("stty tostop; PATH={}:$PATH; clear\r", karuna.trim_end_matches("/karuna")));
    window.press("karuna play x.toml --output null --no-bell &\r");
    // These keys go to the shell, so none of them leaves or pauses.
    window.press("echo quiet; jobs\r");
    let screen = window.see_text("Running");
    assert!(!screen.contains("silence,"), "{screen}");
    window.press("fg\r");
    window.see_text("(silence, 10 minutes)");
    assert!(window.cursor_is_hidden());
    window.press(" ");
    window.see_text("paused");
    window.press("\x1a");
    window.see_text("Stopped");
    window.press("clear; bg; jobs\r");
    window.see_text("Running");
    window.press("fg\r");
    window.see_text("paused");
    window.press("q");
    window.see_text("Farewell.");
    window.see(|screen| screen.trim_end().ends_with('$'));
    window.press("echo code $?; exit\r");
    window.see_text("code 0");
    assert_eq!(window.exit_code(), 0);
}

#[test]
fn closing_the_window_exits_gently() {
    let mut windows = ["--volume=0", "--plain", "--json"].map(|argument| Window::play(SESSION, 80, &[argument]));
    for window in &mut windows {
        window.see(|screen| screen.contains("ilence") || screen.contains("start"));
        window.close();
    }
    for window in &mut windows {
        assert_eq!(window.exit_code(), 0);
    }
}

#[test]
fn no_input_leaves_standard_input_alone() {
    let mut window = Window::play(SESSION, 80, &["--no-input"]);
    let screen = window.see_text("(silence, 10 minutes)");
    assert!(!screen.contains("leave"), "{screen}");
    let modes = window.modes();
    assert!(modes.contains("ICANON"), "{modes}");
    window.press("q");
    window.see_text(" 0:02 ");
    window.signal(Signal::TERM);
    window.see_text("Farewell.");
    assert_eq!(window.end(), 0);
}

#[test]
fn without_a_device_the_session_continues_with_captions() {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_karuna"));
    command.args(["play", "x.toml", "--voice", "none"]);
    command.env("PULSE_SERVER", "unix:/nowhere");
    command.env("ALSA_CONFIG_PATH", "/dev/null");
    let mut window = Window::open(SESSION, 80, command);
    window.see(|screen| screen.replace('\n', " ").contains("no sound device was found"));
    window.see_text("(silence, 10 minutes)");
    window.press("q");
    window.see_text("Farewell.");
    assert_eq!(window.end(), 0);
}

#[test]
fn a_blocked_terminal_does_not_prevent_leaving() {
    let windows = ["--volume=0", "--plain", "--json"].map(|argument| Window::play(SESSION, 80, &[argument]));
    for window in &windows {
        window.see(|screen| screen.contains("ilence") || screen.contains("start"));
        window.stop_output();
        window.signal(Signal::TERM);
    }
    for mut window in windows {
        assert_eq!(window.exit_code(), 0);
    }
}

#[test]
fn a_finished_session_prints_one_line() {
    for argument in ["--volume=0", "--plain"] {
        let mut window = Window::play(SESSION, 80, &[argument, "--from", "29m59s"]);
        window.see_text("the session is over");
        assert_eq!(window.end(), 0);
    }
}
