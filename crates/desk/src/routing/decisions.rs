//! The decision explorer: what was decided on the whole desk, by whom it could be looked for, and what became of it.
//!
//! Reads `routing_decisions`, `routing_contests`, and the events that say when a ticket left somebody's hands.

use super::contest::Contest;
use super::offers::OfferEnd;
use super::policy::rule_of_word;
use super::store::{self, decisions as rows};
use super::views::{Named, OfferTold, Why, Words};
use super::{RoutingError, Rule};
use crate::tickets::Status;
use crate::{DecisionId, GroupId, TicketId, Tx, UserId};
use serde::Serialize;
use std::collections::HashMap;

/// Decisions of one page of the explorer.
pub const DECISIONS_PER_PAGE_MAX: usize = 1_000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecisionFilter {
    /// Decided at this moment or later …
    pub from: i64,
    /// … and before this one.
    pub until: i64,
    /// Who was chosen.
    pub person: Option<UserId>,
    /// In which the ticket stands now.
    pub group: Option<GroupId>,
    /// The rule that held.
    pub rule: Option<Rule>,
    pub lots: Lots,
    pub shown: Shown,
}

/// Whether decisions by lot are among what is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lots {
    #[default]
    All,
    Only,
    Without,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    #[default]
    All,
    /// Given to somebody, and never out of their hands since; offers that stand are among them.
    Taken,
    /// Given to somebody, and later put back, taken back or given on; or offered, and not taken.
    Returned,
    /// Given to nobody.
    Waits,
    Contested,
    /// Contested, and nobody has answered.
    Unanswered,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DecisionCounts {
    pub decided: i64,
    /// To somebody.
    pub given: i64,
    /// By lot, so that the desk keeps learning.
    pub by_lot: i64,
    pub contested: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DecisionRow {
    pub ticket: TicketId,
    pub subject: String,
    pub group: Option<String>,
    /// `None`: decided before this was noted.
    pub rule: Option<Rule>,
    pub why: Why,
    pub fate: Fate,
    pub contests: i64,
    pub open_contests: i64,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It was given to nobody.
    Waits,
    /// Whoever was chosen has it.
    Holds,
    /// Whoever was chosen has it, and it is solved.
    Solved,
    Left {
        at: i64,
        by: LeftBy,
    },
    /// They are asked, and have not answered.
    Asked,
    /// They were asked, and did not take it.
    NotTaken {
        at: i64,
        how: OfferEnd,
        /// They were set away for it, having let so many in a row run out.
        set_away_after: Option<i64>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftBy {
    /// They put it back or gave it on.
    Themselves,
    Somebody(Named),
    /// They had gone, or a rule moved it.
    TheDesk,
}

/// One decision, with everything that was said about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DecisionRecord {
    pub row: DecisionRow,
    /// The oldest first.
    pub contests: Vec<Contest>,
}

/// The newest first; `before` is the last decision of the page before.
pub fn decision_rows(
    tx: &mut Tx,
    filter: &DecisionFilter,
    before: Option<DecisionId>,
    count: usize,
) -> Result<Vec<DecisionRow>, RoutingError> {
    only_leads(tx)?;
    let before = match before {
        None => None,
        Some(id) => rows::find_listed(tx, id)?.map(|it| (it.kept.at, id)),
    };
    let listed = rows::list_decisions_by(tx, filter, before, count.min(DECISIONS_PER_PAGE_MAX))?;
    Ok(told(tx, listed)?)
}

pub fn decision_counts(tx: &mut Tx, filter: &DecisionFilter) -> Result<DecisionCounts, RoutingError> {
    only_leads(tx)?;
    Ok(rows::count_decisions_by(tx, filter)?)
}

/// Contests that nobody has answered.
pub fn count_open_contests(tx: &mut Tx) -> Result<i64, RoutingError> {
    only_leads(tx)?;
    Ok(rows::count_open_contests(tx)?)
}

pub fn decision_record(tx: &mut Tx, decision: DecisionId) -> Result<DecisionRecord, RoutingError> {
    only_leads(tx)?;
    let listed = rows::find_listed(tx, decision)?.ok_or(RoutingError::NoSuchDecision)?;
    let row = told(tx, vec![listed])?.pop().ok_or(RoutingError::NoSuchDecision)?;
    Ok(DecisionRecord { row, contests: rows::list_contests_of_decision(tx, decision)? })
}

fn only_leads(tx: &Tx) -> Result<(), RoutingError> {
    if tx.actor().is_lead() { Ok(()) } else { Err(RoutingError::NotALead) }
}

fn told(tx: &mut Tx, listed: Vec<rows::Listed>) -> Result<Vec<DecisionRow>, db::Error> {
    let actor = *tx.actor();
    let words = Words::load(tx, &listed.iter().map(|it| &it.kept).collect::<Vec<_>>())?;
    let moves: Vec<i64> = listed.iter().filter_map(|it| it.left).collect();
    let moves = rows::list_moves(tx, &moves)?;
    let movers: Vec<UserId> = moves.values().filter_map(|it| it.1).collect();
    let names: HashMap<UserId, String> = store::live::list_names(tx, &movers)?.into_iter().collect();
    let row = |it: rows::Listed| {
        let why = words.why(&it.kept, actor, it.kept.chosen);
        let fate = fate(&it, why.offer, &moves, &names);
        let by_hand = matches!(fate, Fate::Left { by: LeftBy::Themselves | LeftBy::Somebody(_), .. });
        DecisionRow {
            why: Why { overruled: by_hand, ..why },
            ticket: it.ticket,
            subject: it.subject,
            group: it.group,
            rule: it.rule.as_deref().and_then(rule_of_word),
            fate,
            contests: it.contests,
            open_contests: it.open_contests,
        }
    };
    Ok(listed.into_iter().map(row).collect())
}

fn fate(
    it: &rows::Listed,
    offer: Option<OfferTold>,
    moves: &HashMap<i64, (i64, Option<UserId>)>,
    names: &HashMap<UserId, String>,
) -> Fate {
    let Some(chosen) = it.kept.chosen else { return Fate::Waits };
    match offer {
        Some(OfferTold { ended: None, .. }) => return Fate::Asked,
        Some(OfferTold { ended: Some(how), at, set_away_after }) if how != OfferEnd::Accepted => {
            return Fate::NotTaken { at, how, set_away_after };
        }
        _ => {}
    }
    if let Some((at, by)) = it.left.and_then(|event| moves.get(&event)) {
        let by = match by {
            None => LeftBy::TheDesk,
            Some(by) if *by == chosen => LeftBy::Themselves,
            Some(by) => {
                let name = names.get(by).cloned().unwrap_or_default();
                LeftBy::Somebody(Named { user: *by, name })
            }
        };
        return Fate::Left { at: *at, by };
    }
    match it.holder == Some(chosen) && it.status >= Status::Solved {
        true => Fate::Solved,
        false => Fate::Holds,
    }
}
