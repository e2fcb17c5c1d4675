//! What is read of people; every statement on campaigns, certificates and checks in the files beside.

mod campaigns;
mod certificates;
mod checks;

pub(super) use campaigns::*;
pub(super) use certificates::*;
pub(crate) use checks::find_result;
pub(super) use checks::*;

use crate::{GroupId, Tx, UserId};
use db::{Error, params};
use std::collections::HashMap;

/// Rows that one reminder, or one list, takes.
const ROWS_MAX: usize = 1_000;

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Corrupt(error.to_string()))
}

fn to_json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Corrupt(error.to_string()))
}

/// Somebody who works here, as far as asking is concerned.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Person {
    pub user: UserId,
    pub name: String,
    pub is_lead: bool,
    pub groups: Vec<GroupId>,
}

impl Person {
    pub fn shares_group(&self, other: &Person) -> bool {
        self.groups.iter().any(|it| other.groups.contains(it))
    }
}

/// Active agents by name. Admins count as leads of nobody unless they share a group.
pub(super) fn list_people(tx: &mut Tx) -> Result<Vec<Person>, Error> {
    let mut groups: HashMap<UserId, Vec<GroupId>> = HashMap::new();
    tx.each("select user_id, group_id from memberships", params![], |row| {
        groups.entry(row.get(0)?).or_default().push(row.get(1)?);
        Ok(true)
    })?;
    tx.list(
        "select id, name, role from users where role in ('agent', 'lead', 'admin') and suspended_at is null
           and deleted_at is null order by name, id",
        params![],
        |row| {
            let user: UserId = row.get(0)?;
            let role: crate::Role = row.get(2)?;
            let groups = groups.remove(&user).unwrap_or_default();
            Ok(Person { user, name: row.get(1)?, is_lead: role.is_lead(), groups })
        },
    )
}
