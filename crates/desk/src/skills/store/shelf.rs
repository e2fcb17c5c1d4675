//! Every statement on prerequisites and merges, and on the rows that a merge moves.

use super::*;
use crate::skills::shelf::SkillMerge;
use crate::skills::shelf::moved::MovedRows;
use crate::{RoleId, SkillMergeId};

/// Merges, and events of one skill, that a page lists.
const HISTORY_SHOWN_MAX: usize = 50;

/// A skill, what it needs, at which level; `of` for one skill.
pub(in crate::skills) fn list_prerequisites(
    tx: &mut Tx,
    of: Option<SkillId>,
) -> Result<Vec<(SkillId, SkillSummary, f64)>, Error> {
    let sql = format!(
        "select p.skill_id, p.level, {} from skill_prerequisites p join skills s on s.id = p.needs_id
         where s.retired_at is null and (cast($1 as bigint) = 0 or p.skill_id = $1) order by p.skill_id, s.name",
        summary_columns(tx)
    );
    tx.list(&sql, params![of.map_or(0, |it| it.0)], |row| Ok((row.get(0)?, summary(row, 2)?, row.get(1)?)))
}

pub(in crate::skills) fn save_prerequisites(
    tx: &mut Tx,
    skill: SkillId,
    needs: &[(SkillId, f64)],
) -> Result<(), Error> {
    tx.execute("delete from skill_prerequisites where skill_id = $1", params![skill])?;
    for (needed, level) in needs {
        tx.execute(
            "insert into skill_prerequisites (skill_id, needs_id, level) values ($1, $2, $3) on conflict do nothing",
            params![skill, needed, level],
        )?;
    }
    Ok(())
}

pub(in crate::skills) fn save_links(
    tx: &mut Tx,
    skill: SkillId,
    onet: Option<&str>,
    esco: Option<&str>,
) -> Result<(), Error> {
    tx.execute("update skills set onet = $1, esco = $2 where id = $3", params![onet, esco, skill]).map(|_| ())
}

/// Everything that names `from` names `into` afterwards.
pub(in crate::skills) fn move_skill(tx: &mut Tx, from: SkillId, into: SkillId) -> Result<MovedRows, Error> {
    let mut moved = MovedRows {
        people: tx.list(
            "select distinct e.user_id from evidence e join evidence_moves m on m.evidence_id = e.id
             where m.skill_id = $1 order by e.user_id",
            params![from],
            |row| row.get(0),
        )?,
        ..MovedRows::default()
    };
    moved.evidence_added = tx.list(
        "select one.evidence_id, one.weight from evidence_moves one join evidence_moves other
           on other.evidence_id = one.evidence_id and other.skill_id = $2 where one.skill_id = $1",
        params![from, into],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (evidence, weight) in &moved.evidence_added {
        tx.execute(
            "update evidence_moves set weight = weight + $1 where evidence_id = $2 and skill_id = $3",
            params![weight, evidence, into],
        )?;
        tx.execute(
            "delete from evidence_moves where evidence_id = $1 and skill_id = $2",
            params![evidence, from],
        )?;
    }
    moved.evidence = tx.list(
        "update evidence_moves set skill_id = $2 where skill_id = $1 returning evidence_id",
        params![from, into],
        |row| row.get(0),
    )?;
    moved.tickets_both = tx.list(
        "delete from requirements where skill_id = $1
           and ticket_id in (select ticket_id from requirements where skill_id = $2)
         returning ticket_id, level, weight, hardness, source, because",
        params![from, into],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?)),
    )?;
    moved.tickets = tx.list(
        "update requirements set skill_id = $2 where skill_id = $1 returning ticket_id",
        params![from, into],
        |row| row.get(0),
    )?;
    moved.need_sets_both = tx.list(
        "delete from need_set_skills where skill_id = $1
           and need_set_id in (select need_set_id from need_set_skills where skill_id = $2)
         returning need_set_id, level, weight",
        params![from, into],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    moved.need_sets = tx.list(
        "update need_set_skills set skill_id = $2 where skill_id = $1 returning need_set_id",
        params![from, into],
        |row| row.get(0),
    )?;
    moved.rules = tx.list(
        "update skill_rules set skill_id = $2 where skill_id = $1 returning id",
        params![from, into],
        |row| row.get(0),
    )?;
    moved.interests_both = tx.list(
        "delete from interests where skill_id = $1 and user_id in (select user_id from interests where skill_id = $2)
         returning user_id",
        params![from, into],
        |row| row.get(0),
    )?;
    moved.interests = tx.list(
        "update interests set skill_id = $2 where skill_id = $1 returning user_id",
        params![from, into],
        |row| row.get(0),
    )?;
    moved.roles_both = tx.list(
        "delete from role_requirements where skill_id = $1
           and role_id in (select role_id from role_requirements where skill_id = $2)
         returning role_id, level, weight, at_least",
        params![from, into],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    moved.roles = tx.list(
        "update role_requirements set skill_id = $2 where skill_id = $1 returning role_id",
        params![from, into],
        |row| row.get(0),
    )?;
    moved.articles_both = tx.list(
        "delete from article_skills where skill_id = $1
           and article_id in (select article_id from article_skills where skill_id = $2)
         returning article_id",
        params![from, into],
        |row| row.get(0),
    )?;
    moved.articles = tx.list(
        "update article_skills set skill_id = $2 where skill_id = $1 returning article_id",
        params![from, into],
        |row| row.get(0),
    )?;
    moved.needed_by = tx.list(
        "delete from skill_prerequisites where needs_id = $1 returning skill_id, level",
        params![from],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(moved)
}

pub(in crate::skills) fn move_skill_back(
    tx: &mut Tx,
    from: SkillId,
    into: SkillId,
    moved: &MovedRows,
) -> Result<(), Error> {
    let back = |tx: &mut Tx, table: &str, column: &str, ids: Vec<i64>| -> Result<(), Error> {
        let sql = format!(
            "update {table} set skill_id = $1 where skill_id = $2 and {column} in {}",
            tx.numbers_in(3)
        );
        tx.execute(&sql, params![from, into, json_numbers(ids)]).map(|_| ())
    };
    back(tx, "evidence_moves", "evidence_id", moved.evidence.iter().map(|it| it.0).collect())?;
    back(tx, "requirements", "ticket_id", moved.tickets.iter().map(|it| it.0).collect())?;
    back(tx, "need_set_skills", "need_set_id", moved.need_sets.clone())?;
    back(tx, "skill_rules", "id", moved.rules.iter().map(|it| it.0).collect())?;
    back(tx, "interests", "user_id", moved.interests.iter().map(|it| it.0).collect())?;
    back(tx, "role_requirements", "role_id", moved.roles.iter().map(|it| it.0).collect())?;
    back(tx, "article_skills", "article_id", moved.articles.iter().map(|it| it.0).collect())?;
    for (evidence, weight) in &moved.evidence_added {
        tx.execute(
            "insert into evidence_moves
               (evidence_id, skill_id, weight, mean_before, variance_before, mean_after, variance_after)
             select evidence_id, cast($1 as bigint), cast($2 as double precision), mean_before, variance_before, mean_after, variance_after
             from evidence_moves where evidence_id = $3 and skill_id = $4 on conflict do nothing",
            params![from, weight, evidence, into],
        )?;
        tx.execute(
            "update evidence_moves set weight = weight - $1 where evidence_id = $2 and skill_id = $3",
            params![weight, evidence, into],
        )?;
    }
    for (ticket, level, weight, hardness, source, because) in &moved.tickets_both {
        tx.execute(
            "insert into requirements (ticket_id, skill_id, level, weight, hardness, source, because)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            params![ticket, from, level, weight, hardness, source, because],
        )?;
    }
    for (need_set, level, weight) in &moved.need_sets_both {
        tx.execute(
            "insert into need_set_skills (need_set_id, skill_id, level, weight) values ($1, $2, $3, $4)
             on conflict do nothing",
            params![need_set, from, level, weight],
        )?;
    }
    let now = tx.now();
    for user in &moved.interests_both {
        tx.execute(
            "insert into interests (user_id, skill_id, created_at) values ($1, $2, $3) on conflict do nothing",
            params![user, from, now],
        )?;
    }
    for article in &moved.articles_both {
        tx.execute(
            "insert into article_skills (article_id, skill_id) values ($1, $2) on conflict do nothing",
            params![article, from],
        )?;
    }
    for (role, level, weight, at_least) in &moved.roles_both {
        insert_role_requirement(tx, *role, from, *level, *weight, *at_least)?;
    }
    for (skill, level) in &moved.needed_by {
        tx.execute(
            "insert into skill_prerequisites (skill_id, needs_id, level) values ($1, $2, $3) on conflict do nothing",
            params![skill, from, level],
        )?;
    }
    Ok(())
}

fn insert_role_requirement(
    tx: &mut Tx,
    role: RoleId,
    skill: SkillId,
    level: f64,
    weight: f64,
    at_least: Option<i64>,
) -> Result<(), Error> {
    tx.execute(
        "insert into role_requirements (role_id, skill_id, level, weight, at_least) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        params![role, skill, level, weight, at_least],
    )
    .map(|_| ())
}

pub(in crate::skills) fn insert_merge(
    tx: &mut Tx,
    from: SkillId,
    into: SkillId,
    moved: &MovedRows,
) -> Result<SkillMergeId, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    let moved = to_json(moved)?;
    tx.value(
        "insert into skill_merges (from_id, into_id, at, by_user_id, moved) values ($1, $2, $3, $4, $5) returning id",
        params![from, into, now, by, moved],
    )
}

/// From, into, whether it has been taken back, and the rows.
pub(in crate::skills) fn find_merge(
    tx: &mut Tx,
    id: SkillMergeId,
) -> Result<Option<(SkillId, SkillId, bool, MovedRows)>, Error> {
    tx.find("select from_id, into_id, undone_at, moved from skill_merges where id = $1", params![id], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get::<Option<i64>>(2)?.is_some(), from_json(row, 3)?))
    })
}

/// A later merge has touched one of the two.
pub(in crate::skills) fn merged_since(
    tx: &mut Tx,
    id: SkillMergeId,
    from: SkillId,
    into: SkillId,
) -> Result<bool, Error> {
    let later: i64 = tx.value(
        "select count(*) from skill_merges where id > $1 and undone_at is null
           and (from_id in ($2, $3) or into_id in ($2, $3))",
        params![id, from, into],
    )?;
    Ok(later > 0)
}

pub(in crate::skills) fn save_merge_undone(tx: &mut Tx, id: SkillMergeId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update skill_merges set undone_at = $1 where id = $2", params![now, id]).map(|_| ())
}

pub(in crate::skills) fn list_merges(tx: &mut Tx) -> Result<Vec<SkillMerge>, Error> {
    let sql = format!(
        "select {SUMMARY}, o.id, o.key, o.name, o.kind, m.id, m.at, u.name, m.moved, m.undone_at
         from skill_merges m join skills s on s.id = m.from_id join skills o on o.id = m.into_id
         left join users u on u.id = m.by_user_id order by m.id desc limit $1"
    );
    tx.list(&sql, params![HISTORY_SHOWN_MAX], |row| {
        let moved: MovedRows = from_json(row, 11)?;
        Ok(SkillMerge {
            from: summary(row, 0)?,
            into: summary(row, SUMMARY_COLUMNS)?,
            id: row.get(8)?,
            at: row.get(9)?,
            by_name: row.get(10)?,
            evidence: moved.evidence.len() + moved.evidence_added.len(),
            undone_at: row.get(12)?,
        })
    })
}

/// What happened to a skill, the newest first: when, by whom, what.
pub(in crate::skills) fn list_skill_history(
    tx: &mut Tx,
    skill: SkillId,
) -> Result<Vec<(i64, Option<String>, String)>, Error> {
    use crate::events::Event;
    let mut names: HashMap<SkillId, String> = HashMap::new();
    let all = format!("select s.id, {} from skills s", name_column(tx));
    tx.each(&all, params![], |row| {
        names.insert(row.get(0)?, row.get(1)?);
        Ok(true)
    })?;
    let name = |id: &SkillId| names.get(id).cloned().unwrap_or_default();
    let rows: Vec<(i64, Option<String>, String)> = tx.list(
        "select e.at, u.name, e.facts from events e left join users u on u.id = e.actor_id
         where e.subject = 'skill' and (e.subject_id = $1 or (e.kind in ('skill_merged', 'skill_merge_undone')
           and e.subject_id in (select from_id from skill_merges where into_id = $1)))
         order by e.id desc limit $2",
        params![skill, HISTORY_SHOWN_MAX],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let mut history = Vec::with_capacity(rows.len());
    for (at, by, facts) in rows {
        let event: Event = serde_json::from_str(&facts).map_err(|error| Error::Corrupt(error.to_string()))?;
        let words = match &event {
            Event::SkillChanged { .. } => "changed".to_owned(),
            Event::SkillRetired { .. } => "retired".to_owned(),
            Event::SkillRestored { .. } => "brought back".to_owned(),
            Event::PrerequisitesSet { .. } => "what it stands on was set".to_owned(),
            Event::SkillWordsSet { language, .. } => format!("its words in {language} were set"),
            Event::SkillMerged { skill: from, into, .. } if *from == skill => {
                format!("went into {}", name(into))
            }
            Event::SkillMerged { skill: from, into, evidence } if *into == skill => {
                format!("took in {} with {evidence} observations", name(from))
            }
            Event::SkillMergeUndone { skill: from, into } if *from == skill => {
                format!("was taken out of {} again", name(into))
            }
            Event::SkillMergeUndone { skill: from, into } if *into == skill => {
                format!("gave {} back", name(from))
            }
            _ => continue,
        };
        history.push((at, by, words));
    }
    Ok(history)
}
