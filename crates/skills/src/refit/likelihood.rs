//! What one row says of its predictor z: the logarithm of its likelihood, with slope and information.
//!
//! The same models as the online filter's (`observation`), written as functions with a maximum, since a joint fit climbs
//! them; every one is concave in z.

use super::Source;
use crate::belief::{LEVEL_MAX, LEVEL_MIN, LEVELS_PER_LOGIT, logits_of};
use crate::observation::{
    CHECK_SD_LEVELS_MIN, DISCRIMINATION_MAX, End, HANDLE_TIME_RATIO_MAX, HANDLE_TIME_SD,
    HANDLE_TIME_SHARE_OF_SOLVED_MAX, HANDLE_TIME_SLOPE, LEAD_RATING_SD_LEVELS, Observation,
    PEER_RATING_SD_LEVELS, REVIEW_SD_LEVELS, SATISFACTION_CUTS, SATISFACTION_SLOPE, SELF_RATING_SD_LEVELS,
    SOLVED_OFFSET_LOGITS, SOLVED_SLOPE, at_least, p_solved_for_good, sigmoid,
};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Seen {
    YesNo {
        slope: f64,
        offset: f64,
        yes: bool,
    },
    Graded {
        score: u8,
    },
    Stated {
        logits: f64,
        end: End,
        source: Source,
    },
    /// With a noise of its own, which nothing is learnt about.
    Measured {
        logits: f64,
        end: End,
        variance: f64,
    },
    Speed {
        quickness: f64,
    },
}

/// What is learnt of the noise while fitting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Noise {
    /// Squared logits, by source.
    pub variance: [f64; SOURCES],
    pub cuts: [f64; 4],
    /// The square root of 1 + πs²/8 divides every slope when a ticket's difficulty strays by s from what is expected.
    ticket_variance: f64,
}

pub(super) const SOURCES: usize = 4;
pub(super) const ALL_SOURCES: [Source; SOURCES] =
    [Source::OneSelf, Source::Lead, Source::Peer, Source::Review];

impl Noise {
    pub fn at_start(ticket_sd: f64) -> Noise {
        let variance = |sd_levels: f64| (sd_levels / LEVELS_PER_LOGIT).powi(2);
        Noise {
            variance: [
                variance(SELF_RATING_SD_LEVELS),
                variance(LEAD_RATING_SD_LEVELS),
                variance(PEER_RATING_SD_LEVELS),
                variance(REVIEW_SD_LEVELS),
            ],
            cuts: SATISFACTION_CUTS,
            ticket_variance: ticket_sd * ticket_sd,
        }
    }

    fn shrunk(&self, slope: f64) -> f64 {
        1.0 / (1.0 + std::f64::consts::PI * slope * slope * self.ticket_variance / 8.0).sqrt()
    }

    /// Slope and factor of the cut points for satisfaction.
    pub fn graded(&self) -> (f64, f64) {
        let shrunk = self.shrunk(SATISFACTION_SLOPE);
        (SATISFACTION_SLOPE * shrunk, shrunk)
    }
}

/// Of one row at one predictor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Said {
    pub log_likelihood: f64,
    pub gradient: f64,
    pub information: f64,
}

impl Seen {
    /// `None` if the observation says nothing.
    pub fn of(observation: &Observation, noise: &Noise) -> Option<Seen> {
        let stated = |level: f64, severity: f64, source: Source| {
            let logits = logits_of(level.clamp(LEVEL_MIN, LEVEL_MAX)) + severity;
            logits.is_finite().then_some(Seen::Stated { logits, end: End::of(level), source })
        };
        match *observation {
            Observation::Solved { for_good } => {
                let shrunk = noise.shrunk(SOLVED_SLOPE);
                let (slope, offset) = (SOLVED_SLOPE * shrunk, SOLVED_OFFSET_LOGITS * shrunk);
                Some(Seen::YesNo { slope, offset, yes: for_good })
            }
            Observation::Satisfaction { score } => Some(Seen::Graded { score: score.clamp(1, 5) }),
            Observation::SelfRating { level } => stated(level, 0.0, Source::OneSelf),
            Observation::LeadRating { level } => stated(level, 0.0, Source::Lead),
            Observation::PeerRating { level } => stated(level, 0.0, Source::Peer),
            Observation::Review { level, severity } => stated(level, severity, Source::Review),
            Observation::Test { correct, discrimination, difficulty } => {
                let slope = discrimination.clamp(0.0, DISCRIMINATION_MAX);
                let offset = -slope * difficulty;
                (offset.is_finite() && slope > 0.0).then_some(Seen::YesNo { slope, offset, yes: correct })
            }
            // Releases come by the settings, for everybody at once.
            Observation::Release { .. } => None,
            Observation::Check { level, sd_levels } => {
                let logits = logits_of(level.clamp(LEVEL_MIN, LEVEL_MAX));
                let variance = (sd_levels.max(CHECK_SD_LEVELS_MIN) / LEVELS_PER_LOGIT).powi(2);
                let end = End::of(level);
                (logits.is_finite() && variance.is_finite()).then_some(Seen::Measured {
                    logits,
                    end,
                    variance,
                })
            }
            Observation::HandleTime { ratio, for_good } => (for_good && ratio > 0.0).then(|| {
                let ratio = ratio.clamp(1.0 / HANDLE_TIME_RATIO_MAX, HANDLE_TIME_RATIO_MAX);
                Seen::Speed { quickness: -ratio.ln() }
            }),
        }
    }

    pub fn at(&self, z: f64, noise: &Noise) -> Said {
        match *self {
            Seen::YesNo { slope, offset, yes } => {
                let x = slope * z + offset;
                let p = sigmoid(x);
                Said {
                    log_likelihood: -softplus(if yes { -x } else { x }),
                    gradient: slope * (if yes { 1.0 } else { 0.0 } - p),
                    information: slope * slope * p * (1.0 - p),
                }
            }
            Seen::Graded { score } => {
                let (slope, _) = noise.graded();
                let (x, y) = edges(score, z, noise);
                let (at_least, more) = (sigmoid(x), sigmoid(y));
                Said {
                    log_likelihood: log_between(x, y),
                    gradient: slope * (1.0 - at_least - more),
                    information: slope * slope * (at_least * (1.0 - at_least) + more * (1.0 - more)),
                }
            }
            Seen::Stated { logits, end, source } => normal(logits - z, end, noise.variance[source as usize]),
            Seen::Measured { logits, end, variance } => normal(logits - z, end, variance),
            Seen::Speed { quickness } => speed(quickness, z),
        }
    }

    /// Information in an ordinary case, before anything is known.
    pub fn usual_information(&self, noise: &Noise) -> f64 {
        self.at(0.0, noise).information
    }
}

/// At an end of the scale only "at least" or "at most" is said (Tobin 1958).
fn normal(off: f64, end: End, variance: f64) -> Said {
    let Some(sign) = end.sign() else {
        return Said {
            log_likelihood: -0.5 * (off * off / variance + variance.ln()),
            gradient: off / variance,
            information: 1.0 / variance,
        };
    };
    let sd = variance.sqrt();
    let beyond = -sign * off / sd;
    let (log_likelihood, ratio) = at_least(beyond);
    Said {
        log_likelihood,
        gradient: sign * ratio / sd,
        information: (ratio * (ratio + beyond)).clamp(0.0, 1.0) / variance,
    }
}

/// Huber's loss: quadratic while the gradient stays below half of what an ordinary lasting solution says, linear beyond.
fn speed(quickness: f64, z: f64) -> Said {
    let gradient_max = HANDLE_TIME_SHARE_OF_SOLVED_MAX * SOLVED_SLOPE * (1.0 - p_solved_for_good(0.0, 0.0));
    let variance = HANDLE_TIME_SD * HANDLE_TIME_SD;
    let off = quickness - HANDLE_TIME_SLOPE * z;
    let gradient = HANDLE_TIME_SLOPE * off / variance;
    let off_max = gradient_max * variance / HANDLE_TIME_SLOPE;
    let log_likelihood = if off.abs() <= off_max {
        -0.5 * off * off / variance
    } else {
        -off_max * (off.abs() - 0.5 * off_max) / variance
    };
    Said {
        log_likelihood,
        gradient: gradient.clamp(-gradient_max, gradient_max),
        information: HANDLE_TIME_SLOPE * HANDLE_TIME_SLOPE / variance,
    }
}

/// The logits of "at least this score" and of "more than this score".
pub(super) fn edges(score: u8, z: f64, noise: &Noise) -> (f64, f64) {
    let (slope, shrunk) = noise.graded();
    let edge = |above: u8| match above {
        0 => f64::INFINITY,
        5 => f64::NEG_INFINITY,
        _ => slope * z - shrunk * noise.cuts[usize::from(above) - 1],
    };
    (edge(score - 1), edge(score))
}

/// ln(σ(x) − σ(y)) = ln σ(x) + ln σ(−y) + ln(1 − e^(y−x)) for x > y.
fn log_between(x: f64, y: f64) -> f64 {
    const GAP_MIN: f64 = 1e-9;
    -softplus(-x) - softplus(y) + (-(-(x - y).max(GAP_MIN)).exp()).ln_1p()
}

/// ln(1 + eˣ) without overflow.
fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Observation> {
        let mut all = vec![
            Observation::Solved { for_good: true },
            Observation::Solved { for_good: false },
            Observation::SelfRating { level: 4.0 },
            Observation::Review { level: 2.0, severity: 0.3 },
            Observation::Test { correct: true, discrimination: 1.7, difficulty: -0.4 },
            Observation::HandleTime { ratio: 1.05, for_good: true },
            Observation::Check { level: 3.4, sd_levels: 0.6 },
            Observation::LeadRating { level: 5.0 },
            Observation::PeerRating { level: 0.0 },
        ];
        all.extend((1..=5).map(|score| Observation::Satisfaction { score }));
        all
    }

    #[test]
    fn slope_and_information_are_the_derivatives_of_the_log_likelihood() {
        const STEP: f64 = 1e-4;
        for ticket_sd in [0.0, 0.5] {
            let noise = Noise::at_start(ticket_sd);
            for observation in all() {
                let seen = Seen::of(&observation, &noise).unwrap();
                for z in [-2.0, -0.3, 0.0, 1.4] {
                    let log = |z: f64| seen.at(z, &noise).log_likelihood;
                    let said = seen.at(z, &noise);
                    let slope = (log(z + STEP) - log(z - STEP)) / (2.0 * STEP);
                    let bend = (log(z + STEP) - 2.0 * log(z) + log(z - STEP)) / (STEP * STEP);
                    assert!((said.gradient - slope).abs() < 1e-6, "{observation:?} at {z}");
                    assert!((said.information + bend).abs() < 1e-4, "{observation:?} at {z}");
                }
            }
        }
    }

    #[test]
    fn the_online_filter_and_the_refit_hear_the_same() {
        let noise = Noise::at_start(0.0);
        for observation in all() {
            let (seen, lesson) =
                (Seen::of(&observation, &noise).unwrap(), observation.lesson(0.7, 0.0).unwrap());
            let said = seen.at(0.7, &noise);
            assert!((said.gradient - lesson.gradient).abs() < 1e-12, "{observation:?}");
            assert!((said.information - lesson.information).abs() < 1e-12, "{observation:?}");
        }
    }

    #[test]
    fn what_says_nothing_is_left_out() {
        let noise = Noise::at_start(0.5);
        for observation in [
            Observation::LeadRating { level: f64::NAN },
            Observation::HandleTime { ratio: 0.5, for_good: false },
            Observation::HandleTime { ratio: f64::NAN, for_good: true },
            Observation::Test { correct: true, discrimination: f64::NAN, difficulty: 0.0 },
        ] {
            assert_eq!(Seen::of(&observation, &noise), None, "{observation:?}");
        }
    }
}
