//! Where the transport's frames become the device's samples.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rodio::{ChannelCount, SampleRate, Source};
use rtrb::{Consumer, Producer, RingBuffer};

use crate::io::priority;
use crate::player::AudioCallback;
use crate::units::{Frame, Frames, Rate, SILENCE};

/// So many frames are asked of the transport at once.
const BLOCK: usize = 64;

/// What a device holds, and in which portions it asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Buffer {
    pub(super) rate: Rate,
    /// Asked for at once.
    pub(super) period: Frames,
    /// Held in all, just after it has asked.
    pub(super) whole: Frames,
}

impl Buffer {
    /// For how long a device that asked so long ago has played nothing since.
    fn missed(self, since: Duration) -> Frames {
        self.rate.frames(since).saturating_sub(self.whole)
    }

    /// What a device that asked last so long ago has not played yet. Had it played more than a period of it, it would have asked
    /// again.
    fn unheard(self, since: Duration) -> Frames {
        self.whole.saturating_sub(self.rate.frames(since).min(self.period))
    }
}

/// What both sides of a tap see.
#[derive(Debug)]
struct Shared {
    begun: Instant,
    rate: Rate,
    /// The buffer's, in frames: where the sound moves to another sink, it is another.
    period: AtomicU64,
    whole: AtomicU64,
    /// Counts the blocks that were asked for.
    beats: AtomicU64,
    /// When the last one was, in nanoseconds from the beginning.
    asked: AtomicU64,
    /// The callback is wanted back, once it is silent.
    wanted_back: AtomicBool,
}

impl Shared {
    fn buffer(&self) -> Buffer {
        let frames = |count: &AtomicU64| Frames(count.load(Ordering::Relaxed));
        Buffer { rate: self.rate, period: frames(&self.period), whole: frames(&self.whole) }
    }

    fn now(&self) -> Duration {
        self.begun.elapsed()
    }
}

/// The program's side: puts the callback in, and takes it out again.
pub(super) struct CallbackSlot {
    shared: Arc<Shared>,
    put: Producer<AudioCallback>,
    taken: Consumer<AudioCallback>,
}

impl CallbackSlot {
    /// Plays what this has from now on. There is none yet, or it was taken back.
    pub(super) fn put(&mut self, callback: AudioCallback) {
        self.shared.wanted_back.store(false, Ordering::Relaxed);
        let _ = self.put.push(callback);
    }

    /// Takes the callback back if it is silent by now; silence is played from there on.
    pub(super) fn take(&mut self) -> Option<AudioCallback> {
        self.shared.wanted_back.store(true, Ordering::Relaxed);
        self.taken.pop().ok()
    }

    pub(super) fn beats(&self) -> u64 {
        self.shared.beats.load(Ordering::Relaxed)
    }

    pub(super) fn unheard(&self) -> Frames {
        let asked = Duration::from_nanos(self.shared.asked.load(Ordering::Relaxed));
        self.shared.buffer().unheard(self.shared.now().saturating_sub(asked))
    }

    pub(super) fn whole(&self) -> Frames {
        self.shared.buffer().whole
    }
}

/// The transport's frames as a source of rodio's kind, sample by sample. It never ends: its end would be freed on the audio thread.
pub(super) struct CallbackSource {
    shared: Arc<Shared>,
    put: Consumer<AudioCallback>,
    taken: Producer<AudioCallback>,
    callback: Option<AudioCallback>,
    block: [Frame; BLOCK],
    /// The next sample of the block.
    next: usize,
    /// When the last block was asked for.
    asked: Duration,
    /// The device has said since then that it had nothing to play.
    dry: bool,
    /// The clock told of it before, and the device may still say so.
    told: bool,
}

impl CallbackSource {
    /// One that plays silence until there is a callback.
    pub(super) fn new(buffer: Buffer) -> (Self, CallbackSlot) {
        let shared = Arc::new(Shared {
            begun: Instant::now(),
            rate: buffer.rate,
            period: AtomicU64::new(buffer.period.0),
            whole: AtomicU64::new(buffer.whole.0),
            beats: AtomicU64::new(0),
            asked: AtomicU64::new(0),
            wanted_back: AtomicBool::new(false),
        });
        let ((put, put_end), (taken_end, taken)) = (RingBuffer::new(1), RingBuffer::new(1));
        let tap = Self {
            shared: shared.clone(),
            put: put_end,
            taken: taken_end,
            callback: None,
            block: [SILENCE; BLOCK],
            next: 2 * BLOCK,
            asked: Duration::ZERO,
            dry: false,
            told: false,
        };
        (tap, CallbackSlot { shared, put, taken })
    }

    /// The device holds another amount from now on, at the same rate.
    pub(super) fn holds(&self, buffer: Buffer) {
        self.shared.period.store(buffer.period.0, Ordering::Relaxed);
        self.shared.whole.store(buffer.whole.0, Ordering::Relaxed);
    }

    /// The device says that it had nothing to play.
    pub(super) fn ran_dry(&mut self) {
        self.dry = true;
    }

    fn refill(&mut self) {
        if self.asked == Duration::ZERO {
            priority::raise();
        }
        let now = self.shared.now();
        let since = now.saturating_sub(std::mem::replace(&mut self.asked, now));
        self.exchange();
        self.tell_of_gaps(self.shared.buffer().missed(since));
        match &mut self.callback {
            Some(callback) => callback.fill(&mut self.block),
            None => self.block.fill(SILENCE),
        }
        self.shared.asked.store(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.shared.beats.fetch_add(1, Ordering::Relaxed);
    }

    /// Tells the callback where the device had nothing to play, once for each time. Only what the clock sees was heard for certain, and
    /// is risen out of; the device tells of less, which its sink may have bridged, and not for how long: a frame at least.
    fn tell_of_gaps(&mut self, missed: Frames) {
        let dry = std::mem::take(&mut self.dry);
        let Some(callback) = &mut self.callback else { return };
        if missed > Frames::ZERO {
            self.told = callback.report_audible_gap(missed) && !dry;
        } else if dry && !std::mem::take(&mut self.told) {
            callback.report_gap(Frames(1));
        }
    }

    /// Between two blocks, the callback may come or go.
    fn exchange(&mut self) {
        if self.callback.is_none() {
            self.callback = self.put.pop().ok();
        } else if self.shared.wanted_back.load(Ordering::Relaxed)
            && let Some(callback) = self.callback.take_if(|callback| callback.is_silent())
            && let Err(rtrb::PushError::Full(callback)) = self.taken.push(callback)
        {
            self.callback = Some(callback);
        }
    }
}

impl Iterator for CallbackSource {
    type Item = f32;

    #[inline]
    fn next(&mut self) -> Option<f32> {
        if self.next == 2 * BLOCK {
            self.refill();
            self.next = 0;
        }
        let sample = self.block[self.next / 2][self.next % 2];
        self.next += 1;
        Some(sample)
    }
}

impl Source for CallbackSource {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> ChannelCount {
        NonZero::<u16>::MIN.saturating_add(1)
    }

    fn sample_rate(&self) -> SampleRate {
        NonZero::new(self.shared.rate.hertz()).unwrap_or(NonZero::<u32>::MIN)
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests;
