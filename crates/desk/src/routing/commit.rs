//! What the owner decided becomes true, or is dropped: in one transaction, behind a guard on the lease, on the tickets as
//! they were when it was decided, and on the room of whoever shall have them. So two owners never give twice.

use super::store::live::{self as rows, Standing};
use super::{Cause, LEASE_MS, PresenceStatus, RoutingError, hands, store};
use crate::events::{self, Event};
use crate::{TicketId, Tx, UserId, wellbeing};
use ::routing::How;
use std::collections::HashMap;

/// One thing that the owner decided about one ticket.
#[derive(Clone, Debug)]
pub(super) struct Proposal {
    pub ticket: TicketId,
    /// As they were when it was decided.
    pub version: i64,
    pub routing_version: i64,
    pub what: What,
    /// The decision, as it is kept.
    pub made: String,
    pub how: Option<How>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    Give {
        to: UserId,
        cause: Cause,
        by_lot: bool,
        /// Tickets that they may hold.
        limit: i64,
        /// Not to whoever rests from hostile customers.
        hostile: bool,
    },
    /// Whoever had it has gone, and nobody else can have it now.
    TakeBack { says_why: bool },
    /// It waits, and for this.
    SayWhy { cause: Cause },
}

/// Under which a commit is good.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub holder: String,
    pub epoch: i64,
}

#[derive(Debug)]
pub(super) enum Answer {
    /// Somebody else decides by now; nothing was done.
    NotOwner,
    /// In the order of what was proposed.
    Done(Vec<Verdict>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is true, and the ticket has this version now.
    Kept { version: i64 },
    /// The ticket is not what it was.
    TicketChanged,
    /// They are not here any more, or hold as much as they may.
    NoRoom(UserId),
}

pub(super) fn commit(tx: &mut Tx, held: &Held, all: &[Proposal]) -> Result<Answer, RoutingError> {
    if !rows::keep_lease(tx, &held.holder, held.epoch, LEASE_MS)? {
        return Ok(Answer::NotOwner);
    }
    let ids: Vec<TicketId> = all.iter().map(|it| it.ticket).collect();
    let standing: HashMap<TicketId, Standing> =
        rows::lock_standing(tx, &ids)?.into_iter().map(|it| (it.id, it)).collect();
    let takers: Vec<UserId> = all.iter().filter_map(Proposal::taker).collect();
    // By person: whether they take work, and what they hold.
    let mut hands: HashMap<UserId, (bool, i64)> = HashMap::new();
    if !takers.is_empty() {
        for it in rows::list_hands_of(tx, &takers)? {
            hands.insert(it.user, (it.status == PresenceStatus::Online, it.load));
        }
    }
    let mut verdicts = Vec::with_capacity(all.len());
    for it in all {
        verdicts.push(it.settle(tx, standing.get(&it.ticket), &mut hands)?);
    }
    Ok(Answer::Done(verdicts))
}

impl Proposal {
    pub fn taker(&self) -> Option<UserId> {
        match self.what {
            What::Give { to, .. } => Some(to),
            What::TakeBack { .. } | What::SayWhy { .. } => None,
        }
    }

    fn settle(
        &self,
        tx: &mut Tx,
        standing: Option<&Standing>,
        hands: &mut HashMap<UserId, (bool, i64)>,
    ) -> Result<Verdict, RoutingError> {
        let as_it_was = standing
            .is_some_and(|it| (it.version, it.routing_version) == (self.version, self.routing_version));
        if !as_it_was {
            return Ok(Verdict::TicketChanged);
        }
        match &self.what {
            What::Give { to, cause, by_lot, limit, hostile } => {
                let Some((true, load)) = hands.get_mut(to) else { return Ok(Verdict::NoRoom(*to)) };
                if *load >= *limit {
                    return Ok(Verdict::NoRoom(*to));
                }
                if *hostile && wellbeing::rest_of(tx, *to)?.until.is_some() {
                    return Ok(Verdict::NoRoom(*to));
                }
                *load += 1;
                let ticket = hands::give(tx, self.ticket, *to, *cause, &self.made, *by_lot)?;
                Ok(Verdict::Kept { version: ticket.version })
            }
            What::TakeBack { says_why } => {
                let ticket = hands::take_back(tx, self.ticket)?;
                if *says_why {
                    self.say_why(tx, Cause::Offline)?;
                }
                Ok(Verdict::Kept { version: ticket.version })
            }
            What::SayWhy { cause } => {
                self.say_why(tx, *cause)?;
                Ok(Verdict::Kept { version: self.version })
            }
        }
    }

    fn say_why(&self, tx: &mut Tx, cause: Cause) -> Result<(), db::Error> {
        let decision = store::insert_decision(tx, self.ticket, cause, None, false, &self.made)?;
        events::record(tx, &Event::TicketRouted { ticket: self.ticket, decision, chosen: None })
    }
}
