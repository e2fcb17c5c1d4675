//! Routes of work that was done at another desk.

use crate::outcomes;
use crate::shapes::*;
use crate::table::Route;

pub(super) fn of_outcomes() -> Vec<Route> {
    vec![
        Route::get("/outcome_files", "Files of another desk's outcomes; for admins", outcomes::index)
            .gives_all::<OutcomeFileShape>("outcome_files"),
        Route::post(
            "/outcome_files",
            "Bring a file, comma-separated or one JSON object a line, up to 50 MiB; nothing is taken in yet",
            outcomes::create,
        )
        .takes_bytes()
        .creates::<OutcomeFileShape>("outcome_file")
        .query("filename", "The file's name; its source is called after it"),
        Route::get("/outcome_files/{id}", "Show a file, how it is read and how far that is", outcomes::show)
            .gives::<OutcomeFileShape>("outcome_file"),
        Route::put("/outcome_files/{id}", "Say how a file is read, try it, or take it in", outcomes::update)
            .takes::<OutcomeFileBody>()
            .gives::<OutcomeFileShape>("outcome_file"),
        Route::delete("/outcome_files/{id}", "Put a file away; what was taken in stays", outcomes::destroy),
        Route::get("/outcome_runs", "Imports, each with its account; for admins", outcomes::runs)
            .gives_all::<OutcomeRunShape>("outcome_runs"),
        Route::get("/outcome_runs/{id}", "Show an import", outcomes::run)
            .gives::<OutcomeRunShape>("outcome_run"),
        Route::delete(
            "/outcome_runs/{id}",
            "Take an import back, as if it had never been read",
            outcomes::take_back,
        )
        .accepts::<OutcomeRunShape>("outcome_run"),
    ]
}
