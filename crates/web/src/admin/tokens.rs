//! `/admin/tokens`: API tokens, each shown once.

use super::must_be_admin;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::access::{self, ApiToken};
use desk::people::{self, Seek, User, UserFilter};
use desk::{Actor, ApiTokenId, Role, UserId};
use std::collections::HashMap;

const STAFF_OFFERED_MAX: usize = 500;

#[derive(askama::Template)]
#[template(path = "admin/tokens.html")]
pub struct Index {
    pub shell: Shell,
    pub now: i64,
    pub tokens: Vec<ApiToken>,
    pub names: HashMap<UserId, String>,
    pub staff: Vec<User>,
    /// Just made; shown this once.
    pub fresh: Option<String>,
    pub description: String,
    pub problem: Option<Problem>,
}

impl Index {
    fn acts_for(&self, token: &ApiToken) -> &str {
        token.user.and_then(|user| self.names.get(&user)).map_or("whoever is named with it", String::as_str)
    }
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    must_be_admin(actor)?;
    Ok(Html(page(&web, actor).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let (description, user) = (form.owned("description"), form.parsed::<UserId>("user"));
    let copy = description.clone();
    let made = web
        .desk
        .write(actor, move |tx| access::create_api_token(tx, &copy, user))
        .await
        .map_err(Problem::from);
    let shown = page(&web, actor).await?;
    match made {
        Ok((_, token)) => Ok(Html(Index { fresh: Some(token), ..shown }).into_response()),
        Err(problem) if problem.field.is_some() => {
            let status = problem.status();
            Ok((status, Html(Index { description, problem: Some(problem), ..shown })).into_response())
        }
        Err(problem) => Err(problem),
    }
}

pub async fn revoke(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(token): Path<ApiTokenId>,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    web.desk.write(actor, move |tx| access::revoke_api_token(tx, token)).await?;
    Ok(Said::new("Revoked. Whatever used it is refused from now on.").then("/admin/tokens"))
}

async fn page(web: &Web, actor: Actor) -> Result<Index, Problem> {
    web.desk
        .read(actor, move |tx| {
            let tokens = access::list_api_tokens(tx)?;
            let owners: Vec<UserId> = tokens.iter().filter_map(|token| token.user).collect();
            let mut staff = people::list_users(tx, &UserFilter::staff(), Seek::First, STAFF_OFFERED_MAX)?;
            staff.retain(|user| user.is_active() && user.role != Role::LightAgent);
            staff.sort_by_key(|user| user.name.to_lowercase());
            Ok::<_, Problem>(Index {
                names: people::user_names(tx, &owners)?,
                shell: Shell::load(tx)?,
                now: tx.now(),
                fresh: None,
                description: String::new(),
                problem: None,
                tokens,
                staff,
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{shell, user};
    use askama::Template;

    fn render(tokens: Vec<ApiToken>, fresh: Option<&str>, problem: Option<Problem>) -> String {
        Index {
            shell: shell(),
            now: 0,
            tokens,
            names: HashMap::new(),
            staff: vec![user(Role::Agent)],
            fresh: fresh.map(str::to_owned),
            description: "Reports".into(),
            problem,
        }
        .render()
        .unwrap()
    }

    #[test]
    fn a_fresh_token_is_shown_and_then_never_again() {
        let token = ApiToken {
            id: ApiTokenId(1),
            user: None,
            description: "Reports".into(),
            created_at: 0,
            last_used_at: None,
        };
        assert!(render(vec![token.clone()], Some("secret-token"), None).contains("secret-token"));
        assert!(!render(vec![token], None, None).contains("secret-token"));
    }

    #[test]
    fn without_tokens_the_page_says_what_they_are_for() {
        assert!(render(vec![], None, None).contains("program"));
    }
}
