//! The matrix, a person, a skill, and the evidence behind one cell, each shaped for its screen.
//!
//! Fairness: a level that stands on fewer than [`EFFECTIVE_OBSERVATIONS_TO_SHOW`] effective observations is shown to the
//! person and to leads only, marked as not yet sure. Evidence is shown to the same.

use super::*;
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
pub const PEOPLE_IN_MATRIX_MAX: usize = 500;
const DAY_MS: i64 = 24 * 3_600_000;

#[derive(Clone, Debug, Default)]
pub struct MatrixFilter {
    pub group: Option<GroupId>,
    pub kind: Option<SkillKind>,
    /// Part of a skill's name, or else of a person's.
    pub query: Option<String>,
    /// Also skills of which nothing is known and that nobody has asked for.
    pub all_skills: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Matrix {
    pub skills: Vec<SkillHead>,
    /// By name.
    pub rows: Vec<MatrixRow>,
    /// As shown to this viewer, some cells are hidden until more is known.
    pub hidden: usize,
}

/// A skill at the top of its column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SkillHead {
    pub skill: SkillSummary,
    /// People who more likely than not have it at level 3, among those shown.
    pub independent_people: usize,
    /// At most one such person, although it is asked for.
    pub single_point_of_failure: bool,
    /// Tickets of the last [`DEMAND_DAYS`] that needed it.
    pub demand: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MatrixRow {
    pub user: UserId,
    pub name: String,
    pub groups: Vec<String>,
    /// One for each skill, in the order of the heads.
    pub cells: Vec<Option<Cell>>,
}

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
    /// False: not yet sure, and shown only to the person and to leads.
    pub sure: bool,
}

impl Cell {
    fn of(it: &Proficiency) -> Cell {
        Cell {
            level: it.belief.level(),
            sd: it.belief.level_sd(),
            interval: it.belief.interval(INTERVAL_COVERAGE),
            p_independent: it.belief.p_at_least(INDEPENDENT_LEVEL),
            evidence_count: it.evidence_count,
            effective_observations: it.effective_observations,
            sure: it.is_sure(),
        }
    }

    /// What this viewer may see of it.
    fn for_viewer(it: &Proficiency, actor: crate::Actor) -> Option<Cell> {
        (it.is_sure() || may_see_all(actor, it.user)).then(|| Cell::of(it))
    }
}

/// People × skills.
pub fn matrix(tx: &mut Tx, filter: &MatrixFilter) -> Result<Matrix, SkillsError> {
    let actor = staff(tx)?;
    let mut people = list_people(tx, filter.group)?;
    let demand = demand(tx)?;
    let held = store::list_proficiencies(tx, None, None)?;
    let known: HashSet<SkillId> = held.iter().map(|it| it.skill).collect();
    let mut skills = store::list_skills(tx)?;
    skills.retain(|it| filter.kind.is_none_or(|kind| it.kind == kind));
    if let Some(query) = filter.query.as_deref().map(fold).filter(|it| !it.is_empty()) {
        if skills.iter().any(|it| fold(&it.name).contains(&query)) {
            skills.retain(|it| fold(&it.name).contains(&query));
        } else {
            people.retain(|it| fold(&it.name).contains(&query));
        }
    }
    let wanted = |it: &Skill| filter.all_skills || known.contains(&it.id) || demand.contains_key(&it.id);
    skills.retain(wanted);

    let column: HashMap<SkillId, usize> = skills.iter().enumerate().map(|(i, it)| (it.id, i)).collect();
    let row: HashMap<UserId, usize> = people.iter().enumerate().map(|(i, it)| (it.user, i)).collect();
    let mut independent_people = vec![0_usize; skills.len()];
    let mut hidden = 0;
    for it in &held {
        let (Some(&row), Some(&column)) = (row.get(&it.user), column.get(&it.skill)) else { continue };
        let cells = &mut people[row].cells;
        cells.resize(skills.len(), None);
        independent_people[column] += usize::from(it.belief.p_at_least(INDEPENDENT_LEVEL) > 0.5);
        cells[column] = Cell::for_viewer(it, actor);
        hidden += usize::from(cells[column].is_none());
    }
    for person in &mut people {
        person.cells.resize(skills.len(), None);
    }
    let skills = skills
        .iter()
        .zip(independent_people)
        .map(|(it, independent_people)| {
            let demand = demand.get(&it.id).copied().unwrap_or(0);
            let single_point_of_failure = demand > 0 && independent_people <= 1;
            SkillHead { skill: it.summary(), independent_people, single_point_of_failure, demand }
        })
        .collect();
    Ok(Matrix { skills, rows: people, hidden })
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
    /// Whether this viewer sees evidence and unsure levels.
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
    pub by: Option<UserId>,
    pub by_name: Option<String>,
    /// Logits; 0 is usual.
    pub difficulty: f64,
    pub at: i64,
    pub note: String,
    pub struck_at: Option<i64>,
    pub struck_reason: Option<String>,
    pub moves: Vec<Move>,
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
    let actor = staff(tx)?;
    let name = store::staff_name(tx, user)?.ok_or(SkillsError::NoSuchPerson)?;
    let sees_all = may_see_all(actor, user);
    let skills: HashMap<SkillId, Skill> =
        store::list_all_skills(tx)?.into_iter().map(|it| (it.id, it)).collect();
    let held = proficiencies_of(tx, user)?;
    let then = levels_then(tx, user)?;
    let mut levels: Vec<PersonLevel> = held
        .iter()
        .filter_map(|it| {
            let cell = Cell::for_viewer(it, actor)?;
            let skill = skills.get(&it.skill)?.summary();
            let trend = then.get(&it.skill).map(|then| it.belief.level() - then);
            Some(PersonLevel { skill, cell, trend, moved_at: it.moved_at })
        })
        .collect();
    levels.sort_by(|one, other| other.cell.level.total_cmp(&one.cell.level));
    let evidence = if sees_all { list_evidence(tx, user, None)? } else { Vec::new() };
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

pub fn skill_page(tx: &mut Tx, skill: SkillId) -> Result<SkillPage, SkillsError> {
    let actor = staff(tx)?;
    let skill = store::find_skill(tx, skill)?.ok_or(SkillsError::NoSuchSkill)?;
    let names: HashMap<UserId, String> =
        list_people(tx, None)?.into_iter().map(|it| (it.user, it.name)).collect();
    let mut held = store::list_proficiencies(tx, None, Some(&[skill.id]))?;
    held.retain(|it| names.contains_key(&it.user));
    let independent_people = held.iter().filter(|it| it.belief.p_at_least(INDEPENDENT_LEVEL) > 0.5).count();
    let demand = demand(tx)?.get(&skill.id).copied().unwrap_or(0);
    let mut people: Vec<PersonAtSkill> = held
        .iter()
        .filter_map(|it| {
            let cell = Cell::for_viewer(it, actor)?;
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
    let single_point_of_failure = demand > 0 && independent_people <= 1;
    let head = SkillHead { skill: skill.summary(), independent_people, single_point_of_failure, demand };
    let rules = list_rules(tx, Some(skill.id))?;
    Ok(SkillPage { head, hidden: held.len() - people.len(), people, interested, rules, skill })
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CellEvidence {
    pub user: UserId,
    pub name: String,
    pub skill: Skill,
    pub cell: Option<Cell>,
    /// The newest first.
    pub evidence: Vec<EvidenceRow>,
}

/// What stands behind one cell of the matrix.
pub fn evidence_of_cell(tx: &mut Tx, user: UserId, skill: SkillId) -> Result<CellEvidence, SkillsError> {
    let actor = staff(tx)?;
    if !may_see_all(actor, user) {
        return Err(SkillsError::NotForYou);
    }
    let name = store::staff_name(tx, user)?.ok_or(SkillsError::NoSuchPerson)?;
    let skill = store::find_skill(tx, skill)?.ok_or(SkillsError::NoSuchSkill)?;
    let held = store::list_proficiencies(tx, Some(&[user]), Some(&[skill.id]))?;
    let evidence = list_evidence(tx, user, Some(skill.id))?;
    Ok(CellEvidence { user, name, cell: held.first().map(Cell::of), skill, evidence })
}

/// Evidence about a person, the newest first, for an API. Visible to its subject and to leads.
pub fn evidence_about(
    tx: &mut Tx,
    user: UserId,
    skill: Option<SkillId>,
) -> Result<Vec<EvidenceRow>, SkillsError> {
    let actor = staff(tx)?;
    if !may_see_all(actor, user) {
        return Err(SkillsError::NotForYou);
    }
    Ok(list_evidence(tx, user, skill)?)
}

fn staff(tx: &Tx) -> Result<crate::Actor, SkillsError> {
    let actor = *tx.actor();
    if actor.is_staff() { Ok(actor) } else { Err(SkillsError::NotStaff) }
}

fn may_see_all(actor: crate::Actor, user: UserId) -> bool {
    actor.is_lead() || actor.is(user)
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Active agents with the names of their groups, and no cells yet.
fn list_people(tx: &mut Tx, group: Option<GroupId>) -> Result<Vec<MatrixRow>, db::Error> {
    let mut groups: HashMap<UserId, Vec<String>> = HashMap::new();
    tx.each(
        "select m.user_id, g.name from memberships m join groups g on g.id = m.group_id
         where g.deleted_at is null order by m.is_default desc, g.name",
        params![],
        |row| {
            groups.entry(row.get(0)?).or_default().push(row.get(1)?);
            Ok(true)
        },
    )?;
    tx.list(
        "select id, name from users where role <> 'end-user' and role in ('agent', 'lead', 'admin') and suspended_at is null
           and deleted_at is null
           and (cast($1 as bigint) = 0 or exists (select 1 from memberships m where m.user_id = users.id and m.group_id = $1))
         order by name, id limit $2",
        params![group.map_or(0, |it| it.0), PEOPLE_IN_MATRIX_MAX],
        |row| {
            let user = row.get(0)?;
            let groups = groups.remove(&user).unwrap_or_default();
            Ok(MatrixRow { user, name: row.get(1)?, groups, cells: Vec::new() })
        },
    )
}

/// How many tickets needed each skill of late.
fn demand(tx: &mut Tx) -> Result<HashMap<SkillId, i64>, db::Error> {
    let since = tx.now() - DEMAND_DAYS * DAY_MS;
    // Whatever was made since then was also changed since then: the index by update serves.
    let rows = tx.list(
        "select q.skill_id, cast(count(*) as bigint) from requirements q
         where q.ticket_id in (select id from tickets where updated_at >= $1 and created_at >= $1
           and deleted_at is null order by updated_at desc limit $2)
         group by q.skill_id",
        params![since, DEMAND_TICKETS_MAX],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(rows.into_iter().collect())
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
        Some((skill, ::skills::decayed(belief, start.prior, then - at, start.decay).level()))
    };
    Ok(rows.into_iter().filter_map(level).collect())
}

fn count_evidence(tx: &mut Tx, user: UserId) -> Result<i64, db::Error> {
    tx.value("select cast(count(*) as bigint) from evidence where user_id = $1", params![user])
}

fn list_evidence(tx: &mut Tx, user: UserId, skill: Option<SkillId>) -> Result<Vec<EvidenceRow>, db::Error> {
    let mut sql = "select e.id, e.user_id, e.kind, e.value, e.ticket_id, e.by_user_id, b.name, e.difficulty, e.at, e.note,
           e.struck_at, e.struck_reason
         from evidence e left join users b on b.id = e.by_user_id where e.user_id = $1"
        .to_owned();
    let mut values: Vec<Param<'_>> = vec![user.to_param()];
    if let Some(skill) = &skill {
        values.push(skill.to_param());
        sql.push_str(
            " and exists (select 1 from evidence_moves m where m.evidence_id = e.id and m.skill_id = $2)",
        );
    }
    sql.push_str(&format!(" order by e.at desc, e.id desc limit {EVIDENCE_SHOWN_MAX}"));
    let mut all = tx.list(&sql, &values, |row| {
        let kind: String = row.get(2)?;
        let observed = Observed::from_stored(&kind, row.get(3)?)
            .ok_or_else(|| db::Error::Corrupt(format!("{kind:?} is no kind of evidence")))?;
        Ok(EvidenceRow {
            id: row.get(0)?,
            user: row.get(1)?,
            observed,
            ticket: row.get(4)?,
            by: row.get(5)?,
            by_name: row.get(6)?,
            difficulty: row.get(7)?,
            at: row.get(8)?,
            note: row.get(9)?,
            struck_at: row.get(10)?,
            struck_reason: row.get(11)?,
            moves: Vec::new(),
        })
    })?;
    let mut moves = list_moves(tx, &all)?;
    for row in &mut all {
        row.moves = moves.remove(&row.id).unwrap_or_default();
    }
    Ok(all)
}

fn list_moves(tx: &mut Tx, of: &[EvidenceRow]) -> Result<BTreeMap<EvidenceId, Vec<Move>>, db::Error> {
    let sql = format!(
        "select m.evidence_id, s.id, s.key, s.name, s.kind, m.mean_before, m.variance_before, m.mean_after,
           m.variance_after
         from evidence_moves m join skills s on s.id = m.skill_id where m.evidence_id in {} order by m.weight desc, s.id",
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
