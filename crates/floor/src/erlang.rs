//! Queues that have formulas: Erlang B, C and A, the many-server limit, and how many people a promise takes.
//!
//! One type of contact, Poisson arrivals, exponential service and patience. Rates are per unit of time, times in that unit.

use statrs::distribution::{Continuous, ContinuousCDF, Normal};
use statrs::function::beta::beta_reg;

/// No desk is larger than this; searches for a number of people stop here.
pub const SERVERS_MAX: u32 = 100_000;
/// What is left of an infinite sum once its terms fall below this share of it does not matter.
const NEGLIGIBLE_SHARE: f64 = 1e-13;

/// P(all of `servers` busy) when nobody waits: Erlang's loss formula (1917), by its stable recursion. `load` = λ/μ ≥ 0.
pub fn erlang_b(servers: u32, load: f64) -> f64 {
    if load <= 0.0 {
        return if servers == 0 { 1.0 } else { 0.0 };
    }
    let inverse = (1..=servers).fold(1.0, |inverse, k| 1.0 + inverse * f64::from(k) / load);
    1.0 / inverse
}

/// A queue in which nobody gives up (M/M/n).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ErlangC {
    pub arrivals: f64,
    pub service_mean: f64,
    pub servers: u32,
}

impl ErlangC {
    pub fn load(&self) -> f64 {
        self.arrivals * self.service_mean
    }

    /// Share of the time that people are busy, at most 1.
    pub fn utilisation(&self) -> f64 {
        (self.load() / f64::from(self.servers)).min(1.0)
    }

    /// Fewer people than work, and the queue grows for ever.
    pub fn is_stable(&self) -> bool {
        self.load() < f64::from(self.servers)
    }

    pub fn p_wait(&self) -> f64 {
        if !self.is_stable() {
            return 1.0;
        }
        let blocked = erlang_b(self.servers, self.load());
        blocked / (1.0 - self.utilisation() * (1.0 - blocked))
    }

    /// Rate at which the wait of those who wait runs out: nμ − λ.
    fn clearing_rate(&self) -> f64 {
        f64::from(self.servers) / self.service_mean - self.arrivals
    }

    /// Infinite when the queue is not stable.
    pub fn mean_wait(&self) -> f64 {
        if self.is_stable() { self.p_wait() / self.clearing_rate() } else { f64::INFINITY }
    }

    pub fn mean_queue(&self) -> f64 {
        self.arrivals * self.mean_wait()
    }

    /// P(wait ≤ `within`).
    pub fn answered_within(&self, within: f64) -> f64 {
        if self.is_stable() { 1.0 - self.p_wait() * (-self.clearing_rate() * within).exp() } else { 0.0 }
    }

    /// The wait that a share `p` of all contacts does not exceed.
    pub fn wait_quantile(&self, p: f64) -> f64 {
        if !self.is_stable() {
            return f64::INFINITY;
        }
        ((self.p_wait() / (1.0 - p)).ln() / self.clearing_rate()).max(0.0)
    }
}

/// A queue with exponential patience (M/M/n+M; Palm 1957, Garnett, Mandelbaum & Reiman 2002). It is always stable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ErlangA {
    pub arrivals: f64,
    pub service_mean: f64,
    pub patience_mean: f64,
    pub servers: u32,
}

/// What Erlang A says of the long run.
#[derive(Debug, Clone, PartialEq)]
pub struct ErlangAFigures {
    pub p_wait: f64,
    pub p_abandon: f64,
    /// Of all contacts, served or not.
    pub mean_wait: f64,
    pub mean_queue: f64,
    pub utilisation: f64,
    /// P(all busy and j wait), j = 0, 1, …
    all_busy_and_waiting: Vec<f64>,
    /// nμ/θ.
    servers_by_patience: f64,
    patience_rate: f64,
}

impl ErlangA {
    pub fn figures(&self) -> ErlangAFigures {
        let service_rate = f64::from(self.servers) / self.service_mean;
        let patience_rate = 1.0 / self.patience_mean;
        // Weights relative to P(all busy and nobody waits).
        let blocked = erlang_b(self.servers, self.arrivals * self.service_mean);
        let mut weights = vec![1.0];
        let (mut sum, mut weight) = (1.0, 1.0);
        for waiting in 1_u32.. {
            let ratio = self.arrivals / (service_rate + f64::from(waiting) * patience_rate);
            weight *= ratio;
            sum += weight;
            weights.push(weight);
            if ratio < 1.0 && weight < NEGLIGIBLE_SHARE * sum {
                break;
            }
        }
        let total = if blocked > 0.0 { sum - 1.0 + 1.0 / blocked } else { f64::INFINITY };
        let all_busy_and_waiting: Vec<f64> = weights.iter().map(|it| it / total).collect();
        let mean_queue: f64 = (0_u32..).zip(&all_busy_and_waiting).map(|(j, p)| f64::from(j) * p).sum();
        let p_abandon = if self.arrivals > 0.0 { patience_rate * mean_queue / self.arrivals } else { 0.0 };
        ErlangAFigures {
            p_wait: all_busy_and_waiting.iter().sum(),
            p_abandon,
            mean_wait: if self.arrivals > 0.0 { mean_queue / self.arrivals } else { 0.0 },
            mean_queue,
            utilisation: self.arrivals * (1.0 - p_abandon) / service_rate.max(f64::MIN_POSITIVE),
            all_busy_and_waiting,
            servers_by_patience: service_rate / patience_rate,
            patience_rate,
        }
    }
}

impl ErlangAFigures {
    /// P(served, after a wait of at most `within`), of all contacts.
    ///
    /// Who finds j waiting is served after j + 1 departures at the rates nμ, nμ + θ, …, nμ + jθ. Their sum is −ln(X)/θ
    /// with X ~ Beta(nμ/θ, j + 1), and a patience that outlasts it turns nμ/θ into nμ/θ + 1.
    pub fn answered_within(&self, within: f64) -> f64 {
        let c = self.servers_by_patience;
        let left = (-self.patience_rate * within).exp();
        let after_a_wait: f64 = (0_u32..)
            .zip(&self.all_busy_and_waiting)
            .filter(|(_, p)| **p > 0.0 && c > 0.0)
            .map(|(j, p)| {
                let departures = f64::from(j) + 1.0;
                let in_time = if left > 0.0 { 1.0 - beta_reg(c + 1.0, departures, left) } else { 1.0 };
                p * c / (c + departures) * in_time
            })
            .sum();
        (1.0 - self.p_wait) + after_a_wait
    }
}

/// P(wait) of a large stable floor with n = R + β√R people (Halfin & Whitt 1981). `beta` > 0.
pub fn halfin_whitt(beta: f64) -> f64 {
    let normal = Normal::standard();
    1.0 / (1.0 + beta * normal.cdf(beta) / normal.pdf(beta))
}

/// The β at which a large floor makes a share `p_wait` (0–1) of its customers wait.
pub fn beta_for(p_wait: f64) -> f64 {
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if halfin_whitt(middle) > p_wait { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The square-root rule: R + β√R people, rounded up.
pub fn square_root_staffing(load: f64, beta: f64) -> u32 {
    (load + beta * load.sqrt()).ceil().clamp(0.0, f64::from(SERVERS_MAX)) as u32
}

/// What a queue promises its customers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Promise {
    /// At least this share is answered …
    pub answered_least: f64,
    /// … within this time.
    pub within: f64,
    /// At most this share gives up. 1 if it does not matter.
    pub abandoned_most: f64,
}

/// The fewest people that keep the promise, by Erlang A, or by Erlang C where nobody gives up.
pub fn least_servers(arrivals: f64, service_mean: f64, patience_mean: Option<f64>, promise: &Promise) -> u32 {
    if arrivals <= 0.0 {
        return 0;
    }
    let keeps = |servers: u32| match patience_mean {
        Some(patience_mean) => {
            let figures = ErlangA { arrivals, service_mean, patience_mean, servers }.figures();
            figures.p_abandon <= promise.abandoned_most
                && figures.answered_within(promise.within) >= promise.answered_least
        }
        None => {
            let queue = ErlangC { arrivals, service_mean, servers };
            queue.answered_within(promise.within) >= promise.answered_least
        }
    };
    // More people never make it worse, so halving finds the first number that does.
    let (mut fails, mut keeps_at) = (0, 1);
    while !keeps(keeps_at) && keeps_at < SERVERS_MAX {
        (fails, keeps_at) = (keeps_at, keeps_at * 2);
    }
    while keeps_at - fails > 1 {
        let middle = fails + (keeps_at - fails) / 2;
        if keeps(middle) { keeps_at = middle } else { fails = middle }
    }
    keeps_at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64, tolerance: f64) {
        assert!((found - wanted).abs() <= tolerance, "{found} instead of {wanted} ± {tolerance}");
    }

    #[test]
    fn fifty_people_without_patience() {
        let queue = ErlangC { arrivals: 48.0, service_mean: 1.0, servers: 50 };
        near(queue.mean_wait() * 60.0, 20.83, 0.005);
        near(queue.wait_quantile(0.9) * 60.0, 58.1, 0.05);
        near(queue.mean_queue(), 16.67, 0.005);
        near(queue.utilisation(), 0.960, 1e-9);
    }

    #[test]
    fn fifty_people_with_customers_who_give_up() {
        let queue = ErlangA { arrivals: 48.0, service_mean: 1.0, patience_mean: 2.0, servers: 50 }.figures();
        near(queue.p_abandon, 0.0309, 0.00005);
        near(queue.mean_wait * 60.0, 3.71, 0.005);
        near(queue.mean_queue, 2.97, 0.005);
        near(queue.utilisation, 0.9303, 0.00005);
        near(queue.p_wait, 0.4678, 0.00005);
    }

    #[test]
    fn the_limit_of_large_floors() {
        for (beta, p_wait) in [(0.25, 0.7209), (0.5, 0.5045), (1.0, 0.2234), (2.0, 0.0269)] {
            near(halfin_whitt(beta), p_wait, 0.00005);
            near(beta_for(halfin_whitt(beta)), beta, 1e-9);
        }
    }

    #[test]
    fn a_hundred_calls_in_half_an_hour() {
        let queue = ErlangC { arrivals: 100.0 / 30.0, service_mean: 3.0, servers: 14 };
        near(queue.p_wait(), 0.1741, 0.00005);
        near(queue.answered_within(0.33), 0.8879, 0.00005);
        near(queue.utilisation(), 0.714, 0.0005);
    }

    #[test]
    fn endless_patience_is_erlang_c() {
        let c = ErlangC { arrivals: 9.0, service_mean: 1.0, servers: 11 };
        let a = ErlangA { arrivals: 9.0, service_mean: 1.0, patience_mean: 1e7, servers: 11 }.figures();
        near(a.p_wait, c.p_wait(), 1e-5);
        near(a.answered_within(0.2), c.answered_within(0.2), 1e-5);
    }

    #[test]
    fn everybody_is_served_or_gives_up_in_the_end() {
        let a = ErlangA { arrivals: 48.0, service_mean: 1.0, patience_mean: 2.0, servers: 50 }.figures();
        near(a.answered_within(1e6), 1.0 - a.p_abandon, 1e-9);
        near(a.answered_within(0.0), 1.0 - a.p_wait, 1e-9);
        assert!(a.answered_within(0.1) > a.answered_within(0.05));
    }

    #[test]
    fn one_person_fewer_would_break_the_promise() {
        let promise = Promise { answered_least: 0.8, within: 1.0 / 3.0, abandoned_most: 1.0 };
        let needed = least_servers(100.0 / 30.0, 3.0, None, &promise);
        let answered = |servers| {
            ErlangC { arrivals: 100.0 / 30.0, service_mean: 3.0, servers }.answered_within(promise.within)
        };
        assert!(answered(needed) >= 0.8 && answered(needed - 1) < 0.8, "{needed}");
        let patient = Promise { abandoned_most: 0.02, ..promise };
        let needed = least_servers(100.0 / 30.0, 3.0, Some(2.0), &patient);
        let a = |servers| {
            ErlangA { arrivals: 100.0 / 30.0, service_mean: 3.0, patience_mean: 2.0, servers }.figures()
        };
        assert!(a(needed).p_abandon <= 0.02 && a(needed).answered_within(promise.within) >= 0.8);
        assert!(a(needed - 1).p_abandon > 0.02 || a(needed - 1).answered_within(promise.within) < 0.8);
        assert_eq!(least_servers(0.0, 3.0, None, &promise), 0);
    }

    #[test]
    fn the_square_root_rule_is_near_the_exact_answer() {
        let load = 400.0;
        let rule = square_root_staffing(load, beta_for(0.2));
        let exact = ErlangC { arrivals: load, service_mean: 1.0, servers: rule }.p_wait();
        near(exact, 0.2, 0.02);
    }
}
