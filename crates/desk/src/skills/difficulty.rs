//! What made a piece of work hard, by name: topics and channels as numbers that a refit can estimate.
//!
//! Table: `difficulty_keys`. A priority is its own number.

use super::store;
use crate::{OutcomeId, Tx};
use std::collections::{BTreeSet, HashMap};

/// Longer names are cut.
pub const KEY_CHARS_MAX: usize = 120;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyKind {
    Topic,
    Channel,
}

impl KeyKind {
    pub fn name(self) -> &'static str {
        match self {
            KeyKind::Topic => "topic",
            KeyKind::Channel => "channel",
        }
    }
}

/// What kind of work a piece of evidence is about, and how much of it was the person's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OfWork {
    pub topic: Option<i64>,
    /// 1 low to 4 urgent.
    pub priority: Option<i64>,
    pub channel: Option<i64>,
    /// 0 to 1.
    pub share: f64,
    /// Done at another desk.
    pub imported: Option<OutcomeId>,
}

impl Default for OfWork {
    fn default() -> Self {
        OfWork { topic: None, priority: None, channel: None, share: 1.0, imported: None }
    }
}

/// The numbers of these names; new names get one.
pub(crate) fn keys(
    tx: &mut Tx,
    kind: KeyKind,
    names: &BTreeSet<String>,
) -> Result<HashMap<String, i64>, db::Error> {
    let mut known = store::find_keys(tx, kind, names)?;
    let new: BTreeSet<String> = names.iter().filter(|it| !known.contains_key(*it)).cloned().collect();
    if !new.is_empty() {
        store::insert_keys(tx, kind, &new)?;
        known.extend(store::find_keys(tx, kind, &new)?);
    }
    Ok(known)
}

/// One form for each name.
pub(crate) fn key_name(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().chars().take(KEY_CHARS_MAX).collect()
}
