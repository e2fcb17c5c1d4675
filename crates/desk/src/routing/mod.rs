//! Who gets which work: the live side of the pure `routing` crate.
//!
//! Work that needs an answer (new and open tickets) and has nobody waits in a queue; whoever is present, able and has
//! room gets the best of it. Nothing stays with somebody who has gone while a customer waits. Every decision is kept
//! with its reasons. One process decides, by a lease ([`Owner`]): it holds everybody and everything in an engine in
//! memory, hears of changes, and commits what it decides only if that still fits the database.
//! Tables: `presences`, `agent_statuses`, `capacities`, `routing_decisions`, `routing_requirements`, `routing_contests`,
//! `routing_offers`, `routing_lease`, `queues`.

mod asked;
mod capacity;
mod commit;
mod contest;
mod decisions;
mod hands;
mod live;
mod news;
mod offers;
mod owner;
mod policy;
mod presence;
mod preview;
mod queues;
mod rebuild;
mod sought;
mod statuses;
mod store;
mod take;
pub mod views;
mod what_if;

pub use ::routing::engine::Rule;
pub use ::routing::imports::HAS_LEVEL;
pub use ::routing::{Channel as WorkChannel, Requirements, Status as PresenceStatus};
pub use asked::{
    AskedStage, RoutingRequirements, SetRoutingRequirements, read_routing_requirements,
    routing_requirements_of, set_routing_requirements,
};
pub use capacity::{SetCapacity, set_capacity};
pub use contest::{
    AnswerContest, Contest, ContestAnswer, ContestDecision, REASON_CHARS_MAX, answer_contest, contest,
    contest_by_id, contests_of,
};
pub use decisions::{
    DECISIONS_PER_PAGE_MAX, DecisionCounts, DecisionFilter, DecisionRecord, DecisionRow, Fate, LeftBy, Lots,
    Shown, count_open_contests, decision_counts, decision_record, decision_rows,
};
pub use offers::{
    ChannelPolicies, ChannelPolicy, MISSED_OFFERS_MAX, OFFER_SECONDS_MAX, OFFER_SECONDS_MIN, OFFERED,
    OFFERS_SHOWN_MAX, Offer, OfferEnd, PLACES_MAX, SetAway, accept_offer, decline_offer, offers_to,
    set_away_of,
};
pub use owner::{LEASE_MS, Owner, Step};
pub use policy::{
    EXPERT_RESERVE_MAX, RoutingPolicy, routing_owner, routing_policy, rule_of_word, rule_word,
    set_routing_policy,
};
pub(crate) use presence::sweep;
pub use presence::{Presence, SetPresence, beat, presence_of, presences, set_presence};
pub use queues::{
    CONDITIONS_MAX, Condition, Conditions, DAYS_COUNTED, Field, HELP_AFTER_MINUTES_MAX, HELPERS_MAX, Helper,
    KeptPromises, NONE, OPENINGS_MAX, Opening, OpeningHours, Operator, PROMISE_MINUTES_MAX,
    PROMISE_WEEKS_MAX, Promise, PromiseRow, PromisesNow, QUEUE_GROUPS_MAX, QUEUE_HOLIDAYS_MAX,
    QUEUE_NAME_CHARS_MAX, QUEUES_MAX, Queue, QueuePolicy, QueueTurn, RunningPromise, SHARE_MAX,
    VALUES_PER_CONDITION_MAX, WEEKDAYS, WEIGHT_MAX, create_queue, delete_queue, kept_promises, order_queues,
    promises_now, queues, standing_of, update_queue,
};
pub(crate) use queues::{
    Facts, Gate, Promised, QueueKey, Queues, note_end, promised, queue_that_names, write_past,
};
pub use rebuild::count_side_by_side;
pub use statuses::{
    AgentStatus, ChooseStatus, STATUS_NAME_CHARS_MAX, STATUSES_MAX, Said, StatusWords, agent_statuses,
    choose_status, create_status, retire_status, said_of, update_status,
};
pub(crate) use store::live::note_change;
pub use store::live::{Lease, Watched};
pub use take::{NextUp, TAKE_TRIES_MAX, next_for, take};
pub use views::{decisions_of, floor_now, why};
pub use what_if::{PREVIEW_ROWS_MAX, PolicyPreview, WantedQueue, WouldGet, preview_policy, preview_queue};

use crate::{GroupId, Kind, Refusal, tickets};
use ::routing::requirements::PoolId;
use serde::{Deserialize, Serialize};

/// Who said that they are here and has not been heard of for so long is taken for gone.
pub const PRESENCE_LOST_MS: i64 = 120_000;
/// A heartbeat is written at most so often.
pub const BEAT_WRITTEN_EVERY_MS: i64 = 20_000;
/// Waiting tickets that a free person looks at.
pub const QUEUE_LOOK_MAX: usize = 200;
/// A ticket whose needs have not been understood by then is routed without them.
pub const UNDERSTOOD_WITHIN_MS: i64 = 60_000;
/// Others than the chosen one who are kept with a decision.
pub const OTHERS_KEPT_MAX: usize = 5;
/// A language that only a rule asked for stops being a must after so long a wait: late in a foreign tongue beats never.
pub const RULE_MUST_GIVES_WAY_AFTER_MS: i64 = 4 * 3_600_000;
pub const CAPACITY_MAX: i64 = 1_000;

/// Who may have a group's own work: its members, or everybody while it has none. The group that is asked for by name is
/// a pool of its own, under the group's own number.
fn own_pool(group: GroupId) -> PoolId {
    PoolId(-group.0)
}

/// Why a piece of work was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It is new.
    Arrival,
    /// Something about it changed: the customer wrote, it was reopened, its needs or its group changed.
    Changed,
    /// Somebody became free.
    Free,
    /// Whoever had it has gone.
    Offline,
    /// It has waited so long that it asks for less.
    Waited,
    /// Somebody asked for the next.
    Pulled,
}

impl Cause {
    pub const ALL: [Cause; 6] =
        [Cause::Arrival, Cause::Changed, Cause::Free, Cause::Offline, Cause::Waited, Cause::Pulled];

    pub fn name(self) -> &'static str {
        match self {
            Cause::Arrival => "arrival",
            Cause::Changed => "changed",
            Cause::Free => "free",
            Cause::Offline => "offline",
            Cause::Waited => "waited",
            Cause::Pulled => "pulled",
        }
    }

    pub fn parse(name: &str) -> Option<Cause> {
        Cause::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum RoutingError {
    #[error("only staff may look at the floor")]
    NotStaff,
    #[error("only the person and their leads say whether they are here")]
    NotYourOwn,
    #[error("only leads set how much a person holds")]
    NotALead,
    #[error("only agents route work")]
    NotAnAgent,
    #[error("only admins say by which rule work is handed out")]
    NotAnAdmin,
    #[error("a share lies between 0 and 1")]
    ShareIsWrong,
    #[error("between 0 and {EXPERT_RESERVE_MAX} places are kept for experts")]
    ReserveIsWrong,
    #[error("a queue's share lies above 0 and is at most {SHARE_MAX}")]
    QueueShareIsWrong,
    #[error("what waiting costs lies above 0 and is at most {WEIGHT_MAX}")]
    WeightIsWrong,
    #[error(
        "at most {HELPERS_MAX} other groups help out in a queue, each once and within {HELP_AFTER_MINUTES_MAX} minutes"
    )]
    HelpersAreWrong,
    #[error("a queue has a name of at most {QUEUE_NAME_CHARS_MAX} characters")]
    QueueNameIsWrong,
    #[error("there is a queue of this name")]
    QueueNameIsTaken,
    #[error("at most {QUEUES_MAX} queues stand before the default one")]
    TooManyQueues,
    #[error("there is no such queue")]
    NoSuchQueue,
    #[error("the default queue stays: what no other takes must fall somewhere")]
    DefaultQueueStays,
    #[error("at most {QUEUE_GROUPS_MAX} groups of this desk have a queue's work")]
    QueueGroupsAreWrong,
    #[error(
        "a queue has between 1 and {CONDITIONS_MAX} conditions, each with up to {VALUES_PER_CONDITION_MAX} values"
    )]
    ConditionsAreWrong,
    #[error("“{value}” is no {field} of this desk")]
    NoSuchValue { field: &'static str, value: String },
    #[error("a promise is made for 1 to {PROMISE_MINUTES_MAX} minutes, and for 1 to 100 % of the tickets")]
    PromiseIsWrong,
    #[error(
        "opening hours are written like 9:00-12:30, 13:30-18:00, do not overlap, and leave room for the promise in {PROMISE_WEEKS_MAX} weeks; holidays are days like 2026-12-25, at most {QUEUE_HOLIDAYS_MAX}"
    )]
    HoursAreWrong,
    #[error("this is not offered to you any more")]
    OfferIsGone,
    #[error("an offer stands between {OFFER_SECONDS_MIN} and {OFFER_SECONDS_MAX} seconds")]
    OfferTimeIsWrong,
    #[error("people are set away after 1 to {MISSED_OFFERS_MAX} missed offers, or never: 0")]
    MissedOffersAreWrong,
    #[error("a person has between 0 and {PLACES_MAX} places on a channel")]
    PlacesAreWrong,
    #[error("there is no such status")]
    NoSuchStatus,
    #[error("a status has a name of at most {STATUS_NAME_CHARS_MAX} characters")]
    StatusNameIsWrong,
    #[error("there is a status of this name")]
    StatusNameIsTaken,
    #[error("at most {STATUSES_MAX} statuses can be chosen from")]
    TooManyStatuses,
    #[error("only the person themselves can ask for the next")]
    NotYourHands,
    #[error("others were quicker each time; ask again")]
    OthersWereQuicker,
    #[error("say first that you are here")]
    NotHere,
    #[error("nothing was decided about this ticket")]
    NothingDecided,
    #[error("a reason has between 1 and {REASON_CHARS_MAX} characters")]
    ReasonIsWrong,
    #[error("an answer has between 1 and {REASON_CHARS_MAX} characters")]
    AnswerIsWrong,
    #[error("there is no such decision")]
    NoSuchDecision,
    #[error("there is no such objection")]
    NoSuchContest,
    #[error("somebody else answers what you have contested yourself")]
    OwnContest,
    #[error("somebody has answered this already")]
    AnsweredAlready,
    #[error("what is asked for cannot be read: {0}")]
    NotUnderstood(#[from] ::routing::requirements::ParseError),
    #[error("there is no such agent")]
    NoSuchAgent,
    #[error("there is no such ticket")]
    NoSuchTicket,
    #[error("a person holds between 0 and {CAPACITY_MAX} tickets")]
    CapacityIsWrong,
    #[error("the ticket could not be given to anybody")]
    NotGiven(#[from] tickets::UpdateError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Refusal for RoutingError {
    fn kind(&self) -> Kind {
        match self {
            RoutingError::NotStaff
            | RoutingError::NotYourOwn
            | RoutingError::NotALead
            | RoutingError::NotAnAgent
            | RoutingError::NotAnAdmin
            | RoutingError::OwnContest
            | RoutingError::NotYourHands => Kind::Forbidden,
            RoutingError::NotHere
            | RoutingError::OthersWereQuicker
            | RoutingError::NothingDecided
            | RoutingError::OfferIsGone
            | RoutingError::DefaultQueueStays
            | RoutingError::AnsweredAlready => Kind::Conflict,
            RoutingError::ReasonIsWrong | RoutingError::AnswerIsWrong | RoutingError::NotUnderstood(_) => {
                Kind::Invalid
            }
            RoutingError::NoSuchAgent
            | RoutingError::NoSuchTicket
            | RoutingError::NoSuchDecision
            | RoutingError::NoSuchStatus
            | RoutingError::NoSuchQueue
            | RoutingError::NoSuchContest => Kind::NotFound,
            RoutingError::CapacityIsWrong
            | RoutingError::ShareIsWrong
            | RoutingError::ReserveIsWrong
            | RoutingError::QueueShareIsWrong
            | RoutingError::WeightIsWrong
            | RoutingError::HelpersAreWrong
            | RoutingError::QueueNameIsWrong
            | RoutingError::QueueNameIsTaken
            | RoutingError::TooManyQueues
            | RoutingError::QueueGroupsAreWrong
            | RoutingError::ConditionsAreWrong
            | RoutingError::NoSuchValue { .. }
            | RoutingError::PromiseIsWrong
            | RoutingError::HoursAreWrong
            | RoutingError::OfferTimeIsWrong
            | RoutingError::PlacesAreWrong
            | RoutingError::MissedOffersAreWrong
            | RoutingError::StatusNameIsWrong
            | RoutingError::StatusNameIsTaken
            | RoutingError::TooManyStatuses => Kind::Invalid,
            RoutingError::NotGiven(error) => error.kind(),
            RoutingError::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            RoutingError::CapacityIsWrong => Some("limit"),
            RoutingError::ShareIsWrong => Some("growth_share"),
            RoutingError::ReserveIsWrong => Some("expert_reserve"),
            RoutingError::QueueShareIsWrong => Some("share"),
            RoutingError::WeightIsWrong => Some("weight"),
            RoutingError::HelpersAreWrong => Some("helpers"),
            RoutingError::QueueGroupsAreWrong => Some("groups"),
            RoutingError::ConditionsAreWrong | RoutingError::NoSuchValue { .. } => Some("conditions"),
            RoutingError::PromiseIsWrong => Some("promise"),
            RoutingError::HoursAreWrong => Some("hours"),
            RoutingError::QueueNameIsWrong | RoutingError::QueueNameIsTaken | RoutingError::TooManyQueues => {
                Some("name")
            }
            RoutingError::ReasonIsWrong => Some("reason"),
            RoutingError::AnswerIsWrong => Some("answer"),
            RoutingError::OfferTimeIsWrong
            | RoutingError::PlacesAreWrong
            | RoutingError::MissedOffersAreWrong => Some("offers"),
            RoutingError::StatusNameIsWrong
            | RoutingError::StatusNameIsTaken
            | RoutingError::TooManyStatuses => Some("name"),
            RoutingError::NotUnderstood(_) => Some("text"),
            RoutingError::NoSuchAgent => Some("user"),
            _ => None,
        }
    }
}
