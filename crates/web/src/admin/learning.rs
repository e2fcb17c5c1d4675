//! `/admin/learning`: what counts as evidence, who sees what of whom, how fast skills fade, and product releases.

use super::must_be_admin;
use crate::fields::Fields;
use crate::skills::words;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Tx;
use desk::skills::{
    self, Circle, DecayClass, Policy, Release, ReleaseRow, SOURCES, SkillSummary, TAU_DAYS_MAX, TAU_DAYS_MIN,
};

const PLACE: &str = "/admin/learning";

#[derive(askama::Template)]
#[template(path = "admin/learning.html")]
pub struct Edit {
    pub shell: Shell,
    pub now: i64,
    pub policy: Policy,
    pub taus: [(DecayClass, f64); 4],
    pub releases: Vec<ReleaseRow>,
    pub library: Vec<SkillSummary>,
    pub problem: Option<Problem>,
}

impl Edit {
    /// What can be switched: the desk's own kinds of evidence, and none that only explains a movement.
    fn sources(&self) -> impl Iterator<Item = (&'static str, String, bool)> {
        SOURCES.into_iter().map(|kind| (kind, words::source(kind), self.policy.counts(kind)))
    }

    fn circles(&self) -> [(Circle, &'static str); 4] {
        [
            (Circle::Person, "only the person"),
            (Circle::Leads, "leads too"),
            (Circle::Group, "leads and colleagues of a group"),
            (Circle::Staff, "everybody who works here"),
        ]
    }

    fn tau_words(&self, class: &DecayClass) -> &'static str {
        match class {
            DecayClass::Product => "Products",
            DecayClass::Technical => "Tools and systems",
            DecayClass::Human => "How one treats people",
            DecayClass::Language => "Languages",
        }
    }

    fn tau_least(&self) -> f64 {
        TAU_DAYS_MIN
    }

    fn tau_most(&self) -> f64 {
        TAU_DAYS_MAX
    }

    fn skills_of(&self, release: &ReleaseRow) -> String {
        let named = |id| self.library.iter().find(|it| it.id == id).map(|it| it.name.as_str());
        release.skills.iter().filter_map(|id| named(*id)).collect::<Vec<_>>().join(", ")
    }
}

fn load(tx: &mut Tx) -> Result<Edit, Problem> {
    Ok(Edit {
        policy: skills::policy(tx)?,
        taus: skills::taus(tx)?,
        releases: skills::list_releases(tx)?,
        library: skills::list_shown_skills(tx)?.iter().map(skills::Skill::summary).collect(),
        now: tx.now(),
        shell: Shell::load(tx)?,
        problem: None,
    })
}

pub async fn edit(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Edit>, Problem> {
    must_be_admin(actor)?;
    Ok(Html(web.desk.read(actor, load).await?))
}

/// Who sees what, and which evidence counts.
pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let on = form.list::<String>("source");
    let circle = |field: &str| {
        Circle::parse(form.text(field)).ok_or_else(|| Problem::invalid("Choose who may see it."))
    };
    let (levels, evidence) = (circle("levels")?, circle("evidence")?);
    let off = SOURCES.into_iter().filter(|kind| !on.iter().any(|it| it == kind)).map(str::to_owned);
    let wanted = Policy { levels, evidence, sources_off: off.collect() };
    web.desk.write(actor, move |tx| skills::set_policy(tx, &wanted)).await?;
    Ok(Said::new("Saved. If what counts has changed, everybody's evidence runs again now.").then(PLACE))
}

/// How fast skills fade.
pub async fn fade(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let wanted = DecayClass::ALL.map(|class| (class, form.parsed(class.as_str()).unwrap_or(0.0)));
    let saved = web.desk.write(actor, move |tx| skills::set_taus(tx, &wanted)).await;
    said_or_shown(&web, actor, saved.map_err(Problem::from), "Saved. Everybody's evidence runs again now.")
        .await
}

/// A product has changed.
pub async fn release(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    must_be_admin(actor)?;
    let wanted = Release {
        name: form.owned("name"),
        keep: form.parsed::<f64>("keep_percent").map_or(-1.0, |it| it / 100.0),
        skills: form.list("skill"),
    };
    let saved = web.desk.write(actor, move |tx| skills::release(tx, &wanted)).await;
    let words = "Noted. What was known of these skills counts for less from now on.";
    said_or_shown(&web, actor, saved.map(|_| ()).map_err(Problem::from), words).await
}

async fn said_or_shown(
    web: &Web,
    actor: desk::Actor,
    saved: Result<(), Problem>,
    words: &str,
) -> Result<Response, Problem> {
    match saved {
        Ok(()) => Ok(Said::new(words).then(PLACE)),
        Err(problem) if problem.field.is_some() => {
            let mut page = web.desk.read(actor, load).await?;
            page.problem = Some(problem);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(problem) => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::{ReleaseId, SkillId};

    fn page(problem: Option<Problem>) -> Edit {
        let release = ReleaseRow {
            id: ReleaseId(1),
            name: "Billing <4>".into(),
            keep: 0.5,
            skills: vec![SkillId(1), SkillId(99)],
            people: 4,
            at: 0,
            by_name: Some("Rosa".into()),
        };
        Edit {
            shell: shell(),
            now: 1_000,
            policy: Policy { sources_off: vec!["satisfaction".into()], ..Policy::default() },
            taus: DecayClass::ALL.map(|class| (class, class.tau_days())),
            releases: vec![release],
            library: vec![summary(1, "Refunds"), summary(2, "German")],
            problem,
        }
    }

    #[test]
    fn a_source_that_is_off_is_not_ticked_and_a_release_names_its_skills() {
        let html = renders(&page(None));
        assert!(html.contains(r#"value="satisfaction">"#) && html.contains(r#"value="outcome" checked>"#));
        assert!(html.contains("Billing &#60;4&#62;") && html.contains("Refunds"));
    }

    #[test]
    fn a_wrong_share_is_named_beside_its_field() {
        let words = "The share that stays lies between 0 and 1.";
        let problem = Problem { field: Some("keep"), ..Problem::invalid(words) };
        assert!(renders(&page(Some(problem))).contains(words));
    }
}
