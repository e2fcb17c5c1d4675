//! People × skills, read in one pass.

use super::*;
use crate::skills::outcomes::store as outcomes;

/// By group, kind and words: what the matrix is asked for.
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
    /// People who more likely than not have it at level 3, among those of whom enough is known to show a level to all.
    pub independent_people: usize,
    /// People of whom something is known that this viewer does not see.
    pub hidden_people: usize,
    /// Whoever is shown: in the whole desk, likely at most one person is able at what tickets ask.
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

pub fn matrix(tx: &mut Tx, filter: &MatrixFilter) -> Result<Matrix, SkillsError> {
    let sight = Sight::load(tx)?;
    let mut people = list_people(tx, filter.group)?;
    let demand = demand(tx)?;
    let mut skills = store::list_shown_skills(tx)?;
    skills.retain(|it| filter.kind.is_none_or(|kind| it.kind == kind));
    if let Some(query) = filter.query.as_deref().map(fold).filter(|it| !it.is_empty()) {
        if skills.iter().any(|it| fold(&it.name).contains(&query)) {
            skills.retain(|it| fold(&it.name).contains(&query));
        } else {
            people.retain(|it| fold(&it.name).contains(&query));
        }
    }
    if !filter.all_skills {
        let known = store::list_held_skills(tx)?;
        skills.retain(|it| known.contains(&it.id) || demand.contains_key(&it.id));
    }

    let column: HashMap<SkillId, usize> = skills.iter().enumerate().map(|(i, it)| (it.id, i)).collect();
    let row: HashMap<UserId, usize> = people.iter().enumerate().map(|(i, it)| (it.user, i)).collect();
    for person in &mut people {
        person.cells.resize(skills.len(), None);
    }
    let mut independent_people = vec![0_usize; skills.len()];
    let mut singles = Singles::load(tx)?;
    let mut hidden = vec![0_usize; skills.len()];
    store::each_proficiency(tx, |it| {
        singles.see(&it);
        let (Some(&row), Some(&column)) = (row.get(&it.user), column.get(&it.skill)) else { return };
        if !sight.sees(&it) {
            hidden[column] += 1;
            return;
        }
        independent_people[column] += usize::from(is_independent(&it));
        people[row].cells[column] = Some(Cell::of(&it));
    })?;
    let counts = independent_people.into_iter().zip(&hidden);
    let heads = skills.iter().zip(counts).map(|(it, (independent_people, hidden))| {
        let demand = demand.get(&it.id).copied().unwrap_or(0);
        let single_point_of_failure = singles.holds(it.id);
        SkillHead {
            skill: it.summary(),
            independent_people,
            hidden_people: *hidden,
            single_point_of_failure,
            demand,
        }
    });
    Ok(Matrix { skills: heads.collect(), rows: people, hidden: hidden.iter().sum() })
}

/// What a person says of themself and what their lead said last, where it still counts; levels 0 to 5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Said {
    pub by_self: Option<f64>,
    pub by_lead: Option<f64>,
}

/// What was said of whom in which skill, as far as this viewer may see evidence.
pub fn said(tx: &mut Tx) -> Result<HashMap<(UserId, SkillId), Said>, SkillsError> {
    let sight = Sight::load(tx)?;
    let mut all: HashMap<(UserId, SkillId), Said> = HashMap::new();
    for (by_lead, kind) in [(false, "self"), (true, "lead")] {
        if !sight.counts(kind) {
            continue;
        }
        tx.each(
            "select e.user_id, m.skill_id, e.value from evidence e join evidence_moves m on m.evidence_id = e.id
             where e.kind = $1 and e.struck_at is null order by e.id desc limit $2",
            params![kind, STATEMENTS_READ_MAX],
            |row| {
                let (user, skill, level): (UserId, SkillId, f64) = (row.get(0)?, row.get(1)?, row.get(2)?);
                if sight.sees_evidence(user) {
                    let it = all.entry((user, skill)).or_default();
                    let place = if by_lead { &mut it.by_lead } else { &mut it.by_self };
                    place.get_or_insert(level);
                }
                Ok(true)
            },
        )?;
    }
    Ok(all)
}

/// Active agents with the names of their groups, and no cells yet.
pub(super) fn list_people(tx: &mut Tx, group: Option<GroupId>) -> Result<Vec<MatrixRow>, db::Error> {
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
pub(super) fn demand(tx: &mut Tx) -> Result<HashMap<SkillId, i64>, db::Error> {
    let since = outcomes::demand_ends_at(tx, DEMAND_DAYS * DAY_MS)? - DEMAND_DAYS * DAY_MS;
    // Whatever was made since then was also changed since then: the index by update serves.
    let rows = tx.list(
        "select q.skill_id, cast(count(*) as bigint) from requirements q
         where q.ticket_id in (select id from tickets where updated_at >= $1 and created_at >= $1
           and deleted_at is null order by updated_at desc limit $2)
         group by q.skill_id",
        params![since, DEMAND_TICKETS_MAX],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let mut all: HashMap<SkillId, i64> = rows.into_iter().collect();
    for (skill, count) in outcomes::count_needs(tx, since, DEMAND_TICKETS_MAX)? {
        *all.entry(skill).or_default() += count;
    }
    Ok(all)
}
