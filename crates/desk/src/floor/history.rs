//! Everything that the floor reads of the past, once.

use super::here::{Stretches, from_answers, from_presences, overlap};
use super::kinds::{WorkKind, sort};
use super::lanes::{Lane, Lanes, group_at};
use super::roster::{Line, published_between, when};
use super::turns::{Assigned, Said, Turn, turns_of};
use super::{DAY_MS, DAYS_MAX, FloorError, HOUR_MS, TURNS_LEAST, leave, only_leads, store};
use crate::skills::planning::{self, HereSource, week::Clock};
use crate::skills::{SkillSummary, store as skills_store};
use crate::{SkillId, TicketId, Tx, UserId, people, settings};
use ::skills::Belief;
use std::collections::{HashMap, HashSet};

/// Longer without an answer, and somebody of whom nothing else is known was away.
const AWAY_MS: i64 = 2 * HOUR_MS;
/// They were there so long before their first answer.
const BEFORE_ANSWER_MS: i64 = HOUR_MS / 2;
/// Somebody who answered although they were not seen here had it in hand for at most so long.
const UNSEEN_IN_HAND_MS: i64 = 2 * HOUR_MS;
/// Chances of being solved lean on the mean of all with the weight of so many tickets.
const OUTCOME_LEAN: f64 = 20.0;

/// The past of a desk, as the floor sees it.
#[derive(Clone, Debug)]
pub struct History {
    pub company: String,
    /// From a midnight of the company's clock until the moment of reading.
    pub since: i64,
    pub until: i64,
    pub time_zone: String,
    pub kinds: Vec<WorkKind>,
    /// What the kinds need; kinds name them by their place.
    pub skills: Vec<SkillSummary>,
    pub colleagues: Vec<Colleague>,
    /// Where work waited, by the queues and groups of today.
    pub lanes: Vec<Lane>,
    /// By the moment they came.
    pub turns: Vec<Turn>,
    /// The desk's share of choices by lot.
    pub learning_share: f64,
    /// Of the tickets whose outcome is known, the share that stayed solved.
    pub for_good: Option<f64>,
}

/// Somebody who answers.
#[derive(Clone, Debug)]
pub struct Colleague {
    pub user: UserId,
    /// No two are called alike.
    pub name: String,
    /// Works here now.
    pub is_active: bool,
    pub at_once: u32,
    /// What is believed of them in each skill of the history.
    pub beliefs: Vec<Belief>,
    /// When they were here.
    pub here: Stretches,
    pub source: HereSource,
    /// Of their usual week.
    pub shifts: Vec<Line>,
    pub time_zone: String,
}

impl Colleague {
    #[cfg(test)]
    pub(super) fn of_test(user: i64) -> Colleague {
        Colleague {
            user: UserId(user),
            name: format!("Person {user}"),
            is_active: true,
            at_once: 4,
            beliefs: Vec::new(),
            here: Vec::new(),
            source: HereSource::Presence,
            shifts: Vec::new(),
            time_zone: "UTC".into(),
        }
    }

    pub fn here_ms(&self, from: i64, to: i64) -> i64 {
        overlap(&self.here, from, to)
    }
}

impl History {
    /// The last days, for leads.
    pub fn load(tx: &mut Tx, days: i64) -> Result<History, FloorError> {
        only_leads(tx)?;
        if !(7..=DAYS_MAX).contains(&days) {
            return Err(FloorError::DaysAreWrong);
        }
        let company = settings::company(tx)?;
        let until = tx.now();
        let since = midnight(until - days * DAY_MS, &company.time_zone)
            .max(midnight(store::first_ticket_at(tx, until - days * DAY_MS)?, &company.time_zone));
        let tickets = store::list_tickets(tx, since)?;
        let (said, assigned) = (store::list_said(tx, since)?, store::list_assigned(tx, since)?);
        let staff = store::list_staff(tx)?;
        let ids: HashSet<UserId> = staff.iter().map(|it| it.0).collect();
        let said = by_ticket(&said, |it: &Said| it.ticket);
        let assigned = by_ticket(&assigned, |it: &Assigned| it.ticket);
        let known: HashMap<SkillId, SkillSummary> =
            skills_store::list_skills(tx)?.iter().map(|it| (it.id, it.summary())).collect();
        let needs = store::list_needs(tx, since)?;
        let needs_of = by_ticket(&needs, |it: &store::NeedRow| it.ticket);
        let outcomes: HashMap<TicketId, bool> = store::list_outcomes(tx, since)?.into_iter().collect();
        let with_turns: Vec<(&super::turns::TicketRow, Vec<super::turns::Bare>)> = tickets
            .iter()
            .map(|it| {
                let of =
                    |map: &HashMap<TicketId, &[Said]>| map.get(&it.id).copied().unwrap_or_default().to_vec();
                let given = assigned.get(&it.id).copied().unwrap_or_default();
                (it, turns_of(it, &of(&said), given, &ids))
            })
            .filter(|it| it.1.iter().any(|turn| turn.came_at >= since))
            .collect();
        let sorted = sort(&with_turns.iter().map(|it| it.0.id).collect::<Vec<_>>(), &needs, &known);
        let mut history = History {
            company: company.name.clone(),
            since,
            until,
            time_zone: company.time_zone.clone(),
            kinds: sorted.kinds,
            skills: sorted.skills,
            colleagues: Vec::new(),
            lanes: Vec::new(),
            turns: Vec::new(),
            learning_share: company.exploration_share,
            for_good: None,
        };
        history.add_people(tx, &staff, company.ticket_capacity)?;
        let place: HashMap<UserId, usize> =
            history.colleagues.iter().enumerate().map(|(at, it)| (it.user, at)).collect();
        let changes = store::list_group_changes(tx, since)?;
        let changes_of = by_ticket(&changes, |it: &store::GroupChange| it.ticket);
        let mut difficulty: Vec<(f64, f64)> = vec![(0.0, 0.0); history.kinds.len()];
        for (ticket, turns) in &with_turns {
            let Some((first, again)) = sorted.of_ticket.get(&ticket.id).copied() else { continue };
            let count = needs_of.get(&ticket.id).map_or(0, |it| it.len());
            difficulty[first].0 += crate::skills::difficulty_of(ticket.priority, ticket.anger, count);
            difficulty[first].1 += 1.0;
            let of_ticket = changes_of.get(&ticket.id).copied().unwrap_or_default();
            let regrouped: Vec<_> = of_ticket.iter().map(|it| it.change).collect();
            for turn in turns.iter().filter(|it| it.came_at >= since) {
                history.turns.push(Turn {
                    ticket: ticket.id,
                    kind: if turn.is_first { first } else { again },
                    group: group_at(&regrouped, ticket.group, (turn.came_at, turn.answered_at)),
                    lane: None,
                    is_first: turn.is_first,
                    came_at: turn.came_at,
                    taken_at: turn.taken_at,
                    answered_at: turn.answered_at,
                    by: turn.by.and_then(|user| place.get(&user).copied()),
                    in_hand_s: None,
                    for_good: outcomes.get(&ticket.id).copied(),
                });
            }
        }
        history.turns.sort_by_key(|it| (it.came_at, it.ticket));
        let answered = history.turns.iter().filter(|it| it.answered_at.is_some()).count();
        if answered < TURNS_LEAST {
            return Err(FloorError::TooLittleHistory { found: answered, days });
        }
        history.see_those_who_were_not_seen();
        let mut lanes = Lanes::load(tx, &history.colleagues)?;
        let rows: HashMap<TicketId, &super::turns::TicketRow> =
            tickets.iter().map(|it| (it.id, it)).collect();
        for it in &mut history.turns {
            let needed = needs_of.get(&it.ticket).copied().unwrap_or_default();
            let skills: Vec<SkillId> = needed.iter().map(|need| need.skill).collect();
            it.lane = rows.get(&it.ticket).and_then(|row| lanes.of(row, it.group, &skills));
        }
        history.lanes = lanes.found;
        history.weigh_time_in_hand();
        for (kind, (sum, count)) in history.kinds.iter_mut().zip(difficulty) {
            kind.difficulty = if count > 0.0 { sum / count } else { 0.0 };
        }
        history.fit_difficulty();
        Ok(history)
    }

    /// Days that were really read.
    pub fn days(&self) -> f64 {
        (self.until - self.since) as f64 / DAY_MS as f64
    }

    pub fn weeks(&self) -> f64 {
        self.days() / 7.0
    }

    pub fn place_of(&self, user: UserId) -> Option<usize> {
        self.colleagues.iter().position(|it| it.user == user)
    }

    pub fn skill_at(&self, skill: SkillId) -> Option<usize> {
        self.skills.iter().position(|it| it.id == skill)
    }

    fn add_people(
        &mut self,
        tx: &mut Tx,
        staff: &[(UserId, String, bool)],
        capacity: i64,
    ) -> Result<(), FloorError> {
        let limits: HashMap<UserId, i64> = store::list_capacities(tx)?.into_iter().collect();
        let mut shifts: HashMap<UserId, Vec<Line>> = HashMap::new();
        for it in planning::list_shifts(tx).map_err(|_| FloorError::NotALead)? {
            let line = Line { user: it.user, shift: it.shift, breaks: it.breaks };
            shifts.entry(it.user).or_default().push(line);
        }
        let published = published_between(tx, self.since, self.until)?;
        let day = |at: i64| {
            jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date()
        };
        let leaves = leave::stretches_between(tx, day(self.since - DAY_MS), day(self.until + DAY_MS))?;
        let zones: HashMap<UserId, String> =
            people::list_agents(tx)?.into_iter().map(|it| (it.id, it.time_zone)).collect();
        let changes = planning::list_presence_changes(tx, self.since)?;
        let mut presences: HashMap<UserId, Stretches> = HashMap::new();
        for of_person in changes.chunk_by(|one, other| one.0 == other.0) {
            presences.insert(of_person[0].0, from_presences(of_person, self.since, self.until));
        }
        let mut beliefs: HashMap<(UserId, SkillId), Belief> = HashMap::new();
        for it in skills_store::list_proficiencies(tx, None, None)? {
            beliefs.insert((it.user, it.skill), it.belief);
        }
        let mut names: HashMap<String, usize> = HashMap::new();
        for (user, name, has_gone) in staff {
            let count = names.entry(name.clone()).or_default();
            *count += 1;
            let name = if *count == 1 { name.clone() } else { format!("{name} ({count})") };
            let time_zone = zones.get(user).cloned().unwrap_or_else(|| self.time_zone.clone());
            let shifts = shifts.remove(user).unwrap_or_default();
            let (here, source) = match presences.remove(user).filter(|it| !it.is_empty()) {
                Some(here) => (here, HereSource::Presence),
                None if !has_gone => {
                    let of = |week| {
                        let of_week = published.get(&week)?;
                        Some(of_week.get(user).map(Vec::as_slice).unwrap_or_default())
                    };
                    let theirs = leaves.iter().filter(|it| it.0 == *user).map(|it| it.1);
                    let away: Vec<(i64, i64)> = theirs.collect();
                    let within = (self.since, self.until);
                    let here = when::stretches(&shifts, of, &away, &time_zone, within);
                    let source = if here.is_empty() { HereSource::Assumed } else { HereSource::Shifts };
                    (here, source)
                }
                None => (Vec::new(), HereSource::Assumed),
            };
            let belief = |skill: &SkillSummary| {
                beliefs.get(&(*user, skill.id)).copied().unwrap_or_else(|| ::skills::prior(skill.kind))
            };
            self.colleagues.push(Colleague {
                user: *user,
                name,
                is_active: !has_gone,
                at_once: limits.get(user).copied().unwrap_or(capacity).clamp(0, 100) as u32,
                beliefs: self.skills.iter().map(belief).collect(),
                here,
                source,
                shifts,
                time_zone,
            });
        }
        Ok(())
    }

    /// Whoever answered was there, whatever else is known of them. Who neither answered nor was seen is left out.
    fn see_those_who_were_not_seen(&mut self) {
        let mut answers: Vec<Vec<i64>> = vec![Vec::new(); self.colleagues.len()];
        for it in &self.turns {
            if let (Some(by), Some(at)) = (it.by, it.answered_at) {
                answers[by].push(at);
            }
        }
        for (it, answers) in self.colleagues.iter_mut().zip(&mut answers) {
            if it.here.is_empty() {
                answers.sort_unstable();
                it.here = from_answers(answers, AWAY_MS, BEFORE_ANSWER_MS);
            }
        }
        let stays: Vec<bool> = self.colleagues.iter().map(|it| !it.here.is_empty()).collect();
        let mut places = Vec::new();
        let mut next = 0;
        for stays in &stays {
            places.push(stays.then_some(next));
            next += usize::from(*stays);
        }
        let mut at = 0;
        self.colleagues.retain(|_| {
            at += 1;
            stays[at - 1]
        });
        for it in &mut self.turns {
            it.by = it.by.and_then(|by| places[by]);
        }
    }

    fn weigh_time_in_hand(&mut self) {
        for it in &mut self.turns {
            if let (Some(by), Some(taken), Some(answered)) = (it.by, it.taken_at, it.answered_at) {
                let here = overlap(&self.colleagues[by].here, taken, answered);
                let in_hand = if here > 0 { here } else { (answered - taken).min(UNSEEN_IN_HAND_MS) };
                it.in_hand_s = Some(in_hand as f64 / 1_000.0);
            }
        }
    }

    /// So difficult that those who had them solve as many for good as did, by the desk's own model.
    fn fit_difficulty(&mut self) {
        let judged: Vec<(usize, usize, bool)> = self
            .turns
            .iter()
            .filter(|it| it.is_first)
            .filter_map(|it| Some((it.kind, it.by?, it.for_good?)))
            .collect();
        if judged.is_empty() {
            return;
        }
        let all = judged.iter().filter(|it| it.2).count() as f64 / judged.len() as f64;
        self.for_good = Some(all);
        for kind in 0..self.kinds.len() {
            let of: Vec<usize> = judged.iter().filter(|it| it.0 == kind).map(|it| it.1).collect();
            let solved = judged.iter().filter(|it| it.0 == kind && it.2).count() as f64;
            if of.is_empty() || self.kinds[kind].needs.is_empty() {
                continue;
            }
            let wanted = (solved + OUTCOME_LEAN * all) / (of.len() as f64 + OUTCOME_LEAN);
            let share = |difficulty: f64| {
                of.iter().map(|by| self.success(kind, *by, difficulty)).sum::<f64>() / of.len() as f64
            };
            let (mut low, mut high) = (-6.0, 6.0);
            for _ in 0..40 {
                let middle = 0.5 * (low + high);
                if share(middle) > wanted { low = middle } else { high = middle }
            }
            self.kinds[kind].difficulty = 0.5 * (low + high);
        }
    }

    /// P(solved for good) if what is believed of somebody is true.
    fn success(&self, kind: usize, person: usize, difficulty: f64) -> f64 {
        const KNOWN_EXACTLY_SD_LEVELS: f64 = 0.01;
        let truth = |it: &super::kinds::KindNeed| {
            let level = self.colleagues[person].beliefs[it.skill].level();
            (it.weight, Belief::at_level(level, KNOWN_EXACTLY_SD_LEVELS))
        };
        ::skills::p_solved(self.kinds[kind].needs.iter().map(truth), difficulty)
    }
}

fn by_ticket<T>(rows: &[T], ticket: impl Fn(&T) -> TicketId) -> HashMap<TicketId, &[T]> {
    rows.chunk_by(|one, other| ticket(one) == ticket(other)).map(|of| (ticket(&of[0]), of)).collect()
}

/// The midnight before, by the clock of this place.
pub(super) fn midnight(at: i64, time_zone: &str) -> i64 {
    let mut clock = Clock::of(time_zone);
    let local = at + clock.offset_ms(at);
    let midnight = at - local.rem_euclid(DAY_MS);
    // Over a change of the hour the offset at midnight is another.
    midnight + clock.offset_ms(at) - clock.offset_ms(midnight)
}
