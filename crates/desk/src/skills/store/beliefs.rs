//! Every statement on beliefs: what is held of people in skills.

use super::*;

const HELD: &str = "s.id, s.kind, s.decay, d.tau_days, p.mean, p.variance, p.prior_mean, p.evidence_count, p.moved_at, p.mean_month_ago, p.observed, p.seen_at";
const OF_DECAY: &str = "left join decay_classes d on d.name = s.decay";

/// The start of a skill, and the stored belief if the row has one.
fn held(row: &Row<'_>) -> Result<(SkillId, Fade, Option<HeldRow>), Error> {
    let mut start = start(row)?;
    let Some(mean) = row.get::<Option<f64>>(4)? else { return Ok((row.get(0)?, start, None)) };
    start.prior.mean = row.get(6)?;
    let belief = Belief { mean, variance: row.get(5)? };
    let footing = Footing { observations: row.get(10)?, last_at_ms: row.get(11)? };
    let stored = HeldRow { belief, start, evidence_count: row.get(7)?, moved_at: row.get(8)?, footing };
    Ok((row.get(0)?, start, Some(stored)))
}

/// Where a skill of kind (1), decay (2) and perhaps a time constant of the desk's own (3) starts.
fn start(row: &Row<'_>) -> Result<Fade, Error> {
    let tau_days: Option<f64> = row.get(3)?;
    let usual = Fade::from(Start { prior: prior(kind(row, 1)?), decay: decay(row, 2)? });
    Ok(Fade { tau_days: tau_days.unwrap_or(usual.tau_days), ..usual })
}

/// Where these skills start, and what is held of one person in them.
pub(in crate::skills) fn list_held(
    tx: &mut Tx,
    user: UserId,
    skills: &[SkillId],
) -> Result<Vec<(SkillId, Fade, Option<HeldRow>)>, Error> {
    let sql = format!(
        "select {HELD} from skills s {OF_DECAY} left join proficiencies p on p.skill_id = s.id and p.user_id = $1
         where s.id in {}",
        tx.numbers_in(2)
    );
    tx.list(&sql, params![user, json_numbers(skills.iter().map(|id| id.0))], held)
}

/// Where every skill starts.
pub(in crate::skills) fn starts(tx: &mut Tx) -> Result<HashMap<SkillId, Fade>, Error> {
    let sql = format!("select s.id, s.kind, s.decay, d.tau_days from skills s {OF_DECAY}");
    let rows = tx.list(&sql, params![], |row| Ok((row.get(0)?, start(row)?)))?;
    Ok(rows.into_iter().collect())
}

pub(in crate::skills) fn save_proficiency(
    tx: &mut Tx,
    user: UserId,
    skill: SkillId,
    row: &HeldRow,
) -> Result<(), Error> {
    tx.execute(
        "insert into proficiencies (user_id, skill_id, mean, variance, prior_mean, evidence_count, moved_at, observed, seen_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (user_id, skill_id) do update set mean = excluded.mean, variance = excluded.variance,
           prior_mean = excluded.prior_mean, evidence_count = excluded.evidence_count, moved_at = excluded.moved_at,
           observed = excluded.observed, seen_at = excluded.seen_at",
        params![
            user, skill, row.belief.mean, row.belief.variance, row.start.prior.mean, row.evidence_count, row.moved_at,
            row.footing.observations, row.footing.last_at_ms
        ],
    )?;
    tx.announce(&format!("belief:{user}"));
    Ok(())
}

/// Only these skills of the person stay.
pub(in crate::skills) fn keep_proficiencies(
    tx: &mut Tx,
    user: UserId,
    skills: &[SkillId],
) -> Result<(), Error> {
    let sql =
        format!("delete from proficiencies where user_id = $1 and skill_id not in {}", tx.numbers_in(2));
    tx.execute(&sql, params![user, json_numbers(skills.iter().map(|id| id.0))])?;
    tx.announce(&format!("belief:{user}"));
    Ok(())
}

/// Beliefs of these people (all, if `None`) in these skills (all, if `None`), faded to now.
pub(crate) fn list_proficiencies(
    tx: &mut Tx,
    users: Option<&[UserId]>,
    skills: Option<&[SkillId]>,
) -> Result<Vec<Proficiency>, Error> {
    let mut sql = format!(
        "select {HELD}, p.user_id from proficiencies p join skills s on s.id = p.skill_id {OF_DECAY} where 1 = 1"
    );
    let mut lists = Vec::new();
    if let Some(users) = users {
        lists.push(json_numbers(users.iter().map(|id| id.0)));
        sql.push_str(&format!(" and p.user_id in {}", tx.numbers_in(lists.len())));
    }
    if let Some(skills) = skills {
        lists.push(json_numbers(skills.iter().map(|id| id.0)));
        sql.push_str(&format!(" and p.skill_id in {}", tx.numbers_in(lists.len())));
    }
    let now = tx.now();
    let values: Vec<Param<'_>> = lists.iter().map(ToParam::to_param).collect();
    let rows = tx.list(&sql, &values, |row| {
        let user: UserId = row.get(12)?;
        Ok((user, held(row)?, row.get(9)?))
    })?;
    Ok(rows
        .into_iter()
        .filter_map(|(user, (skill, _, row), then)| row.map(|row| row.faded(user, skill, then, now)))
        .collect())
}

impl HeldRow {
    fn faded(&self, user: UserId, skill: SkillId, mean_month_ago: Option<f64>, now: i64) -> Proficiency {
        let belief = decayed_over(
            self.belief,
            self.start.prior,
            now.saturating_sub(self.moved_at),
            self.start.tau_days,
        );
        Proficiency {
            user,
            skill,
            belief,
            effective_observations: self.footing.effective(now, self.start.tau_days),
            evidence_count: self.evidence_count,
            mean_month_ago,
            moved_at: self.moved_at,
            seen_at: self.footing.last_at_ms,
        }
    }
}

/// Everything that is believed, faded to now: many rows, and so without a join.
pub(in crate::skills) fn each_proficiency(
    tx: &mut Tx,
    mut take: impl FnMut(Proficiency),
) -> Result<(), Error> {
    let starts = starts(tx)?;
    let now = tx.now();
    tx.each(
        "select user_id, skill_id, mean, variance, prior_mean, evidence_count, moved_at, mean_month_ago,
           observed, seen_at
         from proficiencies",
        params![],
        |row| {
            let skill = row.get(1)?;
            let Some(start) = starts.get(&skill) else { return Ok(true) };
            let mut start = *start;
            start.prior.mean = row.get(4)?;
            let belief = Belief { mean: row.get(2)?, variance: row.get(3)? };
            let footing = Footing { observations: row.get(8)?, last_at_ms: row.get(9)? };
            let held = HeldRow { belief, start, evidence_count: row.get(5)?, moved_at: row.get(6)?, footing };
            take(held.faded(row.get(0)?, skill, row.get(7)?, now));
            Ok(true)
        },
    )
}

/// Skills of which something is believed of somebody.
pub(in crate::skills) fn list_held_skills(tx: &mut Tx) -> Result<std::collections::HashSet<SkillId>, Error> {
    let all = tx.list(
        "select id from skills s where exists (select 1 from proficiencies p where p.skill_id = s.id)",
        params![],
        |row| row.get(0),
    )?;
    Ok(all.into_iter().collect())
}

/// A skill as far as its start and its fading are concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fading {
    pub skill: SkillId,
    pub kind: SkillKind,
    pub tau_days: f64,
}

/// What is believed of everybody present in these skills, faded to now. Asked for every piece of work, and so spared
/// the join with skills.
pub(crate) fn list_beliefs_of_present(
    tx: &mut Tx,
    skills: &[Fading],
) -> Result<Vec<(UserId, SkillId, Belief)>, Error> {
    let now = tx.now();
    let sql = format!(
        "select p.user_id, p.skill_id, p.mean, p.variance, p.prior_mean, p.moved_at
         from presences h join proficiencies p on p.user_id = h.user_id
         where h.status <> 'offline' and p.skill_id in {}",
        tx.numbers_in(1)
    );
    let mut beliefs = Vec::new();
    tx.each(&sql, params![json_numbers(skills.iter().map(|it| it.skill.0))], |row| {
        let skill: SkillId = row.get(1)?;
        let Some(it) = skills.iter().find(|it| it.skill == skill) else { return Ok(true) };
        let start = Belief { mean: row.get(4)?, ..prior(it.kind) };
        let belief = Belief { mean: row.get(2)?, variance: row.get(3)? };
        let elapsed = now.saturating_sub(row.get(5)?);
        beliefs.push((row.get(0)?, skill, decayed_over(belief, start, elapsed, it.tau_days)));
        Ok(true)
    })?;
    Ok(beliefs)
}

/// One active agent's level in the skill is surely at least this.
pub(in crate::skills) fn anybody_surely_at(tx: &mut Tx, skill: SkillId, level: f64) -> Result<bool, Error> {
    let active = tx.list(
        "select u.id from proficiencies p join users u on u.id = p.user_id
         where p.skill_id = $1 and u.role in ('agent', 'lead', 'admin') and u.suspended_at is null
           and u.deleted_at is null",
        params![skill],
        |row| row.get::<UserId>(0),
    )?;
    if active.is_empty() {
        return Ok(false);
    }
    let held = list_proficiencies(tx, Some(&active), Some(&[skill]))?;
    Ok(held.iter().any(|it| it.belief.sure_level() >= level))
}
