//! The excitation of voiced sounds: a train of pulses that follows the pitch.

use std::f64::consts::TAU;

use super::frames::{HOP, SAMPLE_RATE};

/// Below this pitch, in Hz, a frame counts as unvoiced.
const MIN_PITCH: f64 = 40.0;
/// The highest harmonic is below this frequency, in Hz.
const MAX_HARMONIC: f64 = 11_000.0;
/// Closer than this to the start of a period, the closed form of the sum is replaced by its limit.
const SINGULARITY: f64 = 1e-3;

/// Returns pulses with the pitch of each frame in Hz, [`HOP`] samples per frame. Every harmonic below 11 kHz has amplitude 1;
/// unvoiced samples are 0.
///
/// The sum of `cos(kx)` over the first `n` harmonics is `sin((n + 1/2) x) / (2 sin(x/2)) - 1/2`, Dirichlet's kernel.
pub(super) fn pulse_train(pitch: &[f32]) -> Vec<f32> {
    let mut samples = Vec::with_capacity(pitch.len() * HOP);
    let mut phase = 0.0;
    for frame in 0..pitch.len() {
        for offset in 0..HOP {
            let pitch = interpolate(pitch, frame, offset);
            let held = pitch.max(MIN_PITCH);
            phase = (phase + held / f64::from(SAMPLE_RATE)).fract();
            samples.push(if pitch > MIN_PITCH { pulse(phase * TAU, (MAX_HARMONIC / held).floor()) } else { 0.0 });
        }
    }
    samples
}

/// Returns the pitch of one sample: linear between the middles of frames, constant before the first and after the last.
fn interpolate(pitch: &[f32], frame: usize, offset: usize) -> f64 {
    // The distance from the middle of the frame, from -0.5 to 0.5.
    let distance = (offset as f64 + 0.5) / HOP as f64 - 0.5;
    let here = f64::from(pitch[frame]);
    let neighbour = if distance < 0.0 { frame.saturating_sub(1) } else { (frame + 1).min(pitch.len() - 1) };
    let weight = distance.abs();
    (1.0 - weight) * here + weight * f64::from(pitch[neighbour])
}

fn pulse(angle: f64, harmonics: f64) -> f32 {
    let sine = libm::sin(angle / 2.0);
    if sine.abs() <= SINGULARITY {
        return harmonics as f32;
    }
    (libm::sin((harmonics + 0.5) * angle) / (2.0 * sine) - 0.5) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closed_form_is_the_sum_of_the_harmonics() {
        for angle in [0.01, 0.5, 1.0, 3.0, 6.2] {
            let sum: f64 = (1..=50).map(|harmonic| (f64::from(harmonic) * angle).cos()).sum();
            assert!((f64::from(pulse(angle, 50.0)) - sum).abs() < 1e-4, "at {angle}");
        }
        assert_eq!(pulse(0.0, 50.0), 50.0);
    }

    #[test]
    fn there_are_as_many_pulses_as_periods() {
        let train = pulse_train(&[200.0; 81]);
        assert_eq!(train.len(), 24_300);
        let peaks = train.windows(3).filter(|three| three[1] > 25.0 && three[1] >= three[0] && three[1] > three[2]);
        assert_eq!(peaks.count(), 202);
    }

    #[test]
    fn unvoiced_frames_are_silent() {
        let train = pulse_train(&[0.0, 0.0, 0.0]);
        assert!(train.iter().all(|sample| *sample == 0.0));
    }
}
