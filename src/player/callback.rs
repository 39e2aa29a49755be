//! The device's side of the ring.

use std::sync::Arc;
use std::thread::Thread;

use rtrb::{Consumer, Producer};

use super::ring::{Block, Generation, PlayerEvent, PlayerNotice, RenderOrder};
use super::shared::Shared;
use super::starvation::Starvation;
use crate::player::transport::{
    OutputAction, Programmes, Transport, TransportCommand, TransportEvent, TransportRequest, TransportRequests,
    TransportState,
};
use crate::timeline::Programme;
use crate::units::{Frame, Frames, SILENCE};

/// Plays from the ring. A device owns it and calls [`AudioCallback::fill`]; it never allocates, locks, logs, blocks or frees.
pub struct AudioCallback {
    pub(super) transport: Transport,
    pub(super) blocks: Consumer<Block>,
    pub(super) commands: Consumer<TransportCommand>,
    /// So many commands were heard.
    pub(super) heard: u64,
    /// Later versions of the programmes, …
    pub(super) versions: Consumer<Programmes>,
    /// … and the way back for earlier ones, which are not let go of here.
    pub(super) spent: Producer<Programmes>,
    pub(super) orders: Producer<RenderOrder>,
    pub(super) notices: Producer<PlayerNotice>,
    pub(super) shared: Arc<Shared>,
    /// Woken when there is something to render.
    pub(super) feeder: Option<Thread>,
    pub(super) starvation: Starvation,
    /// Silence is held until there are frames to play.
    pub(super) waits: bool,
    /// What is heard, or was heard last.
    pub(super) playing: Generation,
    /// What was ordered last.
    pub(super) wanted: Generation,
    /// An order that did not fit into its ring yet.
    pub(super) order: Option<RenderOrder>,
    /// Frames of the ring's first block that are played already.
    pub(super) offset: usize,
    /// The segment that was told last.
    pub(super) segment: Option<u32>,
}

impl AudioCallback {
    /// Fills the whole block with what is heard next.
    pub fn fill(&mut self, block: &mut [Frame]) {
        self.renew();
        while let Ok(command) = self.commands.pop() {
            let requests = self.transport.command(command);
            self.attend(requests);
            self.heard += 1;
        }
        let requests = self.transport.idle();
        self.attend(requests);
        self.waits = false;
        let mut done = 0;
        while done < block.len() {
            done += self.step(&mut block[done..]);
        }
        self.give_order();
        self.shared.publish(&self.transport);
        self.shared.note_heard(self.heard);
        self.shared.hold(self.waits);
    }

    /// Whether nothing is heard of it: it may go to another device between two blocks.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.starvation.is_dry() || !matches!(self.transport.want(), OutputAction::Play(_))
    }

    /// The device asked so late that it had run dry for this time. It comes up again as out of any silence. Gives whether there was
    /// anything to miss.
    pub fn missed(&mut self, frames: Frames) -> bool {
        let heard = self.lacked(frames);
        if heard {
            self.starvation.rise_again();
        }
        heard
    }

    /// The same where the device has come up again since, as it says itself.
    pub fn lacked(&mut self, frames: Frames) -> bool {
        let heard = !self.is_silent();
        if heard {
            self.notify(PlayerEvent::Underrun(frames));
        }
        heard
    }

    /// Goes on with a later version of the programmes. Whatever could be gone to in the earlier one is the same place in it.
    fn renew(&mut self) {
        while self.spent.slots() > 0
            && let Ok(programmes) = self.versions.pop()
        {
            let _ = self.spent.push(self.transport.renew(programmes));
        }
    }

    /// Fills some of the block, or changes what is wanted.
    fn step(&mut self, block: &mut [Frame]) -> usize {
        match self.transport.want() {
            OutputAction::Finish | OutputAction::Hold => {
                self.turn_to_wanted();
                block.fill(SILENCE);
                block.len()
            }
            OutputAction::AwaitFrames => {
                self.turn_to_wanted();
                let enough = self.starvation.enough(block.len());
                let (available, closed) = self.available(enough);
                if closed || available >= enough {
                    self.arrive();
                    return 0;
                }
                self.waits = true;
                block.fill(SILENCE);
                block.len()
            }
            OutputAction::Play(most) => {
                let most = most.index().min(block.len());
                self.play(&mut block[..most])
            }
        }
    }

    fn arrive(&mut self) {
        self.starvation.forget();
        if self.transport.state() != TransportState::Resuming {
            self.segment = None;
        }
        self.transport.arrived();
    }

    fn play(&mut self, block: &mut [Frame]) -> usize {
        self.starvation.await_more(self.shared.awaits().is_some());
        let (available, closed) = self.available(block.len() + self.starvation.look_ahead());
        let (available, closed) = self.starvation.limit(self.shared.withholds(), available, closed);
        if available == 0 && closed {
            let requests = self.transport.rung_out();
            self.attend(requests);
            return 0;
        }
        if (available == 0 || self.starvation.is_dry()) && self.transport.is_falling() {
            self.tell_underrun();
            self.starvation.forget();
            let requests = self.transport.hushed();
            self.attend(requests);
            return 0;
        }
        if self.starvation.holds(available, closed, block.len()) {
            self.waits = true;
            block.fill(SILENCE);
            return block.len();
        }
        self.tell_underrun();
        let wanted = block.len().min(available);
        let taken = self.take(&mut block[..wanted]);
        self.starvation.passed(taken);
        self.starvation.apply(&mut block[..taken], available, closed);
        let requests = self.transport.play(&mut block[..taken]);
        self.attend(requests);
        taken
    }

    /// Tells of the frames that were lacking.
    fn tell_underrun(&mut self) {
        if let Some(lacked) = self.starvation.recovered() {
            self.notify(PlayerEvent::Underrun(lacked));
        }
    }

    /// Frames of what plays that are in the ring, counted up to `enough`, and whether its last ones are among them.
    fn available(&mut self, enough: usize) -> (usize, bool) {
        let slots = self.blocks.slots();
        let Ok(chunk) = self.blocks.read_chunk(slots) else { return (0, false) };
        let (first, second) = chunk.as_slices();
        let (mut frames, mut offset) = (0, self.offset);
        for block in first.iter().chain(second) {
            if block.generation != self.playing {
                break;
            }
            frames += block.count - offset;
            offset = 0;
            if block.last {
                return (frames, true);
            }
            if frames >= enough {
                break;
            }
        }
        (frames, false)
    }

    /// Copies frames out of the ring's first block that has any.
    fn take(&mut self, block: &mut [Frame]) -> usize {
        loop {
            let Ok(front) = self.blocks.peek() else { return 0 };
            if self.offset == front.count && !front.last {
                self.drop_front();
                continue;
            }
            let count = block.len().min(front.count - self.offset);
            block[..count].copy_from_slice(&front.frames[self.offset..self.offset + count]);
            let (programme, segment) = (front.programme, front.segment);
            self.offset += count;
            if programme == Programme::Session && self.segment != Some(segment) {
                self.segment = Some(segment);
                self.notify(PlayerEvent::Segment(segment as usize));
            }
            return count;
        }
    }

    /// Drops what is not wanted any more.
    fn turn_to_wanted(&mut self) {
        if self.playing != self.wanted {
            self.playing = self.wanted;
            self.starvation.forget();
        }
        let mut dropped = false;
        while self.blocks.peek().is_ok_and(|front| front.generation != self.wanted) {
            self.drop_front();
            dropped = true;
        }
        if dropped {
            self.wake_feeder();
        }
    }

    fn drop_front(&mut self) {
        if let Ok(chunk) = self.blocks.read_chunk(1) {
            chunk.commit_all();
        }
        self.offset = 0;
    }

    fn attend(&mut self, requests: TransportRequests) {
        for request in requests {
            match request {
                TransportRequest::Render { place, after } => {
                    self.wanted = self.wanted.next();
                    let until = self.transport.place().frame + after;
                    self.order = Some(RenderOrder { generation: self.wanted, place, playing: self.playing, until });
                    self.give_order();
                }
                TransportRequest::Notify(event) => self.notify(PlayerEvent::Transport(event)),
            }
        }
    }

    fn give_order(&mut self) {
        if let Some(order) = self.order
            && self.orders.push(order).is_ok()
        {
            self.order = None;
            self.wake_feeder();
        }
    }

    fn wake_feeder(&self) {
        if let Some(feeder) = &self.feeder {
            feeder.unpark();
        }
    }

    /// A notice that finds no room is lost; the sound never waits for a reader.
    fn notify(&mut self, event: PlayerEvent) {
        let at = self.transport.session_frame();
        let _ = self.notices.push(PlayerNotice { event, at });
        if matches!(event, PlayerEvent::Transport(TransportEvent::Ended(_))) {
            self.shared.publish(&self.transport);
        }
    }
}
