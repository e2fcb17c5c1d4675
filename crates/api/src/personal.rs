//! `/users/{id}/interests`, `/users/{id}/wellbeing`, `/users/{id}/efforts`, `/users/{id}/portfolio`: what is a person's own.
//! `me` stands for oneself.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged};
use crate::problem::Problem;
use crate::shapes::{
    EffortShape, InterestsBody, PortfolioBody, PortfolioShape, SkillNameShape, WellbeingBody, WellbeingShape,
};
use crate::skills::wanted;
use desk::skills::portfolio::{portfolio, save_portfolio};
use desk::skills::{INTERESTS_MAX, SetInterests, SkillsError, interests_of, set_interests};
use desk::wellbeing::{self, effort_page};
use desk::{Tx, UserId, people};
use serde_json::Value;

/// By name.
pub async fn interests(Id(who): Id<String>, call: Call) -> Answer {
    let user = call.person(&who)?;
    call.read(move |tx, call| {
        call.only_staff()?;
        let found = people::find_user(tx, user)?.filter(|it| it.role.is_staff() && it.deleted_at.is_none());
        found.ok_or(Problem::NotFound)?;
        shown_interests(tx, user)
    })
    .await
}

/// One's own, or as a lead somebody's.
pub async fn set_interests_of(Id(who): Id<String>, call: Call) -> Answer {
    let user = call.person(&who)?;
    let body = call.body::<InterestsBody>()?;
    call.write(move |tx, _| {
        if body.interests.len() > INTERESTS_MAX {
            return Err(SkillsError::TooManyInterests.into());
        }
        let mut skills = Vec::with_capacity(body.interests.len());
        for it in &body.interests {
            skills.push(wanted(tx, it.skill_id, it.skill.as_deref())?);
        }
        set_interests(tx, &SetInterests { user, skills })?;
        shown_interests(tx, user)
    })
    .await
}

fn shown_interests(tx: &mut Tx, user: UserId) -> Answer {
    let all: Vec<SkillNameShape> = interests_of(tx, user)?.iter().map(SkillNameShape::of).collect();
    Ok(Reply::one("interests", all))
}

/// The person's own; for leads only if it is shared.
pub async fn show_wellbeing(Id(who): Id<String>, call: Call) -> Answer {
    let user = call.person(&who)?;
    call.read(move |tx, _| Ok(Reply::one("wellbeing", WellbeingShape::of(&effort_page(tx, user)?)))).await
}

/// Nobody but the person says who else sees it.
pub async fn share_wellbeing(Id(who): Id<String>, call: Call) -> Answer {
    let user = call.person(&who)?;
    let shared = call.body::<WellbeingBody>()?.wellbeing.shared;
    let shared = shared.ok_or_else(|| Problem::missing("shared"))?;
    if !call.actor.is(user) {
        return Err(Problem::Forbidden("only the person says whether their leads see it".into()));
    }
    call.write(move |tx, _| {
        wellbeing::share(tx, shared)?;
        Ok(Reply::one("wellbeing", WellbeingShape::of(&effort_page(tx, user)?)))
    })
    .await
}

/// What each answer took, the newest first.
pub async fn efforts(Id(who): Id<String>, call: Call) -> Answer {
    let user = call.person(&who)?;
    call.read(move |tx, call| {
        let all = effort_page(tx, user)?.rows;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = Paged::of_all(all, &paging)?.map(|row| EffortShape::of(&row));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "efforts", page))))
    })
    .await
}

/// One's own, as it would be handed on now.
pub async fn show_portfolio(Id(who): Id<String>, call: Call) -> Answer {
    let user = call.person(&who)?;
    call.read(move |tx, _| Ok(Reply::one("portfolio", PortfolioShape::of(&portfolio(tx, user)?)))).await
}

/// What is told, and in which words.
pub async fn update_portfolio(Id(who): Id<String>, call: Call) -> Answer {
    let user = call.person(&who)?;
    let change = call.body::<PortfolioBody>()?.portfolio;
    call.write(move |tx, _| {
        let choices = change.put_on(portfolio(tx, user)?.choices);
        save_portfolio(tx, user, &choices)?;
        Ok(Reply::one("portfolio", PortfolioShape::of(&portfolio(tx, user)?)))
    })
    .await
}
