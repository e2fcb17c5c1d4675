//! Every statement of taking imports back.

use crate::tickets::json_numbers;
use crate::{OutcomeId, OutcomeRunId, Tx, UserId};
use db::{Error, params};

const TAKEN_BACK_WORDS: &str = "the import was taken back";

/// What is kept of a ticket's word before another takes its place.
pub(in crate::skills::outcomes) fn keep_former(tx: &mut Tx, outcomes: &[OutcomeId]) -> Result<(), Error> {
    let sql = format!(
        "insert into outcome_former (outcome_id, revision, run_id, digest, need_set_id, topic_id, priority, channel_id,
           opened_at, solved_at, updated_at)
         select id, revision, run_id, digest, need_set_id, topic_id, priority, channel_id, opened_at, solved_at, updated_at
         from imported_outcomes where undone_at is null and id in {}",
        tx.numbers_in(1)
    );
    tx.execute(&sql, params![json_numbers(outcomes.iter().map(|it| it.0))]).map(|_| ())
}

/// Tickets whose last word came with this import.
pub(in crate::skills::outcomes) fn list_last_words(
    tx: &mut Tx,
    run: OutcomeRunId,
    count_max: usize,
) -> Result<Vec<OutcomeId>, Error> {
    tx.list(
        "select id from imported_outcomes where run_id = $1 and undone_at is null order by id limit $2",
        params![run, count_max],
        |row| row.get(0),
    )
}

/// Tickets of which this import said something that a later one has replaced: the ticket and the revision.
pub(in crate::skills::outcomes) fn list_former_words(
    tx: &mut Tx,
    run: OutcomeRunId,
    count_max: usize,
) -> Result<Vec<(OutcomeId, i64)>, Error> {
    tx.list(
        "select outcome_id, revision from outcome_former where run_id = $1 order by outcome_id, revision limit $2",
        params![run, count_max],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Who has evidence from these tickets.
pub(in crate::skills::outcomes) fn list_people_of(
    tx: &mut Tx,
    outcomes: &[OutcomeId],
) -> Result<Vec<UserId>, Error> {
    let sql = format!(
        "select distinct user_id from evidence where imported_id in {} order by user_id",
        tx.numbers_in(1)
    );
    tx.list(&sql, params![json_numbers(outcomes.iter().map(|it| it.0))], |row| row.get(0))
}

/// What the last words of these tickets said counts no more; what they had struck out counts again, and is the last
/// word again. A ticket that had none before is as if it had never been read.
pub(in crate::skills::outcomes) fn take_last_words_back(
    tx: &mut Tx,
    outcomes: &[OutcomeId],
) -> Result<(), Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    let list = json_numbers(outcomes.iter().map(|it| it.0));
    let (first, fourth) = (tx.numbers_in(1), tx.numbers_in(4));
    tx.execute(
        &format!(
            "update evidence set struck_at = $1, struck_by = $2, struck_reason = $3, struck_revision = null
             where struck_at is null and imported_id in {fourth}"
        ),
        params![now, by, TAKEN_BACK_WORDS, list],
    )?;
    tx.execute(
        &format!(
            "update evidence set struck_at = null, struck_by = null, struck_reason = null, struck_revision = null
             where imported_id in {first} and struck_revision =
               (select o.revision from imported_outcomes o where o.id = evidence.imported_id)"
        ),
        params![list],
    )?;
    let second = tx.numbers_in(2);
    tx.execute(
        &format!(
            "update imported_outcomes set undone_at = $1, revision_last = coalesce(revision_last, revision)
             where id in {second}
               and not exists (select 1 from outcome_former f where f.outcome_id = imported_outcomes.id)"
        ),
        params![now, list],
    )?;
    tx.execute(
        &format!(
            "update imported_outcomes set revision_last = coalesce(revision_last, imported_outcomes.revision),
               revision = f.revision, run_id = f.run_id, digest = f.digest, need_set_id = f.need_set_id,
               topic_id = f.topic_id, priority = f.priority, channel_id = f.channel_id, opened_at = f.opened_at,
               solved_at = f.solved_at, updated_at = f.updated_at
             from outcome_former f
             where f.outcome_id = imported_outcomes.id and imported_outcomes.id in {first} and f.revision =
               (select max(g.revision) from outcome_former g where g.outcome_id = imported_outcomes.id)"
        ),
        params![list],
    )?;
    tx.execute(
        &format!(
            "delete from outcome_former where outcome_id in {first} and revision =
               (select o.revision from imported_outcomes o where o.id = outcome_former.outcome_id)"
        ),
        params![list],
    )
    .map(|_| ())
}

/// What a former word said is struck out for good; what it had struck out now waits for the word that followed it.
pub(in crate::skills::outcomes) fn forget_former_word(
    tx: &mut Tx,
    outcome: OutcomeId,
    revision: i64,
) -> Result<(), Error> {
    let follower: i64 = tx.value(
        "select coalesce((select min(f.revision) from outcome_former f where f.outcome_id = $1 and f.revision > $2),
                         (select o.revision from imported_outcomes o where o.id = $1))",
        params![outcome, revision],
    )?;
    tx.execute(
        "update evidence set struck_revision = null, struck_reason = $1 where imported_id = $2 and struck_revision = $3",
        params![TAKEN_BACK_WORDS, outcome, follower],
    )?;
    tx.execute(
        "update evidence set struck_revision = $1 where imported_id = $2 and struck_revision = $3",
        params![follower, outcome, revision],
    )?;
    tx.execute(
        "delete from outcome_former where outcome_id = $1 and revision = $2",
        params![outcome, revision],
    )
    .map(|_| ())
}

pub(in crate::skills::outcomes) fn insert_made_agent(
    tx: &mut Tx,
    run: OutcomeRunId,
    user: UserId,
) -> Result<(), Error> {
    tx.execute("insert into outcome_people (run_id, user_id) values ($1, $2)", params![run, user]).map(|_| ())
}

/// Whom the import made agents and of whom nothing else is known: no password, no evidence that counts, no ticket.
pub(in crate::skills::outcomes) fn list_made_for_nothing(
    tx: &mut Tx,
    run: OutcomeRunId,
) -> Result<Vec<UserId>, Error> {
    tx.list(
        "select p.user_id from outcome_people p join users u on u.id = p.user_id
         where p.run_id = $1 and u.deleted_at is null and u.password_hash is null and u.last_sign_in_at is null
           and not exists (select 1 from evidence e where e.user_id = p.user_id and e.struck_at is null)
           and not exists (select 1 from tickets t where t.assignee_id = p.user_id)
         order by p.user_id",
        params![run],
        |row| row.get(0),
    )
}

pub(in crate::skills::outcomes) fn save_undo_asked(tx: &mut Tx, run: OutcomeRunId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update outcome_runs set undo_asked_at = $1, finished_at = coalesce(finished_at, $1) where id = $2",
        params![now, run],
    )
    .map(|_| ())
}

pub(in crate::skills::outcomes) fn save_undone(tx: &mut Tx, run: OutcomeRunId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update outcome_runs set undone_at = $1 where id = $2", params![now, run]).map(|_| ())
}
