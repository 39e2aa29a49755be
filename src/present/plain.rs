//! A session as a sequence of plain lines, for a screen reader, a file, or a terminal that can't draw.

use super::scene::Scene;
use super::screen::Footer;

/// Converts scenes into lines with their changes.
#[derive(Default)]
pub(crate) struct PlainLines {
    shown: Option<Scene>,
}

impl PlainLines {
    /// Returns the changes in a scene since the previous one.
    pub(crate) fn update(&mut self, scene: Scene) -> Vec<String> {
        let mut lines = Vec::new();
        let before = self.shown.as_ref();
        if before.is_none_or(|before| before.label != scene.label) {
            lines.push(format!("{}  {}", scene.elapsed, scene.label));
        }
        let is_new_segment = before.is_none_or(|before| before.segment != scene.segment);
        if (is_new_segment || before.is_none_or(|before| before.opening.is_empty())) && !scene.opening.is_empty() {
            lines.push(scene.opening.clone());
        }
        if let Some((number, words)) = &scene.step
            && (is_new_segment
                || before.and_then(|before| before.step.as_ref()).is_none_or(|(shown, _)| shown != number))
        {
            lines.push(words.clone());
        }
        let status = before.map_or("", |before| before.status.as_str());
        if status != scene.status {
            match (scene.status.as_str(), scene.to_continue.as_str()) {
                // Leaving during a pause is not a resume.
                ("", _) if scene.is_leaving => {}
                ("", _) => lines.push("resumed".to_owned()),
                (status, "") => lines.push(status.to_owned()),
                (status, to_continue) => lines.push(format!("{status}; {to_continue}")),
            }
        }
        self.shown = Some(scene);
        lines
    }

    /// Makes the next scene report its position, even if it is unchanged.
    pub(crate) fn forget_position(&mut self) {
        if let Some(shown) = &mut self.shown {
            shown.label.clear();
            shown.segment = (usize::MAX, usize::MAX);
        }
    }
}

/// Returns the plain line for a footer of the screen.
pub(crate) fn footer_line(footer: &Footer) -> Option<String> {
    match footer {
        Footer::Hint => Some("s softens, space pauses and continues, q leaves, ? shows the keys".to_owned()),
        Footer::Keys(keys) => {
            let keys: Vec<_> = keys.iter().map(|(key, action)| format!("{key}: {action}")).collect();
            Some(keys.join(". "))
        }
        Footer::Note(note) => Some(note.clone()),
        Footer::Empty => None,
    }
}
