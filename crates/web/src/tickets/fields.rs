//! The small forms beside a ticket: who has it, its group, status, priority, type, tags, subject, who is in copy, and
//! what it needs.

use super::show::{self, Place};
use super::visible;
use crate::fields::Fields;
use crate::{Html, Problem, Said, SignedIn, Web, around};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::skills::{self, Hardness, Requirement, SetRequirements};
use desk::tickets::{self, Priority, Status, TagChange, Type, UpdateTicket};
use desk::{Actor, GroupId, SkillId, TicketId, UserId, mail, people};
use serde::Deserialize;

/// How much a skill counts that a person has asked for.
const WEIGHT_BY_HAND: f64 = 1.0;

#[derive(Deserialize)]
pub struct Field {
    #[serde(default)]
    value: String,
}

impl Field {
    /// Empty means: none.
    fn id(&self) -> Result<Option<i64>, Problem> {
        match self.value.as_str() {
            "" => Ok(None),
            id => id.parse().map(Some).map_err(|_| Problem::invalid("There is no such choice.")),
        }
    }

    fn word<T>(&self, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        match self.value.as_str() {
            "" => Ok(None),
            word => parse(word).map(Some).ok_or_else(|| Problem::invalid("There is no such choice.")),
        }
    }
}

pub async fn assignment(
    state: State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    Form(field): Form<Field>,
) -> Result<Response, Problem> {
    let assignee = field.id()?.map(UserId);
    change(state, actor, UpdateTicket { assignee: Some(assignee), ..UpdateTicket::of(id) }, None).await
}

pub async fn group(
    state: State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    Form(field): Form<Field>,
) -> Result<Response, Problem> {
    let group = field.id()?.map(GroupId);
    change(state, actor, UpdateTicket { group: Some(group), ..UpdateTicket::of(id) }, None).await
}

pub async fn status(
    state: State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    Form(field): Form<Field>,
) -> Result<Response, Problem> {
    let status = field.word(Status::parse)?;
    let before = state.desk.read(actor, move |tx| visible(tx, id)).await?.status;
    let news = (status == Some(Status::Solved) && before < Status::Solved)
        .then(|| super::undo::solved(&[(id, before)]));
    change(state, actor, UpdateTicket { status, ..UpdateTicket::of(id) }, news).await
}

pub async fn priority(
    state: State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    Form(field): Form<Field>,
) -> Result<Response, Problem> {
    let priority = field.word(Priority::parse)?;
    change(state, actor, UpdateTicket { priority: Some(priority), ..UpdateTicket::of(id) }, None).await
}

pub async fn kind(
    state: State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    Form(field): Form<Field>,
) -> Result<Response, Problem> {
    let kind = field.word(Type::parse)?;
    change(state, actor, UpdateTicket { kind: Some(kind), ..UpdateTicket::of(id) }, None).await
}

pub async fn tags(
    state: State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    Form(field): Form<Field>,
) -> Result<Response, Problem> {
    let tags = field.value.split([' ', ',']).filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
    change(state, actor, UpdateTicket { tags: Some(TagChange::Set(tags)), ..UpdateTicket::of(id) }, None)
        .await
}

pub async fn subject(
    state: State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    Form(field): Form<Field>,
) -> Result<Response, Problem> {
    change(state, actor, UpdateTicket { subject: Some(field.value), ..UpdateTicket::of(id) }, None).await
}

/// `/tickets/{id}/copies`: `add` is an address, `remove` a person.
pub async fn copies(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let remove: Option<UserId> = fields.parsed("remove");
    let address = fields.owned("add");
    web.desk
        .write(actor, move |tx| {
            visible(tx, id)?;
            let mut update =
                UpdateTicket { remove_ccs: remove.into_iter().collect(), ..UpdateTicket::of(id) };
            if !address.is_empty() {
                if mail::accepts(tx, &address)? {
                    return Err(Problem::invalid(
                        "That is an address of this desk; what is sent there comes back.",
                    ));
                }
                update.add_ccs.push(people::requester_for(tx, &address, None)?);
            }
            Ok(tickets::update(tx, &update).map(|_| ())?)
        })
        .await?;
    answer(&web, actor, id, None).await
}

async fn change(
    State(web): State<Web>,
    actor: Actor,
    update: UpdateTicket,
    news: Option<Said>,
) -> Result<Response, Problem> {
    let id = update.ticket;
    web.desk.read(actor, move |tx| visible(tx, id)).await?;
    web.desk.write(actor, move |tx| tickets::update(tx, &update)).await?;
    answer(&web, actor, id, news).await
}

async fn answer(web: &Web, actor: Actor, id: TicketId, news: Option<Said>) -> Result<Response, Problem> {
    if !around::is_fragment() {
        let page = format!("/tickets/{id}");
        return Ok(news.map_or_else(|| Redirect::to(&page).into_response(), |said| said.then(&page)));
    }
    let changed = show::changed(web, actor, id, Place::default()).await?;
    let headers: http::HeaderMap = news.iter().flat_map(Said::trigger).collect();
    Ok((headers, Html(changed)).into_response())
}

#[derive(Deserialize)]
pub struct NeedForm {
    /// Adds this skill, or changes what is asked of it.
    skill: Option<SkillId>,
    #[serde(default)]
    level: f64,
    must: Option<String>,
    /// Takes this skill away.
    remove: Option<SkillId>,
}

pub async fn requirements(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TicketId>,
    Form(form): Form<NeedForm>,
) -> Result<Response, Problem> {
    web.desk
        .write(actor, move |tx| {
            visible(tx, id)?;
            let had = skills::requirements_of(tx, id)?;
            let mut wanted: Vec<Requirement> = had
                .iter()
                .map(|row| Requirement {
                    skill: row.skill.id,
                    level: row.level,
                    weight: row.weight,
                    hardness: row.hardness,
                })
                .filter(|it| Some(it.skill) != form.remove && Some(it.skill) != form.skill)
                .collect();
            let hardness = if form.must.is_some() { Hardness::Must } else { Hardness::Prefer };
            wanted.extend(form.skill.map(|skill| Requirement {
                skill,
                level: form.level,
                weight: WEIGHT_BY_HAND,
                hardness,
            }));
            Ok::<_, Problem>(skills::set_requirements(
                tx,
                &SetRequirements { ticket: id, requirements: wanted },
            )?)
        })
        .await?;
    answer(&web, actor, id, None).await
}
