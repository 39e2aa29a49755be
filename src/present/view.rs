//! The listener's view of a session, updated by events and keys. It has no terminal and no clock.

use std::time::{Duration, Instant};

use super::messages::message;
use super::scene::{Scene, Scenes};
use super::screen::Footer;
use crate::playback::controls::{KEYS, LINES};
use crate::playback::{Event, EventKind, OutputState, PlaybackSnapshot};
use crate::player::transport::EndReason;
use crate::units::{Decibels, Frames};

/// The time for which the keys stay on the screen.
const KEYS_TIMEOUT: Duration = Duration::from_secs(20);
/// The time for which a note about the effect of a key stays on the screen.
const NOTE_TIMEOUT: Duration = Duration::from_secs(4);

/// An update of the display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ViewUpdate {
    /// The title of the session.
    Title(String),
    /// A line about the session.
    Line(String),
    /// A message about the machine.
    Message(String),
    /// A new footer below the caption.
    Footer(Footer),
    /// The session has moved, so plain lines report the position even if it is unchanged.
    Moved,
}

/// The listener's view of a session.
pub(crate) struct ListenerView {
    /// `None` until the session starts.
    scenes: Option<Scenes>,
    input: ListenerInput,
    has_captions: bool,
    footer_until: Option<Instant>,
    /// Whether all keys are on the screen.
    shows_keys: bool,
    /// Whether the most important keys are on the screen.
    shows_hint: bool,
    is_jumping: bool,
    is_leaving: bool,
}

/// The listener's means of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListenerInput {
    /// Keys.
    Keys,
    /// Lines on standard input.
    Lines,
    /// None.
    Nothing,
}

impl ListenerView {
    pub(crate) fn new(input: ListenerInput, has_captions: bool) -> Self {
        Self {
            scenes: None,
            input,
            has_captions,
            footer_until: None,
            shows_keys: false,
            shows_hint: false,
            is_jumping: false,
            is_leaving: false,
        }
    }

    fn has_keys(&self) -> bool {
        self.input == ListenerInput::Keys
    }

    /// Returns the updates for an event.
    pub(crate) fn on_event(&mut self, event: &Event, now: Instant) -> Vec<ViewUpdate> {
        match &event.kind {
            EventKind::Started { programmes } => {
                let scenes = self.scenes.insert(Scenes::new(programmes.clone()));
                let title = ViewUpdate::Title(format!("{}, {}", scenes.title(), scenes.length()));
                [title].into_iter().chain(self.show_hint(now)).collect()
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
                self.is_leaving = true;
                let note =
                    if self.has_keys() { "leaving; q ends now, space cancels during the fade" } else { "leaving" };
                vec![self.footer(Footer::Note(note.to_owned()), KEYS_TIMEOUT, now)]
            }
            EventKind::Resumed if std::mem::take(&mut self.is_leaving) => {
                vec![self.note("exit cancelled".to_owned(), now)]
            }
            EventKind::Ended(EndReason::Completed) if self.has_segments() => {
                vec![ViewUpdate::Line("the session is over".to_owned())]
            }
            EventKind::VolumeChanged { volume } => vec![self.note(volume_note(*volume), now)],
            EventKind::VolumeLimited { volume } => {
                vec![self.note(format!("volume {:+.1} dB, the maximum without distortion", volume.0), now)]
            }
            kind => message(kind).map(ViewUpdate::Message).into_iter().collect(),
        }
    }

    /// Shows or hides the captions.
    pub(crate) fn toggle_captions(&mut self, now: Instant) -> ViewUpdate {
        self.has_captions = !self.has_captions;
        let note = if self.has_captions { "captions shown" } else { "captions hidden; c shows them" };
        self.note(note.to_owned(), now)
    }

    /// Shows the keys, or hides them again. Without keys, shows the lines accepted on standard input.
    pub(crate) fn show_help(&mut self, is_screen: bool, now: Instant) -> ViewUpdate {
        if !self.has_keys() {
            return ViewUpdate::Message(LINES.to_owned());
        }
        if self.shows_keys {
            return self.footer(Footer::Empty, Duration::ZERO, now);
        }
        let update = self.footer(Footer::Keys(&KEYS), KEYS_TIMEOUT, now);
        self.shows_keys = is_screen;
        update
    }

    /// Shows the most important keys, if there are keys and they are not on the screen yet.
    pub(crate) fn show_hint(&mut self, now: Instant) -> Option<ViewUpdate> {
        let is_shown = self.shows_keys || self.shows_hint && self.footer_until.is_some_and(|until| now <= until);
        if is_shown || !self.has_keys() {
            return None;
        }
        let update = self.footer(Footer::Hint, KEYS_TIMEOUT, now);
        self.shows_hint = true;
        Some(update)
    }

    /// Returns whether the programme has segments; a single bell has none.
    fn has_segments(&self) -> bool {
        self.scenes.as_ref().is_some_and(|scenes| scenes.session().frames > Frames::ZERO)
    }

    /// Returns the update that removes a footer whose time is over.
    pub(crate) fn expire_footer(&mut self, now: Instant) -> Option<ViewUpdate> {
        self.footer_until.filter(|until| now > *until)?;
        let update = self.footer(Footer::Empty, Duration::ZERO, now);
        self.footer_until = None;
        Some(update)
    }

    /// Returns the scene at a time, with captions of this width; `None` until the session starts.
    pub(crate) fn scene(&self, snapshot: &PlaybackSnapshot, columns: usize) -> Option<Scene> {
        let mut scene = self.scenes.as_ref()?.at(&snapshot.player, self.has_captions, columns);
        if snapshot.player.paused && snapshot.output != OutputState::Lost {
            self.to_continue().clone_into(&mut scene.to_continue);
        }
        Some(scene)
    }

    /// Returns how to continue after a pause.
    fn to_continue(&self) -> &'static str {
        match self.input {
            ListenerInput::Keys => "space continues",
            ListenerInput::Lines => "`resume` continues",
            ListenerInput::Nothing => "",
        }
    }

    fn note(&mut self, note: String, now: Instant) -> ViewUpdate {
        self.footer(Footer::Note(note), NOTE_TIMEOUT, now)
    }

    fn footer(&mut self, footer: Footer, shown: Duration, now: Instant) -> ViewUpdate {
        self.footer_until = Some(now + shown);
        (self.shows_keys, self.shows_hint) = (false, false);
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

    fn on(view: &mut ListenerView, kind: EventKind, now: Instant) -> Vec<ViewUpdate> {
        view.on_event(&Event { at: Frames::ZERO, kind }, now)
    }

    fn note(text: &str) -> ViewUpdate {
        ViewUpdate::Footer(Footer::Note(text.to_owned()))
    }

    #[test]
    fn a_note_stays_for_four_seconds() {
        let (start, mut view) = (Instant::now(), ListenerView::new(ListenerInput::Keys, true));
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
    fn the_help_key_shows_and_hides_the_keys() {
        let (now, mut view) = (Instant::now(), ListenerView::new(ListenerInput::Keys, true));
        assert_eq!(view.show_help(true, now), ViewUpdate::Footer(Footer::Keys(&KEYS)));
        assert_eq!(view.show_help(true, now), ViewUpdate::Footer(Footer::Empty));
        let mut view = ListenerView::new(ListenerInput::Lines, true);
        assert_eq!(view.show_help(true, now), ViewUpdate::Message(LINES.to_owned()));
    }

    #[test]
    fn only_a_segment_after_a_jump_is_a_move() {
        let (now, mut view) = (Instant::now(), ListenerView::new(ListenerInput::Keys, true));
        let segment = || EventKind::SegmentStarted { index: 1 };
        assert_eq!(on(&mut view, segment(), now), []);
        assert_eq!(on(&mut view, EventKind::Jumped { to: Frames(1) }, now), []);
        assert_eq!(on(&mut view, segment(), now), [ViewUpdate::Moved]);
        assert_eq!(on(&mut view, segment(), now), []);
    }

    #[test]
    fn leaving_and_messages_about_the_machine_are_shown() {
        let (now, mut view) = (Instant::now(), ListenerView::new(ListenerInput::Keys, true));
        assert_eq!(
            on(&mut view, EventKind::ExitStarted, now),
            [note("leaving; q ends now, space cancels during the fade")]
        );
        let lost = on(&mut view, EventKind::DeviceLost, now);
        assert!(matches!(&lost[..], [ViewUpdate::Message(message)] if message.contains("is gone")), "{lost:?}");
    }

    #[test]
    fn an_unknown_key_shows_the_hint_once() {
        let (start, mut view) = (Instant::now(), ListenerView::new(ListenerInput::Keys, true));
        let hint = Some(ViewUpdate::Footer(Footer::Hint));
        assert_eq!(view.show_hint(start), hint);
        assert_eq!(view.show_hint(start + Duration::from_secs(1)), None, "it is there already");
        assert_eq!(view.show_hint(start + Duration::from_secs(30)), hint);
        view.show_help(true, start);
        assert_eq!(view.show_hint(start), None, "all keys are on the screen");
        assert_eq!(ListenerView::new(ListenerInput::Lines, true).show_hint(start), None);
    }

    #[test]
    fn cancelling_an_exit_is_shown() {
        let (now, mut view) = (Instant::now(), ListenerView::new(ListenerInput::Keys, true));
        assert_eq!(on(&mut view, EventKind::Resumed, now), []);
        on(&mut view, EventKind::ExitStarted, now);
        assert_eq!(on(&mut view, EventKind::Resumed, now), [note("exit cancelled")]);
    }
}
