//! The months before the visitor came, lived day by day on a clock that is moved: mails arrive, are triaged and routed
//! by the real worker, answered, reopened, rated; and every belief comes out of the filter at its time.

use super::agents::{self, Phase};
use super::case::{Case, DAY_MS, Received};
use super::content::Content;
use super::staff::Staff;
use super::truth::{self, Verdict};
use super::{Result, ratings, shifts};
use db::clock::Standing;
use desk::routing::{Owner, PresenceStatus, SetPresence};
use desk::work::{Work, Worker};
use desk::{Actor, Desk, TicketId, Tx, UserId, satisfaction, tickets};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

pub const HISTORY_DAYS: i64 = 120;
const MINUTE_MS: i64 = 60_000;
pub(super) const HOUR_MS: i64 = 60 * MINUTE_MS;
/// How often shifts are looked at, and with them what is due between two mails.
const ROUND_EVERY_MS: i64 = 30 * MINUTE_MS;
/// How often what is solved is closed.
const CLOSING_EVERY_MS: i64 = 3 * HOUR_MS;

/// What is going to happen.
pub(super) enum Step {
    Round,
    Arrive(Case),
    /// Has somebody got it who is here?
    Look(Case),
    Act(Case, UserId),
    Reply(Case),
    Rate(Case, String),
    RateSelf(usize),
    RateTeam(usize),
    ReviewWeek,
    Assess,
    Coach,
    WriteArticle(usize),
}

/// What is remembered of a case that is not over.
#[derive(Default)]
pub(super) struct Course {
    pub(super) ticket: Option<TicketId>,
    letters: u32,
    tries: u32,
    looks: i64,
    thanked: bool,
    pub(super) received: Received,
    pub(super) verdict: Option<Verdict>,
}

pub struct History {
    pub(super) desk: Desk,
    pub(super) clock: Standing,
    pub(super) content: Arc<Content>,
    pub(super) staff: Arc<Staff>,
    pub(super) worker: Arc<Worker>,
    pub(super) owner: Owner,
    pub(super) dice: ChaCha8Rng,
    steps: BTreeMap<(i64, u64), Step>,
    count: u64,
    pub(super) courses: HashMap<Case, Course>,
    present: BTreeSet<usize>,
    last_closing: i64,
}

impl History {
    /// `desk` must run on `clock`.
    pub fn new(desk: Desk, clock: Standing, content: Arc<Content>, staff: Arc<Staff>, seed: u64) -> History {
        History {
            owner: Owner::new(desk.db.clone()),
            desk,
            clock,
            content,
            staff,
            worker: Arc::default(),
            dice: ChaCha8Rng::seed_from_u64(seed),
            steps: BTreeMap::new(),
            count: 0,
            courses: HashMap::new(),
            present: BTreeSet::new(),
            last_closing: 0,
        }
    }

    /// Lives from where the clock stands until `until_ms`; says how many tickets have come so far.
    pub fn live(
        &mut self,
        ticket_count: usize,
        until_ms: i64,
        mut progress: impl FnMut(usize),
    ) -> Result<()> {
        let from = self.clock.now();
        for n in 0..self.staff.members.len() {
            self.later(from + n as i64 * MINUTE_MS, Step::RateSelf(n));
            self.later(from + HOUR_MS + n as i64 * MINUTE_MS, Step::RateTeam(n));
        }
        for at in self.arrivals(ticket_count, from + 2 * HOUR_MS, until_ms) {
            let case =
                Case::new(self.dice.random_range(0..self.content.situations.len()), self.dice.random(), at);
            self.later(at, Step::Arrive(case));
        }
        self.later(from + 7 * DAY_MS, Step::ReviewWeek);
        self.later(from.max(until_ms - 10 * DAY_MS), Step::Assess);
        self.later(from.max(until_ms - 60 * DAY_MS), Step::Coach);
        self.later(from + 3 * HOUR_MS / 2, Step::Round);
        for n in 0..self.content.articles.len() {
            let at = until_ms - self.content.articles[n].days * DAY_MS;
            self.later(from.max(at), Step::WriteArticle(n));
        }
        let mut arrived = 0;
        while let Some(((at, _), step)) = self.steps.pop_first() {
            if at >= until_ms {
                break;
            }
            arrived += usize::from(matches!(step, Step::Arrive(_)));
            self.clock.set(at);
            self.do_step(step)?;
            self.do_jobs()?;
            progress(arrived);
        }
        self.clock.set(until_ms);
        self.do_jobs()?;
        Ok(self.owner.release()?)
    }

    /// More on working days, and around European noon.
    fn arrivals(&mut self, count: usize, from: i64, until: i64) -> Vec<i64> {
        let mut all = Vec::with_capacity(count);
        while all.len() < count {
            let at = self.dice.random_range(from..until.max(from + 1));
            let weekday = (at.div_euclid(DAY_MS) + 3).rem_euclid(7);
            let from_noon = (at.rem_euclid(DAY_MS) - 13 * HOUR_MS) as f64 / (5.0 * HOUR_MS as f64);
            let likely = (-from_noon * from_noon / 2.0).exp() * if weekday >= 5 { 0.35 } else { 1.0 };
            if self.dice.random::<f64>() < likely {
                all.push(at);
            }
        }
        all
    }

    pub(super) fn later(&mut self, at: i64, step: Step) {
        self.count += 1;
        self.steps.insert((at, self.count), step);
    }

    pub(super) fn after(&mut self, mean_ms: i64, step: Step) {
        let pause = truth::pause(mean_ms as f64, &mut self.dice) as i64;
        self.later(self.clock.now() + MINUTE_MS + pause, step);
    }

    pub(super) fn write<T, F>(&self, actor: Actor, closure: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Result<T> + Send + 'static,
    {
        self.desk.db.write_now(actor, closure)
    }

    fn do_step(&mut self, step: Step) -> Result<()> {
        match step {
            Step::Round => self.round(),
            Step::Arrive(case) => self.arrive(case),
            Step::Look(case) => self.look(case),
            Step::Act(case, agent) => self.act(case, agent),
            Step::Reply(case) => self.reply(case),
            Step::Rate(case, token) => self.rate(&case, token),
            Step::RateSelf(n) => self.rate_self(n),
            Step::RateTeam(n) => self.rate_team(n),
            Step::ReviewWeek => self.review_week(),
            Step::Assess => self.assess(),
            Step::Coach => self.coach(),
            Step::WriteArticle(n) => self.write_article(n),
        }
    }

    /// Shifts begin and end; what has been solved long enough is closed.
    fn round(&mut self) -> Result<()> {
        let now = self.clock.now();
        let mut changes = Vec::new();
        for (n, member) in self.staff.members.iter().enumerate() {
            let here = shifts::is_at_work(&self.content.agents[n], n, now);
            if here != self.present.contains(&n) {
                let status = if here { PresenceStatus::Online } else { PresenceStatus::Offline };
                changes.push(SetPresence { user: member.user, status });
                if here {
                    self.present.insert(n)
                } else {
                    self.present.remove(&n)
                };
            }
        }
        let closing = now - self.last_closing > CLOSING_EVERY_MS;
        if closing {
            self.last_closing = now;
        }
        let worker = self.worker.clone();
        self.write(Actor::desk(), move |tx| {
            changes.iter().try_for_each(|it| desk::routing::set_presence(tx, it))?;
            if closing {
                worker.run(tx, &Work::CloseSolved)?;
            }
            Ok(())
        })?;
        self.later(now + ROUND_EVERY_MS, Step::Round);
        Ok(())
    }

    fn arrive(&mut self, case: Case) -> Result<()> {
        let letter = case.opening(&self.content, self.clock.now());
        let ticket = self.receive(&letter)?;
        self.courses.insert(case.clone(), Course { ticket, letters: 1, ..Course::default() });
        self.after(10 * MINUTE_MS, Step::Look(case));
        Ok(())
    }

    fn look(&mut self, case: Case) -> Result<()> {
        let Some(course) = self.courses.get_mut(&case) else { return Ok(()) };
        let Some(id) = course.ticket else { return Ok(()) };
        course.looks += 1;
        let patience = (course.looks * 15 * MINUTE_MS).min(2 * HOUR_MS);
        let ticket = self.desk.db.read_now(Actor::desk(), |tx| tickets::find_ticket(tx, id))?;
        let Some(ticket) =
            ticket.filter(|it| it.waiting_since.is_some() && it.status < tickets::Status::Solved)
        else {
            return Ok(());
        };
        let here =
            ticket.assignee.filter(|user| self.present.iter().any(|n| self.staff.members[*n].user == *user));
        match here {
            Some(agent) => self.after(25 * MINUTE_MS, Step::Act(case, agent)),
            None => self.after(patience, Step::Look(case)),
        }
        Ok(())
    }

    fn act(&mut self, case: Case, agent: UserId) -> Result<()> {
        let index = agents::index_of(&self.staff, agent).ok_or("an agent who does not work here")?;
        let Some(course) = self.courses.get(&case) else { return Ok(()) };
        let Some(id) = course.ticket else { return Ok(()) };
        let phase = match (course.thanked, course.tries) {
            (true, _) => Phase::Thanked,
            (false, 0) => Phase::First,
            (false, tries) => Phase::Again(tries),
        };
        let ticket = self.desk.db.read_now(Actor::desk(), |tx| tickets::find_ticket(tx, id))?;
        let Some(ticket) = ticket else { return Ok(()) };
        let present: Vec<usize> = self.present.iter().copied().collect();
        let (content, staff) = (self.content.clone(), self.staff.clone());
        let (turn, verdict) =
            agents::plan(&content, &staff, (&case, &ticket), index, phase, &present, &mut self.dice);
        if !self.present.contains(&index)
            || !self.write(staff.members[index].actor(), move |tx| agents::take(tx, &turn))?
        {
            self.after(20 * MINUTE_MS, Step::Look(case));
            return Ok(());
        }
        let Some(verdict) = verdict else {
            if phase != Phase::Thanked {
                self.after(20 * MINUTE_MS, Step::Look(case));
            }
            return Ok(());
        };
        if let Some(course) = self.courses.get_mut(&case) {
            course.tries += 1;
            course.verdict = Some(verdict);
        }
        if verdict.replies {
            // Who was not helped notices after a while; who was says so soon.
            let mean = if verdict.for_good { 5 * HOUR_MS } else { 14 * HOUR_MS };
            self.after(mean, Step::Reply(case));
        }
        Ok(())
    }

    fn reply(&mut self, case: Case) -> Result<()> {
        let Some(course) = self.courses.get_mut(&case) else { return Ok(()) };
        let happy = course.verdict.is_some_and(|verdict| verdict.for_good);
        course.thanked = happy;
        let situation = case.situation(&self.content);
        let words = if happy { &situation.follow_up_happy } else { &situation.follow_up_unhappy };
        let letter = case.reply(&self.content, &course.received, words, course.letters, self.clock.now());
        course.letters += 1;
        course.looks = 0;
        let ticket = self.receive(&letter)?;
        if let Some(course) = self.courses.get_mut(&case) {
            course.ticket = ticket;
        }
        self.after(15 * MINUTE_MS, Step::Look(case));
        Ok(())
    }

    fn rate(&mut self, case: &Case, token: String) -> Result<()> {
        let verdict = self.courses.get(case).and_then(|course| course.verdict);
        let Some(score) = verdict.and_then(|verdict| verdict.score) else { return Ok(()) };
        let command = ratings::rating(&self.content, case, token, score, &mut self.dice);
        self.write(Actor::desk(), move |tx| match satisfaction::answer(tx, &command) {
            Ok(_) | Err(satisfaction::RatingError::TicketIsClosed) => Ok(()),
            Err(error) => Err(error.into()),
        })
    }
}
