//! A day in virtual time: 24 hours with 5,000 cues, as fast as the machine allows. Run it with `scripts/soak`.

use std::sync::Arc;

use crate::io::clips::{AnalysisCache, ClipTable};
use crate::io::library::ManifestOrigin;
use crate::manifest::session::ClipPath;
use crate::player::PlayerEvent;
use crate::player::transport::{EndReason, TransportEvent};
use crate::testing::day_long_session::{DAY, LINE};
use crate::testing::session::Prepared;
use crate::testing::test_player::{self, TestPlayer};
use crate::units::{Frames, Rate, SILENCE};

const HOUR: u64 = 3600 * 48_000;
/// The maximum growth of resident memory after the first hour, in KiB: more than the allocator keeps, less than a leak of a few bytes per
/// cue.
const MEMORY_GROWTH: u64 = 1024;

/// Returns the resident memory of this process in KiB.
#[cfg(target_os = "linux")]
fn resident_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// On other systems only the playhead is checked.
#[cfg(not(target_os = "linux"))]
fn resident_memory() -> u64 {
    0
}

/// Returns a day with the shipped recording, which is decoded each time that it is played.
fn day() -> Prepared {
    let (table, damage) =
        ClipTable::probe(&ManifestOrigin::Bundled, &[ClipPath::new(LINE).unwrap()], AnalysisCache::disabled());
    assert!(damage.is_empty(), "{damage:?}");
    let table = Arc::new(table);
    let facts = table.facts(&[]);
    Prepared::with(DAY, &facts, |timeline| table.source(timeline), Rate::DEFAULT)
}

#[test]
#[ignore = "only quick in a release build; run scripts/soak"]
fn a_day_drifts_by_no_frame_and_leaks_no_memory() {
    let prepared = day();
    let day = prepared.session().clone();
    let TestPlayer { mut callback, mut handle, mut feeder, .. } = TestPlayer::new(&prepared, test_player::start_at(0));
    let (mut block, mut played, mut segments) = ([SILENCE; 480], 0_u64, 0_u64);
    let mut memory_after_an_hour = None;
    let mut end = None;
    while end.is_none() {
        feeder.pump();
        callback.fill(&mut block);
        played += block.len() as u64;
        while let Some(notice) = handle.next_notice() {
            match notice.event {
                PlayerEvent::Segment(_) => segments += 1,
                PlayerEvent::Transport(TransportEvent::Ended(reason)) => end = Some((reason, notice.at)),
                PlayerEvent::Underrun(frames) => panic!("an underrun of {} frames", frames.0),
                PlayerEvent::Transport(_) => {}
            }
        }
        if played.is_multiple_of(HOUR) {
            assert_eq!(
                handle.snapshot().session_frame,
                Frames(played).min(day.end),
                "the playhead is at the device's frame"
            );
            let memory = resident_memory();
            let first = *memory_after_an_hour.get_or_insert(memory);
            assert!(memory <= first + MEMORY_GROWTH, "{memory} KiB are in use, and {first} KiB after the first hour");
            println!("hour {:2}: {memory} KiB", played / HOUR);
        }
    }
    assert_eq!(end, Some((EndReason::Completed, day.end)), "it ends with its last frame");
    assert_eq!(segments, day.segments.len() as u64, "each segment is announced once");
}
