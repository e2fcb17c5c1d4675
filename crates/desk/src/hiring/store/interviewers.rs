//! `opening_interviewers` and `interview_lessons`.

use super::ROWS_MAX;
use crate::hiring::interviewers::Compared;
use crate::hiring::views::Interview;
use crate::{CandidateId, OpeningId, Tx, UserId};
use ::skills::Belief;
use ::skills::interview::Pair;
use db::{Error, params};
use std::collections::BTreeSet;

/// By name.
pub(in crate::hiring) fn list_interviewers(
    tx: &mut Tx,
    opening: OpeningId,
) -> Result<Vec<(UserId, String)>, Error> {
    tx.list(
        "select u.id, u.name from opening_interviewers i join users u on u.id = i.user_id
         where i.opening_id = $1 and u.deleted_at is null order by u.name, u.id",
        params![opening],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

pub(in crate::hiring) fn save_interviewers(
    tx: &mut Tx,
    opening: OpeningId,
    users: &BTreeSet<UserId>,
) -> Result<(), Error> {
    tx.execute("delete from opening_interviewers where opening_id = $1", params![opening])?;
    for user in users {
        tx.execute(
            "insert into opening_interviewers (opening_id, user_id) values ($1, $2)",
            params![opening, user],
        )?;
    }
    Ok(())
}

/// Candidates of whom it is not decided, whom somebody is named to interview; those not scored yet first.
pub(in crate::hiring) fn list_interviews_of(tx: &mut Tx, user: UserId) -> Result<Vec<Interview>, Error> {
    tx.list(
        "select c.id, c.name, o.title,
           case when exists (select 1 from interviews v where v.candidate_id = c.id and v.interviewer_id = $1) then 1 else 0 end
         from opening_interviewers i join openings o on o.id = i.opening_id
         join candidates c on c.opening_id = o.id
         where i.user_id = $1 and o.state <> 'closed' and c.stage in ('new', 'interviews')
           and (c.user_id is null or c.user_id <> $1)
         order by 4, c.created_at, c.id limit $2",
        params![user, ROWS_MAX],
        |row| {
            Ok(Interview {
                candidate: row.get(0)?,
                name: row.get(1)?,
                title: row.get(2)?,
                scored: row.get::<i64>(3)? == 1,
            })
        },
    )
}

/// Scores of those who were hired beside what the last refit believes of them, if it came after the score; the newest.
pub(in crate::hiring) fn list_compared(
    tx: &mut Tx,
    candidate: Option<CandidateId>,
    count_max: usize,
) -> Result<Vec<Compared>, Error> {
    tx.list(
        "select i.interviewer_id, u.id, s.skill_id, s.level, coalesce(c.decided_at, c.updated_at), b.mean, b.variance, p.as_of
         from candidates c join interviews i on i.candidate_id = c.id
           join interview_scores s on s.interview_id = i.id
           left join user_identities a on a.kind = 'email' and a.value = c.email
           join users u on u.id = coalesce(c.user_id, a.user_id)
           join refit_people p on p.user_id = u.id and p.as_of > i.updated_at
           join refit_beliefs b on b.user_id = u.id and b.skill_id = s.skill_id
         where c.stage = 'hired' and u.role <> 'end-user' and u.deleted_at is null and i.interviewer_id <> u.id
           and (cast($1 as bigint) = 0 or c.id = $1)
         order by i.id desc, s.skill_id limit $2",
        params![candidate.map_or(0, |it| it.0), count_max],
        |row| {
            Ok(Compared {
                interviewer: row.get(0)?,
                of: row.get(1)?,
                skill: row.get(2)?,
                score: row.get(3)?,
                hired_at: row.get(4)?,
                last: Belief { mean: row.get(5)?, variance: row.get(6)? },
                last_at: row.get(7)?,
            })
        },
    )
}

pub(in crate::hiring) fn insert_lesson(tx: &mut Tx, interviewer: UserId, it: &Pair) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into interview_lessons (interviewer_id, score, mean, variance, at) values ($1, $2, $3, $4, $5)",
        params![interviewer, it.score, it.shown.mean, it.shown.variance, now],
    )
    .map(|_| ())
}

pub(in crate::hiring) fn list_lessons(tx: &mut Tx, count_max: usize) -> Result<Vec<(UserId, Pair)>, Error> {
    tx.list(
        "select interviewer_id, score, mean, variance from interview_lessons order by at desc, id desc limit $1",
        params![count_max],
        |row| {
            let shown = Belief { mean: row.get(2)?, variance: row.get(3)? };
            Ok((row.get(0)?, Pair { score: row.get(1)?, shown }))
        },
    )
}
