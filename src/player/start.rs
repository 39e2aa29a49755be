//! Builds a player from its parts.

use std::cell::RefCell;
use std::io;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rtrb::RingBuffer;
use triple_buffer::TripleBuffer;

use super::callback::{AudioCallback, CallbackEnds};
use super::error::PlayerError;
use super::feeder::{self, Feeder, FeederEnds, PumpResult};
use super::handle::{HandleEnds, PlayerHandle};
use super::ring::{Generation, RenderOrder, block_count};
use super::shared::{SharedFlags, WaitReason};
use super::snapshot::CallbackReport;
use super::transport::{StartPoint, Transport};
use super::version::TimelineVersion;
use crate::engine::VoiceGain;
use crate::units::{Frames, Rate};

const COMMAND_SLOTS: usize = 256;
const NOTICE_SLOTS: usize = 4096;
const ORDER_SLOTS: usize = 16;
/// The capacity of the queue of versions to the callback, which holds at most one. The queue of retired versions always has room.
const VERSION_SLOTS: usize = 1;
const RETIRED_SLOTS: usize = 4;

/// The sleep of the feeder when the ring is full, unless it is unparked.
const FEEDER_SLEEP: Duration = Duration::from_millis(250);
/// The sleep of the feeder while it waits for the gain of the recordings, which does not unpark it.
const GAIN_POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Starts a player with a feeder thread. If that thread can't be started or dies, [`PlayerHandle::error`] returns the reason.
#[must_use]
pub(crate) fn start(version: TimelineVersion, voice: VoiceGain, from: StartPoint) -> (AudioCallback, PlayerHandle) {
    start_with(|run| thread::Builder::new().name("feeder".to_owned()).spawn(run), version, voice, from)
}

fn start_with(
    spawn: impl FnOnce(Box<dyn FnOnce() + Send>) -> io::Result<JoinHandle<()>>,
    version: TimelineVersion,
    voice: VoiceGain,
    from: StartPoint,
) -> (AudioCallback, PlayerHandle) {
    let (mut callback, mut handle, mut feeder) = start_without_thread(version, voice, from);
    let flags = handle.flags().clone();
    let run = move || {
        while !flags.is_shut_down() {
            let waits_for_gain = feeder.pump() == PumpResult::Waits(WaitReason::Gain);
            thread::park_timeout(if waits_for_gain { GAIN_POLL_INTERVAL } else { FEEDER_SLEEP });
        }
    };
    match spawn(Box::new(run)) {
        Ok(thread) => {
            callback.set_feeder(thread.thread().clone());
            handle.set_feeder(thread);
        }
        Err(error) => handle.set_error(PlayerError::FeederNotStarted(error)),
    }
    (callback, handle)
}

/// Creates a player without a thread. The caller drives it by [`Feeder::pump`] and [`AudioCallback::fill`], faster or slower than real time.
#[must_use]
pub(crate) fn start_without_thread(
    version: TimelineVersion,
    voice: VoiceGain,
    from: StartPoint,
) -> (AudioCallback, PlayerHandle, Feeder) {
    let transport = Transport::new(version.programmes.clone(), from);
    let (feeder_ends, handle_ends, callback_ends) = connect(version.programmes.rate(), &transport);
    handle_ends.flags.set_can_end_open_silence(from.can_end_open_silence);
    let feeder = Feeder::new(version.clone(), voice, feeder_ends);
    let handle = PlayerHandle::new(version.programmes, handle_ends);
    let first_order = RenderOrder {
        generation: Generation::default().next(),
        playhead: from.playhead,
        playing: Generation::default(),
        until: Frames::ZERO,
    };
    (AudioCallback::new(transport, callback_ends, first_order), handle, feeder)
}

/// Creates the rings, channels and flags that connect the parts of a player.
fn connect(rate: Rate, transport: &Transport) -> (FeederEnds, HandleEnds, CallbackEnds) {
    let (block_producer, blocks) = RingBuffer::new(block_count(rate, feeder::RENDER_AHEAD + feeder::HEADROOM));
    let (command_producer, commands) = RingBuffer::new(COMMAND_SLOTS);
    let (order_producer, orders) = RingBuffer::new(ORDER_SLOTS);
    let (notice_producer, notices) = RingBuffer::new(NOTICE_SLOTS);
    let (version_producer, callback_versions) = RingBuffer::new(VERSION_SLOTS);
    let (retired_producer, retired) = RingBuffer::new(RETIRED_SLOTS);
    let (version_sender, feeder_versions) = mpsc::channel();
    let (error_sender, clip_errors) = mpsc::channel();
    let flags = Arc::new(SharedFlags::default());
    let (report_input, report) = TripleBuffer::new(&CallbackReport::new(transport, 0, None)).split();
    let feeder = FeederEnds {
        versions: feeder_versions,
        blocks: block_producer,
        orders,
        flags: flags.clone(),
        errors: error_sender,
    };
    let handle = HandleEnds {
        commands: command_producer,
        notices,
        clip_errors,
        report: RefCell::new(report),
        flags: flags.clone(),
        callback_versions: version_producer,
        feeder_versions: version_sender,
        retired,
    };
    let callback = CallbackEnds {
        blocks,
        commands,
        versions: callback_versions,
        retired: retired_producer,
        orders: order_producer,
        notices: notice_producer,
        report: report_input,
        flags,
    };
    (feeder, handle, callback)
}

#[cfg(test)]
mod tests;
