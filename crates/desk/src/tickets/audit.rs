//! Every update makes one audit with its events, in the shape that Zendesk's API shows.

use super::*;
use db::{Error, params};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Audit {
    pub id: AuditId,
    pub ticket: TicketId,
    pub author: UserId,
    pub created_at: i64,
    pub channel: Channel,
    pub events: Vec<AuditEvent>,
}

#[derive(Clone, Debug, PartialEq, Serialize, serde::Deserialize)]
#[serde(tag = "type")]
pub enum AuditEvent {
    Create { field_name: String, value: Value },
    Change { field_name: String, value: Value, previous_value: Value },
    Comment { comment: CommentId, public: bool },
}

impl AuditEvent {
    pub fn is_change_of(&self, field: &str) -> bool {
        matches!(self, AuditEvent::Change { field_name, .. } if field_name == field)
    }
}

/// Collects what one update changes, and writes it once.
#[derive(Default)]
pub(super) struct Draftsman {
    events: Vec<AuditEvent>,
}

impl Draftsman {
    pub(super) fn created(&mut self, field: &str, value: impl Serialize) {
        let value = json!(value);
        if !value.is_null() && value != json!([]) {
            self.events.push(AuditEvent::Create { field_name: field.into(), value });
        }
    }

    pub(super) fn changed(&mut self, field: &str, from: impl Serialize, to: impl Serialize) {
        self.events.push(AuditEvent::Change {
            field_name: field.into(),
            value: json!(to),
            previous_value: json!(from),
        });
    }

    pub(super) fn said(&mut self, comment: CommentId, public: bool) {
        self.events.push(AuditEvent::Comment { comment, public });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub(super) fn write(
        self,
        tx: &mut Tx,
        ticket: TicketId,
        author: UserId,
        channel: Channel,
    ) -> Result<AuditId, Error> {
        let events =
            serde_json::to_string(&self.events).map_err(|error| Error::Corrupt(error.to_string()))?;
        let now = tx.now();
        tx.insert(
            "insert into audits (ticket_id, author_id, created_at, channel, events) values ($1, $2, $3, $4, $5)",
            params![ticket, author, now, channel, events],
        )
    }
}

/// The fields that have changed from this moment on; `comment`, when something was said.
pub(super) fn changed_since(tx: &mut Tx, ticket: TicketId, moment: i64) -> Result<Vec<String>, Error> {
    let lists: Vec<String> = tx.list(
        "select events from audits where ticket_id = $1 and created_at >= $2 order by id",
        params![ticket, moment],
        |row| row.get(0),
    )?;
    let mut fields = std::collections::BTreeSet::new();
    for list in lists {
        let events: Vec<AuditEvent> =
            serde_json::from_str(&list).map_err(|error| Error::Corrupt(error.to_string()))?;
        fields.extend(events.into_iter().map(|event| match event {
            AuditEvent::Create { field_name, .. } | AuditEvent::Change { field_name, .. } => field_name,
            AuditEvent::Comment { .. } => "comment".to_owned(),
        }));
    }
    Ok(fields.into_iter().collect())
}

/// The audits of a ticket, oldest first, after the audit `after`.
pub fn audits_of(
    tx: &mut Tx,
    ticket: TicketId,
    after: Option<AuditId>,
    count_max: usize,
) -> Result<Vec<Audit>, Error> {
    tx.list(
        "select id, ticket_id, author_id, created_at, channel, events from audits
         where ticket_id = $1 and id > $2 order by id limit $3",
        params![ticket, after.map_or(0, |id| id.0), count_max],
        |row| {
            let events: String = row.get(5)?;
            Ok(Audit {
                id: row.get(0)?,
                ticket: row.get(1)?,
                author: row.get(2)?,
                created_at: row.get(3)?,
                channel: row.get(4)?,
                events: serde_json::from_str(&events).map_err(|error| Error::Corrupt(error.to_string()))?,
            })
        },
    )
}
