//! One type per kind of id, so that a ticket is never taken for a person.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl db::ToParam for $name {
            fn to_param(&self) -> db::Param<'_> {
                db::Param::Int(self.0)
            }
        }
        impl db::FromColumn for $name {
            const WANTED: &'static str = "an id";
            fn from_column(column: db::Column<'_>) -> Option<Self> {
                i64::from_column(column).map($name)
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                $name(id)
            }
        }
    )+ };
}

ids! {
    UserId, IdentityId, OrganizationId, GroupId, MembershipId, BrandId,
    TicketId, CommentId, AttachmentId, AuditId,
    MailboxId,
    /// A row of the ledger of incoming mail.
    MailId,
    /// An outgoing mail.
    MailOutId,
    SkillId, SkillRuleId, EvidenceId, ContestId, ReleaseId, RefitRunId, DecisionId,
    /// What somebody said against a decision of routing.
    RoutingContestId, AgentStatusId, RoutingQueueId,
    RatingId, ApiTokenId,
    /// A role profile.
    RoleId, ShiftId, SkillMergeId, CompetencyId,
    /// A ticket of another desk, a reading of such tickets, and a file of them.
    OutcomeId, OutcomeRunId, OutcomeFileId,
    ScorecardId, ReviewId, ReviewAssignmentId, CalibrationId,
    CampaignId, CampaignTaskId, CertificateId, CheckId, CheckResultId,
    OpeningId, CandidateId, JobAlertId, ApplicationId,
    CoachingMomentId, CoachingPlanId, CoachingGoalId, CoachingTaskId, CoachingSessionId, CoachingNoteId,
    /// A simulation that somebody asked for.
    FloorRunId,
    /// The shifts of one week; days on which somebody is away.
    RosterId, LeaveId,
    ArticleId,
}
