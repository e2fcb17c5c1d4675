//! How long work of this kind usually takes, so that speed is only compared with like: `HandleTime` wants the ratio.
//!
//! ln(seconds) = base + topic + channel + what the ticket demanded (words to read, answers to give, files to look at) + noise,
//! learnt online as a linear regression with priors (a Kalman filter whose state does not move).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::belief::Belief;
use crate::observation::Observation;

/// What a ticket asked for, whoever did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effort {
    pub customer_words: u32,
    pub answers: u32,
    pub files: u32,
}

/// Before anything is known: ten minutes, give or take a factor of three; each doubling of the demand takes some 20 % longer.
const USUAL_SECONDS: f64 = 600.0;
const BASE_SD: f64 = 1.1;
const SLOPE: f64 = 0.25;
const SLOPE_SD: f64 = 0.25;
const TOPIC_SD: f64 = 0.5;
const CHANNEL_SD: f64 = 0.5;
/// Of two like tickets, in ln(seconds).
const NOISE_SD: f64 = 0.8;
/// Less than this is a slip of the clock, more is a ticket left open overnight: both are cut.
const SECONDS_MIN: f64 = 5.0;
const SECONDS_MAX: f64 = 8.0 * 3_600.0;
/// Further than this from what was expected (in standard deviations) is taken for this far.
const SURPRISE_MAX: f64 = 2.5;

/// Base and three slopes.
const SIZE: usize = 4;

/// It can be stored: what was learnt goes on where it stood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HandleTimes {
    mean: [f64; SIZE],
    covariance: [[f64; SIZE]; SIZE],
    topics: HashMap<i64, Belief>,
    channels: HashMap<i64, Belief>,
}

impl Default for HandleTimes {
    fn default() -> HandleTimes {
        let mut covariance = [[0.0; SIZE]; SIZE];
        for (at, row) in covariance.iter_mut().enumerate() {
            row[at] = if at == 0 { BASE_SD * BASE_SD } else { SLOPE_SD * SLOPE_SD };
        }
        let mean = [USUAL_SECONDS.ln(), SLOPE, SLOPE, SLOPE];
        HandleTimes { mean, covariance, topics: HashMap::new(), channels: HashMap::new() }
    }
}

fn start(sd: f64) -> Belief {
    Belief { mean: 0.0, variance: sd * sd }
}

/// The demand beside that of a short question with one answer.
fn features(effort: Effort) -> [f64; SIZE] {
    let log = |count: u32, usual: f64| ((1.0 + f64::from(count)) / (1.0 + usual)).ln();
    [1.0, log(effort.customer_words, 50.0), log(effort.answers, 1.0), log(effort.files, 0.0)]
}

impl HandleTimes {
    /// Seconds that such work usually takes (the median).
    pub fn usual_seconds(&self, topic: Option<i64>, channel: Option<i64>, effort: Effort) -> f64 {
        let x = features(effort);
        let of = |all: &HashMap<i64, Belief>, key: Option<i64>| {
            key.and_then(|key| all.get(&key)).map_or(0.0, |it| it.mean)
        };
        let log: f64 = self.mean.iter().zip(&x).map(|(mean, x)| mean * x).sum();
        (log + of(&self.topics, topic) + of(&self.channels, channel)).exp().clamp(SECONDS_MIN, SECONDS_MAX)
    }

    /// What this one piece of work says, before it is learnt from. `None` if no time was taken.
    pub fn observation(
        &self,
        topic: Option<i64>,
        channel: Option<i64>,
        effort: Effort,
        seconds: f64,
        for_good: bool,
    ) -> Option<Observation> {
        let seconds = usable(seconds)?;
        Some(Observation::HandleTime {
            ratio: seconds / self.usual_seconds(topic, channel, effort),
            for_good,
        })
    }

    /// One more piece of work that was done.
    pub fn learn(&mut self, topic: Option<i64>, channel: Option<i64>, effort: Effort, seconds: f64) {
        let Some(seconds) = usable(seconds) else { return };
        let x = features(effort);
        let mut topic = topic.map(|key| self.topics.entry(key).or_insert_with(|| start(TOPIC_SD)));
        let mut channel = channel.map(|key| self.channels.entry(key).or_insert_with(|| start(CHANNEL_SD)));
        let gain: [f64; SIZE] =
            std::array::from_fn(|i| self.covariance[i].iter().zip(&x).map(|(c, x)| c * x).sum());
        let mut expected: f64 = self.mean.iter().zip(&x).map(|(mean, x)| mean * x).sum();
        let mut variance: f64 = gain.iter().zip(&x).map(|(gain, x)| gain * x).sum();
        for offset in topic.iter().chain(&channel) {
            expected += offset.mean;
            variance += offset.variance;
        }
        let whole = variance + NOISE_SD * NOISE_SD;
        let off_max = SURPRISE_MAX * whole.sqrt();
        let step = (seconds.ln() - expected).clamp(-off_max, off_max) / whole;
        for i in 0..SIZE {
            self.mean[i] += gain[i] * step;
            for j in 0..SIZE {
                self.covariance[i][j] -= gain[i] * gain[j] / whole;
            }
        }
        for offset in topic.iter_mut().chain(&mut channel) {
            offset.mean += offset.variance * step;
            offset.variance *= 1.0 - offset.variance / whole;
        }
    }
}

fn usable(seconds: f64) -> Option<f64> {
    (seconds.is_finite() && seconds > 0.0).then(|| seconds.clamp(SECONDS_MIN, SECONDS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::Dice;

    const SHORT: Effort = Effort { customer_words: 40, answers: 1, files: 0 };
    const LONG: Effort = Effort { customer_words: 900, answers: 6, files: 3 };

    fn ratio(times: &HandleTimes, topic: i64, effort: Effort, seconds: f64) -> f64 {
        match times.observation(Some(topic), Some(1), effort, seconds, true) {
            Some(Observation::HandleTime { ratio, .. }) => ratio,
            other => panic!("{other:?}"),
        }
    }

    /// Topic 2 takes thrice as long as topic 1, and every answer a while.
    fn taught() -> HandleTimes {
        let (mut times, mut dice) = (HandleTimes::default(), Dice::new(7));
        for _ in 0..2_000 {
            let topic = 1 + dice.below(2) as i64;
            let answers = 1 + dice.below(6) as u32;
            let effort =
                Effort { customer_words: 20 + dice.below(600) as u32, answers, files: dice.below(3) as u32 };
            let usual = 240.0 * 3.0_f64.powi(topic as i32 - 1) * f64::from(answers).powf(0.8);
            times.learn(Some(topic), Some(1), effort, usual * (0.5 * dice.normal()).exp());
        }
        times
    }

    #[test]
    fn like_is_compared_with_like() {
        let times = taught();
        let at = |topic: i64, answers: u32| {
            times.usual_seconds(Some(topic), Some(1), Effort { answers, customer_words: 200, files: 1 })
        };
        assert!((at(2, 3) / at(1, 3) - 3.0).abs() < 0.4, "{}", at(2, 3) / at(1, 3));
        assert!((at(1, 1) / 240.0 - 1.0).abs() < 0.3 && at(1, 6) / at(1, 2) > 1.7);
    }

    #[test]
    fn ten_minutes_are_slow_for_a_question_and_quick_for_a_saga() {
        let times = taught();
        assert!(ratio(&times, 1, SHORT, 600.0) > 1.5);
        assert!(ratio(&times, 2, LONG, 600.0) < 0.5);
    }

    #[test]
    fn before_anything_is_known_more_demand_takes_longer() {
        let times = HandleTimes::default();
        assert!(times.usual_seconds(None, None, LONG) > 2.0 * times.usual_seconds(None, None, SHORT));
    }

    #[test]
    fn a_ticket_left_open_overnight_hardly_moves_the_usual() {
        let mut times = taught();
        let before = times.usual_seconds(Some(1), Some(1), SHORT);
        times.learn(Some(1), Some(1), SHORT, 1e9);
        assert!(times.usual_seconds(Some(1), Some(1), SHORT) < 1.05 * before);
    }

    #[test]
    fn no_time_says_nothing() {
        let mut times = HandleTimes::default();
        for seconds in [0.0, -3.0, f64::NAN, f64::INFINITY] {
            assert_eq!(times.observation(None, None, SHORT, seconds, true), None);
            times.learn(None, None, SHORT, seconds);
        }
        assert_eq!(
            times.usual_seconds(None, None, SHORT),
            HandleTimes::default().usual_seconds(None, None, SHORT)
        );
    }
}
