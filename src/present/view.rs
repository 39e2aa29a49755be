//! What a listener sees of a session, as it changes with each event and key. It knows no terminal and no clock.

use std::time::{Duration, Instant};

use super::messages::message;
use super::scene::{Scene, Scenes};
use super::screen::Footer;
use crate::playback::controls::{KEYS, LINES};
use crate::playback::{Event, EventKind, PlaybackSnapshot};
use crate::units::Decibels;

/// How long the keys stay on the screen.
const KEYS_SHOWN: Duration = Duration::from_secs(20);
/// How long a note stays on the screen that says what a key has changed.
const NOTE_SHOWN: Duration = Duration::from_secs(4);

/// Something to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ViewUpdate {
    /// The title of the session.
    Title(String),
    /// A message about the machine.
    Message(String),
    /// What stands below the caption from now on.
    Footer(Footer),
    /// The session has moved: plain lines say where it is, even where that is the same place.
    Moved,
}

/// What a listener sees of a session.
pub(crate) struct ListenerView {
    /// Known once the session has started.
    scenes: Option<Scenes>,
    /// Keys are read.
    has_keys: bool,
    has_captions: bool,
    footer_until: Option<Instant>,
    /// The keys are on the screen.
    shows_keys: bool,
    is_jumping: bool,
}

impl ListenerView {
    pub(crate) fn new(has_keys: bool, has_captions: bool) -> Self {
        Self { scenes: None, has_keys, has_captions, footer_until: None, shows_keys: false, is_jumping: false }
    }

    /// Returns what an event changes.
    pub(crate) fn on_event(&mut self, event: &Event, now: Instant) -> Vec<ViewUpdate> {
        match &event.kind {
            EventKind::Started { programmes } => {
                let scenes = self.scenes.insert(Scenes::new(programmes.clone()));
                let title = ViewUpdate::Title(format!("{}, {}", scenes.title(), scenes.length()));
                let hint = self.has_keys.then(|| self.footer(Footer::Hint, KEYS_SHOWN, now));
                [title].into_iter().chain(hint).collect()
            }
            EventKind::TimelinesChanged { programmes } => {
                self.scenes = Some(Scenes::new(programmes.clone()));
                Vec::new()
            }
            EventKind::Jumped { .. } => {
                self.is_jumping = true;
                Vec::new()
            }
            EventKind::SegmentStarted { .. } if std::mem::take(&mut self.is_jumping) => vec![ViewUpdate::Moved],
            EventKind::ExitStarted => {
                let note = if self.has_keys { "leaving; q ends now" } else { "leaving" };
                vec![self.footer(Footer::Note(note.to_owned()), KEYS_SHOWN, now)]
            }
            EventKind::VolumeChanged { volume } => vec![self.note(volume_note(*volume), now)],
            EventKind::VolumeLimited { volume } => {
                vec![self.note(format!("volume {:+.1} dB, the most without distortion", volume.0), now)]
            }
            kind => message(kind).map(ViewUpdate::Message).into_iter().collect(),
        }
    }

    /// Shows or hides the captions.
    pub(crate) fn toggle_captions(&mut self, now: Instant) -> ViewUpdate {
        self.has_captions = !self.has_captions;
        let note = if self.has_captions { "words shown" } else { "words hidden; c shows them" };
        self.note(note.to_owned(), now)
    }

    /// Shows the keys, or takes them off the screen again. Without keys, shows the lines that standard input may hold.
    pub(crate) fn show_help(&mut self, is_screen: bool, now: Instant) -> ViewUpdate {
        if !self.has_keys {
            return ViewUpdate::Message(LINES.to_owned());
        }
        if self.shows_keys {
            return self.footer(Footer::Empty, Duration::ZERO, now);
        }
        let update = self.footer(Footer::Keys(&KEYS), KEYS_SHOWN, now);
        self.shows_keys = is_screen;
        update
    }

    /// Returns the update that takes away what stood below the caption for long enough.
    pub(crate) fn expire_footer(&mut self, now: Instant) -> Option<ViewUpdate> {
        self.footer_until.filter(|until| now > *until)?;
        let update = self.footer(Footer::Empty, Duration::ZERO, now);
        self.footer_until = None;
        Some(update)
    }

    /// Returns the scene of a moment, its caption in so many columns. There is none before the session has started.
    pub(crate) fn scene(&self, snapshot: &PlaybackSnapshot, columns: usize) -> Option<Scene> {
        Some(self.scenes.as_ref()?.at(&snapshot.player, self.has_captions, columns))
    }

    fn note(&mut self, note: String, now: Instant) -> ViewUpdate {
        self.footer(Footer::Note(note), NOTE_SHOWN, now)
    }

    fn footer(&mut self, footer: Footer, shown: Duration, now: Instant) -> ViewUpdate {
        self.footer_until = Some(now + shown);
        self.shows_keys = false;
        ViewUpdate::Footer(footer)
    }
}

fn volume_note(volume: Decibels) -> String {
    let sign = if volume.0 > 0.0 { "+" } else { "" };
    // Adding zero turns -0.0 into 0.0.
    format!("volume {sign}{:.1} dB", volume.0 + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Frames;

    fn on(view: &mut ListenerView, kind: EventKind, now: Instant) -> Vec<ViewUpdate> {
        view.on_event(&Event { at: Frames::ZERO, kind }, now)
    }

    fn note(text: &str) -> ViewUpdate {
        ViewUpdate::Footer(Footer::Note(text.to_owned()))
    }

    #[test]
    fn a_note_stays_for_four_seconds() {
        let (start, mut view) = (Instant::now(), ListenerView::new(true, true));
        let volume = Decibels(1.5);
        assert_eq!(on(&mut view, EventKind::VolumeChanged { volume }, start), [note("volume +1.5 dB")]);
        assert_eq!(view.expire_footer(start + Duration::from_secs(3)), None);
        let after = start + Duration::from_secs(5);
        assert_eq!(view.expire_footer(after), Some(ViewUpdate::Footer(Footer::Empty)));
        assert_eq!(view.expire_footer(after), None, "only once");
    }

    #[test]
    fn a_volume_of_zero_has_no_sign() {
        assert_eq!(volume_note(Decibels(-0.0)), "volume 0.0 dB");
        assert_eq!(volume_note(Decibels(-1.5)), "volume -1.5 dB");
    }

    #[test]
    fn the_same_key_shows_the_keys_and_takes_them_away() {
        let (now, mut view) = (Instant::now(), ListenerView::new(true, true));
        assert_eq!(view.show_help(true, now), ViewUpdate::Footer(Footer::Keys(&KEYS)));
        assert_eq!(view.show_help(true, now), ViewUpdate::Footer(Footer::Empty));
        let mut view = ListenerView::new(false, true);
        assert_eq!(view.show_help(true, now), ViewUpdate::Message(LINES.to_owned()));
    }

    #[test]
    fn only_a_segment_after_a_jump_is_a_move() {
        let (now, mut view) = (Instant::now(), ListenerView::new(true, true));
        let segment = || EventKind::SegmentStarted { index: 1 };
        assert_eq!(on(&mut view, segment(), now), []);
        assert_eq!(on(&mut view, EventKind::Jumped { to: Frames(1) }, now), []);
        assert_eq!(on(&mut view, segment(), now), [ViewUpdate::Moved]);
        assert_eq!(on(&mut view, segment(), now), []);
    }

    #[test]
    fn leaving_is_noted_and_messages_about_the_machine_are_passed_on() {
        let (now, mut view) = (Instant::now(), ListenerView::new(true, true));
        assert_eq!(on(&mut view, EventKind::ExitStarted, now), [note("leaving; q ends now")]);
        let lost = on(&mut view, EventKind::DeviceLost, now);
        assert!(matches!(&lost[..], [ViewUpdate::Message(message)] if message.contains("is gone")), "{lost:?}");
    }
}
