//! What the owner decided becomes true, or is dropped: in one transaction, behind a guard on the lease, on the tickets as
//! they were when it was decided, and on the room of whoever shall have them. So two owners never give twice.

use super::offers::ChannelPolicies;
use super::store::live::{self as rows, Standing};
use super::store::offers;
use super::{Cause, LEASE_MS, PresenceStatus, RoutingError, hands, store};
use crate::events::{self, Event};
use crate::{TicketId, Tx, UserId, wellbeing};
use ::routing::{Channel, How};
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
    pub made: store::Written,
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
        channels: ChannelPolicies,
    },
    /// Somebody is asked to take it.
    Offer {
        to: UserId,
        cause: Cause,
        by_lot: bool,
        hostile: bool,
        channel: Channel,
        until: i64,
        /// To whom it was offered before, and still is as far as the database knows.
        instead_of: Option<UserId>,
        /// Whoever had it has gone.
        take_back: bool,
        channels: ChannelPolicies,
    },
    /// The offer has run out or is withdrawn, and nobody else can be asked now.
    EndOffer { says_why: bool },
    /// Whoever had it has gone, and nobody else can have it now.
    TakeBack { says_why: bool },
    /// It waits, and for this.
    SayWhy { cause: Cause },
}

/// What somebody takes and holds by now.
struct HandNow {
    takes_tickets: bool,
    takes_live: bool,
    /// Written tickets.
    load: i64,
    /// By channel, with what they are offered; looked up for offers only.
    held: [i64; Channel::ALL.len()],
    /// They have work beside which nothing else comes.
    stands_alone: bool,
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
    let mut hands: HashMap<UserId, HandNow> = HashMap::new();
    if !takers.is_empty() {
        let offers = all.iter().any(|it| matches!(it.what, What::Offer { .. }));
        let mut held = if offers { offers::list_held_by_channel(tx, &takers)? } else { HashMap::new() };
        let alone: Vec<Channel> =
            all.iter().find_map(Proposal::channels).map_or(Vec::new(), |it| it.alone().collect());
        let alone = offers::list_with_any_of(tx, &takers, &alone)?;
        for it in rows::list_hands_of(tx, &takers)? {
            let hand = HandNow {
                stands_alone: alone.contains(&it.user),
                takes_tickets: it.status == PresenceStatus::Online,
                takes_live: it.takes_live,
                load: it.load,
                held: held.remove(&it.user).unwrap_or_default(),
            };
            hands.insert(it.user, hand);
        }
    }
    let mut verdicts = Vec::with_capacity(all.len());
    for it in all {
        verdicts.push(it.settle(tx, held, standing.get(&it.ticket), &mut hands)?);
    }
    Ok(Answer::Done(verdicts))
}

impl Proposal {
    pub fn taker(&self) -> Option<UserId> {
        match self.what {
            What::Give { to, .. } | What::Offer { to, .. } => Some(to),
            What::EndOffer { .. } | What::TakeBack { .. } | What::SayWhy { .. } => None,
        }
    }

    fn channels(&self) -> Option<&ChannelPolicies> {
        match &self.what {
            What::Give { channels, .. } | What::Offer { channels, .. } => Some(channels),
            What::EndOffer { .. } | What::TakeBack { .. } | What::SayWhy { .. } => None,
        }
    }

    fn settle(
        &self,
        tx: &mut Tx,
        owner: &Held,
        standing: Option<&Standing>,
        hands: &mut HashMap<UserId, HandNow>,
    ) -> Result<Verdict, RoutingError> {
        let as_it_was = standing
            .is_some_and(|it| (it.version, it.routing_version) == (self.version, self.routing_version));
        if !as_it_was {
            return Ok(Verdict::TicketChanged);
        }
        match &self.what {
            What::Give { to, cause, by_lot, limit, hostile, .. } => {
                let Some(hand) = hands.get_mut(to) else { return Ok(Verdict::NoRoom(*to)) };
                if !hand.takes_tickets || hand.stands_alone || hand.load >= *limit {
                    return Ok(Verdict::NoRoom(*to));
                }
                if *hostile && wellbeing::rest_of(tx, *to)?.until.is_some() {
                    return Ok(Verdict::NoRoom(*to));
                }
                hand.load += 1;
                let ticket = hands::give(tx, self.ticket, *to, *cause, &self.made, *by_lot)?;
                Ok(Verdict::Kept { version: ticket.version })
            }
            What::Offer { to, cause, by_lot, hostile, channel, until, instead_of, take_back, channels } => {
                let stands = offers::find_open(tx, self.ticket)?.map(|it| it.user);
                if stands != *instead_of {
                    return Ok(Verdict::TicketChanged);
                }
                let Some(hand) = hands.get_mut(to) else { return Ok(Verdict::NoRoom(*to)) };
                if !hand.takes_live || !channels.has_room(*channel, &hand.held) {
                    return Ok(Verdict::NoRoom(*to));
                }
                if *hostile && wellbeing::rest_of(tx, *to)?.until.is_some() {
                    return Ok(Verdict::NoRoom(*to));
                }
                hand.held[*channel as usize] += 1;
                hand.stands_alone |= channels.alone().any(|it| it == *channel);
                super::offers::end_standing(tx, self.ticket)?;
                let version =
                    if *take_back { hands::take_back(tx, self.ticket)?.version } else { self.version };
                let new = offers::NewOffer {
                    cause: *cause,
                    by_lot: *by_lot,
                    channel: *channel,
                    epoch: owner.epoch,
                    until: *until,
                };
                super::offers::offer(tx, self.ticket, *to, &self.made, &new)?;
                Ok(Verdict::Kept { version })
            }
            What::EndOffer { says_why } => {
                super::offers::end_standing(tx, self.ticket)?;
                if *says_why {
                    self.say_why(tx, Cause::Changed)?;
                }
                Ok(Verdict::Kept { version: self.version })
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
