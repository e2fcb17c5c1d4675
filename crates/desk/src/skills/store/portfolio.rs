//! Every statement on portfolios, and the solved tickets that they tell of.

use super::*;
use crate::skills::portfolio::{Case, Choices};

pub(in crate::skills) fn find_choices(tx: &mut Tx, user: UserId) -> Result<Choices, Error> {
    let found =
        tx.find("select choices from portfolios where user_id = $1", params![user], |row| from_json(row, 0))?;
    Ok(found.unwrap_or_default())
}

pub(in crate::skills) fn save_choices(tx: &mut Tx, user: UserId, choices: &Choices) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into portfolios (user_id, choices, updated_at) values ($1, $2, $3)
         on conflict (user_id) do update set choices = excluded.choices, updated_at = excluded.updated_at",
        params![user, to_json(choices)?, now],
    )
    .map(|_| ())
}

/// Tickets that the person solved for good, the hardest first, with what their customers said. Those that they only held
/// for a while, and others answered, are none of theirs.
pub(in crate::skills) fn list_cases(tx: &mut Tx, user: UserId, count_max: usize) -> Result<Vec<Case>, Error> {
    let mut cases = tx.list(
        "select e.ticket_id, e.id, t.channel, t.priority, e.difficulty, e.at, t.created_at,
           (select cast(count(*) as bigint) from comments c where c.ticket_id = t.id and c.author_id = $1 and c.public = 1),
           (select r.score from satisfaction_ratings r where r.ticket_id = t.id and r.score is not null limit 1)
         from evidence e join tickets t on t.id = e.ticket_id
         where e.user_id = $1 and e.kind = 'outcome' and e.value > 0.5 and e.struck_at is null and t.deleted_at is null
           and (e.share >= 0.5 or exists
             (select 1 from comments c where c.ticket_id = t.id and c.author_id = $1 and c.public = 1))
         order by e.difficulty desc, e.at desc limit $2",
        params![user, count_max],
        |row| {
            let (solved_at, created_at): (i64, i64) = (row.get(5)?, row.get(6)?);
            let case = Case {
                ticket: row.get(0)?,
                skills: Vec::new(),
                channel: row.get(2)?,
                priority: priority_word(row.get(3)?),
                difficulty: row.get(4)?,
                solved_at,
                took_ms: (solved_at - created_at).max(0),
                answers: row.get(7)?,
                rating: row.get(8)?,
                words: String::new(),
            };
            Ok((row.get::<EvidenceId>(1)?, case))
        },
    )?;
    let mut skills: HashMap<EvidenceId, Vec<String>> = HashMap::new();
    let sql = format!(
        "select m.evidence_id, {} from evidence_moves m join skills s on s.id = m.skill_id
         where m.evidence_id in {} order by m.weight desc, s.id",
        name_column(tx),
        tx.numbers_in(1)
    );
    tx.each(&sql, params![json_numbers(cases.iter().map(|(id, _)| id.0))], |row| {
        skills.entry(row.get(0)?).or_default().push(row.get(1)?);
        Ok(true)
    })?;
    let mut seen = std::collections::HashSet::new();
    cases.retain(|(_, case)| seen.insert(case.ticket));
    Ok(cases
        .into_iter()
        .map(|(id, case)| Case { skills: skills.remove(&id).unwrap_or_default(), ..case })
        .collect())
}

/// The words of the names of those who wrote these tickets and of their organizations, in lower case.
pub(in crate::skills) fn list_customer_words(tx: &mut Tx, cases: &[Case]) -> Result<Vec<String>, Error> {
    /// Shorter words are particles, not names.
    const NAME_CHARS_MIN: usize = 3;
    let sql = format!(
        "select u.name from tickets t join users u on u.id = t.requester_id where t.id in {0}
         union select o.name from tickets t join organizations o on o.id = t.organization_id where t.id in {0}",
        tx.numbers_in(1)
    );
    let names: Vec<String> =
        tx.list(&sql, params![json_numbers(cases.iter().map(|it| it.ticket.0))], |row| row.get(0))?;
    let words =
        names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric())).map(str::to_lowercase);
    Ok(words.filter(|word| word.chars().count() >= NAME_CHARS_MIN).collect())
}

fn priority_word(stored: Option<i64>) -> Option<String> {
    let words = ["low", "normal", "high", "urgent"];
    let at = usize::try_from(stored? - 1).ok()?;
    words.get(at).map(|word| (*word).to_owned())
}
