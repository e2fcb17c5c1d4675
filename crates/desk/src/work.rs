//! What the desk does later: jobs as plain data with ids only, and the worker that does those inside the database.

use crate::*;
use jobs::Lane;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    // inside the database
    /// Understand what a new ticket needs.
    TriageTicket {
        ticket: TicketId,
    },
    /// A stored mail was not turned into a comment when it came; try again.
    TakeInMail {
        mail: MailId,
    },
    /// A public answer becomes outgoing mail.
    MailComment {
        comment: CommentId,
    },
    AskForRating {
        ticket: TicketId,
    },
    LearnFromOutcome {
        ticket: TicketId,
    },
    LearnFromRating {
        rating: RatingId,
    },
    /// What counts has changed: run a person's evidence again.
    ReplayPerson {
        user: UserId,
    },
    /// Recurring, and when somebody asks: estimate everybody's levels together. Runs beside the database.
    Refit {
        asked_by: Option<UserId>,
    },
    /// Recurring: close what has been solved long enough.
    CloseSolved,
    /// Recurring: presences that stopped beating, links and sessions that are over.
    SweepUp,
    /// Recurring: choose what this week's reviews are best spent on.
    PlanReviews,
    /// Recurring: what taught usual handle times long ago is kept as what it has taught.
    FoldLessons,
    /// Once, after an update: what was promised and answered before it was written down.
    WritePastPromises,
    /// Recurring: what was asked and not answered, certificates that end soon.
    RemindAssessments,
    /// Recurring: candidates and addresses whose time is over.
    TidyHiring,
    /// Addresses that want to hear of new openings hear of this one.
    TellJobAlerts {
        opening: OpeningId,
    },
    /// Recurring: choose what of the week is worth a talk.
    FindMoments,
    /// Recurring: tasks of coaching plans that are due soon.
    RemindCoaching,
    /// Whoever did not plan a talk hears of it.
    InviteToTalk {
        session: CoachingSessionId,
    },
    /// Whoever asked for leave hears how it was decided.
    TellLeave {
        leave: LeaveId,
    },
    /// Everybody whom a campaign asks hears of it.
    TellAsked {
        campaign: CampaignId,
    },
    /// A skill check is finished: tasks that asked for it may be done.
    TickChecks {
        result: CheckResultId,
    },
    /// One piece of taking an import back.
    TakeBackOutcomes {
        run: OutcomeRunId,
    },
    /// Runs beside the database: try or take in a file of another desk's outcomes.
    ReadOutcomes {
        file: OutcomeFileId,
    },
    /// Runs beside the database: a simulation or forecast that somebody asked for.
    RunFloor {
        run: FloorRunId,
    },
    // with the outside world
    SendMail {
        mail_out: MailOutId,
    },
}

/// When work is due, in the desk's own terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    Now,
    /// In a minute: what is wanted several times is done once.
    Soon,
    AfterUndo,
    WhenRatingIsDue,
    WhenOutcomeIsSure,
    /// At this moment.
    At(i64),
}

impl Work {
    pub fn lane(&self) -> Lane {
        match self {
            // Reading a mail anew needs the mail door, which is outside of the database too.
            Work::SendMail { .. }
            | Work::TakeInMail { .. }
            | Work::Refit { .. }
            | Work::ReadOutcomes { .. }
            | Work::RunFloor { .. } => Lane::Outside,
            _ => Lane::Inside,
        }
    }

    /// Work that may wait only once: doing it twice would bring nothing.
    fn unique_key(&self) -> Option<String> {
        match self {
            Work::AskForRating { ticket } => Some(format!("ask:{ticket}")),
            Work::ReplayPerson { user } => Some(format!("replay:{user}")),
            Work::Refit { asked_by: None } => Some("refit:soon".to_owned()),
            Work::Refit { .. } => Some("refit:asked".to_owned()),
            Work::RunFloor { run } => Some(format!("floor:{run}")),
            Work::TellLeave { leave } => Some(format!("leave:{leave}")),
            Work::TakeBackOutcomes { run } => Some(format!("take-back:{run}")),
            Work::ReadOutcomes { file } => Some(format!("outcomes:{file}")),
            _ => None,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Work::TriageTicket { .. } => "triage_ticket",
            Work::TakeInMail { .. } => "take_in_mail",
            Work::MailComment { .. } => "mail_comment",
            Work::AskForRating { .. } => "ask_for_rating",
            Work::LearnFromOutcome { .. } => "learn_from_outcome",
            Work::LearnFromRating { .. } => "learn_from_rating",
            Work::ReplayPerson { .. } => "replay_person",
            Work::Refit { .. } => "refit",
            Work::CloseSolved => "close_solved",
            Work::SweepUp => "sweep_up",
            Work::PlanReviews => "plan_reviews",
            Work::FoldLessons => "fold_lessons",
            Work::TellLeave { .. } => "tell_leave",
            Work::WritePastPromises => "write_past_promises",
            Work::RemindAssessments => "remind_assessments",
            Work::TidyHiring => "tidy_hiring",
            Work::TellJobAlerts { .. } => "tell_job_alerts",
            Work::FindMoments => "find_moments",
            Work::RemindCoaching => "remind_coaching",
            Work::InviteToTalk { .. } => "invite_to_talk",
            Work::RunFloor { .. } => "run_floor",
            Work::TellAsked { .. } => "tell_asked",
            Work::TickChecks { .. } => "tick_checks",
            Work::TakeBackOutcomes { .. } => "take_back_outcomes",
            Work::ReadOutcomes { .. } => "read_outcomes",
            Work::SendMail { .. } => "send_mail",
        }
    }

    pub fn from_job(job: &jobs::Job) -> Result<Work, serde_json::Error> {
        match job.kind.as_str() {
            "close_solved" => Ok(Work::CloseSolved),
            "sweep_up" => Ok(Work::SweepUp),
            "refit" if job.every_ms.is_some() => Ok(Work::Refit { asked_by: None }),
            "plan_reviews" => Ok(Work::PlanReviews),
            "remind_assessments" => Ok(Work::RemindAssessments),
            "tidy_hiring" => Ok(Work::TidyHiring),
            "find_moments" => Ok(Work::FindMoments),
            "remind_coaching" => Ok(Work::RemindCoaching),
            "fold_lessons" => Ok(Work::FoldLessons),
            _ => serde_json::from_str(&job.payload),
        }
    }
}

const HOUR_MS: i64 = 3_600_000;
const SOON_MS: i64 = 60_000;

pub(crate) fn enqueue(tx: &mut Tx, work: &Work, due: Due) -> Result<(), db::Error> {
    let now = tx.now();
    let due_at = match due {
        Due::Now => now,
        Due::Soon => now + SOON_MS,
        Due::AfterUndo => now + settings::company(tx)?.undo_send_seconds * 1_000,
        Due::WhenRatingIsDue => now + settings::company(tx)?.satisfaction_after_hours * HOUR_MS,
        Due::At(moment) => moment.max(now),
        Due::WhenOutcomeIsSure => now + settings::company(tx)?.outcome_after_days * 24 * HOUR_MS,
    };
    let payload = serde_json::to_string(work).map_err(|error| db::Error::Corrupt(error.to_string()))?;
    let unique_key = work.unique_key();
    let job = jobs::NewJob {
        lane: work.lane(),
        kind: work.kind(),
        payload: &payload,
        due_at,
        unique_key: unique_key.as_deref(),
    };
    jobs::enqueue(tx, &job)
}

/// Jobs that always come back.
pub fn keep_recurring(tx: &mut Tx) -> Result<(), db::Error> {
    jobs::keep_recurring(tx, Lane::Inside, Work::CloseSolved.kind(), 60_000)?;
    jobs::keep_recurring(tx, Lane::Inside, Work::SweepUp.kind(), 30_000)?;
    jobs::keep_recurring(tx, Lane::Outside, Work::Refit { asked_by: None }.kind(), HOUR_MS)?;
    jobs::keep_recurring(tx, Lane::Inside, Work::RemindAssessments.kind(), 6 * HOUR_MS)?;
    jobs::keep_recurring(tx, Lane::Inside, Work::TidyHiring.kind(), 6 * HOUR_MS)?;
    jobs::keep_recurring(tx, Lane::Inside, Work::PlanReviews.kind(), 6 * HOUR_MS)?;
    jobs::keep_recurring(tx, Lane::Inside, Work::RemindCoaching.kind(), 6 * HOUR_MS)?;
    jobs::keep_recurring(tx, Lane::Inside, Work::FoldLessons.kind(), HOUR_MS)?;
    jobs::keep_recurring(tx, Lane::Inside, Work::FindMoments.kind(), 6 * HOUR_MS)
}

/// Does the work of the inside lane. It keeps compiled rules between jobs and nothing else.
#[derive(Default)]
pub struct Worker {
    pub triage: crate::skills::Triage,
}

impl Worker {
    /// Whether [`Worker::look_ahead`] saves the writer time.
    pub fn looks_ahead(&self, kind: &str) -> bool {
        kind == "triage_ticket"
    }

    /// The part of the work that only reads and thinks, done before [`Worker::run`].
    pub fn look_ahead(&self, tx: &mut Tx, work: &Work) -> Result<(), jobs::Refused> {
        if let Work::TriageTicket { ticket } = work {
            self.triage.read_ahead(tx, *ticket)?;
        }
        Ok(())
    }

    pub fn run(&self, tx: &mut Tx, work: &Work) -> Result<(), jobs::Refused> {
        match work {
            Work::TriageTicket { ticket } => self.triage.run(tx, *ticket)?,
            Work::MailComment { comment } => mail::queue_comment(tx, *comment)?,
            Work::AskForRating { ticket } => satisfaction::ask(tx, *ticket)?,
            Work::LearnFromOutcome { ticket } => skills::learn_from_outcome(tx, *ticket)?,
            Work::LearnFromRating { rating } => skills::learn_from_rating(tx, *rating)?,
            Work::ReplayPerson { user } => skills::replay_person(tx, *user)?,
            Work::CloseSolved => tickets::close_solved(tx)?,
            Work::SweepUp => {
                access::sweep(tx)?;
                routing::sweep(tx)?;
                floor::roster::end_shifts(tx)?;
            }
            Work::FoldLessons => skills::fold_lessons(tx)?,
            Work::TellLeave { leave } => floor::leave::tell(tx, *leave)?,
            Work::WritePastPromises => routing::write_past(tx)?,
            Work::RemindAssessments => assessments::remind(tx)?,
            Work::TidyHiring => hiring::tidy(tx)?,
            Work::TellJobAlerts { opening } => hiring::tell_alerts(tx, *opening)?,
            Work::PlanReviews => {
                reviews::plan_week(tx)?;
            }
            Work::FindMoments => {
                coaching::find_moments(tx)?;
            }
            Work::RemindCoaching => coaching::remind(tx)?,
            Work::InviteToTalk { session } => coaching::invite(tx, *session)?,
            Work::TellAsked { campaign } => assessments::tell_asked(tx, *campaign)?,
            Work::TickChecks { result } => coaching::tick_checks(tx, *result)?,
            Work::TakeBackOutcomes { run } => skills::outcomes::take_back_some(tx, *run)?,
            Work::SendMail { .. }
            | Work::TakeInMail { .. }
            | Work::Refit { .. }
            | Work::ReadOutcomes { .. }
            | Work::RunFloor { .. } => {
                return Err("this belongs into the outside lane".into());
            }
        }
        Ok(())
    }
}
