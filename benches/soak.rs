//! A day in virtual time through the player, as a device pulls it: 24 hours of 5,000 cues, as fast as the machine can.
//!
//! `cargo bench --bench soak` prints, hour by hour, where the playhead is and how much memory is held. The playhead has to be
//! where the device is to the frame, and no hour may hold a mebibyte more than the first.
#![expect(clippy::unwrap_used, reason = "a bench that can't be made ready has nothing to measure")]

#[path = "../tests/virtual_time/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::time::Instant;

use karuna::io::clips::{ClipTable, Knowledge};
use karuna::io::library::Home;
use karuna::manifest::session::ClipPath;
use karuna::player::PlayerEvent;
use karuna::player::transport::{EndReason, TransportEvent};
use karuna::units::{Frames, Rate, SILENCE};
use support::day::{DAY, LINE};
use support::listener::{self, Listener};
use support::session::Prepared;

const HOUR: u64 = 3600 * 48_000;
/// In KiB: what an allocator may hold for a while, and no leak of a few bytes for each cue.
const PLAY: u64 = 1024;

/// Resident memory in KiB, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// With the recording that ships, decoded anew each time that it is heard.
fn prepared() -> Prepared {
    let (table, troubles) = ClipTable::probe(&Home::Program, &[ClipPath::new(LINE).unwrap()], Knowledge::none());
    assert!(troubles.is_empty(), "{troubles:?}");
    let table = Arc::new(table);
    let facts = table.facts(&[], None);
    Prepared::with(DAY, &facts, |timeline| table.source(timeline), Rate::DEFAULT)
}

fn main() {
    let prepared = prepared();
    let day = prepared.session().clone();
    println!("{} cues in {:.3} hours", day.cues.len(), day.frames.0 as f64 / HOUR as f64);
    let Listener { mut callback, mut handle, mut feeder, .. } = Listener::new(&prepared, listener::from(0));
    let (mut block, mut heard, mut segments, began) = ([SILENCE; 480], 0_u64, 0_u64, Instant::now());
    let mut first = None;
    let end = loop {
        feeder.pump();
        callback.fill(&mut block);
        heard += block.len() as u64;
        let mut end = None;
        while let Some(notice) = handle.next_notice() {
            match notice.event {
                PlayerEvent::Segment(_) => segments += 1,
                PlayerEvent::Transport(TransportEvent::Ended(reason)) => end = Some((reason, notice.at)),
                PlayerEvent::Underrun(frames) => panic!("an underrun of {} frames", frames.0),
                PlayerEvent::Transport(_) => {}
            }
        }
        if heard.is_multiple_of(HOUR) {
            let playhead = handle.snapshot().session_frame;
            assert_eq!(playhead, Frames(heard).min(day.end), "the playhead is where the device is");
            let held = resident();
            let first = *first.get_or_insert(held);
            assert!(held <= first.map(|kib| kib + PLAY), "{held:?} KiB are held, and {first:?} after the first hour");
            let memory = held.map_or("?".to_owned(), |kib| format!("{:.1} MiB", kib as f64 / 1024.0));
            println!(
                "hour {:2}: frame {}, {memory}, {:.0} s gone",
                heard / HOUR,
                playhead.0,
                began.elapsed().as_secs_f64()
            );
        }
        if let Some(end) = end {
            break end;
        }
    };
    assert_eq!(end, (EndReason::Completed, day.end), "it ends on its last frame");
    assert_eq!(segments, day.segments.len() as u64, "each segment was told once");
    println!("done at frame {} of {}, {segments} segments, no underrun", end.1.0, day.end.0);
}
