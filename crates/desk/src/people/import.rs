//! People from a CSV file: who works here, in which groups, in which role. Nobody is invited by it.

use super::folding::{clean_name, fold_address};
use super::groups::{create_group, set_memberships};
use super::users::{create_user, update_user};
use super::{CreateGroup, CreateUser, PeopleError, Seek, UpdateUser, store};
use crate::tables::delimiter_of;
use crate::{GroupId, Role, Tx};
use serde::Serialize;
use std::collections::HashMap;

/// People that one file may name.
pub const PEOPLE_PER_FILE_MAX: usize = 20_000;
const GROUPS_MAX: usize = 10_000;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PeopleImported {
    pub read: usize,
    pub created: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub groups_created: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportPeopleError {
    #[error("line {line}: {reason}")]
    LineIsWrong { line: u64, reason: String },
    #[error("a file may name at most {PEOPLE_PER_FILE_MAX} people")]
    TooMany,
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Where a line says what. A column that is not there says nothing.
struct Columns {
    /// One, or the first name's and the last name's.
    names: Vec<usize>,
    email: usize,
    groups: usize,
    role: usize,
}

impl Columns {
    fn usual() -> Columns {
        Columns { names: vec![0], email: 1, groups: 2, role: 3 }
    }

    /// By the names in the first line, if it is a head.
    fn of_head(head: &csv::StringRecord) -> Option<Columns> {
        let head: Vec<String> = head.iter().map(|it| it.to_lowercase().replace(['_', '-'], " ")).collect();
        let place = |words: &[&str]| head.iter().position(|it| words.contains(&it.as_str()));
        let whole = place(&[
            "name",
            "full name",
            "agent name",
            "vollständiger name",
            "nombre completo",
            "nom complet",
        ]);
        let first = place(&["first name", "given name", "vorname", "nombre", "prénom"]);
        let last =
            place(&["last name", "family name", "surname", "nachname", "apellidos", "apellido", "nom"]);
        let email = place(&[
            "email",
            "e mail",
            "email address",
            "e mail address",
            "agent email",
            "correo",
            "courriel",
        ]);
        let groups = place(&["groups", "group", "gruppen", "gruppe", "grupos", "groupes"]);
        let role = place(&["role", "rolle", "rol", "rôle"]);
        if whole == Some(0) && email.is_none_or(|at| at == 1) {
            // The usual order, whatever the others are called.
            let usual = Columns::usual();
            let free = if role == Some(usual.groups) { usize::MAX } else { usual.groups };
            return Some(Columns {
                groups: groups.unwrap_or(free),
                role: role.unwrap_or(usual.role),
                ..usual
            });
        }
        let names: Vec<usize> = match whole {
            Some(whole) => vec![whole],
            None => first.into_iter().chain(last).collect(),
        };
        let email = email.filter(|_| !names.is_empty())?;
        Some(Columns { names, email, groups: groups.unwrap_or(usize::MAX), role: role.unwrap_or(usize::MAX) })
    }
}

/// `name,email,groups,role`, or parted by semicolons or tabs: the last two may be missing; groups are parted by `;` (in
/// quotes where columns are too) and made where they are missing; a role is agent (as without one), light-agent, lead or
/// admin. A head may name the columns in another order, and part first and last names. Somebody who is known by the
/// address gets the name, the role and exactly the groups of the file, where the file says them. Nothing is changed when
/// any line is wrong.
pub fn import_people(tx: &mut Tx, csv: &str) -> Result<PeopleImported, ImportPeopleError> {
    if !tx.actor().is_admin() {
        return Err(PeopleError::OnlyAdminsChangeStaff.into());
    }
    let mut groups: HashMap<String, GroupId> =
        store::list_groups(tx)?.into_iter().map(|it| (it.name.to_lowercase(), it.id)).collect();
    let mut done = PeopleImported::default();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(delimiter_of(csv))
        .from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let mut columns = Columns::usual();
    for (n, record) in reader.records().enumerate() {
        let line = n as u64 + 1;
        let wrong = |reason: String| ImportPeopleError::LineIsWrong { line, reason };
        let record = record.map_err(|_| wrong("it cannot be read as comma-separated values".into()))?;
        let field = |index: usize| record.get(index).unwrap_or("");
        if n == 0
            && let Some(head) = Columns::of_head(&record)
        {
            columns = head;
            continue;
        }
        if record.iter().all(str::is_empty) {
            continue;
        }
        done.read += 1;
        if done.read > PEOPLE_PER_FILE_MAX {
            return Err(ImportPeopleError::TooMany);
        }
        let names: Vec<&str> = columns.names.iter().map(|at| field(*at)).collect();
        let name = clean_name(&names.join(" ")).map_err(|error| wrong(error.to_string()))?;
        let email = match field(columns.email) {
            "" => None,
            address => {
                Some(fold_address(address).ok_or_else(|| wrong(format!("{address:?} is no address")))?)
            }
        };
        let role = match field(columns.role) {
            "" => None,
            word => Some(
                Role::parse(&word.to_lowercase())
                    .filter(|role| role.is_staff())
                    .ok_or_else(|| wrong(format!("{word:?} is none of agent, light-agent, lead, admin")))?,
            ),
        };
        let mut wanted = Vec::new();
        for group in field(columns.groups).split(';').map(str::trim).filter(|it| !it.is_empty()) {
            let id = match groups.get(&group.to_lowercase()) {
                Some(id) => *id,
                None => {
                    let command = CreateGroup { name: group.to_owned(), description: String::new() };
                    let id = create_group(tx, &command).map_err(|error| wrong(error.to_string()))?;
                    done.groups_created += 1;
                    groups.insert(group.to_lowercase(), id);
                    id
                }
            };
            wanted.push(id);
        }
        let known = match &email {
            Some(email) => store::find_user_by_email(tx, email)?,
            None => store::find_staff_by_name(tx, &name)?,
        };
        let user = match known {
            Some(known) if !known.role.is_staff() && role.is_none() => {
                return Err(wrong(format!("{} is a customer here; give a role to change that", known.name)));
            }
            Some(known) => {
                let mut update = UpdateUser::of(known.id);
                update.name = Some(name).filter(|name| *name != known.name);
                update.role = role.filter(|role| *role != known.role);
                let groups_of = store::list_memberships(tx, Some(known.id), None, Seek::First, GROUPS_MAX)?;
                let mut before: Vec<GroupId> = groups_of.iter().map(|it| it.group).collect();
                let mut after = if wanted.is_empty() { before.clone() } else { wanted.clone() };
                before.sort_unstable();
                after.sort_unstable();
                if update.name.is_none() && update.role.is_none() && before == after {
                    done.unchanged += 1;
                } else {
                    done.changed += 1;
                    update_user(tx, &update).map_err(|error| wrong(error.to_string()))?;
                }
                known.id
            }
            None => {
                done.created += 1;
                let role = role.unwrap_or(Role::Agent);
                create_user(tx, &CreateUser { name, email, role, ..CreateUser::default() })
                    .map_err(|error| wrong(error.to_string()))?
            }
        };
        if !wanted.is_empty() {
            set_memberships(tx, user, &wanted, None).map_err(|error| wrong(error.to_string()))?;
        }
    }
    Ok(done)
}
