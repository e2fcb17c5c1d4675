//! Every change there can be, by the part of the desk where it happens.

use crate::tickets::{Channel, Status};
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
