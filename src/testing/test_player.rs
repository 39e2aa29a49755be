//! A player in virtual time, controlled by the test.

use crate::player::transport::{EndReason, Playhead, TransportCommand, TransportEvent};
use crate::player::{self, AudioCallback, Feeder, PlayerEvent, PlayerHandle, PlayerNotice, StartPoint};
use crate::units::{Frame, Frames};

use super::session::{Prepared, known_gain};

/// A player and everything that it has played so far.
pub(crate) struct TestPlayer {
    pub(crate) callback: AudioCallback,
    pub(crate) handle: PlayerHandle,
    pub(crate) feeder: Feeder,
    /// All frames played so far.
    pub(crate) output: Vec<Frame>,
    /// All notices so far.
    pub(crate) notices: Vec<PlayerNotice>,
}

/// Returns a start at a frame of the session.
pub(crate) fn start_at(frame: u64) -> StartPoint {
    StartPoint::at(Frames(frame))
}

impl TestPlayer {
    pub(crate) fn new(prepared: &Prepared, from: StartPoint) -> Self {
        let (callback, handle, feeder) = player::start_without_thread(prepared.version(), known_gain(), from);
        Self { callback, handle, feeder, output: Vec::new(), notices: Vec::new() }
    }

    /// Returns a player that has played from frame 0 up to `frame`, a multiple of 80.
    pub(crate) fn at(prepared: &Prepared, frame: usize) -> Self {
        let mut player = Self::new(prepared, start_at(0));
        player.play(frame, 80);
        player
    }

    /// Sends a command, which takes effect with the next frame.
    pub(crate) fn send(&mut self, command: TransportCommand) {
        self.handle.send(command).unwrap();
    }

    /// Plays this many frames, in blocks of a size, with the feeder running, and returns them.
    pub(crate) fn play(&mut self, frames: usize, block: usize) -> &[Frame] {
        self.fill(frames, block, true)
    }

    /// Like `play`, without the feeder.
    pub(crate) fn starve(&mut self, frames: usize, block: usize) -> &[Frame] {
        self.fill(frames, block, false)
    }

    fn fill(&mut self, frames: usize, block: usize, feed: bool) -> &[Frame] {
        let start = self.output.len();
        self.output.resize(start + frames, [f32::NAN; 2]);
        for block in self.output[start..].chunks_mut(block) {
            if feed {
                self.feeder.pump();
            }
            self.callback.fill(block);
            self.notices.extend(std::iter::from_fn(|| self.handle.next_notice()));
        }
        &self.output[start..]
    }

    /// Plays to the end, in blocks of a size, for at most `max_frames`, and returns why it ended.
    pub(crate) fn play_to_end(&mut self, block: usize, max_frames: usize) -> Option<EndReason> {
        let start = self.output.len();
        while self.end_reason().is_none() && self.output.len() - start < max_frames {
            self.play(block, block);
        }
        self.end_reason()
    }

    /// Returns why playback ended, if it has.
    pub(crate) fn end_reason(&self) -> Option<EndReason> {
        self.events().find_map(|(event, _)| if let TransportEvent::Ended(reason) = event { Some(reason) } else { None })
    }

    /// Returns the events of the transport with their frames.
    pub(crate) fn events(&self) -> impl Iterator<Item = (TransportEvent, Frames)> {
        self.notices.iter().filter_map(|notice| match notice.event {
            PlayerEvent::Transport(event) => Some((event, notice.at)),
            _ => None,
        })
    }

    /// Returns the reported segments with their frames.
    pub(crate) fn segments(&self) -> Vec<(usize, u64)> {
        let segments = self.notices.iter().filter_map(|notice| match notice.event {
            PlayerEvent::Segment(number) => Some((number, notice.at.0)),
            _ => None,
        });
        segments.collect()
    }

    /// Returns the number of missing frames in each underrun.
    pub(crate) fn underruns(&self) -> Vec<u64> {
        let underruns = self.notices.iter().filter_map(|notice| match notice.event {
            PlayerEvent::Underrun(frames) => Some(frames.0),
            _ => None,
        });
        underruns.collect()
    }

    pub(crate) fn playhead(&self) -> Playhead {
        self.handle.snapshot().playhead
    }
}
