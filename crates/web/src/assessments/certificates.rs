//! `/assessments/people/{id}`: one person's certificates, with their dates and their proofs.

use super::{day_of, moment_of};
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::assessments::views::{self, CertificateRow};
use desk::assessments::{self, AddCertificate, Validity};
use desk::skills::{self, SkillSummary};
use desk::{Actor, CertificateId, SkillId, UserId, people};

#[derive(askama::Template)]
#[template(path = "assessments/certificates.html")]
pub struct Index {
    pub shell: Shell,
    pub actor: Actor,
    pub user: UserId,
    pub name: String,
    pub rows: Vec<CertificateRow>,
    pub skills: Vec<SkillSummary>,
    /// What was written and refused.
    pub form: Option<AddCertificate>,
    pub problem: Option<Problem>,
}

impl Index {
    fn may_add(&self) -> bool {
        self.actor.is(self.user) || self.actor.is_lead()
    }

    fn may_confirm(&self, row: &CertificateRow) -> bool {
        self.actor.is_lead() && !self.actor.is(self.user) && row.certificate.confirmed_at.is_none()
    }

    fn known(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        assessments::known_certificates()
    }

    /// What was written into the fields of words.
    fn written(&self, field: &str) -> &str {
        self.form.as_ref().map_or("", |it| match field {
            "name" => &it.name,
            "issuer" => &it.issuer,
            _ => &it.link,
        })
    }

    fn issued(&self) -> String {
        self.form.as_ref().filter(|it| it.issued_at != 0).map_or_else(String::new, |it| day_of(it.issued_at))
    }

    fn expires(&self) -> String {
        self.form.as_ref().and_then(|it| it.expires_at).map_or_else(String::new, day_of)
    }

    fn has_skill(&self, skill: &SkillId) -> bool {
        self.form.as_ref().is_some_and(|it| it.skills.contains(skill))
    }

    fn has_ended(&self, row: &CertificateRow) -> bool {
        row.validity == Validity::Ended
    }
}

async fn load(web: &Web, actor: Actor, user: UserId) -> Result<Index, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let person =
            people::find_user(tx, user)?.filter(|it| it.role.is_staff()).ok_or_else(Problem::not_found)?;
        let rows = views::certificates_of(tx, user)?;
        let skills = skills::list_shown_skills(tx)?.iter().map(skills::Skill::summary).collect();
        let shell = Shell::load(tx)?;
        Ok::<_, Problem>(Index {
            shell,
            actor,
            user,
            name: person.name,
            rows,
            skills,
            form: None,
            problem: None,
        })
    });
    page.await
}

pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
) -> Result<Html<Index>, Problem> {
    Ok(Html(load(&web, actor, user).await?))
}

pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
    form: Fields,
) -> Result<Response, Problem> {
    let command = AddCertificate {
        user,
        name: form.owned("name"),
        issuer: form.owned("issuer"),
        link: form.owned("link"),
        skills: form.list("skill"),
        issued_at: moment_of(form.text("issued")).unwrap_or(0),
        expires_at: moment_of(form.text("expires")),
    };
    let copy = command.clone();
    match web
        .desk
        .write(actor, move |tx| assessments::add_certificate(tx, &copy))
        .await
        .map_err(Problem::from)
    {
        Ok(_) => Ok(Said::new("Added. A lead confirms it when they have seen the proof.")
            .then(&format!("/assessments/people/{user}"))),
        Err(problem) if problem.field.is_some() => {
            let status = problem.status();
            let page = load(&web, actor, user).await?;
            Ok((status, Html(Index { form: Some(command), problem: Some(problem), ..page })).into_response())
        }
        Err(problem) => Err(problem),
    }
}

pub async fn confirm(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CertificateId>,
    form: Fields,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| assessments::confirm_certificate(tx, id)).await?;
    Ok(Said::new("Confirmed.").then(&back(&form)))
}

pub async fn destroy(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CertificateId>,
    form: Fields,
) -> Result<Response, Problem> {
    web.desk.write(actor, move |tx| assessments::remove_certificate(tx, id)).await?;
    let undo = format!("/assessments/certificates/{id}/restore");
    Ok(Said::new("Removed.").with_undo(undo).then(&back(&form)))
}

pub async fn restore(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CertificateId>,
) -> Result<Response, Problem> {
    let user = web.desk.write(actor, move |tx| assessments::restore_certificate(tx, id)).await?;
    Ok(Said::new("It is back.").then(&format!("/assessments/people/{user}")))
}

fn back(form: &Fields) -> String {
    let user: Option<UserId> = form.parsed("user");
    user.map_or_else(|| "/assessments".to_owned(), |user| format!("/assessments/people/{user}"))
}

#[cfg(test)]
mod tests {
    use super::super::index::samples;
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::Role;

    #[test]
    fn the_holder_adds_and_a_lead_confirms() {
        let index = |me: i64, role: Role, rows| Index {
            shell: shell(),
            actor: Actor::person(UserId(me), role),
            user: UserId(2),
            name: "Leila".into(),
            rows,
            skills: vec![summary(1, "Empathy")],
            form: None,
            problem: None,
        };
        let rows = || vec![samples::certificate(Validity::Ended), samples::certificate(Validity::Valid)];
        let own = renders(&index(2, Role::Agent, rows()));
        assert!(own.contains("name=\"issuer\"") && !own.contains("/confirm"));
        assert!(renders(&index(1, Role::Lead, rows())).contains("/confirm"));
        let refused = AddCertificate {
            user: UserId(2),
            name: "A+ <2026>".into(),
            issuer: String::new(),
            link: "ftp://x".into(),
            skills: vec![SkillId(1)],
            issued_at: 86_400_000,
            expires_at: None,
        };
        let problem = Problem { field: Some("link"), ..Problem::invalid("a proof is a link") };
        let again = Index { form: Some(refused), problem: Some(problem), ..index(2, Role::Agent, vec![]) };
        let again = renders(&again);
        assert!(again.contains("value=\"ftp://x\"") && again.contains("1970-01-02"), "nothing is lost");
        let other = renders(&index(5, Role::Agent, vec![]));
        assert!(!other.contains("name=\"issuer\"") && other.contains("None yet"));
    }
}
