//! The one who decides: takes the lease, holds the desk in memory, hears of changes, and commits what follows.
//!
//! Table: `routing_lease`. Tickets that wait in the database are the truth: whoever takes the lease finds them all
//! there, a look at everything every [`LOOK_EVERY_MS`] finds what nobody told, and any doubt makes it forget and read
//! again. A process that dies is followed by another within [`LEASE_MS`].

use super::commit::{self, Answer, Held, Proposal, Verdict};
use super::live::Live;
use super::news::News;
use super::policy::Knobs;
use super::store::live::{self as rows, Watched};
use super::{RoutingError, offers, rebuild};
use crate::{Actor, Db, tickets};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::TryRecvError;

/// A holder that has not been heard of for so long may be followed by another.
pub const LEASE_MS: i64 = 9_000;
const KEEP_EVERY_MS: i64 = LEASE_MS / 3;
/// Who does not hold the lease looks at it this often.
const ASK_EVERY_MS: i64 = 1_000;
/// Everything is compared with the database so often, whatever was heard.
const LOOK_EVERY_MS: i64 = 15_000;
/// Beliefs fade and kinds of work add up: the engine is made anew so often.
const FRESH_EVERY_MS: i64 = 3_600_000;
const CLASSES_MAX: usize = 20_000;
/// Decisions that share one commit.
const DECISIONS_PER_COMMIT_MAX: usize = 64;
/// Decisions that were refused are made again at once, at most so often.
const ROUNDS_MAX: usize = 8;
/// … and what is refused even then is tried again after so long.
const LEFT_OVER_MS: i64 = 250;
/// A ticket that cannot be given to anybody for a reason of its own is left alone for so long.
const ASIDE_MS: i64 = 60_000;

/// One candidate for the lease; a process has one.
pub struct Owner {
    db: Db,
    name: String,
    /// Until it has tried once: what a former process of the same node holds is nobody's any more.
    succeeds: Option<String>,
    feed: broadcast::Receiver<Arc<str>>,
    holding: Option<Holding>,
}

struct Holding {
    held: Held,
    live: Live,
    keep_at: i64,
    look_at: i64,
    fresh_at: i64,
    /// What is left over from the last step.
    news: News,
    /// People who stood beside work when everything was last compared.
    side_by_side: usize,
}

/// What one step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub is_owner: bool,
    /// Decisions that became true.
    pub decided: usize,
    /// When to call again, if nothing is heard before; milliseconds since 1970.
    pub next_at: i64,
}

impl Owner {
    /// Nobody's owner yet; the first [`Owner::step`] tries.
    pub fn new(db: Db) -> Owner {
        let feed = db.announcements();
        Owner { db, name: crate::access::random_token(), succeeds: None, feed, holding: None }
    }

    /// Of a node of which only one process lives at a time, as a lock proves: a lease that its former process held is
    /// taken over at once, when this one begins. Were the proof wrong, the epoch would still keep both from deciding.
    pub fn of_node(db: Db, node: &str) -> Owner {
        let owner = Owner::new(db);
        let family = format!("{node}.");
        Owner { name: format!("{family}{}", owner.name), succeeds: Some(family), ..owner }
    }

    /// Whether an announced topic is a reason to step.
    pub fn matters(topic: &str) -> bool {
        News::matters(topic)
    }

    /// Takes up what was heard and what is due, and decides what follows. Blocks; never call it on an async worker.
    /// After an error it knows nothing any more, and the next step begins anew.
    pub fn step(&mut self) -> Result<Step, RoutingError> {
        let news = self.hear();
        let now = self.db.now();
        // Taken out: whatever goes wrong from here on, it is forgotten.
        let mut holding = match self.holding.take() {
            Some(holding) => holding,
            None => match self.begin(now)? {
                Some(holding) => holding,
                None => return Ok(Step { is_owner: false, decided: 0, next_at: now + ASK_EVERY_MS }),
            },
        };
        holding.news.merge(news);
        let Some(decided) = self.work(&mut holding, now)? else {
            tracing::info!("routing is somebody else's by now");
            return Ok(Step { is_owner: false, decided: 0, next_at: now + ASK_EVERY_MS });
        };
        let due = [holding.keep_at, holding.look_at].into_iter().chain(holding.live.next_timer());
        let left_over = (!holding.news.is_empty()).then_some(now + LEFT_OVER_MS);
        let next_at = due.chain(left_over).min().unwrap_or(now);
        self.holding = Some(holding);
        Ok(Step { is_owner: true, decided, next_at })
    }

    /// Lets another take over at once.
    pub fn release(&mut self) -> Result<(), RoutingError> {
        let Some(Holding { held, .. }) = self.holding.take() else { return Ok(()) };
        let release = move |tx: &mut crate::Tx| rows::release_lease(tx, &held.holder, held.epoch);
        Ok(self.db.write_now(Actor::desk(), release)?)
    }

    fn hear(&mut self) -> News {
        let mut news = News::default();
        loop {
            match self.feed.try_recv() {
                Ok(topic) => news.hear(&topic),
                Err(TryRecvError::Lagged(_)) => (news.look, news.settings, news.skills) = (true, true, true),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return news,
            }
        }
    }

    /// `None` while somebody else holds the lease.
    fn begin(&mut self, now: i64) -> Result<Option<Holding>, RoutingError> {
        let lease = self.db.read_now(Actor::desk(), rows::find_lease)?;
        let family = self.succeeds.take();
        let former = lease
            .as_ref()
            .map(|it| it.holder.clone())
            .filter(|holder| family.is_some_and(|family| holder.starts_with(&family)));
        if former.is_none() && lease.is_some_and(|it| it.until > now && it.holder != self.name) {
            return Ok(None);
        }
        let name = self.name.clone();
        let taken = self
            .db
            .write_now(Actor::desk(), move |tx| rows::take_lease(tx, &name, former.as_deref(), LEASE_MS))?;
        let Some(epoch) = taken else { return Ok(None) };
        tracing::info!(epoch, "this process routes");
        let held = Held { holder: self.name.clone(), epoch };
        let live = self.make(epoch)?;
        let news = News { look: true, ..News::default() };
        Ok(Some(Holding {
            held,
            live,
            keep_at: now + KEEP_EVERY_MS,
            look_at: now + LOOK_EVERY_MS,
            fresh_at: now + FRESH_EVERY_MS,
            news,
            side_by_side: 0,
        }))
    }

    fn make(&self, seed: i64) -> Result<Live, db::Error> {
        self.db.read_now(Actor::desk(), |tx| rebuild::make(tx, seed as u64))
    }

    /// How many decisions became true; `None` if the lease is lost.
    fn work(&mut self, holding: &mut Holding, now: i64) -> Result<Option<usize>, RoutingError> {
        self.refresh(holding, now)?;
        let mut decided = 0;
        for _ in 0..ROUNDS_MAX {
            let looks = holding.news.look;
            self.read(holding)?;
            if looks {
                holding.look_at = now + LOOK_EVERY_MS;
                holding.side_by_side = holding.live.idle_beside_work(now);
            }
            let proposals = holding.live.take_proposals();
            if proposals.is_empty() {
                break;
            }
            let Some(kept) = self.commit(holding, proposals, now)? else { return Ok(None) };
            decided += kept;
            if holding.news.is_empty() {
                break;
            }
        }
        if now >= holding.keep_at && !self.keep(holding, now)? {
            return Ok(None);
        }
        Ok(Some(decided))
    }

    /// Begins with a new engine when the old one would decide by what holds no more.
    fn refresh(&self, holding: &mut Holding, now: i64) -> Result<(), db::Error> {
        let mut stale = now >= holding.fresh_at
            || std::mem::take(&mut holding.news.skills)
            || holding.live.classes() > CLASSES_MAX;
        if std::mem::take(&mut holding.news.settings) && !stale {
            let knobs = self.db.read_now(Actor::desk(), Knobs::load)?;
            stale = knobs != *holding.live.knobs();
        }
        if stale {
            holding.live = self.make(holding.held.epoch ^ now)?;
            holding.fresh_at = now + FRESH_EVERY_MS;
            holding.news = News { look: true, ..News::default() };
        }
        if now >= holding.look_at {
            holding.news.look = true;
        }
        Ok(())
    }

    /// From what was heard to what is decided.
    fn read(&self, holding: &mut Holding) -> Result<(), db::Error> {
        let Holding { live, news, .. } = holding;
        let mut news = std::mem::take(news);
        if news.look || !news.people.is_empty() || !news.beliefs.is_empty() {
            let asked = if news.look { None } else { Some(&news.people) };
            let changed = self
                .db
                .read_now(Actor::desk(), |tx| rebuild::read_changed(tx, asked, &news.beliefs, live))?;
            news.tickets.extend(live.apply_people(changed));
        }
        let read = self.db.read_now(Actor::desk(), |tx| match news.look {
            true => rebuild::read_all(tx, &news.tickets, live),
            false => rebuild::read_tickets(tx, &news.tickets, live),
        })?;
        let now = read.now;
        live.apply_tickets(read);
        live.tick(now);
        let unknown = live.untold();
        if !unknown.is_empty() {
            live.learn_told(
                self.db.read_now(Actor::desk(), |tx| rows::list_last_made(tx, &unknown))?,
                &unknown,
            );
        }
        live.say_what_waits(now)
    }

    fn commit(
        &self,
        holding: &mut Holding,
        proposals: Vec<Proposal>,
        now: i64,
    ) -> Result<Option<usize>, RoutingError> {
        let (mut kept, mut failed, mut parts) = (0, 0, Vec::new());
        let mut rest = proposals;
        while !rest.is_empty() {
            let after = rest.split_off(rest.len().min(DECISIONS_PER_COMMIT_MAX));
            parts.push(std::mem::replace(&mut rest, after));
        }
        parts.reverse();
        while let Some(part) = parts.pop() {
            let (part, held): (Arc<[Proposal]>, _) = (part.into(), holding.held.clone());
            let copy = part.clone();
            let answer = self.db.write_now(Actor::desk(), move |tx| commit::commit(tx, &held, &copy));
            match answer {
                Ok(Answer::NotOwner) => return Ok(None),
                Ok(Answer::Done(verdicts)) => {
                    for (it, verdict) in part.iter().zip(verdicts) {
                        kept += usize::from(holding.take_verdict(it, verdict));
                    }
                }
                Err(error) if is_temporary(&error) => {
                    for it in part.iter() {
                        holding.take_verdict(it, Verdict::TicketChanged);
                    }
                }
                // One of them cannot be done: it shall not hold up the others.
                Err(_) if part.len() > 1 => parts.extend(part.iter().rev().map(|it| vec![it.clone()])),
                Err(error) => {
                    let ticket = part[0].ticket;
                    tracing::warn!(%ticket, %error, "a decision could not be kept");
                    failed += 1;
                    holding.live.set_aside(ticket, now + ASIDE_MS);
                    holding.news.tickets.insert(ticket);
                    if failed > 1 && kept == 0 {
                        return Err(error);
                    }
                }
            }
        }
        Ok(Some(kept))
    }

    fn keep(&self, holding: &mut Holding, now: i64) -> Result<bool, db::Error> {
        let held = holding.held.clone();
        let waiting = holding.live.waiting() as i64;
        let watched = Watched { at: now, waiting, side_by_side: holding.side_by_side as i64 };
        holding.keep_at = now + KEEP_EVERY_MS;
        self.db.write_now(Actor::desk(), move |tx| {
            let kept = rows::keep_lease(tx, &held.holder, held.epoch, LEASE_MS)?;
            if kept {
                offers::sweep(tx)?;
                rows::save_watched(tx, held.epoch, &watched)?;
            }
            Ok(kept)
        })
    }
}

impl Holding {
    /// True if it became true; otherwise what was refused is read again.
    fn take_verdict(&mut self, it: &Proposal, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Kept { version } => {
                self.live.kept(it, version);
                return true;
            }
            Verdict::TicketChanged => {}
            Verdict::NoRoom(user) => {
                self.news.people.insert(user);
                // Who holds more than was known has tickets that were not known to be theirs.
                self.news.look = true;
            }
        }
        self.live.doubt(it.ticket);
        self.news.tickets.insert(it.ticket);
        false
    }
}

impl News {
    fn merge(&mut self, other: News) {
        let union = |a: &mut BTreeSet<_>, b| a.extend::<BTreeSet<_>>(b);
        union(&mut self.people, other.people);
        union(&mut self.beliefs, other.beliefs);
        self.tickets.extend(other.tickets);
        self.look |= other.look;
        self.settings |= other.settings;
        self.skills |= other.skills;
    }
}

fn is_temporary(error: &RoutingError) -> bool {
    match error {
        RoutingError::Db(error) | RoutingError::NotGiven(tickets::UpdateError::Db(error)) => {
            error.is_temporary()
        }
        _ => false,
    }
}
