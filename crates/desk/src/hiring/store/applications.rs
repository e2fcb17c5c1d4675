//! `applications`, `application_files` and `application_mails`.

use super::ROWS_MAX;
use crate::hiring::{Application, ApplicationFile, Apply};
use crate::{ApplicationId, CandidateId, MailOutId, OpeningId, Tx, mail};
use db::{Error, Row, params};

const APPLICATION: &str =
    "select a.id, a.opening_id, a.candidate_id, a.name, a.email, a.words, a.language, a.consent,
    f.file_name, a.created_at, a.confirmed_at
    from applications a left join application_files f on f.application_id = a.id";

fn application(row: &Row<'_>) -> Result<Application, Error> {
    Ok(Application {
        id: row.get(0)?,
        opening: row.get(1)?,
        candidate: row.get(2)?,
        name: row.get(3)?,
        email: row.get(4)?,
        words: row.get(5)?,
        language: row.get(6)?,
        consent: row.get(7)?,
        file: row.get(8)?,
        created_at: row.get(9)?,
        confirmed_at: row.get(10)?,
    })
}

pub fn find_application(tx: &mut Tx, id: ApplicationId) -> Result<Option<Application>, Error> {
    tx.find(&format!("{APPLICATION} where a.id = $1"), params![id], application)
}

pub fn find_application_by_address(
    tx: &mut Tx,
    opening: OpeningId,
    email: &str,
) -> Result<Option<Application>, Error> {
    let sql = format!("{APPLICATION} where a.opening_id = $1 and a.email = $2");
    tx.find(&sql, params![opening, email], application)
}

/// Those of an opening whose address has confirmed them, the newest first.
pub fn list_confirmed_applications(tx: &mut Tx, opening: OpeningId) -> Result<Vec<Application>, Error> {
    let sql = format!(
        "{APPLICATION} where a.opening_id = $1 and a.confirmed_at is not null order by a.confirmed_at desc, a.id desc limit $2"
    );
    tx.list(&sql, params![opening, ROWS_MAX], application)
}

/// The one that became this candidate.
pub fn find_application_of(tx: &mut Tx, candidate: CandidateId) -> Result<Option<Application>, Error> {
    tx.find(&format!("{APPLICATION} where a.candidate_id = $1"), params![candidate], application)
}

pub fn find_application_file(tx: &mut Tx, candidate: CandidateId) -> Result<Option<ApplicationFile>, Error> {
    tx.find(
        "select f.file_name, f.bytes from application_files f join applications a on a.id = f.application_id
         where a.candidate_id = $1",
        params![candidate],
        |row| Ok(ApplicationFile { name: row.get(0)?, bytes: row.get(1)? }),
    )
}

/// A new one, or what was written anew in place of one that nobody has confirmed.
pub fn save_application(tx: &mut Tx, it: &Apply) -> Result<Application, Error> {
    let now = tx.now();
    let id: ApplicationId = tx.one(
        "insert into applications (opening_id, name, email, words, language, consent, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (opening_id, email) do update set name = excluded.name, words = excluded.words,
           language = excluded.language, consent = excluded.consent, created_at = excluded.created_at
         returning id",
        params![it.opening, it.name, it.email, it.words, it.language, it.consent, now],
        |row| row.get(0),
    )?;
    tx.execute("delete from application_files where application_id = $1", params![id])?;
    if let Some(file) = &it.file {
        tx.execute(
            "insert into application_files (application_id, file_name, bytes) values ($1, $2, $3)",
            params![id, file.name, file.bytes],
        )?;
    }
    find_application(tx, id)?.ok_or(Error::NoRow)
}

pub fn save_application_confirmed(
    tx: &mut Tx,
    id: ApplicationId,
    candidate: CandidateId,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update applications set confirmed_at = $1, candidate_id = $2 where id = $3",
        params![now, candidate, id],
    )
    .map(|_| ())
}

/// Those of the opening beyond the `kept` newest.
pub fn list_unconfirmed_applications_beyond(
    tx: &mut Tx,
    opening: OpeningId,
    kept: usize,
) -> Result<Vec<ApplicationId>, Error> {
    tx.list(
        "select id from applications where opening_id = $1 and confirmed_at is null
         order by created_at desc, id desc limit $2 offset $3",
        params![opening, ROWS_MAX, kept],
        |row| row.get(0),
    )
}

pub fn list_unconfirmed_applications_before(tx: &mut Tx, until: i64) -> Result<Vec<ApplicationId>, Error> {
    tx.list(
        "select id from applications where confirmed_at is null and created_at < $1 order by id limit $2",
        params![until, ROWS_MAX],
        |row| row.get(0),
    )
}

pub fn insert_application_mail(tx: &mut Tx, id: ApplicationId, mail_out: MailOutId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into application_mails (mail_out_id, application_id, at) values ($1, $2, $3)",
        params![mail_out, id, now],
    )
    .map(|_| ())
}

/// With its file and the mails that asked for it.
pub fn delete_application(tx: &mut Tx, id: ApplicationId) -> Result<(), Error> {
    for mail_out in list_application_mails(tx, id)? {
        mail::forget(tx, mail_out)?;
    }
    tx.execute("delete from application_mails where application_id = $1", params![id])?;
    delete_application_alone(tx, id)
}

/// As [`delete_application`], but of its mails those that have left stay until [`forget_left_mails`].
pub fn delete_application_for_room(tx: &mut Tx, id: ApplicationId) -> Result<(), Error> {
    for mail_out in list_application_mails(tx, id)? {
        let sql = match mail::forget_unsent(tx, mail_out)? {
            true => "delete from application_mails where mail_out_id = $1",
            false => "update application_mails set application_id = null where mail_out_id = $1",
        };
        tx.execute(sql, params![mail_out])?;
    }
    delete_application_alone(tx, id)
}

/// Mails from before that moment whose application is gone.
pub fn forget_left_mails(tx: &mut Tx, until: i64) -> Result<(), Error> {
    let all: Vec<MailOutId> = tx.list(
        "select mail_out_id from application_mails where application_id is null and at < $1 order by mail_out_id limit $2",
        params![until, ROWS_MAX],
        |row| row.get(0),
    )?;
    for mail_out in all {
        mail::forget(tx, mail_out)?;
        tx.execute("delete from application_mails where mail_out_id = $1", params![mail_out])?;
    }
    Ok(())
}

fn list_application_mails(tx: &mut Tx, id: ApplicationId) -> Result<Vec<MailOutId>, Error> {
    tx.list(
        "select mail_out_id from application_mails where application_id = $1 order by mail_out_id",
        params![id],
        |row| row.get(0),
    )
}

fn delete_application_alone(tx: &mut Tx, id: ApplicationId) -> Result<(), Error> {
    tx.execute("delete from application_files where application_id = $1", params![id])?;
    tx.execute("delete from applications where id = $1", params![id]).map(|_| ())
}
