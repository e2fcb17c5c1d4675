//! How long work is in hand: by kind, by person, and by how much somebody holds.

use super::history::Colleague;
use super::turns::Turn;
use ::floor::fit::{Seen, service};
use ::floor::{Shape, Time};

/// A kind and a person lean on all others with the weight of so many turns.
const LEAN_TURNS: f64 = 20.0;
/// With fewer turns nothing is said of how holding more slows people down.
const SLOWING_TURNS_LEAST: usize = 200;
const PERSON_FACTOR_LEAST: f64 = 0.33;
const PERSON_FACTOR_MOST: f64 = 3.0;
/// Values that a shape is told by.
const VALUES: usize = 40;
/// Nobody answers faster; a mouse that slipped is not work.
const IN_HAND_LEAST_S: f64 = 20.0;

/// What the turns say of time in hand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Service {
    /// Seconds with nothing else in hand, by kind.
    pub mean_s: Vec<f64>,
    /// Of all kinds, with mean 1.
    pub shape: Shape,
    /// By person: time ÷ usual.
    pub factors: Vec<f64>,
    /// Time in hand grows with what is held to the power of this: 0 not at all, 1 one thing at a time.
    pub slowing: f64,
}

impl Service {
    /// `None` if nobody was ever seen to have anything in hand.
    pub fn of(turns: &[Turn], kinds: usize, people: &[Colleague]) -> Option<Service> {
        let held = held(turns, people.len());
        let seen: Vec<(usize, usize, f64, f64)> = turns
            .iter()
            .zip(&held)
            .filter_map(|(it, held)| Some((it.kind, it.by?, it.in_hand_s?.max(IN_HAND_LEAST_S), (*held)?)))
            .collect();
        if seen.is_empty() {
            return None;
        }
        let slowing = slowing(&seen);
        let work = |it: &(usize, usize, f64, f64)| it.2 / it.3.powf(slowing);
        let all = seen.iter().map(work).sum::<f64>() / seen.len() as f64;
        let mut by_kind = vec![(LEAN_TURNS * all, LEAN_TURNS); kinds];
        for it in &seen {
            by_kind[it.0].0 += work(it);
            by_kind[it.0].1 += 1.0;
        }
        let mean_s: Vec<f64> = by_kind.iter().map(|it| it.0 / it.1).collect();
        let mut by_person = vec![(LEAN_TURNS, LEAN_TURNS); people.len()];
        for it in &seen {
            by_person[it.1].0 += work(it) / mean_s[it.0];
            by_person[it.1].1 += 1.0;
        }
        let factor = |it: &(f64, f64)| (it.0 / it.1).clamp(PERSON_FACTOR_LEAST, PERSON_FACTOR_MOST);
        let factors: Vec<f64> = by_person.iter().map(factor).collect();
        let plain: Vec<Seen> = seen
            .iter()
            .map(|it| Seen {
                arrived_s: 0.0,
                waited_s: 0.0,
                service_s: Some(work(it) / mean_s[it.0] / factors[it.1]),
                person: Some(it.1),
            })
            .collect();
        Some(Service { mean_s, shape: service(&plain).map_or(Shape::Exponential, thinned), factors, slowing })
    }

    /// For kinds that are parts of these: which of them each one was.
    pub fn of_kinds(&self, base: &[usize]) -> Service {
        Service { mean_s: base.iter().map(|kind| self.mean_s[*kind]).collect(), ..self.clone() }
    }

    pub fn time(&self, kind: usize) -> Time {
        Time { shape: self.shape.clone(), mean_s: vec![self.mean_s.get(kind).copied().unwrap_or(600.0)] }
    }

    /// Pace of each piece when 1, 2, … are held.
    pub fn pace(&self, at_once: u32) -> Vec<f64> {
        let pace = |held: u32| (1_000.0 * f64::from(held).powf(-self.slowing)).round() / 1_000.0;
        if self.slowing < 0.02 { vec![1.0] } else { (1..=at_once.max(1)).map(pace).collect() }
    }
}

/// Every so manieth of the fitted values: the shape of hundreds is told by tens.
fn thinned(time: Time) -> Shape {
    match time.shape {
        Shape::Empirical(values) if values.len() > VALUES => {
            let step = values.len() / VALUES;
            let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
            Shape::Empirical(values.chunks(step).map(mean).collect())
        }
        other => other,
    }
}

/// How much its answerer held when they were given it, itself included; of turns with a known time in hand.
fn held(turns: &[Turn], people: usize) -> Vec<Option<f64>> {
    let mut of_person: Vec<Vec<(i64, i64, usize)>> = vec![Vec::new(); people];
    for (at, it) in turns.iter().enumerate() {
        if let (Some(by), Some(taken), Some(answered), Some(_)) =
            (it.by, it.taken_at, it.answered_at, it.in_hand_s)
        {
            of_person[by].push((taken, answered, at));
        }
    }
    let mut held = vec![None; turns.len()];
    for of in &mut of_person {
        of.sort_unstable();
        let mut open: Vec<i64> = Vec::new();
        for (taken, answered, at) in of.iter() {
            open.retain(|until| until > taken);
            open.push(*answered);
            held[*at] = Some(open.len() as f64);
        }
    }
    held
}

/// Slope of the log of time in hand on the log of what is held, within people; between 0 and 1.
fn slowing(seen: &[(usize, usize, f64, f64)]) -> f64 {
    if seen.len() < SLOWING_TURNS_LEAST {
        return 0.0;
    }
    let people = seen.iter().map(|it| it.1).max().map_or(0, |it| it + 1);
    let mut means = vec![(0.0, 0.0, 0.0); people];
    for it in seen {
        means[it.1].0 += it.3.ln();
        means[it.1].1 += it.2.ln();
        means[it.1].2 += 1.0;
    }
    let (mut products, mut squares) = (0.0, 0.0);
    for it in seen {
        let (x, y, n) = means[it.1];
        let (x, y) = (it.3.ln() - x / n, it.2.ln() - y / n);
        products += x * y;
        squares += x * x;
    }
    // Nobody ever held more than one thing.
    if squares < 1.0 { 0.0 } else { (products / squares).clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TicketId;

    fn turn(kind: usize, by: usize, taken_s: i64, in_hand_s: i64) -> Turn {
        Turn {
            ticket: TicketId(1),
            kind,
            group: None,
            lane: None,
            is_first: true,
            came_at: taken_s * 1_000,
            taken_at: Some(taken_s * 1_000),
            answered_at: Some((taken_s + in_hand_s) * 1_000),
            by: Some(by),
            in_hand_s: Some(in_hand_s as f64),
            for_good: None,
        }
    }

    fn people(count: usize) -> Vec<Colleague> {
        (0..count).map(|at| Colleague::of_test(at as i64)).collect()
    }

    #[test]
    fn kinds_and_people_are_told_apart_once_they_have_said_enough() {
        // Kind 1 takes twice as long as kind 0; person 1 takes half as long again.
        let mut turns = Vec::new();
        for at in 0..600_i64 {
            let (kind, by) = ((at % 2) as usize, (at / 2 % 2) as usize);
            let long = 600 * (1 + kind as i64) * (2 + by as i64) / 2;
            turns.push(turn(kind, by, at * 10_000, long));
        }
        let found = Service::of(&turns, 3, &people(2)).unwrap();
        let ratio = found.mean_s[1] / found.mean_s[0];
        assert!((1.8..2.1).contains(&ratio), "{ratio}");
        let ratio = found.factors[1] / found.factors[0];
        assert!((1.35..1.55).contains(&ratio), "{ratio}");
        assert!(
            found.mean_s[2] > found.mean_s[0] && found.mean_s[2] < found.mean_s[1],
            "an unknown kind is as the mean of all"
        );
        assert_eq!((found.slowing, found.pace(4)), (0.0, vec![1.0]));
    }

    #[test]
    fn who_takes_twice_as_long_with_two_in_hand_does_one_thing_at_a_time() {
        let mut turns = Vec::new();
        for at in 0..300_i64 {
            turns.push(turn(0, 0, at * 100_000, 600));
            // Two that are given at the same moment: the second finds two in hand.
            turns.push(turn(0, 0, at * 100_000 + 50_000, 600));
            turns.push(turn(0, 0, at * 100_000 + 50_001, 1_200));
        }
        let found = Service::of(&turns, 1, &people(1)).unwrap();
        assert!(found.slowing > 0.9, "{}", found.slowing);
        assert!((found.mean_s[0] - 600.0).abs() < 30.0, "{}", found.mean_s[0]);
        assert_eq!(found.pace(2).len(), 2);
        assert_eq!(Service::of(&[], 1, &people(1)), None);
    }
}
