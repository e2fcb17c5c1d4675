//! `/search`: tickets, people, organizations and groups by words and conditions. At most 1,000 results, as elsewhere.

use crate::call::{Answer, Call, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::{GroupShape, OrganizationShape};
use crate::ticket_facts;
use desk::people::{self, Group, Organization, User, UserFilter};
use desk::search::{self as desk_search, Query, SearchOrder};
use desk::tickets::{self, Filter, views};
use desk::{Role, TicketId, Tx};
use serde_json::{Value, json};

pub const RESULTS_MAX: usize = 1_000;

enum Hit {
    Ticket(TicketId),
    User(Box<User>),
    Organization(Box<Organization>),
    Group(Group),
}

pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let hits = all_hits(tx, call)?;
        let page = Paged::of_all(hits, &paging)?;
        let mut results = shaped(tx, call, &urls, &page.rows)?.into_iter();
        let shaped = page.map(|_| results.next());
        let mut body = paging::envelope(call, &urls, &paging, "results", shaped);
        body.insert("facets".into(), Value::Null);
        Ok(Reply::ok(Value::Object(body)))
    })
    .await
}

pub async fn count(call: Call) -> Answer {
    call.read(|tx, call| Ok(Reply::one("count", all_hits(tx, call)?.len()))).await
}

fn all_hits(tx: &mut Tx, call: &Call) -> Result<Vec<Hit>, Problem> {
    let text = call.query("query").ok_or_else(|| Problem::BadRequest("parameter missing: query".into()))?;
    let mut query = desk_search::parse(tx, text)?;
    if let Some(kind) = call.query("filter[type]") {
        query.about = Some(kind.to_owned());
    }
    let mut hits = Vec::new();
    match query.about.as_deref() {
        Some("ticket") => hits.extend(tickets_by(tx, call, &query)?),
        Some("user") => hits.extend(users_of(tx, call, text)?),
        Some("organization") => hits.extend(organizations_of(tx, call, text, &query)?),
        Some("group") => hits.extend(groups_of(tx, call, &query)?),
        _ => {
            hits.extend(tickets_by(tx, call, &query)?);
            // Conditions of tickets fit nothing else.
            let is_of_tickets = query.filter != Filter::default() || !query.subject.is_empty();
            if !is_of_tickets && query.unknown.is_empty() && call.actor.is_staff() {
                hits.extend(users_of(tx, call, text)?);
                hits.extend(organizations_of(tx, call, text, &query)?);
                hits.extend(groups_of(tx, call, &query)?);
            }
        }
    }
    hits.truncate(RESULTS_MAX);
    Ok(hits)
}

fn tickets_by(tx: &mut Tx, call: &Call, query: &Query) -> Result<Vec<Hit>, Problem> {
    let newest_first = call.query("sort_order").map_or(!query.ascending, |order| order != "asc");
    let sort = call.query("sort_by").or(query.order_by.as_deref()).filter(|sort| *sort != "relevance");
    if query.is_without_words() && query.unknown.is_empty() {
        let order = match (sort.unwrap_or("created_at"), newest_first) {
            ("updated_at", true) => tickets::Order::UpdatedNewest,
            ("updated_at", false) => tickets::Order::UpdatedOldest,
            (_, true) => tickets::Order::CreatedNewest,
            (_, false) => tickets::Order::CreatedOldest,
        };
        let mut rows = views::ticket_list_at(tx, &query.filter, order, 0, RESULTS_MAX)?;
        sort_tickets(&mut rows, sort, newest_first);
        return Ok(rows.into_iter().map(|ticket| Hit::Ticket(ticket.id)).collect());
    }
    let order = if sort.is_none() { SearchOrder::Best } else { SearchOrder::Newest };
    let found = desk_search::search_tickets(tx, query, order, desk_search::Depth::Whole, RESULTS_MAX)?;
    let ids: Vec<TicketId> = found.rows.iter().map(|row| row.id).collect();
    let mut rows = tickets::list_tickets_by_ids(tx, &ids)?;
    sort_tickets(&mut rows, sort, newest_first);
    Ok(rows.into_iter().map(|ticket| Hit::Ticket(ticket.id)).collect())
}

fn sort_tickets(rows: &mut [tickets::Ticket], sort: Option<&str>, newest_first: bool) {
    match sort {
        Some("created_at") => rows.sort_by_key(|it| it.created_at),
        Some("updated_at") => rows.sort_by_key(|it| it.updated_at),
        Some("status") => rows.sort_by_key(|it| it.status),
        Some("priority") => rows.sort_by_key(|it| it.priority),
        Some("ticket_type") => rows.sort_by_key(|it| it.kind),
        _ => return,
    }
    if newest_first {
        rows.reverse();
    }
}

fn users_of(tx: &mut Tx, call: &Call, text: &str) -> Result<Vec<Hit>, Problem> {
    call.only_staff()?;
    Ok(users_by(tx, text)?.into_iter().map(|user| Hit::User(Box::new(user))).collect())
}

/// `ana`, `ana@example.org`, `type:user email:ana@example.org role:agent external_id:7`.
pub fn users_by(tx: &mut Tx, text: &str) -> Result<Vec<User>, Problem> {
    let conditions = Conditions::of(text);
    let email =
        conditions.value("email").or_else(|| Some(conditions.words.as_str()).filter(|it| it.contains('@')));
    let mut found = match (email, conditions.value("external_id")) {
        (Some(email), _) => match people::find_user_by_email(tx, email)? {
            Some(user) => vec![user],
            None => people::search_users(tx, email, people::PEOPLE_PER_PAGE_MAX)?,
        },
        (None, Some(external_id)) => {
            let filter = UserFilter { external_id: Some(external_id.to_owned()), ..UserFilter::default() };
            people::list_users(tx, &filter, people::Seek::First, RESULTS_MAX)?
        }
        (None, None) => {
            let name = conditions.value("name").unwrap_or_default();
            let words = format!("{} {name}", conditions.words);
            match words.trim().trim_matches('*') {
                "" => people::list_users(tx, &UserFilter::default(), people::Seek::First, RESULTS_MAX)?,
                words => people::search_users(tx, words, RESULTS_MAX)?,
            }
        }
    };
    if let Some(role) = conditions.value("role") {
        found.retain(|user| match role {
            "agent" => user.role.is_staff() && user.role != Role::Admin,
            other => user.role.name() == other,
        });
    }
    found.retain(|user| user.deleted_at.is_none());
    Ok(found)
}

fn organizations_of(tx: &mut Tx, call: &Call, text: &str, query: &Query) -> Result<Vec<Hit>, Problem> {
    call.only_staff()?;
    let conditions = Conditions::of(text);
    let name = conditions.value("name").map(str::to_owned).unwrap_or_else(|| query.terms.join(" "));
    let found = people::autocomplete_organizations(tx, &name, RESULTS_MAX)?;
    Ok(found.into_iter().map(|it| Hit::Organization(Box::new(it))).collect())
}

fn groups_of(tx: &mut Tx, call: &Call, query: &Query) -> Result<Vec<Hit>, Problem> {
    call.only_staff()?;
    let mut all = people::list_groups(tx)?;
    all.retain(|group| {
        let name = group.name.to_lowercase();
        query.terms.iter().all(|term| name.split(' ').any(|word| word.starts_with(term.as_str())))
    });
    Ok(all.into_iter().map(Hit::Group).collect())
}

/// What is said about people and organizations, and how to order what is found.
const CONDITIONS: [&str; 7] = ["type", "email", "role", "name", "external_id", "order_by", "sort"];

/// `key:value` parted from plain words.
struct Conditions {
    pairs: Vec<(String, String)>,
    words: String,
}

impl Conditions {
    fn of(text: &str) -> Conditions {
        let mut pairs = Vec::new();
        let mut words = Vec::new();
        for token in text.split_whitespace() {
            match token.split_once(':') {
                Some((key, value)) if CONDITIONS.contains(&key) => {
                    pairs.push((key.to_owned(), value.trim_matches('"').to_owned()));
                }
                _ => words.push(token.trim_matches('"')),
            }
        }
        Conditions { pairs, words: words.join(" ") }
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

fn shaped(tx: &mut Tx, call: &Call, urls: &Urls, hits: &[Hit]) -> Result<Vec<Value>, Problem> {
    let ids: Vec<TicketId> =
        hits.iter().filter_map(|hit| if let Hit::Ticket(id) = hit { Some(*id) } else { None }).collect();
    let rows = tickets::list_tickets_by_ids(tx, &ids)?;
    let mut tickets = ticket_facts::shapes(tx, urls, &rows)?;
    ticket_facts::side_load(tx, call, urls, &rows, &mut tickets, &mut serde_json::Map::new())?;
    let mut tickets = tickets.into_iter();
    let mut results = Vec::with_capacity(hits.len());
    for hit in hits {
        results.push(match hit {
            Hit::Ticket(_) => {
                let ticket =
                    tickets.next().map(|it| crate::shapes::TicketShape { result_type: Some("ticket"), ..it });
                json!(ticket)
            }
            Hit::User(user) => {
                let mut shapes = ticket_facts::user_shapes(tx, urls, std::slice::from_ref(user))?;
                let user =
                    shapes.pop().map(|it| crate::shapes::UserShape { result_type: Some("user"), ..it });
                json!(user)
            }
            Hit::Organization(it) => {
                json!(OrganizationShape {
                    result_type: Some("organization"),
                    ..OrganizationShape::of(it, urls)
                })
            }
            Hit::Group(it) => json!(GroupShape { result_type: Some("group"), ..GroupShape::of(it, urls) }),
        });
    }
    Ok(results)
}

/// `/search/export`: one type, by cursor.
pub async fn export(call: Call) -> Answer {
    if call.query("filter[type]").is_none() {
        return Err(Problem::BadRequest("parameter missing: filter[type]".into()));
    }
    index(call).await
}
