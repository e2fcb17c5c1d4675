//! What follows from every change there can be.
//!
//! An event is written in the transaction that made the change, with the jobs that follow from it. A new [`Event`] does
//! not compile until somebody has decided in [`reactions_to`] what follows.

mod event;
mod store;
mod subject;

pub use event::Event;
pub(crate) use store::list_of_kinds;
pub use store::{Recorded, list_of};

use crate::tickets::Status;
use crate::work::{Due, Work};
use crate::*;

/// A new event does not compile until somebody has decided here what follows from it.
fn reactions_to(event: &Event) -> Vec<(Work, Due)> {
    use Event::*;
    let now = Due::Now;
    match event {
        TicketCreated { ticket, status, .. } if *status < Status::Solved => {
            vec![(Work::TriageTicket { ticket: *ticket }, now)]
        }
        CommentAdded { comment, public: true, by_staff, channel, .. } => {
            let mut follow = Vec::new();
            if *by_staff && channel.reaches_by_mail() {
                follow.push((Work::MailComment { comment: *comment }, Due::AfterUndo));
            }
            follow
        }
        StatusChanged { ticket, to: Status::Solved, .. } => vec![
            (Work::AskForRating { ticket: *ticket }, Due::WhenRatingIsDue),
            (Work::LearnFromOutcome { ticket: *ticket }, Due::WhenOutcomeIsSure),
        ],
        MailReceived { mail } => vec![(Work::TakeInMail { mail: *mail }, now)],
        MailQueued { mail_out, .. } => vec![(Work::SendMail { mail_out: *mail_out }, now)],
        // A minute in which it can be taken back.
        OpeningMoved { opening, to: hiring::OpeningState::Public } => {
            vec![(Work::TellJobAlerts { opening: *opening }, Due::Soon)]
        }
        // A minute in which it can be closed again.
        CampaignOpened { campaign } => vec![(Work::TellAsked { campaign: *campaign }, Due::Soon)],
        // A minute in which it can be decided otherwise.
        LeaveDecided { leave, .. } => vec![(Work::TellLeave { leave: *leave }, Due::Soon)],
        // A minute in which it can be taken off again.
        TalkPlanned { session, .. } => vec![(Work::InviteToTalk { session: *session }, Due::Soon)],
        SkillCheckFinished { result, .. } => vec![(Work::TickChecks { result: *result }, now)],
        RatingGiven { rating, .. } => vec![(Work::LearnFromRating { rating: *rating }, now)],
        TicketCreated { .. }
        | CommentAdded { .. }
        // Who gets what is nobody's job: the owner of routing hears of these and looks (`routing/owner.rs`).
        | TicketAssigned { .. }
        | GroupSet { .. }
        | StatusChanged { .. }
        | TicketReopened { .. }
        | TicketChanged { .. }
        | TicketDeleted { .. }
        | TicketRestored { .. }
        // The closing and opening that come with it are events of their own.
        | TicketMerged { .. }
        | TicketUnmerged { .. }
        | UserCreated { .. }
        | UserChanged { .. }
        | UserDeleted { .. }
        | IdentityAdded { .. }
        | SignedIn { .. }
        | PasswordChanged { .. }
        | OrganizationCreated { .. }
        | OrganizationChanged { .. }
        | GroupCreated { .. }
        | GroupChanged { .. }
        | MembershipsChanged { .. }
        | PresenceChanged { .. }
        | AgentStatusChanged { .. }
        | QueueChanged { .. }
        | ApiTokenCreated { .. }
        | ApiTokenRevoked { .. }
        | SettingsChanged { .. }
        | MailSuspended { .. }
        | MailRecovered { .. }
        | MailDiscarded { .. }
        | MailPutBack { .. }
        | MailSent { .. }
        | MailFailed { .. }
        | MailboxChanged { .. }
        | SkillChanged { .. }
        | SkillRuleChanged { .. }
        | SkillRetired { .. }
        | SkillRestored { .. }
        | SkillMerged { .. }
        | SkillMergeUndone { .. }
        | PrerequisitesSet { .. }
        | SkillWordsSet { .. }
        | CompetencyChanged { .. }
        | RoleProfileChanged { .. }
        | RoleHoldersSet { .. }
        | ShiftsSet { .. }
        | RosterChanged { .. }
        | RosterPublished { .. }
        | LeaveAsked { .. }
        | LeaveWithdrawn { .. }
        | CalendarSet { .. }
        | RequirementsSet { .. }
        | EvidenceAdded { .. }
        | EvidenceStruck { .. }
        | InterestsChanged { .. }
        | EvidenceContested { .. }
        | ContestDecided { .. }
        | SkillsReleased { .. }
        | OutcomesImported { .. }
        // The job is asked for with it, and asks for the next.
        | OutcomesTakenBack { .. }
        | TicketRouted { .. }
        | TicketOffered { .. }
        | OfferEnded { .. }
        | AgentSetAway { .. }
        | RoutingContested { .. }
        | RoutingContestAnswered { .. }
        | CampaignAnswered { .. }
        | CampaignClosed { .. }
        | CertificateChanged { .. }
        | SkillCheckChanged { .. }
        | OpeningChanged { .. }
        | OpeningMoved { .. }
        | CandidateAdded { .. }
        | CandidateChanged { .. }
        | CandidateScored { .. }
        | CandidateForgotten { .. }
        | ApplicationChanged { .. }
        | JobAlertChanged { .. }
        | ScorecardChanged { .. }
        | ReviewsAssigned { .. }
        | ReviewFinished { .. }
        | ReviewAnswered { .. }
        | ReviewContested { .. }
        | ReviewDecided { .. }
        | CalibrationOpened { .. }
        | CalibrationClosed { .. }
        | MomentsChosen { .. }
        | CoachingPlanCreated { .. }
        | CoachingPlanChanged { .. }
        | CoachingPlanClosed { .. }
        | LearningSet { .. }
        | LearningGiven { .. }
        | ArticleChanged { .. }
        | ArticleMoved { .. }
        | RatingAsked { .. } => vec![],
    }
}

/// Writes the event and the jobs that follow from it, and tells those who watch (`ticket:12`, `user:3`, `queue`).
pub fn record(tx: &mut Tx, event: &Event) -> Result<(), db::Error> {
    let (subject, subject_id) = event.subject();
    let facts = serde_json::to_string(event).map_err(|error| db::Error::Corrupt(error.to_string()))?;
    let kind = kind_in(&facts).to_owned();
    let (now, actor) = (tx.now(), tx.actor().user());
    tx.execute(
        "insert into events (at, actor_id, kind, subject, subject_id, facts) values ($1, $2, $3, $4, $5, $6)",
        db::params![now, actor, kind, subject, subject_id, facts],
    )?;
    for (work, due) in reactions_to(event) {
        work::enqueue(tx, &work, due)?;
    }
    tx.announce(&format!("{subject}:{subject_id}"));
    match event {
        Event::TicketAssigned { from, to, .. } => {
            for user in [from, to].into_iter().flatten() {
                tx.announce(&format!("user:{user}"));
            }
            tx.announce("queue");
        }
        Event::CommentAdded { ticket, comment, author, public: true, by_staff: true, .. } => {
            wellbeing::note_effort(tx, *ticket, *comment, *author)?;
            tx.announce("queue")
        }
        Event::TicketCreated { .. } | Event::StatusChanged { .. } | Event::CommentAdded { .. } => {
            tx.announce("queue")
        }
        Event::MailSuspended { .. }
        | Event::MailRecovered { .. }
        | Event::MailDiscarded { .. }
        | Event::MailPutBack { .. } => {
            tx.announce("ledger");
        }
        Event::MailSent { ticket: Some(ticket), .. } | Event::MailFailed { ticket: Some(ticket), .. } => {
            tx.announce(&format!("ticket:{ticket}"));
        }
        Event::EvidenceAdded { .. } | Event::EvidenceStruck { .. } => tx.announce("matrix"),
        Event::EvidenceContested { .. } | Event::ContestDecided { .. } => tx.announce("contests"),
        Event::TicketOffered { to: user, .. } | Event::OfferEnded { user, .. } => {
            tx.announce(&format!("offers:{user}"));
            tx.announce("queue");
        }
        Event::RoutingContested { .. } | Event::RoutingContestAnswered { .. } => tx.announce("decisions"),
        Event::ReviewFinished { user, .. }
        | Event::ReviewAnswered { user, .. }
        | Event::ReviewContested { user, .. }
        | Event::ReviewDecided { user, .. } => {
            tx.announce(&format!("user:{user}"));
            tx.announce("reviews");
        }
        Event::ReviewsAssigned { .. } => tx.announce("reviews"),
        Event::MomentsChosen { .. } => tx.announce("coaching"),
        Event::CoachingPlanCreated { user, .. }
        | Event::CoachingPlanChanged { user, .. }
        | Event::CoachingPlanClosed { user, .. }
        | Event::LearningSet { user, .. } => {
            tx.announce(&format!("user:{user}"));
            tx.announce("coaching");
        }
        Event::PresenceChanged { .. } | Event::AgentStatusChanged { .. } => tx.announce("presence"),
        Event::RosterChanged { .. } | Event::RosterPublished { .. } => tx.announce("rosters"),
        Event::LeaveAsked { user, .. }
        | Event::LeaveDecided { user, .. }
        | Event::LeaveWithdrawn { user, .. } => {
            tx.announce(&format!("user:{user}"));
            tx.announce("rosters");
        }
        Event::SkillRuleChanged { .. }
        | Event::SkillChanged { .. }
        | Event::SkillRetired { .. }
        | Event::SkillRestored { .. }
        | Event::SkillMerged { .. }
        | Event::SkillMergeUndone { .. } => tx.announce("rules"),
        _ => {}
    }
    Ok(())
}

/// The value of the first key, `"kind"`, which serde writes first.
fn kind_in(facts: &str) -> &str {
    facts.trim_start_matches("{\"kind\":\"").split('"').next().unwrap_or_default()
}
