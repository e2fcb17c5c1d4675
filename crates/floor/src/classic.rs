//! Floors of the literature with known answers, built by hand: what tests and benchmarks measure the simulator against.

use routing::{Channel, Priority};

use crate::chance::Shape;
use crate::model::{Arrivals, Clock, Closing, ContactType, Floor, Group, Pick, Tier, Time};
use crate::policy::PolicyKind;

const MINUTE: f64 = 60.0;
const TEAMS: usize = 6;
const PEOPLE_PER_TEAM: usize = 15;

/// Which skills the people of [`pooling`] have besides that of their team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skills {
    OwnOnly,
    /// One more each, all pairs alike.
    SpreadPairs,
    /// One more each, always that of the next team.
    Chain,
    /// Two more each.
    SpreadTriples,
    All,
}

/// A type with exponential service and patience; times in seconds, the rate per second.
pub fn contact_type(
    name: &str,
    per_s: f64,
    service_s: f64,
    patience_s: Option<f64>,
    tiers: Vec<Vec<usize>>,
) -> ContactType {
    let tier = |groups| Tier { groups, after_s: 0.0, pick: Pick::LongestIdle };
    ContactType {
        name: name.to_owned(),
        channel: Channel::Voice,
        priority: Priority::Normal,
        arrivals: Arrivals::Poisson(vec![per_s]),
        service: Time::constant(service_s, Shape::Exponential),
        patience: patience_s.map(|it| Time::constant(it, Shape::Exponential)),
        balk_share: 0.0,
        wrap_up: None,
        acceptable_s: 20.0,
        retrial: None,
        transfers: vec![],
        unsolved: None,
        tiers: tiers.into_iter().map(tier).collect(),
        needs: vec![],
        gives_way_s: None,
        difficulty: 0.0,
        wait_cost: 1.0,
        queue_share: 1.0,
        turn: 0,
        known_by: vec![],
        writes_again: vec![],
    }
}

/// A group of `staff` people, one contact at a time, without skills.
pub fn group(name: &str, staff: u32, serves: Vec<Vec<usize>>) -> Group {
    Group {
        name: name.to_owned(),
        staff: vec![staff],
        serves,
        at_once: 1,
        pace: vec![1.0],
        time_factors: vec![],
        levels: vec![],
        beliefs: vec![],
        cost_per_hour: 1.0,
    }
}

/// One long run in batches of `batch_s`, by the lists of the types and groups.
pub fn steady(types: Vec<ContactType>, groups: Vec<Group>, batch_s: f64, warm_up_s: f64) -> Floor {
    let clock = Clock {
        period_s: batch_s,
        periods: 1,
        opens_s: 0.0,
        warm_up_s,
        closing: Closing::Continue,
        sends_away: false,
        hands_back: false,
        told: None,
    };
    Floor {
        name: "steady".to_owned(),
        clock,
        types,
        groups,
        dialers: vec![],
        busyness: None,
        lines: None,
        waiting_places: None,
        policy: PolicyKind::Lists,
        learning: None,
    }
    .completed()
}

/// Ninety people in six teams and thirty waiting places, after Wallace & Whitt (2005): 1.4 arrivals a minute of each of six
/// types, ten minutes of service. Who is free serves the queue of their team first.
pub fn pooling(skills: Skills) -> Floor {
    let mut groups: Vec<Group> = Vec::new();
    for team in 0..TEAMS {
        for person in 0..PEOPLE_PER_TEAM {
            let more = others(skills, team, person);
            let name = format!("{team} {more:?}");
            match groups.iter_mut().find(|it| it.name == name) {
                Some(same) => same.staff[0] += 1,
                None => groups.push(group(&name, 1, vec![vec![team], more])),
            }
        }
    }
    let types = (0..TEAMS).map(|k| {
        let with = |tier: usize| (0..groups.len()).filter(|g| groups[*g].serves[tier].contains(&k)).collect();
        contact_type(&format!("{k}"), 1.4 / MINUTE, 10.0 * MINUTE, None, vec![with(0), with(1)])
    });
    let mut floor = steady(types.collect(), groups, 4_000.0 * MINUTE, 400.0 * MINUTE);
    floor.waiting_places = Some(30);
    floor
}

fn others(skills: Skills, team: usize, person: usize) -> Vec<usize> {
    let spread = TEAMS - 1;
    let first = (team + 1 + person % spread) % TEAMS;
    let mut more = match skills {
        Skills::OwnOnly => vec![],
        Skills::SpreadPairs => vec![first],
        Skills::Chain => vec![(team + 1) % TEAMS],
        Skills::SpreadTriples => {
            vec![first, (team + 1 + (person % spread + 1 + person / spread) % spread) % TEAMS]
        }
        Skills::All => (0..TEAMS).filter(|it| *it != team).collect(),
    };
    more.sort_unstable();
    more
}

/// Two types and two groups of together `n` people, of which the second serves both (an N-model), under the queue-ratio
/// rule with shares of 30 and 70 %.
pub fn n_model(n: u32) -> Floor {
    let size = f64::from(n);
    let per_s = |share: f64| share * (size + 0.5 * size.sqrt()) / 100.0;
    let mut types = vec![
        contact_type("first", per_s(0.6), 100.0, Some(200.0), vec![vec![0], vec![1]]),
        contact_type("second", per_s(0.4), 100.0, Some(200.0), vec![vec![1]]),
    ];
    types[0].queue_share = 0.3;
    types[1].queue_share = 0.7;
    let first = (0.3 * size) as u32;
    let groups = vec![group("first", first, vec![vec![0]]), group("both", n - first, vec![vec![0, 1]])];
    let mut floor = steady(types, groups, 20_000.0, 2_000.0);
    floor.policy = PolicyKind::QueueRatio;
    floor
}

/// People who hold several chats at once, all at full pace: one type, one group.
pub fn chats(people: u32, at_once: u32, per_s: f64, service_s: f64, patience_s: f64) -> Floor {
    let types = vec![contact_type("chat", per_s, service_s, Some(patience_s), vec![vec![0]])];
    let desk = Group { at_once, ..group("desk", people, vec![]) };
    steady(types, vec![desk], 20_000.0, 5_000.0)
}
