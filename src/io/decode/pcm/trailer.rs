//! Distinguishes sound after the stated end of a WAV file from other data there, such as a text or a picture.

use symphonia::core::codecs::audio::AudioCodecId;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_F64LE, CODEC_ID_PCM_S16BE,
    CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32BE, CODEC_ID_PCM_S32LE,
    CODEC_ID_PCM_U8,
};

use super::super::file_window::FileWindow;

/// The number of bytes to examine.
const EXAMINED_BYTES: u64 = 16 * 1024;
/// The level above which data other than sound would be unpleasant, as an amplitude: −18 dBFS.
const LOUD: f64 = 0.126;
/// Sound is symmetrical about zero; letters and digits are not.
const MAX_OFFSET: f64 = 0.2;
/// Above this ratio of difference energy to sample energy, samples count as random; white noise has 2.
const MIN_DIFFERENCE: f64 = 1.4;
/// The maximum amplitude of sound.
const MAX_SAMPLE: f64 = 16.0;

/// How the samples of one channel are stored.
pub(super) struct SampleLayout {
    pub(super) codec: AudioCodecId,
    /// The size of a sample and of a frame, in bytes.
    pub(super) sample_size: u64,
    pub(super) frame_size: u64,
}

impl SampleLayout {
    /// Returns whether the data after a position would be heard as noise, unlike the data before it.
    pub(super) fn is_noise_after(&self, window: &mut FileWindow, start: u64, position: u64) -> bool {
        let before = position.saturating_sub(EXAMINED_BYTES / self.frame_size.max(1) * self.frame_size).max(start);
        self.is_noise(window, position, EXAMINED_BYTES) && !self.is_noise(window, before, position - before)
    }

    fn is_noise(&self, window: &mut FileWindow, position: u64, bytes: u64) -> bool {
        let bytes = window.at(position, usize::try_from(bytes).unwrap_or(0));
        let (frame, size) = (usize::try_from(self.frame_size.max(1)), usize::try_from(self.sample_size));
        let (Ok(frame), Ok(size)) = (frame, size) else { return false };
        let samples: Option<Vec<f64>> =
            bytes.chunks_exact(frame).map(|frame| sample(self.codec, frame.get(..size)?)).collect();
        // Compressed audio is not examined.
        samples.is_some_and(|samples| is_noise(&samples))
    }
}

fn is_noise(samples: &[f64]) -> bool {
    if samples.iter().any(|sample| !sample.is_finite() || sample.abs() > MAX_SAMPLE) {
        return true;
    }
    let count = samples.len().max(1) as f64;
    let mean = samples.iter().sum::<f64>() / count;
    let energy = samples.iter().map(|sample| (sample - mean).powi(2)).sum::<f64>() / count;
    let difference = samples.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum::<f64>() / count;
    let is_random = difference > MIN_DIFFERENCE * energy;
    mean.abs() > MAX_OFFSET || energy.sqrt() > LOUD && is_random
}

/// Returns the value of a sample that is not compressed.
fn sample(codec: AudioCodecId, bytes: &[u8]) -> Option<f64> {
    const FULL_SCALE: f64 = 2_147_483_648.0;
    // An integer of any size, in the upper bits of 32.
    let integer = |bytes: &[u8]| {
        let upper = bytes.iter().take(4).enumerate();
        f64::from(upper.fold(0_u32, |number, (at, byte)| number | u32::from(*byte) << (24 - 8 * at)).cast_signed())
    };
    let reversed = || bytes.iter().rev().copied().collect::<Vec<_>>();
    Some(match codec {
        CODEC_ID_PCM_U8 => (f64::from(*bytes.first()?) - 128.0) / 128.0,
        CODEC_ID_PCM_S16BE | CODEC_ID_PCM_S24BE | CODEC_ID_PCM_S32BE => integer(bytes) / FULL_SCALE,
        CODEC_ID_PCM_S16LE | CODEC_ID_PCM_S24LE | CODEC_ID_PCM_S32LE => integer(&reversed()) / FULL_SCALE,
        CODEC_ID_PCM_F32BE => f32::from_be_bytes(bytes.try_into().ok()?).into(),
        CODEC_ID_PCM_F32LE => f32::from_le_bytes(bytes.try_into().ok()?).into(),
        CODEC_ID_PCM_F64BE => f64::from_be_bytes(bytes.try_into().ok()?),
        CODEC_ID_PCM_F64LE => f64::from_le_bytes(bytes.try_into().ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(bytes: impl Iterator<Item = u8>, codec: AudioCodecId, size: usize) -> Vec<f64> {
        let bytes: Vec<u8> = bytes.take(usize::try_from(EXAMINED_BYTES).unwrap()).collect();
        bytes.chunks_exact(size).map(|bytes| sample(codec, bytes).unwrap()).collect()
    }

    #[test]
    fn texts_and_pictures_are_noise_and_sound_is_not() {
        let text = || b"Rest a hand on the chest, if you like. ".iter().copied().cycle();
        let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        let random = || std::iter::successors(Some(1_u32), next).map(|state| (state >> 24) as u8);
        let tone = |level: f64| (0..8_000).map(move |n| (f64::from(n) * 0.05).sin() * level);
        for (codec, size) in [
            (CODEC_ID_PCM_U8, 1),
            (CODEC_ID_PCM_S16LE, 2),
            (CODEC_ID_PCM_S16BE, 2),
            (CODEC_ID_PCM_S24LE, 3),
            (CODEC_ID_PCM_S32BE, 4),
        ] {
            assert!(is_noise(&samples(text(), codec, size)), "a text, {size} bytes each");
            assert!(is_noise(&samples(random(), codec, size)), "a picture, {size} bytes each");
        }
        assert!(is_noise(&samples(random(), CODEC_ID_PCM_F32LE, 4)));
        for level in [0.001, 0.1, 1.0] {
            assert!(!is_noise(&tone(level).collect::<Vec<_>>()));
        }
        assert_eq!(sample(CODEC_ID_PCM_S24LE, &[0, 0, 0xc0]), Some(-0.5));
    }
}
