//! `/admin`: what is set once and looked after: the company, mailboxes, groups, staff, skills, tokens, jobs.

mod about;
mod company;
mod groups;
mod import_file;
mod imports;
mod jobs;
mod learning;
mod mailbox_form;
mod mailboxes;
mod queue_form;
mod queues;
mod refit;
mod routing;
mod rules;
pub(crate) mod skill_words;
mod skills;
mod staff;
mod statuses;
mod tokens;

use crate::{Problem, Web};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Redirect;
use axum::routing::{get, post};
use desk::{Actor, Kind};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/admin", get(|| async { Redirect::to("/admin/company") }))
        .route("/admin/company", get(company::edit).post(company::update))
        .route("/admin/mailboxes", get(mailboxes::index))
        .route("/admin/mailboxes/new", get(mailboxes::new).post(mailboxes::create))
        .route("/admin/mailboxes/{mailbox}", get(mailboxes::edit).post(mailboxes::update))
        .route("/admin/mailboxes/{mailbox}/test", post(mailboxes::test))
        .route("/admin/mailboxes/{mailbox}/default", post(mailboxes::make_default))
        .route("/admin/mailboxes/{mailbox}/remove", post(mailboxes::remove))
        .route("/admin/groups", get(groups::index).post(groups::create))
        .route("/admin/groups/{group}", get(groups::edit).post(groups::update))
        .route("/admin/groups/{group}/default", post(groups::make_default))
        .route("/admin/groups/{group}/remove", post(groups::remove))
        .route("/admin/staff", get(staff::index))
        .route("/admin/skills", get(skills::index))
        .route("/admin/skills/new", get(skills::new).post(skills::create))
        .route("/admin/skills/{skill}", get(skills::edit).post(skills::update))
        .route("/admin/skills/{skill}/retire", post(skills::retire))
        .route("/admin/skills/{skill}/restore", post(skills::restore))
        .route("/admin/skills/{skill}/words", post(skill_words::set))
        .route("/admin/skills/{skill}/rules", post(rules::create))
        .route("/admin/learning", get(learning::edit).post(learning::update))
        .route("/admin/learning/fading", post(learning::fade))
        .route("/admin/learning/releases", post(learning::release))
        .route("/admin/routing", get(routing::edit).post(routing::update))
        .route("/admin/queues", get(queues::index).post(queues::create))
        .route("/admin/queues/new", get(queues::new))
        .route("/admin/queues/{queue}", get(queues::edit).post(queues::update))
        .route("/admin/queues/{queue}/place", post(queues::set_place))
        .route("/admin/queues/{queue}/remove", post(queues::remove))
        .route("/admin/statuses", get(statuses::index).post(statuses::create))
        .route("/admin/statuses/{status}", post(statuses::update))
        .route("/admin/statuses/{status}/retire", post(statuses::retire))
        .route("/admin/refit", get(refit::index).post(refit::create))
        .route("/admin/refit/_runs", get(refit::runs))
        .route("/admin/imports", get(imports::index))
        .route("/admin/imports/_runs", get(imports::runs))
        .route("/admin/imports/runs/{run}/undo", post(imports::undo))
        .route("/admin/imports/sources", post(imports::set_source))
        .route(
            "/admin/imports/files",
            post(import_file::create).layer(DefaultBodyLimit::max(import_file::BODY_BYTES_MAX)),
        )
        .route("/admin/imports/files/{file}", get(import_file::show).post(import_file::update))
        .route("/admin/imports/files/{file}/_state", get(import_file::progress))
        .route("/admin/imports/files/{file}/remove", post(import_file::put_away))
        .route("/admin/rules", get(rules::index))
        .route("/admin/rules/try", get(rules::try_page).post(rules::try_text))
        .route("/admin/rules/{rule}", get(rules::edit).post(rules::update))
        .route("/admin/rules/{rule}/disable", post(rules::disable))
        .route("/admin/rules/{rule}/enable", post(rules::enable))
        .route("/admin/tokens", get(tokens::index).post(tokens::create))
        .route("/admin/tokens/{token}/revoke", post(tokens::revoke))
        .route("/admin/jobs", get(jobs::index))
        .route("/admin/jobs/{job}/retry", post(jobs::retry))
        .route("/admin/about", get(about::show))
        .route("/admin/about/licences", get(about::texts))
}

pub(crate) use routing::{rule_name, rule_names, rule_of, rule_word};

fn must_be_admin(actor: Actor) -> Result<(), Problem> {
    match actor.is_admin() {
        true => Ok(()),
        false => Err(Problem::new(Kind::Forbidden, "Only admins may look at this.")),
    }
}

/// Skills and their rules are for leads too.
fn must_be_lead(actor: Actor) -> Result<(), Problem> {
    match actor.is_lead() {
        true => Ok(()),
        false => Err(Problem::new(Kind::Forbidden, "Only leads may look at this.")),
    }
}
