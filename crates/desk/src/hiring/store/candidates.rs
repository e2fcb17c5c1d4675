//! `candidates`, `interviews` and `interview_scores`.

use super::ROWS_MAX;
use crate::hiring::{
    AddCandidate, CANDIDATES_PER_OPENING_MAX, Candidate, SaveScorecard, Score, Scorecard, Stage,
};
use crate::{ApplicationId, CandidateId, OpeningId, Tx, UserId};
use db::{Error, Row, params};
use std::collections::HashMap;

const CANDIDATE: &str =
    "select id, opening_id, name, email, user_id, source, note, stage, created_at, decided_at
    from candidates";

fn candidate(row: &Row<'_>) -> Result<Candidate, Error> {
    let stage: String = row.get(7)?;
    let stage = Stage::parse(&stage).ok_or_else(|| Error::Corrupt(format!("{stage:?} is no stage")))?;
    Ok(Candidate {
        id: row.get(0)?,
        opening: row.get(1)?,
        name: row.get(2)?,
        email: row.get(3)?,
        user: row.get(4)?,
        source: row.get(5)?,
        note: row.get(6)?,
        stage,
        created_at: row.get(8)?,
        decided_at: row.get(9)?,
    })
}

pub fn insert_candidate(
    tx: &mut Tx,
    opening: OpeningId,
    it: &AddCandidate,
    user: Option<UserId>,
) -> Result<CandidateId, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    tx.one(
        "insert into candidates (opening_id, name, email, user_id, source, note, stage, created_by, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, 'new', $7, $8, $8) returning id",
        params![opening, it.name, it.email, user, it.source, it.note, by, now],
        |row| row.get(0),
    )
}

pub fn find_candidate(tx: &mut Tx, id: CandidateId) -> Result<Option<Candidate>, Error> {
    tx.find(&format!("{CANDIDATE} where id = $1"), params![id], candidate)
}

pub fn find_candidate_by_address(
    tx: &mut Tx,
    opening: OpeningId,
    email: &str,
) -> Result<Option<Candidate>, Error> {
    tx.find(&format!("{CANDIDATE} where opening_id = $1 and email = $2"), params![opening, email], candidate)
}

pub fn find_candidate_by_user(
    tx: &mut Tx,
    opening: OpeningId,
    user: UserId,
) -> Result<Option<Candidate>, Error> {
    tx.find(&format!("{CANDIDATE} where opening_id = $1 and user_id = $2"), params![opening, user], candidate)
}

/// In the order in which they came.
pub fn list_candidates(tx: &mut Tx, opening: OpeningId) -> Result<Vec<Candidate>, Error> {
    tx.list(
        &format!("{CANDIDATE} where opening_id = $1 order by id limit $2"),
        params![opening, CANDIDATES_PER_OPENING_MAX],
        candidate,
    )
}

/// Where this colleague is a candidate.
pub fn list_candidates_of_user(tx: &mut Tx, user: UserId) -> Result<Vec<Candidate>, Error> {
    tx.list(
        &format!("{CANDIDATE} where user_id = $1 order by id limit $2"),
        params![user, ROWS_MAX],
        candidate,
    )
}

pub fn count_candidates(tx: &mut Tx, opening: OpeningId) -> Result<usize, Error> {
    tx.one("select cast(count(*) as bigint) from candidates where opening_id = $1", params![opening], |row| {
        row.get(0)
    })
}

/// All, and those of whom nothing is decided, by opening.
pub fn count_candidates_by_opening(tx: &mut Tx) -> Result<HashMap<OpeningId, (usize, usize)>, Error> {
    let rows = tx.list(
        "select opening_id, cast(count(*) as bigint),
                cast(sum(case when decided_at is null then 1 else 0 end) as bigint)
         from candidates group by opening_id",
        params![],
        |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))),
    )?;
    Ok(rows.into_iter().collect())
}

pub fn save_stage(tx: &mut Tx, id: CandidateId, to: Stage) -> Result<(), Error> {
    let now = tx.now();
    let decided_at = to.is_over().then_some(now);
    tx.execute(
        "update candidates set stage = $1, updated_at = $2, decided_at = $3 where id = $4",
        params![to.name(), now, decided_at, id],
    )
    .map(|_| ())
}

pub fn save_note(tx: &mut Tx, id: CandidateId, note: &str) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update candidates set note = $1, updated_at = $2 where id = $3", params![note, now, id])
        .map(|_| ())
}

/// With their scorecards, what they sent and the mails that asked for it.
pub fn delete_candidate(tx: &mut Tx, id: CandidateId) -> Result<(), Error> {
    tx.execute(
        "delete from interview_scores where interview_id in (select id from interviews where candidate_id = $1)",
        params![id],
    )?;
    tx.execute("delete from interviews where candidate_id = $1", params![id])?;
    let applications: Vec<ApplicationId> =
        tx.list("select id from applications where candidate_id = $1 order by id", params![id], |row| {
            row.get(0)
        })?;
    for application in applications {
        super::delete_application(tx, application)?;
    }
    tx.execute("delete from candidates where id = $1", params![id]).map(|_| ())
}

/// Decided, or left over by an opening that closed, before that moment.
pub fn list_candidates_decided_before(tx: &mut Tx, until: i64) -> Result<Vec<CandidateId>, Error> {
    tx.list(
        "select c.id from candidates c join openings o on o.id = c.opening_id
         where coalesce(c.decided_at, o.closed_at) < $1 order by c.id limit $2",
        params![until, ROWS_MAX],
        |row| row.get(0),
    )
}

pub fn save_scorecard(tx: &mut Tx, interviewer: UserId, it: &SaveScorecard) -> Result<(), Error> {
    let now = tx.now();
    let interview: i64 = tx.one(
        "insert into interviews (candidate_id, interviewer_id, note, created_at, updated_at) values ($1, $2, $3, $4, $4)
         on conflict (candidate_id, interviewer_id) do update set note = excluded.note, updated_at = excluded.updated_at
         returning id",
        params![it.candidate, interviewer, it.note.trim(), now],
        |row| row.get(0),
    )?;
    tx.execute("delete from interview_scores where interview_id = $1", params![interview])?;
    for score in &it.scores {
        tx.execute(
            "insert into interview_scores (interview_id, skill_id, level, note) values ($1, $2, $3, $4)
             on conflict do nothing",
            params![interview, score.skill, score.level, score.note.trim()],
        )?;
    }
    Ok(())
}

/// Of one candidate, or of all of an opening; the first interview first.
pub fn list_scorecards(
    tx: &mut Tx,
    opening: OpeningId,
    candidate: Option<CandidateId>,
) -> Result<HashMap<CandidateId, Vec<Scorecard>>, Error> {
    let candidate = candidate.map_or(0, |it| it.0);
    let mut places: HashMap<i64, (CandidateId, usize)> = HashMap::new();
    let mut all: HashMap<CandidateId, Vec<Scorecard>> = HashMap::new();
    tx.each(
        "select i.id, i.candidate_id, i.interviewer_id, u.name, i.note, i.updated_at from interviews i
         join candidates c on c.id = i.candidate_id join users u on u.id = i.interviewer_id
         where c.opening_id = $1 and (cast($2 as bigint) = 0 or c.id = $2) order by i.id",
        params![opening, candidate],
        |row| {
            let of: CandidateId = row.get(1)?;
            let cards = all.entry(of).or_default();
            places.insert(row.get(0)?, (of, cards.len()));
            cards.push(Scorecard {
                interviewer: row.get(2)?,
                interviewer_name: row.get(3)?,
                note: row.get(4)?,
                scores: Vec::new(),
                updated_at: row.get(5)?,
            });
            Ok(true)
        },
    )?;
    tx.each(
        "select s.interview_id, s.skill_id, s.level, s.note from interview_scores s
         join interviews i on i.id = s.interview_id join candidates c on c.id = i.candidate_id
         where c.opening_id = $1 and (cast($2 as bigint) = 0 or c.id = $2) order by s.interview_id, s.skill_id",
        params![opening, candidate],
        |row| {
            let score = Score { skill: row.get(1)?, level: row.get(2)?, note: row.get(3)? };
            if let Some((of, place)) = places.get(&row.get(0)?)
                && let Some(card) = all.get_mut(of).and_then(|cards| cards.get_mut(*place))
            {
                card.scores.push(score);
            }
            Ok(true)
        },
    )?;
    Ok(all)
}
