//! Every statement on evidence and its moves, and what is read of ratings and answers.

use super::*;
use crate::skills::difficulty::OfWork;

/// `None` if the key was written before.
pub(in crate::skills) fn insert_evidence(
    tx: &mut Tx,
    it: &AddEvidence,
    of: &OfWork,
) -> Result<Option<EvidenceId>, Error> {
    let (kind, value) = it.observed.stored();
    let now = tx.now();
    tx.find(
        "insert into evidence (key, user_id, kind, value, ticket_id, by_user_id, difficulty, at, recorded_at, note,
                               severity, sd_levels, topic_id, priority, channel_id, share, imported_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         on conflict (key) do nothing returning id",
        params![
            it.key, it.user, kind, value, it.ticket, it.by, it.difficulty, it.at, now, it.note,
            it.observed.severity(), it.observed.sd_levels(), of.topic, of.priority, of.channel, of.share, of.imported
        ],
        |row| row.get(0),
    )
}

pub(in crate::skills) fn insert_moves(
    tx: &mut Tx,
    evidence: EvidenceId,
    weights: &[(SkillId, f64)],
    steps: &[Step],
) -> Result<(), Error> {
    let mut all: Vec<Param<'_>> = Vec::with_capacity(steps.len() * 7);
    for ((skill, weight), step) in weights.iter().zip(steps) {
        all.extend([
            evidence.to_param(),
            skill.to_param(),
            Param::Real(*weight),
            Param::Real(step.before.mean),
            Param::Real(step.before.variance),
            Param::Real(step.after.mean),
            Param::Real(step.after.variance),
        ]);
    }
    let sql = format!(
        "insert into evidence_moves
           (evidence_id, skill_id, weight, mean_before, variance_before, mean_after, variance_after) values {}",
        values(steps.len(), 7)
    );
    tx.execute(&sql, &all).map(|_| ())
}

pub(in crate::skills) fn save_moves(tx: &mut Tx, evidence: EvidenceId, steps: &[Step]) -> Result<(), Error> {
    for step in steps {
        tx.execute(
            "update evidence_moves set mean_before = $1, variance_before = $2, mean_after = $3, variance_after = $4
             where evidence_id = $5 and skill_id = $6",
            params![
                step.before.mean, step.before.variance, step.after.mean, step.after.variance, evidence, step.skill.0
            ],
        )?;
    }
    Ok(())
}

/// A person's evidence after one piece of it, in the order in which it was written down, struck out or not.
pub(in crate::skills) fn list_lines(
    tx: &mut Tx,
    user: UserId,
    after: EvidenceId,
) -> Result<Vec<Line>, Error> {
    let policy = super::super::policy(tx)?;
    let mut skills: HashMap<EvidenceId, Vec<(SkillId, f64)>> = HashMap::new();
    tx.each(
        "select m.evidence_id, m.skill_id, m.weight from evidence_moves m join evidence e on e.id = m.evidence_id
         where e.user_id = $1 and e.id > $2 order by m.evidence_id, m.skill_id",
        params![user, after],
        |row| {
            skills.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
            Ok(true)
        },
    )?;
    tx.list(
        "select id, at, difficulty, kind, value, struck_at, severity, sd_levels, share from evidence
         where user_id = $1 and id > $2 order by id",
        params![user, after],
        |row| {
            let evidence: EvidenceId = row.get(0)?;
            let kind: String = row.get(3)?;
            let counts = policy.counts(&kind) && row.get::<Option<i64>>(5)?.is_none();
            let observed = Observed::from_stored(&kind, row.get(4)?)
                .ok_or_else(|| Error::Corrupt(format!("{kind:?} is no kind of evidence")))?
                .with_severity(row.get(6)?)
                .with_sd_levels(row.get(7)?);
            Ok(Line {
                evidence,
                at: row.get(1)?,
                skills: skills.remove(&evidence).unwrap_or_default(),
                difficulty: row.get(2)?,
                observed,
                share: row.get(8)?,
                counts,
            })
        },
    )
}

/// Whom it is about, and whether it has been struck out.
pub(in crate::skills) fn find_evidence_owner(
    tx: &mut Tx,
    id: EvidenceId,
) -> Result<Option<(UserId, bool)>, Error> {
    tx.find("select user_id, struck_at from evidence where id = $1", params![id], |row| {
        Ok((row.get(0)?, row.get::<Option<i64>>(1)?.is_some()))
    })
}

pub(in crate::skills) fn save_struck(tx: &mut Tx, id: EvidenceId, reason: &str) -> Result<(), Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    tx.execute(
        "update evidence set struck_at = $1, struck_by = $2, struck_reason = $3 where id = $4 and struck_at is null",
        params![now, by, reason, id],
    )
    .map(|_| ())
}

pub(in crate::skills) fn save_counting_again(tx: &mut Tx, id: EvidenceId) -> Result<(), Error> {
    tx.execute(
        "update evidence set struck_at = null, struck_by = null, struck_reason = null where id = $1",
        params![id],
    )
    .map(|_| ())
}

/// What was struck out for this reason when that statement was written down, and said the same kind of thing about the
/// same skill.
pub(in crate::skills) fn list_replaced_by(
    tx: &mut Tx,
    statement: EvidenceId,
    reason: &str,
) -> Result<Vec<EvidenceId>, Error> {
    tx.list(
        "select e.id from evidence n join evidence e on e.user_id = n.user_id and e.kind = n.kind
           and e.by_user_id is not distinct from n.by_user_id and e.struck_at = n.recorded_at and e.id < n.id
         where n.id = $1 and e.struck_reason = $2
           and exists (select 1 from evidence_moves a join evidence_moves b on b.skill_id = a.skill_id
             where a.evidence_id = n.id and b.evidence_id = e.id)
         order by e.id",
        params![statement, reason],
        |row| row.get(0),
    )
}

/// What one person has said of another (or of themself) in one skill since a moment, and still counts.
pub(in crate::skills) fn list_statements(
    tx: &mut Tx,
    user: UserId,
    kind: &str,
    by: Option<UserId>,
    skill: SkillId,
    since: i64,
) -> Result<Vec<EvidenceId>, Error> {
    tx.list(
        "select e.id from evidence e join evidence_moves m on m.evidence_id = e.id and m.skill_id = $4
         where e.user_id = $1 and e.kind = $2 and e.by_user_id is not distinct from $3 and e.at > $5
           and e.struck_at is null order by e.id",
        params![user, kind, by, skill, since],
        |row| row.get(0),
    )
}

/// What leads said of a person with this note and still counts, with the skill that it is about; the newest first.
pub(in crate::skills) fn list_noted(
    tx: &mut Tx,
    user: UserId,
    note: &str,
) -> Result<Vec<(EvidenceId, SkillId)>, Error> {
    tx.list(
        "select e.id, m.skill_id from evidence e join evidence_moves m on m.evidence_id = e.id
         where e.user_id = $1 and e.kind = 'lead' and e.note = $2 and e.struck_at is null order by e.id desc",
        params![user, note],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The means before and after it in each skill, and whether it has been struck out.
pub(in crate::skills) fn list_moves_of(
    tx: &mut Tx,
    id: EvidenceId,
) -> Result<Vec<(SkillId, f64, f64, bool)>, Error> {
    tx.list(
        "select m.skill_id, m.mean_before, m.mean_after, e.struck_at from evidence_moves m
         join evidence e on e.id = m.evidence_id where e.id = $1 order by m.weight desc, m.skill_id",
        params![id],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<Option<i64>>(3)?.is_some())),
    )
}

/// How often they have said something, struck out or not.
pub(in crate::skills) fn count_statements(
    tx: &mut Tx,
    user: UserId,
    kind: &str,
    by: Option<UserId>,
    skill: SkillId,
) -> Result<i64, Error> {
    tx.value(
        "select cast(count(*) as bigint) from evidence e
         join evidence_moves m on m.evidence_id = e.id and m.skill_id = $4
         where e.user_id = $1 and e.kind = $2 and e.by_user_id is not distinct from $3",
        params![user, kind, by, skill],
    )
}

pub(in crate::skills) fn list_people_with_evidence(tx: &mut Tx) -> Result<Vec<UserId>, Error> {
    tx.list(
        "select user_id from evidence union select user_id from proficiencies order by user_id",
        params![],
        |row| row.get(0),
    )
}

/// A rating that was answered.
pub(in crate::skills) struct GivenRating {
    pub ticket: TicketId,
    pub assignee: Option<UserId>,
    pub score: u8,
    pub answered_at: i64,
}

pub(in crate::skills) fn find_given_rating(tx: &mut Tx, id: RatingId) -> Result<Option<GivenRating>, Error> {
    tx.find(
        "select ticket_id, assignee_id, score, answered_at from satisfaction_ratings
         where id = $1 and score is not null and answered_at is not null",
        params![id],
        |row| {
            Ok(GivenRating {
                ticket: row.get(0)?,
                assignee: row.get(1)?,
                score: row.get(2)?,
                answered_at: row.get(3)?,
            })
        },
    )
}

/// Ratings of the ticket that still count and whose key does not begin with `prefix`.
pub(in crate::skills) fn list_former_ratings(
    tx: &mut Tx,
    ticket: TicketId,
    prefix: &str,
) -> Result<Vec<(EvidenceId, UserId)>, Error> {
    let rows: Vec<(EvidenceId, UserId, String)> = tx.list(
        "select id, user_id, key from evidence
         where ticket_id = $1 and kind = 'satisfaction' and struck_at is null order by id",
        params![ticket],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    Ok(rows.into_iter().filter(|it| !it.2.starts_with(prefix)).map(|it| (it.0, it.1)).collect())
}

/// Scores that customers of another desk gave, with how often each.
pub(crate) fn count_imported_scores(tx: &mut Tx, user: UserId, since: i64) -> Result<Vec<(i64, i64)>, Error> {
    tx.list(
        "select cast(value as bigint), cast(count(*) as bigint) from evidence
         where user_id = $1 and at >= $2 and kind = 'satisfaction' and imported_id is not null
           and struck_at is null group by value order by value",
        params![user, since],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// What agents wrote on a ticket, after the one moment and until the other.
pub(in crate::skills) fn list_work_comments(
    tx: &mut Tx,
    ticket: TicketId,
    from: i64,
    to: i64,
) -> Result<Vec<::skills::attribution::Comment>, Error> {
    tx.list(
        "select c.author_id, c.created_at, c.public, cast(length(c.body) as bigint) from comments c
         join users u on u.id = c.author_id and u.role in ('agent', 'lead', 'admin')
         join tickets t on t.id = c.ticket_id and t.requester_id <> c.author_id
         where c.ticket_id = $1 and c.created_at >= $2 and c.created_at <= $3 order by c.id",
        params![ticket, from, to],
        |row| {
            let chars: i64 = row.get(3)?;
            Ok(::skills::attribution::Comment {
                person: row.get(0)?,
                at_ms: row.get(1)?,
                public: row.get::<i64>(2)? == 1,
                chars: u32::try_from(chars).unwrap_or(u32::MAX),
            })
        },
    )
}

/// What a ticket asked for: words to read, answers to give, files to look at.
pub(in crate::skills) fn effort_of(
    tx: &mut Tx,
    ticket: TicketId,
    requester: UserId,
) -> Result<::skills::handle_time::Effort, Error> {
    const CHARS_PER_WORD: i64 = 6;
    let small = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    tx.one(
        "select cast(coalesce(sum(case when c.author_id = $2 then length(c.body) else 0 end), 0) as bigint),
           cast(coalesce(sum(case when c.author_id <> $2 and c.public = 1 then 1 else 0 end), 0) as bigint),
           (select cast(count(*) as bigint) from attachments a where a.ticket_id = $1 and a.inline = 0)
         from comments c where c.ticket_id = $1",
        params![ticket, requester],
        |row| {
            Ok(::skills::handle_time::Effort {
                customer_words: small(row.get::<i64>(0)? / CHARS_PER_WORD),
                answers: small(row.get(1)?),
                files: small(row.get(2)?),
            })
        },
    )
}

pub(in crate::skills) fn find_evidence_by_key(tx: &mut Tx, key: &str) -> Result<bool, Error> {
    Ok(tx.find("select id from evidence where key = $1", params![key], |row| row.get::<i64>(0))?.is_some())
}
