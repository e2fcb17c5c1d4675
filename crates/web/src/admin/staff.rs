//! `/admin/staff`: everybody who works here, with their roles.

use super::must_be_admin;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::State;
use desk::people::{self, Seek, User, UserFilter};

const STAFF_SHOWN_MAX: usize = 1_000;

#[derive(askama::Template)]
#[template(path = "admin/staff.html")]
pub struct Index {
    pub shell: Shell,
    pub now: i64,
    pub staff: Vec<User>,
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    must_be_admin(actor)?;
    let page = web.desk.read(actor, move |tx| {
        let mut staff = people::list_users(tx, &UserFilter::staff(), Seek::First, STAFF_SHOWN_MAX)?;
        staff.sort_by_key(|user| user.name.to_lowercase());
        Ok::<_, Problem>(Index { shell: Shell::load(tx)?, now: tx.now(), staff })
    });
    Ok(Html(page.await?))
}

/// Whether somebody can come in, and if not, why.
pub(super) fn access_word(user: &User) -> &'static str {
    match (user.suspended_at, user.has_password) {
        (Some(_), _) => "suspended",
        (None, true) => "can sign in",
        (None, false) => "invited, has no password yet",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{shell, user};
    use askama::Template;
    use desk::Role;

    #[test]
    fn whoever_cannot_come_in_is_told_apart() {
        let page = Index { shell: shell(), now: 0, staff: vec![user(Role::Agent)] };
        assert!(page.render().unwrap().contains("has no password yet"));
    }
}
