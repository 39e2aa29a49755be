//! Frames of 12.5 ms, as predicted by the acoustic model and converted to sound by the vocoder.

use rten::Value;

/// Samples per second.
pub(super) const SAMPLE_RATE: u32 = 24_000;
/// Samples from one frame to the next: 12.5 ms.
pub(super) const HOP: usize = 300;
/// The size of a spectrum: that of a transform with 1200 points.
pub(super) const BINS: usize = 2 * HOP + 1;
const SPECTRA: usize = 5;
/// The number of frames in a step of 25 ms, in which the model counts durations.
const FRAMES_PER_STEP: usize = 2;
/// The maximum duration of a phoneme. A longer one means a broken model.
const MAX_FRAMES_PER_PHONEME: usize = 400;

/// The model's output: five spectra and a pitch for each frame of 12.5 ms.
pub(super) struct AcousticFrames {
    /// Five spectra of [`BINS`] rows, one number per frame in each row.
    spectra: [Vec<f32>; SPECTRA],
    pitch: Vec<f32>,
    /// The frame at which each phoneme ends.
    ends: Vec<usize>,
}

/// The five values of one frame for one frequency.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bin {
    /// The magnitude of the pulses, as a natural logarithm.
    pub(super) harmonic: f32,
    /// The phase of the pulses before limiting, half a turn at most.
    pub(super) rotation: f32,
    /// The magnitude of the noise, as a natural logarithm.
    pub(super) noise: f32,
    /// The magnitude of the residual, as a natural logarithm.
    pub(super) residual: f32,
    /// The phase of the residual, in radians.
    pub(super) phase: f32,
}

impl AcousticFrames {
    /// Converts the model's outputs; `None` if their shapes do not match.
    pub(super) fn from_outputs(outputs: Vec<Value>, phonemes: usize) -> Option<Self> {
        let mut outputs = outputs.into_iter();
        let mut spectra = Vec::with_capacity(SPECTRA);
        for spectrum in outputs.by_ref().take(SPECTRA) {
            let ([1, BINS, frames], numbers) = spectrum.into_shape_vec::<f32, 3>().ok()? else { return None };
            spectra.push((frames, numbers));
        }
        let ([1, frames], pitch) = outputs.next()?.into_shape_vec::<f32, 2>().ok()? else { return None };
        let ([count], ends) = outputs.next()?.into_shape_vec::<i32, 1>().ok()?;
        let end = |steps: i32| usize::try_from(steps).ok()?.checked_mul(FRAMES_PER_STEP);
        let ends: Vec<usize> = ends.into_iter().map(end).collect::<Option<_>>()?;
        let is_valid = count == phonemes
            && ends.is_sorted()
            && ends.last() == Some(&frames)
            && frames <= phonemes * MAX_FRAMES_PER_PHONEME
            && spectra.iter().all(|(length, _)| *length == frames);
        let spectra = spectra.into_iter().map(|(_, numbers)| numbers).collect::<Vec<_>>().try_into().ok()?;
        is_valid.then_some(Self { spectra, pitch, ends })
    }

    /// Returns the number of frames.
    pub(super) fn len(&self) -> usize {
        self.pitch.len()
    }

    /// Returns the pitch of each frame in Hz, 0 where it is unvoiced.
    pub(super) fn pitch(&self) -> &[f32] {
        &self.pitch
    }

    /// Returns the frame at which each phoneme ends.
    pub(super) fn ends(&self) -> &[usize] {
        &self.ends
    }

    pub(super) fn bin(&self, frame: usize, bin: usize) -> Bin {
        let [harmonic, rotation, noise, residual, phase] =
            self.spectra.each_ref().map(|rows| rows[bin * self.pitch.len() + frame]);
        Bin { harmonic, rotation, noise, residual, phase }
    }

    /// Returns identical frames.
    #[cfg(test)]
    pub(super) fn constant(frames: usize, pitch: f32, bin: Bin) -> Self {
        let rows = |value| vec![value; frames * BINS];
        Self {
            spectra: [bin.harmonic, bin.rotation, bin.noise, bin.residual, bin.phase].map(rows),
            pitch: vec![pitch; frames],
            ends: vec![frames],
        }
    }
}
