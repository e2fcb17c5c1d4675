//! `/people/{id}`: a colleague with their skills, or a customer with their tickets.

use super::staff;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::people::views::{self, PersonCard};
use desk::people::{self, Identity};
use desk::{Actor, UserId};

/// A customer.
#[derive(askama::Template)]
#[template(path = "people/show.html")]
pub struct Customer {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub card: PersonCard,
    pub identities: Vec<Identity>,
    pub problem: Option<Problem>,
}

impl Customer {
    fn may_change(&self) -> bool {
        self.actor.is_agent()
    }

    fn has_more(&self) -> bool {
        self.card.counts.total() > self.card.tickets.len() as i64
    }
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
) -> Result<Response, Problem> {
    page(&web, actor, user, None).await
}

/// The person's page; `problem` with what was just tried there.
pub async fn page(
    web: &Web,
    actor: Actor,
    user: UserId,
    problem: Option<Problem>,
) -> Result<Response, Problem> {
    let status = problem.as_ref().map_or(axum::http::StatusCode::OK, Problem::status);
    let found = web.desk.read(actor, move |tx| {
        let user = people::find_user(tx, user)?
            .filter(|user| user.deleted_at.is_none())
            .ok_or_else(Problem::not_found)?;
        if user.role.is_staff() {
            return Ok::<_, Problem>((Some(staff::load(tx, actor, user)?), None));
        }
        let identities = people::list_identities(tx, user.id)?;
        let card = views::person_card(tx, user.id)?.ok_or_else(Problem::not_found)?;
        let (shell, now) = (Shell::load(tx)?, tx.now());
        Ok((None, Some(Customer { shell, actor, now, card, identities, problem: None })))
    });
    match found.await? {
        (Some(page), _) => Ok((status, Html(staff::Staff { problem, ..page })).into_response()),
        (_, Some(page)) => Ok((status, Html(Customer { problem, ..page })).into_response()),
        _ => Err(Problem::not_found()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{shell, user};
    use askama::Template;
    use desk::people::views::{CardTicket, TicketCounts};
    use desk::people::{IdentityKind, User};
    use desk::tickets::Status;
    use desk::{IdentityId, Role, TicketId};

    fn render(user: User, tickets: Vec<CardTicket>, role: Role, problem: Option<Problem>) -> String {
        let identities = vec![Identity {
            id: IdentityId(1),
            user: user.id,
            kind: IdentityKind::Email,
            value: "marta@example.org".into(),
            is_primary: true,
            verified_at: None,
            created_at: 0,
        }];
        let card = PersonCard { user, organization: None, counts: TicketCounts::default(), tickets };
        let actor = Actor::person(UserId(1), role);
        Customer { shell: shell(), actor, now: 0, card, identities, problem }.render().unwrap()
    }

    #[test]
    fn a_customer_shows_what_they_have_asked_for() {
        let ticket = CardTicket {
            id: TicketId(7),
            subject: "طلب استرداد".into(),
            status: Status::Open,
            created_at: 0,
            updated_at: 0,
        };
        let html = render(user(Role::EndUser), vec![ticket], Role::Agent, None);
        assert!(html.contains("/tickets/7") && html.contains("marta@example.org"));
        assert!(html.contains("Not verified"));
    }

    #[test]
    fn a_light_agent_changes_nobody() {
        assert!(!render(user(Role::EndUser), vec![], Role::LightAgent, None).contains("/edit"));
    }

    #[test]
    fn a_suspended_customer_is_marked_with_the_way_back() {
        let html = render(User { suspended_at: Some(1), ..user(Role::EndUser) }, vec![], Role::Agent, None);
        assert!(html.contains("unsuspend"));
    }

    #[test]
    fn a_wrong_address_is_named_in_its_place() {
        let problem = Problem { field: Some("email"), ..Problem::invalid("\"x\" is not an e-mail address.") };
        assert!(
            render(user(Role::EndUser), vec![], Role::Agent, Some(problem))
                .contains("is not an e-mail address")
        );
    }
}
