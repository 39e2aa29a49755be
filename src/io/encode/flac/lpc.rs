//! Linear prediction (RFC 9639, section 9.2.6), with coefficients by autocorrelation and the Levinson–Durbin recursion.

use std::f64::consts::PI;

/// The maximum order in the streamable subset up to 48 kHz.
const MAX_ORDER: usize = 12;
/// Independent sums, so that the compiler can vectorise them.
const LANES: usize = 8;
/// Added to a number below 2³¹, it rounds that number to an integer in the lowest bits of the mantissa: 1.5 × 2⁵².
const ROUNDING: f64 = 6_755_399_441_055_744.0;
/// Larger residuals are not worth encoding and may not fit their type.
const MAX_RESIDUAL: f64 = 536_870_912.0;

/// A linear predictor with integer coefficients.
pub(super) struct LinearPredictor {
    /// One coefficient per earlier sample, that of the latest sample first.
    pub(super) coefficients: Vec<i32>,
    /// The sum is divided by 2 to this power.
    pub(super) shift: u32,
    /// Bits per coefficient.
    pub(super) precision: u32,
}

/// Finds predictors for one block after another. Its buffers are reused.
#[derive(Default)]
pub(super) struct LpcAnalysis {
    window: Vec<f64>,
    samples: Vec<f64>,
    windowed: Vec<f64>,
}

impl LpcAnalysis {
    /// Sets the samples for the following calls.
    pub(super) fn load(&mut self, samples: &[i32]) {
        self.samples.clear();
        self.samples.extend(samples.iter().map(|sample| f64::from(*sample)));
        if self.window.len() != samples.len() {
            self.window = tukey_window(samples.len());
        }
    }

    /// Returns the predictor with the smallest expected residual for samples of `bits` bits, or `None` if there is none.
    pub(super) fn predictor(&mut self, bits: u32) -> Option<LinearPredictor> {
        if self.samples.len() <= 2 * MAX_ORDER {
            return None;
        }
        self.windowed.clear();
        self.windowed.extend(self.samples.iter().zip(&self.window).map(|(sample, weight)| sample * weight));
        self.windowed.resize(self.samples.len() + MAX_ORDER + LANES, 0.0);
        let precision = if bits <= 17 { 12 } else { 15 };
        let expected_bits = |order: usize, error: f64| {
            let count = self.samples.len() as f64;
            let per_sample = (0.5 * (error / count / 2.0).log2()).max(0.0);
            per_sample * (count - order as f64) + order as f64 * f64::from(bits + precision)
        };
        let orders = levinson_durbin(&self.autocorrelation());
        let ranked = orders.iter().map(|(coefficients, error)| expected_bits(coefficients.len(), *error));
        let (best, _) = ranked.enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b))?;
        quantise(&orders[best].0, precision)
    }

    /// Computes the residual after the warm-up samples. Returns `false` if it is too large to be worth encoding.
    pub(super) fn residual(&self, predictor: &LinearPredictor, residual: &mut Vec<i32>) -> bool {
        const CHUNK: usize = 256;
        let order = predictor.coefficients.len();
        let scale = 0.5_f64.powi(predictor.shift.cast_signed());
        let mut taps = [0.0; MAX_ORDER];
        for (tap, coefficient) in taps.iter_mut().zip(&predictor.coefficients) {
            *tap = f64::from(*coefficient) * scale;
        }
        // For multiples of the scale, rounding down is the same as subtracting almost one half and rounding to the nearest.
        let round_down = 0.5 * scale - 0.5;
        residual.clear();
        let mut largest = 0.0_f64;
        let mut sums = [0.0; CHUNK];
        for start in (order..self.samples.len()).step_by(CHUNK) {
            let count = CHUNK.min(self.samples.len() - start);
            let sums = &mut sums[..count];
            sums.fill(round_down);
            for (delay, tap) in (1..).zip(&taps[..order]) {
                let earlier = &self.samples[start - delay..][..count];
                for (sum, sample) in sums.iter_mut().zip(earlier) {
                    *sum += tap * sample;
                }
            }
            let current = &self.samples[start..][..count];
            for (sum, sample) in sums.iter_mut().zip(current) {
                *sum = sample - (*sum + ROUNDING - ROUNDING);
                largest = largest.max(sum.abs());
            }
            // The lowest bits of the mantissa are the integer.
            residual.extend(sums.iter().map(|difference| (difference + ROUNDING).to_bits() as i32));
        }
        largest < MAX_RESIDUAL
    }

    /// Returns the autocorrelation for each lag up to the maximum order.
    fn autocorrelation(&self) -> [f64; MAX_ORDER + 1] {
        std::array::from_fn(|lag| {
            let (delayed, _) = self.windowed[lag..].as_chunks::<LANES>();
            let (current, _) = self.windowed.as_chunks::<LANES>();
            let mut sums = [0.0; LANES];
            for (current, delayed) in current.iter().zip(delayed) {
                for lane in 0..LANES {
                    sums[lane] += current[lane] * delayed[lane];
                }
            }
            sums.iter().sum()
        })
    }
}

/// Returns a Tukey window whose outer quarters are cosine slopes.
fn tukey_window(length: usize) -> Vec<f64> {
    let slope = length as f64 / 4.0;
    let weight = |index: usize| {
        let distance = (index as f64 + 0.5).min(length as f64 - index as f64 - 0.5);
        if distance < slope { 0.5 - 0.5 * (PI * distance / slope).cos() } else { 1.0 }
    };
    (0..length).map(weight).collect()
}

/// Returns the coefficients for each order from 1 on, with the energy of the prediction error.
fn levinson_durbin(autocorrelation: &[f64; MAX_ORDER + 1]) -> Vec<(Vec<f64>, f64)> {
    let mut orders = Vec::with_capacity(MAX_ORDER);
    let mut coefficients: Vec<f64> = Vec::with_capacity(MAX_ORDER);
    let mut error = autocorrelation[0];
    for order in 1..=MAX_ORDER {
        if error <= 0.0 {
            break;
        }
        let predicted: f64 = coefficients
            .iter()
            .zip((1..order).rev())
            .map(|(coefficient, lag)| coefficient * autocorrelation[lag])
            .sum();
        let reflection = (autocorrelation[order] - predicted) / error;
        let reversed: Vec<f64> = coefficients.iter().rev().copied().collect();
        for (coefficient, mirrored) in coefficients.iter_mut().zip(reversed) {
            *coefficient -= reflection * mirrored;
        }
        coefficients.push(reflection);
        error *= 1.0 - reflection * reflection;
        orders.push((coefficients.clone(), error));
    }
    orders
}

/// Rounds coefficients to integers, carrying each rounding error to the next.
fn quantise(coefficients: &[f64], precision: u32) -> Option<LinearPredictor> {
    const MAX_SHIFT: i32 = 15;
    let largest = coefficients.iter().fold(0.0_f64, |largest, coefficient| largest.max(coefficient.abs()));
    if !(largest > 0.0 && largest.is_finite()) {
        return None;
    }
    let shift = (precision.cast_signed() - 2 - largest.log2().floor() as i32).min(MAX_SHIFT);
    let shift = u32::try_from(shift).ok()?;
    let limit = f64::from(1 << (precision - 1));
    let mut carried = 0.0;
    let rounded = coefficients.iter().map(|coefficient| {
        carried += coefficient * f64::from(1 << shift);
        let rounded = carried.round().clamp(-limit, limit - 1.0);
        carried -= rounded;
        rounded as i32
    });
    Some(LinearPredictor { coefficients: rounded.collect(), shift, precision })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_residual_matches_integer_division_rounding_down() {
        let samples: Vec<i32> =
            (0..999).map(|index: i64| ((index * index * 7_919) % 16_777_216 - 8_388_608) as i32).collect();
        let predictor = LinearPredictor { coefficients: vec![16_383, -9_001, 77], shift: 13, precision: 15 };
        let mut analysis = LpcAnalysis::default();
        analysis.load(&samples);
        let mut residual = Vec::new();
        assert!(analysis.residual(&predictor, &mut residual));
        for (window, rest) in samples.windows(4).zip(&residual) {
            let products = [2, 1, 0].iter().zip(&predictor.coefficients);
            let sum: i64 = products.map(|(at, coefficient)| i64::from(window[*at]) * i64::from(*coefficient)).sum();
            assert_eq!(i64::from(*rest), i64::from(window[3]) - (sum >> predictor.shift));
        }
    }

    #[test]
    fn a_tone_has_a_tiny_residual() {
        let samples: Vec<i32> = (0..4096).map(|index| ((f64::from(index) * 0.05).sin() * 4e6) as i32).collect();
        let mut analysis = LpcAnalysis::default();
        analysis.load(&samples);
        let predictor = analysis.predictor(24).unwrap();
        let mut residual = Vec::new();
        assert!(analysis.residual(&predictor, &mut residual));
        assert!(residual.iter().all(|rest| rest.abs() < 2_000), "{:?}", residual.iter().max());
    }
}
