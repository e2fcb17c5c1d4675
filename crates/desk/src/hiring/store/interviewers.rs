//! `opening_interviewers`.

use super::ROWS_MAX;
use crate::hiring::views::Interview;
use crate::{OpeningId, Tx, UserId};
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
