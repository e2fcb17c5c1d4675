//! `job_alerts` and `job_alert_mails`.

use super::ROWS_MAX;
use crate::hiring::alerts::Alert;
use crate::{JobAlertId, OpeningId, Tx};
use db::{Error, Row, params};

const ALERT: &str = "select id, email, language, created_at, confirmed_at from job_alerts";

fn alert(row: &Row<'_>) -> Result<Alert, Error> {
    Ok(Alert {
        id: row.get(0)?,
        email: row.get(1)?,
        language: row.get(2)?,
        created_at: row.get(3)?,
        confirmed_at: row.get(4)?,
    })
}

pub fn insert_alert(tx: &mut Tx, email: &str, language: &str) -> Result<Alert, Error> {
    let now = tx.now();
    tx.one(
        "insert into job_alerts (email, language, created_at) values ($1, $2, $3)
         returning id, email, language, created_at, confirmed_at",
        params![email, language, now],
        alert,
    )
}

pub fn find_alert(tx: &mut Tx, id: JobAlertId) -> Result<Option<Alert>, Error> {
    tx.find(&format!("{ALERT} where id = $1"), params![id], alert)
}

pub fn find_alert_by_address(tx: &mut Tx, email: &str) -> Result<Option<Alert>, Error> {
    tx.find(&format!("{ALERT} where email = $1"), params![email], alert)
}

pub fn count_alerts(tx: &mut Tx) -> Result<usize, Error> {
    tx.one("select cast(count(*) as bigint) from job_alerts", params![], |row| row.get(0))
}

pub fn count_confirmed_alerts(tx: &mut Tx) -> Result<i64, Error> {
    tx.one(
        "select cast(count(*) as bigint) from job_alerts where confirmed_at is not null",
        params![],
        |row| row.get(0),
    )
}

pub fn save_alert_confirmed(tx: &mut Tx, id: JobAlertId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update job_alerts set confirmed_at = $1 where id = $2", params![now, id]).map(|_| ())
}

pub fn delete_alert(tx: &mut Tx, id: JobAlertId) -> Result<(), Error> {
    tx.execute("delete from job_alert_mails where alert_id = $1", params![id])?;
    tx.execute("delete from job_alerts where id = $1", params![id]).map(|_| ())
}

pub fn list_unconfirmed_alerts_before(tx: &mut Tx, until: i64) -> Result<Vec<JobAlertId>, Error> {
    tx.list(
        "select id from job_alerts where confirmed_at is null and created_at < $1 order by id limit $2",
        params![until, ROWS_MAX],
        |row| row.get(0),
    )
}

/// Confirmed, and not told of this opening yet.
pub fn list_alerts_to_tell(tx: &mut Tx, opening: OpeningId, count_max: usize) -> Result<Vec<Alert>, Error> {
    tx.list(
        &format!(
            "{ALERT} a where confirmed_at is not null and not exists (
                 select 1 from job_alert_mails m where m.alert_id = a.id and m.opening_id = $1)
             order by id limit $2"
        ),
        params![opening, count_max],
        alert,
    )
}

pub fn insert_alert_mail(tx: &mut Tx, alert: JobAlertId, opening: OpeningId) -> Result<(), Error> {
    tx.execute(
        "insert into job_alert_mails (alert_id, opening_id) values ($1, $2) on conflict do nothing",
        params![alert, opening],
    )
    .map(|_| ())
}
