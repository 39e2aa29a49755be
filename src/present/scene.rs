//! Scenes: everything that is visible of a session at one time.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use super::caption::{Caption, caption, open_caption};
use super::chapters::Chapters;
use crate::manifest::duration;
use crate::player::PlayerSnapshot;
use crate::player::transport::ExitStage;
use crate::text::format_clock;
use crate::timeline::{ProgrammeKind, Programmes, Timeline};
use crate::units::Frames;

const SOFTEN: &str = "a gentler moment";
const CLOSING: &str = "closing";
const ENDING: &str = "ending";
const PAUSED: &str = "paused";

/// Everything visible of a session at one time. All text is free of control characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scene {
    /// The chapter, or the programme that plays instead of the session.
    pub(crate) label: String,
    /// The width of the widest chapter of the session.
    pub(crate) label_columns: usize,
    /// The elapsed time, as a clock.
    pub(crate) elapsed: String,
    /// The remaining time with a minus sign.
    pub(crate) remaining: String,
    /// The elapsed time in seconds.
    pub(crate) position: u64,
    /// The length of the session in seconds.
    pub(crate) length: u64,
    /// "paused", or empty.
    pub(crate) status: String,
    /// During a pause: how to continue.
    pub(crate) to_continue: String,
    /// Whether the listener is leaving.
    pub(crate) is_leaving: bool,
    /// The programme and segment of the caption. The same caption in another segment counts as new.
    pub(crate) segment: (usize, usize),
    /// The caption for a screen, in one line.
    pub(crate) caption: String,
    /// For plain lines: the text at the start of the segment.
    pub(crate) opening: String,
    /// For plain lines: the further texts within the segment, numbered in order.
    pub(crate) step: Option<(usize, String)>,
}

fn seconds(frames: Frames, timeline: &Timeline) -> u64 {
    frames.0 / u64::from(timeline.rate.hertz())
}

/// Builds the scenes of a session.
pub(crate) struct Scenes {
    programmes: Programmes,
    chapters: Chapters,
    label_columns: usize,
}

impl Scenes {
    pub(crate) fn new(programmes: Programmes) -> Self {
        let chapters = Chapters::new(programmes.session());
        let label_columns = chapters.titles().chain([SOFTEN]).map(UnicodeWidthStr::width).max().unwrap_or_default();
        Self { programmes, chapters, label_columns }
    }

    /// Returns the title of the session.
    pub(crate) fn title(&self) -> &str {
        self.chapters.title()
    }

    /// Returns the timeline of the session.
    pub(crate) fn session(&self) -> &Timeline {
        self.programmes.session()
    }

    /// Returns the length of the session, an estimate while lines are still being spoken.
    pub(crate) fn length(&self) -> String {
        let about = if self.session().horizon.is_some() { "about " } else { "" };
        format!("{about}{}", duration::format(self.session().length_in_seconds()))
    }

    /// Returns the scene of a snapshot, with captions of this width, or without captions.
    pub(crate) fn at(&self, snapshot: &PlayerSnapshot, captions: bool, columns: usize) -> Scene {
        let session = self.programmes.session();
        let timeline = &self.programmes[snapshot.playhead.programme];
        let elapsed = snapshot.session_frame.min(session.display_length());
        let caption = match snapshot.playhead.programme.kind() {
            ProgrammeKind::OpenSilence => open_caption(timeline, snapshot.playhead.frame, columns),
            _ => caption(timeline, snapshot.playhead.frame, columns),
        };
        let caption = if captions { caption } else { Caption::default() };
        // Both times are whole seconds that change together.
        let (position, length) = (seconds(elapsed, session), session.length_in_seconds().as_secs());
        Scene {
            label: self.label(snapshot),
            label_columns: self.label_columns,
            elapsed: format_clock(elapsed, session.rate),
            remaining: format!(
                "-{}",
                format_clock(session.rate.frames(Duration::from_secs(length - position)), session.rate)
            ),
            position,
            length,
            status: if snapshot.paused { PAUSED.to_owned() } else { String::new() },
            to_continue: String::new(),
            is_leaving: snapshot.exit_stage.is_some(),
            segment: (snapshot.playhead.programme.index(), timeline.segment_at(snapshot.playhead.frame)),
            caption: caption.line,
            opening: caption.opening,
            step: caption.step,
        }
    }

    /// Returns the current chapter, or the programme that plays instead of the session.
    fn label(&self, snapshot: &PlayerSnapshot) -> String {
        match snapshot.playhead.programme.kind() {
            _ if snapshot.exit_stage == Some(ExitStage::Stopping) => ENDING.to_owned(),
            _ if snapshot.exit_stage.is_some() => CLOSING.to_owned(),
            ProgrammeKind::Closing => CLOSING.to_owned(),
            ProgrammeKind::Session => self.chapters.at(snapshot.playhead.frame).unwrap_or(self.title()).to_owned(),
            ProgrammeKind::OpenSilence => {
                let start = self.session().open_silence().map_or(snapshot.session_frame, |open| open.start);
                self.chapters.at(start).unwrap_or(self.title()).to_owned()
            }
            ProgrammeKind::Soften => SOFTEN.to_owned(),
        }
    }
}
