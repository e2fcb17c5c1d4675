//! `/people` and `/organizations`: customers and colleagues, and what is known of each.

mod curve;
mod edit;
mod identities;
mod index;
mod interests;
mod invite;
mod organizations;
mod show;
mod staff;
mod suggestions;

use crate::Web;
use axum::Router;
use axum::routing::{get, post};
use desk::Role;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/people", get(index::index))
        .route("/people/new", get(edit::new).post(edit::create))
        .route("/people/invite", get(invite::new).post(invite::create))
        .route("/people/suggestions", get(suggestions::index))
        .route("/people/{user}", get(show::show))
        .route("/people/{user}/edit", get(edit::edit).post(edit::update))
        .route("/people/{user}/suspend", post(edit::suspend))
        .route("/people/{user}/unsuspend", post(edit::unsuspend))
        .route("/people/{user}/rate", post(interests::rate))
        .route("/people/{user}/interests", post(interests::update))
        .route("/people/{user}/identities", post(identities::create))
        .route("/identities/{identity}/verify", post(identities::verify))
        .route("/identities/{identity}/primary", post(identities::make_primary))
        .route("/identities/{identity}/remove", post(identities::remove))
        .route("/organizations", get(organizations::index))
        .route("/organizations/new", get(organizations::new).post(organizations::create))
        .route("/organizations/{organization}", get(organizations::show).post(organizations::update))
        .route("/organizations/{organization}/remove", post(organizations::remove))
}

/// What a role is called on screens.
pub(crate) fn role_word(role: &Role) -> &'static str {
    match role {
        Role::EndUser => "Customer",
        Role::LightAgent => "Light agent",
        Role::Agent => "Agent",
        Role::Lead => "Lead",
        Role::Admin => "Admin",
    }
}

/// What a role may do, in one line.
pub(crate) fn role_hint(role: &Role) -> &'static str {
    match role {
        Role::EndUser => "writes to us",
        Role::LightAgent => "reads everything, writes notes to the team",
        Role::Agent => "answers customers",
        Role::Lead => "also coaches, rates and edits skills",
        Role::Admin => "also changes settings, mailboxes and people",
    }
}
