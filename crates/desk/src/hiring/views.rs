//! Hiring shaped for the list of openings, one opening, one candidate, a scorecard, and the public page.

use super::error::only_leads;
use super::fit::{AtWork, Errors, fit};
use super::interviewers::errors;
use super::*;
use crate::skills::roles::views::{Measured, measure_all};
use crate::skills::roles::{RoleError, RoleNeed, Who};
use crate::skills::{self, Skill};
use crate::{ApplicationId, CandidateId, OpeningId, SkillId, Tx, UserId, settings};
use serde::Serialize;
use std::collections::HashMap;

/// Colleagues who come closest to an opening.
pub const GROWING_SHOWN_MAX: usize = 8;

/// An opening in the list of all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OpeningRow {
    pub opening: Opening,
    /// For leads.
    pub candidates: usize,
    pub undecided: usize,
    /// How near the viewer is to what it asks.
    pub mine: Option<Measured>,
    /// The viewer has said that they want it.
    pub volunteered: bool,
}

/// What `/hiring` shows: to leads every opening, to colleagues those that are open to them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HiringPage {
    pub openings: Vec<OpeningRow>,
    /// Addresses that hear of new openings; for leads.
    pub alerts: i64,
    /// Candidates whom this person is named to interview; not scored yet first.
    pub interviews: Vec<Interview>,
}

/// A candidate whom somebody who is no lead is asked to score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Interview {
    pub candidate: CandidateId,
    pub name: String,
    /// Of the opening.
    pub title: String,
    pub scored: bool,
}

pub fn hiring_page(tx: &mut Tx) -> Result<HiringPage, HiringError> {
    let actor = *tx.actor();
    let me = actor.user().filter(|_| actor.is_staff()).ok_or(HiringError::NotStaff)?;
    let openings = store::list_openings(tx)?;
    let counts = if actor.is_lead() { store::count_candidates_by_opening(tx)? } else { HashMap::new() };
    let mine = store::list_candidates_of_user(tx, me)?;
    let mut rows = Vec::new();
    for opening in openings.into_iter().filter(|it| actor.is_lead() || it.state.is_open()) {
        let measured = match actor.is_lead() {
            true => None,
            false => measured_of(tx, &opening, Some(me))?.pop(),
        };
        let (candidates, undecided) = counts.get(&opening.id).copied().unwrap_or_default();
        let volunteered = mine.iter().any(|it| it.opening == opening.id && it.stage != Stage::Withdrawn);
        rows.push(OpeningRow { candidates, undecided, mine: measured, volunteered, opening });
    }
    let alerts = if actor.is_lead() { store::count_confirmed_alerts(tx)? } else { 0 };
    let interviews = if actor.is_lead() { Vec::new() } else { store::list_interviews_of(tx, me)? };
    Ok(HiringPage { openings: rows, alerts, interviews })
}

/// One who applied, with how likely they meet what is asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandidateRow {
    pub candidate: Candidate,
    pub fit: Fit,
}

/// A colleague who could grow into the work.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Colleague {
    pub measured: Measured,
    pub candidate: Option<CandidateId>,
    /// Skills that stand between and that they said they want to learn.
    pub wants: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OpeningPage {
    pub opening: Opening,
    pub role: Option<String>,
    /// For leads: the likeliest of whom enough is known first, then the others, then those of whom it is decided.
    pub candidates: Vec<CandidateRow>,
    /// For leads: the nearest first.
    pub growing: Vec<Colleague>,
    /// For colleagues: how near they are.
    pub mine: Option<Measured>,
    pub volunteered: Option<Candidate>,
    /// For leads: who scores candidates beside them.
    pub interviewers: Vec<(UserId, String)>,
}

/// For leads in any state; for colleagues while it is open.
pub fn opening_page(tx: &mut Tx, id: OpeningId) -> Result<OpeningPage, HiringError> {
    let actor = *tx.actor();
    let me = actor.user().filter(|_| actor.is_staff()).ok_or(HiringError::NotStaff)?;
    let opening = store::find_opening(tx, id)?.filter(|it| actor.is_lead() || it.state.is_open());
    let opening = opening.ok_or(HiringError::NoSuchOpening)?;
    let role = match opening.role {
        Some(role) => skills::roles::find_role(tx, role)?.map(|it| it.name),
        None => None,
    };
    let volunteered = store::find_candidate_by_user(tx, id, me)?.filter(|it| it.stage != Stage::Withdrawn);
    if !actor.is_lead() {
        let mine = measured_of(tx, &opening, Some(me))?.pop();
        let opening = Opening { reason: String::new(), ..opening };
        let (candidates, growing, interviewers) = Default::default();
        return Ok(OpeningPage { opening, role, candidates, growing, mine, volunteered, interviewers });
    }
    let candidates = candidate_rows(tx, &opening)?;
    let growing = growing(tx, &opening, &candidates)?;
    let interviewers = store::list_interviewers(tx, opening.id)?;
    Ok(OpeningPage { opening, role, candidates, growing, mine: None, volunteered, interviewers })
}

fn candidate_rows(tx: &mut Tx, opening: &Opening) -> Result<Vec<CandidateRow>, HiringError> {
    let found = store::list_candidates(tx, opening.id)?;
    let mut cards = store::list_scorecards(tx, opening.id, None)?;
    let users: Vec<UserId> = found.iter().filter_map(|it| it.user).collect();
    let work = at_work(tx, opening, &users)?;
    let (none, errors): (AtWork, Errors) = (AtWork::new(), errors(tx)?);
    let mut rows: Vec<CandidateRow> = found
        .into_iter()
        .map(|candidate| {
            let cards = cards.remove(&candidate.id).unwrap_or_default();
            let known = candidate.user.and_then(|user| work.get(&user)).unwrap_or(&none);
            CandidateRow { fit: fit(&opening.needs, &cards, known, &errors), candidate }
        })
        .collect();
    rows.sort_by(|one, other| {
        let place = |it: &CandidateRow| (it.candidate.stage.is_over(), !it.fit.is_enough());
        place(one).cmp(&place(other)).then(other.fit.p.total_cmp(&one.fit.p))
    });
    Ok(rows)
}

fn at_work(tx: &mut Tx, opening: &Opening, users: &[UserId]) -> Result<HashMap<UserId, AtWork>, HiringError> {
    let mut all: HashMap<UserId, AtWork> = HashMap::new();
    if users.is_empty() {
        return Ok(all);
    }
    let asked: Vec<SkillId> = opening.needs.iter().map(|it| it.skill.id).collect();
    for it in skills::beliefs_of(tx, users, &asked)? {
        let sure = it.is_sure();
        all.entry(it.user).or_default().insert(it.skill, (it.belief, sure));
    }
    Ok(all)
}

/// Colleagues of whom enough is known, the nearest first; those who want what they lack before their equals.
fn growing(
    tx: &mut Tx,
    opening: &Opening,
    candidates: &[CandidateRow],
) -> Result<Vec<Colleague>, HiringError> {
    let interests = skills::all_interests(tx)?;
    let mut all: Vec<Colleague> = measured_of(tx, opening, None)?
        .into_iter()
        .filter(Measured::is_enough)
        .map(|measured| Colleague {
            candidate: candidates
                .iter()
                .find(|it| it.candidate.user == Some(measured.user) && it.candidate.stage != Stage::Withdrawn)
                .map(|it| it.candidate.id),
            wants: measured
                .missing
                .iter()
                .filter(|it| interests.contains(&(measured.user, it.skill.id)))
                .count(),
            measured,
        })
        .collect();
    all.sort_by(|one, other| {
        other
            .measured
            .p
            .total_cmp(&one.measured.p)
            .then(other.wants.cmp(&one.wants))
            .then(other.measured.met_weight.total_cmp(&one.measured.met_weight))
    });
    all.truncate(GROWING_SHOWN_MAX);
    Ok(all)
}

/// Everybody, or one person, against what is asked.
fn measured_of(tx: &mut Tx, opening: &Opening, only: Option<UserId>) -> Result<Vec<Measured>, HiringError> {
    let needs: Vec<RoleNeed> = opening
        .needs
        .iter()
        .map(|it| RoleNeed {
            skill: it.skill.clone(),
            level: it.level,
            weight: it.weight,
            who: Who::Everyone,
        })
        .collect();
    measure_all(tx, &needs, only).map_err(|error| match error {
        RoleError::Db(error) => HiringError::Db(error),
        _ => HiringError::NotStaff,
    })
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandidatePage {
    pub candidate: Candidate,
    pub opening: Opening,
    pub fit: Fit,
    /// The first interview first.
    pub scorecards: Vec<Scorecard>,
    /// What they sent through the form on the opening's page.
    pub application: Option<Application>,
    /// When all of this is deleted, as far as it is decided.
    pub forgotten_at: Option<i64>,
}

pub fn candidate_page(tx: &mut Tx, id: CandidateId) -> Result<CandidatePage, HiringError> {
    only_leads(tx)?;
    let candidate = store::find_candidate(tx, id)?.ok_or(HiringError::NoSuchCandidate)?;
    let opening = store::find_opening(tx, candidate.opening)?.ok_or(HiringError::NoSuchOpening)?;
    let scorecards = store::list_scorecards(tx, opening.id, Some(id))?.remove(&id).unwrap_or_default();
    let users: Vec<UserId> = candidate.user.into_iter().collect();
    let known = at_work(tx, &opening, &users)?.into_values().next().unwrap_or_default();
    let errors = errors(tx)?;
    let over = candidate.decided_at.or(opening.closed_at);
    Ok(CandidatePage {
        fit: fit(&opening.needs, &scorecards, &known, &errors),
        application: store::find_application_of(tx, id)?,
        forgotten_at: over.map(|at| at + CANDIDATE_KEPT_DAYS * DAY_MS),
        candidate,
        opening,
        scorecards,
    })
}

/// For leads: what came through the form on an opening's page and was confirmed, the newest first.
pub fn applications(tx: &mut Tx, opening: OpeningId) -> Result<Vec<Application>, HiringError> {
    only_leads(tx)?;
    store::find_opening(tx, opening)?.ok_or(HiringError::NoSuchOpening)?;
    Ok(store::list_confirmed_applications(tx, opening)?)
}

/// One of them. What nobody has confirmed is not there.
pub fn application(tx: &mut Tx, id: ApplicationId) -> Result<Application, HiringError> {
    only_leads(tx)?;
    let it = store::find_application(tx, id)?.filter(|it| it.confirmed_at.is_some());
    it.ok_or(HiringError::NoSuchApplication)
}

/// A scorecard to fill in: what to ask about each skill, and what its levels look like. Others' scores are not on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScorecardPage {
    pub candidate: Candidate,
    pub opening: Opening,
    pub lines: Vec<ScorecardLine>,
    pub note: String,
    pub is_new: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScorecardLine {
    pub skill: Skill,
    pub asked: f64,
    pub question: String,
    pub mine: Option<Score>,
}

pub fn scorecard_page(tx: &mut Tx, id: CandidateId) -> Result<ScorecardPage, HiringError> {
    let me = tx.actor().user().filter(|_| tx.actor().is_staff()).ok_or(HiringError::NotStaff)?;
    let candidate = scorecards::to_interview(tx, id)?;
    if candidate.user == Some(me) {
        return Err(HiringError::OwnScorecard);
    }
    let opening = store::find_opening(tx, candidate.opening)?.ok_or(HiringError::NoSuchOpening)?;
    // What leads wrote down of the candidate and of the gap is theirs.
    let (candidate, opening) = match tx.actor().is_lead() {
        true => (candidate, opening),
        false => (
            Candidate { note: String::new(), email: String::new(), source: String::new(), ..candidate },
            Opening { reason: String::new(), ..opening },
        ),
    };
    let cards = store::list_scorecards(tx, opening.id, Some(id))?.remove(&id).unwrap_or_default();
    let mine = cards.into_iter().find(|it| it.interviewer == me);
    let mut lines = Vec::new();
    for need in &opening.needs {
        let Some(skill) = skills::find_shown_skill(tx, need.skill.id)? else { continue };
        let given =
            mine.as_ref().and_then(|it| it.scores.iter().find(|score| score.skill == skill.id)).cloned();
        let question = match need.question.is_empty() {
            true => openings::usual_question(&skill.name),
            false => need.question.clone(),
        };
        lines.push(ScorecardLine { asked: need.level, question, mine: given, skill });
    }
    let is_new = mine.is_none();
    Ok(ScorecardPage { candidate, opening, lines, note: mine.map(|it| it.note).unwrap_or_default(), is_new })
}

/// What everybody may see of the openings: for no one in particular, and so for no actor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PublicOpenings {
    pub company: String,
    pub public_url: String,
    pub support_address: String,
    /// The newest first.
    pub openings: Vec<PublicOpening>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PublicOpening {
    pub id: OpeningId,
    pub title: String,
    pub summary: String,
    pub place: String,
    pub seats: i64,
    /// Name of the skill in the reader's language, level.
    pub skills: Vec<(String, f64)>,
    pub public_at: i64,
    pub updated_at: i64,
}

impl PublicOpening {
    fn of(it: Opening) -> PublicOpening {
        PublicOpening {
            id: it.id,
            skills: it.needs.into_iter().map(|need| (need.skill.name, need.level)).collect(),
            public_at: it.public_at.unwrap_or(it.created_at),
            title: it.title,
            summary: it.summary,
            place: it.place,
            seats: it.seats,
            updated_at: it.updated_at,
        }
    }
}

pub fn public_openings(tx: &mut Tx) -> Result<PublicOpenings, HiringError> {
    let openings = store::list_public_openings(tx)?.into_iter().map(PublicOpening::of).collect();
    Ok(PublicOpenings { openings, ..company(tx)? })
}

/// One of them, beside what is said of the company.
pub fn public_opening(tx: &mut Tx, id: OpeningId) -> Result<(PublicOpenings, PublicOpening), HiringError> {
    let opening = store::find_opening(tx, id)?.filter(|it| it.state == OpeningState::Public);
    let opening = opening.ok_or(HiringError::NoSuchOpening)?;
    Ok((company(tx)?, PublicOpening::of(opening)))
}

fn company(tx: &mut Tx) -> Result<PublicOpenings, HiringError> {
    let company = settings::company(tx)?;
    Ok(PublicOpenings {
        company: company.name,
        public_url: company.public_url.trim_end_matches('/').to_owned(),
        support_address: company.support_address,
        openings: Vec::new(),
    })
}
