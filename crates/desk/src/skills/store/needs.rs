//! Every statement on what tickets need, and what triage writes on a ticket.

use super::*;

pub(in crate::skills) struct NewRequirement {
    pub skill: SkillId,
    pub level: f64,
    pub weight: f64,
    pub hardness: Hardness,
    pub source: Source,
    pub because: Vec<String>,
}

/// What the ticket needs, the heaviest first.
pub fn requirements_of(tx: &mut Tx, ticket: TicketId) -> Result<Vec<RequirementRow>, Error> {
    let sql = format!(
        "select {}, q.level, q.weight, q.hardness, q.source, q.because
         from requirements q join skills s on s.id = q.skill_id where q.ticket_id = $1 order by q.weight desc, s.id",
        summary_columns(tx)
    );
    tx.list(&sql, params![ticket], |row| {
        let at = SUMMARY_COLUMNS;
        let source: String = row.get(at + 3)?;
        Ok(RequirementRow {
            skill: summary(row, 0)?,
            level: row.get(at)?,
            weight: row.get(at + 1)?,
            hardness: hardness(row, at + 2)?,
            source: Source::parse(&source)
                .ok_or_else(|| Error::Corrupt(format!("{source:?} is no source")))?,
            because: from_json(row, at + 4)?,
        })
    })
}

pub(in crate::skills) fn delete_requirements(tx: &mut Tx, ticket: TicketId) -> Result<(), Error> {
    tx.execute("delete from requirements where ticket_id = $1", params![ticket]).map(|_| ())
}

pub(in crate::skills) fn delete_rule_requirements(tx: &mut Tx, ticket: TicketId) -> Result<(), Error> {
    tx.execute("delete from requirements where ticket_id = $1 and source = 'rule'", params![ticket])
        .map(|_| ())
}

/// Adds what is not there yet.
pub(in crate::skills) fn insert_requirements(
    tx: &mut Tx,
    ticket: TicketId,
    rows: &[NewRequirement],
) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let because: Vec<String> = rows.iter().map(|it| to_json(&it.because)).collect::<Result<_, _>>()?;
    let mut all: Vec<Param<'_>> = Vec::with_capacity(rows.len() * 7);
    for (it, because) in rows.iter().zip(&because) {
        all.extend([
            ticket.to_param(),
            it.skill.to_param(),
            Param::Real(it.level),
            Param::Real(it.weight),
            Param::Text(hardness_name(it.hardness)),
            Param::Text(it.source.name()),
            because.to_param(),
        ]);
    }
    let sql = format!(
        "insert into requirements (ticket_id, skill_id, level, weight, hardness, source, because) values {}
         on conflict do nothing",
        values(rows.len(), 7)
    );
    tx.execute(&sql, &all).map(|_| ())
}

/// Only these columns: nobody's change of the ticket is lost by it.
pub(crate) fn save_triage(
    tx: &mut Tx,
    ticket: TicketId,
    language: Option<&str>,
    urgency: i64,
    anger: i64,
) -> Result<(), Error> {
    tx.execute(
        "update tickets set language = $1, urgency = $2, anger = $3, routing_version = routing_version + 1 where id = $4",
        params![language, urgency, anger, ticket],
    )
    .map(|_| ())
}

/// The first public words of somebody on a ticket.
pub(in crate::skills) fn first_words_of(
    tx: &mut Tx,
    ticket: TicketId,
    author: UserId,
    count_max: usize,
) -> Result<Vec<String>, Error> {
    tx.list(
        "select body from comments where ticket_id = $1 and author_id = $2 and public = 1 order by id limit $3",
        params![ticket, author, count_max],
        |row| row.get(0),
    )
}
