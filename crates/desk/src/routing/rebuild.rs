//! From the database to what the owner holds in memory: people, what they can, and what waits.

use super::live::{Live, Place};
use super::policy::Knobs;
use super::sought::Sought;
use super::store::live::{PersonRow, TicketRow};
use super::store::{self, Waiting};
use super::{RoutingError, hands, live::Scope};
use crate::skills::{self, SkillKind};
use crate::{GroupId, SkillId, TicketId, Tx, UserId, wellbeing};
use ::routing::Requirements;
use ::skills::SkillBelief;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Tickets that are read by one statement.
const TICKETS_PER_STATEMENT: usize = 2_000;

/// What an engine is made from.
pub(super) struct Start {
    pub knobs: Knobs,
    pub kinds: Vec<(SkillId, SkillKind)>,
    pub seed: u64,
    pub now: i64,
}

#[derive(Default)]
pub(super) struct People {
    pub rows: Vec<PersonRow>,
    /// Of those whose beliefs were asked for.
    pub beliefs: HashMap<UserId, Vec<SkillBelief>>,
    pub growing: Vec<(SkillId, UserId)>,
}

/// Everybody, with nothing waiting yet.
pub(super) fn make(tx: &mut Tx, seed: u64) -> Result<Live, db::Error> {
    let knobs = Knobs::load(tx)?;
    make_with(tx, knobs, seed, Scope::Desk)
}

pub(super) fn make_with(tx: &mut Tx, knobs: Knobs, seed: u64, scope: Scope) -> Result<Live, db::Error> {
    let start = Start { knobs, kinds: store::live::list_kinds(tx)?, seed, now: tx.now() };
    let people = read_people(tx, None)?;
    let members = store::live::list_memberships(tx, None)?;
    Ok(Live::new(start, people, members, scope))
}

/// How many tickets wait beside somebody who may have them, by an engine made for this question alone. Whoever holds the
/// lease gives them away within moments; on a desk that is not served they wait.
pub fn count_side_by_side(tx: &mut Tx) -> Result<usize, RoutingError> {
    if !tx.actor().is_staff() {
        return Err(RoutingError::NotStaff);
    }
    let mut live = make(tx, 0)?;
    let tickets = read_all(tx, &BTreeSet::new(), &live)?;
    live.apply_tickets(tickets);
    Ok(live.take_proposals().len())
}

/// With all that is believed of them.
pub(super) fn read_people(tx: &mut Tx, only: Option<&[UserId]>) -> Result<People, db::Error> {
    let rows = store::live::list_people(tx, only)?;
    let users: Vec<UserId> = rows.iter().map(|it| it.user).collect();
    Ok(People {
        beliefs: read_beliefs(tx, only.map(|_| users.as_slice()))?,
        growing: store::live::list_growing(tx, only)?,
        rows,
    })
}

/// What has become of people: who they are now, and the beliefs of those who are new or were named.
pub(super) struct Changed {
    pub now: i64,
    pub people: People,
    pub members: Vec<(GroupId, UserId)>,
    /// Whom this is about; `None`: everybody.
    pub asked: Option<BTreeSet<UserId>>,
    /// What they hold, if they are new or were named.
    pub in_hands: Vec<TicketId>,
}

pub(super) fn read_changed(
    tx: &mut Tx,
    asked: Option<&BTreeSet<UserId>>,
    beliefs: &BTreeSet<UserId>,
    live: &Live,
) -> Result<Changed, db::Error> {
    let only: Option<Vec<UserId>> = asked.map(|it| it.iter().copied().collect());
    let only = only.as_deref();
    let rows = store::live::list_people(tx, only)?;
    let strangers: Vec<UserId> = rows.iter().map(|it| it.user).filter(|it| !live.knows(*it)).collect();
    let mut wanted: Vec<UserId> = beliefs.iter().copied().filter(|it| live.knows(*it)).collect();
    wanted.extend(&strangers);
    let beliefs = if wanted.is_empty() { HashMap::new() } else { read_beliefs(tx, Some(&wanted))? };
    let mut in_hands = Vec::new();
    if !strangers.is_empty() {
        in_hands = store::live::list_in_hands_of(tx, &strangers)?;
    }
    Ok(Changed {
        now: tx.now(),
        members: store::live::list_memberships(tx, only)?,
        people: People { beliefs, growing: store::live::list_growing(tx, only)?, rows },
        asked: asked.cloned(),
        in_hands,
    })
}

/// Everybody who was asked for is in it, with nothing if nothing is believed.
fn read_beliefs(
    tx: &mut Tx,
    only: Option<&[UserId]>,
) -> Result<HashMap<UserId, Vec<SkillBelief>>, db::Error> {
    let mut all: HashMap<UserId, Vec<SkillBelief>> =
        only.unwrap_or_default().iter().map(|user| (*user, Vec::new())).collect();
    for it in skills::store::list_proficiencies(tx, only, None)? {
        let belief = SkillBelief { skill: hands::pure(it.skill), belief: it.belief };
        all.entry(it.user).or_default().push(belief);
    }
    Ok(all)
}

/// Tickets as they are now.
#[derive(Clone, Default)]
pub(super) struct Tickets {
    pub now: i64,
    pub seen: Vec<Seen>,
    /// They need no answer any more.
    pub gone: Vec<TicketId>,
    /// Who gets nobody hostile for now.
    pub resting: Vec<UserId>,
}

#[derive(Clone)]
pub(super) struct Seen {
    pub row: TicketRow,
    pub place: Place,
    /// For what waits and is not known as it is.
    pub sought: Option<Sought>,
}

/// What has changed of everything, by comparing versions.
pub(super) fn read_all(tx: &mut Tx, also: &BTreeSet<TicketId>, live: &Live) -> Result<Tickets, db::Error> {
    let standing = store::live::list_standing(tx)?;
    let mut wanted: BTreeSet<TicketId> = also.clone();
    wanted.extend(live.differing(&standing));
    read_tickets(tx, &wanted, live)
}

/// Everything that needs an answer, placed otherwise than it is.
pub(super) fn read_all_as(
    tx: &mut Tx,
    live: &Live,
    place_of: impl Fn(&Live, &TicketRow, i64) -> Place,
) -> Result<Tickets, db::Error> {
    let all: BTreeSet<TicketId> = store::live::list_standing(tx)?.iter().map(|it| it.id).collect();
    read_placed(tx, &all, live, place_of)
}

pub(super) fn read_tickets(
    tx: &mut Tx,
    tickets: &BTreeSet<TicketId>,
    live: &Live,
) -> Result<Tickets, db::Error> {
    read_placed(tx, tickets, live, Live::place_of)
}

fn read_placed(
    tx: &mut Tx,
    tickets: &BTreeSet<TicketId>,
    live: &Live,
    place_of: impl Fn(&Live, &TicketRow, i64) -> Place,
) -> Result<Tickets, db::Error> {
    let mut read = Tickets { now: tx.now(), resting: wellbeing::resting(tx)?, ..Tickets::default() };
    let ids: Vec<TicketId> = tickets.iter().copied().collect();
    for part in ids.chunks(TICKETS_PER_STATEMENT) {
        let rows = store::live::list_open(tx, part)?;
        let open: HashSet<TicketId> = rows.iter().map(|it| it.ticket.id).collect();
        read.gone.extend(part.iter().filter(|it| !open.contains(it)));
        let placed: Vec<(TicketRow, Place)> = rows
            .into_iter()
            .map(|row| {
                let place = place_of(live, &row, read.now);
                (row, place)
            })
            .collect();
        let unknown: Vec<Waiting> = placed
            .iter()
            .filter(|(row, place)| place.seeks() && !live.knows_as_waiting(row))
            .map(|(row, _)| row.ticket.clone())
            .collect();
        let mut sought: HashMap<TicketId, Sought> =
            read_sought(tx, unknown, live.knobs())?.into_iter().map(|it| (it.ticket.id, it)).collect();
        read.seen.extend(placed.into_iter().map(|(row, place)| {
            let sought = sought.remove(&row.ticket.id);
            Seen { row, place, sought }
        }));
    }
    Ok(read)
}

/// What these tickets seek, in their order.
pub(super) fn read_sought(
    tx: &mut Tx,
    tickets: Vec<Waiting>,
    knobs: &Knobs,
) -> Result<Vec<Sought>, db::Error> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<TicketId> = tickets.iter().map(|it| it.id).collect();
    let mut needs = store::list_needs(tx, &ids)?;
    let asking: Vec<TicketId> = tickets.iter().filter(|it| it.asks).map(|it| it.id).collect();
    let mut asked: HashMap<TicketId, Requirements> =
        if asking.is_empty() { HashMap::new() } else { store::live::list_asked(tx, &asking)? };
    let offered: Vec<TicketId> =
        tickets.iter().filter(|it| knobs.policy.channels.of(it.channel).is_some()).map(|it| it.id).collect();
    let mut passed =
        if offered.is_empty() { HashMap::new() } else { store::offers::list_passed(tx, &offered)? };
    tickets
        .into_iter()
        .map(|ticket| {
            let passed = passed.remove(&ticket.id).unwrap_or_default();
            let (knows, declined) = hands::who_knows(tx, &ticket)?;
            let needs = needs.remove(&ticket.id).unwrap_or_default();
            let asked = asked.remove(&ticket.id);
            let mut sought = Sought::of(ticket, needs, asked, knows, declined, &knobs.queues);
            sought.passed = passed;
            Ok(sought)
        })
        .collect()
}
