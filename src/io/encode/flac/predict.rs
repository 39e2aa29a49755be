//! Linear prediction (RFC 9639, section 9.2.6): coefficients by autocorrelation and Levinson–Durbin, as libFLAC finds them.

use std::f64::consts::PI;

/// The highest order that the streamable subset allows up to 48 kHz.
pub(super) const HIGHEST_ORDER: usize = 12;
/// Values that are summed side by side, so that several fit a register.
const LANES: usize = 8;
/// Added to a number below 2³¹, it leaves that number, rounded, in the lowest bits: 1.5 × 2⁵².
const TO_WHOLE: f64 = 6_755_399_441_055_744.0;
/// Residuals beyond this are not worth coding, and might not fit their type.
const LARGEST_RESIDUAL: f64 = 536_870_912.0;

/// A predictor in whole numbers.
pub(super) struct Predictor {
    /// The newest sample's first; as many as the order.
    pub(super) coefficients: Vec<i32>,
    /// The power of two that the sum is divided by.
    pub(super) shift: u32,
    /// Bits of each coefficient.
    pub(super) precision: u32,
}

/// Finds predictors. Keeps what it needs from block to block.
#[derive(Default)]
pub(super) struct Analysis {
    window: Vec<f64>,
    samples: Vec<f64>,
    windowed: Vec<f64>,
}

impl Analysis {
    /// Takes the samples that the following calls are about.
    pub(super) fn load(&mut self, samples: &[i32]) {
        self.samples.clear();
        self.samples.extend(samples.iter().map(|sample| f64::from(*sample)));
        if self.window.len() != samples.len() {
            self.window = tukey(samples.len());
        }
    }

    /// The predictor that is expected to leave the fewest bits, for samples of so many bits; none for what can't be predicted.
    pub(super) fn predictor(&mut self, bits: u32) -> Option<Predictor> {
        if self.samples.len() <= 2 * HIGHEST_ORDER {
            return None;
        }
        self.windowed.clear();
        self.windowed.extend(self.samples.iter().zip(&self.window).map(|(sample, weight)| sample * weight));
        self.windowed.resize(self.samples.len() + HIGHEST_ORDER + LANES, 0.0);
        let precision = if bits <= 17 { 12 } else { 15 };
        let expected_bits = |order: usize, error: f64| {
            let count = self.samples.len() as f64;
            let per_sample = (0.5 * (error / count / 2.0).log2()).max(0.0);
            per_sample * (count - order as f64) + order as f64 * f64::from(bits + precision)
        };
        let orders = levinson_durbin(&self.autocorrelation());
        let ranked = orders.iter().map(|(coefficients, error)| expected_bits(coefficients.len(), *error));
        let (best, _) = ranked.enumerate().min_by(|(_, one), (_, other)| one.total_cmp(other))?;
        quantise(&orders[best].0, precision)
    }

    /// What the predictor leaves of each sample after its first few; none where that is too large to be worth it.
    pub(super) fn residual(&self, predictor: &Predictor, residual: &mut Vec<i32>) -> Option<()> {
        const CHUNK: usize = 256;
        let order = predictor.coefficients.len();
        let scale = 0.5_f64.powi(predictor.shift.cast_signed());
        let mut taps = [0.0; HIGHEST_ORDER];
        for (tap, coefficient) in taps.iter_mut().zip(&predictor.coefficients) {
            *tap = f64::from(*coefficient) * scale;
        }
        // Rounding to the nearest of what lies just over a half lower is rounding down, for multiples of the scale.
        let down = 0.5 * scale - 0.5;
        residual.clear();
        let mut largest = 0.0_f64;
        let mut sums = [0.0; CHUNK];
        for start in (order..self.samples.len()).step_by(CHUNK) {
            let count = CHUNK.min(self.samples.len() - start);
            let sums = &mut sums[..count];
            sums.fill(down);
            for (back, tap) in (1..).zip(&taps[..order]) {
                let earlier = &self.samples[start - back..][..count];
                for (sum, sample) in sums.iter_mut().zip(earlier) {
                    *sum += tap * sample;
                }
            }
            let here = &self.samples[start..][..count];
            for (sum, sample) in sums.iter_mut().zip(here) {
                *sum = sample - (*sum + TO_WHOLE - TO_WHOLE);
                largest = largest.max(sum.abs());
            }
            residual.extend(sums.iter().map(|rest| (rest + TO_WHOLE).to_bits() as i32));
        }
        (largest < LARGEST_RESIDUAL).then_some(())
    }

    /// For each lag up to the highest order.
    fn autocorrelation(&self) -> [f64; HIGHEST_ORDER + 1] {
        std::array::from_fn(|lag| {
            let (ahead, _) = self.windowed[lag..].as_chunks::<LANES>();
            let (here, _) = self.windowed.as_chunks::<LANES>();
            let mut sums = [0.0; LANES];
            for (here, ahead) in here.iter().zip(ahead) {
                for lane in 0..LANES {
                    sums[lane] += here[lane] * ahead[lane];
                }
            }
            sums.iter().sum()
        })
    }
}

/// A window whose outer halves are cosine slopes.
fn tukey(length: usize) -> Vec<f64> {
    let slope = length as f64 / 4.0;
    let weight = |index: usize| {
        let distance = (index as f64 + 0.5).min(length as f64 - index as f64 - 0.5);
        if distance < slope { 0.5 - 0.5 * (PI * distance / slope).cos() } else { 1.0 }
    };
    (0..length).map(weight).collect()
}

/// The coefficients of each order from 1 on, with the energy of the error that they leave.
fn levinson_durbin(correlation: &[f64; HIGHEST_ORDER + 1]) -> Vec<(Vec<f64>, f64)> {
    let mut orders = Vec::with_capacity(HIGHEST_ORDER);
    let mut coefficients: Vec<f64> = Vec::with_capacity(HIGHEST_ORDER);
    let mut error = correlation[0];
    for order in 1..=HIGHEST_ORDER {
        if error <= 0.0 {
            break;
        }
        let known: f64 = coefficients.iter().zip((1..order).rev()).map(|(one, lag)| one * correlation[lag]).sum();
        let reflection = (correlation[order] - known) / error;
        let reversed: Vec<f64> = coefficients.iter().rev().copied().collect();
        for (one, mirrored) in coefficients.iter_mut().zip(reversed) {
            *one -= reflection * mirrored;
        }
        coefficients.push(reflection);
        error *= 1.0 - reflection * reflection;
        orders.push((coefficients.clone(), error));
    }
    orders
}

/// Whole coefficients, each taking over the rounding error of the one before.
fn quantise(coefficients: &[f64], precision: u32) -> Option<Predictor> {
    const GREATEST_SHIFT: i32 = 15;
    let largest = coefficients.iter().fold(0.0_f64, |largest, one| largest.max(one.abs()));
    if !(largest > 0.0 && largest.is_finite()) {
        return None;
    }
    let shift = (precision.cast_signed() - 2 - largest.log2().floor() as i32).min(GREATEST_SHIFT);
    let shift = u32::try_from(shift).ok()?;
    let limit = f64::from(1 << (precision - 1));
    let mut carried = 0.0;
    let whole = coefficients.iter().map(|one| {
        carried += one * f64::from(1 << shift);
        let rounded = carried.round().clamp(-limit, limit - 1.0);
        carried -= rounded;
        rounded as i32
    });
    Some(Predictor { coefficients: whole.collect(), shift, precision })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_residual_is_that_of_whole_numbers_divided_downwards() {
        let samples: Vec<i32> =
            (0..999).map(|index: i64| ((index * index * 7_919) % 16_777_216 - 8_388_608) as i32).collect();
        let predictor = Predictor { coefficients: vec![16_383, -9_001, 77], shift: 13, precision: 15 };
        let mut analysis = Analysis::default();
        analysis.load(&samples);
        let mut residual = Vec::new();
        analysis.residual(&predictor, &mut residual).unwrap();
        for (window, rest) in samples.windows(4).zip(&residual) {
            let sum =
                [2, 1, 0].iter().zip(&predictor.coefficients).map(|(at, one)| i64::from(window[*at]) * i64::from(*one));
            assert_eq!(i64::from(*rest), i64::from(window[3]) - (sum.sum::<i64>() >> predictor.shift));
        }
    }

    #[test]
    fn a_tone_leaves_almost_nothing() {
        let samples: Vec<i32> = (0..4096).map(|index| ((f64::from(index) * 0.05).sin() * 4e6) as i32).collect();
        let mut analysis = Analysis::default();
        analysis.load(&samples);
        let predictor = analysis.predictor(24).unwrap();
        let mut residual = Vec::new();
        analysis.residual(&predictor, &mut residual).unwrap();
        assert!(residual.iter().all(|rest| rest.abs() < 2_000), "{:?}", residual.iter().max());
    }
}
