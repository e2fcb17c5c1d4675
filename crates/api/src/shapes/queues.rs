//! Queues, and decisions of the whole desk.

use super::{Change, RoutingContestShape, RoutingDecisionShape};
use crate::call::Urls;
use crate::time::{iso, iso_if};
use desk::routing::{
    Condition, Contest, DecisionRow, Fate, KeptPromises, OpeningHours, PolicyPreview, Queue, RunningPromise,
    rule_word,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct QueueShape {
    pub url: String,
    pub id: i64,
    pub name: String,
    /// From 1; a ticket stands in the first queue whose conditions hold.
    pub order: usize,
    /// It takes what no other queue takes, is always the last, and has no conditions.
    pub is_default: bool,
    pub definition: QueueDefinitionShape,
    /// Whose people have its work; empty: those of the ticket's own group.
    pub primary_group_ids: Vec<i64>,
    /// Whose people may have it when none of those is free.
    pub secondary_groups: Vec<HelperShape>,
    /// Among work of the same priority: first, usual, last.
    pub turn: &'static str,
    /// What a minute of waiting costs here, as a multiple of elsewhere.
    pub weight: f64,
    /// Of all that waits, in relation to the other queues, under the fixed queue ratio.
    pub share: f64,
    pub promise: Option<QueuePromiseShape>,
    /// When the promise runs; null: at every hour.
    pub business_hours: Option<BusinessHoursShape>,
    /// Of first answers of the last seven days, and of what waits for one.
    pub promises: Option<KeptPromisesShape>,
}

/// All of `all` hold, and one of `any` if there are any.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct QueueDefinitionShape {
    #[serde(default)]
    pub all: Vec<QueueConditionShape>,
    #[serde(default)]
    pub any: Vec<QueueConditionShape>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QueueConditionShape {
    /// channel, brand, tags, priority, language, group, skill
    pub field: String,
    /// is: one of the values fits; is_not: none does
    pub operator: String,
    /// Words, ids as text, or none for an empty field.
    pub values: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HelperShape {
    pub group_id: i64,
    /// Of waiting; 0 or nothing: at once.
    pub after_minutes: Option<i64>,
}

/// A first answer within so many minutes, for so many per cent of the tickets.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct QueuePromiseShape {
    pub minutes: i64,
    pub percent: i64,
}

/// By the company's clock. Each day as `9:00-12:30, 13:30-18:00`, past midnight as `22:00-6:00`; empty: closed. All of them empty:
/// every hour of the days that are no holidays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BusinessHoursShape {
    pub monday: String,
    pub tuesday: String,
    pub wednesday: String,
    pub thursday: String,
    pub friday: String,
    pub saturday: String,
    pub sunday: String,
    /// Days on which nothing opens, as `2026-12-25`.
    pub holidays: Vec<String>,
}

impl BusinessHoursShape {
    pub fn of(it: &OpeningHours) -> BusinessHoursShape {
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] =
            std::array::from_fn(|weekday| it.day_words(weekday));
        let holidays = it.holidays.clone();
        BusinessHoursShape { monday, tuesday, wednesday, thursday, friday, saturday, sunday, holidays }
    }

    pub fn hours(&self) -> OpeningHours {
        let week = [
            &self.monday,
            &self.tuesday,
            &self.wednesday,
            &self.thursday,
            &self.friday,
            &self.saturday,
            &self.sunday,
        ];
        OpeningHours::read(&week, &self.holidays.join(" "))
    }
}

#[derive(Serialize, ToSchema)]
pub struct KeptPromisesShape {
    pub kept: i64,
    pub broken: i64,
    /// Not answered yet, and there is time.
    pub running: i64,
    /// Kept, of those of which it is known.
    pub percent: Option<i64>,
}

fn condition(it: &Condition) -> QueueConditionShape {
    QueueConditionShape {
        field: it.field.name().to_owned(),
        operator: it.operator.name().to_owned(),
        values: it.values.clone(),
    }
}

impl QueueShape {
    pub fn of(it: &Queue, order: usize, kept: Option<&KeptPromises>, urls: &Urls) -> QueueShape {
        let policy = &it.policy;
        QueueShape {
            url: urls.resource(&format!("/queues/{}", it.id)),
            id: it.id.0,
            name: policy.name.clone(),
            order,
            is_default: it.is_default,
            definition: QueueDefinitionShape {
                all: policy.conditions.all.iter().map(condition).collect(),
                any: policy.conditions.any.iter().map(condition).collect(),
            },
            primary_group_ids: policy.groups.iter().map(|it| it.0).collect(),
            secondary_groups: policy
                .helpers
                .iter()
                .map(|it| HelperShape { group_id: it.group.0, after_minutes: Some(it.after_minutes) })
                .collect(),
            turn: policy.turn.name(),
            weight: policy.weight,
            share: policy.share,
            promise: policy.promise.map(|it| QueuePromiseShape { minutes: it.minutes, percent: it.percent }),
            business_hours: policy.hours.as_ref().map(BusinessHoursShape::of),
            promises: kept.map(|it| KeptPromisesShape {
                kept: it.kept,
                broken: it.broken,
                running: it.running,
                percent: it.percent(),
            }),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct QueueChange {
    pub name: Option<String>,
    pub definition: Option<QueueDefinitionShape>,
    pub primary_group_ids: Option<Vec<i64>>,
    pub secondary_groups: Option<Vec<HelperShape>>,
    pub turn: Option<String>,
    pub weight: Option<f64>,
    pub share: Option<f64>,
    /// null: nothing is promised.
    #[serde(default, deserialize_with = "super::changes::named")]
    #[schema(value_type = Option<QueuePromiseShape>)]
    pub promise: Change<QueuePromiseShape>,
    /// null: the promise runs at every hour.
    #[serde(default, deserialize_with = "super::changes::named")]
    #[schema(value_type = Option<BusinessHoursShape>)]
    pub business_hours: Change<BusinessHoursShape>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct QueueBody {
    pub queue: QueueChange,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct QueueOrderBody {
    pub queue_ids: Vec<i64>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct WantedQueueChange {
    /// Of the queue that is changed; nothing: a new one.
    pub id: Option<i64>,
    /// As if it were taken away.
    pub removed: Option<bool>,
    #[serde(flatten)]
    pub change: QueueChange,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct QueuePreviewBody {
    pub queue: WantedQueueChange,
}

#[derive(Serialize, ToSchema)]
pub struct QueuePreviewShape {
    /// Tickets to which nobody has answered yet.
    pub tried: usize,
    /// Those that would go to somebody else.
    pub different: usize,
    pub queues: Vec<PreviewedQueueShape>,
    pub tickets: Vec<PreviewedTicketShape>,
}

/// How many of these tickets stand in a queue, and how many would.
#[derive(Serialize, ToSchema)]
pub struct PreviewedQueueShape {
    pub name: String,
    pub now: usize,
    pub then: usize,
}

#[derive(Serialize, ToSchema)]
pub struct PreviewedTicketShape {
    pub ticket_id: i64,
    /// Who would have it as it is; null: it would wait.
    pub now_id: Option<i64>,
    pub then_id: Option<i64>,
}

impl QueuePreviewShape {
    pub fn of(it: &PolicyPreview) -> QueuePreviewShape {
        let queue =
            |it: &(String, usize, usize)| PreviewedQueueShape { name: it.0.clone(), now: it.1, then: it.2 };
        QueuePreviewShape {
            tried: it.tried,
            different: it.different,
            queues: it.queues.iter().map(queue).collect(),
            tickets: it
                .rows
                .iter()
                .map(|row| PreviewedTicketShape {
                    ticket_id: row.ticket.0,
                    now_id: row.now.as_ref().map(|it| it.user.0),
                    then_id: row.then.as_ref().map(|it| it.user.0),
                })
                .collect(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct TicketQueueShape {
    pub queue_id: i64,
    pub queue: String,
    pub promise: Option<QueuePromiseShape>,
    /// Until when the first answer is promised.
    pub due_at: Option<String>,
    pub answered_at: Option<String>,
    /// It waits for this answer.
    pub running: bool,
    pub broken: bool,
}

impl TicketQueueShape {
    pub fn of(it: &RunningPromise, now: i64) -> TicketQueueShape {
        TicketQueueShape {
            queue_id: it.queue.0,
            queue: it.queue_name.clone(),
            promise: it.promise.map(|it| QueuePromiseShape { minutes: it.minutes, percent: it.percent }),
            due_at: iso_if(it.due),
            answered_at: iso_if(it.answered_at),
            running: it.runs && it.due.is_some(),
            broken: it.is_broken(now),
        }
    }
}

/// A decision with its ticket, and what became of it.
#[derive(Serialize, ToSchema)]
pub struct DeskDecisionShape {
    pub url: String,
    #[serde(flatten)]
    pub decision: RoutingDecisionShape,
    pub subject: String,
    pub group: Option<String>,
    /// The rule that held; null: nobody noted it then.
    pub rule: Option<&'static str>,
    /// waits, holds, solved, left, asked, not_taken
    pub fate: &'static str,
    /// When it left their hands, or the offer ended.
    pub left_at: Option<String>,
    /// They were set away for it, after so many missed offers in a row.
    pub set_away_after: Option<i64>,
    pub contest_count: i64,
    pub open_contest_count: i64,
    /// Told of one decision, not in lists.
    pub contests: Vec<RoutingContestShape>,
}

impl DeskDecisionShape {
    pub fn of(it: &DecisionRow, contests: &[Contest], urls: &Urls) -> DeskDecisionShape {
        let (fate, left_at, set_away_after) = match it.fate {
            Fate::Waits => ("waits", None, None),
            Fate::Holds => ("holds", None, None),
            Fate::Solved => ("solved", None, None),
            Fate::Asked => ("asked", None, None),
            Fate::Left { at, .. } => ("left", Some(at), None),
            Fate::NotTaken { at, set_away_after, .. } => ("not_taken", Some(at), set_away_after),
        };
        DeskDecisionShape {
            url: urls.resource(&format!("/routing/decisions/{}", it.why.decision.map_or(0, |id| id.0))),
            decision: RoutingDecisionShape::of(it.ticket, &it.why),
            subject: it.subject.clone(),
            group: it.group.clone(),
            rule: it.rule.map(rule_word),
            fate,
            left_at: left_at.map(iso),
            set_away_after,
            contest_count: it.contests,
            open_contest_count: it.open_contests,
            contests: contests.iter().map(RoutingContestShape::of).collect(),
        }
    }
}
