//! Routes of skill types and skills as Zendesk calls them.

use crate::shapes::*;
use crate::table::Route;
use crate::{routing_attributes, routing_changes};

pub(super) fn of_attributes() -> Vec<Route> {
    vec![
        Route::get("/routing/attributes", "Skill types, as Zendesk lists them", routing_attributes::index)
            .gives_all::<AttributeShape>("attributes")
            .query("include", "attribute_values"),
        Route::post(
            "/routing/attributes",
            "Refused: skill types are the fixed kinds of skills",
            routing_attributes::create_attribute,
        )
        .refuses(),
        Route::get(
            "/routing/attributes/definitions",
            "What conditions of skills may look at: nothing, there are skill rules",
            routing_attributes::definitions,
        )
        .gives::<AttributeDefinitionsShape>("definitions"),
        Route::get("/routing/attributes/{id}", "Show a skill type", routing_attributes::show)
            .gives::<AttributeShape>("attribute"),
        Route::put(
            "/routing/attributes/{id}",
            "Refused: skill types are the fixed kinds of skills",
            routing_attributes::update_attribute,
        )
        .refuses(),
        Route::patch(
            "/routing/attributes/{id}",
            "Refused: skill types are the fixed kinds of skills",
            routing_attributes::update_attribute,
        )
        .refuses(),
        Route::delete(
            "/routing/attributes/{id}",
            "Refused: skill types are the fixed kinds of skills",
            routing_attributes::destroy_attribute,
        )
        .refuses(),
        Route::get("/routing/attributes/{id}/values", "Skills of a type", routing_attributes::list_values)
            .gives_all::<AttributeValueShape>("attribute_values"),
        Route::post("/routing/attributes/{id}/values", "Create a skill", routing_attributes::create_value)
            .takes::<AttributeValueBody>()
            .creates::<AttributeValueShape>("attribute_value"),
        Route::get(
            "/routing/attributes/{id}/values/{second}",
            "Show a skill",
            routing_attributes::show_value,
        )
        .gives::<AttributeValueShape>("attribute_value"),
        Route::patch(
            "/routing/attributes/{id}/values/{second}",
            "Rename a skill",
            routing_attributes::update_value,
        )
        .takes::<AttributeValueBody>()
        .gives::<AttributeValueShape>("attribute_value"),
        Route::put("/routing/attributes/{id}/values/{second}", "The same", routing_attributes::update_value)
            .takes::<AttributeValueBody>()
            .gives::<AttributeValueShape>("attribute_value"),
        Route::delete(
            "/routing/attributes/{id}/values/{second}",
            "Retire a skill",
            routing_attributes::destroy_value,
        ),
        Route::get(
            "/routing/agents/{id}/instance_values",
            "Skills that somebody has",
            routing_attributes::of_agent,
        )
        .gives_all::<AttributeValueShape>("attribute_values"),
        Route::post(
            "/routing/agents/{id}/instance_values",
            "Say which skills somebody has",
            routing_attributes::set_of_agent,
        )
        .takes::<InstanceValuesBody>()
        .gives_all::<AttributeValueShape>("attribute_values"),
        Route::get(
            "/routing/tickets/{id}/instance_values",
            "Skills that a ticket needs",
            routing_attributes::of_ticket,
        )
        .gives_all::<AttributeValueShape>("attribute_values"),
        Route::post(
            "/routing/tickets/{id}/instance_values",
            "Say which skills a ticket needs",
            routing_attributes::set_of_ticket,
        )
        .takes::<InstanceValuesBody>()
        .gives_all::<AttributeValueShape>("attribute_values"),
        Route::get(
            "/routing/requirements/fulfilled",
            "Tickets whose skills the caller has",
            routing_attributes::fulfilled,
        )
        .gives_page("application/json")
        .query("ticket_ids", "Which tickets, parted by commas"),
        Route::get(
            "/incremental/routing/attributes",
            "Skill types, change by change",
            routing_changes::attributes,
        )
        .gives_all::<AttributeChangeShape>("attributes")
        .query("cursor", "That of next_page"),
        Route::get(
            "/incremental/routing/attribute_values",
            "Skills, change by change",
            routing_changes::attribute_values,
        )
        .gives_all::<AttributeValueChangeShape>("attribute_values")
        .query("cursor", "That of next_page"),
        Route::get(
            "/incremental/routing/instance_values",
            "Refused: levels move all the time; ask for the skills of a person or a ticket",
            routing_changes::instance_values,
        )
        .refuses(),
    ]
}
