//! `campaigns`, `campaign_tasks` and `campaign_answers`.

use super::super::*;
use super::{ROWS_MAX, from_json, to_json};
use crate::{CampaignId, CampaignTaskId, SkillId, Tx, UserId};
use db::{Error, Row, params};
use std::collections::{HashMap, HashSet};

const CAMPAIGN: &str =
    "select id, name, skills, asks_self, asks_lead, peers_each, due_at, created_at, closed_at from campaigns";

fn campaign(row: &Row<'_>) -> Result<Campaign, Error> {
    Ok(Campaign {
        id: row.get(0)?,
        name: row.get(1)?,
        skills: from_json(&row.get::<String>(2)?)?,
        asks_self: row.get(3)?,
        asks_lead: row.get(4)?,
        peers_each: row.get(5)?,
        due_at: row.get(6)?,
        created_at: row.get(7)?,
        closed_at: row.get(8)?,
    })
}

pub(in crate::assessments) fn insert_campaign(tx: &mut Tx, it: &OpenCampaign) -> Result<CampaignId, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    let skills = to_json(&it.skills)?;
    tx.one(
        "insert into campaigns (name, skills, asks_self, asks_lead, peers_each, due_at, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
        params![it.name, skills, it.asks_self, it.asks_lead, it.peers_each, it.due_at, by, now],
        |row| row.get(0),
    )
}

pub(in crate::assessments) fn find_campaign(tx: &mut Tx, id: CampaignId) -> Result<Option<Campaign>, Error> {
    tx.find(&format!("{CAMPAIGN} where id = $1"), params![id], campaign)
}

/// The open ones first, then the newest.
pub(in crate::assessments) fn list_campaigns(tx: &mut Tx) -> Result<Vec<Campaign>, Error> {
    tx.list(
        &format!(
            "{CAMPAIGN} order by case when closed_at is null then 0 else 1 end, created_at desc, id desc limit $1"
        ),
        params![ROWS_MAX],
        campaign,
    )
}

/// Questions asked, questions answered and people looked at, by campaign.
pub(in crate::assessments) fn progress(
    tx: &mut Tx,
) -> Result<HashMap<CampaignId, (usize, usize, usize)>, Error> {
    let rows = tx.list(
        "select campaign_id, cast(count(*) as bigint), cast(count(answered_at) as bigint),
                cast(count(distinct subject_id) as bigint)
         from campaign_tasks group by campaign_id",
        params![],
        |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))),
    )?;
    Ok(rows.into_iter().collect())
}

/// In which this person is looked at.
pub(in crate::assessments) fn list_campaigns_about(
    tx: &mut Tx,
    subject: UserId,
) -> Result<HashSet<CampaignId>, Error> {
    let rows = tx.list(
        "select distinct campaign_id from campaign_tasks where subject_id = $1",
        params![subject],
        |row| row.get(0),
    )?;
    Ok(rows.into_iter().collect())
}

/// Whose last day is over.
pub(in crate::assessments) fn list_ended_campaigns(tx: &mut Tx, now: i64) -> Result<Vec<Campaign>, Error> {
    tx.list(
        &format!("{CAMPAIGN} where closed_at is null and due_at <= $1 order by id limit $2"),
        params![now, ROWS_MAX],
        campaign,
    )
}

pub(in crate::assessments) fn save_closed(tx: &mut Tx, id: CampaignId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update campaigns set closed_at = $1 where id = $2", params![now, id]).map(|_| ())
}

const TASK: &str = "select t.id, t.campaign_id, t.rater_id, t.subject_id, t.kind, t.answered_at
    from campaign_tasks t join campaigns c on c.id = t.campaign_id";

fn task(row: &Row<'_>) -> Result<Task, Error> {
    let kind: String = row.get(4)?;
    let kind = AskedKind::parse(&kind).ok_or_else(|| Error::Corrupt(format!("{kind:?} asks nobody")))?;
    Ok(Task {
        id: row.get(0)?,
        campaign: row.get(1)?,
        rater: row.get(2)?,
        subject: row.get(3)?,
        kind,
        answered_at: row.get(5)?,
    })
}

pub(in crate::assessments) fn insert_task(
    tx: &mut Tx,
    campaign: CampaignId,
    rater: UserId,
    subject: UserId,
    kind: AskedKind,
) -> Result<(), Error> {
    tx.execute(
        "insert into campaign_tasks (campaign_id, rater_id, subject_id, kind) values ($1, $2, $3, $4)
         on conflict do nothing",
        params![campaign, rater, subject, kind.name()],
    )
    .map(|_| ())
}

pub(in crate::assessments) fn find_task(tx: &mut Tx, id: CampaignTaskId) -> Result<Option<Task>, Error> {
    tx.find(&format!("{TASK} where t.id = $1"), params![id], task)
}

/// In open campaigns, the unanswered first.
pub(in crate::assessments) fn list_tasks_of(tx: &mut Tx, rater: UserId) -> Result<Vec<Task>, Error> {
    tx.list(
        &format!(
            "{TASK} where t.rater_id = $1 and c.closed_at is null
             order by case when t.answered_at is null then 0 else 1 end, c.due_at, t.id limit $2"
        ),
        params![rater, ROWS_MAX],
        task,
    )
}

pub(in crate::assessments) fn count_unanswered(tx: &mut Tx, rater: UserId) -> Result<i64, Error> {
    tx.one(
        "select cast(count(*) as bigint) from campaign_tasks t join campaigns c on c.id = t.campaign_id
         where t.rater_id = $1 and t.answered_at is null and c.closed_at is null",
        params![rater],
        |row| row.get(0),
    )
}

pub(in crate::assessments) fn list_tasks_in(tx: &mut Tx, campaign: CampaignId) -> Result<Vec<Task>, Error> {
    tx.list(&format!("{TASK} where t.campaign_id = $1 order by t.id"), params![campaign], task)
}

/// Unanswered, in campaigns that end until then, and not reminded of.
pub(in crate::assessments) fn list_due_tasks(
    tx: &mut Tx,
    from: i64,
    until: i64,
) -> Result<Vec<(CampaignTaskId, UserId)>, Error> {
    tx.list(
        "select t.id, t.rater_id from campaign_tasks t join campaigns c on c.id = t.campaign_id
         where t.answered_at is null and t.reminded_at is null and c.closed_at is null and c.due_at > $1
           and c.due_at <= $2 order by t.id limit $3",
        params![from, until, ROWS_MAX],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

pub(in crate::assessments) fn save_task_reminded(tx: &mut Tx, id: CampaignTaskId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update campaign_tasks set reminded_at = $1 where id = $2", params![now, id]).map(|_| ())
}

pub(in crate::assessments) fn save_answered(tx: &mut Tx, id: CampaignTaskId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update campaign_tasks set answered_at = $1 where id = $2", params![now, id]).map(|_| ())
}

pub(in crate::assessments) fn list_answers(
    tx: &mut Tx,
    task: CampaignTaskId,
) -> Result<Vec<Answered>, Error> {
    tx.list(
        "select skill_id, level from campaign_answers where task_id = $1 order by skill_id",
        params![task],
        |row| Ok(Answered { skill: row.get(0)?, level: row.get(1)? }),
    )
}

pub(in crate::assessments) fn save_answer(
    tx: &mut Tx,
    task: CampaignTaskId,
    it: Answered,
) -> Result<(), Error> {
    tx.execute(
        "insert into campaign_answers (task_id, skill_id, level) values ($1, $2, $3)
         on conflict (task_id, skill_id) do update set level = excluded.level",
        params![task, it.skill, it.level],
    )
    .map(|_| ())
}

/// What the people of one kind said of one person in one skill, taken together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::assessments) struct SaidMean {
    pub subject: UserId,
    pub skill: SkillId,
    pub kind: AskedKind,
    pub mean: f64,
    pub count: usize,
}

/// Of everybody in the campaign, or of one person with `Some`.
pub(in crate::assessments) fn list_means(
    tx: &mut Tx,
    campaign: CampaignId,
    subject: Option<UserId>,
) -> Result<Vec<SaidMean>, Error> {
    let subject = subject.map_or(0, |it| it.0);
    tx.list(
        "select t.subject_id, a.skill_id, t.kind, avg(a.level), cast(count(*) as bigint) from campaign_answers a
         join campaign_tasks t on t.id = a.task_id
         where t.campaign_id = $1 and a.level is not null and (cast($2 as bigint) = 0 or t.subject_id = $2)
         group by t.subject_id, a.skill_id, t.kind order by t.subject_id, a.skill_id, t.kind",
        params![campaign, subject],
        |row| {
            let kind: String = row.get(2)?;
            let kind = AskedKind::parse(&kind).ok_or_else(|| Error::Corrupt(format!("{kind:?} asks nobody")))?;
            Ok(SaidMean { subject: row.get(0)?, skill: row.get(1)?, kind, mean: row.get(3)?, count: row.get(4)? })
        },
    )
}

pub(in crate::assessments) fn list_peer_means(
    tx: &mut Tx,
    campaign: CampaignId,
) -> Result<Vec<SaidMean>, Error> {
    let mut all = list_means(tx, campaign, None)?;
    all.retain(|it| it.kind == AskedKind::Peer);
    Ok(all)
}

/// Who has not answered yet what a campaign asked, and how often.
pub(in crate::assessments) fn list_waited_for(
    tx: &mut Tx,
    campaign: CampaignId,
) -> Result<Vec<(UserId, i64)>, Error> {
    tx.list(
        "select rater_id, cast(count(*) as bigint) from campaign_tasks
         where campaign_id = $1 and answered_at is null group by rater_id order by rater_id",
        params![campaign],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
