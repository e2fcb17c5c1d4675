//! Cholesky factor of a symmetric positive matrix stored row by row from each row's first entry: A = L·Lᵀ keeps that shape.
//!
//! George & Liu (1981), "Computer Solution of Large Sparse Positive Definite Systems", chapter 4 (the envelope method).

/// Lower triangle; row i holds the columns `first[i]..=i`.
#[derive(Debug, Clone, Default)]
pub(super) struct Skyline {
    first: Vec<u32>,
    offset: Vec<usize>,
    values: Vec<f64>,
}

/// A pivot below this means that the matrix is not positive: it is lifted to it.
const PIVOT_MIN: f64 = 1e-12;

impl Skyline {
    /// All zeros. `first[i]` ≤ i.
    pub fn new(first: Vec<u32>) -> Skyline {
        let mut offset = Vec::with_capacity(first.len() + 1);
        let mut at = 0;
        for (i, first) in first.iter().enumerate() {
            offset.push(at);
            at += i + 1 - *first as usize;
        }
        offset.push(at);
        Skyline { first, offset, values: vec![0.0; at] }
    }

    pub fn full(size: usize) -> Skyline {
        Skyline::new(vec![0; size])
    }

    pub fn size(&self) -> usize {
        self.first.len()
    }

    pub fn first(&self, row: usize) -> usize {
        self.first[row] as usize
    }

    pub fn clear(&mut self) {
        self.values.fill(0.0);
    }

    /// Adds to the entry (i, j) and, by symmetry, (j, i).
    pub fn add(&mut self, i: usize, j: usize, value: f64) {
        let (row, column) = (i.max(j), i.min(j));
        self.values[self.offset[row] + column - self.first[row] as usize] += value;
    }

    /// Adds a matrix of the same shape.
    pub fn add_matrix(&mut self, other: &Skyline) {
        debug_assert_eq!(self.first, other.first);
        for (mine, theirs) in self.values.iter_mut().zip(&other.values) {
            *mine += theirs;
        }
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.values[self.offset[i]..self.offset[i + 1]]
    }

    /// Replaces the matrix by its factor.
    pub fn factor(&mut self) {
        for i in 0..self.size() {
            let first = self.first(i);
            let (before, rest) = self.values.split_at_mut(self.offset[i]);
            let row = &mut rest[..i + 1 - first];
            for j in first..i {
                let first_j = self.first[j] as usize;
                let from = first.max(first_j);
                let other = &before[self.offset[j]..self.offset[j + 1]];
                let sum = dot(&row[from - first..j - first], &other[from - first_j..j - first_j]);
                row[j - first] = (row[j - first] - sum) / other[j - first_j];
            }
            let own = &row[..i - first];
            let pivot = row[i - first] - dot(own, own);
            row[i - first] = pivot.max(PIVOT_MIN).sqrt();
        }
    }

    /// x ← L⁻¹x. Entries before `from` are known to be 0.
    pub fn forward(&self, x: &mut [f64], from: usize) {
        for i in from..self.size() {
            let row = self.row(i);
            let first = self.first(i);
            let start = first.max(from).min(i);
            let sum = dot(&row[start - first..i - first], &x[start..i]);
            x[i] = (x[i] - sum) / row[i - first];
        }
    }

    /// x ← L⁻ᵀx.
    pub fn backward(&self, x: &mut [f64]) {
        for i in (0..self.size()).rev() {
            let row = self.row(i);
            let first = self.first(i);
            x[i] /= row[i - first];
            let known = x[i];
            for (x, l) in x[first..i].iter_mut().zip(row) {
                *x -= l * known;
            }
        }
    }

    /// x ← A⁻¹x.
    pub fn solve(&self, x: &mut [f64]) {
        self.forward(x, 0);
        self.backward(x);
    }

    /// X ← L⁻¹X for a matrix of `columns` columns, stored row by row.
    pub fn forward_many(&self, x: &mut [f64], columns: usize) {
        for i in 0..self.size() {
            let (before, rest) = x.split_at_mut(i * columns);
            let target = &mut rest[..columns];
            let row = self.row(i);
            let first = self.first(i);
            for (k, l) in (first..i).zip(row) {
                if *l != 0.0 {
                    for (x, y) in target.iter_mut().zip(&before[k * columns..(k + 1) * columns]) {
                        *x -= l * y;
                    }
                }
            }
            let pivot = 1.0 / row[i - first];
            for x in target {
                *x *= pivot;
            }
        }
    }
}

/// Σ aᵢbᵢ in four interleaved sums: the same on every machine, and quick on those with wide registers.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let tail: f64 = a4.remainder().iter().zip(b4.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a4.zip(b4) {
        for k in 0..4 {
            sums[k] += a[k] * b[k];
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + tail
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A is built as M·Mᵀ + 1 on a random profile, so it is positive; solving must give back what was multiplied.
        #[test]
        fn what_was_multiplied_is_found_again(size in 1..14_usize, numbers in proptest::collection::vec(-1.0..1.0_f64, 300), reach in 0..14_u32) {
            let first: Vec<u32> = (0..size as u32).map(|i| i.saturating_sub((i * 7 + reach) % 5)).collect();
            let mut matrix = Skyline::new(first.clone());
            let mut dense = vec![vec![0.0; size]; size];
            for i in 0..size {
                for j in first[i] as usize..=i {
                    let value = if i == j { 8.0 + numbers[i] } else { numbers[(i * 17 + j * 3) % 300] };
                    matrix.add(i, j, value);
                    dense[i][j] = value;
                    dense[j][i] = value;
                }
            }
            let x: Vec<f64> = numbers[..size].to_vec();
            let mut b: Vec<f64> = dense.iter().map(|row| row.iter().zip(&x).map(|(a, x)| a * x).sum()).collect();
            matrix.factor();
            let mut many: Vec<f64> = b.iter().flat_map(|b| [*b, 2.0 * b]).collect();
            matrix.forward_many(&mut many, 2);
            let mut half = b.clone();
            matrix.forward(&mut half, 0);
            for (i, half) in half.iter().enumerate() {
                prop_assert!((many[2 * i] - half).abs() < 1e-12 && (many[2 * i + 1] - 2.0 * half).abs() < 1e-12);
            }
            matrix.solve(&mut b);
            for (found, x) in b.iter().zip(&x) {
                prop_assert!((found - x).abs() < 1e-10);
            }
        }
    }
}
