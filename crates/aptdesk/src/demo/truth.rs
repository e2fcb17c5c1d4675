//! What the demo's agents can really do, and how chance makes of it what the desk sees: outcomes and ratings.

use super::content::{Agent, Situation};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A skill of which the company file says nothing.
const LEVEL_UNSAID: f64 = 0.5;
/// As the desk assumes of any team: at 0 logits about three of four solutions hold.
const SOLVED_OFFSET_LOGITS: f64 = 1.0;
/// What makes two tickets of one situation differ, in logits.
const TICKET_SD_LOGITS: f64 = 0.5;
/// A second reading of the same ticket is easier.
const SECOND_TRY_BONUS_LOGITS: f64 = 0.8;
/// Slope and cut points between the scores, in logits.
const SATISFACTION_SLOPE: f64 = 0.6;
const SATISFACTION_CUTS: [f64; 4] = [-2.6, -2.0, -1.3, -0.3];
/// Having had to write twice costs this much of the customer's kindness, in logits.
const REOPENED_COST_LOGITS: f64 = 1.2;
/// Of those asked, so many answer.
const RATING_SHARE: f64 = 0.45;
/// What people say of themselves, and their leads of them, strays this far from the truth, in levels.
pub const SELF_RATING_SD_LEVELS: f64 = 0.9;
pub const LEAD_RATING_SD_LEVELS: f64 = 0.6;

/// How an answer lands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    pub for_good: bool,
    /// The customer writes back.
    pub replies: bool,
    /// 1 to 5, if they will rate.
    pub score: Option<i64>,
}

/// Σ weight · ability − difficulty, in logits.
pub fn predictor(agent: &Agent, situation: &Situation) -> f64 {
    let ability = |key: &str| skills::logits_of(agent.skills.get(key).copied().unwrap_or(LEVEL_UNSAID));
    situation.skills.iter().map(|need| need.weight * ability(&need.key)).sum::<f64>() - situation.difficulty
}

/// Draws what becomes of an answer of this agent, after so many tries before.
pub fn verdict(agent: &Agent, situation: &Situation, tries: u32, dice: &mut ChaCha8Rng) -> Verdict {
    let z = predictor(agent, situation)
        + TICKET_SD_LOGITS * normal(dice)
        + SECOND_TRY_BONUS_LOGITS * f64::from(tries);
    let for_good = dice.random::<f64>() < sigmoid(z + SOLVED_OFFSET_LOGITS);
    // Many say thank you; who was not helped comes back.
    let replies = !for_good || dice.random::<f64>() < 0.4;
    let cost = if tries > 0 { REOPENED_COST_LOGITS } else { 0.0 };
    let liking = SATISFACTION_SLOPE * z - cost + logistic(dice);
    let score = 1 + SATISFACTION_CUTS.iter().filter(|cut| liking > **cut).count() as i64;
    let score = (dice.random::<f64>() < RATING_SHARE).then_some(score);
    Verdict { for_good, replies, score }
}

/// What somebody states of a level, with their error.
pub fn stated(level: f64, sd_levels: f64, dice: &mut ChaCha8Rng) -> f64 {
    let stated = (level + sd_levels * normal(dice)).clamp(0.0, 5.0);
    (stated * 2.0).round() / 2.0
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn logistic(dice: &mut ChaCha8Rng) -> f64 {
    let u: f64 = dice.random_range(1e-9..1.0 - 1e-9);
    (u / (1.0 - u)).ln()
}

/// Box and Muller.
pub(super) fn normal(dice: &mut ChaCha8Rng) -> f64 {
    let (u, v): (f64, f64) = (dice.random_range(1e-12..1.0), dice.random());
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

/// A pause with this mean, never longer than five times it.
pub fn pause(mean: f64, dice: &mut ChaCha8Rng) -> f64 {
    let u: f64 = dice.random_range(1e-9..1.0);
    (-u.ln() * mean).min(5.0 * mean)
}

#[cfg(test)]
mod tests {
    use super::super::content::Content;
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn who_can_do_it_solves_more_for_good_and_is_liked_better() {
        let content = Content::load().expect("the content is read");
        let mut dice = ChaCha8Rng::seed_from_u64(1);
        let situation =
            content.situations.iter().find(|it| it.key == "saml-audience-monday").expect("it is there");
        let mut draw = |name: &str| {
            let agent = content.agents.iter().find(|it| it.name == name).expect("they are there");
            let all: Vec<Verdict> = (0..2_000).map(|_| verdict(agent, situation, 0, &mut dice)).collect();
            let good = all.iter().filter(|it| it.for_good).count();
            let scores: Vec<i64> = all.iter().filter_map(|it| it.score).collect();
            (good, scores.iter().sum::<i64>() as f64 / scores.len() as f64)
        };
        let (able, unable) = (draw("Priya Raman"), draw("Lucía Ferrer"));
        assert!(able.0 > unable.0 + 500 && able.1 > unable.1, "{able:?} and {unable:?}");
    }
}
