//! Messages, chats and calls: offered to somebody, who takes them or lets them pass, until the offer has run out.
//!
//! Table: `routing_offers`. Events: `TicketOffered`, `OfferEnded`, `AgentSetAway`. Path: the owner of routing offers and
//! passes on (`commit.rs`), whoever is asked answers here; the ticket is assigned by [`accept_offer`] and not before.
//! Whoever lets several in a row run out is set away with the last of them.

use super::store::{self, offers as rows};
use super::{PresenceStatus, RoutingError, policy, presence};
use crate::events::{self, Event};
use crate::tickets::{self, Ticket, UpdateTicket};
use crate::{DecisionId, TicketId, Tx, UserId};
use ::routing::Channel;
use ::routing::engine::{Channels, Concurrency};
use serde::{Deserialize, Serialize};

pub const OFFER_SECONDS_MIN: i64 = 5;
pub const OFFER_SECONDS_MAX: i64 = 3_600;
pub const PLACES_MAX: i64 = 100;
/// Whoever let it pass is not asked for the same work again for so long, though nobody else is left.
pub(super) const ASK_AGAIN_MS: i64 = 30_000;
/// Missed offers in a row after which somebody may be set away.
pub const MISSED_OFFERS_MAX: i64 = 50;
/// Offers that one person is shown.
pub const OFFERS_SHOWN_MAX: usize = 5;

/// Channels whose work is offered.
pub const OFFERED: [Channel; 3] = [Channel::Message, Channel::Chat, Channel::Voice];

/// How the work of one channel comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelPolicy {
    /// After so long an offer passes on.
    pub offer_seconds: i64,
    /// Pieces that one person has at a time, offers included.
    pub places: i64,
    /// Whoever has one gets nothing else beside it.
    pub alone: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelPolicies {
    pub messages: ChannelPolicy,
    pub chats: ChannelPolicy,
    pub calls: ChannelPolicy,
}

impl Default for ChannelPolicies {
    fn default() -> ChannelPolicies {
        ChannelPolicies {
            messages: ChannelPolicy { offer_seconds: 60, places: 5, alone: false },
            chats: ChannelPolicy { offer_seconds: 30, places: 3, alone: false },
            calls: ChannelPolicy { offer_seconds: 20, places: 1, alone: true },
        }
    }
}

impl ChannelPolicies {
    /// `None` for written work, which is assigned.
    pub fn of(&self, channel: Channel) -> Option<&ChannelPolicy> {
        match channel {
            Channel::Email => None,
            Channel::Message => Some(&self.messages),
            Channel::Chat => Some(&self.chats),
            Channel::Voice => Some(&self.calls),
        }
    }

    pub fn of_mut(&mut self, channel: Channel) -> Option<&mut ChannelPolicy> {
        match channel {
            Channel::Email => None,
            Channel::Message => Some(&mut self.messages),
            Channel::Chat => Some(&mut self.chats),
            Channel::Voice => Some(&mut self.calls),
        }
    }

    pub(super) fn offer_ms(&self) -> [Option<i64>; Channel::ALL.len()] {
        Channel::ALL.map(|channel| Some(1_000 * self.of(channel)?.offer_seconds))
    }

    pub(super) fn check(&self) -> Result<(), RoutingError> {
        for it in OFFERED.into_iter().filter_map(|channel| self.of(channel)) {
            if !(OFFER_SECONDS_MIN..=OFFER_SECONDS_MAX).contains(&it.offer_seconds) {
                return Err(RoutingError::OfferTimeIsWrong);
            }
            if !(0..=PLACES_MAX).contains(&it.places) {
                return Err(RoutingError::PlacesAreWrong);
            }
        }
        Ok(())
    }

    /// Whether somebody who holds so many of each channel has room for one more of this one.
    pub(super) fn has_room(&self, channel: Channel, held: &[i64; Channel::ALL.len()]) -> bool {
        let blocked = self.alone().any(|other| held[other as usize] > 0);
        !blocked && self.of(channel).is_none_or(|it| held[channel as usize] < it.places)
    }

    /// Channels of which whoever has one gets nothing else beside it.
    pub(super) fn alone(&self) -> impl Iterator<Item = Channel> {
        OFFERED.into_iter().filter(|channel| self.of(*channel).is_some_and(|it| it.alone))
    }
}

impl ChannelPolicy {
    pub(super) fn concurrency(&self) -> Concurrency {
        let blocks = if self.alone { Channels::ALL } else { Channels::NONE };
        Concurrency { limit: self.places as f32, count_max: u16::MAX, blocks }
    }
}

/// How an offer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferEnd {
    Accepted,
    Declined,
    TimedOut,
    /// Whoever was asked went away, or the work was taken care of in another way.
    Withdrawn,
}

impl OfferEnd {
    pub const ALL: [OfferEnd; 4] =
        [OfferEnd::Accepted, OfferEnd::Declined, OfferEnd::TimedOut, OfferEnd::Withdrawn];

    pub fn name(self) -> &'static str {
        match self {
            OfferEnd::Accepted => "accepted",
            OfferEnd::Declined => "declined",
            OfferEnd::TimedOut => "timed_out",
            OfferEnd::Withdrawn => "withdrawn",
        }
    }

    pub fn parse(word: &str) -> Option<OfferEnd> {
        OfferEnd::ALL.into_iter().find(|it| it.name() == word)
    }
}

/// What somebody is asked to take, now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offer {
    pub ticket: TicketId,
    pub user: UserId,
    pub decision: DecisionId,
    pub channel: Channel,
    pub subject: String,
    pub requester_name: String,
    pub offered_at: i64,
    pub until: i64,
}

/// The oldest first. An offer whose time is over stands until it is passed on, and can be taken as long.
pub fn offers_to(tx: &mut Tx, user: UserId) -> Result<Vec<Offer>, RoutingError> {
    if !tx.actor().is(user) && !tx.actor().is_lead() {
        return Err(RoutingError::NotYourOwn);
    }
    Ok(rows::list_offers_to(tx, user, OFFERS_SHOWN_MAX)?)
}

/// It is theirs from now on.
pub fn accept_offer(tx: &mut Tx, ticket: TicketId) -> Result<Ticket, RoutingError> {
    let offer = own_offer(tx, ticket)?;
    rows::end_offer(tx, offer.id, OfferEnd::Accepted)?;
    let take = UpdateTicket {
        assignee: Some(Some(offer.user)),
        channel: tickets::Channel::Rule,
        ..UpdateTicket::of(ticket)
    };
    let taken = tickets::update(tx, &take)?.ticket;
    crate::coaching::note_given(tx, ticket, offer.user)?;
    store::save_given(tx, offer.user)?;
    ended(tx, &offer, OfferEnd::Accepted)?;
    Ok(taken)
}

/// It goes to somebody else, and to them again only when nobody else is left.
pub fn decline_offer(tx: &mut Tx, ticket: TicketId) -> Result<(), RoutingError> {
    let offer = own_offer(tx, ticket)?;
    rows::end_offer(tx, offer.id, OfferEnd::Declined)?;
    // What was decided upon it before counts no more.
    store::live::note_change(tx, ticket)?;
    Ok(ended(tx, &offer, OfferEnd::Declined)?)
}

/// The one that stands, if it was made to whoever asks; nobody ends it meanwhile.
fn own_offer(tx: &mut Tx, ticket: TicketId) -> Result<rows::OpenOffer, RoutingError> {
    let me = tx.actor().user().filter(|_| tx.actor().is_agent()).ok_or(RoutingError::NotAnAgent)?;
    store::live::lock_standing(tx, &[ticket])?;
    let offer = rows::find_open(tx, ticket)?.filter(|it| it.user == me).ok_or(RoutingError::OfferIsGone)?;
    let waits = store::find_waiting(tx, ticket)?.is_some_and(|it| it.assignee.is_none());
    if waits { Ok(offer) } else { Err(RoutingError::OfferIsGone) }
}

pub(super) fn ended(tx: &mut Tx, offer: &rows::OpenOffer, how: OfferEnd) -> Result<(), db::Error> {
    let event = Event::OfferEnded {
        ticket: offer.ticket,
        decision: offer.decision,
        user: offer.user,
        how: how.name().to_owned(),
    };
    events::record(tx, &event)
}

/// Asks somebody: the decision is kept, and what stood before it ends.
pub(super) fn offer(
    tx: &mut Tx,
    ticket: TicketId,
    to: UserId,
    made: &store::Written,
    new: &rows::NewOffer,
) -> Result<(), RoutingError> {
    let decision = store::insert_decision(tx, ticket, new.cause, Some(to), new.by_lot, made)?;
    events::record(tx, &Event::TicketRouted { ticket, decision, chosen: Some(to) })?;
    rows::insert_offer(tx, ticket, to, decision, new)?;
    Ok(events::record(tx, &Event::TicketOffered { ticket, decision, to })?)
}

/// Ends the offer that stands, whoever was asked: it has run out, or is withdrawn.
pub(super) fn end_standing(tx: &mut Tx, ticket: TicketId) -> Result<(), RoutingError> {
    let Some(offer) = rows::find_open(tx, ticket)? else { return Ok(()) };
    let how = if offer.until <= tx.now() { OfferEnd::TimedOut } else { OfferEnd::Withdrawn };
    rows::end_offer(tx, offer.id, how)?;
    ended(tx, &offer, how)?;
    if how == OfferEnd::TimedOut { note_missed(tx, &offer) } else { Ok(()) }
}

/// Whoever has let too many in a row run out, since they last said that they are here, is away from now on.
fn note_missed(tx: &mut Tx, offer: &rows::OpenOffer) -> Result<(), RoutingError> {
    let most = policy::find(tx)?.missed_offers_max;
    if most == 0 || rows::count_missed_in_a_row(tx, offer.user, most)? < most {
        return Ok(());
    }
    rows::save_set_away(tx, offer.id, most)?;
    presence::enter(tx, offer.user, PresenceStatus::Away, None)?;
    let (ticket, decision, user) = (offer.ticket, offer.decision, offer.user);
    Ok(events::record(tx, &Event::AgentSetAway { ticket, decision, user, missed: most })?)
}

/// Why somebody is away who did not say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SetAway {
    pub ticket: TicketId,
    pub at: i64,
    /// Offers that ran out in a row.
    pub missed: i64,
}

/// `None` unless they were set away and have said nothing of themselves since.
pub fn set_away_of(tx: &mut Tx, user: UserId) -> Result<Option<SetAway>, RoutingError> {
    if !tx.actor().is(user) && !tx.actor().is_lead() {
        return Err(RoutingError::NotYourOwn);
    }
    Ok(rows::find_set_away(tx, user)?)
}

/// Offers of work that somebody has by now, or that needs no answer any more.
pub(super) fn sweep(tx: &mut Tx) -> Result<(), db::Error> {
    for offer in rows::list_overtaken(tx)? {
        rows::end_offer(tx, offer.id, OfferEnd::Withdrawn)?;
        ended(tx, &offer, OfferEnd::Withdrawn)?;
    }
    Ok(())
}

/// What kind of work a ticket is, by the way it came.
pub(super) fn channel_of(came: tickets::Channel) -> Channel {
    match came {
        tickets::Channel::Message => Channel::Message,
        tickets::Channel::Chat => Channel::Chat,
        tickets::Channel::Voice => Channel::Voice,
        tickets::Channel::Email
        | tickets::Channel::Web
        | tickets::Channel::Api
        | tickets::Channel::Rule
        | tickets::Channel::System => Channel::Email,
    }
}
