//! The engine's side of the ring.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use rtrb::{Consumer, Producer};

use super::ring::{BLOCK_FRAMES, Block, Generation, RenderOrder, block_count};
use super::shared::{SharedFlags, WaitReason};
use super::version::TimelineVersion;
use crate::engine::{Engine, VoiceGain};
use crate::timeline::{Programme, Segment, Timeline};
use crate::units::Frames;

/// The amount of sound rendered ahead.
pub(super) const RENDER_AHEAD: Duration = Duration::from_secs(1);
/// The additional capacity of the ring: room for the frames after a jump while those before it still fade out.
pub(super) const HEADROOM: Duration = Duration::from_millis(500);

/// Why the feeder stopped rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PumpResult {
    /// The ring is full enough.
    Full,
    /// The next frames can't be rendered yet.
    Waits(WaitReason),
    /// Everything is rendered.
    Done,
}

/// Renders ahead into the ring.
pub(crate) struct Feeder {
    /// The latest version of the timelines.
    version: TimelineVersion,
    voice: VoiceGain,
    /// One engine per programme, each of the version that was the latest when the engine was created.
    engines: BTreeMap<Programme, Engine>,
    ends: FeederEnds,
    generation: Generation,
    programme: Programme,
    /// Whether the last block of this generation is in the ring.
    is_done: bool,
    /// The number of blocks rendered in this generation.
    rendered: usize,
    order: Option<RenderOrder>,
    /// The number of blocks to render ahead.
    ahead: usize,
    /// The number of blocks of a new generation to render at once, however full the ring is.
    headroom: usize,
}

/// The feeder's ends of the channels between the threads.
pub(super) struct FeederEnds {
    pub(super) versions: Receiver<TimelineVersion>,
    pub(super) blocks: Producer<Block>,
    pub(super) orders: Consumer<RenderOrder>,
    pub(super) flags: Arc<SharedFlags>,
    pub(super) errors: Sender<String>,
}

impl Feeder {
    pub(super) fn new(version: TimelineVersion, voice: VoiceGain, ends: FeederEnds) -> Self {
        let rate = version.programmes.rate();
        Self {
            engines: BTreeMap::new(),
            version,
            voice,
            ends,
            generation: Generation::default(),
            programme: Programme::SESSION,
            is_done: true,
            rendered: 0,
            order: None,
            ahead: block_count(rate, RENDER_AHEAD),
            headroom: block_count(rate, HEADROOM),
        }
    }

    /// Renders until there is nothing to do.
    pub(crate) fn pump(&mut self) -> PumpResult {
        loop {
            while let Ok(order) = self.ends.orders.pop() {
                self.order = Some(order);
            }
            while let Ok(version) = self.ends.versions.try_recv() {
                self.version = version;
            }
            if let Some(order) = self.order.filter(|order| self.is_due(order)) {
                self.begin(order);
            }
            if self.is_done {
                return PumpResult::Done;
            }
            if !self.has_room() {
                return PumpResult::Full;
            }
            self.enter_open_silence();
            if let Err(reason) = self.render() {
                if self.continue_in_later_version() {
                    continue;
                }
                let Some(order) = self.order else { return PumpResult::Waits(reason) };
                self.begin(order);
            }
        }
    }

    /// Returns whether nothing rendered before the order is needed any longer.
    fn is_due(&mut self, order: &RenderOrder) -> bool {
        order.playing != self.generation || self.is_done || self.engine().playhead() >= order.until
    }

    fn begin(&mut self, order: RenderOrder) {
        self.order = None;
        self.generation = order.generation;
        self.programme = order.playhead.programme;
        self.is_done = false;
        self.rendered = 0;
        if self.is_outdated() {
            self.drop_engine();
        }
        self.engine().seek(order.playhead.frame);
    }

    /// Returns whether the engine belongs to an earlier version than the latest.
    fn is_outdated(&self) -> bool {
        let engine = self.engines.get(&self.programme);
        engine.is_some_and(|engine| !Arc::ptr_eq(engine.timeline(), &self.version.programmes[self.programme]))
    }

    /// At the horizon, switches to the latest version if its horizon is later. Up to there both are identical.
    fn continue_in_later_version(&mut self) -> bool {
        let continues = self.engine().is_at_horizon() && self.is_outdated();
        if continues {
            let playhead = self.engine().playhead();
            self.drop_engine();
            self.engine().seek(playhead);
        }
        continues
    }

    /// In the open silence, switches to the programme that does not end it, if the listener can leave it. Up to here both are identical.
    fn enter_open_silence(&mut self) {
        if self.programme != Programme::SESSION || !self.ends.flags.can_end_open_silence() {
            return;
        }
        let engine = self.engine();
        let playhead = engine.playhead();
        if engine.timeline().open_silence().is_some_and(|open| open.start <= playhead && playhead < open.end()) {
            self.programme = Programme::OPEN_SILENCE;
            if self.is_outdated() {
                self.drop_engine();
            }
            self.engine().seek(playhead);
        }
    }

    fn has_room(&self) -> bool {
        let free = self.ends.blocks.slots();
        let filled = self.ends.blocks.buffer().capacity() - free;
        free > 0 && (filled < self.ahead || self.rendered < self.headroom)
    }

    /// Returns the engine of the programme being rendered.
    fn engine(&mut self) -> &mut Engine {
        let (TimelineVersion { programmes, clips }, programme) = (&self.version, self.programme);
        self.engines.entry(programme).or_insert_with(|| {
            Engine::new(programmes[programme].clone(), clips.get(programme).clone(), self.voice.clone())
        })
    }

    fn drop_engine(&mut self) {
        self.engines.remove(&self.programme);
    }

    /// Renders one block, or returns why that is not possible yet.
    fn render(&mut self) -> Result<(), WaitReason> {
        let (generation, programme) = (self.generation, self.programme);
        let until = self.order.filter(|order| order.playing == generation).map(|order| order.until);
        let engine = self.engine();
        let frame = engine.playhead();
        let timeline = engine.timeline().clone();
        let count = block_length(&timeline, frame, until);
        let segment = u32::try_from(timeline.segment_at(frame)).unwrap_or(u32::MAX);
        let mut block = Block::empty(generation, programme, segment);
        block.count = engine.render(&mut block.frames[..count]);
        let reason = if engine.is_at_horizon() { WaitReason::Speech } else { WaitReason::Gain };
        let reason = (block.count < count).then_some(reason);
        self.report_clip_errors();
        self.ends.flags.set_feeder_wait(reason);
        if let Some(reason) = reason
            && block.count == 0
        {
            return Err(reason);
        }
        let reaches = |end| frame + Frames(block.count as u64) >= end && until.is_none_or(|until| until > end);
        block.is_last = known_end(&timeline).is_some_and(reaches);
        self.is_done = block.is_last;
        self.rendered = self.rendered.saturating_add(1);
        let _ = self.ends.blocks.push(block);
        Ok(())
    }

    fn report_clip_errors(&mut self) {
        let errors: Vec<_> = self.engine().take_clip_errors().collect();
        for error in errors {
            let _ = self.ends.errors.send(error);
        }
    }
}

/// Returns the frame at which everything has rung out, if it is known.
fn known_end(timeline: &Timeline) -> Option<Frames> {
    timeline.horizon.is_none().then_some(timeline.end)
}

/// Returns the maximum length of the block at a frame: a block ends with its segment, with the programme, and where it is no longer needed.
/// Segments shorter than a block may share one, so that the ring holds the same length of time however many there are.
fn block_length(timeline: &Timeline, frame: Frames, until: Option<Frames>) -> usize {
    let segment = timeline.segments.get(timeline.segment_at(frame));
    let segment = segment.filter(|segment| segment.frames >= Frames(BLOCK_FRAMES as u64));
    let segment_end = segment.map(Segment::end).filter(|end| *end > frame);
    let open_start = timeline.open_silence().map(|open| open.start).filter(|start| *start > frame);
    let border = [segment_end, open_start, known_end(timeline), until].into_iter().flatten().min();
    border.map_or(BLOCK_FRAMES, |border| border.saturating_sub(frame).index().min(BLOCK_FRAMES))
}
