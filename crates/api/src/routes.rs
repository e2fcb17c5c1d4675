//! The one table of routes. The router, the OpenAPI document and the browsable page are made from it.

mod attributes;
mod growth;
mod hours;
mod outcomes;
mod personal;
mod queues;
mod skilled;

use crate::shapes::*;
use crate::table::{Route, tagged};
use crate::{
    attachments, comments, docs, groups, identities, incremental, job_statuses, ledger, memberships, openapi,
    organizations, ratings, search, suspended, tags, ticket_lists, tickets, uploads, users, views,
};

const INCLUDE: (&str, &str) = ("include", "users, groups, organizations, comment_count, last_audits");

pub fn all() -> Vec<Route> {
    let mut all = Vec::new();
    all.extend(tagged("Tickets", of_tickets()));
    all.extend(tagged("Ticket conversations", of_conversations()));
    all.extend(tagged("Search and exports", of_search()));
    all.extend(tagged("Views and fields", of_views()));
    all.extend(tagged("Users", of_users()));
    all.extend(tagged("Organizations", of_organizations()));
    all.extend(tagged("Groups", of_groups()));
    all.extend(tagged("Files", of_files()));
    all.extend(tagged("Satisfaction", of_ratings()));
    all.extend(tagged("Mail", of_mail()));
    all.extend(tagged("Skills", skilled::of_skills()));
    all.extend(tagged("Skills", personal::of_findings()));
    all.extend(tagged("Personal", personal::of_people()));
    all.extend(tagged("Imports from other desks", outcomes::of_outcomes()));
    all.extend(tagged("Roles and planning", skilled::of_planning()));
    all.extend(tagged("Rosters and leave", hours::of_rosters()));
    all.extend(tagged("Reviews", skilled::of_reviews()));
    all.extend(tagged("Assessments", growth::of_assessments()));
    all.extend(tagged("Hiring", growth::of_hiring()));
    all.extend(tagged("Hiring", growth::of_interviews()));
    all.extend(tagged("Coaching", growth::of_coaching()));
    all.extend(tagged("Help centre", growth::of_articles()));
    all.extend(tagged("Routing", skilled::of_routing()));
    all.extend(tagged("Routing", attributes::of_attributes()));
    all.extend(tagged("Queues and decisions", queues::of_queues()));
    all.extend(tagged("This document", of_documents()));
    all
}

fn of_tickets() -> Vec<Route> {
    vec![
        Route::get("/tickets", "List tickets", ticket_lists::index)
            .lists::<TicketShape>("tickets")
            .query("sort_by", "id, created_at or updated_at")
            .query("sort_order", "asc or desc")
            .query("sort", "The same in one word: -updated_at")
            .query("external_id", "Only tickets with this external id")
            .query(INCLUDE.0, INCLUDE.1),
        Route::post("/tickets", "Create a ticket", tickets::create)
            .takes::<TicketBody>()
            .creates::<TicketShape>("ticket"),
        Route::get("/tickets/count", "Count tickets", ticket_lists::count).gives::<CountShape>("count"),
        Route::get("/tickets/recent", "Tickets changed last", ticket_lists::recent)
            .gives_all::<TicketShape>("tickets"),
        Route::get("/tickets/show_many", "Show tickets by id", ticket_lists::show_many)
            .gives_all::<TicketShape>("tickets")
            .query("ids", "Up to 100 ids, parted by commas")
            .query(INCLUDE.0, INCLUDE.1),
        Route::post("/tickets/create_many", "Create up to 100 tickets", tickets::create_many)
            .takes::<TicketsBody>()
            .gives::<JobStatusShape>("job_status"),
        Route::put("/tickets/update_many", "Change up to 100 tickets", tickets::update_many)
            .takes::<ManyTicketsBody>()
            .gives::<JobStatusShape>("job_status")
            .query("ids", "Which tickets the one change is for"),
        Route::delete("/tickets/destroy_many", "Delete up to 100 tickets", tickets::destroy_many)
            .gives::<JobStatusShape>("job_status")
            .query("ids", "Which tickets"),
        Route::get("/tickets/{id}", "Show a ticket", tickets::show)
            .gives::<TicketShape>("ticket")
            .query(INCLUDE.0, INCLUDE.1),
        Route::put("/tickets/{id}", "Change a ticket, and say something on it", tickets::update)
            .takes::<TicketBody>()
            .gives::<TicketShape>("ticket"),
        Route::delete("/tickets/{id}", "Delete a ticket", tickets::destroy),
        Route::post("/tickets/{id}/merge", "Merge tickets into this one", tickets::merge)
            .takes::<MergeBody>()
            .gives::<JobStatusShape>("job_status"),
        Route::get("/tickets/{id}/incidents", "Incidents of a problem", ticket_lists::incidents)
            .lists::<TicketShape>("tickets")
            .query(INCLUDE.0, INCLUDE.1),
        Route::get("/deleted_tickets", "Tickets that may still be restored", ticket_lists::deleted)
            .lists::<DeletedTicketShape>("deleted_tickets"),
        Route::put("/deleted_tickets/{id}/restore", "Bring a deleted ticket back", tickets::restore)
            .gives_page("application/json"),
        Route::put("/deleted_tickets/restore_many", "Bring deleted tickets back", tickets::restore_many)
            .gives_page("application/json")
            .query("ids", "Which"),
        Route::get("/tickets/{id}/metrics", "Numbers of a ticket", tickets::metrics)
            .gives::<TicketMetricShape>("ticket_metric"),
        Route::get("/ticket_metrics", "Numbers of all tickets", ticket_lists::metrics)
            .lists::<TicketMetricShape>("ticket_metrics"),
        Route::get("/tickets/{id}/collaborators", "People in copy, and followers", tickets::collaborators)
            .gives_all::<UserShape>("users"),
        Route::get("/tickets/{id}/followers", "Followers of a ticket", tickets::followers)
            .gives_all::<UserShape>("users"),
        Route::get("/tickets/{id}/email_ccs", "People in copy", tickets::email_ccs)
            .gives_all::<UserShape>("users"),
        Route::get("/job_statuses", "What came of bulk work", job_statuses::index)
            .gives_all::<JobStatusShape>("job_statuses"),
        Route::get("/job_statuses/show_many", "What came of some bulk work", job_statuses::show_many)
            .gives_all::<JobStatusShape>("job_statuses")
            .query("ids", "Ids, parted by commas"),
        Route::get("/job_statuses/{id}", "What came of one bulk call", job_statuses::show)
            .gives::<JobStatusShape>("job_status"),
    ]
}

fn of_conversations() -> Vec<Route> {
    vec![
        Route::get("/tickets/{id}/comments", "What was said on a ticket", comments::index)
            .lists::<CommentShape>("comments")
            .query("sort_order", "asc or desc, by time")
            .query("include_inline_images", "true: also files that are shown inside the text")
            .query("include", "users"),
        Route::get("/tickets/{id}/audits", "What was changed on a ticket", comments::audits)
            .lists::<AuditShape>("audits"),
        Route::get("/tickets/{id}/audits/{audit_id}", "One change of a ticket", comments::audit)
            .gives::<AuditShape>("audit"),
        Route::get("/tickets/{id}/tags", "Tags of a ticket", tags::of_ticket).gives_all::<String>("tags"),
        Route::post("/tickets/{id}/tags", "Set a ticket's tags", tags::set)
            .takes::<TagsBody>()
            .creates::<Vec<String>>("tags"),
        Route::put("/tickets/{id}/tags", "Add tags to a ticket", tags::add)
            .takes::<TagsBody>()
            .gives_all::<String>("tags"),
        Route::delete("/tickets/{id}/tags", "Take tags from a ticket", tags::remove)
            .takes::<TagsBody>()
            .gives_all::<String>("tags"),
        Route::get("/tags", "All tags, most used first", tags::index).lists::<TagCountShape>("tags"),
        Route::get("/autocomplete/tags", "Tags by their beginning", tags::autocomplete)
            .gives_all::<String>("tags")
            .query("name", "The beginning"),
    ]
}

fn of_search() -> Vec<Route> {
    vec![
        Route::get("/search", "Tickets, people, organizations and groups", search::index)
            .lists::<TicketShape>("results")
            .query(
                "query",
                "Words and conditions: type:ticket status<solved assignee:me tags:refund created>2026-01-01",
            )
            .query("sort_by", "created_at, updated_at, priority, status, ticket_type; best match without it")
            .query("sort_order", "asc or desc"),
        Route::get("/search/count", "How many a search finds", search::count)
            .gives::<i64>("count")
            .query("query", "As in search"),
        Route::get("/search/export", "Search results of one type, by cursor", search::export)
            .lists::<TicketShape>("results")
            .query("query", "As in search")
            .query("filter[type]", "ticket, user, organization or group"),
        Route::get(
            "/incremental/tickets/cursor",
            "Tickets changed since a moment, by cursor",
            incremental::by_cursor,
        )
        .gives_all::<TicketShape>("tickets")
        .query("start_time", "Seconds since 1970")
        .query("cursor", "The after_cursor of the page before")
        .query("per_page", "At most 1,000"),
        Route::get("/incremental/users", "People changed since a moment, by time", incremental::users)
            .gives_all::<UserShape>("users")
            .query("start_time", "Seconds since 1970")
            .query("per_page", "At most 1,000"),
        Route::get(
            "/incremental/users/cursor",
            "People changed since a moment, by cursor",
            incremental::users,
        )
        .gives_all::<UserShape>("users")
        .query("start_time", "Seconds since 1970")
        .query("cursor", "The after_cursor of the page before")
        .query("per_page", "At most 1,000"),
        Route::get(
            "/incremental/organizations",
            "Organizations changed since a moment, by time",
            incremental::organizations,
        )
        .gives_all::<OrganizationShape>("organizations")
        .query("start_time", "Seconds since 1970")
        .query("per_page", "At most 1,000"),
        Route::get("/incremental/tickets", "Tickets changed since a moment, by time", incremental::by_time)
            .gives_all::<TicketShape>("tickets")
            .query("start_time", "Seconds since 1970")
            .query("per_page", "At most 1,000"),
    ]
}

fn of_views() -> Vec<Route> {
    vec![
        Route::get("/views", "The lists that every desk starts with", views::index)
            .lists::<ViewShape>("views"),
        Route::get("/views/active", "The same", views::index).lists::<ViewShape>("views"),
        Route::get("/views/count_many", "How many tickets some views hold", views::count_many)
            .gives_all::<ViewCountShape>("view_counts")
            .query("ids", "Ids, parted by commas"),
        Route::get("/views/{id}", "Show a view", views::show).gives::<ViewShape>("view"),
        Route::get("/views/{id}/tickets", "Tickets of a view", views::tickets)
            .lists::<TicketShape>("tickets")
            .query(INCLUDE.0, INCLUDE.1),
        Route::get("/views/{id}/execute", "Tickets of a view as rows of a table", views::execute)
            .gives_page("application/json"),
        Route::get("/views/{id}/count", "How many tickets a view holds", views::count)
            .gives::<ViewCountShape>("view_count"),
        Route::get("/ticket_fields", "Fields of a ticket", views::ticket_fields)
            .lists::<TicketFieldShape>("ticket_fields"),
        Route::get("/ticket_fields/{id}", "Show a field", views::ticket_field)
            .gives::<TicketFieldShape>("ticket_field"),
        Route::get("/brands", "List brands", views::brands).lists::<BrandShape>("brands"),
        Route::get("/brands/{id}", "Show a brand", views::brand).gives::<BrandShape>("brand"),
    ]
}

fn of_users() -> Vec<Route> {
    vec![
        Route::get("/users", "List people", users::index)
            .lists::<UserShape>("users")
            .query("role", "end-user, agent or admin; role[] for several")
            .query("external_id", "Only people with this external id"),
        Route::post("/users", "Create a person", users::create)
            .takes::<UserBody>()
            .creates::<UserShape>("user"),
        Route::post(
            "/users/create_or_update",
            "Create a person, or change the one with this address or external id",
            users::create_or_update,
        )
        .takes::<UserBody>()
        .creates::<UserShape>("user"),
        Route::get("/users/count", "Count people", users::count)
            .gives::<CountShape>("count")
            .query("role", "As in the list"),
        Route::get("/users/me", "Who I am", users::me).gives::<UserShape>("user"),
        Route::get("/users/show_many", "Show people by id", users::show_many)
            .lists::<UserShape>("users")
            .query("ids", "Up to 100 ids, parted by commas")
            .query("external_ids", "Or external ids"),
        Route::get("/users/search", "Find people", users::search)
            .lists::<UserShape>("users")
            .query("query", "Words, or an address")
            .query("external_id", "Or an external id"),
        Route::get("/users/autocomplete", "People by the beginning of a name", users::autocomplete)
            .lists::<UserShape>("users")
            .query("name", "The beginning"),
        Route::post("/users/create_many", "Create up to 100 people", users::create_many)
            .takes::<UsersBody>()
            .gives::<JobStatusShape>("job_status"),
        Route::post(
            "/users/create_or_update_many",
            "Create or change up to 100 people",
            users::create_or_update_many,
        )
        .takes::<UsersBody>()
        .gives::<JobStatusShape>("job_status"),
        Route::put("/users/update_many", "Change up to 100 people", users::update_many)
            .takes::<ManyUsersBody>()
            .gives::<JobStatusShape>("job_status")
            .query("ids", "Whom the one change is for"),
        Route::delete("/users/destroy_many", "Delete up to 100 people", users::destroy_many)
            .gives::<JobStatusShape>("job_status")
            .query("ids", "Whom"),
        Route::get("/users/{id}", "Show a person", users::show).gives::<UserShape>("user"),
        Route::put("/users/{id}", "Change a person", users::update)
            .takes::<UserBody>()
            .gives::<UserShape>("user"),
        Route::delete("/users/{id}", "Delete a person", users::destroy).gives::<UserShape>("user"),
        Route::get("/users/{id}/related", "What belongs to a person", users::related)
            .gives::<UserRelatedShape>("user_related"),
        Route::get("/users/{id}/tickets/requested", "Tickets a person asked for", ticket_lists::requested)
            .lists::<TicketShape>("tickets"),
        Route::get("/users/{id}/tickets/assigned", "Tickets a person works on", ticket_lists::assigned)
            .lists::<TicketShape>("tickets"),
        Route::get("/users/{id}/tickets/ccd", "Tickets with a person in copy", ticket_lists::copied)
            .lists::<TicketShape>("tickets"),
        Route::get("/users/{id}/organizations", "The organization of a person", organizations::of_user)
            .lists::<OrganizationShape>("organizations"),
        Route::get("/users/{id}/groups", "Groups of a person", groups::of_user).lists::<GroupShape>("groups"),
        Route::get("/users/{id}/group_memberships", "Memberships of a person", memberships::of_user)
            .lists::<MembershipShape>("group_memberships"),
        Route::get("/users/{id}/identities", "Addresses and numbers of a person", identities::index)
            .gives_all::<IdentityShape>("identities"),
        Route::post("/users/{id}/identities", "Add an address or a number", identities::create)
            .takes::<IdentityBody>()
            .creates::<IdentityShape>("identity"),
        Route::get("/users/{id}/identities/{identity_id}", "Show an address or a number", identities::show)
            .gives::<IdentityShape>("identity"),
        Route::put(
            "/users/{id}/identities/{identity_id}/make_primary",
            "Mail goes to this address from now on",
            identities::make_primary,
        )
        .gives_all::<IdentityShape>("identities"),
        Route::put(
            "/users/{id}/identities/{identity_id}/verify",
            "This is known to be theirs",
            identities::verify,
        )
        .gives::<IdentityShape>("identity"),
        Route::delete(
            "/users/{id}/identities/{identity_id}",
            "Remove an address or a number",
            identities::destroy,
        ),
    ]
}

fn of_organizations() -> Vec<Route> {
    vec![
        Route::get("/organizations", "List organizations", organizations::index)
            .lists::<OrganizationShape>("organizations"),
        Route::post("/organizations", "Create an organization", organizations::create)
            .takes::<OrganizationBody>()
            .creates::<OrganizationShape>("organization"),
        Route::post(
            "/organizations/create_or_update",
            "Create an organization, or change the one with this external id or name",
            organizations::create_or_update,
        )
        .takes::<OrganizationBody>()
        .creates::<OrganizationShape>("organization"),
        Route::get("/organizations/count", "Count organizations", organizations::count)
            .gives::<CountShape>("count"),
        Route::get("/organizations/show_many", "Show organizations by id", organizations::show_many)
            .lists::<OrganizationShape>("organizations")
            .query("ids", "Up to 100 ids, parted by commas"),
        Route::get(
            "/organizations/autocomplete",
            "Organizations by the beginning of the name",
            organizations::autocomplete,
        )
        .lists::<OrganizationShape>("organizations")
        .query("name", "The beginning"),
        Route::get("/organizations/search", "Find organizations", organizations::search)
            .lists::<OrganizationShape>("organizations")
            .query("external_id", "Exactly this external id")
            .query("name", "Or exactly this name"),
        Route::post(
            "/organizations/create_many",
            "Create up to 100 organizations",
            organizations::create_many,
        )
        .takes::<OrganizationsBody>()
        .gives::<JobStatusShape>("job_status"),
        Route::put(
            "/organizations/update_many",
            "Change up to 100 organizations",
            organizations::update_many,
        )
        .takes::<ManyOrganizationsBody>()
        .gives::<JobStatusShape>("job_status")
        .query("ids", "Which the one change is for"),
        Route::delete(
            "/organizations/destroy_many",
            "Delete up to 100 organizations",
            organizations::destroy_many,
        )
        .gives::<JobStatusShape>("job_status")
        .query("ids", "Which"),
        Route::get("/organizations/{id}", "Show an organization", organizations::show)
            .gives::<OrganizationShape>("organization"),
        Route::put("/organizations/{id}", "Change an organization", organizations::update)
            .takes::<OrganizationBody>()
            .gives::<OrganizationShape>("organization"),
        Route::delete("/organizations/{id}", "Delete an organization", organizations::destroy),
        Route::get("/organizations/{id}/users", "People of an organization", users::of_organization)
            .lists::<UserShape>("users"),
        Route::get(
            "/organizations/{id}/tickets",
            "Tickets of an organization",
            ticket_lists::of_organization,
        )
        .lists::<TicketShape>("tickets"),
    ]
}

fn of_groups() -> Vec<Route> {
    vec![
        Route::get("/groups", "List groups", groups::index).lists::<GroupShape>("groups"),
        Route::post("/groups", "Create a group", groups::create)
            .takes::<GroupBody>()
            .creates::<GroupShape>("group"),
        Route::get("/groups/assignable", "Groups that can be given tickets", groups::index)
            .lists::<GroupShape>("groups"),
        Route::get("/groups/count", "Count groups", groups::count).gives::<CountShape>("count"),
        Route::get("/groups/{id}", "Show a group", groups::show).gives::<GroupShape>("group"),
        Route::put("/groups/{id}", "Change a group", groups::update)
            .takes::<GroupBody>()
            .gives::<GroupShape>("group"),
        Route::delete("/groups/{id}", "Delete a group", groups::destroy),
        Route::get("/groups/{id}/users", "People of a group", users::of_group).lists::<UserShape>("users"),
        Route::get("/groups/{id}/memberships", "Memberships of a group", memberships::of_group)
            .lists::<MembershipShape>("group_memberships"),
        Route::get("/group_memberships", "List memberships", memberships::index)
            .lists::<MembershipShape>("group_memberships"),
        Route::post("/group_memberships", "Put a person into a group", memberships::create)
            .takes::<MembershipBody>()
            .creates::<MembershipShape>("group_membership"),
        Route::get("/group_memberships/{id}", "Show a membership", memberships::show)
            .gives::<MembershipShape>("group_membership"),
        Route::delete("/group_memberships/{id}", "Take a person out of a group", memberships::destroy),
    ]
}

fn of_files() -> Vec<Route> {
    vec![
        Route::post("/uploads", "Upload a file for a comment to come", uploads::create)
            .takes_bytes()
            .creates::<UploadShape>("upload")
            .query("filename", "The file's name")
            .query("token", "Join an earlier upload"),
        Route::delete("/uploads/{token}", "Throw an upload away", uploads::destroy),
        Route::get("/attachments/{id}", "Show a file's facts and its address", attachments::show)
            .gives::<AttachmentShape>("attachment"),
    ]
}

fn of_ratings() -> Vec<Route> {
    vec![
        Route::get("/satisfaction_ratings", "How customers found it", ratings::index)
            .lists::<RatingShape>("satisfaction_ratings")
            .query("score", "offered, received, good or bad"),
        Route::get("/satisfaction_ratings/{id}", "Show a rating", ratings::show)
            .gives::<RatingShape>("satisfaction_rating"),
    ]
}

fn of_mail() -> Vec<Route> {
    vec![
        Route::get("/suspended_tickets", "Mail that waits for a decision", suspended::index)
            .lists::<SuspendedTicketShape>("suspended_tickets"),
        Route::get("/suspended_tickets/{id}", "Show a suspended mail", suspended::show)
            .gives::<SuspendedTicketShape>("suspended_ticket"),
        Route::put(
            "/suspended_tickets/{id}/recover",
            "Make a ticket of a suspended mail",
            suspended::make_ticket,
        )
        .gives_all::<TicketShape>("ticket"),
        Route::delete("/suspended_tickets/{id}", "Throw a suspended mail away", suspended::destroy),
        Route::get("/mail/ledger", "Every mail that came, and where it has gone", ledger::index)
            .lists::<LedgerEntryShape>("mails")
            .query("state", "received, comment, duplicate, suspended or discarded")
            .query("from", "Only mail of this sender"),
        Route::get("/mail/unaccounted", "How many mails have not ended anywhere", ledger::unaccounted)
            .gives::<UnaccountedShape>("mail"),
    ]
}

fn of_documents() -> Vec<Route> {
    vec![
        Route::get("/openapi", "This document for tools (also /api/v2/openapi.json)", openapi::show)
            .gives_page("application/json")
            .open(),
        Route::get("/docs", "This document as a page", docs::show).gives_page("text/html").open(),
    ]
}
