//! Routes of who works when, and who is away.

use crate::rosters;
use crate::shapes::*;
use crate::table::Route;

pub(super) fn of_rosters() -> Vec<Route> {
    vec![
        Route::get("/rosters", "Weeks that were planned, the latest first; for leads", rosters::index)
            .gives_all::<RosterShape>("rosters"),
        Route::post("/rosters", "Draft a week, from another week or from shifts", rosters::create)
            .takes::<RosterBody>()
            .creates::<WholeRosterShape>("roster"),
        Route::get("/rosters/{week}", "A week by its Monday, planned or as usual; for leads", rosters::show)
            .gives::<WholeRosterShape>("roster"),
        Route::put(
            "/rosters/{week}",
            "Write all shifts of a week as its draft, give the draft up, or publish it",
            rosters::update,
        )
        .takes::<RosterBody>()
        .gives::<WholeRosterShape>("roster"),
        Route::get("/users/me/week", "One's own shifts, breaks and leave", rosters::my_week)
            .gives::<MyWeekShape>("week")
            .query("week", "Any day of it, as 2026-11-23; this week without it"),
        Route::get("/leave_requests", "One's own leave; everybody's for leads", rosters::leaves)
            .gives_all::<LeaveShape>("leave_requests")
            .query("user_id", "Only of this person")
            .query("state", "asked, granted, refused or withdrawn"),
        Route::post("/leave_requests", "Ask for leave, or as a lead enter somebody's", rosters::ask)
            .takes::<LeaveBody>()
            .creates::<LeaveShape>("leave_request"),
        Route::get("/leave_requests/{id}", "Show a leave", rosters::leave)
            .gives::<LeaveShape>("leave_request"),
        Route::put("/leave_requests/{id}", "Grant, refuse or withdraw it", rosters::decide)
            .takes::<LeaveBody>()
            .gives::<LeaveShape>("leave_request"),
        Route::get(
            "/leave_requests/{id}/cost",
            "What the rosters of these days would miss; for leads",
            rosters::cost,
        )
        .gives::<LeaveCostShape>("cost"),
    ]
}
