//! Every change there can be, and what follows from each.
//!
//! An event is written in the transaction that made the change, with the jobs that follow from it. A new event does
//! not compile until somebody has decided in [`reactions_to`] what follows.

mod store;

pub(crate) use store::list_of_kinds;
pub use store::{Recorded, list_of};

use crate::tickets::{Channel, Status};
use crate::work::{Due, Work};
use crate::*;
use serde::{Deserialize, Serialize};

/// Facts only, in the past participle, never a whole record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    // people
    UserCreated {
        user: UserId,
    },
    UserChanged {
        user: UserId,
        fields: Vec<String>,
    },
    UserDeleted {
        user: UserId,
    },
    IdentityAdded {
        user: UserId,
        identity: IdentityId,
    },
    SignedIn {
        user: UserId,
    },
    PasswordChanged {
        user: UserId,
    },
    OrganizationCreated {
        organization: OrganizationId,
    },
    OrganizationChanged {
        organization: OrganizationId,
    },
    GroupCreated {
        group: GroupId,
    },
    GroupChanged {
        group: GroupId,
    },
    MembershipsChanged {
        user: UserId,
    },
    ApiTokenCreated {
        token: ApiTokenId,
    },
    ApiTokenRevoked {
        token: ApiTokenId,
    },
    SettingsChanged {
        by: Option<UserId>,
    },
    // tickets
    TicketCreated {
        ticket: TicketId,
        requester: UserId,
        channel: Channel,
        status: Status,
    },
    CommentAdded {
        ticket: TicketId,
        comment: CommentId,
        author: UserId,
        public: bool,
        by_staff: bool,
        channel: Channel,
    },
    TicketAssigned {
        ticket: TicketId,
        from: Option<UserId>,
        to: Option<UserId>,
    },
    GroupSet {
        ticket: TicketId,
        from: Option<GroupId>,
        to: Option<GroupId>,
    },
    StatusChanged {
        ticket: TicketId,
        from: Status,
        to: Status,
        assignee: Option<UserId>,
    },
    /// A solved ticket came back to life because its requester wrote again.
    TicketReopened {
        ticket: TicketId,
        assignee: Option<UserId>,
    },
    TicketChanged {
        ticket: TicketId,
        fields: Vec<String>,
    },
    TicketDeleted {
        ticket: TicketId,
    },
    TicketRestored {
        ticket: TicketId,
    },
    /// Stands among the survivor's events, with all that [`crate::tickets::unmerge`] must know.
    TicketMerged {
        ticket: TicketId,
        into: TicketId,
        was: Status,
        waiting_since: Option<i64>,
        /// Who came into copy by it.
        ccs: Vec<UserId>,
    },
    TicketUnmerged {
        ticket: TicketId,
        from: TicketId,
    },
    // mail
    MailReceived {
        mail: MailId,
    },
    MailSuspended {
        mail: MailId,
        reason: String,
    },
    MailRecovered {
        mail: MailId,
        ticket: TicketId,
    },
    MailDiscarded {
        mail: MailId,
    },
    /// What was thrown away waits again.
    MailPutBack {
        mail: MailId,
    },
    MailQueued {
        mail_out: MailOutId,
        ticket: Option<TicketId>,
    },
    MailSent {
        mail_out: MailOutId,
        ticket: Option<TicketId>,
    },
    MailFailed {
        mail_out: MailOutId,
        ticket: Option<TicketId>,
    },
    MailboxChanged {
        mailbox: MailboxId,
    },
    // skills
    SkillChanged {
        skill: SkillId,
    },
    SkillRuleChanged {
        rule: SkillRuleId,
    },
    RequirementsSet {
        ticket: TicketId,
        by_person: bool,
    },
    EvidenceAdded {
        evidence: EvidenceId,
        user: UserId,
    },
    EvidenceStruck {
        evidence: EvidenceId,
        user: UserId,
    },
    InterestsChanged {
        user: UserId,
    },
    SkillRetired {
        skill: SkillId,
    },
    SkillRestored {
        skill: SkillId,
    },
    /// What was known of one skill, asked for it and said about it belongs to another now.
    SkillMerged {
        skill: SkillId,
        into: SkillId,
        evidence: i64,
    },
    SkillMergeUndone {
        skill: SkillId,
        into: SkillId,
    },
    PrerequisitesSet {
        skill: SkillId,
    },
    /// What it is called in another language.
    SkillWordsSet {
        skill: SkillId,
        language: Language,
    },
    // planning
    CompetencyChanged {
        competency: CompetencyId,
    },
    RoleProfileChanged {
        role: RoleId,
    },
    RoleHoldersSet {
        role: RoleId,
    },
    ShiftsSet {
        user: UserId,
    },
    /// The draft of a week; in words what was done.
    RosterChanged {
        roster: RosterId,
        words: String,
    },
    RosterPublished {
        roster: RosterId,
        week: String,
        people: i64,
        as_usual: bool,
    },
    /// Days off: asked for, or entered and granted at once.
    LeaveAsked {
        leave: LeaveId,
        user: UserId,
        granted: bool,
    },
    LeaveDecided {
        leave: LeaveId,
        user: UserId,
        granted: bool,
    },
    LeaveWithdrawn {
        leave: LeaveId,
        user: UserId,
    },
    /// An address from which a calendar reads somebody's week, made anew or ended.
    CalendarSet {
        user: UserId,
        ended: bool,
    },
    EvidenceContested {
        contest: ContestId,
        evidence: EvidenceId,
        user: UserId,
    },
    ContestDecided {
        contest: ContestId,
        evidence: EvidenceId,
        user: UserId,
        struck: bool,
    },
    SkillsReleased {
        release: ReleaseId,
    },
    /// A batch of tickets of another desk became evidence; with the tickets whose former word was replaced.
    OutcomesImported {
        run: OutcomeRunId,
        taken: i64,
        superseded: i64,
    },
    /// What an import said counts no more, piece by piece from now on.
    OutcomesTakenBack {
        run: OutcomeRunId,
    },
    // routing
    PresenceChanged {
        user: UserId,
        from: String,
        to: String,
        /// Of the status that an admin made up, if they chose one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    AgentStatusChanged {
        status: AgentStatusId,
    },
    /// Made, changed, moved or taken away.
    QueueChanged {
        queue: RoutingQueueId,
    },
    TicketRouted {
        ticket: TicketId,
        decision: DecisionId,
        chosen: Option<UserId>,
    },
    /// Somebody is asked to take a message, a chat or a call.
    TicketOffered {
        ticket: TicketId,
        decision: DecisionId,
        to: UserId,
    },
    /// Accepted, declined, timed out or withdrawn.
    OfferEnded {
        ticket: TicketId,
        decision: DecisionId,
        user: UserId,
        how: String,
    },
    /// Away from then on, for letting so many offers in a row run out; this was the last of them.
    AgentSetAway {
        ticket: TicketId,
        decision: DecisionId,
        user: UserId,
        missed: i64,
    },
    RoutingContested {
        ticket: TicketId,
        decision: DecisionId,
        contest: RoutingContestId,
    },
    RoutingContestAnswered {
        ticket: TicketId,
        decision: DecisionId,
        contest: RoutingContestId,
        is_right: bool,
    },
    // reviews
    ScorecardChanged {
        scorecard: ScorecardId,
    },
    ReviewsAssigned {
        week: i64,
        count: i64,
    },
    ReviewFinished {
        review: ReviewId,
        user: UserId,
        ticket: TicketId,
    },
    ReviewAnswered {
        review: ReviewId,
        user: UserId,
    },
    ReviewContested {
        review: ReviewId,
        user: UserId,
    },
    ReviewDecided {
        review: ReviewId,
        user: UserId,
        stands: bool,
    },
    CalibrationOpened {
        calibration: CalibrationId,
        ticket: TicketId,
    },
    CalibrationClosed {
        calibration: CalibrationId,
        ticket: TicketId,
    },
    // assessments
    CampaignOpened {
        campaign: CampaignId,
    },
    CampaignAnswered {
        campaign: CampaignId,
        user: UserId,
    },
    CampaignClosed {
        campaign: CampaignId,
    },
    CertificateChanged {
        certificate: CertificateId,
        user: UserId,
    },
    SkillCheckChanged {
        check: CheckId,
    },
    SkillCheckFinished {
        result: CheckResultId,
        user: UserId,
    },
    // hiring
    OpeningChanged {
        opening: OpeningId,
    },
    OpeningMoved {
        opening: OpeningId,
        to: hiring::OpeningState,
    },
    CandidateAdded {
        opening: OpeningId,
        candidate: CandidateId,
    },
    CandidateChanged {
        candidate: CandidateId,
        stage: hiring::Stage,
    },
    CandidateScored {
        candidate: CandidateId,
        by: UserId,
    },
    CandidateForgotten {
        candidate: CandidateId,
    },
    /// Written, confirmed or deleted by whoever applies.
    ApplicationChanged {
        application: ApplicationId,
    },
    JobAlertChanged {
        alert: JobAlertId,
    },
    // coaching
    MomentsChosen {
        week: i64,
        count: i64,
    },
    CoachingPlanCreated {
        plan: CoachingPlanId,
        user: UserId,
    },
    CoachingPlanChanged {
        plan: CoachingPlanId,
        user: UserId,
    },
    TalkPlanned {
        plan: CoachingPlanId,
        session: CoachingSessionId,
    },
    CoachingPlanClosed {
        plan: CoachingPlanId,
        user: UserId,
    },
    /// From now on tickets are given to learn on; without a helper: no more.
    LearningSet {
        plan: CoachingPlanId,
        user: UserId,
        skill: SkillId,
        helper: Option<UserId>,
    },
    LearningGiven {
        ticket: TicketId,
        user: UserId,
        helper: UserId,
    },
    // articles
    ArticleChanged {
        article: ArticleId,
    },
    ArticleMoved {
        article: ArticleId,
        to: articles::ArticleState,
    },
    // satisfaction
    RatingAsked {
        ticket: TicketId,
        rating: RatingId,
    },
    RatingGiven {
        ticket: TicketId,
        rating: RatingId,
        score: i64,
    },
}

impl Event {
    /// What the event is about: a kind of thing and its id.
    pub fn subject(&self) -> (&'static str, i64) {
        use Event::*;
        match self {
            UserCreated { user }
            | UserChanged { user, .. }
            | UserDeleted { user }
            | IdentityAdded { user, .. }
            | SignedIn { user }
            | PasswordChanged { user }
            | MembershipsChanged { user }
            | EvidenceAdded { user, .. }
            | EvidenceStruck { user, .. }
            | InterestsChanged { user }
            | EvidenceContested { user, .. }
            | ContestDecided { user, .. }
            | PresenceChanged { user, .. } => ("user", user.0),
            OrganizationCreated { organization } | OrganizationChanged { organization } => {
                ("organization", organization.0)
            }
            GroupCreated { group } | GroupChanged { group } => ("group", group.0),
            ApiTokenCreated { token } | ApiTokenRevoked { token } => ("api_token", token.0),
            SettingsChanged { .. } => ("desk", 0),
            TicketCreated { ticket, .. }
            | CommentAdded { ticket, .. }
            | TicketAssigned { ticket, .. }
            | GroupSet { ticket, .. }
            | StatusChanged { ticket, .. }
            | TicketReopened { ticket, .. }
            | TicketChanged { ticket, .. }
            | TicketDeleted { ticket }
            | TicketRestored { ticket }
            | RequirementsSet { ticket, .. }
            | TicketRouted { ticket, .. }
            | TicketOffered { ticket, .. }
            | OfferEnded { ticket, .. }
            | AgentSetAway { ticket, .. }
            | RoutingContested { ticket, .. }
            | RoutingContestAnswered { ticket, .. }
            | RatingAsked { ticket, .. }
            | RatingGiven { ticket, .. } => ("ticket", ticket.0),
            AgentStatusChanged { status } => ("agent_status", status.0),
            QueueChanged { queue } => ("routing_queue", queue.0),
            TicketMerged { into, .. } => ("ticket", into.0),
            TicketUnmerged { from, .. } => ("ticket", from.0),
            MailReceived { mail }
            | MailSuspended { mail, .. }
            | MailRecovered { mail, .. }
            | MailDiscarded { mail }
            | MailPutBack { mail } => ("mail", mail.0),
            MailQueued { mail_out, .. } | MailSent { mail_out, .. } | MailFailed { mail_out, .. } => {
                ("mail_out", mail_out.0)
            }
            MailboxChanged { mailbox } => ("mailbox", mailbox.0),
            SkillChanged { skill }
            | SkillRetired { skill }
            | SkillRestored { skill }
            | SkillMerged { skill, .. }
            | SkillMergeUndone { skill, .. }
            | PrerequisitesSet { skill }
            | SkillWordsSet { skill, .. } => ("skill", skill.0),
            RoleProfileChanged { role } | RoleHoldersSet { role } => ("role_profile", role.0),
            ShiftsSet { user } => ("user", user.0),
            RosterChanged { roster, .. } | RosterPublished { roster, .. } => ("roster", roster.0),
            LeaveAsked { leave, .. } | LeaveDecided { leave, .. } | LeaveWithdrawn { leave, .. } => {
                ("leave", leave.0)
            }
            CalendarSet { user, .. } => ("user", user.0),
            CampaignOpened { campaign } | CampaignAnswered { campaign, .. } | CampaignClosed { campaign } => {
                ("campaign", campaign.0)
            }
            CertificateChanged { user, .. } | SkillCheckFinished { user, .. } => ("user", user.0),
            SkillCheckChanged { check } => ("check", check.0),
            OpeningChanged { opening } | OpeningMoved { opening, .. } => ("opening", opening.0),
            CandidateAdded { candidate, .. }
            | CandidateChanged { candidate, .. }
            | CandidateScored { candidate, .. }
            | CandidateForgotten { candidate } => ("candidate", candidate.0),
            ApplicationChanged { application } => ("application", application.0),
            JobAlertChanged { alert } => ("job_alert", alert.0),
            ScorecardChanged { scorecard } => ("scorecard", scorecard.0),
            ReviewsAssigned { .. } => ("desk", 0),
            ReviewFinished { review, .. }
            | ReviewAnswered { review, .. }
            | ReviewContested { review, .. }
            | ReviewDecided { review, .. } => ("review", review.0),
            CalibrationOpened { calibration, .. } | CalibrationClosed { calibration, .. } => {
                ("calibration", calibration.0)
            }
            MomentsChosen { .. } => ("desk", 0),
            CoachingPlanCreated { plan, .. }
            | CoachingPlanChanged { plan, .. }
            | CoachingPlanClosed { plan, .. }
            | TalkPlanned { plan, .. }
            | LearningSet { plan, .. } => ("coaching_plan", plan.0),
            LearningGiven { ticket, .. } => ("ticket", ticket.0),
            CompetencyChanged { competency } => ("competency", competency.0),
            ArticleChanged { article } | ArticleMoved { article, .. } => ("article", article.0),
            SkillRuleChanged { rule } => ("skill_rule", rule.0),
            SkillsReleased { release } => ("release", release.0),
            OutcomesImported { run, .. } | OutcomesTakenBack { run } => ("outcome_run", run.0),
        }
    }
}

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
