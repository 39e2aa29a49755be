//! Lines on standard output, one after the other: for a screen reader, a file, or a terminal that can't draw.

use std::io::Write;

use super::{Footer, Scene};

/// What was told so far.
#[derive(Default)]
pub struct Plain {
    shown: Option<Scene>,
}

impl Plain {
    /// Tells what is new in a scene.
    pub(super) fn show(&mut self, scene: &Scene) {
        let before = self.shown.replace(scene.clone());
        let before = before.as_ref();
        if before.is_none_or(|before| before.place != scene.place) {
            print(&format!("{}  {}", scene.gone, scene.place));
        }
        let begins = before.is_none_or(|before| before.segment != scene.segment);
        if (begins || before.is_none_or(|before| before.opening.is_empty())) && !scene.opening.is_empty() {
            print(&scene.opening);
        }
        if let Some((number, words)) = &scene.step
            && (begins || before.and_then(|before| before.step.as_ref()).is_none_or(|(told, _)| told != number))
        {
            print(words);
        }
        let note = before.map_or("", |before| before.note.as_str());
        if note != scene.note {
            print(if scene.note.is_empty() { "going on" } else { &scene.note });
        }
    }

    /// Tells what stands below the words elsewhere.
    pub(super) fn footer(&mut self, footer: &Footer) {
        match footer {
            Footer::Hint => print("s softens, space pauses and goes on, q leaves, ? tells the keys"),
            Footer::Keys(keys) => {
                let told = keys.iter().map(|(key, does)| format!("{key}: {does}")).collect::<Vec<_>>();
                print(&told.join(". "));
            }
            Footer::Note(note) => print(note),
            Footer::Empty => {}
        }
    }

    /// Tells everything anew.
    pub(super) fn forget(&mut self) {
        if let Some(shown) = &mut self.shown {
            shown.place.clear();
            shown.segment = (usize::MAX, usize::MAX);
        }
    }
}

/// A line on standard output; a reader that has gone away is no failure.
pub(super) fn print(text: &str) {
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "{text}");
    let _ = output.flush();
}
