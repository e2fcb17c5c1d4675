//! What an event is about: under whose history it stands, and who is told.

use super::Event;

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
