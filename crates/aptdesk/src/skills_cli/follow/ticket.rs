//! From a ticket of a Zendesk-compatible API to one flat object, read by the same mapping as a file.

use serde_json::{Map, Value, json};
use skills::attribution::{self, Comment};
use std::collections::HashMap;

/// Somebody at the other desk.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub email: Option<String>,
    pub name: String,
    pub is_agent: bool,
}

#[derive(Clone, Debug, Default)]
pub struct People(HashMap<i64, Person>);

impl People {
    /// Remembers those in `users` of an answer.
    pub fn meet(&mut self, body: &Value) {
        for user in body["users"].as_array().into_iter().flatten() {
            let Some(id) = user["id"].as_i64() else { continue };
            let person = Person {
                email: user["email"].as_str().filter(|it| !it.is_empty()).map(str::to_owned),
                name: user["name"].as_str().unwrap_or_default().to_owned(),
                is_agent: matches!(user["role"].as_str(), Some("agent" | "admin")),
            };
            self.0.insert(id, person);
        }
    }

    fn word(&self, id: i64) -> Option<&str> {
        let person = self.0.get(&id)?;
        Some(person.email.as_deref().unwrap_or(&person.name))
    }

    fn is_agent(&self, id: i64) -> bool {
        self.0.get(&id).is_some_and(|it| it.is_agent)
    }
}

/// Solved or closed, and not deleted: the others come again when they are.
pub fn is_done(ticket: &Value) -> bool {
    matches!(ticket["status"].as_str(), Some("solved" | "closed"))
}

/// Several people had it: who did how much stands in its comments.
pub fn passed_through_several_hands(ticket: &Value) -> bool {
    ticket["metric_set"]["assignee_stations"].as_i64().is_some_and(|it| it > 1)
}

/// The metrics of a page stand inside its tickets or beside them.
pub fn put_metrics_in(body: &mut Value) {
    let beside: HashMap<i64, Value> = body["metric_sets"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| Some((it["ticket_id"].as_i64()?, it.clone())))
        .collect();
    for ticket in body["tickets"].as_array_mut().into_iter().flatten() {
        let metrics = ticket["id"].as_i64().and_then(|id| beside.get(&id));
        if ticket["metric_set"].is_null()
            && let Some(metrics) = metrics
        {
            ticket["metric_set"] = metrics.clone();
        }
    }
}

/// With the names of columns that a mapping knows, and every custom field as `custom_field_ID`.
pub fn object_of(ticket: &Value, comments: Option<&Value>, people: &People) -> Map<String, Value> {
    let metrics = &ticket["metric_set"];
    let solved_at = [&metrics["solved_at"], &ticket["solved_at"], &ticket["updated_at"]];
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| {
        object.insert(key.to_owned(), value);
    };
    put("ticket", ticket["id"].clone());
    put("person", json!(worked(ticket, comments, people)));
    put("opened_at", ticket["created_at"].clone());
    put("solved_at", solved_at.into_iter().find(|it| !it.is_null()).cloned().unwrap_or_default());
    put("updated_at", ticket["updated_at"].clone());
    put("tags", ticket["tags"].clone());
    put("channel", ticket["via"]["channel"].clone());
    put("priority", ticket["priority"].clone());
    put("rating", ticket["satisfaction_rating"]["score"].clone());
    put("reopened", metrics["reopens"].clone());
    put("replies", metrics["replies"].clone());
    put("subject", ticket["subject"].clone());
    put("type", ticket["type"].clone());
    put("group_id", ticket["group_id"].clone());
    put("brand_id", ticket["brand_id"].clone());
    put("form_id", ticket["ticket_form_id"].clone());
    for field in ticket["custom_fields"].as_array().into_iter().flatten() {
        if let Some(id) = field["id"].as_i64() {
            put(&format!("custom_field_{id}"), field["value"].clone());
        }
    }
    object
}

/// Who did the work: the assignee, or shares by public answers where several had it.
fn worked(ticket: &Value, comments: Option<&Value>, people: &People) -> String {
    let assignee = ticket["assignee_id"].as_i64();
    let said: Vec<Comment> = comments
        .and_then(|body| body["comments"].as_array())
        .into_iter()
        .flatten()
        .filter_map(|it| {
            let person = it["author_id"].as_i64().filter(|id| people.is_agent(*id))?;
            let words = it["plain_body"].as_str().or(it["body"].as_str()).unwrap_or_default();
            let chars = u32::try_from(words.chars().count()).unwrap_or(u32::MAX);
            Some(Comment { person, at_ms: 0, public: it["public"].as_bool().unwrap_or(true), chars })
        })
        .filter(|it| Some(it.person) != ticket["requester_id"].as_i64())
        .collect();
    let shares = attribution::attribute(&[], &said, assignee, 0, 0);
    let words: Vec<String> =
        shares.iter().filter_map(|it| Some(format!("{}:{:.3}", people.word(it.person)?, it.share))).collect();
    words.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_becomes_a_row_with_shares_of_those_who_answered() {
        let mut people = People::default();
        people.meet(&json!({"users": [
            {"id": 1, "email": "ana@x.org", "name": "Ana", "role": "agent"},
            {"id": 2, "email": null, "name": "Kofi", "role": "admin"},
            {"id": 3, "email": "customer@y.org", "name": "C", "role": "end-user"},
        ]}));
        let mut body = json!({
            "tickets": [{"id": 9, "status": "solved", "assignee_id": 1, "requester_id": 3, "tags": ["sso"],
                "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-03T00:00:00Z", "via": {"channel": "email"},
                "satisfaction_rating": {"score": "good"}, "custom_fields": [{"id": 77, "value": "Refund"}]}],
            "metric_sets": [{"ticket_id": 9, "reopens": 1, "replies": 2, "assignee_stations": 2,
                "solved_at": "2026-01-02T00:00:00Z"}],
        });
        put_metrics_in(&mut body);
        let ticket = &body["tickets"][0];
        assert!(is_done(ticket) && passed_through_several_hands(ticket));
        let comments = json!({"comments": [
            {"author_id": 3, "public": true, "body": "help"},
            {"author_id": 2, "public": true, "body": "x".repeat(400)},
            {"author_id": 1, "public": true, "body": "x".repeat(400)},
        ]});
        let row = object_of(ticket, Some(&comments), &people);
        assert_eq!(row["person"], "ana@x.org:0.611; Kofi:0.389");
        assert_eq!(
            (row["solved_at"].as_str(), row["reopened"].as_i64()),
            (Some("2026-01-02T00:00:00Z"), Some(1))
        );
        assert_eq!((row["rating"].as_str(), row["custom_field_77"].as_str()), (Some("good"), Some("Refund")));
        assert_eq!(object_of(ticket, None, &people)["person"], "ana@x.org:1.000");
    }
}
