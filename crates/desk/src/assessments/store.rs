//! Every statement on campaigns, certificates and checks, and what is read of people.

use super::*;
use crate::{
    CampaignId, CampaignTaskId, CertificateId, CheckId, CheckResultId, EvidenceId, GroupId, SkillId, Tx,
    UserId,
};
use ::skills::Belief;
use db::{Error, Row, params};
use std::collections::{HashMap, HashSet};

/// Rows that one reminder, or one list, takes.
const ROWS_MAX: usize = 1_000;
/// The newest results from which questions are calibrated.
const RESULTS_READ_MAX: usize = 2_000;

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Corrupt(error.to_string()))
}

fn to_json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Corrupt(error.to_string()))
}

/// Somebody who works here, as far as asking is concerned.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Person {
    pub user: UserId,
    pub name: String,
    pub is_lead: bool,
    pub groups: Vec<GroupId>,
}

impl Person {
    pub fn shares_group(&self, other: &Person) -> bool {
        self.groups.iter().any(|it| other.groups.contains(it))
    }
}

/// Active agents by name. Admins count as leads of nobody unless they share a group.
pub(super) fn list_people(tx: &mut Tx) -> Result<Vec<Person>, Error> {
    let mut groups: HashMap<UserId, Vec<GroupId>> = HashMap::new();
    tx.each("select user_id, group_id from memberships", params![], |row| {
        groups.entry(row.get(0)?).or_default().push(row.get(1)?);
        Ok(true)
    })?;
    tx.list(
        "select id, name, role from users where role in ('agent', 'lead', 'admin') and suspended_at is null
           and deleted_at is null order by name, id",
        params![],
        |row| {
            let user: UserId = row.get(0)?;
            let role: crate::Role = row.get(2)?;
            let groups = groups.remove(&user).unwrap_or_default();
            Ok(Person { user, name: row.get(1)?, is_lead: role.is_lead(), groups })
        },
    )
}

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

pub(super) fn insert_campaign(tx: &mut Tx, it: &OpenCampaign) -> Result<CampaignId, Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    let skills = to_json(&it.skills)?;
    tx.one(
        "insert into campaigns (name, skills, asks_self, asks_lead, peers_each, due_at, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
        params![it.name, skills, it.asks_self, it.asks_lead, it.peers_each, it.due_at, by, now],
        |row| row.get(0),
    )
}

pub(super) fn find_campaign(tx: &mut Tx, id: CampaignId) -> Result<Option<Campaign>, Error> {
    tx.find(&format!("{CAMPAIGN} where id = $1"), params![id], campaign)
}

/// The open ones first, then the newest.
pub(super) fn list_campaigns(tx: &mut Tx) -> Result<Vec<Campaign>, Error> {
    tx.list(
        &format!(
            "{CAMPAIGN} order by case when closed_at is null then 0 else 1 end, created_at desc, id desc limit $1"
        ),
        params![ROWS_MAX],
        campaign,
    )
}

/// Questions asked, questions answered and people looked at, by campaign.
pub(super) fn progress(tx: &mut Tx) -> Result<HashMap<CampaignId, (usize, usize, usize)>, Error> {
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
pub(super) fn list_campaigns_about(tx: &mut Tx, subject: UserId) -> Result<HashSet<CampaignId>, Error> {
    let rows = tx.list(
        "select distinct campaign_id from campaign_tasks where subject_id = $1",
        params![subject],
        |row| row.get(0),
    )?;
    Ok(rows.into_iter().collect())
}

/// Whose last day is over.
pub(super) fn list_ended_campaigns(tx: &mut Tx, now: i64) -> Result<Vec<Campaign>, Error> {
    tx.list(
        &format!("{CAMPAIGN} where closed_at is null and due_at <= $1 order by id limit $2"),
        params![now, ROWS_MAX],
        campaign,
    )
}

pub(super) fn save_closed(tx: &mut Tx, id: CampaignId) -> Result<(), Error> {
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

pub(super) fn insert_task(
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

pub(super) fn find_task(tx: &mut Tx, id: CampaignTaskId) -> Result<Option<Task>, Error> {
    tx.find(&format!("{TASK} where t.id = $1"), params![id], task)
}

/// In open campaigns, the unanswered first.
pub(super) fn list_tasks_of(tx: &mut Tx, rater: UserId) -> Result<Vec<Task>, Error> {
    tx.list(
        &format!(
            "{TASK} where t.rater_id = $1 and c.closed_at is null
             order by case when t.answered_at is null then 0 else 1 end, c.due_at, t.id limit $2"
        ),
        params![rater, ROWS_MAX],
        task,
    )
}

pub(super) fn count_unanswered(tx: &mut Tx, rater: UserId) -> Result<i64, Error> {
    tx.one(
        "select cast(count(*) as bigint) from campaign_tasks t join campaigns c on c.id = t.campaign_id
         where t.rater_id = $1 and t.answered_at is null and c.closed_at is null",
        params![rater],
        |row| row.get(0),
    )
}

pub(super) fn list_tasks_in(tx: &mut Tx, campaign: CampaignId) -> Result<Vec<Task>, Error> {
    tx.list(&format!("{TASK} where t.campaign_id = $1 order by t.id"), params![campaign], task)
}

/// Unanswered, in campaigns that end until then, and not reminded of.
pub(super) fn list_due_tasks(
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

pub(super) fn save_task_reminded(tx: &mut Tx, id: CampaignTaskId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update campaign_tasks set reminded_at = $1 where id = $2", params![now, id]).map(|_| ())
}

pub(super) fn save_answered(tx: &mut Tx, id: CampaignTaskId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update campaign_tasks set answered_at = $1 where id = $2", params![now, id]).map(|_| ())
}

pub(super) fn list_answers(tx: &mut Tx, task: CampaignTaskId) -> Result<Vec<Answered>, Error> {
    tx.list(
        "select skill_id, level from campaign_answers where task_id = $1 order by skill_id",
        params![task],
        |row| Ok(Answered { skill: row.get(0)?, level: row.get(1)? }),
    )
}

pub(super) fn save_answer(tx: &mut Tx, task: CampaignTaskId, it: Answered) -> Result<(), Error> {
    tx.execute(
        "insert into campaign_answers (task_id, skill_id, level) values ($1, $2, $3)
         on conflict (task_id, skill_id) do update set level = excluded.level",
        params![task, it.skill, it.level],
    )
    .map(|_| ())
}

/// What the people of one kind said of one person in one skill, taken together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SaidMean {
    pub subject: UserId,
    pub skill: SkillId,
    pub kind: AskedKind,
    pub mean: f64,
    pub count: usize,
}

/// Of everybody in the campaign, or of one person with `Some`.
pub(super) fn list_means(
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

pub(super) fn list_peer_means(tx: &mut Tx, campaign: CampaignId) -> Result<Vec<SaidMean>, Error> {
    let mut all = list_means(tx, campaign, None)?;
    all.retain(|it| it.kind == AskedKind::Peer);
    Ok(all)
}

const CERTIFICATE: &str =
    "select id, user_id, name, issuer, link, skills, issued_at, expires_at, confirmed_by,
    confirmed_at from certificates where";

fn certificate(row: &Row<'_>) -> Result<Certificate, Error> {
    Ok(Certificate {
        id: row.get(0)?,
        user: row.get(1)?,
        name: row.get(2)?,
        issuer: row.get(3)?,
        link: row.get(4)?,
        skills: from_json(&row.get::<String>(5)?)?,
        issued_at: row.get(6)?,
        expires_at: row.get(7)?,
        confirmed_by: row.get(8)?,
        confirmed_at: row.get(9)?,
    })
}

pub(super) fn insert_certificate(tx: &mut Tx, it: &AddCertificate) -> Result<CertificateId, Error> {
    let now = tx.now();
    let skills = to_json(&it.skills)?;
    tx.one(
        "insert into certificates (user_id, name, issuer, link, skills, issued_at, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
        params![it.user, it.name, it.issuer, it.link, skills, it.issued_at, it.expires_at, now],
        |row| row.get(0),
    )
}

pub(super) fn find_certificate(tx: &mut Tx, id: CertificateId) -> Result<Option<Certificate>, Error> {
    tx.find(&format!("{CERTIFICATE} removed_at is null and id = $1"), params![id], certificate)
}

pub(super) fn find_removed_certificate(tx: &mut Tx, id: CertificateId) -> Result<Option<Certificate>, Error> {
    tx.find(&format!("{CERTIFICATE} removed_at is not null and id = $1"), params![id], certificate)
}

/// Of one person or, with `None`, of everybody; those that end first come first.
pub(super) fn list_certificates(tx: &mut Tx, user: Option<UserId>) -> Result<Vec<Certificate>, Error> {
    let user = user.map_or(0, |it| it.0);
    tx.list(
        &format!(
            "{CERTIFICATE} removed_at is null and (cast($1 as bigint) = 0 or user_id = $1)
             order by coalesce(expires_at, 9000000000000000), id limit $2"
        ),
        params![user, ROWS_MAX],
        certificate,
    )
}

pub(super) fn list_ending_certificates(tx: &mut Tx, until: i64) -> Result<Vec<Certificate>, Error> {
    tx.list(
        &format!(
            "{CERTIFICATE} removed_at is null and expires_at <= $1 and reminded_at is null order by expires_at, id limit $2"
        ),
        params![until, ROWS_MAX],
        certificate,
    )
}

pub(super) fn save_certificate_reminded(tx: &mut Tx, id: CertificateId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute("update certificates set reminded_at = $1 where id = $2", params![now, id]).map(|_| ())
}

pub(super) fn save_confirmed(tx: &mut Tx, id: CertificateId) -> Result<(), Error> {
    let (now, by) = (tx.now(), tx.actor().user());
    tx.execute(
        "update certificates set confirmed_by = $1, confirmed_at = $2 where id = $3",
        params![by, now, id],
    )
    .map(|_| ())
}

pub(super) fn save_removed(tx: &mut Tx, id: CertificateId, at: Option<i64>) -> Result<(), Error> {
    tx.execute("update certificates set removed_at = $1 where id = $2", params![at, id]).map(|_| ())
}

const CHECK: &str = "select id, skill_id, name, questions, version, retired_at from checks";

fn check(row: &Row<'_>) -> Result<Check, Error> {
    Ok(Check {
        id: row.get(0)?,
        skill: row.get(1)?,
        name: row.get(2)?,
        questions: from_json(&row.get::<String>(3)?)?,
        version: row.get(4)?,
        retired_at: row.get(5)?,
    })
}

pub(super) fn insert_check(tx: &mut Tx, it: &SaveCheck) -> Result<CheckId, Error> {
    let now = tx.now();
    let questions = to_json(&it.questions)?;
    tx.one(
        "insert into checks (skill_id, name, questions, version, created_at, updated_at) values ($1, $2, $3, 1, $4, $4)
         returning id",
        params![it.skill, it.name, questions, now],
        |row| row.get(0),
    )
}

pub(super) fn find_check(tx: &mut Tx, id: CheckId) -> Result<Option<Check>, Error> {
    tx.find(&format!("{CHECK} where id = $1"), params![id], check)
}

/// Those in use first.
pub(super) fn list_checks(tx: &mut Tx) -> Result<Vec<Check>, Error> {
    tx.list(
        &format!("{CHECK} order by case when retired_at is null then 0 else 1 end, name, id limit $1"),
        params![ROWS_MAX],
        check,
    )
}

pub(super) fn save_check(tx: &mut Tx, id: CheckId, it: &SaveCheck, version: i64) -> Result<(), Error> {
    let now = tx.now();
    let questions = to_json(&it.questions)?;
    tx.execute(
        "update checks set skill_id = $1, name = $2, questions = $3, version = $4, updated_at = $5 where id = $6",
        params![it.skill, it.name, questions, version, now, id],
    )
    .map(|_| ())
}

pub(super) fn save_check_retired(tx: &mut Tx, id: CheckId, at: Option<i64>) -> Result<(), Error> {
    tx.execute("update checks set retired_at = $1 where id = $2", params![at, id]).map(|_| ())
}

pub(super) fn last_result_at(tx: &mut Tx, check: CheckId, user: UserId) -> Result<Option<i64>, Error> {
    tx.value(
        "select max(finished_at) from check_results where check_id = $1 and user_id = $2",
        params![check, user],
    )
}

pub(super) fn insert_result(
    tx: &mut Tx,
    check: &Check,
    user: UserId,
    answers: &[bool],
    said: Option<(f64, f64)>,
) -> Result<CheckResultId, Error> {
    let now = tx.now();
    let answers = to_json(answers)?;
    tx.one(
        "insert into check_results (check_id, check_version, user_id, answers, level, sd_levels, finished_at)
         values ($1, $2, $3, $4, $5, $6, $7) returning id",
        params![check.id, check.version, user, answers, said.map(|it| it.0), said.map(|it| it.1), now],
        |row| row.get(0),
    )
}

pub(super) fn save_result_evidence(
    tx: &mut Tx,
    id: CheckResultId,
    evidence: EvidenceId,
) -> Result<(), Error> {
    tx.execute("update check_results set evidence_id = $1 where id = $2", params![evidence, id]).map(|_| ())
}

/// One person's, the newest first.
pub(super) fn list_results(tx: &mut Tx, user: UserId) -> Result<Vec<CheckResult>, Error> {
    tx.list(
        "select id, check_id, user_id, answers, level, sd_levels, evidence_id, finished_at from check_results
         where user_id = $1 order by finished_at desc, id desc limit $2",
        params![user, ROWS_MAX],
        |row| {
            Ok(CheckResult {
                id: row.get(0)?,
                check: row.get(1)?,
                user: row.get(2)?,
                answers: from_json(&row.get::<String>(3)?)?,
                level: row.get(4)?,
                sd_levels: row.get(5)?,
                evidence: row.get(6)?,
                finished_at: row.get(7)?,
            })
        },
    )
}

/// A finished check: whose, of what, and the level that its answers say.
pub(crate) struct TakenCheck {
    pub user: UserId,
    pub check: CheckId,
    pub skill: SkillId,
    pub level: Option<f64>,
}

pub(crate) fn find_result(tx: &mut Tx, id: CheckResultId) -> Result<Option<TakenCheck>, Error> {
    tx.find(
        "select r.user_id, r.check_id, c.skill_id, r.level from check_results r join checks c on c.id = r.check_id
         where r.id = $1",
        params![id],
        |row| {
            Ok(TakenCheck {
                user: row.get(0)?,
                check: row.get(1)?,
                skill: row.get(2)?,
                level: row.get(3)?,
            })
        },
    )
}

/// What was right, by result of this version that still counts, with what was believed of the person before.
pub(super) fn list_answers_with_belief(
    tx: &mut Tx,
    check: &Check,
) -> Result<Vec<(Belief, Vec<bool>)>, Error> {
    let rows: Vec<(Belief, String)> = tx.list(
        "select m.mean_before, m.variance_before, r.answers from check_results r
         join evidence e on e.id = r.evidence_id and e.struck_at is null
         join evidence_moves m on m.evidence_id = e.id and m.skill_id = $1
         where r.check_id = $2 and r.check_version = $3 order by r.id desc limit $4",
        params![check.skill, check.id, check.version, RESULTS_READ_MAX],
        |row| Ok((Belief { mean: row.get(0)?, variance: row.get(1)? }, row.get(2)?)),
    )?;
    rows.into_iter()
        .map(|(belief, answers)| {
            let answers =
                serde_json::from_str(&answers).map_err(|error| Error::Corrupt(error.to_string()))?;
            Ok((belief, answers))
        })
        .collect()
}

/// Who has not answered yet what a campaign asked, and how often.
pub(super) fn list_waited_for(tx: &mut Tx, campaign: CampaignId) -> Result<Vec<(UserId, i64)>, Error> {
    tx.list(
        "select rater_id, cast(count(*) as bigint) from campaign_tasks
         where campaign_id = $1 and answered_at is null group by rater_id order by rater_id",
        params![campaign],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
