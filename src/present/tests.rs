use super::layout::{fitted, hint, key_table, room, shares, wrapped};
use super::plain::PlainLines;
use super::progress::progress_line;
use super::scene::Scene;
use super::screen::{Footer, screen_lines};
use crate::io::terminal::Size;
use crate::playback::controls::KEYS;
use crate::text::width;
use proptest::prelude::*;

fn scene(label: &str, elapsed: &str, remaining: &str) -> Scene {
    let (label, elapsed, remaining) = (label.to_owned(), elapsed.to_owned(), remaining.to_owned());
    Scene { label_columns: width(&label), label, elapsed, remaining, position: 42, length: 240, ..Scene::default() }
}

#[test]
fn the_progress_line_fits_every_width() {
    let scene = scene("Meeting the room", "0:42", "-3:18");
    assert_eq!(progress_line(&scene, room(20)), "Meeting… 0:42 -3:18");
    let wide = progress_line(&scene, room(80));
    assert!(wide.starts_with("Meeting the room 0:42 ━━━") && wide.ends_with("╌ -3:18"), "{wide}");
    assert_eq!(width(&wide), 76);
    let paused = progress_line(&Scene { status: "paused".to_owned(), ..scene }, room(20));
    assert_eq!(paused, "Meetin… 0:42 paused");
}

#[test]
fn the_keys_fit_every_width() {
    assert_eq!(key_table(&KEYS, room(20)).len(), 10);
    assert_eq!(key_table(&KEYS, room(60)).len(), 5);
    assert_eq!(key_table(&KEYS, room(80)).len(), 4);
    assert_eq!(key_table(&KEYS, room(80))[0], "space  pause, go on   ← p    back           c      captions");
    assert_eq!(hint(room(20)), "q leave · ? keys");
    assert_eq!(hint(room(40)), "space pause · s soften · q leave · ?");
}

#[test]
fn a_pause_says_how_to_continue_whatever_else_is_shown() {
    let paused = Scene { to_continue: "space continues".to_owned(), ..scene("x", "0:42", "-3:18") };
    for columns in [20, 40, 80] {
        let size = Size { columns, rows: 24 };
        for footer in [Footer::Empty, Footer::Hint, Footer::Note("volume +1.5 dB".to_owned())] {
            let lines = screen_lines(&paused, &footer, size);
            assert!(lines[2].text.starts_with("space continues"), "{columns}: {lines:?}");
        }
    }
}

#[test]
fn plain_lines_report_pause_and_resume_unless_the_listener_leaves() {
    let playing = scene("x", "0:42", "-3:18");
    let (status, to_continue) = ("paused".to_owned(), "space continues".to_owned());
    let paused = Scene { status, to_continue, ..playing.clone() };
    let mut lines = PlainLines::default();
    lines.update(playing.clone());
    assert_eq!(lines.update(paused.clone()), ["paused; space continues"]);
    assert_eq!(lines.update(playing.clone()), ["resumed"]);
    lines.update(paused);
    let closing = Scene { is_leaving: true, label: "closing".to_owned(), ..playing };
    assert_eq!(lines.update(closing), ["0:42  closing"]);
}

proptest! {
    #[test]
    fn no_line_exceeds_the_width(
        label in "[ a-z深👨‍👩‍👧]{0,40}",
        columns in 1_usize..120,
        position in 0_u64..500,
    ) {
        let scene = Scene { position, ..scene(&label, "1:03:07", "-59:18") };
        let room = room(columns);
        prop_assert!(width(&progress_line(&scene, room)) <= room);
        prop_assert!(width(&fitted(&label, room)) <= room);
        prop_assert!(key_table(&KEYS, room).iter().all(|line| width(line) <= room));
        prop_assert!(width(hint(room)) <= room);
        prop_assert!(shares(room, 12, width(&label)).0 <= room);
    }

    #[test]
    fn a_sentence_keeps_its_words(sentence in "[a-z ]{0,80}", columns in 12_usize..60) {
        let lines = wrapped(&sentence, columns);
        prop_assert_eq!(lines.join(" "), sentence.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}
