//! Poisson regression with a log link, weights and a normal prior on each coefficient, by Newton's method.

/// Newton steps at most; a handful is usual.
const STEPS_MAX: usize = 50;
/// A step smaller than this, in logs, changes nothing.
const STEP_LEAST: f64 = 1e-9;
/// Logs move by at most this in one step, so that a bad start cannot run away.
const STEP_MOST: f64 = 2.0;

pub(super) struct Row<const N: usize> {
    pub x: [f64; N],
    pub count: f64,
    /// Log of what is expected before any coefficient.
    pub offset: f64,
    pub weight: f64,
}

/// The coefficients of the greatest posterior; `precision` is 1 ÷ variance of the prior around 0.
pub(super) fn fit<const N: usize>(rows: &[Row<N>], precision: [f64; N], start: [f64; N]) -> [f64; N] {
    let mut found = start;
    for _ in 0..STEPS_MAX {
        let mut slope = [0.0; N];
        let mut curve = [[0.0; N]; N];
        for (at, precision) in precision.iter().enumerate() {
            slope[at] = -precision * found[at];
            curve[at][at] = *precision;
        }
        for row in rows {
            let mean = (row.offset + dot(&row.x, &found)).exp();
            for (at, x) in row.x.iter().enumerate().filter(|(_, x)| **x != 0.0) {
                slope[at] += row.weight * x * (row.count - mean);
                for (sum, other) in curve[at].iter_mut().zip(&row.x) {
                    *sum += row.weight * mean * x * other;
                }
            }
        }
        let step = solve(curve, slope);
        let longest = step.iter().fold(0.0_f64, |most, it| most.max(it.abs()));
        let scale = if longest > STEP_MOST { STEP_MOST / longest } else { 1.0 };
        for (it, step) in found.iter_mut().zip(&step) {
            *it += scale * step;
        }
        if longest < STEP_LEAST {
            break;
        }
    }
    found
}

pub(super) fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Gauss with pivots; a direction that nothing is known of stays 0.
fn solve<const N: usize>(mut of: [[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
    const NOTHING: f64 = 1e-12;
    for column in 0..N {
        let best = (column..N).max_by(|a, b| of[*a][column].abs().total_cmp(&of[*b][column].abs()));
        let Some(best) = best.filter(|it| of[*it][column].abs() > NOTHING) else { continue };
        of.swap(column, best);
        right.swap(column, best);
        for row in column + 1..N {
            let factor = of[row][column] / of[column][column];
            let (above, below) = of.split_at_mut(row);
            for (it, pivot) in below[0].iter_mut().zip(&above[column]).skip(column) {
                *it -= factor * pivot;
            }
            right[row] -= factor * right[column];
        }
    }
    let mut found = [0.0; N];
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|at| of[row][at] * found[at]).sum();
        if of[row][row].abs() > NOTHING {
            found[row] = (right[row] - known) / of[row][row];
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_are_found_again() {
        let rows: Vec<Row<2>> = (0..200)
            .map(|at| {
                let x = f64::from(at) / 100.0 - 1.0;
                Row { x: [1.0, x], count: (3.0 + 0.7 * x).exp(), offset: 0.0, weight: 1.0 }
            })
            .collect();
        let found = fit(&rows, [0.0, 1e-6], [0.0, 0.0]);
        assert!((found[0] - 3.0).abs() < 1e-6 && (found[1] - 0.7).abs() < 1e-5, "{found:?}");
    }

    #[test]
    fn a_coefficient_of_which_nothing_is_known_stays_where_the_prior_is() {
        let rows: Vec<Row<2>> =
            (0..5).map(|_| Row { x: [1.0, 0.0], count: 8.0, offset: 2.0_f64.ln(), weight: 0.5 }).collect();
        let found = fit(&rows, [0.0, 1.0], [0.0, 0.0]);
        assert!((found[0] - 4.0_f64.ln()).abs() < 1e-6 && found[1] == 0.0, "{found:?}");
    }
}
