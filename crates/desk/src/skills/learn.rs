//! What an outcome or a rating says of those who did the work.

use super::difficulty::{KeyKind, OfWork, key_name, keys};
use super::evidence::{self, AddEvidence, Observed};
use super::usual_times::{self, Lesson};
use super::{RequirementRow, SkillKind, SkillsError, store};
use crate::events::{self, Event};
use crate::tickets::{self, Priority, Status, THE_DESK, Ticket};
use crate::{RatingId, SkillId, TicketId, Tx, UserId, settings};
use ::skills::Observation;
use ::skills::attribution::{Station, attribute};

/// Events of one ticket that are read for its outcomes.
const EVENTS_READ_MAX: usize = 10_000;
const DAY_MS: i64 = 24 * 3_600_000;

/// How hard a ticket is, in logits; 0 is usual. Sum of: priority (low −0.2, high +0.2, urgent +0.4), +0.2 for each step
/// of anger (0–3), +0.1 for each needed skill after the second (at most +0.5).
pub fn difficulty_of(priority: Option<Priority>, anger: i64, skills: usize) -> f64 {
    let priority = match priority {
        Some(Priority::Low) => -0.2,
        None | Some(Priority::Normal) => 0.0,
        Some(Priority::High) => 0.2,
        Some(Priority::Urgent) => 0.4,
    };
    let anger = 0.2 * anger.clamp(0, 3) as f64;
    let breadth = 0.1 * skills.saturating_sub(2).min(5) as f64;
    priority + anger + breadth
}

/// A ticket was solved some days ago: by now it is known whether for good. Counts every solution that is decided, and
/// credits it to those who did the work, by their shares.
pub(crate) fn learn_from_outcome(tx: &mut Tx, ticket: TicketId) -> Result<(), SkillsError> {
    let Some(ticket) = tickets::find_ticket(tx, ticket)? else { return Ok(()) };
    let needs = super::requirements_of(tx, ticket.id)?;
    if needs.is_empty() {
        return Ok(());
    }
    let grace_ms = settings::company(tx)?.outcome_after_days * DAY_MS;
    let history = events::list_of(tx, "ticket", ticket.id.0, EVENTS_READ_MAX)?;
    let now = tx.now();
    let kind = kind_of_work(tx, &ticket, &needs)?;
    for solution in solutions(&history, grace_ms, now) {
        let Some(for_good) = solution.for_good else { continue };
        let stations = stations(&history, solution.at);
        for (user, share) in workers(tx, &ticket, &stations, solution.assignee, solution.from, solution.at)? {
            let command = AddEvidence {
                key: format!("outcome:{}:{user}", solution.event),
                user,
                observed: Observed::Outcome { for_good },
                ticket: Some(ticket.id),
                by: None,
                skills: weights(&needs),
                difficulty: difficulty_of(ticket.priority, ticket.anger, needs.len()),
                at: solution.at,
                note: String::new(),
            };
            evidence::add_of_work(tx, &command, &OfWork { share, ..kind })?;
        }
        if for_good && solution.from == 0 {
            learn_from_time(tx, &ticket, &needs, &kind, solution)?;
        }
    }
    Ok(())
}

/// Work that was done for good, and how long whoever had it looked at it, compared with like work.
fn learn_from_time(
    tx: &mut Tx,
    ticket: &Ticket,
    needs: &[RequirementRow],
    kind: &OfWork,
    solution: Solution,
) -> Result<(), SkillsError> {
    let spent = tickets::time_spent(tx, ticket.id)?;
    let Some(user) = solution.assignee.filter(|user| *user != THE_DESK) else { return Ok(()) };
    // Where several worked on it, the time of one says nothing of the whole.
    let [(by, spent_ms)] = spent.as_slice() else { return Ok(()) };
    let key = format!("handle_time:{}:{user}", solution.event);
    if *by != user || store::find_evidence_by_key(tx, &key)? {
        return Ok(());
    }
    let effort = store::effort_of(tx, ticket.id, ticket.requester)?;
    let seconds = *spent_ms as f64 / 1_000.0;
    let mut times = usual_times::usual_times(tx)?;
    let said = times.observation(kind.topic, kind.channel, effort, seconds, true);
    times.learn(kind.topic, kind.channel, effort, seconds);
    let lesson = Lesson::new(kind.topic, kind.channel, effort, seconds);
    usual_times::save_lessons(tx, &times, None, &[lesson])?;
    if let Some(Observation::HandleTime { ratio, .. }) = said {
        let command = AddEvidence {
            key,
            user,
            observed: Observed::HandleTime { ratio },
            ticket: Some(ticket.id),
            by: None,
            skills: weights(needs),
            difficulty: difficulty_of(ticket.priority, ticket.anger, needs.len()),
            at: solution.at,
            note: String::new(),
        };
        evidence::add_of_work(tx, &command, kind)?;
    }
    Ok(())
}

/// A customer rated the answer. A changed mind strikes out the former word.
pub(crate) fn learn_from_rating(tx: &mut Tx, rating: RatingId) -> Result<(), SkillsError> {
    let Some(given) = store::find_given_rating(tx, rating)? else { return Ok(()) };
    let Some(ticket) = tickets::find_ticket(tx, given.ticket)? else { return Ok(()) };
    let needs = super::requirements_of(tx, ticket.id)?;
    if needs.is_empty() {
        return Ok(());
    }
    let prefix = format!("rating:{rating}:{}:", given.answered_at);
    for (former, user) in store::list_former_ratings(tx, ticket.id, &prefix)? {
        evidence::lock_person(tx, user)?;
        evidence::strike(tx, former, user, "the customer changed the rating")?;
        super::replay::rewrite(tx, user)?;
    }
    let kind = kind_of_work(tx, &ticket, &needs)?;
    let history = events::list_of(tx, "ticket", ticket.id.0, EVENTS_READ_MAX)?;
    let stations = stations(&history, given.answered_at);
    for (user, share) in workers(tx, &ticket, &stations, given.assignee, 0, given.answered_at)? {
        let command = AddEvidence {
            key: format!("{prefix}{user}"),
            user,
            observed: Observed::Satisfaction { score: given.score },
            ticket: Some(ticket.id),
            by: Some(ticket.requester),
            skills: weights(&needs),
            difficulty: difficulty_of(ticket.priority, ticket.anger, needs.len()),
            at: given.answered_at,
            note: String::new(),
        };
        evidence::add_of_work(tx, &command, &OfWork { share, ..kind })?;
    }
    Ok(())
}

/// What a refit tells apart: the topic is what the ticket needs of substance, so that tickets which need the same are of
/// one kind; languages, channels and manners are no topic.
fn kind_of_work(tx: &mut Tx, ticket: &Ticket, needs: &[RequirementRow]) -> Result<OfWork, db::Error> {
    let of_substance = |it: &&RequirementRow| {
        let kinds = [SkillKind::Priority, SkillKind::Specialist, SkillKind::Technical, SkillKind::Product];
        kinds.contains(&it.skill.kind)
    };
    let mut names: Vec<&str> = needs.iter().filter(of_substance).map(|it| it.skill.key.as_str()).collect();
    names.sort_unstable();
    let topic = match names.is_empty() {
        true => None,
        false => {
            let name = key_name(&names.join(" + "));
            keys(tx, KeyKind::Topic, &[name.clone()].into())?.get(&name).copied()
        }
    };
    let name = key_name(ticket.channel.name());
    let channel = keys(tx, KeyKind::Channel, &[name.clone()].into())?.get(&name).copied();
    Ok(OfWork { topic, priority: ticket.priority.map(|it| it as i64), channel, ..OfWork::default() })
}

/// With whom the ticket lay when, until a moment.
fn stations(history: &[events::Recorded], until: i64) -> Vec<Station> {
    let mut all: Vec<Station> = Vec::new();
    for it in history.iter().take_while(|it| it.at <= until) {
        if let Event::TicketAssigned { to, .. } = &it.event {
            if let Some(last) = all.last_mut().filter(|last| last.to_ms == i64::MAX) {
                last.to_ms = it.at;
            }
            if let Some(to) = to.filter(|to| *to != THE_DESK) {
                all.push(Station { person: to.0, from_ms: it.at, to_ms: i64::MAX });
            }
        }
    }
    all
}

fn weights(needs: &[RequirementRow]) -> Vec<(SkillId, f64)> {
    needs.iter().map(|it| (it.skill.id, it.weight)).collect()
}

/// Those who did the work between the two moments, with their shares of it.
fn workers(
    tx: &mut Tx,
    ticket: &Ticket,
    stations: &[Station],
    assignee: Option<UserId>,
    from: i64,
    to: i64,
) -> Result<Vec<(UserId, f64)>, db::Error> {
    let comments = store::list_work_comments(tx, ticket.id, from, to)?;
    let solver = assignee.filter(|user| *user != THE_DESK).map(|user| user.0);
    let shares = attribute(stations, &comments, solver, from, to);
    Ok(shares.into_iter().map(|it| (UserId(it.person), it.share)).collect())
}

/// One time that a ticket was solved.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Solution {
    /// The event that says so.
    event: i64,
    assignee: Option<UserId>,
    /// The end of the solution before, or 0.
    from: i64,
    at: i64,
    /// `None` while it may still go either way.
    for_good: Option<bool>,
}

/// Solved, and not reopened or handed to somebody else within the days of grace.
fn solutions(history: &[events::Recorded], grace_ms: i64, now: i64) -> Vec<Solution> {
    let mut all: Vec<Solution> = Vec::new();
    let mut from = 0;
    for it in history {
        let open_one = all.last_mut().filter(|last| last.for_good.is_none());
        match &it.event {
            Event::StatusChanged { from: before, to, assignee, .. } => {
                if *before < Status::Solved && *to >= Status::Solved {
                    all.push(Solution { event: it.id, assignee: *assignee, from, at: it.at, for_good: None });
                } else if *before >= Status::Solved && *to < Status::Solved {
                    if let Some(last) = open_one {
                        last.for_good = Some(it.at >= last.at + grace_ms);
                    }
                    from = it.at;
                }
            }
            Event::TicketAssigned { to: Some(to), .. } => {
                if let Some(last) = open_one
                    && last.assignee.is_some_and(|assignee| assignee != *to)
                    && it.at > last.at
                {
                    last.for_good = Some(it.at >= last.at + grace_ms);
                }
            }
            _ => {}
        }
    }
    for solution in &mut all {
        if solution.for_good.is_none() && solution.at + grace_ms <= now {
            solution.for_good = Some(true);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: UserId = UserId(1);
    const KOFI: UserId = UserId(2);
    const WEEK: i64 = 7 * DAY_MS;

    fn at(at: i64, event: Event) -> events::Recorded {
        events::Recorded { id: at, at, actor: None, event }
    }

    fn status(from: Status, to: Status) -> Event {
        Event::StatusChanged { ticket: TicketId(1), from, to, assignee: Some(ANA) }
    }

    fn said(history: &[events::Recorded], now: i64) -> Vec<Option<bool>> {
        solutions(history, WEEK, now).iter().map(|it| it.for_good).collect()
    }

    #[test]
    fn a_solution_counts_for_good_after_its_week_and_not_before() {
        let history = [at(10, status(Status::Open, Status::Solved))];
        assert_eq!(said(&history, WEEK), [None]);
        assert_eq!(said(&history, 10 + WEEK), [Some(true)]);
    }

    #[test]
    fn a_reopening_within_the_week_undoes_one_solution_and_leaves_the_next_to_its_own_week() {
        let history = [
            at(10, status(Status::Open, Status::Solved)),
            at(20, status(Status::Solved, Status::Open)),
            at(30, status(Status::Open, Status::Solved)),
        ];
        assert_eq!(said(&history, 10 + WEEK), [Some(false), None]);
        assert_eq!(said(&history, 30 + WEEK), [Some(false), Some(true)]);
        assert_eq!(solutions(&history, WEEK, 0)[1].from, 20);
    }

    #[test]
    fn handing_a_solved_ticket_on_is_an_escalation_and_closing_it_is_not() {
        let to_kofi = Event::TicketAssigned { ticket: TicketId(1), from: Some(ANA), to: Some(KOFI) };
        let history = [at(10, status(Status::Open, Status::Solved)), at(20, to_kofi)];
        assert_eq!(said(&history, 10 + WEEK), [Some(false)]);
        let history =
            [at(10, status(Status::Open, Status::Solved)), at(20, status(Status::Solved, Status::Closed))];
        assert_eq!(said(&history, 10 + WEEK), [Some(true)]);
    }

    #[test]
    fn harder_tickets_are_called_harder() {
        assert_eq!(difficulty_of(None, 0, 1), 0.0);
        assert!(difficulty_of(Some(Priority::Urgent), 3, 4) > difficulty_of(Some(Priority::High), 1, 2));
        assert!(difficulty_of(Some(Priority::Low), 0, 0) < 0.0);
    }
}
