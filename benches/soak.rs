//! A day in virtual time through the player, as a device pulls it: 24 hours of 5,000 cues, as fast as the machine can.
//!
//! `cargo bench --bench soak` prints, hour by hour, where the playhead is and how much memory is held. The playhead has to be
//! where the device is to the frame, and no more memory is held at the end than after the first hour.
#![expect(clippy::unwrap_used, reason = "a bench that can't be made ready has nothing to measure")]

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use karuna::engine::{ClipReader, ClipSource, ClipUnavailable};
use karuna::io::clips::{ClipTable, Knowledge};
use karuna::io::library::Home;
use karuna::manifest;
use karuna::player::{self, Happening, Snapshot};
use karuna::timeline::{self, Programme, Shape, Timeline};
use karuna::transport::{Event, Place, Programmes, Reason};
use karuna::units::{Decibels, Frames, Rate, SILENCE};

const HOUR: u64 = 3600 * 48_000;
/// Four strikes, a line and a silence, a thousand times; the line lasts some nine seconds.
const DAY: &str = r#"
format = 1
title = "A day"
[[segment]]
repeat = 1000
[[segment.part]]
bell = "block"
strikes = 4
every = "11.1s"
hold = "6.7s"
[[segment.part]]
clip = "craving/13-rest.ogg"
[[segment.part]]
silence = "37.487s"
"#;

/// Resident memory in KiB, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

struct Nothing;

impl ClipSource for Nothing {
    fn open(&self, _: usize) -> Result<Box<dyn ClipReader>, ClipUnavailable> {
        Err(ClipUnavailable("there is none".to_owned()))
    }
}

fn main() {
    let session = manifest::read(Path::new("day.toml"), DAY).0.unwrap();
    let paths: Vec<_> = session.clips().into_iter().map(|clip| clip.value.clone()).collect();
    let (table, troubles) = ClipTable::probe(&Home::Program, &paths, Knowledge::none());
    assert!(troubles.is_empty(), "{troubles:?}");
    let (table, facts) = (Arc::new(table), timeline::Facts::default());
    let facts_of_clips = table.facts(&[], None);
    let build = |programme| {
        let facts = if programme == Programme::Session { &facts_of_clips } else { &facts };
        Arc::new(timeline::build(&session, programme, facts, &Shape::default(), Rate::DEFAULT).unwrap())
    };
    let day: Arc<Timeline> = build(Programme::Session);
    println!("{} cues in {:.3} hours", day.cues.len(), day.frames.0 as f64 / HOUR as f64);
    let programmes =
        Programmes { session: day.clone(), soften: build(Programme::Soften), closing: build(Programme::Closing) };
    let clips: player::Clips = [table.source(&day), Arc::new(Nothing), Arc::new(Nothing)];
    let from = Snapshot {
        place: Place::session(Frames::ZERO),
        session_frame: Frames::ZERO,
        holds: false,
        ending: false,
        silent: false,
        volume: Decibels::UNITY,
    };
    let voice = Arc::new(OnceLock::from(Decibels::UNITY));
    let (mut callback, mut handle, mut feeder) = player::without_thread(programmes, clips, voice, from);
    let (mut block, mut heard, mut segments, began) = ([SILENCE; 480], 0_u64, 0_u64, Instant::now());
    let end = loop {
        feeder.pump();
        callback.fill(&mut block);
        heard += block.len() as u64;
        let mut end = None;
        while let Some(notice) = handle.notice() {
            match notice.happening {
                Happening::Segment(_) => segments += 1,
                Happening::Transport(Event::End(reason)) => end = Some((reason, notice.at)),
                Happening::Underrun(frames) => panic!("an underrun of {} frames", frames.0),
                Happening::Transport(_) => {}
            }
        }
        if heard.is_multiple_of(HOUR) {
            let playhead = handle.snapshot().session_frame;
            assert_eq!(playhead, Frames(heard).min(day.end), "the playhead is where the device is");
            let memory = resident().map_or("?".to_owned(), |kib| format!("{:.1} MiB", kib as f64 / 1024.0));
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
    assert_eq!(end, (Reason::Done, day.end), "it ends on its last frame");
    assert_eq!(segments, day.segments.len() as u64, "each segment was told once");
    println!("done at frame {} of {}, {} segments, {} underruns", end.1.0, day.end.0, segments, 0);
}
