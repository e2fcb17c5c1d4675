//! `/people/{id}/interests` and `…/rate`: what somebody wants to learn, and a word on where they stand.

use super::show;
use crate::fields::Fields;
use crate::{Problem, Said, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::Response;
use desk::skills::{self, Rate, RateSelf, SetInterests, rate_self, set_interests};
use desk::{SkillId, UserId};

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
    form: Fields,
) -> Result<Response, Problem> {
    let command = SetInterests { user, skills: form.list("skill") };
    web.desk.write(actor, move |tx| set_interests(tx, &command)).await?;
    Ok(Said::new("Noted what there is a wish to learn.").then(&format!("/people/{user}#interests")))
}

/// Of oneself, or as a lead of somebody else.
pub async fn rate(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
    form: Fields,
) -> Result<Response, Problem> {
    let skill: SkillId = form.parsed("skill").ok_or_else(|| Problem::invalid("Choose a skill first."))?;
    let (level, note) = (form.parsed("level").unwrap_or(-1.0), form.owned("note"));
    let rated = web.desk.write(actor, move |tx| match actor.is(user) {
        true => rate_self(tx, &RateSelf { skill, level }),
        false => skills::rate(tx, &Rate { user, skill, level, note: note.clone() }),
    });
    match rated.await.map_err(Problem::from) {
        Ok(_) => Ok(Said::new("Noted. It counts as one observation among the others.")
            .then(&format!("/people/{user}#skill-{skill}"))),
        Err(problem) if problem.field.is_some() => show::page(&web, actor, user, Some(problem)).await,
        Err(problem) => Err(problem),
    }
}
