//! Zendesk's routing attributes, and what a ticket asks of whoever gets it.

use crate::call::Urls;
use crate::time::iso;
use desk::routing::{AgentStatus, AskedStage, Contest, Offer, RoutingRequirements};
use desk::skills::views::{LibraryChange, LibraryChangeRow};
use desk::skills::{Skill, SkillKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Zendesk's skill type: one of our kinds of skill.
#[derive(Serialize, ToSchema)]
pub struct AttributeShape {
    pub url: String,
    /// The word of the kind.
    pub id: &'static str,
    pub name: &'static str,
    pub created_at: String,
    pub updated_at: String,
}

impl AttributeShape {
    /// Kinds are as old as the oldest skill of theirs.
    pub fn of(kind: SkillKind, skills: &[Skill], urls: &Urls) -> AttributeShape {
        let since = skills.iter().filter(|it| it.kind == kind).map(|it| it.created_at).min();
        let since = iso(since.unwrap_or(0));
        AttributeShape {
            url: urls.resource(&format!("/routing/attributes/{}", kind.as_str())),
            id: kind.as_str(),
            name: kind.as_str(),
            created_at: since.clone(),
            updated_at: since,
        }
    }
}

/// Zendesk's skill: one of ours.
#[derive(Serialize, ToSchema)]
pub struct AttributeValueShape {
    pub url: String,
    pub id: String,
    pub name: String,
    pub attribute_id: &'static str,
    pub created_at: String,
    pub updated_at: String,
}

impl AttributeValueShape {
    pub fn of(skill: &Skill, urls: &Urls) -> AttributeValueShape {
        let kind = skill.kind.as_str();
        AttributeValueShape {
            url: urls.resource(&format!("/routing/attributes/{kind}/values/{}", skill.id)),
            id: skill.id.to_string(),
            name: skill.name.clone(),
            attribute_id: kind,
            created_at: iso(skill.created_at),
            updated_at: iso(skill.created_at),
        }
    }
}

/// What conditions of a skill may look at: nothing here, as rules on words tell what a ticket needs.
#[derive(Default, Serialize, ToSchema)]
pub struct AttributeDefinitionsShape {
    #[schema(value_type = Vec<Object>)]
    pub conditions_all: [serde_json::Value; 0],
    #[schema(value_type = Vec<Object>)]
    pub conditions_any: [serde_json::Value; 0],
}

/// A kind of skill as an export that follows the desk tells it.
#[derive(Serialize, ToSchema)]
pub struct AttributeChangeShape {
    pub id: &'static str,
    pub name: &'static str,
    pub time: String,
    /// create
    #[serde(rename = "type")]
    pub change: &'static str,
}

/// What became of a skill.
#[derive(Serialize, ToSchema)]
pub struct AttributeValueChangeShape {
    pub id: String,
    pub attribute_id: &'static str,
    /// As it is called now.
    pub name: String,
    pub time: String,
    /// create, update, delete (it was retired or merged)
    #[serde(rename = "type")]
    pub change: &'static str,
}

impl AttributeValueChangeShape {
    pub fn of(it: &LibraryChangeRow) -> AttributeValueChangeShape {
        AttributeValueChangeShape {
            id: it.skill.id.to_string(),
            attribute_id: it.skill.kind.as_str(),
            name: it.skill.name.clone(),
            time: iso(it.at),
            change: match it.change {
                LibraryChange::Created => "create",
                LibraryChange::Changed => "update",
                LibraryChange::Retired => "delete",
            },
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct AttributeValueChange {
    pub name: Option<String>,
    /// Refused unless empty: write a skill rule.
    pub conditions: Option<serde_json::Value>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct AttributeValueBody {
    pub attribute_value: AttributeValueChange,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct InstanceValuesBody {
    /// All of them. Of a ticket, what is not named is needed no more; of an agent, what was set so before and is not named is
    /// taken back.
    pub attribute_value_ids: Vec<serde_json::Value>,
}

/// What a ticket asks of whoever gets it, beyond the skills that it needs.
#[derive(Serialize, ToSchema)]
pub struct RoutingRequirementsShape {
    pub ticket_id: i64,
    /// As people write it.
    pub text: String,
    /// By time, the first from the beginning of the wait.
    pub stages: Vec<AskedStageShape>,
    /// null: a rule.
    pub set_by_id: Option<i64>,
    pub set_at: String,
}

#[derive(Serialize, ToSchema)]
pub struct AskedStageShape {
    pub after_seconds: f64,
    /// Comes at once when nobody present meets the stage before it.
    pub or_if_nobody: bool,
    pub text: String,
}

impl RoutingRequirementsShape {
    pub fn of(it: &RoutingRequirements) -> RoutingRequirementsShape {
        let stage = |stage: &AskedStage| AskedStageShape {
            after_seconds: stage.after_ms as f64 / 1_000.0,
            or_if_nobody: stage.or_if_nobody,
            text: stage.text.clone(),
        };
        RoutingRequirementsShape {
            ticket_id: it.ticket.0,
            text: it.text.clone(),
            stages: it.stages.iter().map(stage).collect(),
            set_by_id: it.set_by.map(|user| user.0),
            set_at: iso(it.set_at),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RoutingRequirementsChange {
    /// Such as `French >= 4 [>= 3 after 10 min, drop after 1 h] and in Billing`; empty: nothing.
    pub text: String,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RoutingRequirementsBody {
    pub routing_requirements: RoutingRequirementsChange,
}

/// What somebody had to say against a decision.
#[derive(Serialize, ToSchema)]
pub struct RoutingContestShape {
    pub id: i64,
    pub decision_id: i64,
    pub author_id: i64,
    pub reason: String,
    pub created_at: String,
    /// null while nobody has answered.
    pub answer: Option<RoutingContestAnswerShape>,
}

#[derive(Serialize, ToSchema)]
pub struct RoutingContestAnswerShape {
    /// The decision was wrong.
    pub is_right: bool,
    pub text: String,
    pub author_id: i64,
    pub created_at: String,
}

impl RoutingContestShape {
    pub fn of(it: &Contest) -> RoutingContestShape {
        RoutingContestShape {
            id: it.id.0,
            decision_id: it.decision.0,
            author_id: it.by.0,
            reason: it.reason.clone(),
            created_at: iso(it.at),
            answer: it.answer.as_ref().map(|answer| RoutingContestAnswerShape {
                is_right: answer.is_right,
                text: answer.text.clone(),
                author_id: answer.by.0,
                created_at: iso(answer.at),
            }),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RoutingContestAnswerChange {
    /// The decision was wrong.
    pub is_right: bool,
    pub text: String,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RoutingContestAnswerBody {
    pub answer: RoutingContestAnswerChange,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RoutingContestChange {
    pub reason: String,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RoutingContestBody {
    pub routing_contest: RoutingContestChange,
}

/// What waits for somebody.
#[derive(Serialize, ToSchema)]
pub struct RoutingQueueShape {
    pub length: i64,
    pub oldest_waiting_since: Option<String>,
    /// For one more piece of ordinary work; null if too little was taken from the queue lately to say.
    pub expected_wait: Option<ExpectedWaitShape>,
}

#[derive(Serialize, ToSchema)]
pub struct ExpectedWaitShape {
    pub median_seconds: f64,
    /// 8 of 10 waits lie between these, if the queue moves as it has.
    pub low_seconds: f64,
    pub high_seconds: f64,
}

/// What agents can say of themselves beside online, away and offline.
#[derive(Serialize, ToSchema)]
pub struct AgentStatusShape {
    pub id: i64,
    pub name: String,
    /// Written work, which is assigned.
    pub takes_tickets: bool,
    /// Messages, chats and calls, which are offered.
    pub takes_live: bool,
}

impl AgentStatusShape {
    pub fn of(it: &AgentStatus) -> AgentStatusShape {
        AgentStatusShape {
            id: it.id.0,
            name: it.name.clone(),
            takes_tickets: it.takes_tickets,
            takes_live: it.takes_live,
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct AgentStatusChange {
    pub name: Option<String>,
    pub takes_tickets: Option<bool>,
    pub takes_live: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct AgentStatusBody {
    pub agent_status: AgentStatusChange,
}

/// A message, a chat or a call that somebody is asked to take.
#[derive(Serialize, ToSchema)]
pub struct RoutingOfferShape {
    pub ticket_id: i64,
    pub decision_id: i64,
    /// message, chat, voice
    pub channel: &'static str,
    pub subject: String,
    pub requester_name: String,
    pub offered_at: String,
    /// When it passes on to somebody else.
    pub until: String,
}

impl RoutingOfferShape {
    pub fn of(it: &Offer) -> RoutingOfferShape {
        RoutingOfferShape {
            ticket_id: it.ticket.0,
            decision_id: it.decision.0,
            channel: it.channel.as_str(),
            subject: it.subject.clone(),
            requester_name: it.requester_name.clone(),
            offered_at: iso(it.offered_at),
            until: iso(it.until),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RoutingOfferAnswer {
    /// accepted or declined
    pub answer: String,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RoutingOfferBody {
    pub routing_offer: RoutingOfferAnswer,
}
