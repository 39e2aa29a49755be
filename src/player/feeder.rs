//! The engine's side of the ring.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use rtrb::{Consumer, Producer};

use super::ring::{BLOCK, Block, Generation, RenderOrder, WaitReason, blocks};
use super::shared::Shared;
use crate::engine::{ClipSource, Engine, VoiceGain};
use crate::player::transport::{Playhead, Programmes};
use crate::timeline::{Programme, Timeline};
use crate::units::Frames;

/// So much is rendered ahead.
pub(super) const AHEAD: u64 = 1_000;
/// So much more the ring holds, for what is wanted next while what plays now still fades.
pub(super) const HEADROOM: u64 = 500;

/// Why the feeder stopped rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PumpResult {
    /// The ring is full enough.
    Full,
    /// What comes up can't be rendered yet.
    Awaits(WaitReason),
    /// All is rendered.
    Done,
}

/// Opens the clips of each programme.
pub type Clips = [Arc<dyn ClipSource>; 3];

/// The programmes of a session, as far as they are known, and what opens their clips.
#[derive(Clone)]
pub struct TimelineVersion {
    /// What is played.
    pub programmes: Programmes,
    /// Opens the clips of each.
    pub clips: Clips,
}

/// Renders ahead into the ring.
pub struct Feeder {
    /// The latest.
    version: TimelineVersion,
    versions: Receiver<TimelineVersion>,
    voice: VoiceGain,
    /// Each of the version that was the latest when it began.
    engines: [Option<Engine>; 3],
    blocks: Producer<Block>,
    orders: Consumer<RenderOrder>,
    shared: Arc<Shared>,
    troubles: Sender<String>,
    generation: Generation,
    programme: Programme,
    /// The last block of this generation is in the ring.
    done: bool,
    /// Blocks of this generation so far, as far as they matter.
    rendered: usize,
    order: Option<RenderOrder>,
    ahead: usize,
    headroom: usize,
}

impl Feeder {
    pub(super) fn new(
        version: TimelineVersion,
        versions: Receiver<TimelineVersion>,
        voice: VoiceGain,
        blocks: Producer<Block>,
        orders: Consumer<RenderOrder>,
        shared: Arc<Shared>,
        troubles: Sender<String>,
    ) -> Self {
        let rate = version.programmes.session.rate;
        Self {
            version,
            versions,
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
    pub fn pump(&mut self) -> PumpResult {
        loop {
            while let Ok(order) = self.orders.pop() {
                self.order = Some(order);
            }
            while let Ok(version) = self.versions.try_recv() {
                self.version = version;
            }
            if let Some(order) = self.order.filter(|order| self.is_due(order)) {
                self.begin(order);
            }
            if self.done {
                return PumpResult::Done;
            }
            if !self.has_room() {
                return PumpResult::Full;
            }
            if let Err(awaited) = self.render() {
                if self.goes_on_in_later_version() {
                    continue;
                }
                let Some(order) = self.order else { return PumpResult::Awaits(awaited) };
                self.begin(order);
            }
        }
    }

    /// Whether nothing more is wanted before the order.
    fn is_due(&mut self, order: &RenderOrder) -> bool {
        order.playing != self.generation || self.done || self.engine(self.programme).playhead() >= order.until
    }

    fn begin(&mut self, order: RenderOrder) {
        self.order = None;
        self.generation = order.generation;
        self.programme = order.place.programme;
        self.done = false;
        self.rendered = 0;
        if self.is_outdated(self.programme) {
            self.engines[self.programme as usize] = None;
        }
        self.engine(order.place.programme).seek(order.place.frame);
    }

    /// Whether there is an engine of an earlier version than the latest.
    fn is_outdated(&self, programme: Programme) -> bool {
        let engine = self.engines[programme as usize].as_ref();
        engine.is_some_and(|engine| !Arc::ptr_eq(engine.timeline(), self.version.programmes.get(programme)))
    }

    /// At the horizon, goes on in the latest version, if that reaches further. Up to there both are the same.
    fn goes_on_in_later_version(&mut self) -> bool {
        let goes_on = self.engine(self.programme).is_at_horizon() && self.is_outdated(self.programme);
        if goes_on {
            let playhead = self.engine(self.programme).playhead();
            self.engines[self.programme as usize] = None;
            self.engine(self.programme).seek(playhead);
        }
        goes_on
    }

    fn has_room(&self) -> bool {
        let free = self.blocks.slots();
        let filled = self.blocks.buffer().capacity() - free;
        free > 0 && (filled < self.ahead || self.rendered < self.headroom)
    }

    fn engine(&mut self, programme: Programme) -> &mut Engine {
        let index = programme as usize;
        let (TimelineVersion { programmes, clips }, voice) = (&self.version, &self.voice);
        self.engines[index]
            .get_or_insert_with(|| Engine::new(programmes.get(programme).clone(), clips[index].clone(), voice.clone()))
    }

    /// Renders one block, if it can.
    fn render(&mut self) -> Result<(), WaitReason> {
        let (generation, programme) = (self.generation, self.programme);
        let until = self.order.filter(|order| order.playing == generation).map(|order| order.until);
        let engine = self.engine(programme);
        let frame = engine.playhead();
        let timeline = engine.timeline().clone();
        let count = length(&timeline, frame, until);
        let segment = u32::try_from(timeline.segment_at(frame)).unwrap_or(u32::MAX);
        let mut block = Block::empty(generation, Playhead { programme, frame }, segment);
        block.count = engine.render(&mut block.frames[..count]);
        let is_at_horizon = engine.is_at_horizon();
        let troubles: Vec<_> = engine.troubles().collect();
        for trouble in troubles {
            let _ = self.troubles.send(trouble);
        }
        let awaited = if is_at_horizon { WaitReason::Speech } else { WaitReason::Gain };
        let awaited = (block.count < count).then_some(awaited);
        self.shared.await_more(awaited);
        if let Some(awaited) = awaited
            && block.count == 0
        {
            return Err(awaited);
        }
        let reaches = |end| frame + Frames(block.count as u64) >= end && until.is_none_or(|until| until > end);
        block.last = end(&timeline).is_some_and(reaches);
        self.done = block.last;
        self.rendered = self.rendered.saturating_add(1);
        let _ = self.blocks.push(block);
        Ok(())
    }
}

/// Where everything has rung out, if that is known.
fn end(timeline: &Timeline) -> Option<Frames> {
    timeline.horizon.is_none().then_some(timeline.end)
}

/// How long the block at a frame may be: within its segment, the programme, and what is still wanted. Segments shorter than a
/// block may share one, so that the ring holds its time however many there are.
fn length(timeline: &Timeline, frame: Frames, until: Option<Frames>) -> usize {
    let segment = timeline.segments.get(timeline.segment_at(frame)).filter(|one| one.frames >= Frames(BLOCK as u64));
    let segment = segment.map(crate::timeline::Segment::end).filter(|end| *end > frame);
    let border = [segment, end(timeline), until].into_iter().flatten().min();
    border.map_or(BLOCK, |border| border.saturating_sub(frame).index().min(BLOCK))
}
