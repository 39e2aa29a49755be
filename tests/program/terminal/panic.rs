//! A panic restores the terminal and prints its message below the display.

use std::io::Read;

use karuna::io::display::{Screen, ScreenLine};
use karuna::io::terminal::Modes;
use portable_pty::CommandBuilder;

use super::window::Window;

#[test]
fn a_panic_restores_the_terminal() {
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args([
        "--exact",
        "terminal::panic::in_a_terminal_of_its_own",
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ]);
    command.env("RUST_BACKTRACE", "0");
    let mut window = Window::open("", 80, command);
    window.wait_for_text("these words are drawn");
    assert!(window.cursor_is_hidden());
    assert!(!window.modes().contains("ICANON"), "{}", window.modes());
    window.press("x");
    assert_ne!(window.wait_for_clean_exit(), 0);
    let screen = window.wait_for_text("a deliberate panic");
    let rows: Vec<_> = screen.lines().collect();
    let drawn = rows.iter().position(|row| row.starts_with("these words are drawn")).unwrap();
    let message = rows.iter().position(|row| row.starts_with("a deliberate panic")).unwrap();
    assert!(drawn < message, "{screen}");
}

#[test]
#[ignore = "panics; a_panic_restores_the_terminal runs it in a terminal of its own"]
fn in_a_terminal_of_its_own() {
    let _modes = Modes::enter(true);
    let mut screen = Screen::default();
    let size = screen.layout_size().unwrap();
    screen.draw(vec![ScreenLine { text: "these words are drawn".to_owned(), dim: false }], size);
    std::io::stdin().read_exact(&mut [0]).unwrap();
    panic!("a deliberate panic");
}
