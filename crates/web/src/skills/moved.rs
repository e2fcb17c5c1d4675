//! `/skills/moved`: whose levels the last week has moved, and by how much.

use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::State;
use desk::skills::views::{self, EvidenceRow, MatrixFilter};
use desk::skills::{SkillKind, SkillSummary};
use desk::{Actor, SkillId, Tx, UserId};
use std::collections::BTreeMap;

const WEEK_MS: i64 = 7 * 24 * 3_600_000;
/// People whose week is looked through.
const PEOPLE_MAX: usize = 100;
/// Movements below this, in levels, are noise.
const CHANGE_MIN: f64 = 0.05;
/// Movements that the page lists.
const SHOWN_MAX: usize = 60;

/// One person's level in one skill, a week ago and now.
#[derive(Clone, Debug, PartialEq)]
pub struct Movement {
    pub user: UserId,
    pub name: String,
    pub skill: SkillSummary,
    pub before: f64,
    pub after: f64,
    pub observations: usize,
}

impl Movement {
    fn by(&self) -> f64 {
        self.after - self.before
    }
}

#[derive(askama::Template)]
#[template(path = "skills/moved.html")]
pub struct Page {
    pub shell: Shell,
    pub movements: Vec<Movement>,
}

#[derive(askama::Template)]
#[template(path = "skills/_moved.html")]
pub struct Fact {
    pub movements: Vec<Movement>,
}

pub async fn show(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Page>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        Ok::<_, Problem>(Page { movements: movements(tx, actor)?, shell: Shell::load(tx)? })
    });
    Ok(Html(page.await?))
}

/// The card on the matrix; fetched after the page, because it reads a week of evidence.
pub async fn fact(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Fact>, Problem> {
    let movements = web.desk.read(actor, move |tx| movements(tx, actor)).await?;
    Ok(Html(Fact { movements }))
}

/// The largest first. A lead sees everybody's, others their own.
fn movements(tx: &mut Tx, actor: Actor) -> Result<Vec<Movement>, Problem> {
    // A kind without many skills keeps the matrix small: only its people are wanted here.
    let filter = MatrixFilter { kind: Some(SkillKind::Channel), ..MatrixFilter::default() };
    let people = views::matrix(tx, &filter)?.rows;
    let since = tx.now() - WEEK_MS;
    let mut all = Vec::new();
    let seen = people.into_iter().filter(|person| actor.is_lead() || actor.is(person.user)).take(PEOPLE_MAX);
    for person in seen {
        let evidence = views::evidence_about(tx, person.user, None)?;
        all.extend(of_person(person.user, &person.name, &evidence, since));
    }
    all.sort_by(|one, other| other.by().abs().total_cmp(&one.by().abs()));
    all.truncate(SHOWN_MAX);
    Ok(all)
}

/// `evidence` is the newest first, as the desk gives it.
fn of_person(user: UserId, name: &str, evidence: &[EvidenceRow], since: i64) -> Vec<Movement> {
    let mut by_skill: BTreeMap<SkillId, Movement> = BTreeMap::new();
    let recent = evidence.iter().filter(|row| row.at >= since && row.struck_at.is_none());
    for moved in recent.flat_map(|row| &row.moves) {
        let movement = by_skill.entry(moved.skill.id).or_insert_with(|| Movement {
            user,
            name: name.to_owned(),
            skill: moved.skill.clone(),
            before: moved.level_before,
            after: moved.level_after,
            observations: 0,
        });
        movement.before = moved.level_before;
        movement.observations += 1;
    }
    by_skill.into_values().filter(|movement| movement.by().abs() >= CHANGE_MIN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::shell;
    use askama::Template;
    use desk::EvidenceId;
    use desk::skills::Observed;
    use desk::skills::views::Move;

    fn row(at: i64, before: f64, after: f64) -> EvidenceRow {
        EvidenceRow {
            id: EvidenceId(at),
            user: UserId(1),
            observed: Observed::Outcome { for_good: true },
            ticket: None,
            by: None,
            by_name: None,
            difficulty: 0.0,
            at,
            note: String::new(),
            struck_at: None,
            struck_reason: None,
            moves: vec![Move {
                skill: super::super::index::samples::summary(1, "De-escalation"),
                level_before: before,
                level_after: after,
                sd_before: 0.6,
                sd_after: 0.5,
            }],
        }
    }

    #[test]
    fn a_week_is_one_movement_from_its_first_to_its_last_level() {
        let evidence = [row(30, 3.2, 3.4), row(20, 2.9, 3.2), row(5, 1.0, 2.9)];
        let moved = of_person(UserId(1), "Leila", &evidence, 10);
        assert_eq!((moved[0].before, moved[0].after, moved[0].observations), (2.9, 3.4, 2));
    }

    #[test]
    fn a_quiet_week_says_so() {
        assert!(Fact { movements: vec![] }.render().unwrap().contains("Quiet"));
        assert!(Page { shell: shell(), movements: vec![] }.render().unwrap().contains("Nothing moved"));
    }

    #[test]
    fn struck_evidence_moves_nothing() {
        let struck = EvidenceRow { struck_at: Some(1), ..row(30, 1.0, 3.0) };
        assert!(of_person(UserId(1), "Leila", &[struck], 10).is_empty());
    }
}
