//! The season of the year: two waves over the day's total, found in a history that is long enough.

use super::model::{COEFFICIENTS, features, plain_precision};
use super::regression::{Row, dot, fit};
use super::{DAYS_PER_WEEK, Day};

/// A year and a half: less, and growth looks like a season.
pub(super) const DAYS_LEAST: usize = 548;
const DAYS_PER_YEAR: f64 = 365.25;
/// Sine and cosine of one wave a year, and of two.
const WAVES: usize = 4;
/// Standard deviation, in logs, of each before anything was seen.
const WAVE_SD: f64 = 0.3;
const WITH_WAVES: usize = COEFFICIENTS + WAVES;

/// How much more or less there is, in logs, by how far a day lies from the last known one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Season([f64; WAVES]);

impl Season {
    /// `None` if the days are too few.
    pub fn of(days: &[Day], quietest: u8) -> Option<Season> {
        if days.len() < DAYS_LEAST {
            return None;
        }
        let weeks = |at: usize| -((days.len() - 1 - at) as f64) / DAYS_PER_WEEK as f64;
        let rows: Vec<Row<WITH_WAVES>> = days
            .iter()
            .enumerate()
            .map(|(at, day)| {
                let mut x = [0.0; WITH_WAVES];
                x[..COEFFICIENTS].copy_from_slice(&features(quietest, day.calendar(), weeks(at), true));
                x[COEFFICIENTS..].copy_from_slice(&waves(weeks(at)));
                Row { x, count: day.total(), offset: 0.0, weight: 1.0 }
            })
            .collect();
        let mut precision = [WAVE_SD.powi(-2); WITH_WAVES];
        precision[..COEFFICIENTS].copy_from_slice(&plain_precision());
        let mean = rows.iter().map(|it| it.count).sum::<f64>() / days.len() as f64;
        let mut start = [0.0; WITH_WAVES];
        start[0] = (mean + 0.01).ln();
        let found = fit(&rows, precision, start);
        Some(Season(std::array::from_fn(|at| found[COEFFICIENTS + at])))
    }

    /// `weeks` after the last known day.
    pub fn at(&self, weeks: f64) -> f64 {
        dot(&waves(weeks), &self.0)
    }
}

fn waves(weeks: f64) -> [f64; WAVES] {
    let angle = std::f64::consts::TAU * weeks * DAYS_PER_WEEK as f64 / DAYS_PER_YEAR;
    [angle.sin(), angle.cos(), (2.0 * angle).sin(), (2.0 * angle).cos()]
}
