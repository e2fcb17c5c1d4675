//! Waits, counted in buckets that are three per cent wide, so that any quantile can be told without keeping them all.

const STEPS_PER_OCTAVE: u32 = 32;
/// Shorter than 2⁻⁶ s is no wait; longer than 2¹⁸ s (three days) is counted as that.
const SHORTEST_LOG2: i32 = -6;
const LONGEST_LOG2: i32 = 18;
const BUCKETS: usize = ((LONGEST_LOG2 - SHORTEST_LOG2) as u32 * STEPS_PER_OCTAVE) as usize + 1;

/// Histograms of waits, one for each cell.
#[derive(Debug, Clone)]
pub(crate) struct Waits {
    counts: Vec<u32>,
}

impl Waits {
    pub(crate) fn new(cells: usize) -> Waits {
        Waits { counts: vec![0; cells * BUCKETS] }
    }

    #[inline]
    pub(crate) fn add(&mut self, cell: usize, wait_s: f64) {
        self.counts[cell * BUCKETS + bucket(wait_s)] += 1;
    }

    /// Takes one back that was added.
    #[inline]
    pub(crate) fn remove(&mut self, cell: usize, wait_s: f64) {
        let count = &mut self.counts[cell * BUCKETS + bucket(wait_s)];
        *count = count.saturating_sub(1);
    }

    pub(crate) fn merge(&mut self, other: &Waits) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
    }

    pub(crate) fn clear(&mut self) {
        self.counts.fill(0);
    }

    /// The waits in seconds that shares `ps` of all contacts of these cells do not exceed; None if there were none.
    pub(crate) fn quantiles<const N: usize>(
        &self,
        cells: impl Iterator<Item = usize>,
        ps: [f64; N],
    ) -> Option<[f64; N]> {
        let mut sums = vec![0_u64; BUCKETS];
        for cell in cells {
            let counts = &self.counts[cell * BUCKETS..(cell + 1) * BUCKETS];
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += u64::from(*count);
            }
        }
        let total: u64 = sums.iter().sum();
        (total > 0).then(|| ps.map(|p| quantile(&sums, total, p)))
    }
}

fn quantile(sums: &[u64], total: u64, p: f64) -> f64 {
    let wanted = p * total as f64;
    let mut below = 0.0;
    for (at, count) in sums.iter().enumerate() {
        let count = *count as f64;
        if count > 0.0 && below + count >= wanted {
            let part = ((wanted - below) / count).clamp(0.0, 1.0);
            return if at == 0 { 0.0 } else { lower_edge(at) + part * (lower_edge(at + 1) - lower_edge(at)) };
        }
        below += count;
    }
    lower_edge(BUCKETS)
}

/// Exponent and leading bits of a floating-point number are its logarithm, nearly.
#[inline]
fn bucket(wait_s: f64) -> usize {
    const SHIFT: u32 = 52 - STEPS_PER_OCTAVE.trailing_zeros();
    const FIRST: i64 = ((1023 + SHORTEST_LOG2) as i64) << STEPS_PER_OCTAVE.trailing_zeros();
    let place = (wait_s.to_bits() >> SHIFT) as i64 - FIRST + 1;
    place.clamp(0, BUCKETS as i64 - 1) as usize
}

fn lower_edge(bucket: usize) -> f64 {
    if bucket == 0 {
        return 0.0;
    }
    let (octave, step) = ((bucket - 1) as u32 / STEPS_PER_OCTAVE, (bucket - 1) as u32 % STEPS_PER_OCTAVE);
    2.0_f64.powi(SHORTEST_LOG2 + octave as i32) * (1.0 + f64::from(step) / f64::from(STEPS_PER_OCTAVE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_right_to_three_per_cent() {
        let mut waits = Waits::new(2);
        for at in 0..10_000 {
            waits.add(1, f64::from(at) * 0.05);
        }
        let [half, most] = waits.quantiles([0, 1].into_iter(), [0.5, 0.9]).unwrap();
        assert!((half - 250.0).abs() < 0.035 * 250.0, "{half}");
        assert!((most - 450.0).abs() < 0.035 * 450.0, "{most}");
        assert_eq!(waits.quantiles([0].into_iter(), [0.5]), None);
    }

    #[test]
    fn no_wait_is_no_wait() {
        let mut waits = Waits::new(1);
        (0..9).for_each(|_| waits.add(0, 0.0));
        waits.add(0, 1e9);
        let [half, most] = waits.quantiles([0].into_iter(), [0.5, 0.99]).unwrap();
        assert_eq!(half, 0.0);
        assert!(most > 200_000.0);
    }
}
