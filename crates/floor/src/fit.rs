//! From what was seen on a real floor to a floor that can be lived: patience, service, and who was there.

use crate::chance::Shape;
use crate::model::Time;

/// Values by which a fitted distribution is told.
const FITTED_VALUES: usize = 400;

/// A contact as it was seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// Seconds of the day at which they came.
    pub arrived_s: f64,
    pub waited_s: f64,
    /// Seconds with a person; None for those who gave up.
    pub service_s: Option<f64>,
    /// Who served them.
    pub person: Option<usize>,
}

/// How long customers are ready to wait, from those who gave up and those who were served before they would have
/// (Kaplan & Meier 1958). Beyond the longest wait that was seen, patience is taken for exponential with the mean rate.
/// None if nobody gave up.
pub fn patience(seen: &[Seen]) -> Option<Time> {
    let mut waits: Vec<(f64, bool)> = seen.iter().map(|it| (it.waited_s, it.service_s.is_none())).collect();
    waits.sort_by(|a, b| a.0.total_cmp(&b.0));
    let gave_up = waits.iter().filter(|it| it.1).count();
    let waited: f64 = waits.iter().map(|it| it.0).sum();
    if gave_up == 0 || waited <= 0.0 {
        return None;
    }
    let rate = gave_up as f64 / waited;
    // Steps of the share that would still wait.
    let mut left = 1.0;
    let mut steps: Vec<(f64, f64)> = Vec::new();
    for (at, (wait, went)) in waits.iter().enumerate() {
        if *went {
            left *= 1.0 - 1.0 / (waits.len() - at) as f64;
            steps.push((*wait, left));
        }
    }
    let last = steps.last().copied().unwrap_or((0.0, 1.0));
    let mut values = Vec::with_capacity(FITTED_VALUES);
    let mut at = 0;
    for number in 0..FITTED_VALUES {
        let wanted = 1.0 - (number as f64 + 0.5) / FITTED_VALUES as f64;
        while at < steps.len() && steps[at].1 > wanted {
            at += 1;
        }
        let beyond = || last.0 + (last.1 / wanted).ln().max(0.0) / rate;
        values.push(steps.get(at).map_or_else(beyond, |it| it.0));
    }
    Some(empirical(values))
}

/// Service as it was seen, told by its quantiles. None if nobody was served.
pub fn service(seen: &[Seen]) -> Option<Time> {
    let mut times: Vec<f64> = seen.iter().filter_map(|it| it.service_s).collect();
    times.sort_by(f64::total_cmp);
    let quantile = |number: usize| times[(number * times.len() + times.len() / 2) / FITTED_VALUES];
    let sum: f64 = times.iter().sum();
    if sum <= 0.0 {
        return None;
    }
    let values = (0..FITTED_VALUES).map(quantile).collect();
    // The quantiles leave out the very longest; the mean shall be right.
    Some(Time { shape: Shape::Empirical(values), mean_s: vec![sum / times.len() as f64] })
}

/// What people do after a contact before they take the next, from the gaps in which somebody was waiting: had they been
/// free, they would have taken that call. Gaps longer than `away_s` are absences. None if nobody ever waited that long.
pub fn wrap_up(days: &[Vec<Seen>], away_s: f64) -> Option<Time> {
    let mut gaps: Vec<f64> = Vec::new();
    for day in days {
        let mut served: Vec<(usize, f64, f64, f64)> = day
            .iter()
            .filter_map(|it| Some((it.person?, it.arrived_s + it.waited_s, it.service_s?, it.waited_s)))
            .collect();
        served.sort_by(|a, b| (a.0, a.1).partial_cmp(&(b.0, b.1)).unwrap_or(std::cmp::Ordering::Equal));
        for pair in served.windows(2) {
            let ((person, start, service, _), (other, next, _, waited)) = (pair[0], pair[1]);
            let gap = (next - start - service).max(0.0);
            if person == other && gap <= away_s && waited > gap {
                gaps.push(gap);
            }
        }
    }
    gaps.sort_by(f64::total_cmp);
    let sum: f64 = gaps.iter().sum();
    if sum <= 0.0 {
        return None;
    }
    let quantile = |number: usize| gaps[(number * gaps.len() + gaps.len() / 2) / FITTED_VALUES];
    let values = (0..FITTED_VALUES).map(quantile).collect();
    Some(Time { shape: Shape::Empirical(values), mean_s: vec![sum / gaps.len() as f64] })
}

fn empirical(values: Vec<f64>) -> Time {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    Time { shape: Shape::Empirical(values), mean_s: vec![mean] }
}

/// How many people were there in each period of a day: somebody is there from one contact to the next unless `away_s`
/// passed between them. Rounded to whole people.
pub fn staff(seen: &[Seen], period_s: f64, periods: usize, away_s: f64) -> Vec<u32> {
    let people = seen.iter().filter_map(|it| it.person).max().map_or(0, |it| it + 1);
    let mut present_s = vec![0.0; periods];
    let mut stretch = |from: f64, to: f64| {
        let first = (from / period_s).max(0.0) as usize;
        for (period, sum) in present_s.iter_mut().enumerate().skip(first) {
            let (start, end) = (period as f64 * period_s, (period + 1) as f64 * period_s);
            let overlap = to.min(end) - from.max(start);
            if overlap <= 0.0 {
                break;
            }
            *sum += overlap;
        }
    };
    for person in 0..people {
        let mut busy: Vec<(f64, f64)> = seen
            .iter()
            .filter(|it| it.person == Some(person))
            .filter_map(|it| {
                let from = it.arrived_s + it.waited_s;
                Some((from, from + it.service_s?))
            })
            .collect();
        busy.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut here: Option<(f64, f64)> = None;
        for (from, to) in busy {
            here = match here {
                Some((since, until)) if from - until <= away_s => Some((since, until.max(to))),
                Some((since, until)) => {
                    stretch(since, until);
                    Some((from, to))
                }
                None => Some((from, to)),
            };
        }
        if let Some((since, until)) = here {
            stretch(since, until);
        }
    }
    present_s.iter().map(|it| (it / period_s).round() as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Purpose, exponential, stream};

    fn seen(arrived_s: f64, waited_s: f64, service_s: Option<f64>, person: usize) -> Seen {
        Seen { arrived_s, waited_s, service_s, person: service_s.map(|_| person) }
    }

    #[test]
    fn patience_is_found_although_most_were_served_before_it_ended() {
        let mut chance = stream(1, 0, Purpose::Patience, 0);
        let contact = |_| {
            let (patience, offered) = (120.0 * exponential(&mut chance), 60.0 * exponential(&mut chance));
            let served = offered < patience;
            seen(0.0, patience.min(offered), served.then_some(1.0), 0)
        };
        let contacts: Vec<Seen> = (0..40_000).map(contact).collect();
        let found = patience(&contacts).unwrap().mean_in(0);
        assert!((found - 120.0).abs() < 6.0, "{found}");
        assert_eq!(patience(&contacts[..0]), None);
    }

    #[test]
    fn service_keeps_its_mean_and_its_shape() {
        let mut chance = stream(2, 0, Purpose::Service, 0);
        let contacts: Vec<Seen> =
            (0..20_000).map(|_| seen(0.0, 0.0, Some(200.0 * exponential(&mut chance)), 0)).collect();
        let found = service(&contacts).unwrap();
        assert!((found.mean_in(0) - 200.0).abs() < 5.0);
        let Shape::Empirical(values) = found.shape else { panic!("empirical") };
        assert!((values[FITTED_VALUES / 2] - 200.0 * 2.0_f64.ln()).abs() < 6.0);
    }

    #[test]
    fn only_gaps_in_which_somebody_waited_tell_of_the_work_after_a_call() {
        let day = vec![
            seen(0.0, 0.0, Some(100.0), 0),
            seen(50.0, 80.0, Some(100.0), 0),
            seen(400.0, 0.0, Some(100.0), 0),
            seen(480.0, 1_020.0, Some(10.0), 0),
        ];
        // 30 s with a customer waiting; 170 s with nobody; 1,000 s is an absence.
        let found = wrap_up(&[day], 600.0).unwrap();
        assert!((found.mean_in(0) - 30.0).abs() < 1e-9, "{found:?}");
        assert_eq!(wrap_up(&[], 600.0), None);
    }

    #[test]
    fn a_long_gap_is_an_absence() {
        let day = [
            seen(0.0, 0.0, Some(1_800.0), 0),
            seen(1_900.0, 0.0, Some(1_700.0), 0),
            seen(7_200.0, 0.0, Some(3_600.0), 0),
            seen(3_500.0, 100.0, Some(7_200.0), 1),
        ];
        assert_eq!(staff(&day, 3_600.0, 4, 600.0), [1, 1, 2, 0]);
    }
}
