//! Residuals in Rice's code (RFC 9639, section 9.2.7), with a parameter for each of up to 64 partitions.

use super::bits::Bits;

const HIGHEST_PARTITION_ORDER: u32 = 6;
const HIGHEST_PARAMETER: u32 = 30;
/// Up to here, a parameter takes four bits instead of five.
const HIGHEST_SHORT_PARAMETER: u32 = 14;

/// How a block's residual is divided and coded.
pub(super) struct Plan {
    partition_order: u32,
    parameters: Vec<u32>,
    /// How many bits it will take, nearly.
    pub(super) bits: u64,
}

/// Plans for the residual of a block of `block` samples, of which a predictor has used up the first few.
pub(super) fn plan(residual: &[i32], block: usize) -> Plan {
    let used = block - residual.len();
    let divides = |order: &u32| block.is_multiple_of(1 << order) && block >> order > used;
    let finest = (0..=HIGHEST_PARTITION_ORDER).rev().find(divides).unwrap_or(0);
    let mut sums: Vec<u64> = partitions(residual, block, finest).map(sum).collect();
    let mut best = planned(&sums, finest, block, used);
    for order in (0..finest).rev() {
        sums = sums.chunks(2).map(|pair| pair.iter().sum()).collect();
        let coarser = planned(&sums, order, block, used);
        if coarser.bits < best.bits {
            best = coarser;
        }
    }
    best
}

/// Writes the residual as planned.
pub(super) fn write(residual: &[i32], block: usize, plan: &Plan, bits: &mut Bits) {
    let is_long = plan.parameters.iter().any(|parameter| *parameter > HIGHEST_SHORT_PARAMETER);
    bits.push(u32::from(is_long), 2);
    bits.push(plan.partition_order, 4);
    for (partition, parameter) in partitions(residual, block, plan.partition_order).zip(&plan.parameters) {
        bits.push(*parameter, if is_long { 5 } else { 4 });
        for rest in partition {
            bits.push_rice(folded(*rest), *parameter);
        }
    }
}

/// Equal parts of the block; the first is shorter by what was used up.
fn partitions(residual: &[i32], block: usize, order: u32) -> impl Iterator<Item = &[i32]> {
    let used = block - residual.len();
    let length = block >> order;
    let (first, others) = residual.split_at(length - used);
    std::iter::once(first).chain(others.chunks(length.max(1)))
}

fn planned(sums: &[u64], order: u32, block: usize, used: usize) -> Plan {
    let length = (block >> order) as u64;
    let counts = std::iter::once(length - used as u64).chain(std::iter::repeat(length));
    let mut bits = 6;
    let parameters = sums.iter().zip(counts).map(|(sum, count)| {
        let (parameter, cost) = parameter(*sum, count);
        bits += 4 + cost;
        parameter
    });
    let parameters = parameters.collect();
    Plan { partition_order: order, parameters, bits }
}

/// The best parameter for so many numbers of this sum, and the bits that they will take.
fn parameter(sum: u64, count: u64) -> (u32, u64) {
    // What Rice's code leaves off below its unit is half a unit on average.
    let lost = |parameter: u32| (count << parameter >> 1).min(sum);
    let cost = |parameter: u32| count * u64::from(parameter + 1) + ((sum - lost(parameter)) >> parameter);
    let mean = (sum / count.max(1)).max(1);
    let near = mean.ilog2().min(HIGHEST_PARAMETER);
    let around = near.saturating_sub(1)..=(near + 1).min(HIGHEST_PARAMETER);
    around.map(|parameter| (parameter, cost(parameter))).min_by_key(|(_, cost)| *cost).unwrap_or((near, cost(near)))
}

fn sum(partition: &[i32]) -> u64 {
    partition.iter().map(|rest| u64::from(folded(*rest))).sum()
}

/// Signs into the lowest bit: 0, −1, 1, −2 … become 0, 1, 2, 3 …
fn folded(rest: i32) -> u32 {
    (rest << 1 ^ rest >> 31).cast_unsigned()
}
