//! Who needs a rest from hostile customers now.

use super::{limits, store};
use crate::{Tx, UserId};
use ::skills::effort::hostile_in_a_row;
use serde::Serialize;

/// Contacts longer ago end no row and begin none.
pub(super) const LOOK_MS: i64 = 24 * 3_600_000;

/// Where somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rest {
    /// Hostile contacts in a row, answered or in hand.
    pub in_a_row: usize,
    /// `None`: no limit.
    pub limit: Option<usize>,
    /// No hostile ticket comes before then, unless another contact lies between; `None`: one may come.
    pub until: Option<i64>,
}

/// Whoever is present and shall be given no hostile ticket now.
pub fn resting(tx: &mut Tx) -> Result<Vec<UserId>, db::Error> {
    let limits = limits(tx)?;
    let most = usize::try_from(limits.hostile_in_a_row_max).unwrap_or(0);
    if most == 0 {
        return Ok(Vec::new());
    }
    let mut resting = Vec::new();
    for user in store::list_met_hostility(tx, tx.now() - LOOK_MS)? {
        if rest_of(tx, user)?.until.is_some() {
            resting.push(user);
        }
    }
    Ok(resting)
}

pub fn rest_of(tx: &mut Tx, user: UserId) -> Result<Rest, db::Error> {
    let limits = limits(tx)?;
    let (now, cool_down_ms) = (tx.now(), limits.cool_down_ms());
    let most = usize::try_from(limits.hostile_in_a_row_max).unwrap_or(0);
    let contacts = store::list_contacts(tx, user, now - LOOK_MS)?;
    let answered = hostile_in_a_row(&contacts, now, cool_down_ms);
    let in_hand = store::list_hostile_in_hand(tx, user)?;
    let is_new = |ticket: &i64| contacts.iter().take(answered).all(|it| it.work != *ticket);
    let in_a_row = answered + in_hand.iter().filter(|ticket| is_new(ticket)).count();
    let last = contacts.first().filter(|_| answered > 0).map_or(now, |it| it.at_ms);
    let is_over = most > 0 && in_a_row >= most;
    Ok(Rest { in_a_row, limit: (most > 0).then_some(most), until: is_over.then_some(last + cool_down_ms) })
}
