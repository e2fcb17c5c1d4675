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
    /// Folded; all must be in the subject.
    pub subject: Vec<String>,
    /// `order_by:priority` and the like, for those who can order so.
    pub order_by: Option<String>,
    /// `sort:asc`
    pub ascending: bool,
    /// `type:user` and the like: what to search for. `None`: tickets.
    pub about: Option<String>,
    /// Conditions that name nobody or nothing, in the searcher's words.
    pub unknown: Vec<String>,
    /// What looks like a condition and is none, in the searcher's words: it is looked for as it stands.
    pub as_words: Vec<String>,
}

impl Query {
    /// Only conditions: no index is asked.
    pub fn is_without_words(&self) -> bool {
        self.terms.is_empty() && self.subject.is_empty()
    }

    /// What a ticket must be found by, wherever it holds it. The last may be a beginning.
    pub(super) fn all_terms(&self) -> Vec<String> {
        [self.subject.as_slice(), self.terms.as_slice()].concat()
    }
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
                if looks_like_a_condition(&token) {
                    query.as_words.push(token);
                }
            }
        }
    }
    query.terms = ::text::query_terms(&words, None);
    query.terms.truncate(WORDS_MAX);
    query.subject.truncate(WORDS_MAX);
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
    "subject",
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

/// `from:ana`, but no address of a page, path, or time of day; and nothing that goes on after a colon as a sentence does.
fn looks_like_a_condition(token: &str) -> bool {
    const KEY_CHARS_MIN: usize = 2;
    let Some((key, value)) = token.split_once([':', '<', '>']) else { return false };
    key.len() >= KEY_CHARS_MIN
        && key.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
        && value.chars().next().is_some_and(|c| !c.is_whitespace() && c != '/')
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
        "created" | "updated" | "solved" => match (ago(tx.now(), &lower), sign) {
            (Some(at), '>' | '<') => between(filter, key, sign, at, 1),
            (Some(_), _) => false,
            (None, _) => moment(filter, key, sign, value),
        },
        "subject" => {
            let terms = ::text::query_terms(value, None);
            let known = !terms.is_empty();
            query.subject.extend(terms);
            known
        }
        "order_by" => {
            query.order_by =
                Some(if matches!(lower.as_str(), "created" | "updated") { lower + "_at" } else { lower });
            true
        }
        "sort" => {
            query.ascending = lower == "asc";
            true
        }
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
    between(filter, key, sign, start, length)
}

/// `4hours`: that long before now. Months and years are those of the calendar.
fn ago(now: i64, value: &str) -> Option<i64> {
    let (count, unit) = value.split_at(value.find(|c: char| !c.is_ascii_digit())?);
    let (count, span) = (count.parse::<i64>().ok()?, jiff::Span::new());
    let span = match unit.strip_suffix('s').unwrap_or(unit) {
        "minute" => span.try_minutes(count),
        "hour" => span.try_hours(count),
        "day" => span.try_days(count),
        "week" => span.try_weeks(count),
        "month" => span.try_months(count),
        "year" => span.try_years(count),
        _ => return None,
    };
    let now = jiff::Timestamp::from_millisecond(now).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    Some(now.checked_sub(span.ok()?).ok()?.timestamp().as_millisecond())
}

/// After, before, or within a time that starts here and is so long.
fn between(filter: &mut Filter, key: &str, sign: char, start: i64, length: i64) -> bool {
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
    fn what_looks_like_a_condition_is_told_from_addresses_and_sentences() {
        for token in ["from:ana@x.org", "foo:bar", "amount>5"] {
            assert!(looks_like_a_condition(token), "{token}");
        }
        for token in
            ["https://example.org", "10:30", "C:\\logs", "Re:", "error: no sound", "refund", "a@x.org"]
        {
            assert!(!looks_like_a_condition(token), "{token}");
        }
    }

    #[test]
    fn a_time_is_said_by_how_long_ago_it_was() {
        let ms = |moment: &str| moment.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let now = ms("2026-03-31T12:00:00Z");
        for (words, then) in [
            ("90minutes", "2026-03-31T10:30:00Z"),
            ("1hour", "2026-03-31T11:00:00Z"),
            ("2days", "2026-03-29T12:00:00Z"),
            ("3weeks", "2026-03-10T12:00:00Z"),
            ("1month", "2026-02-28T12:00:00Z"),
            ("2years", "2024-03-31T12:00:00Z"),
        ] {
            assert_eq!(ago(now, words), Some(ms(then)), "{words}");
        }
        for words in ["2026-03-31", "hours", "2", "2moons", "99999999999years", "2026-03-31T12:00:00Z"] {
            assert_eq!(ago(now, words), None, "{words}");
        }
    }

    #[test]
    fn status_can_be_compared() {
        let mut filter = Filter::default();
        assert!(status(&mut filter, '<', "solved"));
        assert_eq!(filter.status, [Status::New, Status::Open, Status::Pending, Status::Hold]);
    }
}
