//! Routes of what people say, prove and know, and of who might join them.

use crate::shapes::*;
use crate::table::Route;
use crate::{applications, articles, assessments, coaching, hiring, interviews};

pub(super) fn of_assessments() -> Vec<Route> {
    vec![
        Route::get("/assessment_campaigns", "Campaigns that ask people about people", assessments::campaigns)
            .gives_all::<CampaignShape>("assessment_campaigns"),
        Route::post("/assessment_campaigns", "Ask people", assessments::open_campaign)
            .takes::<CampaignBody>()
            .creates::<CampaignShape>("assessment_campaign"),
        Route::get("/assessment_campaigns/{id}", "A campaign with its results", assessments::campaign)
            .gives::<CampaignShape>("assessment_campaign"),
        Route::put("/assessment_campaigns/{id}/close", "Close a campaign", assessments::close_campaign)
            .gives::<CampaignShape>("assessment_campaign"),
        Route::get("/assessment_tasks", "What one is asked", assessments::tasks)
            .gives_all::<AssessmentTaskShape>("assessment_tasks"),
        Route::put("/assessment_tasks/{id}", "Answer what one is asked", assessments::say)
            .takes::<AssessmentAnswersBody>(),
        Route::get("/users/{id}/certificates", "Certificates of a person", assessments::certificates)
            .gives_all::<CertificateShape>("certificates"),
        Route::post("/users/{id}/certificates", "Add a certificate", assessments::add_certificate)
            .takes::<CertificateBody>()
            .creates::<CertificateShape>("certificate"),
        Route::put(
            "/certificates/{id}/confirm",
            "Say that one has seen the proof",
            assessments::confirm_certificate,
        ),
        Route::delete("/certificates/{id}", "Remove a certificate", assessments::remove_certificate),
        Route::get("/skill_checks", "Short quizzes about one skill each", assessments::checks)
            .gives_all::<SkillCheckShape>("skill_checks"),
        Route::post("/skill_checks", "Write a skill check", assessments::create_check)
            .takes::<SkillCheckBody>()
            .creates::<SkillCheckShape>("skill_check"),
        Route::get("/skill_checks/{id}", "Show a skill check", assessments::check)
            .gives::<SkillCheckShape>("skill_check"),
        Route::post("/skill_checks/{id}/results", "Take a skill check", assessments::answer_check)
            .takes::<SkillCheckAnswersBody>()
            .creates::<SkillCheckResultShape>("result"),
    ]
}

pub(super) fn of_articles() -> Vec<Route> {
    const SKILL: (&str, &str) = ("skill_id", "Only articles about this skill");
    const AUTHOR: (&str, &str) = ("author_id", "Only articles of this person");
    const STATE: (&str, &str) =
        ("state", "draft, internal, published, archived; all but the archived without it");
    const LOCALE: (&str, &str) = ("locale", "Only articles in this language: de, en-us");
    vec![
        Route::get("/help_center/articles", "Articles that the caller may see", articles::index)
            .lists::<ArticleShape>("articles")
            .query("query", "Words that they hold")
            .query(SKILL.0, SKILL.1)
            .query(AUTHOR.0, AUTHOR.1)
            .query(STATE.0, STATE.1)
            .query(LOCALE.0, LOCALE.1),
        Route::post("/help_center/articles", "Write an article", articles::create)
            .takes::<ArticleBody>()
            .creates::<ArticleShape>("article"),
        Route::get("/help_center/articles/search", "Articles by their words", articles::search)
            .lists::<ArticleShape>("results")
            .query("query", "Words that they hold")
            .query(SKILL.0, SKILL.1)
            .query(AUTHOR.0, AUTHOR.1)
            .query(STATE.0, STATE.1)
            .query(LOCALE.0, LOCALE.1),
        Route::get("/help_center/{locale}/articles", "Articles in one language", articles::index_in)
            .lists::<ArticleShape>("articles")
            .query("query", "Words that they hold")
            .query(SKILL.0, SKILL.1)
            .query(AUTHOR.0, AUTHOR.1)
            .query(STATE.0, STATE.1),
        Route::get(
            "/help_center/{locale}/articles/{id}",
            "An article, if it is in this language",
            articles::show_in,
        )
        .gives::<ArticleShape>("article"),
        Route::get("/help_center/articles/{id}", "Show an article", articles::show)
            .gives::<ArticleShape>("article"),
        Route::put("/help_center/articles/{id}", "Change an article, or who may read it", articles::update)
            .takes::<ArticleBody>()
            .gives::<ArticleShape>("article"),
        Route::delete("/help_center/articles/{id}", "Put an article away", articles::destroy),
    ]
}

pub(super) fn of_hiring() -> Vec<Route> {
    vec![
        Route::get("/openings", "Openings that the caller may see", hiring::openings)
            .gives_all::<OpeningShape>("openings"),
        Route::post("/openings", "Write an opening", hiring::create_opening)
            .takes::<OpeningBody>()
            .creates::<OpeningShape>("opening"),
        Route::get("/openings/{id}", "Show an opening, with who could grow into it", hiring::opening)
            .gives::<OpeningShape>("opening"),
        Route::put("/openings/{id}", "Change an opening, or who may see it", hiring::update_opening)
            .takes::<OpeningBody>()
            .gives::<OpeningShape>("opening"),
        Route::get("/openings/{id}/candidates", "Candidates with their fit", hiring::candidates)
            .gives_all::<HiringCandidateShape>("candidates"),
        Route::post("/openings/{id}/candidates", "Add a candidate", hiring::add_candidate)
            .takes::<HiringCandidateBody>()
            .creates::<HiringCandidateShape>("candidate"),
        Route::post(
            "/openings/{id}/candidate_imports",
            "Add up to 2,000 candidates, of a list or a spreadsheet; who is known is passed over",
            hiring::import_candidates,
        )
        .takes::<CandidateImportBody>()
        .creates::<CandidateImportShape>("candidate_import"),
        Route::get("/candidates/{id}", "Show a candidate, with the reasons of the fit", hiring::candidate)
            .gives::<HiringCandidateShape>("candidate"),
        Route::put("/candidates/{id}", "Change a candidate's stage or note", hiring::update_candidate)
            .takes::<HiringCandidateBody>()
            .gives::<HiringCandidateShape>("candidate"),
        Route::delete(
            "/candidates/{id}",
            "Delete all that is known of a candidate",
            hiring::forget_candidate,
        ),
        Route::get(
            "/openings/{id}/applications",
            "Confirmed applications, the newest first",
            applications::index,
        )
        .lists::<ApplicationShape>("applications"),
        Route::get("/applications/{id}", "Show an application", applications::show)
            .gives::<ApplicationShape>("application"),
        Route::get("/applications/{id}/file", "The file that came with an application", applications::file)
            .gives_page("application/octet-stream"),
        Route::delete(
            "/applications/{id}",
            "Delete an application and the candidate that it became",
            applications::destroy,
        ),
    ]
}

/// Interviewers, colleagues who want the work, and where openings come from.
pub(super) fn of_interviews() -> Vec<Route> {
    vec![
        Route::get(
            "/openings/{id}/interviewers",
            "Who scores candidates beside leads",
            interviews::interviewers,
        )
        .gives_all::<InterviewerShape>("interviewers"),
        Route::put("/openings/{id}/interviewers", "Name who scores candidates", interviews::set_interviewers)
            .takes::<InterviewersBody>()
            .gives_all::<InterviewerShape>("interviewers"),
        Route::get("/interviews", "Candidates whom the caller is asked to score", interviews::asked)
            .gives_all::<AskedInterviewShape>("interviews"),
        Route::get(
            "/candidates/{id}/scorecard",
            "One's own scorecard, with what to ask",
            interviews::scorecard,
        )
        .gives::<OwnScorecardShape>("scorecard"),
        Route::put("/candidates/{id}/scorecard", "Hand in one's own scorecard", interviews::save_scorecard)
            .takes::<ScorecardScoresBody>()
            .gives::<OwnScorecardShape>("scorecard"),
        Route::get("/openings/{id}/candidacy", "That one wants the work oneself", interviews::candidacy)
            .gives::<CandidacyShape>("candidacy"),
        Route::post("/openings/{id}/candidacy", "Say that one wants the work", interviews::volunteer)
            .takes::<CandidacyBody>()
            .creates::<CandidacyShape>("candidacy"),
        Route::delete("/openings/{id}/candidacy", "Do not want it any more", interviews::withdraw),
        Route::get("/hiring_gaps", "What the team lacks, as openings might name it", interviews::gaps)
            .gives_all::<HiringGapShape>("hiring_gaps"),
        Route::get("/opening_draft", "What an opening for a skill or a role starts from", interviews::draft)
            .gives::<OpeningDraftShape>("opening_draft")
            .query("skill_id", "The skill that is lacking")
            .query("role_profile_id", "Or the role"),
    ]
}

pub(super) fn of_coaching() -> Vec<Route> {
    vec![
        Route::get("/coaching_moments", "What is worth a talk, and why", coaching::moments)
            .lists::<CoachingMomentShape>("coaching_moments")
            .query("user_id", "Only this person's, of the last weeks"),
        Route::get("/coaching_plans", "Plans of those whom one may coach, or one's own", coaching::index)
            .lists::<CoachingPlanShape>("coaching_plans")
            .query("user_id", "Only this person's"),
        Route::post("/coaching_plans", "Make a plan", coaching::create)
            .takes::<CoachingPlanBody>()
            .creates::<WholeCoachingPlanShape>("coaching_plan"),
        Route::get("/coaching_plans/{id}", "Show a plan with its measured effects", coaching::show)
            .gives::<WholeCoachingPlanShape>("coaching_plan"),
        Route::put("/coaching_plans/{id}", "Change, close or open a plan", coaching::update)
            .takes::<CoachingPlanBody>()
            .gives::<WholeCoachingPlanShape>("coaching_plan"),
        Route::post("/coaching_plans/{id}/goals", "Add a goal", coaching::add_goal)
            .takes::<CoachingGoalBody>()
            .creates::<WholeCoachingPlanShape>("coaching_plan"),
        Route::put(
            "/coaching_goals/{id}",
            "Whether a goal is reached, and who helps while tickets are given to learn on",
            coaching::update_goal,
        )
        .takes::<CoachingGoalChangeBody>()
        .gives::<WholeCoachingPlanShape>("coaching_plan"),
        Route::post("/coaching_plans/{id}/tasks", "Add a task", coaching::add_task)
            .takes::<CoachingTaskBody>()
            .creates::<WholeCoachingPlanShape>("coaching_plan"),
        Route::put("/coaching_tasks/{id}", "Whether a task is done", coaching::update_task)
            .takes::<CoachingTaskChangeBody>()
            .gives::<WholeCoachingPlanShape>("coaching_plan"),
        Route::post("/coaching_plans/{id}/sessions", "Plan a talk", coaching::plan_session)
            .takes::<CoachingSessionBody>()
            .creates::<WholeCoachingPlanShape>("coaching_plan"),
        Route::put("/coaching_sessions/{id}", "Whether a talk was held", coaching::update_session)
            .takes::<CoachingSessionChangeBody>()
            .gives::<WholeCoachingPlanShape>("coaching_plan"),
        Route::delete("/coaching_sessions/{id}", "Call a talk off", coaching::drop_session),
        Route::post("/coaching_plans/{id}/notes", "Write a note, shared or private", coaching::add_note)
            .takes::<CoachingNoteBody>()
            .creates::<WholeCoachingPlanShape>("coaching_plan"),
    ]
}
