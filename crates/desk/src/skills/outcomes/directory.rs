//! Who of the people here is meant by an address or a name of another desk.

use super::store;
use super::tally::Reason;
use crate::people::{self, CreateUser, name_from_address};
use crate::{Role, Tx, UserId};
use std::collections::HashMap;

/// Everybody who works here, by address and by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    by_address: HashMap<String, UserId>,
    by_name: HashMap<String, Option<UserId>>,
    /// What has been looked up already.
    found: HashMap<String, Result<UserId, Reason>>,
}

fn folded(word: &str) -> String {
    word.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Directory {
    pub fn load(tx: &mut Tx) -> Result<Directory, db::Error> {
        let mut all = Directory::default();
        for (user, name, address) in store::list_staff(tx)? {
            if let Some(address) = address {
                all.by_address.insert(folded(&address), user);
            }
            all.by_name.entry(folded(&name)).and_modify(|it| *it = None).or_insert(Some(user));
        }
        Ok(all)
    }

    pub fn find(&self, word: &str) -> Result<UserId, Reason> {
        let word = folded(word);
        if let Some(found) = self.found.get(&word) {
            return *found;
        }
        match (self.by_address.get(&word), self.by_name.get(&word)) {
            (Some(user), _) => Ok(*user),
            (None, Some(Some(user))) => Ok(*user),
            (None, Some(None)) => Err(Reason::AmbiguousPerson),
            (None, None) => Err(Reason::UnknownPerson),
        }
    }

    /// From now on this word means this person.
    pub fn remember(&mut self, word: &str, found: Result<UserId, Reason>) {
        self.found.insert(folded(word), found);
    }
}

/// Makes an agent of somebody who is only known from the other desk: without a password, and so without a way in
/// until an admin invites them.
pub(super) fn create(
    tx: &mut Tx,
    word: &str,
    name: Option<&str>,
) -> Result<Result<UserId, Reason>, people::PeopleError> {
    let address = people::fold_address(word);
    if let Some(address) = &address
        && people::find_user_by_email(tx, address)?.is_some()
    {
        return Ok(Err(Reason::PersonIsCustomer));
    }
    let name = match (name, &address) {
        (Some(name), _) => name.to_owned(),
        (None, Some(address)) => name_from_address(address),
        (None, None) => word.to_owned(),
    };
    let command = CreateUser { name, email: address, role: Role::Agent, ..CreateUser::default() };
    match people::create_user(tx, &command) {
        Ok(user) => Ok(Ok(user)),
        Err(people::PeopleError::NameIsWrong) => Ok(Err(Reason::UnknownPerson)),
        Err(error) => Err(error),
    }
}
