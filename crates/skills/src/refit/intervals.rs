//! From the mode to intervals: the inverse Hessian, as much of it as is shown.
//!
//! For an ability q·x the variance is qᵀA⁻¹q + yᵀS⁻¹y with y = BᵀA⁻¹q: the person's own block, widened by what is not known of
//! the difficulties. S is formed once, over all unknowns but customers (whose harshness is taken as known here); with more
//! than [`DENSE_MAX`] unknowns only its diagonal is kept.

use super::newton::Climbed;
use super::people::{LastState, Model, Person};
use super::settings::RefitSettings;
use super::shards;
use super::skyline::Skyline;
use super::{Fitted, FittedUnknown, INTERVALS_FROM, Meter, PersonId, Refit, RefitError, Stage, noise};
use crate::belief::Belief;
use crate::footing::INFORMATION_PER_RATING;

/// Unknowns whose full covariance is kept: 18 MB for each shard at work, and n³/3 operations.
const DENSE_MAX: usize = 1_500;

/// The factor of S, or only its diagonal.
enum Schur {
    Full(Skyline),
    Diagonal(Vec<f64>),
}

pub(super) fn answer(
    model: &mut Model,
    settings: &RefitSettings,
    climbed: Climbed,
    meter: &mut Meter<'_>,
) -> Result<Refit, RefitError> {
    let schur = schur(model, settings, meter)?;
    let mut beliefs = Vec::new();
    let mut general = Vec::new();
    let shards = model.shards.len().max(1) as f64;
    for (at, batch) in model.shards.chunks_mut(settings.threads).enumerate() {
        let done = (at * settings.threads) as f64 / shards;
        meter.at(Stage::Intervals, 0.8 + 0.2 * done)?;
        for shard in shards::each(batch, settings.threads, |shard| {
            shard.iter().map(|person| of_person(person, &schur)).collect::<Vec<_>>()
        }) {
            for (fitted, whole) in shard {
                beliefs.extend(fitted);
                general.push(whole);
            }
        }
    }
    meter.at(Stage::Intervals, 1.0)?;
    Ok(Refit {
        as_of_ms: settings.as_of_ms,
        beliefs,
        unknowns: unknowns(model, &schur),
        general,
        noise_sd_levels: noise::sd_levels(&model.noise),
        satisfaction_cuts: model.noise.cuts,
        rows: model.rows,
        newton_steps: climbed.steps,
        settled: climbed.settled,
        general_share: settings.general_share,
    })
}

fn schur(model: &mut Model, settings: &RefitSettings, meter: &mut Meter<'_>) -> Result<Schur, RefitError> {
    let size = model.unknowns.customers_from;
    let full = size <= DENSE_MAX;
    let mut total = if full { Skyline::full(size) } else { Skyline::default() };
    let mut diagonal = vec![0.0; size];
    let shards = model.shards.len().max(1) as f64;
    for (at, batch) in model.shards.chunks_mut(settings.threads).enumerate() {
        let done = (at * settings.threads) as f64 / shards;
        meter.at(Stage::Intervals, INTERVALS_FROM + (0.8 - INTERVALS_FROM) * done)?;
        let parts = shards::each(batch, settings.threads, |shard| {
            let mut part = if full { Skyline::full(size) } else { Skyline::default() };
            let mut own = vec![0.0; size];
            for person in shard.iter() {
                let coupling = Coupling::of(person, size);
                if full {
                    coupling.add_all(person, &mut part)
                } else {
                    coupling.add_diagonal(person, &mut own)
                }
            }
            (part, own)
        });
        for (part, own) in parts {
            total.add_matrix(&part);
            diagonal.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
        }
    }
    let precision = &model.unknowns.precision[..size];
    if full {
        precision.iter().enumerate().for_each(|(at, precision)| total.add(at, at, *precision));
        total.factor();
        return Ok(Schur::Full(total));
    }
    // Rounding may take a little too much; the prior always remains.
    diagonal.iter_mut().zip(precision).for_each(|(sum, precision)| *sum = sum.max(0.0) + precision);
    Ok(Schur::Diagonal(diagonal))
}

/// L⁻¹B of one person over the unknowns that touch them.
struct Coupling {
    touched: Vec<u32>,
    /// State by state, one column for each touched unknown.
    columns: Vec<f64>,
}

impl Coupling {
    fn of(person: &Person, size: usize) -> Coupling {
        let mut touched: Vec<u32> =
            person.asks.iter().map(|(at, _)| *at).filter(|at| (*at as usize) < size).collect();
        touched.sort_unstable();
        touched.dedup();
        let width = touched.len();
        let mut columns = vec![0.0; width * person.x.len()];
        for (line, terms, asks) in person.each_line() {
            for (unknown, sign) in asks {
                let Ok(column) = touched.binary_search(unknown) else { continue };
                for (state, x) in terms {
                    columns[*state as usize * width + column] += line.information * sign * x;
                }
            }
        }
        person.matrix.forward_many(&mut columns, width);
        Coupling { touched, columns }
    }

    fn add_all(&self, person: &Person, total: &mut Skyline) {
        let width = self.touched.len();
        if width == 0 {
            return;
        }
        let mut own = vec![0.0; width * width];
        // Four rows at a time: each entry is read and written once for four products.
        let mut rows = self.columns.chunks_exact(4 * width);
        for four in rows.by_ref() {
            let (a, rest) = four.split_at(width);
            let (b, rest) = rest.split_at(width);
            let (c, d) = rest.split_at(width);
            for i in 0..width {
                let target = &mut own[i * width..i * width + i + 1];
                for (j, it) in target.iter_mut().enumerate() {
                    *it -= (a[i] * a[j] + b[i] * b[j]) + (c[i] * c[j] + d[i] * d[j]);
                }
            }
        }
        for row in rows.remainder().chunks_exact(width) {
            for i in 0..width {
                for j in 0..=i {
                    own[i * width + j] -= row[i] * row[j];
                }
            }
        }
        for (line, _, asks) in person.each_line() {
            for (k, (one, x)) in asks.iter().enumerate() {
                let Ok(i) = self.touched.binary_search(one) else { continue };
                for (other, y) in &asks[..=k] {
                    let Ok(j) = self.touched.binary_search(other) else { continue };
                    own[i.max(j) * width + i.min(j)] += line.information * x * y;
                }
            }
        }
        for i in 0..width {
            for j in 0..=i {
                total.add(self.touched[i] as usize, self.touched[j] as usize, own[i * width + j]);
            }
        }
    }

    fn add_diagonal(&self, person: &Person, diagonal: &mut [f64]) {
        let width = self.touched.len();
        for row in self.columns.chunks_exact(width.max(1)) {
            for (unknown, x) in self.touched.iter().zip(row) {
                diagonal[*unknown as usize] -= x * x;
            }
        }
        for (line, _, asks) in person.each_line() {
            for (unknown, x) in asks {
                if let Some(sum) = diagonal.get_mut(*unknown as usize) {
                    *sum += line.information * x * x;
                }
            }
        }
    }
}

/// The beliefs of one person, in the order of their skills, and their general ability.
fn of_person(person: &Person, schur: &Schur) -> (Vec<Fitted>, (PersonId, Belief)) {
    let wanted = person.skills.len() + 1;
    let general = person.general();
    let size = match schur {
        Schur::Full(factor) => factor.size(),
        Schur::Diagonal(diagonal) => diagonal.len(),
    };
    // One column for each skill and one for the general ability: what each shares with every unknown.
    let mut shared = vec![0.0; size * wanted];
    let mut variances = Vec::with_capacity(wanted);
    let mut q = vec![0.0; person.x.len()];
    let skills = person.skills.iter().map(|it| (it.state as usize, it.kept, it.load));
    for (column, (state, left, load)) in skills.chain([(general, 0.0, 1.0)]).enumerate() {
        q.fill(0.0);
        q[state] += left;
        q[general] += load;
        person.matrix.solve(&mut q);
        variances.push(left * q[state] + load * q[general]);
        for (line, terms, asks) in person.each_line() {
            let push = line.information * super::newton::sum_of(terms, &q);
            for (unknown, sign) in asks {
                if let Some(it) = shared.get_mut(*unknown as usize * wanted + column) {
                    *it += sign * push;
                }
            }
        }
    }
    match schur {
        Schur::Full(factor) => {
            factor.forward_many(&mut shared, wanted);
            for row in shared.chunks_exact(wanted) {
                variances.iter_mut().zip(row).for_each(|(sum, x)| *sum += x * x);
            }
        }
        Schur::Diagonal(diagonal) => {
            for (row, s) in shared.chunks_exact(wanted).zip(diagonal) {
                variances.iter_mut().zip(row).for_each(|(sum, x)| *sum += x * x / s);
            }
        }
    }
    let fitted = person.skills.iter().zip(&variances);
    let fitted = fitted.map(|(last, variance)| fitted_of(person, last, *variance)).collect();
    (fitted, (person.id, Belief { mean: person.x[general], variance: variances[wanted - 1] }))
}

fn fitted_of(person: &Person, last: &LastState, variance: f64) -> Fitted {
    let mean =
        last.start.mean + last.load * person.x[person.general()] + last.kept * person.x[last.state as usize];
    let drifted = last.own * (1.0 - last.kept * last.kept);
    let belief = Belief { mean, variance: variance + drifted };
    Fitted { person: person.id, skill: last.skill, belief, footing: last.footing, rows: last.rows }
}

fn unknowns(model: &Model, schur: &Schur) -> Vec<FittedUnknown> {
    let all = &model.unknowns;
    let variance = |at: usize| match schur {
        Schur::Full(factor) if at < factor.size() => {
            let mut unit = vec![0.0; factor.size()];
            unit[at] = 1.0;
            factor.forward(&mut unit, at);
            unit.iter().map(|x| x * x).sum()
        }
        Schur::Diagonal(diagonal) if at < diagonal.len() => 1.0 / diagonal[at],
        _ => customer_variance(model, at),
    };
    (0..all.count())
        .map(|at| FittedUnknown {
            unknown: all.names[at],
            belief: Belief { mean: all.value[at], variance: variance(at) },
            rows: all.rows[at],
        })
        .collect()
}

/// From its prior and an ordinary rating's information alone.
fn customer_variance(model: &Model, at: usize) -> f64 {
    1.0 / (model.unknowns.precision[at] + INFORMATION_PER_RATING * f64::from(model.unknowns.rows[at]))
}
