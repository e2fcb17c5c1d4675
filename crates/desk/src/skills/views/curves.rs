//! How a person's levels went: by each observation, and from the first refit on by the last word of each week.

use super::*;
use crate::skills::refit::WEEK_MS;

/// Observations that one person's curves are drawn from; of more, the newest.
const MOVES_DRAWN_MAX: usize = 5_000;

/// What was believed at a moment, in levels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurvePoint {
    pub at: i64,
    pub level: f64,
    pub sd: f64,
}

/// By skill, oldest first, since a moment; of oneself, and of others whose level and evidence one sees.
pub fn curves(
    tx: &mut Tx,
    user: UserId,
    since: i64,
) -> Result<HashMap<SkillId, Vec<CurvePoint>>, SkillsError> {
    let sight = Sight::load(tx)?;
    if !sight.sees_evidence(user) {
        return Ok(HashMap::new());
    }
    let held = proficiencies_of(tx, user)?;
    let seen: HashSet<SkillId> = held.iter().filter(|it| sight.sees(it)).map(|it| it.skill).collect();
    let point = |at: i64, belief: Belief| CurvePoint { at, level: belief.level(), sd: belief.level_sd() };
    let mut curves: HashMap<SkillId, Vec<CurvePoint>> = HashMap::new();
    let mut first_week = i64::MAX;
    let weeks = store::list_weeks(tx, user, since / WEEK_MS)?;
    for (week, _, _) in &weeks {
        first_week = first_week.min(*week * WEEK_MS);
    }
    let mut moves: Vec<(SkillId, CurvePoint)> = tx.list(
        "select m.skill_id, e.at, m.mean_after, m.variance_after, e.kind from evidence e
         join evidence_moves m on m.evidence_id = e.id
         where e.user_id = $1 and e.at >= $2 and e.struck_at is null order by e.at desc, e.id desc limit $3",
        params![user, since, MOVES_DRAWN_MAX],
        |row| {
            let kind: String = row.get(4)?;
            let belief = Belief { mean: row.get(2)?, variance: row.get(3)? };
            let counts = sight.counts(&kind);
            Ok((row.get(0)?, point(if counts { row.get(1)? } else { i64::MAX }, belief)))
        },
    )?;
    moves.retain(|(skill, it)| it.at < first_week && seen.contains(skill));
    moves.reverse();
    for (skill, it) in moves {
        curves.entry(skill).or_default().push(it);
    }
    for (week, skill, belief) in weeks.into_iter().filter(|it| seen.contains(&it.1)) {
        curves.entry(skill).or_default().push(point(week * WEEK_MS, belief));
    }
    let now = tx.now();
    for it in held.iter().filter(|it| seen.contains(&it.skill)) {
        curves.entry(it.skill).or_default().push(point(now, it.belief));
    }
    Ok(curves)
}
