//! Assessments shaped for the page of what one is asked, for a campaign and its results, and for certificates and checks.

use super::checks::{Calibration, calibrations};
use super::error::only_leads;
use super::*;
use crate::skills::{self, SkillSummary, views::Cell};
use crate::{CampaignId, CampaignTaskId, CheckId, SkillId, Tx, UserId};
use ::skills::{LEVEL_MAX, LEVEL_MIN, LEVELS_PER_LOGIT, level_of};
use serde::Serialize;
use std::collections::HashMap;

/// Two views of one skill that lie at least this far apart, in levels, are worth a talk.
pub const DISAGREEMENT_LEVELS: f64 = 1.0;

/// What one is asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskRow {
    pub task: Task,
    pub campaign: String,
    pub subject_name: String,
    pub due_at: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CampaignRow {
    pub campaign: Campaign,
    pub asked: usize,
    pub answered: usize,
    pub subjects: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CertificateRow {
    pub certificate: Certificate,
    pub user_name: String,
    pub validity: Validity,
    pub skills: Vec<String>,
    pub confirmed_by_name: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckRow {
    pub check: Check,
    pub skill: String,
    /// The viewer's last result.
    pub mine: Option<CheckResult>,
    /// From when the viewer may take it again; `None`: now.
    pub again_at: Option<i64>,
}

/// What `/assessments` shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Desk {
    pub tasks: Vec<TaskRow>,
    pub campaigns: Vec<CampaignRow>,
    pub checks: Vec<CheckRow>,
    /// One's own; for leads everybody's.
    pub certificates: Vec<CertificateRow>,
    /// Campaigns in which others spoke of the viewer.
    pub about_me: Vec<(CampaignId, String)>,
}

pub fn desk(tx: &mut Tx) -> Result<Desk, AssessmentError> {
    let actor = *tx.actor();
    let me = actor.user().filter(|_| actor.is_staff()).ok_or(AssessmentError::NotStaff)?;
    let names = names(tx)?;
    let campaigns = store::list_campaigns(tx)?;
    let spoken_of = store::list_campaigns_about(tx, me)?;
    let closed = campaigns.iter().filter(|it| it.closed_at.is_some() && spoken_of.contains(&it.id));
    let about_me = closed.map(|it| (it.id, it.name.clone())).collect();
    let rows = match actor.is_lead() {
        true => {
            let mut progress = store::progress(tx)?;
            let rows = campaigns.iter().map(|it| {
                let (asked, answered, subjects) = progress.remove(&it.id).unwrap_or_default();
                CampaignRow { campaign: it.clone(), asked, answered, subjects }
            });
            rows.collect()
        }
        false => Vec::new(),
    };
    let tasks = store::list_tasks_of(tx, me)?.into_iter().filter_map(|task| {
        let campaign = campaigns.iter().find(|it| it.id == task.campaign)?;
        let subject_name = names.get(&task.subject).cloned().unwrap_or_default();
        Some(TaskRow { campaign: campaign.name.clone(), due_at: campaign.due_at, subject_name, task })
    });
    let of = if actor.is_lead() { None } else { Some(me) };
    Ok(Desk {
        tasks: tasks.collect(),
        campaigns: rows,
        checks: checks(tx, me)?,
        certificates: certificate_rows(tx, of, &names)?,
        about_me,
    })
}

/// How many questions wait for this person.
pub fn count_waiting(tx: &mut Tx) -> Result<i64, db::Error> {
    let actor = *tx.actor();
    let Some(me) = actor.user().filter(|_| actor.is_staff()) else { return Ok(0) };
    store::count_unanswered(tx, me)
}

/// One person's, for everybody who works here: a certificate is no secret.
pub fn certificates_of(tx: &mut Tx, user: UserId) -> Result<Vec<CertificateRow>, AssessmentError> {
    if !tx.actor().is_staff() {
        return Err(AssessmentError::NotStaff);
    }
    let names = names(tx)?;
    Ok(certificate_rows(tx, Some(user), &names)?)
}

/// The form of one task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskPage {
    pub task: Task,
    pub campaign: Campaign,
    pub subject_name: String,
    /// The skills with their anchors, and what was said before.
    pub skills: Vec<(skills::Skill, Option<Answered>)>,
}

pub fn task_page(tx: &mut Tx, id: CampaignTaskId) -> Result<TaskPage, AssessmentError> {
    let me = tx.actor().user();
    let task = store::find_task(tx, id)?.filter(|it| Some(it.rater) == me);
    let task = task.ok_or(AssessmentError::NoSuchTask)?;
    let campaign = store::find_campaign(tx, task.campaign)?.ok_or(AssessmentError::NoSuchCampaign)?;
    let said = store::list_answers(tx, id)?;
    let mut asked = Vec::new();
    for skill in &campaign.skills {
        if let Some(skill) = skills::find_shown_skill(tx, *skill)? {
            let said = said.iter().find(|it| it.skill == skill.id).copied();
            asked.push((skill, said));
        }
    }
    let subject_name = names(tx)?.remove(&task.subject).unwrap_or_default();
    Ok(TaskPage { task, campaign, subject_name, skills: asked })
}

/// One skill of one person, seen from all sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sides {
    pub skill: SkillSummary,
    pub themself: Option<f64>,
    /// The mean of those who lead them.
    pub lead: Option<f64>,
    /// The mean of colleagues; `None` below [`ANONYMOUS_PEERS_MIN`].
    pub peers: Option<f64>,
    /// How many colleagues spoke; `None` below the same number, so that nobody can be counted out.
    pub peer_count: Option<usize>,
    /// What the work shows.
    pub evidence: Option<Cell>,
    /// The widest distance between two sides, in levels, where it is worth a talk.
    pub apart: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ResultRow {
    pub user: UserId,
    pub name: String,
    pub sides: Vec<Sides>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CampaignPage {
    pub campaign: Campaign,
    pub asked: usize,
    pub answered: usize,
    /// For leads: who has not answered yet, and how many questions.
    pub waiting: Vec<(UserId, String, usize)>,
    /// For leads everybody; else oneself, once it is closed.
    pub results: Vec<ResultRow>,
}

/// For leads at any time; for others their own results, once the campaign is closed.
pub fn campaign_page(tx: &mut Tx, id: CampaignId) -> Result<CampaignPage, AssessmentError> {
    let actor = *tx.actor();
    let campaign = store::find_campaign(tx, id)?.ok_or(AssessmentError::NoSuchCampaign)?;
    let tasks = store::list_tasks_in(tx, id)?;
    let mut subjects: Vec<UserId> = tasks.iter().map(|it| it.subject).collect();
    subjects.sort();
    subjects.dedup();
    if !actor.is_lead() {
        let about_me = actor.user().is_some_and(|me| subjects.contains(&me));
        if !about_me || campaign.closed_at.is_none() {
            return Err(AssessmentError::NotForYou);
        }
        subjects.retain(|it| actor.is(*it));
    }
    let names = names(tx)?;
    let name = |user: UserId| names.get(&user).cloned().unwrap_or_default();
    let mut waiting: HashMap<UserId, usize> = HashMap::new();
    for task in tasks.iter().filter(|it| it.answered_at.is_none()) {
        *waiting.entry(task.rater).or_default() += 1;
    }
    let mut waiting: Vec<(UserId, String, usize)> = match actor.is_lead() {
        true => waiting.into_iter().map(|(user, count)| (user, name(user), count)).collect(),
        false => Vec::new(),
    };
    waiting.sort_by(|one, other| one.1.cmp(&other.1));
    let summaries = skills::summaries(tx)?;
    let means = store::list_means(tx, id, None)?;
    let known = skills::views::cells_of(tx, &subjects, &campaign.skills)?;
    let mut results = Vec::new();
    for user in subjects {
        let sides = campaign.skills.iter().filter_map(|skill| {
            let said = |kind: AskedKind| {
                means.iter().find(|it| it.subject == user && it.skill == *skill && it.kind == kind)
            };
            // While it is open the number of colleagues would tell who has just answered.
            let peers = said(AskedKind::Peer)
                .filter(|it| it.count >= ANONYMOUS_PEERS_MIN && campaign.closed_at.is_some());
            let cell = known.get(&(user, *skill)).copied();
            let themself = said(AskedKind::Themself).map(|it| it.mean);
            let lead = said(AskedKind::Lead).map(|it| it.mean);
            Some(Sides {
                skill: summaries.get(skill)?.clone(),
                themself,
                lead,
                peers: peers.map(|it| it.mean),
                peer_count: peers.map(|it| it.count),
                evidence: cell,
                apart: apart(&[themself, lead, peers.map(|it| it.mean), cell.map(|it| it.level)]),
            })
        });
        results.push(ResultRow { user, name: name(user), sides: sides.collect() });
    }
    results.sort_by(|one, other| one.name.cmp(&other.name));
    let answered = tasks.iter().filter(|it| it.answered_at.is_some()).count();
    Ok(CampaignPage { asked: tasks.len(), answered, waiting, results, campaign })
}

/// The widest distance, if it is worth a talk.
fn apart(sides: &[Option<f64>]) -> Option<f64> {
    let known: Vec<f64> = sides.iter().copied().flatten().collect();
    let most = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = known.iter().copied().fold(f64::INFINITY, f64::min);
    (known.len() > 1 && most - least >= DISAGREEMENT_LEVELS).then_some(most - least)
}

/// One check as the one sees it who takes it, or as a lead who changes it.
pub fn check_page(tx: &mut Tx, id: CheckId) -> Result<CheckRow, AssessmentError> {
    let me = tx.actor().user().filter(|_| tx.actor().is_staff()).ok_or(AssessmentError::NotStaff)?;
    checks(tx, me)?.into_iter().find(|it| it.check.id == id).ok_or(AssessmentError::NoSuchCheck)
}

/// One question of a check, as those who took it show it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct QuestionState {
    /// Half of those of this level know it.
    pub level: f64,
    pub sd_levels: f64,
    pub answers: usize,
    pub right: usize,
    /// Enough answered: the level is what they show, and not its author's word.
    pub calibrated: bool,
}

/// By question; for leads.
pub fn question_states(tx: &mut Tx, id: CheckId) -> Result<Vec<QuestionState>, AssessmentError> {
    only_leads(tx)?;
    let check = store::find_check(tx, id)?.ok_or(AssessmentError::NoSuchCheck)?;
    let state = |it: Calibration| QuestionState {
        level: level_of(it.item.difficulty).clamp(LEVEL_MIN, LEVEL_MAX),
        sd_levels: it.sd * LEVELS_PER_LOGIT,
        answers: it.answers,
        right: it.right,
        calibrated: it.is_calibrated(),
    };
    Ok(calibrations(tx, &check)?.into_iter().map(state).collect())
}

/// Whom a campaign may be about.
pub fn people(tx: &mut Tx) -> Result<Vec<(UserId, String)>, AssessmentError> {
    only_leads(tx)?;
    Ok(store::list_people(tx)?.into_iter().map(|it| (it.user, it.name)).collect())
}

fn checks(tx: &mut Tx, me: UserId) -> Result<Vec<CheckRow>, db::Error> {
    let names: HashMap<SkillId, String> = skills::skill_names(tx)?;
    let results = store::list_results(tx, me)?;
    let is_lead = tx.actor().is_lead();
    let now = tx.now();
    let all = store::list_checks(tx)?.into_iter().filter(|it| it.retired_at.is_none() || is_lead);
    Ok(all
        .map(|check| {
            let mine = results.iter().find(|it| it.check == check.id).cloned();
            let again_at = mine.as_ref().map(|it| it.finished_at + CHECK_AGAIN_AFTER_DAYS * DAY_MS);
            CheckRow {
                skill: names.get(&check.skill).cloned().unwrap_or_default(),
                mine,
                again_at: again_at.filter(|at| *at > now),
                check,
            }
        })
        .collect())
}

fn certificate_rows(
    tx: &mut Tx,
    user: Option<UserId>,
    names: &HashMap<UserId, String>,
) -> Result<Vec<CertificateRow>, db::Error> {
    let now = tx.now();
    let skills = skills::skill_names(tx)?;
    let rows = store::list_certificates(tx, user)?.into_iter().map(|it| CertificateRow {
        user_name: names.get(&it.user).cloned().unwrap_or_default(),
        validity: it.validity(now),
        skills: it.skills.iter().filter_map(|skill| skills.get(skill).cloned()).collect(),
        confirmed_by_name: it.confirmed_by.and_then(|user| names.get(&user).cloned()),
        certificate: it,
    });
    Ok(rows.collect())
}

fn names(tx: &mut Tx) -> Result<HashMap<UserId, String>, db::Error> {
    let rows = tx.list("select id, name from users where role <> 'end-user'", db::params![], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_apart_from_a_whole_level_on() {
        assert_eq!(apart(&[Some(3.0), None, Some(2.1), None]), None);
        assert_eq!(apart(&[Some(3.5), Some(2.0), None, None]), Some(1.5));
        assert_eq!(apart(&[Some(3.5), None]), None);
        assert_eq!(apart(&[]), None);
    }
}
