//! Climbing to the mode of the posterior.
//!
//! With A a person's own Hessian, B its coupling to the unknowns and G that of the unknowns, a Newton step solves
//! S·d = r − ΣBᵀA⁻¹a with S = G − ΣBᵀA⁻¹B by conjugate gradients, which never forms S; the people follow by A⁻¹(a − Bd).

use super::people::{Model, Person};
use super::settings::RefitSettings;
use super::shards;
use super::{FITTING_FROM, INTERVALS_FROM, Meter, RefitError, Stage, noise};

const STEPS_MAX: u32 = 40;
/// The last step is shorter than this, in logits.
const STEP_LOGITS_MIN: f64 = 1e-6;
const STEP_LOGITS_SETTLED: f64 = 1e-3;
const HALVINGS_MAX: u32 = 12;
const NOISE_ROUNDS: u32 = 4;
/// Below this step the noise is learnt again.
const STEP_LOGITS_ROUGH: f64 = 0.01;
const GRADIENT_STEPS_MAX: u32 = 200;
/// The inner solve ends at this share of the right-hand side; Newton's next step corrects the rest.
const RESIDUAL_SHARE: f64 = 1e-4;

#[derive(Debug, Clone, Copy)]
pub(super) struct Climbed {
    pub steps: u32,
    pub settled: bool,
}

pub(super) fn settle(
    model: &mut Model,
    settings: &RefitSettings,
    meter: &mut Meter<'_>,
) -> Result<Climbed, RefitError> {
    let threads = settings.threads;
    let mut height = look(model, threads);
    let mut rounds = if settings.learn_noise { NOISE_ROUNDS } else { 0 };
    let mut longest = f64::INFINITY;
    let mut steps = 0;
    while steps < STEPS_MAX {
        let share = FITTING_FROM + (INTERVALS_FROM - FITTING_FROM) * f64::from(steps) / f64::from(STEPS_MAX);
        meter.at(Stage::Fitting, share)?;
        let change = direction(model, threads, meter, share)?;
        steps += 1;
        let mut share = 1.0;
        walk(model, &change, share);
        let mut reached = look(model, threads);
        for _ in 0..HALVINGS_MAX {
            // A step that leads down by more than rounding was too long.
            if reached >= height - 1e-9 * height.abs() {
                break;
            }
            walk(model, &change, -share / 2.0);
            share /= 2.0;
            reached = look(model, threads);
        }
        height = reached;
        longest = share * longest_of(model, &change);
        if rounds > 0 && longest < STEP_LOGITS_ROUGH {
            rounds -= 1;
            noise::learn(model, threads);
            height = look(model, threads);
            continue;
        }
        if longest < STEP_LOGITS_MIN {
            break;
        }
    }
    assemble(model, threads);
    Ok(Climbed { steps, settled: longest < STEP_LOGITS_SETTLED })
}

/// The logarithm of the posterior (but for a constant); every line remembers its slope and information.
fn look(model: &mut Model, threads: usize) -> f64 {
    let (noise, unknown) = (model.noise, &model.unknowns.value);
    let heights = shards::each(&mut model.shards, threads, |shard| {
        shard.iter_mut().map(|person| look_at(person, unknown, &noise)).sum::<f64>()
    });
    heights.iter().sum::<f64>() + model.unknowns.log_prior()
}

fn look_at(person: &mut Person, unknown: &[f64], noise: &super::likelihood::Noise) -> f64 {
    let mut height = 0.0;
    let (mut term, mut ask) = (0, 0);
    for line in &mut person.lines {
        let terms = &person.terms[term..line.terms_to as usize];
        let asks = &person.asks[ask..line.asks_to as usize];
        (term, ask) = (line.terms_to as usize, line.asks_to as usize);
        let z = line.base + sum_of(terms, &person.x) + sum_of(asks, unknown);
        let said = line.seen.at(z, noise);
        (line.gradient, line.information) = (line.share * said.gradient, line.share * said.information);
        height += line.share * said.log_likelihood;
    }
    for tie in &person.ties {
        let off =
            person.x[tie.state as usize] - tie.before.map_or(0.0, |it| tie.kept * person.x[it as usize]);
        height -= 0.5 * off * off * tie.precision;
    }
    height
}

pub(super) fn sum_of(pairs: &[(u32, f64)], values: &[f64]) -> f64 {
    pairs.iter().map(|(at, coefficient)| coefficient * values[*at as usize]).sum()
}

/// Every person's gradient and factored Hessian, from what the lines remember.
fn assemble(model: &mut Model, threads: usize) {
    shards::each(&mut model.shards, threads, |shard| shard.iter_mut().for_each(assemble_one));
}

fn assemble_one(person: &mut Person) {
    let mut matrix = std::mem::take(&mut person.matrix);
    let mut gradient = std::mem::take(&mut person.gradient);
    matrix.clear();
    gradient.fill(0.0);
    for (line, terms, _) in person.each_line() {
        for (k, (i, x)) in terms.iter().enumerate() {
            gradient[*i as usize] += x * line.gradient;
            // No line names a state twice, so each pair is one entry of the triangle.
            for (j, y) in &terms[..=k] {
                matrix.add(*i as usize, *j as usize, line.information * x * y);
            }
        }
    }
    for tie in &person.ties {
        let state = tie.state as usize;
        matrix.add(state, state, tie.precision);
        let mut off = person.x[state];
        if let Some(before) = tie.before.map(|it| it as usize) {
            off -= tie.kept * person.x[before];
            matrix.add(state, before, -tie.precision * tie.kept);
            matrix.add(before, before, tie.precision * tie.kept * tie.kept);
            gradient[before] += tie.precision * tie.kept * off;
        }
        gradient[state] -= tie.precision * off;
    }
    matrix.factor();
    (person.matrix, person.gradient) = (matrix, gradient);
}

/// The Newton direction: returned for the unknowns, left in each person's `step` for the people.
fn direction(
    model: &mut Model,
    threads: usize,
    meter: &mut Meter<'_>,
    share: f64,
) -> Result<Vec<f64>, RefitError> {
    let count = model.unknowns.count();
    let parts = shards::each(&mut model.shards, threads, |shard| {
        let (mut right, mut diagonal) = (vec![0.0; count], vec![0.0; count]);
        for person in shard.iter_mut() {
            assemble_one(person);
            let mut step = std::mem::take(&mut person.step);
            step.copy_from_slice(&person.gradient);
            person.matrix.solve(&mut step);
            for (line, terms, asks) in person.each_line() {
                let pull = line.gradient - line.information * sum_of(terms, &step);
                for (at, coefficient) in asks {
                    right[*at as usize] += coefficient * pull;
                    diagonal[*at as usize] += coefficient * coefficient * line.information;
                }
            }
            person.step = step;
        }
        (right, diagonal)
    });
    let (rights, diagonals): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    let unknowns = &model.unknowns;
    let mut right = shards::sum(rights, count);
    let mut diagonal = shards::sum(diagonals, count);
    for at in 0..count {
        right[at] -= unknowns.precision[at] * unknowns.value[at];
        diagonal[at] += unknowns.precision[at];
    }
    if count == 0 {
        return Ok(Vec::new());
    }
    let change = conjugate_gradients(model, threads, &right, &diagonal, meter, share)?;
    shards::each(&mut model.shards, threads, |shard| {
        for person in shard.iter_mut() {
            let pulled = answer_of(person, &change);
            person.step.iter_mut().zip(pulled).for_each(|(step, it)| *step -= it);
        }
    });
    Ok(change)
}

/// A⁻¹B·v for one person.
fn answer_of(person: &Person, v: &[f64]) -> Vec<f64> {
    let mut pulled = vec![0.0; person.x.len()];
    for (line, terms, asks) in person.each_line() {
        if asks.is_empty() {
            continue;
        }
        let push = line.information * sum_of(asks, v);
        for (at, coefficient) in terms {
            pulled[*at as usize] += coefficient * push;
        }
    }
    person.matrix.solve(&mut pulled);
    pulled
}

/// S·v, one person after the other.
fn schur_times(model: &mut Model, threads: usize, v: &[f64]) -> Vec<f64> {
    let parts = shards::each(&mut model.shards, threads, |shard| {
        let mut out = vec![0.0; v.len()];
        for person in shard.iter() {
            let answer = answer_of(person, v);
            for (line, terms, asks) in person.each_line() {
                if asks.is_empty() {
                    continue;
                }
                let push = line.information * (sum_of(asks, v) - sum_of(terms, &answer));
                for (at, coefficient) in asks {
                    out[*at as usize] += coefficient * push;
                }
            }
        }
        out
    });
    let mut out = shards::sum(parts, v.len());
    for ((out, v), precision) in out.iter_mut().zip(v).zip(&model.unknowns.precision) {
        *out += precision * v;
    }
    out
}

/// Preconditioned by the diagonal: Golub & Van Loan (2013), algorithm 11.5.1.
fn conjugate_gradients(
    model: &mut Model,
    threads: usize,
    right: &[f64],
    diagonal: &[f64],
    meter: &mut Meter<'_>,
    share: f64,
) -> Result<Vec<f64>, RefitError> {
    let scaled = |r: &[f64]| -> Vec<f64> { r.iter().zip(diagonal).map(|(r, d)| r / d).collect() };
    let inner = |a: &[f64], b: &[f64]| -> f64 { super::skyline::dot(a, b) };
    let mut x = vec![0.0; right.len()];
    let mut residual = right.to_vec();
    let mut z = scaled(&residual);
    let mut toward = z.clone();
    let mut energy = inner(&residual, &z);
    let enough = energy * RESIDUAL_SHARE * RESIDUAL_SHARE;
    for step in 0..GRADIENT_STEPS_MAX {
        if energy <= enough || energy <= 0.0 {
            break;
        }
        if step % 8 == 7 {
            meter.at(Stage::Fitting, share)?;
        }
        let image = schur_times(model, threads, &toward);
        let bend = inner(&toward, &image);
        if bend <= 0.0 {
            break;
        }
        let length = energy / bend;
        for at in 0..x.len() {
            x[at] += length * toward[at];
            residual[at] -= length * image[at];
        }
        z = scaled(&residual);
        let next = inner(&residual, &z);
        let turn = next / energy;
        energy = next;
        for (toward, z) in toward.iter_mut().zip(&z) {
            *toward = z + turn * *toward;
        }
    }
    Ok(x)
}

fn walk(model: &mut Model, change: &[f64], share: f64) {
    for (value, change) in model.unknowns.value.iter_mut().zip(change) {
        *value += share * change;
    }
    for person in model.shards.iter_mut().flatten() {
        for (x, step) in person.x.iter_mut().zip(&person.step) {
            *x += share * step;
        }
    }
}

fn longest_of(model: &Model, change: &[f64]) -> f64 {
    let people = model.shards.iter().flatten().flat_map(|person| &person.step);
    people.chain(change).fold(0.0, |longest: f64, step| longest.max(step.abs()))
}
