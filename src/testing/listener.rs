//! One who listens, in virtual time: a frame passes when it is asked for.

use crate::player::transport::{EndReason, Playhead, TransportCommand, TransportEvent};
use crate::player::{self, AudioCallback, Feeder, PlayerEvent, PlayerHandle, PlayerNotice, StartPoint};
use crate::units::{Frame, Frames};

use super::session::{Prepared, known_gain};

pub(crate) struct Listener {
    pub(crate) callback: AudioCallback,
    pub(crate) handle: PlayerHandle,
    pub(crate) feeder: Feeder,
    /// All that was heard so far.
    pub(crate) heard: Vec<Frame>,
    /// All that was told so far.
    pub(crate) notices: Vec<PlayerNotice>,
}

/// From a frame of the session on.
pub(crate) fn from(frame: u64) -> StartPoint {
    StartPoint::at(Frames(frame))
}

impl Listener {
    pub(crate) fn new(prepared: &Prepared, from: StartPoint) -> Self {
        let (callback, handle, feeder) = player::start_without_thread(prepared.version(), known_gain(), from);
        Self { callback, handle, feeder, heard: Vec::new(), notices: Vec::new() }
    }

    /// One who has listened from frame 0 up to a frame that is a multiple of ten milliseconds at 8 kHz.
    pub(crate) fn at(prepared: &Prepared, frame: usize) -> Self {
        let mut listener = Self::new(prepared, from(0));
        listener.listen(frame, 80);
        listener
    }

    /// Says something; it is heard with the next frame.
    pub(crate) fn say(&mut self, command: TransportCommand) {
        self.handle.send(command).unwrap();
    }

    /// Listens to so many frames, in blocks of a size, each pumped for. Gives what was heard.
    pub(crate) fn listen(&mut self, frames: usize, block: usize) -> &[Frame] {
        self.hear(frames, block, true)
    }

    /// The same while nobody feeds the ring.
    pub(crate) fn starve(&mut self, frames: usize, block: usize) -> &[Frame] {
        self.hear(frames, block, false)
    }

    fn hear(&mut self, frames: usize, block: usize, feed: bool) -> &[Frame] {
        let begun = self.heard.len();
        self.heard.resize(begun + frames, [f32::NAN; 2]);
        for block in self.heard[begun..].chunks_mut(block) {
            if feed {
                self.feeder.pump();
            }
            self.callback.fill(block);
            self.notices.extend(std::iter::from_fn(|| self.handle.next_notice()));
        }
        &self.heard[begun..]
    }

    /// Listens until all is over, in blocks of a size, at most for so many frames. Gives how it ended.
    pub(crate) fn hear_out(&mut self, block: usize, most: usize) -> Option<EndReason> {
        let begun = self.heard.len();
        while self.ended().is_none() && self.heard.len() - begun < most {
            self.listen(block, block);
        }
        self.ended()
    }

    pub(crate) fn ended(&self) -> Option<EndReason> {
        self.events().find_map(|(event, _)| if let TransportEvent::Ended(reason) = event { Some(reason) } else { None })
    }

    /// What the transport told, and where.
    pub(crate) fn events(&self) -> impl Iterator<Item = (TransportEvent, Frames)> {
        self.notices.iter().filter_map(|notice| match notice.event {
            PlayerEvent::Transport(event) => Some((event, notice.at)),
            _ => None,
        })
    }

    /// The segments that began, and where.
    pub(crate) fn segments(&self) -> Vec<(usize, u64)> {
        let segments = self.notices.iter().filter_map(|notice| match notice.event {
            PlayerEvent::Segment(number) => Some((number, notice.at.0)),
            _ => None,
        });
        segments.collect()
    }

    /// The silences that were held because the ring was dry.
    pub(crate) fn underruns(&self) -> Vec<u64> {
        let underruns = self.notices.iter().filter_map(|notice| match notice.event {
            PlayerEvent::Underrun(frames) => Some(frames.0),
            _ => None,
        });
        underruns.collect()
    }

    pub(crate) fn place(&self) -> Playhead {
        self.handle.snapshot().playhead
    }
}
