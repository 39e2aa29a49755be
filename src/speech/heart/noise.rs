//! Noise that is identical for the same text on every machine.

/// A sequence of pseudorandom numbers seeded by a text: Sebastiano Vigna's `SplitMix64`, seeded with the FNV-1a hash of the text. It uses
/// integer arithmetic and one exact conversion, so that no machine or library rounds differently.
pub(super) struct SpectralNoise {
    state: u64,
}

impl SpectralNoise {
    pub(super) fn for_text(text: &str) -> Self {
        let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        Self { state: text.bytes().fold(0xcbf2_9ce4_8422_2325, fnv) }
    }

    /// Returns two independent numbers of mean 0 and variance 1, uniformly distributed. Each sample of the finished noise is a sum of over a
    /// thousand of them, so it is Gaussian nevertheless.
    pub(super) fn next_pair(&mut self) -> [f32; 2] {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        [unit_variance(mixed as u32), unit_variance((mixed >> 32) as u32)]
    }
}

/// Maps 24 of the bits to the range from -√3 to √3.
fn unit_variance(bits: u32) -> f32 {
    const HALF_WIDTH: f32 = 1.732_050_8;
    ((bits >> 8) as f32 / 8_388_608.0 - 1.0) * HALF_WIDTH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_mean_0_and_variance_1() {
        let mut noise = SpectralNoise::for_text("Rest.");
        let numbers: Vec<f64> = (0..50_000).flat_map(|_| noise.next_pair()).map(f64::from).collect();
        let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
        let variance = numbers.iter().map(|number| number * number).sum::<f64>() / numbers.len() as f64;
        assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.01, "{mean} {variance}");
    }

    #[test]
    fn noise_depends_only_on_the_text() {
        assert_eq!(SpectralNoise::for_text("Rest.").next_pair(), SpectralNoise::for_text("Rest.").next_pair());
        assert_ne!(SpectralNoise::for_text("Rest.").next_pair(), SpectralNoise::for_text("Rest!").next_pair());
        // Computed from the definitions of the two algorithms, so that an accidental change is detected.
        assert_eq!(SpectralNoise::for_text("").next_pair(), [-0.275_443_23, 0.913_464_6]);
    }
}
