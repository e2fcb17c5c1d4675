//! `/admin/mailboxes`: the addresses customers write to, and a live test of each in the servers' own words.

use super::mailbox_form::Form;
use super::must_be_admin;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, TestLine, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::mail::mailboxes::{self, CreateMailbox, Mailbox, MailboxKind, UpdateMailbox};
use desk::people::{self, Group};
use desk::{Actor, MailboxId};

#[derive(askama::Template)]
#[template(path = "admin/mailboxes.html")]
pub struct Index {
    pub shell: Shell,
    pub now: i64,
    pub mailboxes: Vec<Mailbox>,
    pub relay: Option<std::sync::Arc<str>>,
}

#[derive(askama::Template)]
#[template(path = "admin/mailbox.html")]
pub struct Edit {
    pub shell: Shell,
    /// `None`: a new one.
    pub mailbox: Option<Mailbox>,
    pub form: Form,
    pub groups: Vec<Group>,
    pub can_test: bool,
    pub problem: Option<Problem>,
}

impl Edit {
    fn is_of(&self, group: &Group) -> bool {
        self.form.group == group.id.to_string()
    }

    fn has_secret(&self) -> bool {
        self.mailbox.as_ref().is_some_and(|mailbox| mailbox.has_secret)
    }
}

/// What the servers said, in order.
#[derive(askama::Template)]
#[template(path = "admin/_test.html")]
pub struct Tested {
    pub lines: Vec<TestLine>,
}

impl Tested {
    fn is_good(&self) -> bool {
        !self.lines.is_empty() && self.lines.iter().all(|line| line.is_good != Some(false))
    }
}

/// The same as a page, for a reader without script.
#[derive(askama::Template)]
#[template(path = "admin/tested.html")]
pub struct TestedPage {
    pub shell: Shell,
    pub mailbox: MailboxId,
    pub tested: Tested,
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    must_be_admin(actor)?;
    let relay = web.relay.clone();
    let page = web.desk.read(actor, move |tx| {
        let (shell, mailboxes, relay) = (Shell::load(tx)?, mailboxes::list(tx)?, relay.clone());
        Ok::<_, Problem>(Index { shell, now: tx.now(), mailboxes, relay })
    });
    Ok(Html(page.await?))
}

pub async fn new(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Edit>, Problem> {
    must_be_admin(actor)?;
    Ok(Html(page(&web, actor, None, Some(Form::empty())).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    fields: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let form = Form::read(&fields);
    let command = CreateMailbox {
        address: form.address.clone(),
        name: form.name.clone(),
        kind: form.kind(),
        group: fields.parsed("group"),
        brand: None,
        settings: form.settings(),
        secret: fields.given("secret").map(str::to_owned),
    };
    if let Some(problem) = wrong(&form) {
        return again(&web, actor, None, form, problem).await;
    }
    match web.desk.write(actor, move |tx| mailboxes::create(tx, &command)).await.map_err(Problem::from) {
        Ok(mailbox) => {
            Ok(Said::new("Connected. Test it now.").then(&format!("/admin/mailboxes/{}", mailbox.id)))
        }
        Err(problem) => again(&web, actor, None, form, problem).await,
    }
}

pub async fn edit(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<MailboxId>,
) -> Result<Html<Edit>, Problem> {
    must_be_admin(actor)?;
    Ok(Html(page(&web, actor, Some(id), None).await?))
}

/// An empty password keeps the one that is there.
pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<MailboxId>,
    fields: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let form = Form::read(&fields);
    let secret = match (fields.given("secret"), fields.is_on("forget_secret")) {
        (_, true) => Some(None),
        (Some(secret), false) => Some(Some(secret.to_owned())),
        (None, false) => None,
    };
    let command = UpdateMailbox {
        address: Some(form.address.clone()),
        name: Some(form.name.clone()),
        kind: Some(form.kind()),
        group: Some(fields.parsed("group")),
        settings: Some(form.settings()),
        secret,
        ..UpdateMailbox::default()
    };
    if let Some(problem) = wrong(&form) {
        return again(&web, actor, Some(id), form, problem).await;
    }
    match web.desk.write(actor, move |tx| mailboxes::update(tx, id, &command)).await.map_err(Problem::from) {
        Ok(_) => Ok(Said::new("Saved.").then(&format!("/admin/mailboxes/{id}"))),
        Err(problem) => again(&web, actor, Some(id), form, problem).await,
    }
}

pub async fn make_default(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<MailboxId>,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let command = UpdateMailbox { make_default: true, ..UpdateMailbox::default() };
    web.desk.write(actor, move |tx| mailboxes::update(tx, id, &command)).await?;
    Ok(Said::new("Mail without another mailbox leaves from here.").then("/admin/mailboxes"))
}

pub async fn remove(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<MailboxId>,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    web.desk.write(actor, move |tx| mailboxes::delete(tx, id)).await?;
    Ok(Said::new("Removed: mail to this address is no longer accepted. What came stays; connecting it again brings it back.").then("/admin/mailboxes"))
}

/// Talks with the servers now and shows what they said.
pub async fn test(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<MailboxId>,
    headers: axum::http::HeaderMap,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    web.desk.read(actor, move |tx| mailboxes::find(tx, id)).await?.ok_or_else(Problem::not_found)?;
    let Some(test) = web.mailbox_test.clone() else {
        return Err(Problem::invalid("This desk runs without its mail door; nothing can be tested here."));
    };
    let tested = Tested { lines: test.test(id).await };
    if headers.contains_key("hx-request") {
        return Ok(Html(tested).into_response());
    }
    let shell = web.desk.read(actor, Shell::load).await?;
    Ok(Html(TestedPage { shell, mailbox: id, tested }).into_response())
}

fn wrong(form: &Form) -> Option<Problem> {
    form.wrong().map(|(field, words)| Problem { field: Some(field), ..Problem::invalid(words) })
}

async fn again(
    web: &Web,
    actor: Actor,
    id: Option<MailboxId>,
    form: Form,
    problem: Problem,
) -> Result<Response, Problem> {
    if problem.field.is_none() {
        return Err(problem);
    }
    let (status, shown) = (problem.status(), page(web, actor, id, Some(form)).await?);
    Ok((status, Html(Edit { problem: Some(problem), ..shown })).into_response())
}

async fn page(web: &Web, actor: Actor, id: Option<MailboxId>, form: Option<Form>) -> Result<Edit, Problem> {
    let can_test = web.mailbox_test.is_some();
    web.desk
        .read(actor, move |tx| {
            let mailbox = match id {
                Some(id) => Some(mailboxes::find(tx, id)?.ok_or_else(Problem::not_found)?),
                None => None,
            };
            let form = form.clone().or_else(|| mailbox.as_ref().map(Form::of)).unwrap_or_default();
            let groups = people::list_groups(tx)?;
            Ok::<_, Problem>(Edit { shell: Shell::load(tx)?, mailbox, form, groups, can_test, problem: None })
        })
        .await
}

/// How its mail comes here, in a few words.
pub(super) fn way_in(mailbox: &Mailbox) -> String {
    match (&mailbox.kind, &mailbox.settings.imap) {
        (MailboxKind::Imap, Some(server)) => format!("fetched from {}", server.host),
        (MailboxKind::Imap, None) => "fetched, from no server yet".to_owned(),
        (MailboxKind::Smtp, _) => "delivered to our SMTP door".to_owned(),
    }
}

/// `None`: nobody would carry its mail.
pub(super) fn way_out(mailbox: &Mailbox, relay: &Option<std::sync::Arc<str>>) -> Option<String> {
    match (&mailbox.settings.smtp, relay) {
        (Some(server), _) => Some(format!("through {}", server.host)),
        (None, Some(host)) => Some(format!("through the desk's relay, {host}")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{group, shell};
    use askama::Template;

    fn mailbox() -> Mailbox {
        Mailbox {
            id: MailboxId(1),
            address: "support@desk.example".into(),
            name: "Tillers & Sons".into(),
            kind: MailboxKind::Imap,
            group: None,
            brand: None,
            settings: Form { kind: "imap".into(), ..Form::empty() }.settings(),
            has_secret: true,
            imap_uid_validity: None,
            imap_last_uid: None,
            last_checked_at: Some(1_000),
            last_error: Some("535 authentication failed".into()),
            is_default: true,
            created_at: 0,
        }
    }

    #[test]
    fn a_list_without_mailboxes_teaches_and_errors_are_shown_in_the_servers_words() {
        let page = |mailboxes, relay: Option<&str>| {
            let relay = relay.map(std::sync::Arc::from);
            Index { shell: shell(), now: 2_000, mailboxes, relay }.render().unwrap()
        };
        assert!(page(vec![], None).contains("Connect the first"));
        assert!(page(vec![mailbox()], None).contains("535 authentication failed"));
        let mut without_server = mailbox();
        without_server.settings.smtp = None;
        assert!(page(vec![without_server.clone()], None).contains("Nothing can leave"));
        assert!(page(vec![without_server], Some("mx.example.org")).contains("relay, mx.example.org"));
    }

    #[test]
    fn the_password_never_comes_back() {
        let edit = Edit {
            shell: shell(),
            form: Form::of(&mailbox()),
            mailbox: Some(mailbox()),
            groups: vec![group(1, "Billing")],
            can_test: true,
            problem: wrong(&Form { kind: "imap".into(), ..Form::empty() }),
        };
        let html = edit.render().unwrap();
        assert!(html.contains("kept") && html.contains("Name the server"));
        assert!(html.contains(r#"type="password" id="secret" name="secret" value="""#));
    }

    #[test]
    fn the_servers_own_words_are_shown_as_they_came() {
        let lines = vec![
            TestLine { is_good: None, words: "EHLO desk.example".into() },
            TestLine { is_good: Some(false), words: "535 5.7.8 <no> way".into() },
        ];
        let html = Tested { lines }.render().unwrap();
        assert!(html.contains("535 5.7.8 &#60;no&#62; way") && html.contains("banner bad"));
    }
}
