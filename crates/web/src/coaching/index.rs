//! `/coaching`: a lead's people with this week's moments and their plans; one person's page; one's own growth.

use super::words;
use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::coaching;
use desk::coaching::views::{self, Overview, PersonPage, PlanRow};
use desk::skills::{self, SkillSummary};
use desk::{Actor, CoachingMomentId, UserId};

#[derive(askama::Template)]
#[template(path = "coaching/index.html")]
pub struct Index {
    pub shell: Shell,
    pub page: Overview,
}

impl Index {
    fn open_plans(&self) -> impl Iterator<Item = &PlanRow> {
        self.page.plans.iter().filter(|it| it.plan.closed_at.is_none())
    }

    fn closed_plans(&self) -> impl Iterator<Item = &PlanRow> {
        self.page.plans.iter().filter(|it| it.plan.closed_at.is_some())
    }

    fn has_moments(&self) -> bool {
        self.page.people.iter().any(|it| !it.moments.is_empty())
    }

    fn without_moments(&self) -> usize {
        self.page.people.iter().filter(|it| it.moments.is_empty()).count()
    }
}

#[derive(askama::Template)]
#[template(path = "coaching/person.html")]
pub struct Person {
    pub shell: Shell,
    pub actor: Actor,
    pub page: PersonPage,
    /// They let their leads see what answering takes.
    pub shares_effort: bool,
    /// For a new plan: what can be learnt.
    pub library: Vec<SkillSummary>,
    pub problem: Option<Problem>,
}

impl Person {
    pub fn is_own(&self) -> bool {
        self.actor.is(self.page.user)
    }

    /// What a new plan might be about: skills of the latest moments.
    fn suggested(&self, place: &usize, skill: &SkillSummary) -> bool {
        let mut seen: Vec<desk::SkillId> = Vec::new();
        for row in self.page.weeks.iter().flat_map(|it| &it.1).filter(|it| !it.kept.moment.better) {
            if !seen.contains(&row.skill.id) {
                seen.push(row.skill.id);
            }
        }
        seen.get(*place) == Some(&skill.id) && *place == 0
    }
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Response, Problem> {
    if !actor.is_lead() {
        return Ok(Redirect::to("/growth").into_response());
    }
    let page = web.desk.read(actor, move |tx| {
        Ok::<_, Problem>(Index { page: views::overview(tx)?, shell: Shell::load(tx)? })
    });
    Ok(Html(page.await?).into_response())
}

pub async fn growth(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Response, Problem> {
    let user = actor.user().ok_or_else(Problem::not_found)?;
    shown(&web, actor, user, None).await
}

pub async fn person(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
) -> Result<Response, Problem> {
    if actor.is(user) {
        return Ok(Redirect::to("/growth").into_response());
    }
    shown(&web, actor, user, None).await
}

/// The person's page; `problem` with what was just tried there.
pub async fn shown(
    web: &Web,
    actor: Actor,
    user: UserId,
    problem: Option<Problem>,
) -> Result<Response, Problem> {
    let status = problem.as_ref().map_or(axum::http::StatusCode::OK, Problem::status);
    let page = web.desk.read(actor, move |tx| {
        let page = views::person_page(tx, user)?;
        let library = match page.may_coach {
            true => skills::list_shown_skills(tx)?.iter().map(skills::Skill::summary).collect(),
            false => Vec::new(),
        };
        let shell = Shell::load(tx)?;
        Ok::<_, Problem>(Person {
            shares_effort: desk::wellbeing::views::is_shared(tx, user)?,
            page,
            library,
            actor,
            shell,
            problem: None,
        })
    });
    Ok((status, Html(Person { problem, ..page.await? })).into_response())
}

pub async fn talk(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(moment): Path<CoachingMomentId>,
    form: Fields,
) -> Result<Response, Problem> {
    let talked = form.is_on("talked");
    let user = web.desk.write(actor, move |tx| coaching::talk(tx, moment, talked)).await?;
    let back = match form.text("back") {
        "overview" => "/coaching".to_owned(),
        _ if actor.is(user) => "/growth".to_owned(),
        _ => format!("/coaching/people/{user}"),
    };
    let said = if talked { "Noted as talked about." } else { "It waits for a talk again." };
    Ok(Said::new(said).then(&back))
}

#[cfg(test)]
pub(super) mod samples {
    use desk::coaching::views::{GoalLine, MomentRow, PlanRow};
    use desk::coaching::{KeptMoment, Moment, PieceOfWork, Plan};
    use desk::skills::Observed;
    use desk::skills::outcomes::Elsewhere;
    use desk::{CoachingMomentId, CoachingPlanId, EvidenceId, OutcomeId, SkillId, TicketId, UserId};

    pub fn moment(id: i64, better: bool) -> MomentRow {
        MomentRow {
            kept: KeptMoment {
                id: CoachingMomentId(id),
                week: 1_767_571_200_000,
                user: UserId(2),
                work: match id {
                    2 => PieceOfWork::Imported(OutcomeId(9)),
                    _ => PieceOfWork::Ticket(TicketId(40 + id)),
                },
                evidence: EvidenceId(id),
                skill: SkillId(3),
                moment: Moment {
                    skill: serde_json::from_str("3").expect("a number"),
                    better,
                    chance: 0.19,
                    surprise_bits: 2.4,
                    gap_levels: 0.8,
                    doubt_levels: 0.3,
                    demand: 0.18,
                    score: 0.4,
                },
                talked_at: (id == 3).then_some(1_767_614_400_000),
                talked_by: None,
            },
            user_name: "Leila Ørsted".into(),
            subject: if id == 2 {
                "طلب استرداد".into()
            } else {
                format!("Charged <twice> {}", "again ".repeat(id as usize * 4))
            },
            elsewhere: (id == 2).then(|| Elsewhere {
                source: "Old <desk>".into(),
                ticket: "A-77".into(),
                topic: None,
                url: Some("https://old.example/t/A-77".into()),
            }),
            skill: crate::samples::summary(3, "De-escalation"),
            observed: if better {
                Observed::Satisfaction { score: 5 }
            } else {
                Observed::Outcome { for_good: false }
            },
            at: 1_767_614_400_000,
        }
    }

    pub fn plan(id: i64) -> Plan {
        Plan {
            id: CoachingPlanId(id),
            user: UserId(2),
            coach: UserId(1),
            title: "Calm with angry customers".into(),
            about: "Two talks,\nthen alone.".into(),
            created_at: 1_767_614_400_000,
            ends_at: Some(1_772_614_400_000),
            closed_at: None,
            closed_by: None,
            outcome: String::new(),
        }
    }

    pub fn row(id: i64) -> PlanRow {
        PlanRow {
            plan: plan(id),
            user_name: "Leila Ørsted".into(),
            coach_name: "Rosa Lind".into(),
            goals: vec![GoalLine { skill: "De-escalation".into(), level: 3.5, reached: id == 2 }],
            tasks_done: 1,
            tasks: 3,
            next_session: Some(1_768_614_400_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{moment, row};
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::Role;
    use desk::coaching::views::{AverageEffect, PersonRow};

    const NOW: i64 = 1_767_700_800_000;

    fn overview(full: bool) -> Index {
        let people = vec![PersonRow {
            user: UserId(2),
            name: "Leila Ørsted".into(),
            moments: if full { vec![moment(1, false), moment(2, true), moment(3, false)] } else { vec![] },
            plan: full.then_some(desk::CoachingPlanId(1)),
        }];
        let closed = || {
            let mut it = row(2);
            it.plan.closed_at = Some(NOW);
            it
        };
        let plans = if full { vec![row(1), closed()] } else { vec![] };
        let average = full.then_some(AverageEffect { goals: 3, estimate: 0.06, interval: (0.01, 0.11) });
        Index {
            shell: shell(),
            page: Overview {
                week: 1_767_571_200_000,
                is_this_week: true,
                people,
                plans,
                average,
                zone: "Europe/Berlin".into(),
            },
        }
    }

    #[test]
    fn a_lead_sees_what_is_worth_a_talk_and_why() {
        let html = renders(&overview(true));
        assert!(html.contains("about 1 time in 5") && html.contains("18 % of all tickets need it"));
        assert!(html.contains("/coaching/plans/1") && html.contains("+6 points"));
        assert!(html.contains("/tickets/41") && html.contains("https://old.example/t/A-77"));
        assert!(html.contains("Old &#60;desk&#62; #A-77"), "the page says where the work is: {html}");
        assert!(renders(&overview(false)).contains("Nothing stands out this week"));
    }

    fn person(actor: Actor, full: bool) -> Person {
        let weeks =
            if full { vec![(1_767_571_200_000, vec![moment(1, false), moment(2, true)])] } else { vec![] };
        Person {
            shell: shell(),
            actor,
            page: PersonPage {
                user: UserId(2),
                name: "Leila Ørsted".into(),
                weeks,
                plans: if full { vec![row(1)] } else { vec![] },
                sees_moments: full || actor.is(UserId(2)),
                may_coach: actor.is_lead(),
                zone: "America/New_York".into(),
            },
            shares_effort: full,
            library: vec![summary(3, "De-escalation")],
            problem: full.then(|| Problem { field: Some("title"), ..Problem::invalid("A title is needed.") }),
        }
    }

    #[test]
    fn a_plan_is_made_from_what_stands_out() {
        let html = renders(&person(Actor::person(UserId(1), Role::Lead), true));
        assert!(html.contains("<option value=\"3\" selected>De-escalation"), "{html}");
        assert!(html.contains("A title is needed."));
        assert!(renders(&person(Actor::person(UserId(1), Role::Lead), false)).contains("not for you"));
    }

    #[test]
    fn ones_own_growth_has_no_form_for_a_plan() {
        for full in [true, false] {
            let html = renders(&person(Actor::person(UserId(2), Role::Agent), full));
            assert!(html.contains("My growth") && !html.contains("/plans\" method"));
        }
    }
}
