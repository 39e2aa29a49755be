//! Rice coding of residuals (RFC 9639, section 9.2.7), with a parameter for each of up to 64 partitions.

use super::bit_writer::BitWriter;

const MAX_PARTITION_ORDER: u32 = 6;
const MAX_PARAMETER: u32 = 30;
/// The maximum parameter that fits four bits. A larger one takes five.
const MAX_SHORT_PARAMETER: u32 = 14;

/// The partitions of a block's residual and their Rice parameters.
pub(super) struct RiceCoding {
    partition_order: u32,
    parameters: Vec<u32>,
    /// The estimated size in bits.
    pub(super) estimated_bits: u64,
}

impl RiceCoding {
    /// Chooses the coding with the fewest estimated bits for the residual of a block of `block_size` samples. The residual lacks
    /// the warm-up samples at the start of the block.
    pub(super) fn choose(residual: &[i32], block_size: usize) -> Self {
        let warm_up = block_size - residual.len();
        let divides = |order: &u32| block_size.is_multiple_of(1 << order) && block_size >> order > warm_up;
        let finest = (0..=MAX_PARTITION_ORDER).rev().find(divides).unwrap_or(0);
        let mut sums: Vec<u64> = partitions(residual, block_size, finest).map(sum).collect();
        let mut best = Self::of_order(&sums, finest, block_size, warm_up);
        for order in (0..finest).rev() {
            sums = sums.chunks(2).map(|pair| pair.iter().sum()).collect();
            let coarser = Self::of_order(&sums, order, block_size, warm_up);
            if coarser.estimated_bits < best.estimated_bits {
                best = coarser;
            }
        }
        best
    }

    /// `sums` has the sum of the folded residuals of each partition.
    fn of_order(sums: &[u64], partition_order: u32, block_size: usize, warm_up: usize) -> Self {
        let length = (block_size >> partition_order) as u64;
        let counts = std::iter::once(length - warm_up as u64).chain(std::iter::repeat(length));
        let mut estimated_bits = 6;
        let parameters = sums.iter().zip(counts).map(|(sum, count)| {
            let (parameter, bits) = best_parameter(*sum, count);
            estimated_bits += 4 + bits;
            parameter
        });
        let parameters = parameters.collect();
        Self { partition_order, parameters, estimated_bits }
    }

    /// Writes the residual with this coding.
    pub(super) fn write(&self, residual: &[i32], block_size: usize, bits: &mut BitWriter) {
        let is_long = self.parameters.iter().any(|parameter| *parameter > MAX_SHORT_PARAMETER);
        bits.push(u32::from(is_long), 2);
        bits.push(self.partition_order, 4);
        for (partition, parameter) in partitions(residual, block_size, self.partition_order).zip(&self.parameters) {
            bits.push(*parameter, if is_long { 5 } else { 4 });
            for value in partition {
                bits.push_rice(fold_sign(*value), *parameter);
            }
        }
    }
}

/// Divides the residual into equal parts of the block. The first part is shorter by the warm-up samples.
fn partitions(residual: &[i32], block_size: usize, order: u32) -> impl Iterator<Item = &[i32]> {
    let warm_up = block_size - residual.len();
    let length = block_size >> order;
    let (first, others) = residual.split_at(length - warm_up);
    std::iter::once(first).chain(others.chunks(length.max(1)))
}

/// Returns the best parameter for `count` numbers with this sum, and the estimated size in bits.
fn best_parameter(sum: u64, count: u64) -> (u32, u64) {
    // The quotient is rounded down, by half a unit on average.
    let rounded_off = |parameter: u32| (count << parameter >> 1).min(sum);
    let bits = |parameter: u32| count * u64::from(parameter + 1) + ((sum - rounded_off(parameter)) >> parameter);
    let mean = (sum / count.max(1)).max(1);
    let near = mean.ilog2().min(MAX_PARAMETER);
    let candidates = near.saturating_sub(1)..=(near + 1).min(MAX_PARAMETER);
    candidates.map(|parameter| (parameter, bits(parameter))).min_by_key(|(_, bits)| *bits).unwrap_or((near, bits(near)))
}

fn sum(partition: &[i32]) -> u64 {
    partition.iter().map(|value| u64::from(fold_sign(*value))).sum()
}

/// Moves the sign to the lowest bit: 0, −1, 1, −2 … become 0, 1, 2, 3 …
fn fold_sign(value: i32) -> u32 {
    (value << 1 ^ value >> 31).cast_unsigned()
}
