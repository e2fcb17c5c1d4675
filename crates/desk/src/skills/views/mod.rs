//! The matrix, a person, a skill, and the evidence behind one cell, each shaped for its screen.
//!
//! Fairness: a level that stands on fewer than [`EFFECTIVE_OBSERVATIONS_TO_SHOW`] effective observations
//! ([`::skills::Footing`]) is shown to the person only, marked as not yet sure. Who else sees sure levels and evidence is a setting: [`Sight`].

mod changes;
mod contests;
mod curves;
mod fairness;
mod matrix;
mod moved;

pub use changes::{LibraryChange, LibraryChangeRow, library_changes};
pub use contests::{CONTESTS_SHOWN_MAX, ContestPage, ContestRow, contests, count_contests_to_decide};
pub use curves::{CurvePoint, curves};
pub use fairness::{COUNT_TO_SHOW_MIN, Division, FairnessReport, GroupRow, SourceRow, Spread, fairness};
pub use matrix::{Matrix, MatrixFilter, MatrixRow, Said, SkillHead, matrix, said};
use matrix::{demand, list_people};
pub use moved::{Movement, movements};

use super::*;
use crate::skills::planning::single::Singles;
use crate::tickets::json_numbers;
use crate::{EvidenceId, GroupId, TicketId, Tx};
use db::{Param, ToParam, params};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Demand is counted over this many days,
pub const DEMAND_DAYS: i64 = 30;
/// and over at most so many of the newest tickets.
pub const DEMAND_TICKETS_MAX: usize = 20_000;
/// A trend compares with this many days ago.
pub const TREND_DAYS: i64 = 30;
pub const PEOPLE_IN_MATRIX_MAX: usize = 2_000;
/// Statements of people about people that one page reads.
const STATEMENTS_READ_MAX: usize = 200_000;
/// The point of the standard normal distribution beyond which a tenth lies: an 80 % interval reaches so far.
const SDS_OF_INTERVAL: f64 = 1.281_551_565_544_600_4;
const DAY_MS: i64 = 24 * 3_600_000;

/// A level as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cell {
    /// 0 to 5.
    pub level: f64,
    /// In levels.
    pub sd: f64,
    /// Holds the truth with probability [`INTERVAL_COVERAGE`].
    pub interval: (f64, f64),
    /// P(level ≥ 3).
    pub p_independent: f64,
    pub evidence_count: i64,
    pub effective_observations: f64,
    /// When the last of them was.
    pub seen_at: Option<i64>,
    /// False: not yet sure, and shown only to the person.
    pub sure: bool,
    /// Levels gained since a month ago, as far as refits remember.
    pub trend: Option<f64>,
}

impl Cell {
    pub(in crate::skills) fn of(it: &Proficiency) -> Cell {
        Cell {
            level: it.belief.level(),
            sd: it.belief.level_sd(),
            interval: interval(it.belief),
            p_independent: it.belief.p_at_least(INDEPENDENT_LEVEL),
            evidence_count: it.evidence_count,
            effective_observations: it.effective_observations,
            seen_at: it.seen_at,
            sure: it.is_sure(),
            trend: it.mean_month_ago.map(|mean| it.belief.level() - Belief { mean, ..it.belief }.level()),
        }
    }

    /// What this viewer may see of it.
    fn for_viewer(it: &Proficiency, sight: &Sight) -> Option<Cell> {
        sight.sees(it).then(|| Cell::of(it))
    }
}

/// Levels of these people in these skills, as far as this viewer sees them.
pub fn cells_of(
    tx: &mut Tx,
    users: &[UserId],
    skills: &[SkillId],
) -> Result<HashMap<(UserId, SkillId), Cell>, SkillsError> {
    let sight = Sight::load(tx)?;
    let held = store::list_proficiencies(tx, Some(users), Some(skills))?;
    let seen = held.iter().filter_map(|it| Some(((it.user, it.skill), Cell::for_viewer(it, &sight)?)));
    Ok(seen.collect())
}

/// The same as [`Belief::interval`] with [`INTERVAL_COVERAGE`], for many cells at once.
fn interval(belief: Belief) -> (f64, f64) {
    let reach = SDS_OF_INTERVAL * belief.variance.max(0.0).sqrt();
    let level = |mean: f64| Belief { mean, ..belief }.level();
    (level(belief.mean - reach), level(belief.mean + reach))
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PersonSkills {
    pub user: UserId,
    pub name: String,
    /// The highest level first.
    pub levels: Vec<PersonLevel>,
    /// The newest first; empty for those who may not see it.
    pub evidence: Vec<EvidenceRow>,
    /// All evidence there is.
    pub evidence_count: i64,
    pub interests: Vec<SkillSummary>,
    /// Whether this viewer sees evidence.
    pub sees_all: bool,
    /// Levels that this viewer does not see yet.
    pub hidden: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PersonLevel {
    pub skill: SkillSummary,
    pub cell: Cell,
    /// Levels gained since [`TREND_DAYS`] ago; `None` if nothing was known then.
    pub trend: Option<f64>,
    pub moved_at: i64,
}

/// One observation, and what it did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvidenceRow {
    pub id: EvidenceId,
    pub user: UserId,
    pub observed: Observed,
    pub ticket: Option<TicketId>,
    /// The ticket of another desk, as `source #number`.
    pub imported: Option<String>,
    pub by: Option<UserId>,
    pub by_name: Option<String>,
    /// Logits; 0 is usual.
    pub difficulty: f64,
    pub at: i64,
    pub note: String,
    pub struck_at: Option<i64>,
    pub struck_reason: Option<String>,
    /// False: evidence of this kind is switched off.
    pub counts: bool,
    /// The last objection of its subject.
    pub contest: Option<Contest>,
    /// Only of skills whose level this viewer sees.
    pub moves: Vec<Move>,
    /// Skills that it is about as well, and whose level this viewer does not see: how far it moved would tell.
    pub unseen: Vec<SkillSummary>,
}

/// How far one observation moved one level.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Move {
    pub skill: SkillSummary,
    pub level_before: f64,
    pub level_after: f64,
    /// Standard deviations in levels.
    pub sd_before: f64,
    pub sd_after: f64,
}

pub fn person_skills(tx: &mut Tx, user: UserId) -> Result<PersonSkills, SkillsError> {
    let sight = Sight::load(tx)?;
    let name = store::staff_name(tx, user)?.ok_or(SkillsError::NoSuchPerson)?;
    let sees_all = sight.sees_evidence(user);
    let skills: HashMap<SkillId, Skill> =
        store::list_all_shown_skills(tx)?.into_iter().map(|it| (it.id, it)).collect();
    let held = proficiencies_of(tx, user)?;
    // A refit sees more than what was known then: its level and the one of then tell no growth.
    let then = match refit::last_finished_at(tx)? {
        None => levels_then(tx, user)?,
        Some(_) => HashMap::new(),
    };
    let mut levels: Vec<PersonLevel> = held
        .iter()
        .filter_map(|it| {
            let cell = Cell::for_viewer(it, &sight)?;
            let skill = skills.get(&it.skill)?.summary();
            let trend = cell.trend.or_else(|| then.get(&it.skill).map(|then| it.belief.level() - then));
            Some(PersonLevel { skill, cell, trend, moved_at: it.moved_at })
        })
        .collect();
    levels.sort_by(|one, other| other.cell.level.total_cmp(&one.cell.level));
    let evidence = if sees_all { list_evidence(tx, &sight, user, None)? } else { Vec::new() };
    Ok(PersonSkills {
        user,
        name,
        hidden: held.len() - levels.len(),
        levels,
        evidence,
        evidence_count: count_evidence(tx, user)?,
        interests: interests_of(tx, user)?,
        sees_all,
    })
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SkillPage {
    pub skill: Skill,
    pub head: SkillHead,
    /// The highest level first.
    pub people: Vec<PersonAtSkill>,
    /// People of whom this viewer does not see the level yet.
    pub hidden: usize,
    /// Who wants to learn it.
    pub interested: Vec<(UserId, String)>,
    pub rules: Vec<SkillRule>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PersonAtSkill {
    pub user: UserId,
    pub name: String,
    pub cell: Cell,
}

/// Which levels of these people the viewer may see.
pub fn levels_seen(tx: &mut Tx, people: &[UserId]) -> Result<HashSet<(UserId, SkillId)>, SkillsError> {
    if people.is_empty() {
        return Ok(HashSet::new());
    }
    let sight = Sight::load(tx)?;
    let held = store::list_proficiencies(tx, Some(people), None)?;
    Ok(held.iter().filter(|it| sight.sees(it)).map(|it| (it.user, it.skill)).collect())
}

/// More likely than not at least at level 3: the mean is. What only the person sees counts for nobody, so that the count
/// is the same for everybody.
fn is_independent(it: &Proficiency) -> bool {
    it.is_sure() && it.belief.level() > INDEPENDENT_LEVEL
}

pub fn skill_page(tx: &mut Tx, skill: SkillId) -> Result<SkillPage, SkillsError> {
    let sight = Sight::load(tx)?;
    let skill = store::find_shown_skill(tx, skill)?.ok_or(SkillsError::NoSuchSkill)?;
    let names: HashMap<UserId, String> =
        list_people(tx, None)?.into_iter().map(|it| (it.user, it.name)).collect();
    let mut held = store::list_proficiencies(tx, None, Some(&[skill.id]))?;
    held.retain(|it| names.contains_key(&it.user));
    let independent_people = held.iter().filter(|it| sight.sees(it) && is_independent(it)).count();
    let demand = demand(tx)?.get(&skill.id).copied().unwrap_or(0);
    let mut people: Vec<PersonAtSkill> = held
        .iter()
        .filter_map(|it| {
            let cell = Cell::for_viewer(it, &sight)?;
            Some(PersonAtSkill { user: it.user, name: names[&it.user].clone(), cell })
        })
        .collect();
    people.sort_by(|one, other| {
        other.cell.level.total_cmp(&one.cell.level).then_with(|| one.name.cmp(&other.name))
    });
    let interested = tx.list(
        "select u.id, u.name from interests i join users u on u.id = i.user_id
         where i.skill_id = $1 and u.deleted_at is null order by u.name",
        params![skill.id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let single_point_of_failure = Singles::load_with(tx, &held)?.holds(skill.id);
    let hidden = held.len() - people.len();
    let head = SkillHead {
        skill: skill.summary(),
        independent_people,
        hidden_people: hidden,
        single_point_of_failure,
        demand,
    };
    let rules = list_rules(tx, Some(skill.id))?;
    Ok(SkillPage { head, hidden, people, interested, rules, skill })
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CellEvidence {
    pub user: UserId,
    pub name: String,
    pub skill: Skill,
    pub cell: Option<Cell>,
    /// Something is believed that this viewer does not see yet.
    pub is_hidden: bool,
    /// The newest first.
    pub evidence: Vec<EvidenceRow>,
}

/// What stands behind one cell of the matrix.
pub fn evidence_of_cell(tx: &mut Tx, user: UserId, skill: SkillId) -> Result<CellEvidence, SkillsError> {
    let sight = Sight::load(tx)?;
    if !sight.sees_evidence(user) {
        return Err(SkillsError::NotForYou);
    }
    let name = store::staff_name(tx, user)?.ok_or(SkillsError::NoSuchPerson)?;
    let skill = store::find_shown_skill(tx, skill)?.ok_or(SkillsError::NoSuchSkill)?;
    let held = store::list_proficiencies(tx, Some(&[user]), Some(&[skill.id]))?;
    let evidence = list_evidence(tx, &sight, user, Some(skill.id))?;
    let cell = held.first().and_then(|it| Cell::for_viewer(it, &sight));
    let is_hidden = cell.is_none() && !held.is_empty();
    Ok(CellEvidence { user, name, cell, is_hidden, skill, evidence })
}

/// Evidence about a person, the newest first, for an API. Visible to its subject and to whom the settings allow it.
pub fn evidence_about(
    tx: &mut Tx,
    user: UserId,
    skill: Option<SkillId>,
) -> Result<Vec<EvidenceRow>, SkillsError> {
    let sight = Sight::load(tx)?;
    if !sight.sees_evidence(user) {
        return Err(SkillsError::NotForYou);
    }
    list_evidence(tx, &sight, user, skill)
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The level in each skill as the desk would have shown it then.
fn levels_then(tx: &mut Tx, user: UserId) -> Result<HashMap<SkillId, f64>, db::Error> {
    let then = tx.now() - TREND_DAYS * DAY_MS;
    let starts = store::starts(tx)?;
    let rows: Vec<(SkillId, Belief, i64)> = tx.list(
        "select m.skill_id, m.mean_after, m.variance_after, e.at from evidence_moves m
         join evidence e on e.id = m.evidence_id
         join (select m2.skill_id as skill, max(e2.id) as last from evidence_moves m2
               join evidence e2 on e2.id = m2.evidence_id
               where e2.user_id = $1 and e2.at <= $2 and e2.struck_at is null group by m2.skill_id) as newest
           on newest.skill = m.skill_id and newest.last = m.evidence_id",
        params![user, then],
        |row| Ok((row.get(0)?, Belief { mean: row.get(1)?, variance: row.get(2)? }, row.get(3)?)),
    )?;
    let level = |(skill, belief, at): (SkillId, Belief, i64)| {
        let start = starts.get(&skill)?;
        Some((skill, ::skills::decayed_over(belief, start.prior, then - at, start.tau_days).level()))
    };
    Ok(rows.into_iter().filter_map(level).collect())
}

fn count_evidence(tx: &mut Tx, user: UserId) -> Result<i64, db::Error> {
    tx.value("select cast(count(*) as bigint) from evidence where user_id = $1", params![user])
}

fn list_evidence(
    tx: &mut Tx,
    sight: &Sight,
    user: UserId,
    skill: Option<SkillId>,
) -> Result<Vec<EvidenceRow>, SkillsError> {
    let mut sql = format!("select {EVIDENCE} where e.user_id = $1");
    let mut values: Vec<Param<'_>> = vec![user.to_param()];
    if let Some(skill) = &skill {
        values.push(skill.to_param());
        sql.push_str(
            " and exists (select 1 from evidence_moves m where m.evidence_id = e.id and m.skill_id = $2)",
        );
    }
    sql.push_str(&format!(" order by e.at desc, e.id desc limit {EVIDENCE_SHOWN_MAX}"));
    let mut all = tx.list(&sql, &values, |row| evidence_row(row, sight))?;
    complete(tx, sight, &mut all)?;
    Ok(all)
}

/// These pieces of evidence, as far as the viewer may see evidence about their subjects.
fn evidence_by_id(tx: &mut Tx, sight: &Sight, ids: &[EvidenceId]) -> Result<Vec<EvidenceRow>, SkillsError> {
    let sql = format!("select {EVIDENCE} where e.id in {} order by e.id", tx.numbers_in(1));
    let mut all =
        tx.list(&sql, params![json_numbers(ids.iter().map(|it| it.0))], |row| evidence_row(row, sight))?;
    complete(tx, sight, &mut all)?;
    Ok(all)
}

const EVIDENCE: &str =
    "e.id, e.user_id, e.kind, e.value, e.ticket_id, e.by_user_id, b.name, e.difficulty, e.at, e.note,
   e.struck_at, e.struck_reason, e.severity, e.sd_levels, o.source || ' #' || o.ticket
   from evidence e left join users b on b.id = e.by_user_id left join imported_outcomes o on o.id = e.imported_id";

fn evidence_row(row: &db::Row<'_>, sight: &Sight) -> Result<EvidenceRow, db::Error> {
    let kind: String = row.get(2)?;
    let observed = Observed::from_stored(&kind, row.get(3)?)
        .ok_or_else(|| db::Error::Corrupt(format!("{kind:?} is no kind of evidence")))?
        .with_severity(row.get(12)?)
        .with_sd_levels(row.get(13)?);
    Ok(EvidenceRow {
        id: row.get(0)?,
        user: row.get(1)?,
        observed,
        ticket: row.get(4)?,
        imported: row.get(14)?,
        by: row.get(5)?,
        by_name: row.get(6)?,
        difficulty: row.get(7)?,
        at: row.get(8)?,
        note: row.get(9)?,
        struck_at: row.get(10)?,
        struck_reason: row.get(11)?,
        counts: sight.counts(&kind),
        contest: None,
        moves: Vec::new(),
        unseen: Vec::new(),
    })
}

/// Adds what each piece moved, as far as the viewer sees those levels, and what was objected.
fn complete(tx: &mut Tx, sight: &Sight, all: &mut [EvidenceRow]) -> Result<(), SkillsError> {
    let mut moves = list_moves(tx, all)?;
    let mut contests: BTreeMap<EvidenceId, Contest> = BTreeMap::new();
    for it in store::list_contests_of(tx, all.iter().map(|it| it.id))? {
        contests.insert(it.evidence, it);
    }
    let others: HashSet<UserId> = all.iter().map(|it| it.user).filter(|it| !sight.is_own(*it)).collect();
    let mut seen: HashSet<(UserId, SkillId)> = HashSet::new();
    for user in others {
        let held = proficiencies_of(tx, user)?;
        seen.extend(held.iter().filter(|it| sight.sees(it)).map(|it| (it.user, it.skill)));
    }
    for row in all {
        let (shown, hidden): (Vec<Move>, Vec<Move>) = moves
            .remove(&row.id)
            .unwrap_or_default()
            .into_iter()
            .partition(|it| sight.is_own(row.user) || seen.contains(&(row.user, it.skill.id)));
        row.moves = shown;
        row.unseen = hidden.into_iter().map(|it| it.skill).collect();
        row.contest = contests.remove(&row.id);
    }
    Ok(())
}

fn list_moves(tx: &mut Tx, of: &[EvidenceRow]) -> Result<BTreeMap<EvidenceId, Vec<Move>>, db::Error> {
    let sql = format!(
        "select m.evidence_id, s.id, s.key, {}, s.kind, m.mean_before, m.variance_before, m.mean_after,
           m.variance_after
         from evidence_moves m join skills s on s.id = m.skill_id where m.evidence_id in {} order by m.weight desc, s.id",
        store::name_column(tx),
        tx.numbers_in(1)
    );
    let mut moves: BTreeMap<EvidenceId, Vec<Move>> = BTreeMap::new();
    tx.each(&sql, params![json_numbers(of.iter().map(|it| it.id.0))], |row| {
        let before = Belief { mean: row.get(5)?, variance: row.get(6)? };
        let after = Belief { mean: row.get(7)?, variance: row.get(8)? };
        let skill =
            SkillSummary { id: row.get(1)?, key: row.get(2)?, name: row.get(3)?, kind: store::kind(row, 4)? };
        moves.entry(row.get(0)?).or_default().push(Move {
            skill,
            level_before: before.level(),
            level_after: after.level(),
            sd_before: before.level_sd(),
            sd_after: after.level_sd(),
        });
        Ok(true)
    })?;
    Ok(moves)
}
