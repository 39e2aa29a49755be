//! Gaps reported by the clock or the device, and a device with another rate.

use std::f64::consts::TAU;

use assert_no_alloc::assert_no_alloc;

use super::*;
use crate::io::device::wake::WakeMode;
use crate::player::transport::TransportCommand;
use crate::player::{Feeder, PlayerEvent, PlayerHandle, StartPoint, start_without_thread};
use crate::testing::clips::{Recording, Recordings};
use crate::testing::session::{Prepared, hertz, known_gain};

const BELL: &str = "[[segment]]\nbell = \"bowl\"\n";
const TONE: &str = "[bell.tone]\nclip = \"tone.wav\"\n[[segment]]\nbell = \"tone\"\nhold = \"10s\"\n";
const TONE_HERTZ: f64 = 1_000.5;

/// A source that plays a session, with the other sides of its player.
struct PlayingSource {
    source: CallbackSource,
    slot: CallbackSlot,
    handle: PlayerHandle,
    feeder: Feeder,
}

/// Returns a bell that has played for a while.
fn playing_bell() -> PlayingSource {
    let mut playing = PlayingSource::new(BELL, Rate::DEFAULT);
    playing.play(100);
    playing
}

impl PlayingSource {
    /// Plays a session of 48 kHz on a device of any rate.
    fn new(segments: &str, device_rate: Rate) -> Self {
        Self::kept_awake(segments, device_rate, WakeMode::Never)
    }

    fn kept_awake(segments: &str, device_rate: Rate, wake: WakeMode) -> Self {
        let tone = Recording::tone(Rate::DEFAULT, 10 * 48_000, TONE_HERTZ);
        let prepared = Prepared::new(segments, &Recordings::default().with("tone.wav", tone), Rate::DEFAULT);
        let (callback, handle, feeder) =
            start_without_thread(prepared.version(), known_gain(), StartPoint::at(Frames::ZERO));
        let buffer = DeviceBuffer { rate: Rate::DEFAULT, period: LONG, capacity: LONG };
        let (source, mut slot) = CallbackSource::new(device_rate, buffer, WakeRequests::new(wake, true)).unwrap();
        slot.insert(callback);
        Self { source, slot, handle, feeder }
    }

    /// Plays this many frames of the device, and returns the left channel.
    fn play_frames(&mut self, frames: usize) -> Vec<f32> {
        let mut played = Vec::with_capacity(frames);
        while played.len() < frames {
            self.feeder.pump();
            for _ in 0..BLOCK_FRAMES {
                let [left, _right] = assert_no_alloc(|| [self.source.next().unwrap(), self.source.next().unwrap()]);
                played.push(left);
            }
        }
        played
    }

    /// Plays this many blocks, and returns the peak of each.
    fn play(&mut self, blocks: usize) -> Vec<f32> {
        let block = |_| {
            self.feeder.pump();
            self.source.by_ref().take(2 * BLOCK_FRAMES).fold(0.0_f32, |largest, sample| largest.max(sample.abs()))
        };
        (0..blocks).map(block).collect()
    }

    /// Plays a block so late that the device has run dry.
    fn play_late_block(&mut self) -> f32 {
        self.source.state.capacity.store(0, Ordering::Relaxed);
        while self.source.state.now() < self.source.last_request + Duration::from_millis(1) {}
        let largest = self.play(1)[0];
        self.source.state.capacity.store(LONG.0, Ordering::Relaxed);
        largest
    }

    /// Returns the number of underruns since the last call.
    fn underruns(&mut self) -> usize {
        let notices = std::iter::from_fn(|| self.handle.next_notice());
        notices.filter(|notice| matches!(notice.event, PlayerEvent::Underrun(_))).count()
    }
}

/// A buffer that never runs dry according to the clock.
const LONG: Frames = Frames(48_000_000);

#[test]
fn the_sound_fades_in_after_a_gap_detected_by_the_clock() {
    let mut playing = playing_bell();
    let before = playing.play(1)[0];
    let (first, after) = (playing.play_late_block(), playing.play(4));
    assert!(before > 0.001 && first < 0.3 * before && after[3] > 0.5 * before, "{before}, {first}, {after:?}");
    assert_eq!(playing.underruns(), 1);
}

#[test]
fn the_sound_fades_in_after_a_gap_reported_by_the_device() {
    let mut playing = playing_bell();
    let before = playing.play(1)[0];
    playing.source.report_underrun();
    let after = playing.play(5);
    assert!(before > 0.001 && after[0] < 0.3 * before && after[4] > 0.5 * before, "{before}, {after:?}");
    assert_eq!(playing.underruns(), 1);
}

#[test]
fn a_gap_is_reported_once_by_clock_and_device() {
    let mut playing = playing_bell();
    playing.play_late_block();
    playing.source.report_underrun();
    playing.play(10);
    assert_eq!(playing.underruns(), 1);
    playing.source.report_underrun();
    playing.play(1);
    assert_eq!(playing.underruns(), 1);
}

#[test]
fn a_gap_in_silence_is_not_reported_and_does_not_hide_a_later_one() {
    let mut playing = playing_bell();
    playing.handle.send(TransportCommand::Pause).unwrap();
    playing.play(300);
    playing.play_late_block();
    playing.handle.send(TransportCommand::Resume).unwrap();
    playing.play(300);
    assert_eq!(playing.underruns(), 0);
    playing.source.report_underrun();
    playing.play(1);
    assert_eq!(playing.underruns(), 1);
}

/// Returns the distance in dB between the tone and everything else.
fn residual(samples: &[f32], rate: Rate) -> f64 {
    let phase = |frame: usize| TAU * TONE_HERTZ * frame as f64 / f64::from(rate.hertz());
    let part = |wave: fn(f64) -> f64| {
        let sum: f64 = samples.iter().enumerate().map(|(frame, sample)| f64::from(*sample) * wave(phase(frame))).sum();
        2.0 * sum / samples.len() as f64
    };
    let (sine, cosine) = (part(f64::sin), part(f64::cos));
    let rest = samples
        .iter()
        .enumerate()
        .map(|(frame, sample)| (f64::from(*sample) - sine * phase(frame).sin() - cosine * phase(frame).cos()).powi(2));
    let power = 0.5 * sine.hypot(cosine).powi(2);
    10.0 * (rest.sum::<f64>() / samples.len() as f64 / power).log10()
}

#[test]
fn a_device_with_any_rate_plays_at_the_right_pitch_and_speed() {
    for hertz in [44_100, 96_000, 32_000].map(hertz) {
        let mut playing = PlayingSource::new(TONE, hertz);
        let second = hertz.hertz() as usize;
        let played = playing.play_frames(5 * second);
        // A whole number of periods of the tone.
        assert!(residual(&played[second..3 * second], hertz) < -100.0, "{hertz:?}");
        let position = playing.handle.snapshot().playhead.frame.0;
        assert!(position.abs_diff(5 * 48_000) < 1_000, "{hertz:?}: {position}");
        let delay = playing.slot.buffered_frames() - LONG;
        let first = played.iter().position(|sample| sample.abs() > 0.001).unwrap() as u64;
        assert!(hertz.convert(Frames(first), Rate::DEFAULT).0.abs_diff(delay.0) < 32, "{hertz:?}: {first}, {delay:?}");
    }
}

#[test]
fn a_device_with_the_same_rate_plays_unchanged_samples() {
    let mut playing = PlayingSource::new(TONE, Rate::DEFAULT);
    let tone = Recording::tone(Rate::DEFAULT, 48_000, TONE_HERTZ);
    let played = playing.play_frames(48_000);
    let gain = played[12] / tone.frames()[12][0];
    assert!(played.iter().zip(tone.frames()).all(|(played, frame)| (played - gain * frame[0]).abs() < 1e-6));
}

#[test]
fn rodios_mixer_changes_no_sample_and_never_allocates_or_frees() {
    let mut playing = PlayingSource::new(TONE, Rate::DEFAULT);
    let expected = PlayingSource::new(TONE, Rate::DEFAULT).play_frames(4_800);
    playing.feeder.pump();
    let (mixer, mut mixed) = rodio::mixer::mixer(playing.source.channels(), playing.source.sample_rate());
    mixer.add(playing.source);
    let played: Vec<_> = (0..2 * 4_800).map(|_| assert_no_alloc(|| mixed.next().unwrap())).step_by(2).collect();
    assert!(played[..4_800] == expected[..4_800]);
}

#[test]
fn the_actual_buffer_of_a_device_is_measured() {
    let mut playing = PlayingSource::new(BELL, Rate::DEFAULT);
    let requested = DeviceBuffer { rate: Rate::DEFAULT, period: Frames(480), capacity: Frames(960) };
    playing.source.set_buffer(requested);
    playing.source.measure_capacity();
    playing.play_frames(40_000);
    assert!(playing.slot.buffered_frames() > Frames(2_000), "{:?}", playing.slot.buffered_frames());
}

#[test]
fn a_device_kept_awake_adds_a_lead_and_noise_only() {
    let mut plain = PlayingSource::new(TONE, Rate::DEFAULT);
    let mut woken = PlayingSource::kept_awake(TONE, Rate::DEFAULT, WakeMode::Always);
    let lead = woken.play_frames(72_000);
    assert!(lead.iter().all(|sample| *sample != 0.0 && sample.abs() < 0.001), "noise below hearing");
    assert_eq!(woken.handle.snapshot().playhead.frame, Frames::ZERO, "the playhead waits");
    assert_eq!(woken.slot.unheard_frames(), Frames::ZERO);
    let (plain, woken) = (plain.play_frames(48_000), woken.play_frames(48_000));
    let noise: f64 = plain.iter().zip(&woken).map(|(plain, woken)| f64::from(woken - plain).powi(2)).sum();
    let level = 10.0 * (noise / 48_000.0).log10();
    assert!((level + 78.0).abs() < 0.2, "{level}");
}

#[test]
fn the_prefill_of_a_device_is_neither_a_heartbeat_nor_an_underrun() {
    let mut playing = PlayingSource::new(BELL, Rate::DEFAULT);
    playing.source.on_device_stopped();
    playing.play(100);
    assert_eq!(playing.slot.heartbeat(), 0);
    playing.source.state.capacity.store(0, Ordering::Relaxed);
    while playing.source.state.now() < playing.source.last_request + Duration::from_millis(1) {}
    playing.play(1);
    assert_eq!(playing.underruns(), 0);
    playing.source.on_device_started();
    playing.play_late_block();
    assert_eq!(playing.underruns(), 1);
    assert!(playing.slot.heartbeat() > 0);
}

#[test]
fn silence_does_not_count_as_unheard() {
    let mut playing = playing_bell();
    assert!(playing.slot.unheard_frames() > Frames::ZERO);
    playing.handle.send(TransportCommand::Pause).unwrap();
    playing.play(300);
    assert_eq!(playing.slot.unheard_frames(), Frames::ZERO);
    playing.handle.send(TransportCommand::Resume).unwrap();
    playing.play(3);
    assert!(playing.slot.unheard_frames() <= Frames(192));
}
