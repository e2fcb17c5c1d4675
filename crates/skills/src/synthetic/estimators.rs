//! What each method makes of the same desk. All are told the sizes of things, none the things themselves.

use std::ops::ControlFlow;

use super::{
    CHANNEL_SD, CHANNELS, DRIFT_SD_PER_DAY, GENERAL_SD, MAIN_WEIGHT, PRIORITIES, PRIORITY_SD, SEVERITY_SD,
    SPECIFIC_SD, TOPIC_SD, Ticket, World,
};
use crate::belief::Belief;
use crate::decay::DecayClass;
use crate::evidence::SkillId;
use crate::filter::{Component, update};
use crate::observation::SOLVED_OFFSET_LOGITS;
use crate::online::Abilities;
use crate::refit::{PersonId, Refit, RefitSettings, Row, Taus, refit};
use crate::replay::Start;
use crate::trueskill::{self, Player};
use crate::{elo, glicko2};

const DAY_MS: i64 = 86_400_000;
/// Of 0.05, 0.08, 0.12 and 0.2 this brings Elo nearest to the truth here.
const ELO_STEP: f64 = 0.2;
/// Days of one Glicko-2 period, and its limit on volatility.
const GLICKO_PERIOD_DAYS: usize = 10;
const GLICKO_TAU: f64 = 0.5;
/// Points of Glicko's scale per logit of ability.
const GLICKO_POINTS_PER_LOGIT: f64 = 173.7178;
/// A logistic curve lies near a normal one whose axis is stretched so.
const LOGITS_PER_PROBIT: f64 = 1.702;

/// Agent by agent, skill by skill, in logits.
#[derive(Debug, Clone)]
pub struct Estimate {
    pub mean: Vec<f64>,
    /// `None` where the method gives no interval.
    pub sd: Option<Vec<f64>>,
}

/// The logit of the share of tickets that stayed solved.
pub fn raw_averages(world: &World) -> Estimate {
    let mut counts = vec![(0.5, 1.0); world.truth.len()];
    for ticket in &world.tickets {
        for (skill, weight) in world.skills_of(ticket.topic) {
            let (yes, all) = &mut counts[cell(world, ticket, skill)];
            *all += weight;
            *yes += if ticket.for_good { weight } else { 0.0 };
        }
    }
    Estimate {
        mean: counts.iter().map(|(yes, all): &(f64, f64)| (yes / (all - yes)).ln()).collect(),
        sd: None,
    }
}

pub fn elo_ratings(world: &World) -> Estimate {
    let mut people = vec![0.0; world.truth.len()];
    let mut topics = vec![0.0; world.topics.len()];
    for ticket in &world.tickets {
        let skills = world.skills_of(ticket.topic);
        let rating: f64 =
            skills.iter().map(|(skill, weight)| weight * people[cell(world, ticket, *skill)]).sum();
        let before = rating + SOLVED_OFFSET_LOGITS;
        let (after, topic) = elo::update(before, topics[ticket.topic], ticket.for_good, ELO_STEP);
        for (skill, weight) in skills {
            people[cell(world, ticket, skill)] += weight * (after - before);
        }
        topics[ticket.topic] = topic;
    }
    Estimate { mean: people, sd: None }
}

/// Glicko-2 knows one rating against another: a person in a topic's main skill plays against the topic.
pub fn glicko2_ratings(world: &World) -> Estimate {
    let start = |logits: f64, sd: f64| glicko2::Rating {
        rating: 1500.0 + GLICKO_POINTS_PER_LOGIT * logits,
        deviation: GLICKO_POINTS_PER_LOGIT * sd,
        volatility: 0.06,
    };
    let mut people = vec![start(SOLVED_OFFSET_LOGITS, GENERAL_SD.hypot(SPECIFIC_SD)); world.truth.len()];
    let mut topics = vec![start(0.0, TOPIC_SD); world.topics.len()];
    for period in world.tickets.chunk_by(|a, b| a.day / GLICKO_PERIOD_DAYS == b.day / GLICKO_PERIOD_DAYS) {
        let mut of_people = vec![Vec::new(); people.len()];
        let mut of_topics = vec![Vec::new(); topics.len()];
        for ticket in period {
            let at = cell(world, ticket, world.topics[ticket.topic].main);
            let score = if ticket.for_good { 1.0 } else { 0.0 };
            of_people[at].push((topics[ticket.topic], score));
            of_topics[ticket.topic].push((people[at], 1.0 - score));
        }
        let after =
            |all: &[glicko2::Rating], games: &[Vec<(glicko2::Rating, f64)>]| -> Vec<glicko2::Rating> {
                all.iter().zip(games).map(|(it, games)| glicko2::update(*it, games, GLICKO_TAU)).collect()
            };
        (people, topics) = (after(&people, &of_people), after(&topics, &of_topics));
    }
    let logits = |it: &glicko2::Rating| (it.rating - 1500.0) / GLICKO_POINTS_PER_LOGIT - SOLVED_OFFSET_LOGITS;
    Estimate {
        mean: people.iter().map(logits).collect(),
        sd: Some(people.iter().map(|it| it.deviation / GLICKO_POINTS_PER_LOGIT).collect()),
    }
}

/// The two skills of a ticket play as a team, each by its weight, against the topic.
pub fn trueskill_ratings(world: &World) -> Estimate {
    let mut people = vec![Player { mean: 0.0, sd: GENERAL_SD.hypot(SPECIFIC_SD) }; world.truth.len()];
    let mut topics = vec![Player { mean: -SOLVED_OFFSET_LOGITS, sd: TOPIC_SD }; world.topics.len()];
    // Each of the two teams performs with a noise of beta; together they make the logistic curve.
    let game = trueskill::Game { beta: LOGITS_PER_PROBIT / 3.0_f64.sqrt(), draw_margin: 0.0 };
    let mut day = 0;
    for ticket in &world.tickets {
        if ticket.day > day {
            day = ticket.day;
            people.iter_mut().for_each(|it| it.sd = it.sd.hypot(DRIFT_SD_PER_DAY));
        }
        let skills = world.skills_of(ticket.topic);
        let person = skills.map(|(skill, weight)| (people[cell(world, ticket, skill)], weight));
        let topic = [(topics[ticket.topic], 1.0)];
        let (person, topic) = if ticket.for_good {
            trueskill::win(&person, &topic, game)
        } else {
            let (topic, person) = trueskill::win(&topic, &person, game);
            (person, topic)
        };
        for ((skill, _), after) in skills.iter().zip(person) {
            people[cell(world, ticket, *skill)] = after;
        }
        topics[ticket.topic] = topic[0];
    }
    Estimate {
        mean: people.iter().map(|it| it.mean).collect(),
        sd: Some(people.iter().map(|it| it.sd).collect()),
    }
}

/// The filter that keeps variances only: general and specific parts of a person as independent numbers.
pub fn online_plain(world: &World) -> Estimate {
    let part = |sd: f64, weight: f64| Component { mean: 0.0, variance: sd * sd, weight };
    let mut general = vec![part(GENERAL_SD, 1.0); world.size.agents];
    let mut specific = vec![part(SPECIFIC_SD, 1.0); world.truth.len()];
    let mut topics = vec![part(TOPIC_SD, -1.0); world.topics.len()];
    let mut raters = vec![part(SEVERITY_SD, -1.0); world.size.raters];
    let mut priorities = [part(PRIORITY_SD, -1.0); PRIORITIES];
    let mut channels = [part(CHANNEL_SD, -1.0); CHANNELS];
    let mut day = 0;
    for ticket in &world.tickets {
        if ticket.day > day {
            day = ticket.day;
            specific.iter_mut().for_each(|it| it.variance += DRIFT_SD_PER_DAY.powi(2));
        }
        let [one, other] = world.skills_of(ticket.topic).map(|(skill, _)| cell(world, ticket, skill));
        let mut parts = [
            general[ticket.agent],
            Component { weight: MAIN_WEIGHT, ..specific[one] },
            Component { weight: 1.0 - MAIN_WEIGHT, ..specific[other] },
            topics[ticket.topic],
            priorities[ticket.priority],
            channels[ticket.channel],
        ];
        update(&mut parts, &ticket.outcome());
        if let Some(rating) = ticket.rating() {
            update(&mut parts, &rating);
        }
        general[ticket.agent] = parts[0];
        specific[one] = Component { weight: 1.0, ..parts[1] };
        specific[other] = Component { weight: 1.0, ..parts[2] };
        (topics[ticket.topic], priorities[ticket.priority], channels[ticket.channel]) =
            (parts[3], parts[4], parts[5]);
        if let Some((rater, review)) = ticket.reviewed() {
            let mut parts = [general[ticket.agent], specific[one], raters[rater]];
            update(&mut parts, &review);
            [general[ticket.agent], specific[one], raters[rater]] = parts;
        }
    }
    let whole = |at: usize| (general[at / world.size.skills], specific[at]);
    let mean = (0..world.truth.len()).map(|at| whole(at).0.mean + whole(at).1.mean).collect();
    let sd = (0..world.truth.len()).map(|at| (whole(at).0.variance + whole(at).1.variance).sqrt()).collect();
    Estimate { mean, sd: Some(sd) }
}

/// The filter of [`crate::online`]: covariances within a person, and events tempered for what it does not keep.
pub fn online(world: &World, tempered: f64) -> Estimate {
    let variance = GENERAL_SD.powi(2) + SPECIFIC_SD.powi(2);
    let starts = vec![Belief { mean: 0.0, variance }; world.size.skills];
    let mut people = vec![Abilities::new(&starts, GENERAL_SD.powi(2) / variance); world.size.agents];
    let unknown = |sd: f64, count: usize| vec![Belief { mean: 0.0, variance: sd * sd }; count];
    let mut topics = unknown(TOPIC_SD, world.topics.len());
    let mut priorities = unknown(PRIORITY_SD, PRIORITIES);
    let mut channels = unknown(CHANNEL_SD, CHANNELS);
    let mut raters = unknown(SEVERITY_SD, world.size.raters);
    let mut day = 0;
    for ticket in &world.tickets {
        if ticket.day > day {
            day = ticket.day;
            people.iter_mut().for_each(|it| it.drift(DRIFT_SD_PER_DAY.powi(2)));
        }
        let skills = world.skills_of(ticket.topic);
        let person = &mut people[ticket.agent];
        let hard: &mut [&mut Belief] =
            &mut [&mut topics[ticket.topic], &mut priorities[ticket.priority], &mut channels[ticket.channel]];
        person.observe(&skills, hard, 0.0, &ticket.outcome(), tempered);
        if let Some(rating) = ticket.rating() {
            person.observe(&skills, hard, 0.0, &rating, tempered);
        }
        if let Some((rater, review)) = ticket.reviewed() {
            person.observe(&[(skills[0].0, 1.0)], &mut [&mut raters[rater]], 0.0, &review, tempered);
        }
    }
    let beliefs = || people.iter().flat_map(|it| (0..world.size.skills).map(|skill| it.belief(skill)));
    Estimate {
        mean: beliefs().map(|it| it.mean).collect(),
        sd: Some(beliefs().map(|it| it.variance.sqrt()).collect()),
    }
}

/// The refit on the last day.
pub fn refitted(world: &World, threads: usize) -> Estimate {
    let fitted = fit(&rows(world), start, &settings(world, threads));
    let beliefs: Vec<Belief> = (0..world.truth.len())
        .map(|at| {
            let person = PersonId((at / world.size.skills) as i64);
            let skill = SkillId((at % world.size.skills) as i64);
            let unseen = || fitted.unseen(person, start(skill).prior);
            fitted.belief(person, skill).map_or_else(unseen, |it| it.belief)
        })
        .collect();
    Estimate {
        mean: beliefs.iter().map(|it| it.mean).collect(),
        sd: Some(beliefs.iter().map(|it| it.variance.sqrt()).collect()),
    }
}

/// Where every skill of the made-up desk starts.
pub fn start(_: SkillId) -> Start {
    let variance = GENERAL_SD.powi(2) + SPECIFIC_SD.powi(2);
    Start { prior: Belief { mean: 0.0, variance }, decay: DecayClass::Technical }
}

/// A refit that nobody watches.
pub fn fit(rows: &[Row], start: impl Fn(SkillId) -> Start, settings: &RefitSettings) -> Refit {
    refit(rows, start, settings, &mut |_| ControlFlow::Continue(())).expect("nobody calls it off")
}

/// What the refit is told of the desk: the sizes of things, and a drift of 0.01 a day (2V/τ = 0.01²).
pub fn settings(world: &World, threads: usize) -> RefitSettings {
    let tau_days = 2.0 * SPECIFIC_SD.powi(2) / DRIFT_SD_PER_DAY.powi(2);
    RefitSettings {
        taus: Taus::all(tau_days),
        general_share: GENERAL_SD.powi(2) / (GENERAL_SD.powi(2) + SPECIFIC_SD.powi(2)),
        topic_sd: TOPIC_SD,
        priority_sd: PRIORITY_SD,
        channel_sd: CHANNEL_SD,
        severity_sd: SEVERITY_SD,
        ticket_sd: 0.0,
        threads,
        ..RefitSettings::as_of((world.size.days as i64 - 1) * DAY_MS)
    }
}

/// The desk's tickets as plain evidence.
pub fn rows(world: &World) -> Vec<Row> {
    let mut rows = Vec::with_capacity(world.events());
    for ticket in &world.tickets {
        let skills = world.skills_of(ticket.topic).map(|(skill, weight)| (SkillId(skill as i64), weight));
        let outcome = Row {
            person: PersonId(ticket.agent as i64),
            at_ms: ticket.day as i64 * DAY_MS,
            skills: skills.to_vec(),
            difficulty: 0.0,
            topic: Some(ticket.topic as i64),
            priority: Some(ticket.priority as i64),
            channel: Some(ticket.channel as i64),
            customer: None,
            rater: None,
            observation: ticket.outcome(),
            share: 1.0,
            struck_out: false,
        };
        if let Some(observation) = ticket.rating() {
            rows.push(Row { observation, ..outcome.clone() });
        }
        if let Some((rater, observation)) = ticket.reviewed() {
            let skills = vec![(skills[0].0, 1.0)];
            rows.push(Row { observation, skills, rater: Some(rater as i64), ..outcome.clone() });
        }
        rows.push(outcome);
    }
    rows
}

fn cell(world: &World, ticket: &Ticket, skill: usize) -> usize {
    ticket.agent * world.size.skills + skill
}
