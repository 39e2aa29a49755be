//! The headroom above 0 dB. The volume is applied after the limiter, so above 0 dB there is only the headroom left by the session's own
//! true peak. It is measured in the background when it is first needed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use super::source::PlaybackSource;
use crate::dsp::limiter::{Limiter, TruePeakMeter};
use crate::engine::Engine;
use crate::io::priority;
use crate::player::transport::Volume;
use crate::timeline::Programme;
use crate::units::{Decibels, Frame, Frames, SILENCE};

/// The frames measured per block.
const BLOCK: usize = 4096;

/// The requested volume and its limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Headroom {
    requested: Decibels,
    measurement: HeadroomMeasurement,
}

/// The state of the measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
enum HeadroomMeasurement {
    NotStarted,
    Running,
    Done(Decibels),
}

/// The result of changing the volume.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum VolumeGrant {
    /// The volume is applied.
    Granted,
    /// The headroom has to be measured first.
    NeedsMeasurement,
    /// The volume is limited to this value.
    LimitedTo(Decibels),
}

impl Headroom {
    pub(crate) fn new() -> Self {
        Self { requested: Decibels::UNITY, measurement: HeadroomMeasurement::NotStarted }
    }

    /// Returns the effective volume.
    pub(crate) fn volume(&self) -> Decibels {
        let limit = match self.measurement {
            HeadroomMeasurement::Done(headroom) => headroom,
            HeadroomMeasurement::NotStarted | HeadroomMeasurement::Running => Decibels::UNITY,
        };
        Decibels(self.requested.0.min(limit.0))
    }

    /// Changes the requested volume.
    pub(crate) fn change_volume(&mut self, by: Decibels) -> VolumeGrant {
        self.set_volume(self.requested + by)
    }

    /// Sets the requested volume.
    pub(crate) fn set_volume(&mut self, volume: Decibels) -> VolumeGrant {
        let requested = volume.0.clamp(Volume::MIN.0, Volume::MAX.0);
        self.requested = Decibels(requested);
        match self.measurement {
            _ if requested <= 0.0 => VolumeGrant::Granted,
            HeadroomMeasurement::NotStarted => {
                self.measurement = HeadroomMeasurement::Running;
                VolumeGrant::NeedsMeasurement
            }
            HeadroomMeasurement::Running => VolumeGrant::Granted,
            HeadroomMeasurement::Done(headroom) => self.limit(headroom),
        }
    }

    /// Stores the result of the measurement.
    pub(crate) fn set_measured(&mut self, headroom: Decibels) -> VolumeGrant {
        self.measurement = HeadroomMeasurement::Done(headroom);
        self.limit(headroom)
    }

    /// Discards the request beyond the limit, so that the next decrease takes effect immediately.
    fn limit(&mut self, headroom: Decibels) -> VolumeGrant {
        if self.requested.0 <= headroom.0 {
            return VolumeGrant::Granted;
        }
        self.requested = headroom;
        if headroom.0 < Volume::MAX.0 { VolumeGrant::LimitedTo(headroom) } else { VolumeGrant::Granted }
    }
}

/// Measures the headroom in the background. A result is always reported; if the measurement fails, it is 0 dB.
pub(crate) fn measure_in_background(source: &PlaybackSource, report: impl Fn(Decibels) + Clone + Send + 'static) {
    let (source, report_measured) = (source.clone(), report.clone());
    let measure = move || {
        priority::lower();
        let headroom = catch_unwind(AssertUnwindSafe(|| measure(&source)));
        report_measured(headroom.unwrap_or(Decibels::UNITY));
    };
    if thread::Builder::new().name("headroom".to_owned()).spawn(measure).is_err() {
        report(Decibels::UNITY);
    }
}

/// Returns the gain by which the session can be raised before its true peak reaches the limiter's ceiling.
fn measure(source: &PlaybackSource) -> Decibels {
    source.gain.wait();
    let peaks = source.version.programmes.iter().filter_map(|(programme, _)| peak(source, programme));
    let least = peaks.map(|peak| (Limiter::CEILING - peak).0).fold(Volume::MAX.0, f64::min);
    Decibels(least.max(0.0))
}

fn peak(source: &PlaybackSource, programme: Programme) -> Option<Decibels> {
    let timeline = source.version.programmes[programme].clone();
    // An open silence sounds the same throughout, so its start is enough.
    let natural_end = source.version.programmes.open_end().filter(|_| programme == Programme::OPEN_SILENCE);
    let (end, mut meter) = (natural_end.unwrap_or(timeline.end), TruePeakMeter::new(timeline.rate));
    let mut engine = Engine::new(timeline, source.version.clips.get(programme).clone(), source.gain.clone());
    let mut block: Vec<Frame> = vec![SILENCE; BLOCK];
    while engine.playhead() < end {
        let (at, silence) = (engine.playhead(), engine.silence_ahead());
        if silence > Frames(BLOCK as u64) {
            meter.add_silence();
            engine.seek(at + silence);
            continue;
        }
        let count = (end - at).index().min(BLOCK);
        let rendered = engine.render(&mut block[..count]);
        if rendered == 0 {
            break;
        }
        meter.add(&block[..rendered]);
    }
    meter.maximum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_volume_is_limited_to_0_db_until_the_headroom_is_known() {
        let mut headroom = Headroom::new();
        assert_eq!(headroom.change_volume(Decibels(-3.0)), VolumeGrant::Granted);
        assert_eq!(headroom.change_volume(Decibels(6.0)), VolumeGrant::NeedsMeasurement);
        assert_eq!(headroom.volume(), Decibels(0.0));
        assert_eq!(headroom.change_volume(Decibels(1.0)), VolumeGrant::Granted, "the measurement is running");
        assert_eq!(headroom.set_measured(Decibels(5.0)), VolumeGrant::Granted);
        assert_eq!(headroom.volume(), Decibels(4.0));
    }

    #[test]
    fn the_volume_decreases_to_minus_60_db_in_even_steps() {
        let mut headroom = Headroom::new();
        for step in 1..=40 {
            assert_eq!(headroom.change_volume(Decibels(-1.5)), VolumeGrant::Granted);
            assert_eq!(headroom.volume(), Decibels(-1.5 * f64::from(step)));
        }
        let _ = headroom.change_volume(Decibels(-1.5));
        assert_eq!(headroom.volume(), Decibels(-60.0));
        let _ = headroom.change_volume(Decibels(1.5));
        assert_eq!(headroom.volume(), Decibels(-58.5), "the way back has the same steps");
    }

    #[test]
    fn requests_beyond_the_headroom_are_discarded() {
        let mut headroom = Headroom::new();
        assert_eq!(headroom.change_volume(Decibels(9.0)), VolumeGrant::NeedsMeasurement);
        assert_eq!(headroom.set_measured(Decibels(2.5)), VolumeGrant::LimitedTo(Decibels(2.5)));
        assert_eq!(headroom.volume(), Decibels(2.5));
        assert_eq!(headroom.change_volume(Decibels(-1.5)), VolumeGrant::Granted);
        assert_eq!(headroom.volume(), Decibels(1.0));
        assert_eq!(headroom.change_volume(Decibels(3.0)), VolumeGrant::LimitedTo(Decibels(2.5)));
    }

    #[test]
    fn the_maximum_volume_is_not_reported_as_a_limit() {
        let mut headroom = Headroom::new();
        let _ = headroom.change_volume(Decibels(6.0));
        assert_eq!(headroom.set_measured(Decibels(6.0)), VolumeGrant::Granted);
        assert_eq!(headroom.change_volume(Decibels(1.5)), VolumeGrant::Granted);
        assert_eq!(headroom.volume(), Decibels(6.0));
    }
}
