//! Every statement on how skills fade, on releases, and on who is near whom.

use super::*;

pub(in crate::skills) fn list_taus(tx: &mut Tx) -> Result<Vec<(String, f64)>, Error> {
    tx.list("select name, tau_days from decay_classes order by name", params![], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

pub(in crate::skills) fn save_tau(tx: &mut Tx, class: &str, tau_days: f64) -> Result<(), Error> {
    tx.execute(
        "insert into decay_classes (name, tau_days) values ($1, $2)
         on conflict (name) do update set tau_days = excluded.tau_days",
        params![class, tau_days],
    )
    .map(|_| ())
}

pub(in crate::skills) fn list_group_mates(tx: &mut Tx, user: UserId) -> Result<Vec<UserId>, Error> {
    tx.list(
        "select distinct other.user_id from memberships own join memberships other on other.group_id = own.group_id
         where own.user_id = $1",
        params![user],
        |row| row.get(0),
    )
}

pub(in crate::skills) fn list_people_with_skill(tx: &mut Tx, skill: SkillId) -> Result<Vec<UserId>, Error> {
    tx.list("select user_id from proficiencies where skill_id = $1 order by user_id", params![skill], |row| {
        row.get(0)
    })
}

pub(in crate::skills) fn insert_release(
    tx: &mut Tx,
    it: &Release,
    people: usize,
) -> Result<ReleaseId, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    let skills = to_json(&it.skills)?;
    tx.value(
        "insert into releases (name, keep, skills, people, at, by_user_id) values ($1, $2, $3, $4, $5, $6) returning id",
        params![it.name, it.keep, skills, people, now, by],
        )
}

/// The newest first.
pub(in crate::skills) fn newest_releases(tx: &mut Tx, count_max: usize) -> Result<Vec<ReleaseRow>, Error> {
    tx.list(
        "select r.id, r.name, r.keep, r.skills, r.people, r.at, u.name from releases r
         left join users u on u.id = r.by_user_id order by r.id desc limit $1",
        params![count_max],
        |row| {
            Ok(ReleaseRow {
                id: row.get(0)?,
                name: row.get(1)?,
                keep: row.get(2)?,
                skills: from_json(row, 3)?,
                people: row.get(4)?,
                at: row.get(5)?,
                by_name: row.get(6)?,
            })
        },
    )
}
