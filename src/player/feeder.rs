//! The engine's side of the ring.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use rtrb::{Consumer, Producer};

use super::handle::Shared;
use super::ring::{BLOCK, Block, Generation, Order, blocks};
use crate::engine::{ClipSource, Engine, VoiceGain};
use crate::timeline::{Programme, Timeline};
use crate::transport::{Place, Programmes};
use crate::units::Frames;

/// So much is rendered ahead.
pub(super) const AHEAD: u64 = 1_000;
/// So much more the ring holds, for what is wanted next while what plays now still fades.
pub(super) const HEADROOM: u64 = 500;

/// Why the feeder stopped rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pumped {
    /// The ring is full enough.
    Full,
    /// A clip comes up, and the session's gain is not known yet.
    AwaitsGain,
    /// All is rendered.
    Done,
}

/// Opens the clips of each programme.
pub type Clips = [Arc<dyn ClipSource>; 3];

/// Renders ahead into the ring.
pub struct Feeder {
    programmes: Programmes,
    clips: Clips,
    voice: VoiceGain,
    engines: [Option<Engine>; 3],
    blocks: Producer<Block>,
    orders: Consumer<Order>,
    shared: Arc<Shared>,
    troubles: Sender<String>,
    generation: Generation,
    programme: Programme,
    /// The last block of this generation is in the ring.
    done: bool,
    /// Blocks of this generation so far, as far as they matter.
    rendered: usize,
    order: Option<Order>,
    ahead: usize,
    headroom: usize,
}

impl Feeder {
    pub(super) fn new(
        programmes: Programmes,
        clips: Clips,
        voice: VoiceGain,
        blocks: Producer<Block>,
        orders: Consumer<Order>,
        shared: Arc<Shared>,
        troubles: Sender<String>,
    ) -> Self {
        let rate = programmes.session.rate;
        Self {
            programmes,
            clips,
            voice,
            engines: [None, None, None],
            blocks,
            orders,
            shared,
            troubles,
            generation: Generation::default(),
            programme: Programme::Session,
            done: true,
            rendered: 0,
            order: None,
            ahead: self::blocks(rate, AHEAD),
            headroom: self::blocks(rate, HEADROOM),
        }
    }

    /// Renders until there is nothing to do.
    pub fn pump(&mut self) -> Pumped {
        loop {
            while let Ok(order) = self.orders.pop() {
                self.order = Some(order);
            }
            if let Some(order) = self.order.filter(|order| self.is_due(order)) {
                self.begin(order);
            }
            if self.done {
                return Pumped::Done;
            }
            if !self.has_room() {
                return Pumped::Full;
            }
            if !self.render() {
                let Some(order) = self.order else { return Pumped::AwaitsGain };
                self.begin(order);
            }
        }
    }

    /// Whether nothing more is wanted before the order.
    fn is_due(&mut self, order: &Order) -> bool {
        order.playing != self.generation || self.done || self.engine(self.programme).playhead() >= order.until
    }

    fn begin(&mut self, order: Order) {
        self.order = None;
        self.generation = order.generation;
        self.programme = order.place.programme;
        self.done = false;
        self.rendered = 0;
        self.engine(order.place.programme).seek(order.place.frame);
    }

    fn has_room(&self) -> bool {
        let free = self.blocks.slots();
        let filled = self.blocks.buffer().capacity() - free;
        free > 0 && (filled < self.ahead || self.rendered < self.headroom)
    }

    fn engine(&mut self, programme: Programme) -> &mut Engine {
        let index = programme as usize;
        let (programmes, clips, voice) = (&self.programmes, &self.clips, &self.voice);
        self.engines[index]
            .get_or_insert_with(|| Engine::new(programmes.get(programme).clone(), clips[index].clone(), voice.clone()))
    }

    /// Renders one block; false where the session's gain is awaited.
    fn render(&mut self) -> bool {
        let (generation, programme) = (self.generation, self.programme);
        let until = self.order.filter(|order| order.playing == generation).map(|order| order.until);
        let engine = self.engine(programme);
        let frame = engine.playhead();
        let timeline = engine.timeline().clone();
        let count = length(&timeline, frame, until);
        let segment = u32::try_from(timeline.segment_at(frame)).unwrap_or(u32::MAX);
        let mut block = Block::empty(generation, Place { programme, frame }, segment);
        block.count = engine.render(&mut block.frames[..count]);
        let troubles: Vec<_> = engine.troubles().collect();
        for trouble in troubles {
            let _ = self.troubles.send(trouble);
        }
        let awaits_gain = block.count < count;
        self.shared.await_gain(awaits_gain);
        if awaits_gain && block.count == 0 {
            return false;
        }
        block.last =
            frame + Frames(block.count as u64) >= timeline.end && until.is_none_or(|until| until > timeline.end);
        self.done = block.last;
        self.rendered = self.rendered.saturating_add(1);
        self.blocks.push(block).is_ok()
    }
}

/// How long the block at a frame may be: within its segment, the programme, and what is still wanted. Segments shorter than a
/// block may share one, so that the ring holds its time however many there are.
fn length(timeline: &Timeline, frame: Frames, until: Option<Frames>) -> usize {
    let segment = timeline.segments.get(timeline.segment_at(frame)).filter(|one| one.frames >= Frames(BLOCK as u64));
    let segment = segment.map(crate::timeline::Segment::end).filter(|end| *end > frame);
    let border = [segment, Some(timeline.end), until].into_iter().flatten().min().unwrap_or_default();
    border.saturating_sub(frame).index().min(BLOCK)
}
