//! The device's side of the ring.

use std::sync::Arc;
use std::thread::Thread;

use rtrb::{Consumer, Producer};

use super::ring::{Block, Generation, PlayerEvent, PlayerNotice, RenderOrder};
use super::shared::{SharedFlags, WaitReason};
use super::snapshot::CallbackReport;
use super::transport::{
    OutputAction, Transport, TransportCommand, TransportEvent, TransportRequest, TransportRequests, TransportState,
};
use super::underrun_fader::UnderrunFader;
use crate::timeline::Programmes;
use crate::units::{Frame, Frames, SILENCE};

/// Plays from the ring. The device owns it and calls [`AudioCallback::fill`], which never allocates, locks, logs, blocks or frees.
pub(crate) struct AudioCallback {
    transport: Transport,
    ends: CallbackEnds,
    /// The number of commands applied so far.
    commands_applied: u64,
    /// The feeder's thread, which is unparked when there is something to render.
    feeder: Option<Thread>,
    fader: UnderrunFader,
    /// Whether silence is held until there are frames to play.
    is_waiting: bool,
    /// The generation that is playing, or was playing last.
    playing: Generation,
    /// The generation that was ordered last.
    ordered: Generation,
    /// An order that did not fit into its ring yet.
    pending_order: Option<RenderOrder>,
    /// The number of frames of the first block in the ring that have been played.
    offset: usize,
    /// The segment that was reported last.
    segment: Option<u32>,
    /// The number of frames that the device requests at once before it starts to play.
    prefill: usize,
}

/// The callback's ends of the rings.
pub(super) struct CallbackEnds {
    pub(super) blocks: Consumer<Block>,
    pub(super) commands: Consumer<TransportCommand>,
    /// Later versions of the timelines.
    pub(super) versions: Consumer<Programmes>,
    /// The earlier versions, which the handle frees, so that none is freed here.
    pub(super) retired: Producer<Programmes>,
    pub(super) orders: Producer<RenderOrder>,
    pub(super) notices: Producer<PlayerNotice>,
    pub(super) report: triple_buffer::Input<CallbackReport>,
    pub(super) flags: Arc<SharedFlags>,
}

impl AudioCallback {
    pub(super) fn new(transport: Transport, mut ends: CallbackEnds, first_order: RenderOrder) -> Self {
        let fader = UnderrunFader::new(transport.rate());
        let _ = ends.orders.push(first_order);
        Self {
            transport,
            ends,
            commands_applied: 0,
            feeder: None,
            fader,
            is_waiting: false,
            playing: first_order.playing,
            ordered: first_order.generation,
            pending_order: None,
            offset: 0,
            segment: None,
            prefill: 0,
        }
    }

    /// Sets how many frames the device requests at once before it starts to play. Nothing sounds until that many are available.
    pub(crate) fn expect_prefill(&mut self, frames: Frames) {
        self.prefill = frames.index();
    }

    pub(super) fn set_feeder(&mut self, feeder: Thread) {
        self.feeder = Some(feeder);
    }

    /// Fills the whole block with the next frames.
    pub(crate) fn fill(&mut self, block: &mut [Frame]) {
        self.switch_version();
        while let Ok(command) = self.ends.commands.pop() {
            let requests = self.transport.apply(command);
            self.handle_requests(requests);
            self.commands_applied += 1;
        }
        let requests = self.transport.stop_if_silent();
        self.handle_requests(requests);
        self.is_waiting = false;
        let mut done = 0;
        while done < block.len() {
            done += self.step(&mut block[done..]);
        }
        self.send_order();
        let wait_reason = self.feeder_wait().filter(|_| self.is_waiting);
        self.ends.report.write(CallbackReport::new(&self.transport, self.commands_applied, wait_reason));
    }

    /// Returns whether it outputs silence, so that it can move to another device between two blocks.
    #[must_use]
    pub(crate) fn is_silent(&self) -> bool {
        self.fader.is_dry() || !matches!(self.transport.next_action(), OutputAction::Play(_))
    }

    /// Reports that the device had nothing to play for this many frames, according to the clock or the sound system. The sound then fades in.
    /// Returns whether any sound was missed.
    pub(crate) fn report_gap(&mut self, frames: Frames) -> bool {
        let is_missed = !self.is_silent();
        if is_missed {
            self.notify(PlayerEvent::Underrun(frames));
            self.fader.restart_from_silence();
        }
        is_missed
    }

    fn feeder_wait(&self) -> Option<WaitReason> {
        self.ends.flags.feeder_wait()
    }

    /// Switches to the latest version of the timelines. Every position that was reachable in the previous one is the same in it.
    fn switch_version(&mut self) {
        while self.ends.retired.slots() > 0
            && let Ok(programmes) = self.ends.versions.pop()
        {
            let _ = self.ends.retired.push(self.transport.switch_version(programmes));
        }
    }

    /// Fills the beginning of the block, and returns the number of frames; zero if only the state has changed.
    fn step(&mut self, block: &mut [Frame]) -> usize {
        match self.transport.next_action() {
            OutputAction::Finish | OutputAction::Hold => {
                self.switch_to_ordered();
                block.fill(SILENCE);
                block.len()
            }
            OutputAction::AwaitFrames => self.await_frames(block),
            OutputAction::Play(limit) => {
                let count = limit.index().min(block.len());
                self.play(&mut block[..count])
            }
        }
    }

    fn await_frames(&mut self, block: &mut [Frame]) -> usize {
        self.switch_to_ordered();
        let required = self.fader.frames_before_start(block.len().max(self.prefill));
        let (available, is_complete) = self.available(required);
        if is_complete || available >= required {
            self.start_playing();
            return 0;
        }
        self.is_waiting = true;
        block.fill(SILENCE);
        block.len()
    }

    fn start_playing(&mut self) {
        self.prefill = 0;
        self.fader.reset();
        // After a pause, the segment is the one already reported.
        if self.transport.state() != TransportState::Resuming {
            self.segment = None;
        }
        let requests = self.transport.frames_arrived();
        self.handle_requests(requests);
    }

    fn play(&mut self, block: &mut [Frame]) -> usize {
        self.fader.expect_wait(self.feeder_wait().is_some());
        let (available, is_complete) = self.available(block.len() + self.fader.look_ahead());
        let is_held = self.ends.flags.is_output_held();
        let (available, is_complete) = self.fader.usable_frames(is_held, available, is_complete);
        if available == 0 && is_complete {
            let requests = self.transport.programme_finished();
            self.handle_requests(requests);
            return 0;
        }
        if (available == 0 || self.fader.is_dry()) && self.transport.is_fading_out() {
            self.report_underrun();
            self.fader.reset();
            let requests = self.transport.cut_fade_short();
            self.handle_requests(requests);
            return 0;
        }
        if self.fader.must_hold(available, is_complete, block.len()) {
            self.is_waiting = true;
            block.fill(SILENCE);
            return block.len();
        }
        self.report_underrun();
        let count = block.len().min(available);
        let taken = self.take(&mut block[..count]);
        self.fader.frames_played(taken);
        self.fader.apply(&mut block[..taken], available, is_complete);
        let requests = self.transport.play(&mut block[..taken]);
        self.handle_requests(requests);
        taken
    }

    /// Reports the frames that were missing while the ring was dry.
    fn report_underrun(&mut self) {
        if let Some(missing) = self.fader.end_gap() {
            self.notify(PlayerEvent::Underrun(missing));
        }
    }

    /// Counts the frames of the current generation in the ring, up to `enough`, and returns whether the last ones of the programme are
    /// among them.
    fn available(&mut self, enough: usize) -> (usize, bool) {
        let slots = self.ends.blocks.slots();
        let Ok(chunk) = self.ends.blocks.read_chunk(slots) else { return (0, false) };
        let (first, second) = chunk.as_slices();
        let (mut frames, mut offset) = (0, self.offset);
        for block in first.iter().chain(second) {
            if block.generation != self.playing {
                break;
            }
            frames += block.count - offset;
            offset = 0;
            if block.is_last {
                return (frames, true);
            }
            if frames >= enough {
                break;
            }
        }
        (frames, false)
    }

    /// Copies frames from the first block in the ring that has any, and returns their number.
    fn take(&mut self, block: &mut [Frame]) -> usize {
        loop {
            let Ok(front) = self.ends.blocks.peek() else { return 0 };
            if self.offset == front.count && !front.is_last {
                self.drop_first_block();
                continue;
            }
            let count = block.len().min(front.count - self.offset);
            block[..count].copy_from_slice(&front.frames[self.offset..self.offset + count]);
            let (programme, segment) = (front.programme, front.segment);
            self.offset += count;
            if programme.is_session() && self.segment != Some(segment) {
                self.segment = Some(segment);
                self.notify(PlayerEvent::Segment(segment as usize));
            }
            let requests = self.transport.enter(programme);
            self.handle_requests(requests);
            return count;
        }
    }

    /// Switches to the generation that was ordered last, and drops every block before it.
    fn switch_to_ordered(&mut self) {
        if self.playing != self.ordered {
            self.playing = self.ordered;
            self.fader.reset();
        }
        let mut has_dropped = false;
        while self.ends.blocks.peek().is_ok_and(|front| front.generation != self.ordered) {
            self.drop_first_block();
            has_dropped = true;
        }
        if has_dropped {
            self.wake_feeder();
        }
    }

    fn drop_first_block(&mut self) {
        if let Ok(chunk) = self.ends.blocks.read_chunk(1) {
            chunk.commit_all();
        }
        self.offset = 0;
    }

    fn handle_requests(&mut self, requests: TransportRequests) {
        for request in requests {
            match request {
                TransportRequest::Render { position, fade_frames } => {
                    self.ordered = self.ordered.next();
                    let until = self.transport.playhead().frame + fade_frames;
                    let generation = self.ordered;
                    self.pending_order =
                        Some(RenderOrder { generation, playhead: position, playing: self.playing, until });
                    self.send_order();
                }
                // The end is part of the report, which can't be lost.
                TransportRequest::Notify(TransportEvent::Ended(_)) => {}
                TransportRequest::Notify(event) => self.notify(PlayerEvent::Transport(event)),
            }
        }
    }

    fn send_order(&mut self) {
        if let Some(order) = self.pending_order
            && self.ends.orders.push(order).is_ok()
        {
            self.pending_order = None;
            self.wake_feeder();
        }
    }

    fn wake_feeder(&self) {
        if let Some(feeder) = &self.feeder {
            feeder.unpark();
        }
    }

    /// Sends a notice. It is lost if the queue is full: the sound never waits for a reader.
    fn notify(&mut self, event: PlayerEvent) {
        let at = match event {
            PlayerEvent::Transport(event) => self.transport.event_frame(event),
            _ => self.transport.session_frame(),
        };
        let _ = self.ends.notices.push(PlayerNotice { event, at });
    }
}
