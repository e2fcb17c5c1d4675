//! Whose levels evidence has moved of late.

use super::*;

/// Movements that are read; of more, the newest.
const MOVES_READ_MAX: usize = 50_000;

/// One person's level in one skill as it is shown now, and where it would be without the evidence of a time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Movement {
    pub user: UserId,
    pub name: String,
    pub skill: SkillSummary,
    pub before: f64,
    pub after: f64,
    pub observations: usize,
}

impl Movement {
    pub fn by(&self) -> f64 {
        self.after - self.before
    }
}

/// By at least `least` levels since then, the largest first; of oneself, and of others whose level and evidence one sees.
pub fn movements(
    tx: &mut Tx,
    since: i64,
    least: f64,
    count_max: usize,
) -> Result<Vec<Movement>, SkillsError> {
    let sight = Sight::load(tx)?;
    let mut shown: HashMap<(UserId, SkillId), Belief> = HashMap::new();
    store::each_proficiency(tx, |it| {
        if sight.sees(&it) {
            shown.insert((it.user, it.skill), it.belief);
        }
    })?;
    let mut by_cell: BTreeMap<(UserId, SkillId), Movement> = BTreeMap::new();
    let sql = format!(
        "select e.user_id, u.name, e.kind, s.id, s.key, {}, s.kind, m.mean_before, m.mean_after
         from evidence e join evidence_moves m on m.evidence_id = e.id
         join users u on u.id = e.user_id join skills s on s.id = m.skill_id
         where e.at >= $1 and e.struck_at is null and u.deleted_at is null order by e.id desc limit $2",
        store::name_column(tx)
    );
    tx.each(&sql, params![since, MOVES_READ_MAX], |row| {
        let user: UserId = row.get(0)?;
        let kind: String = row.get(2)?;
        let skill: SkillId = row.get(3)?;
        let Some(belief) = shown.get_mut(&(user, skill)) else { return Ok(true) };
        if !sight.counts(&kind) || !sight.sees_evidence(user) {
            return Ok(true);
        }
        let after = belief.level();
        // Refits between two of them moved the level too, and so steps are taken back one by one.
        let (from, to): (f64, f64) = (row.get(7)?, row.get(8)?);
        belief.mean -= to - from;
        let before = belief.level();
        match by_cell.get_mut(&(user, skill)) {
            Some(known) => {
                known.before = before;
                known.observations += 1;
            }
            None => {
                let skill = SkillSummary {
                    id: skill,
                    key: row.get(4)?,
                    name: row.get(5)?,
                    kind: store::kind(row, 6)?,
                };
                let name = row.get(1)?;
                by_cell
                    .insert((user, skill.id), Movement { user, name, skill, before, after, observations: 1 });
            }
        }
        Ok(true)
    })?;
    let mut all: Vec<Movement> = by_cell.into_values().filter(|it| it.by().abs() >= least).collect();
    all.sort_by(|one, other| other.by().abs().total_cmp(&one.by().abs()));
    all.truncate(count_max);
    Ok(all)
}
