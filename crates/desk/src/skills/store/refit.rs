//! Every statement on refits: runs, their results person by person, and the last word of each week.

use super::*;
use crate::skills::difficulty::OfWork;
use crate::skills::refit::hardest::{Found, Sort};
use crate::skills::refit::{Figures, PersonResult, RUNS_KEPT, Run, Settings, TierDrift, WEEK_MS, WEEKS_KEPT};
use std::collections::BTreeMap;

/// Releases that a refit counts; of more, the newest.
const RELEASES_READ_MAX: usize = 10_000;

/// What the last refit said of a person, if nothing that it rests on has changed since.
pub(in crate::skills) fn find_base(tx: &mut Tx, user: UserId) -> Result<Option<Base>, Error> {
    let found: Option<(i64, EvidenceId)> = tx.find(
        "select as_of, through_evidence from refit_people where user_id = $1 and stale_at is null",
        params![user],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let Some((as_of, through)) = found else { return Ok(None) };
    let beliefs = tx.list(
        "select skill_id, mean, variance, evidence_count, observed, seen_at from refit_beliefs where user_id = $1 order by skill_id",
        params![user],
        |row| {
            let belief = Belief { mean: row.get(1)?, variance: row.get(2)? };
            let footing = Footing { observations: row.get(4)?, last_at_ms: row.get(5)? };
            Ok(BaseBelief { skill: row.get(0)?, belief, evidence_count: row.get(3)?, footing })
        },
    )?;
    Ok(Some(Base { as_of, through, beliefs }))
}

/// The last refit of the person no longer holds; with `evidence` only if the refit had seen that.
pub(in crate::skills) fn save_stale(
    tx: &mut Tx,
    user: UserId,
    evidence: Option<EvidenceId>,
) -> Result<bool, Error> {
    let now = tx.now();
    let saved = tx.execute(
        "update refit_people set stale_at = $1 where user_id = $2 and stale_at is null and through_evidence >= $3",
        params![now, user, evidence.map_or(0, |it| it.0)],
    )?;
    Ok(saved == 1)
}

// --- runs

const RUN: &str = "r.id, r.cause, u.name, r.started_at, r.finished_at, r.failed, r.stage, r.done, r.as_of, r.people, r.skills,
   r.events, r.beliefs, r.changed, r.drift_mean, r.drift_rms, r.drift_inside
   from refit_runs r left join users u on u.id = r.asked_by";

fn run(row: &Row<'_>) -> Result<Run, Error> {
    Ok(Run {
        id: row.get(0)?,
        cause: row.get(1)?,
        asked_by_name: row.get(2)?,
        started_at: row.get(3)?,
        finished_at: row.get(4)?,
        failed: row.get(5)?,
        stage: row.get(6)?,
        done: row.get(7)?,
        as_of: row.get(8)?,
        people: row.get(9)?,
        skills: row.get(10)?,
        events: row.get(11)?,
        beliefs: row.get(12)?,
        changed: row.get(13)?,
        drift_mean: row.get(14)?,
        drift_rms: row.get(15)?,
        drift_inside: row.get(16)?,
    })
}

/// The newest first.
pub(in crate::skills) fn list_runs(tx: &mut Tx, count_max: usize) -> Result<Vec<Run>, Error> {
    tx.list(&format!("select {RUN} order by r.id desc limit $1"), params![count_max], run)
}

/// The newest that ended well.
pub(in crate::skills) fn last_run(tx: &mut Tx) -> Result<Option<Run>, Error> {
    let sql = format!(
        "select {RUN} where r.finished_at is not null and r.failed is null order by r.id desc limit 1"
    );
    tx.find(&sql, params![], run)
}

pub(in crate::skills) fn last_settings(tx: &mut Tx) -> Result<Option<Settings>, Error> {
    tx.find(
        "select settings from refit_runs where finished_at is not null and failed is null order by id desc limit 1",
        params![],
        |row| from_json(row, 0),
    )
}

pub(in crate::skills) fn is_running(tx: &mut Tx, since: i64) -> Result<bool, Error> {
    let found: Option<i64> = tx.find(
        "select id from refit_runs where finished_at is null and started_at > $1 limit 1",
        params![since],
        |row| row.get(0),
    )?;
    Ok(found.is_some())
}

/// Evidence was written down or struck out, or a result does not hold any more.
pub(in crate::skills) fn anything_since(tx: &mut Tx, since: i64) -> Result<bool, Error> {
    tx.value(
        "select case when exists (select 1 from evidence where recorded_at >= $1)
           or exists (select 1 from evidence where struck_at >= $1)
           or exists (select 1 from refit_people where stale_at is not null) then 1 else 0 end",
        params![since],
    )
    .map(|found: i64| found == 1)
}

pub(in crate::skills) fn anything_struck_since(tx: &mut Tx, user: UserId, since: i64) -> Result<bool, Error> {
    let found: Option<i64> = tx.find(
        "select id from evidence where user_id = $1 and struck_at > $2 limit 1",
        params![user, since],
        |row| row.get(0),
    )?;
    Ok(found.is_some())
}

pub(in crate::skills) fn insert_run(
    tx: &mut Tx,
    cause: &str,
    asked_by: Option<UserId>,
    settings: &Settings,
) -> Result<RefitRunId, Error> {
    let now = tx.now();
    tx.value(
        "insert into refit_runs (cause, asked_by, started_at, stage, done, as_of, settings)
         values ($1, $2, $3, 'reading', 0, $4, $5) returning id",
        params![cause, asked_by, now, settings.as_of, to_json(settings)?],
    )
}

pub(in crate::skills) fn save_progress(
    tx: &mut Tx,
    id: RefitRunId,
    stage: &str,
    done: f64,
) -> Result<(), Error> {
    tx.execute("update refit_runs set stage = $1, done = $2 where id = $3", params![stage, done, id])
        .map(|_| ())
}

pub(in crate::skills) fn save_run_failed(tx: &mut Tx, id: RefitRunId, words: &str) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update refit_runs set finished_at = $1, failed = $2 where id = $3", params![now, words, id])
        .map(|_| ())
}

/// Every run that has not ended never will.
pub(in crate::skills) fn save_runs_lost(tx: &mut Tx, words: &str) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update refit_runs set finished_at = $1, failed = $2 where finished_at is null",
        params![now, words],
    )
    .map(|_| ())
}

pub(in crate::skills) fn save_run_finished(
    tx: &mut Tx,
    id: RefitRunId,
    people: i64,
    it: &Figures,
) -> Result<(), Error> {
    let now = tx.now();
    let (mean, rms, inside) = (it.drift.map(|it| it.0), it.drift.map(|it| it.1), it.drift.map(|it| it.2));
    tx.execute(
        "update refit_runs set finished_at = $1, failed = null, stage = 'done', done = 1, people = $2, skills = $3, events = $4,
           beliefs = $5, changed = $6, drift_mean = $7, drift_rms = $8, drift_inside = $9 where id = $10",
        params![now, people, it.skills, it.events, it.beliefs, it.changed, mean, rms, inside, id],
    )
    .map(|_| ())
}

pub(in crate::skills) fn forget_old_runs(tx: &mut Tx) -> Result<(), Error> {
    let week = tx.now() / WEEK_MS - WEEKS_KEPT;
    tx.execute("delete from belief_weeks where week < $1", params![week])?;
    tx.execute("delete from refit_weeks where week < $1", params![week])?;
    tx.execute(
        "delete from refit_runs where id <= (select max(id) from refit_runs) - $1
           and id not in (select run_id from refit_people)",
        params![RUNS_KEPT],
    )
    .map(|_| ())
}

// --- what a run reads

/// A piece of evidence, as a refit needs it.
pub(in crate::skills) struct StoredEvidence {
    pub id: EvidenceId,
    pub user: UserId,
    pub observed: Observed,
    pub by: Option<UserId>,
    pub difficulty: f64,
    pub at: i64,
    pub recorded_at: i64,
    pub struck_at: Option<i64>,
    pub of: OfWork,
}

pub(in crate::skills) fn each_evidence(
    tx: &mut Tx,
    mut take: impl FnMut(StoredEvidence),
) -> Result<(), Error> {
    tx.each(
        "select id, user_id, kind, value, by_user_id, difficulty, at, struck_at, severity, sd_levels, topic_id,
           priority, channel_id, share, recorded_at from evidence order by id",
        params![],
        |row| {
            let kind: String = row.get(2)?;
            let observed = Observed::from_stored(&kind, row.get(3)?)
                .ok_or_else(|| Error::Corrupt(format!("{kind:?} is no kind of evidence")))?
                .with_severity(row.get(8)?)
                .with_sd_levels(row.get(9)?);
            take(StoredEvidence {
                id: row.get(0)?,
                user: row.get(1)?,
                observed,
                by: row.get(4)?,
                difficulty: row.get(5)?,
                at: row.get(6)?,
                struck_at: row.get(7)?,
                recorded_at: row.get(14)?,
                of: OfWork {
                    topic: row.get(10)?,
                    priority: row.get(11)?,
                    channel: row.get(12)?,
                    share: row.get(13)?,
                    imported: None,
                },
            });
            Ok(true)
        },
    )
}

/// The skills of each piece of evidence, with their weights.
pub(in crate::skills) fn all_weights(tx: &mut Tx) -> Result<HashMap<EvidenceId, Vec<(SkillId, f64)>>, Error> {
    let mut all: HashMap<EvidenceId, Vec<(SkillId, f64)>> = HashMap::new();
    tx.each(
        "select evidence_id, skill_id, weight from evidence_moves order by evidence_id, skill_id",
        params![],
        |row| {
            all.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
            Ok(true)
        },
    )?;
    Ok(all)
}

pub(in crate::skills) fn all_releases(tx: &mut Tx) -> Result<Vec<ReleaseRow>, Error> {
    let mut all = newest_releases(tx, RELEASES_READ_MAX)?;
    all.reverse();
    Ok(all)
}

pub(in crate::skills) fn kinds_and_decays(
    tx: &mut Tx,
) -> Result<Vec<(SkillId, SkillKind, DecayClass)>, Error> {
    tx.list("select id, kind, decay from skills order by id", params![], |row| {
        Ok((row.get(0)?, kind(row, 1)?, decay(row, 2)?))
    })
}

// --- what a run writes

pub(in crate::skills) fn save_person_result(
    tx: &mut Tx,
    run: RefitRunId,
    as_of: i64,
    it: &PersonResult,
    holds: bool,
) -> Result<(), Error> {
    let stale_at = (!holds).then(|| tx.now());
    tx.execute(
        "insert into refit_people (user_id, run_id, as_of, through_evidence, stale_at) values ($1, $2, $3, $4, $5)
         on conflict (user_id) do update set run_id = excluded.run_id, as_of = excluded.as_of,
           through_evidence = excluded.through_evidence, stale_at = excluded.stale_at",
        params![it.user, run, as_of, it.through, stale_at],
    )?;
    tx.execute("delete from refit_beliefs where user_id = $1", params![it.user])?;
    for part in it.beliefs.chunks(ROWS_PER_STATEMENT_MAX) {
        let mut all: Vec<Param<'_>> = Vec::with_capacity(part.len() * 9);
        for row in part {
            all.extend([
                it.user.to_param(),
                row.skill.to_param(),
                Param::Real(row.belief.mean),
                Param::Real(row.belief.variance),
                Param::Real(row.online.mean),
                Param::Real(row.online.variance),
                Param::Int(row.evidence_count),
                Param::Real(row.footing.observations),
                row.footing.last_at_ms.to_param(),
            ]);
        }
        let sql = format!(
            "insert into refit_beliefs
               (user_id, skill_id, mean, variance, online_mean, online_variance, evidence_count, observed, seen_at)
             values {}",
            values(part.len(), 9)
        );
        tx.execute(&sql, &all)?;
    }
    Ok(())
}

pub(in crate::skills) fn save_week(
    tx: &mut Tx,
    user: UserId,
    week: i64,
    words: &[(SkillId, Belief)],
) -> Result<(), Error> {
    for part in words.chunks(ROWS_PER_STATEMENT_MAX) {
        let mut all: Vec<Param<'_>> = Vec::with_capacity(part.len() * 5);
        for (skill, belief) in part {
            all.extend([
                Param::Int(week),
                user.to_param(),
                skill.to_param(),
                Param::Real(belief.mean),
                Param::Real(belief.variance),
            ]);
        }
        let sql = format!(
            "insert into belief_weeks (week, user_id, skill_id, mean, variance) values {}
             on conflict (user_id, skill_id, week) do update set mean = excluded.mean, variance = excluded.variance",
            values(part.len(), 5)
        );
        tx.execute(&sql, &all)?;
    }
    Ok(())
}

/// The week has its words, and they know the evidence through this.
pub(in crate::skills) fn save_week_known(tx: &mut Tx, week: i64, through: EvidenceId) -> Result<(), Error> {
    tx.execute(
        "insert into refit_weeks (week, through_evidence) values ($1, $2)
         on conflict (week) do update set through_evidence = excluded.through_evidence",
        params![week, through],
    )
    .map(|_| ())
}

/// Weeks that have their words, with the last evidence that those know.
pub(in crate::skills) fn list_weeks_known(tx: &mut Tx) -> Result<BTreeMap<i64, EvidenceId>, Error> {
    let rows = tx.list("select week, through_evidence from refit_weeks", params![], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.into_iter().collect())
}

/// What was believed at the end of that week, or before it, beside what is believed now.
pub(in crate::skills) fn save_month_ago(tx: &mut Tx, user: UserId, week: i64) -> Result<(), Error> {
    tx.execute(
        "update proficiencies set mean_month_ago = (select w.mean from belief_weeks w
           where w.user_id = proficiencies.user_id and w.skill_id = proficiencies.skill_id and w.week <= $1
           order by w.week desc limit 1)
         where user_id = $2",
        params![week, user],
    )
    .map(|_| ())
}

// --- what a run left

/// The last evidence of each person that a run has seen.
pub(in crate::skills) fn seen_by(
    tx: &mut Tx,
    run: RefitRunId,
) -> Result<BTreeMap<UserId, EvidenceId>, Error> {
    let rows = tx.list(
        "select user_id, through_evidence from refit_people where run_id = $1",
        params![run],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(rows.into_iter().collect())
}

pub(in crate::skills) fn results_of(
    tx: &mut Tx,
    run: RefitRunId,
) -> Result<BTreeMap<(UserId, SkillId), Belief>, Error> {
    let rows = tx.list(
        "select b.user_id, b.skill_id, b.mean, b.variance from refit_beliefs b
         join refit_people p on p.user_id = b.user_id where p.run_id = $1",
        params![run],
        |row| {
            let belief = Belief { mean: row.get(2)?, variance: row.get(3)? };
            Ok(((row.get(0)?, row.get(1)?), belief))
        },
    )?;
    Ok(rows.into_iter().collect())
}

/// The widest apart first.
pub(in crate::skills) fn list_tier_drifts(tx: &mut Tx, count_max: usize) -> Result<Vec<TierDrift>, Error> {
    let sql = format!(
        "select b.user_id, u.name, b.skill_id, {}, b.online_mean, b.online_variance, b.mean, b.variance
         from refit_beliefs b join users u on u.id = b.user_id join skills s on s.id = b.skill_id
         where u.deleted_at is null order by abs(b.mean - b.online_mean) desc, b.user_id, b.skill_id limit $1",
        name_column(tx)
    );
    tx.list(&sql, params![count_max], |row| {
        Ok(TierDrift {
            user: row.get(0)?,
            name: row.get(1)?,
            skill: row.get(2)?,
            skill_name: row.get(3)?,
            online: Belief { mean: row.get(4)?, variance: row.get(5)? },
            refit: Belief { mean: row.get(6)?, variance: row.get(7)? },
        })
    })
}

/// The last word of each week about one person since a week: week, skill, level's mean and variance in logits.
pub(in crate::skills) fn list_weeks(
    tx: &mut Tx,
    user: UserId,
    since_week: i64,
) -> Result<Vec<(i64, SkillId, Belief)>, Error> {
    tx.list(
        "select week, skill_id, mean, variance from belief_weeks where user_id = $1 and week >= $2 order by week",
        params![user, since_week],
        |row| Ok((row.get(0)?, row.get(1)?, Belief { mean: row.get(2)?, variance: row.get(3)? })),
    )
}

/// The same of several people in some skills: whose, in what, which week, the belief; the earliest week first.
pub(in crate::skills) fn list_weeks_of(
    tx: &mut Tx,
    users: &[UserId],
    skills: &[SkillId],
    since_week: i64,
) -> Result<Vec<(UserId, SkillId, i64, Belief)>, Error> {
    let sql = format!(
        "select user_id, skill_id, week, mean, variance from belief_weeks
         where user_id in {} and skill_id in {} and week >= $3 order by week, user_id, skill_id",
        tx.numbers_in(1),
        tx.numbers_in(2)
    );
    let (users, skills) =
        (json_numbers(users.iter().map(|it| it.0)), json_numbers(skills.iter().map(|it| it.0)));
    tx.list(&sql, params![users, skills, since_week], |row| {
        let belief = Belief { mean: row.get(3)?, variance: row.get(4)? };
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, belief))
    })
}

// --- what a refit finds beside levels

pub(in crate::skills) fn save_unknowns(tx: &mut Tx, run: RefitRunId, all: &[Found]) -> Result<(), Error> {
    tx.execute("delete from refit_unknowns", params![])?;
    for it in all {
        tx.execute(
            "insert into refit_unknowns (kind, key_id, mean, variance, rows_count, run_id) values ($1, $2, $3, $4, $5, $6)",
            params![it.sort.as_str(), it.key, it.belief.mean, it.belief.variance, it.rows, run],
        )?;
    }
    Ok(())
}

/// What the last refit found, with the names of topics and channels.
pub(in crate::skills) fn list_unknowns(tx: &mut Tx) -> Result<Vec<(Found, Option<String>)>, Error> {
    tx.list(
        "select u.kind, u.key_id, u.mean, u.variance, u.rows_count, k.name from refit_unknowns u
         left join difficulty_keys k on k.id = u.key_id and k.kind = u.kind order by u.kind, u.key_id",
        params![],
        |row| {
            let kind: String = row.get(0)?;
            let sort = Sort::parse(&kind)
                .ok_or_else(|| Error::Corrupt(format!("{kind:?} is nothing that a refit finds")))?;
            let belief = Belief { mean: row.get(2)?, variance: row.get(3)? };
            Ok((Found { sort, key: row.get(1)?, belief, rows: row.get(4)? }, row.get(5)?))
        },
    )
}

/// When the run ended that found it.
pub(in crate::skills) fn unknowns_found_at(tx: &mut Tx) -> Result<Option<i64>, Error> {
    tx.find(
        "select r.finished_at from refit_unknowns u join refit_runs r on r.id = u.run_id limit 1",
        params![],
        |row| row.get::<Option<i64>>(0),
    )
    .map(Option::flatten)
}
