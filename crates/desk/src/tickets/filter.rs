//! Which tickets: conditions that become SQL once, for lists, counts and exports alike.

use super::*;
use db::Param;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    pub status: Vec<Status>,
    /// Less than solved.
    pub unsolved: bool,
    pub assignee: Option<UserId>,
    pub unassigned: bool,
    pub group: Option<GroupId>,
    pub requester: Option<UserId>,
    pub organization: Option<OrganizationId>,
    pub tags: Vec<String>,
    pub priority: Option<Priority>,
    pub kind: Option<Type>,
    pub channel: Option<Channel>,
    pub external_id: Option<String>,
    pub created_after: Option<i64>,
    pub created_before: Option<i64>,
    pub updated_after: Option<i64>,
    pub updated_before: Option<i64>,
    pub solved_after: Option<i64>,
    pub solved_before: Option<i64>,
    pub deleted: Deletion,
    /// Only incidents of this problem.
    pub problem: Option<TicketId>,
    /// Only these (what a text search found).
    pub among: Option<Vec<TicketId>>,
}

/// Whether deleted tickets are among those asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deletion {
    #[default]
    Hidden,
    /// Exports tell their followers of them.
    Shown,
    /// Nothing but them: what may still be restored.
    Only,
}

/// What a list is ordered by; the id breaks ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    UpdatedNewest,
    UpdatedOldest,
    CreatedNewest,
    CreatedOldest,
    SolvedNewest,
    IdAscending,
    /// The longest waiting customer first.
    WaitingLongest,
}

impl Order {
    /// The column, and whether it runs backwards.
    pub(super) fn column(self) -> (&'static str, bool) {
        match self {
            Order::UpdatedNewest => ("t.updated_at", true),
            Order::UpdatedOldest => ("t.updated_at", false),
            Order::CreatedNewest => ("t.id", true),
            Order::CreatedOldest | Order::IdAscending => ("t.id", false),
            Order::SolvedNewest => ("t.solved_at", true),
            Order::WaitingLongest => ("coalesce(t.waiting_since, 9000000000000000)", false),
        }
    }
}

/// A value that outlives the conditions made from it.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Int(i64),
    Text(String),
}

impl Value {
    pub(super) fn param(&self) -> Param<'_> {
        match self {
            Value::Int(v) => Param::Int(*v),
            Value::Text(v) => Param::Text(v),
        }
    }
}

/// Conditions joined by `and`, with their values numbered as they come.
#[derive(Default)]
pub(super) struct Where {
    sql: String,
    pub(super) values: Vec<Value>,
}

impl Where {
    /// `condition` holds one `?` for the value.
    pub(super) fn and(&mut self, condition: &str, value: Value) {
        self.values.push(value);
        let numbered = condition.replacen('?', &format!("${}", self.values.len()), 1);
        self.and_plain(&numbered);
    }

    pub(super) fn and_plain(&mut self, condition: &str) {
        self.sql.push_str(if self.sql.is_empty() { "where " } else { " and " });
        self.sql.push_str(condition);
    }

    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    pub(super) fn push(&mut self, value: Value) -> usize {
        self.values.push(value);
        self.values.len()
    }

    pub(super) fn params(&self) -> Vec<Param<'_>> {
        self.values.iter().map(Value::param).collect()
    }
}

impl Filter {
    pub(super) fn conditions(&self, tx: &mut Tx) -> Where {
        let mut all = Where::default();
        match self.deleted {
            Deletion::Hidden => all.and_plain("t.deleted_at is null"),
            Deletion::Shown => {}
            Deletion::Only => all.and_plain("t.deleted_at is not null"),
        }
        let actor = *tx.actor();
        if !actor.is_staff() {
            let user = actor.user().map_or(-1, |user| user.0);
            let n = all.push(Value::Int(user));
            all.and_plain(&format!(
                "(t.requester_id = ${n} or exists (select 1 from ticket_people p
                   where p.ticket_id = t.id and p.kind = 'cc' and p.user_id = ${n}))"
            ));
        }
        if self.unsolved {
            all.and_plain("t.status < 4");
        }
        match self.status.as_slice() {
            [] => {}
            [Status::Solved] => all.and_plain("t.status = 4"),
            several => {
                let numbers: Vec<String> =
                    several.iter().map(|status| (*status as i64).to_string()).collect();
                all.and_plain(&format!("t.status in ({})", numbers.join(", ")));
            }
        }
        if self.unassigned {
            all.and_plain("t.assignee_id is null");
        }
        let numbers = [
            ("t.assignee_id = ?", self.assignee.map(|id| id.0)),
            ("t.group_id = ?", self.group.map(|id| id.0)),
            ("t.requester_id = ?", self.requester.map(|id| id.0)),
            ("t.organization_id = ?", self.organization.map(|id| id.0)),
            ("t.problem_id = ?", self.problem.map(|id| id.0)),
            ("t.priority = ?", self.priority.map(|priority| priority as i64)),
            ("t.created_at > ?", self.created_after),
            ("t.created_at < ?", self.created_before),
            ("t.updated_at > ?", self.updated_after),
            ("t.updated_at < ?", self.updated_before),
            ("t.solved_at > ?", self.solved_after),
            ("t.solved_at < ?", self.solved_before),
        ];
        for (condition, value) in numbers {
            if let Some(value) = value {
                all.and(condition, Value::Int(value));
            }
        }
        let words = [
            ("t.type = ?", self.kind.map(|kind| kind.name().to_owned())),
            ("t.channel = ?", self.channel.map(|channel| channel.name().to_owned())),
            ("t.external_id = ?", self.external_id.clone()),
        ];
        for (condition, value) in words {
            if let Some(value) = value {
                all.and(condition, Value::Text(value));
            }
        }
        for tag in &self.tags {
            all.and(
                "exists (select 1 from ticket_tags g where g.tag = ? and g.ticket_id = t.id)",
                Value::Text(tag.to_lowercase()),
            );
        }
        if let Some(ids) = &self.among {
            let n = all.push(Value::Text(store::json_numbers(ids.iter().map(|id| id.0))));
            let list = tx.numbers_in(n);
            all.and_plain(&format!("t.id in {list}"));
        }
        all
    }
}
