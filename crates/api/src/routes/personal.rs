//! Routes of what is a person's own, and of what is found about the desk's own judgement.

use crate::shapes::*;
use crate::table::Route;
use crate::{findings, personal};

pub(super) fn of_people() -> Vec<Route> {
    vec![
        Route::get("/users/{id}/interests", "What a person wants to learn", personal::interests)
            .gives_all::<SkillNameShape>("interests"),
        Route::put(
            "/users/{id}/interests",
            "Say what one wants to learn, or as a lead what somebody does: all of it",
            personal::set_interests_of,
        )
        .takes::<InterestsBody>()
        .gives_all::<SkillNameShape>("interests"),
        Route::get(
            "/users/{id}/wellbeing",
            "Whether one has a rest from hostile customers; for the person, and for leads if it is shared",
            personal::show_wellbeing,
        )
        .gives::<WellbeingShape>("wellbeing"),
        Route::put(
            "/users/{id}/wellbeing",
            "Let one's leads see it, or not any more",
            personal::share_wellbeing,
        )
        .takes::<WellbeingBody>()
        .gives::<WellbeingShape>("wellbeing"),
        Route::get(
            "/users/{id}/efforts",
            "What answers took in the last 8 weeks; for the person, and for leads if it is shared",
            personal::efforts,
        )
        .lists::<EffortShape>("efforts"),
        Route::get("/users/{id}/portfolio", "What one can prove; one's own", personal::show_portfolio)
            .gives::<PortfolioShape>("portfolio"),
        Route::put(
            "/users/{id}/portfolio",
            "Choose what one's portfolio tells, and in which words",
            personal::update_portfolio,
        )
        .takes::<PortfolioBody>()
        .gives::<PortfolioShape>("portfolio"),
    ]
}

pub(super) fn of_findings() -> Vec<Route> {
    vec![
        Route::get(
            "/fairness",
            "How severe raters are, and whether groups differ; for leads",
            findings::fairness,
        )
        .gives::<FairnessShape>("fairness")
        .query("by", "group, time_zone or language"),
        Route::get("/hard_work", "Which kinds of work are hard; for leads", findings::hardest)
            .gives::<HardWorkShape>("hard_work"),
        Route::get("/releases", "The newest product releases; for admins", findings::releases)
            .gives_all::<ReleaseShape>("releases"),
        Route::post(
            "/releases",
            "Note a product release, which draws what was known of its skills back; for admins",
            findings::release,
        )
        .takes::<ReleaseBody>()
        .creates::<ReleaseShape>("release"),
    ]
}
