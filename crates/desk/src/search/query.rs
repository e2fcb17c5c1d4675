//! The searcher's words: `status:open assignee:me tag:refund created>2026-01-01 double payment`.

use crate::tickets::{Channel, Filter, Priority, Status, Type};
use crate::{GroupId, OrganizationId, Tx, UserId};
use db::{Error, params};

/// Words that one query may hold.
pub const WORDS_MAX: usize = 16;
pub const QUERY_CHARS_MAX: usize = 400;

/// A query after reading: conditions, words, and what could not be understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub filter: Filter,
    /// Folded; all must be found.
    pub terms: Vec<String>,
    /// `type:user` and the like: what to search for. `None`: tickets.
    pub about: Option<String>,
    /// Conditions that name nobody or nothing, in the searcher's words.
    pub unknown: Vec<String>,
}

/// Reads a query. Conditions that name nothing known find nothing, and say so in `unknown`.
pub fn parse(tx: &mut Tx, text: &str) -> Result<Query, Error> {
    let text: String = text.chars().take(QUERY_CHARS_MAX).collect();
    let mut query = Query::default();
    let mut words = String::new();
    for token in tokens(&text) {
        match split(&token) {
            Some((key, sign, value)) => {
                if !condition(tx, &mut query, key, sign, value)? {
                    query.unknown.push(token.clone());
                }
            }
            None => {
                words.push(' ');
                words.push_str(&token);
            }
        }
    }
    query.terms = ::text::query_terms(&words, None);
    query.terms.truncate(WORDS_MAX);
    Ok(query)
}

/// Parted by spaces; quotes hold words together.
fn tokens(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut token = String::new();
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                if !token.is_empty() {
                    all.push(std::mem::take(&mut token));
                }
            }
            c => token.push(c),
        }
    }
    if !token.is_empty() {
        all.push(token);
    }
    all
}

const KEYS: &[&str] = &[
    "status",
    "assignee",
    "requester",
    "group",
    "tags",
    "tag",
    "priority",
    "type",
    "ticket_type",
    "via",
    "channel",
    "organization",
    "created",
    "updated",
    "solved",
    "external_id",
    "order_by",
    "sort",
    "role",
    "email",
    "name",
];

fn split(token: &str) -> Option<(&str, char, &str)> {
    let at = token.find([':', '<', '>'])?;
    let key = &token[..at];
    if !KEYS.contains(&key) {
        return None;
    }
    let sign = token[at..].chars().next()?;
    let value = token[at + 1..].trim_start_matches('=');
    (!value.is_empty()).then_some((key, sign, value))
}

fn condition(tx: &mut Tx, query: &mut Query, key: &str, sign: char, value: &str) -> Result<bool, Error> {
    let lower = value.to_lowercase();
    let filter = &mut query.filter;
    let understood = match key {
        "status" => status(filter, sign, &lower),
        "priority" => set(&mut filter.priority, Priority::parse(&lower)),
        "type" if matches!(lower.as_str(), "ticket" | "user" | "organization" | "group") => {
            query.about = Some(lower);
            true
        }
        "type" | "ticket_type" => set(&mut filter.kind, Type::parse(&lower)),
        "via" | "channel" => {
            set(&mut filter.channel, Channel::parse(if lower == "mail" { "email" } else { &lower }))
        }
        "tags" | "tag" => {
            filter.tags.extend(lower.split(',').map(str::to_owned));
            true
        }
        "external_id" => set(&mut filter.external_id, Some(value.to_owned())),
        "assignee" if lower == "none" => {
            filter.unassigned = true;
            true
        }
        "assignee" => set(&mut filter.assignee, person(tx, &lower)?),
        "requester" => set(&mut filter.requester, person(tx, &lower)?),
        "group" => set(&mut filter.group, group(tx, &lower)?),
        "organization" => set(&mut filter.organization, organization(tx, &lower)?),
        "created" | "updated" | "solved" => moment(filter, key, sign, value),
        _ => true,
    };
    Ok(understood)
}

fn set<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    let known = value.is_some();
    if known {
        *place = value;
    }
    known
}

fn status(filter: &mut Filter, sign: char, word: &str) -> bool {
    let Some(status) = Status::parse(word) else { return false };
    let matching = Status::ALL.iter().copied().filter(|other| match sign {
        '<' => *other < status,
        '>' => *other > status,
        _ => *other == status,
    });
    filter.status.extend(matching);
    true
}

fn moment(filter: &mut Filter, key: &str, sign: char, value: &str) -> bool {
    const DAY_MS: i64 = 86_400_000;
    let (start, length) = match (value.parse::<jiff::Timestamp>(), value.parse::<jiff::civil::Date>()) {
        (Ok(at), _) => (at.as_millisecond(), 0),
        (_, Ok(day)) => match day.to_zoned(jiff::tz::TimeZone::UTC) {
            Ok(zoned) => (zoned.timestamp().as_millisecond(), DAY_MS),
            Err(_) => return false,
        },
        _ => return false,
    };
    let (after, before) = match key {
        "created" => (&mut filter.created_after, &mut filter.created_before),
        "updated" => (&mut filter.updated_after, &mut filter.updated_before),
        _ => (&mut filter.solved_after, &mut filter.solved_before),
    };
    match sign {
        '>' => *after = Some(start + length - 1),
        '<' => *before = Some(start),
        _ => {
            *after = Some(start - 1);
            *before = Some(start + length.max(1_000));
        }
    }
    true
}

/// `me`, an id, an address, or a name.
fn person(tx: &mut Tx, word: &str) -> Result<Option<UserId>, Error> {
    if word == "me" {
        return Ok(tx.actor().user());
    }
    if let Ok(id) = word.parse() {
        return Ok(Some(UserId(id)));
    }
    if word.contains('@') {
        return tx.find(
            "select user_id from user_identities where kind = 'email' and value = $1",
            params![word],
            |row| row.get(0),
        );
    }
    let terms = ::text::query_terms(word, None);
    Ok(db::fulltext::newest(tx, "search_users", &terms, db::fulltext::Ids::ALL, 1)?
        .first()
        .map(|id| UserId(*id)))
}

fn group(tx: &mut Tx, word: &str) -> Result<Option<GroupId>, Error> {
    if let Ok(id) = word.parse() {
        return Ok(Some(GroupId(id)));
    }
    let groups = tx.list("select id, name from groups where deleted_at is null", params![], |row| {
        Ok((row.get::<GroupId>(0)?, row.get::<String>(1)?))
    })?;
    Ok(groups.into_iter().find(|(_, name)| name.to_lowercase() == word).map(|(id, _)| id))
}

fn organization(tx: &mut Tx, word: &str) -> Result<Option<OrganizationId>, Error> {
    if let Ok(id) = word.parse() {
        return Ok(Some(OrganizationId(id)));
    }
    tx.find("select id from organizations where name_key = $1 and deleted_at is null", params![word], |row| {
        row.get(0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_words_together() {
        assert_eq!(
            tokens(r#"tag:refund group:"Level 2" double  payment"#),
            ["tag:refund", "group:Level 2", "double", "payment"]
        );
    }

    #[test]
    fn only_known_keys_are_conditions() {
        assert_eq!(split("status:open"), Some(("status", ':', "open")));
        assert_eq!(split("created>=2026-01-01"), Some(("created", '>', "2026-01-01")));
        assert_eq!(split("https://example.org"), None);
        assert_eq!(split("status:"), None);
    }

    #[test]
    fn status_can_be_compared() {
        let mut filter = Filter::default();
        assert!(status(&mut filter, '<', "solved"));
        assert_eq!(filter.status, [Status::New, Status::Open, Status::Pending, Status::Hold]);
    }
}
