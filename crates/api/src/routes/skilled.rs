//! Routes of skills, of what is planned from them, of reviews, and of who gets what.

use crate::shapes::*;
use crate::table::Route;
use crate::{
    competencies, planning, proficiencies, refits, reviews, role_profiles, routing, shelf, skill_rules,
    skills,
};

pub(super) fn of_skills() -> Vec<Route> {
    vec![
        Route::get("/skills", "List the skills in use", skills::index)
            .lists::<SkillShape>("skills")
            .query("kind", "priority, specialist, human, technical, product, language or channel"),
        Route::post("/skills", "Create a skill", skills::create)
            .takes::<SkillBody>()
            .creates::<SkillShape>("skill"),
        Route::get("/skills/matrix", "People and skills", skills::matrix)
            .gives::<MatrixShape>("matrix")
            .query("group_id", "Only people of this group")
            .query("kind", "Only skills of this kind")
            .query("query", "Part of a skill's name, or else of a person's")
            .query("all", "true: also skills of which nothing is known"),
        Route::get("/skills/{id}", "Show a skill by id or key", skills::show).gives::<SkillShape>("skill"),
        Route::put("/skills/{id}", "Change, retire or restore a skill", skills::update)
            .takes::<SkillBody>()
            .gives::<SkillShape>("skill"),
        Route::get("/skill_rules", "List the rules that tell needs by words", skill_rules::index)
            .lists::<SkillRuleShape>("skill_rules")
            .query("skill", "Id or key of one skill"),
        Route::post("/skill_rules", "Create a rule", skill_rules::create)
            .takes::<SkillRuleBody>()
            .creates::<SkillRuleShape>("skill_rule"),
        Route::post(
            "/skill_rules/try",
            "What the desk makes of a text; changes nothing",
            skill_rules::try_text,
        )
        .takes::<TextBody>()
        .gives::<TriedShape>("result"),
        Route::get("/skill_rules/{id}", "Show a rule", skill_rules::show)
            .gives::<SkillRuleShape>("skill_rule"),
        Route::put("/skill_rules/{id}", "Change, disable or enable a rule", skill_rules::update)
            .takes::<SkillRuleBody>()
            .gives::<SkillRuleShape>("skill_rule"),
        Route::delete("/skill_rules/{id}", "Disable a rule", skill_rules::destroy),
        Route::get("/users/{id}/proficiencies", "What a person can do", proficiencies::index)
            .lists::<ProficiencyShape>("proficiencies"),
        Route::get(
            "/users/{id}/evidence",
            "Why the desk believes so; for the person and for leads",
            proficiencies::evidence,
        )
        .lists::<EvidenceShape>("evidence")
        .query("skill", "Id or key of one skill"),
        Route::post(
            "/users/{id}/skill_ratings",
            "Rate oneself, or as a lead somebody else",
            proficiencies::rate_skill,
        )
        .takes::<SkillRatingBody>()
        .creates::<EvidenceShape>("evidence"),
        Route::get("/refits", "Runs that estimate all levels together", refits::index)
            .gives_all::<RefitShape>("refits"),
        Route::post("/refits", "Estimate all levels together, now", refits::create)
            .gives_page("application/json"),
        Route::get("/contests", "Objections to evidence that wait for a decision", proficiencies::contests)
            .gives_all::<ContestShape>("contests"),
        Route::post("/evidence/{id}/contests", "Object to evidence about oneself", proficiencies::contest)
            .takes::<ContestBody>()
            .creates::<ContestShape>("contest"),
        Route::put(
            "/contests/{id}/decision",
            "Keep contested evidence, or strike it out",
            proficiencies::decide,
        )
        .takes::<DecisionBody>()
        .gives::<ContestShape>("contest"),
        Route::put("/evidence/{id}/strike", "Strike evidence out, with a reason", proficiencies::strike)
            .takes::<StrikeBody>(),
    ]
}

pub(super) fn of_planning() -> Vec<Route> {
    vec![
        Route::get(
            "/coverage",
            "What is covered, what hangs on one person, how concentrated it is; for leads",
            planning::team,
        )
        .gives::<TeamShape>("coverage"),
        Route::get("/coverage/{skill_id}", "One skill over the hours of the week; for leads", planning::week)
            .gives::<SkillWeekShape>("coverage")
            .query("hour", "0 to 167, from Monday 0 o'clock: who and which tickets at that hour"),
        Route::get("/gaps", "Where demand meets the largest gap of skill; for leads", planning::gaps)
            .gives_all::<SkillRiskShape>("gaps"),
        Route::get(
            "/users/{id}/absence",
            "What would be missed if this person were away; for leads",
            planning::absence,
        )
        .gives::<AbsenceShape>("absence"),
        Route::get(
            "/investments",
            "Who might learn what, or whom to hire: cost and worth; for leads",
            planning::invest,
        )
        .gives::<InvestmentsShape>("investments"),
        Route::get("/shifts", "The weekly shifts of everybody", planning::shifts)
            .gives_all::<ShiftShape>("shifts"),
        Route::put("/users/{id}/shifts", "Set the week of one person", planning::set_shifts)
            .takes::<ShiftsBody>()
            .gives_all::<ShiftShape>("shifts"),
        Route::get(
            "/skill_suggestions",
            "Words that no skill answers to, and skills that nobody needs; for leads",
            planning::suggestions,
        )
        .gives::<SuggestionsShape>("suggestions"),
        Route::get("/skill_merges", "Skills that became one", shelf::merges)
            .gives_all::<SkillMergeShape>("skill_merges"),
        Route::post("/skill_merges", "Let one skill take another in", shelf::merge)
            .takes::<SkillMergeBody>()
            .creates::<SkillMergeShape>("skill_merge"),
        Route::delete("/skill_merges/{id}", "Take a merge back", shelf::undo),
        Route::get("/skills/{id}/prerequisites", "What a skill stands on", shelf::prerequisites)
            .gives_all::<PrerequisiteShape>("prerequisites"),
        Route::put("/skills/{id}/prerequisites", "Say what a skill stands on: all of it", shelf::stand_on)
            .takes::<PrerequisitesBody>()
            .gives_all::<PrerequisiteShape>("prerequisites"),
        Route::get("/skills/export", "The library as a spreadsheet", shelf::export).gives_page("text/csv"),
        Route::post("/skill_imports", "Read a library from a spreadsheet's text", shelf::import)
            .takes::<SkillImportBody>()
            .gives::<SkillImportShape>("skill_import"),
        Route::get(
            "/role_profiles",
            "What jobs ask, and how ready those are who have them",
            role_profiles::index,
        )
        .lists::<RoleRowShape>("role_profiles"),
        Route::post("/role_profiles", "Describe a role", role_profiles::create)
            .takes::<RoleProfileBody>()
            .creates::<RoleProfileShape>("role_profile"),
        Route::get("/role_profiles/{id}", "Show a role by id or key", role_profiles::show)
            .gives::<RoleProfileShape>("role_profile"),
        Route::put("/role_profiles/{id}", "Change, retire or restore a role", role_profiles::update)
            .takes::<RoleProfileBody>()
            .gives::<RoleProfileShape>("role_profile"),
        Route::delete("/role_profiles/{id}", "Retire a role", role_profiles::destroy),
        Route::get("/competencies", "Skills that are used together", competencies::index)
            .lists::<CompetencyShape>("competencies"),
        Route::post("/competencies", "Write a competency", competencies::create)
            .takes::<CompetencyBody>()
            .creates::<CompetencyShape>("competency"),
        Route::get("/competencies/{id}", "Show a competency", competencies::show)
            .gives::<CompetencyShape>("competency"),
        Route::put("/competencies/{id}", "Change, retire or restore a competency", competencies::update)
            .takes::<CompetencyBody>()
            .gives::<CompetencyShape>("competency"),
        Route::delete("/competencies/{id}", "Retire a competency", competencies::destroy),
        Route::get(
            "/competencies/{id}/readings",
            "How far people have it, as far as the caller may see",
            competencies::readings,
        )
        .gives_all::<CompetencyReadingShape>("readings"),
        Route::get(
            "/users/{id}/competencies",
            "How far a person has each competency, as far as the caller may see",
            competencies::of_person,
        )
        .gives_all::<CompetencyOfShape>("competencies"),
        Route::get(
            "/role_profiles/{id}/readiness",
            "Who has it, and who could grow into it",
            role_profiles::readiness,
        )
        .gives::<RoleReadinessShape>("readiness"),
        Route::put("/role_profiles/{id}/holders", "Say who has a role: all of them", role_profiles::hold)
            .takes::<HoldersBody>()
            .gives::<RoleReadinessShape>("readiness"),
        Route::get(
            "/users/{id}/readiness",
            "A person against every role; for them and for leads",
            role_profiles::of_person,
        )
        .gives_all::<RoleOfShape>("readiness"),
    ]
}

pub(super) fn of_reviews() -> Vec<Route> {
    vec![
        Route::get("/scorecards", "List the scorecards in use, the default first", reviews::scorecards)
            .lists::<ScorecardShape>("scorecards"),
        Route::post("/scorecards", "Create a scorecard", reviews::create_scorecard)
            .takes::<ScorecardBody>()
            .creates::<ScorecardShape>("scorecard"),
        Route::get("/scorecards/{id}", "Show a scorecard in its newest version", reviews::scorecard)
            .gives::<ScorecardShape>("scorecard"),
        Route::put(
            "/scorecards/{id}",
            "Change a scorecard; other categories make a new version",
            reviews::update_scorecard,
        )
        .takes::<ScorecardBody>()
        .gives::<ScorecardShape>("scorecard"),
        Route::get(
            "/reviews",
            "Finished reviews: of everybody for leads, else about oneself",
            reviews::index,
        )
        .lists::<ReviewShape>("reviews")
        .query("user_id", "Only reviews of this person's work"),
        Route::post("/reviews", "Begin a review of a solved conversation", reviews::create)
            .takes::<ReviewBody>()
            .creates::<WholeReviewShape>("review"),
        Route::get("/reviews/{id}", "Show a review", reviews::show).gives::<WholeReviewShape>("review"),
        Route::put("/reviews/{id}", "Score, mark and finish a review", reviews::update)
            .takes::<ReviewBody>()
            .gives::<WholeReviewShape>("review"),
        Route::delete("/reviews/{id}", "Lay an unfinished review aside", reviews::destroy),
        Route::put("/reviews/{id}/answer", "The reviewed person's own words", reviews::answer)
            .takes::<ReviewWordsBody>()
            .gives::<WholeReviewShape>("review"),
        Route::put("/reviews/{id}/contest", "Contest a review of one's own work", reviews::contest)
            .takes::<ReviewWordsBody>()
            .gives::<WholeReviewShape>("review"),
        Route::put("/reviews/{id}/decision", "Decide on a contested review", reviews::decide)
            .takes::<ReviewDecisionBody>()
            .gives::<WholeReviewShape>("review"),
        Route::get("/review_assignments", "What this week's reviews are best spent on", reviews::assignments)
            .gives_all::<ReviewAssignmentShape>("review_assignments"),
        Route::post("/review_assignments", "Fill this week's assignments up to the budget", reviews::plan)
            .gives_all::<ReviewAssignmentShape>("review_assignments"),
        Route::get("/review_raters", "How severe each reviewer is", reviews::raters)
            .gives_all::<RaterShape>("review_raters"),
        Route::get("/calibrations", "Conversations that several score blind", reviews::calibrations)
            .gives_all::<CalibrationShape>("calibrations"),
        Route::post("/calibrations", "Open a calibration", reviews::open_calibration)
            .takes::<CalibrationBody>()
            .creates::<CalibrationShape>("calibration"),
        Route::get("/calibrations/{id}", "Show a calibration", reviews::calibration)
            .gives::<CalibrationShape>("calibration"),
        Route::post("/calibrations/{id}/review", "One's own blind review in it", reviews::join_calibration)
            .creates::<WholeReviewShape>("review"),
        Route::put(
            "/calibrations/{id}/close",
            "Close a calibration, so that all see all",
            reviews::close_calibration,
        )
        .gives::<CalibrationShape>("calibration"),
    ]
}

pub(super) fn of_routing() -> Vec<Route> {
    vec![
        Route::get("/tickets/{id}/requirements", "Skills that a ticket needs", routing::requirements)
            .gives_all::<RequirementShape>("requirements"),
        Route::put("/tickets/{id}/requirements", "Say what a ticket needs", routing::require)
            .takes::<RequirementsBody>()
            .gives_all::<RequirementShape>("requirements"),
        Route::get("/tickets/{id}/routing_decisions", "Why a ticket went where it went", routing::decisions)
            .gives_all::<RoutingDecisionShape>("routing_decisions"),
        Route::get(
            "/tickets/{id}/routing_requirements",
            "What a ticket asks of whoever gets it, by the length of its wait",
            routing::asked,
        )
        .gives::<RoutingRequirementsShape>("routing_requirements"),
        Route::put(
            "/tickets/{id}/routing_requirements",
            "Say what a ticket asks of whoever gets it, in words",
            routing::ask,
        )
        .takes::<RoutingRequirementsBody>()
        .gives::<RoutingRequirementsShape>("routing_requirements"),
        Route::get("/tickets/{id}/routing_contests", "What was said against decisions", routing::contests)
            .gives_all::<RoutingContestShape>("routing_contests"),
        Route::post("/tickets/{id}/routing_contests", "Speak up against a decision", routing::contest)
            .takes::<RoutingContestBody>()
            .gives_all::<RoutingContestShape>("routing_contests"),
        Route::post(
            "/routing_contests/{id}/answer",
            "Answer what was said against a decision",
            routing::answer_contest,
        )
        .takes::<RoutingContestAnswerBody>()
        .gives::<RoutingContestShape>("routing_contest"),
        Route::get("/routing/queue", "What waits for somebody, and for how long", routing::queue)
            .gives::<RoutingQueueShape>("queue"),
        Route::post("/users/me/next_ticket", "Take the next ticket that waits", routing::take_next)
            .gives_page("application/json"),
        Route::get(
            "/users/me/routing_offers",
            "Messages, chats and calls that I am asked to take",
            routing::offers,
        )
        .gives_all::<RoutingOfferShape>("routing_offers"),
        Route::put(
            "/tickets/{id}/routing_offer",
            "Take what is offered, or let it pass",
            routing::answer_offer,
        )
        .takes::<RoutingOfferBody>(),
        Route::get("/agent_statuses", "Statuses of the desk's own", routing::agent_statuses)
            .gives_all::<AgentStatusShape>("agent_statuses"),
        Route::post("/agent_statuses", "Make a status up", routing::create_agent_status)
            .takes::<AgentStatusBody>()
            .creates::<AgentStatusShape>("agent_status"),
        Route::put("/agent_statuses/{id}", "Change a status", routing::update_agent_status)
            .takes::<AgentStatusBody>()
            .gives::<AgentStatusShape>("agent_status"),
        Route::delete("/agent_statuses/{id}", "Retire a status", routing::destroy_agent_status),
        Route::get("/presences", "Who is here", routing::presences).gives_all::<PresenceShape>("presences"),
        Route::put(
            "/users/{id}/presence",
            "Say that somebody is online, away or offline; me for oneself",
            routing::set_presence,
        )
        .takes::<PresenceBody>()
        .gives::<PresenceShape>("presence"),
    ]
}
