//! Asking people about themselves and about each other, once, until a day.

use super::error::{name_of, only_leads};
use super::*;
use crate::events::{self, Event};
use crate::skills::{self, AddEvidence, Observed, Rate, RateSelf};
use crate::{CampaignId, CampaignTaskId, SkillId, Tx, UserId};
use serde::Serialize;

const YEAR_MS: i64 = 366 * DAY_MS;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AskedKind {
    Themself,
    Lead,
    Peer,
}

impl AskedKind {
    pub fn name(self) -> &'static str {
        match self {
            AskedKind::Themself => "self",
            AskedKind::Lead => "lead",
            AskedKind::Peer => "peer",
        }
    }

    pub fn parse(name: &str) -> Option<AskedKind> {
        [AskedKind::Themself, AskedKind::Lead, AskedKind::Peer].into_iter().find(|it| it.name() == name)
    }
}

#[derive(Clone, Debug)]
pub struct OpenCampaign {
    pub name: String,
    pub skills: Vec<SkillId>,
    /// Who is looked at.
    pub people: Vec<UserId>,
    pub asks_self: bool,
    pub asks_lead: bool,
    /// Colleagues asked about each; 0: none.
    pub peers_each: usize,
    pub due_at: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Campaign {
    pub id: CampaignId,
    pub name: String,
    pub skills: Vec<SkillId>,
    pub asks_self: bool,
    pub asks_lead: bool,
    pub peers_each: usize,
    pub due_at: i64,
    pub created_at: i64,
    pub closed_at: Option<i64>,
}

/// Somebody is asked about somebody.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Task {
    pub id: CampaignTaskId,
    pub campaign: CampaignId,
    pub rater: UserId,
    pub subject: UserId,
    pub kind: AskedKind,
    pub answered_at: Option<i64>,
}

/// What one person said of one skill.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Answered {
    pub skill: SkillId,
    /// `None`: cannot say.
    pub level: Option<f64>,
}

#[derive(Clone, Debug)]
pub struct SayLevels {
    pub task: CampaignTaskId,
    pub levels: Vec<Answered>,
}

/// Opens a campaign and asks everybody. Leads are those who share a group with the person; colleagues too, those of the
/// same groups first, spread so that nobody is asked about many more than others.
pub fn open_campaign(tx: &mut Tx, command: &OpenCampaign) -> Result<CampaignId, AssessmentError> {
    only_leads(tx)?;
    let name = name_of(&command.name)?;
    let known: Vec<SkillId> = skills::list_skills(tx)?.into_iter().map(|it| it.id).collect();
    let mut wanted = command.skills.clone();
    wanted.sort();
    wanted.dedup();
    if wanted.is_empty()
        || wanted.len() > SKILLS_PER_CAMPAIGN_MAX
        || wanted.iter().any(|it| !known.contains(it))
    {
        return Err(AssessmentError::SkillsAreWrong);
    }
    let peers = command.peers_each;
    if peers > 0 && !(ANONYMOUS_PEERS_MIN..=PEERS_EACH_MAX).contains(&peers) {
        return Err(AssessmentError::PeersAreWrong);
    }
    let now = tx.now();
    if command.due_at <= now || command.due_at > now + YEAR_MS {
        return Err(AssessmentError::EndIsWrong);
    }
    let people = store::list_people(tx)?;
    let mut subjects: Vec<&store::Person> =
        people.iter().filter(|it| command.people.contains(&it.user)).collect();
    subjects.truncate(PEOPLE_PER_CAMPAIGN_MAX);
    let asks = command.asks_self || command.asks_lead || peers > 0;
    if subjects.is_empty() || !asks {
        return Err(AssessmentError::NobodyIsAsked);
    }
    let wanted = OpenCampaign { name, skills: wanted, ..command.clone() };
    let id = store::insert_campaign(tx, &wanted)?;
    let mut asked = vec![0_usize; people.len()];
    for subject in subjects {
        if command.asks_self {
            store::insert_task(tx, id, subject.user, subject.user, AskedKind::Themself)?;
        }
        let leads =
            people.iter().filter(|it| it.is_lead && it.user != subject.user && it.shares_group(subject));
        let leads: Vec<UserId> = leads.map(|it| it.user).collect();
        if command.asks_lead {
            for lead in &leads {
                store::insert_task(tx, id, *lead, subject.user, AskedKind::Lead)?;
            }
        }
        for place in peers_of(&people, subject, &leads, &asked, peers) {
            asked[place] += 1;
            store::insert_task(tx, id, people[place].user, subject.user, AskedKind::Peer)?;
        }
    }
    events::record(tx, &Event::CampaignOpened { campaign: id })?;
    Ok(id)
}

/// The places of those who are asked about the person.
fn peers_of(
    people: &[store::Person],
    subject: &store::Person,
    leads: &[UserId],
    asked: &[usize],
    count: usize,
) -> Vec<usize> {
    let may = |it: &store::Person| it.user != subject.user && !leads.contains(&it.user) && !it.is_lead;
    let mut able: Vec<usize> = (0..people.len()).filter(|place| may(&people[*place])).collect();
    able.sort_by_key(|place| (!people[*place].shares_group(subject), asked[*place], people[*place].user));
    able.truncate(count);
    able
}

/// Answers what one was asked. What people say of themselves, and leads of them, counts at once; what colleagues say is
/// kept back until the campaign is closed. Until then it may be said again.
pub fn say_levels(tx: &mut Tx, command: &SayLevels) -> Result<(), AssessmentError> {
    let me = tx.actor().user().filter(|_| tx.actor().is_staff()).ok_or(AssessmentError::NotStaff)?;
    let task = store::find_task(tx, command.task)?.filter(|it| it.rater == me);
    let task = task.ok_or(AssessmentError::NoSuchTask)?;
    let campaign = store::find_campaign(tx, task.campaign)?.ok_or(AssessmentError::NoSuchCampaign)?;
    if campaign.closed_at.is_some() {
        return Err(AssessmentError::ClosedAlready);
    }
    for it in &command.levels {
        if !campaign.skills.contains(&it.skill) {
            return Err(AssessmentError::SkillsAreWrong);
        }
        if let Some(level) = it.level {
            skills::level_is_right(level)?;
        }
    }
    let before = store::list_answers(tx, task.id)?;
    for it in &command.levels {
        store::save_answer(tx, task.id, *it)?;
        let Some(level) = it.level.filter(|_| !before.contains(it)) else { continue };
        let (user, skill) = (task.subject, it.skill);
        match task.kind {
            AskedKind::Themself => {
                skills::rate_self(tx, &RateSelf { skill, level })?;
            }
            AskedKind::Lead => {
                skills::rate(tx, &Rate { user, skill, level, note: campaign.name.clone() })?;
            }
            AskedKind::Peer => {}
        }
    }
    store::save_answered(tx, task.id)?;
    Ok(events::record(tx, &Event::CampaignAnswered { campaign: campaign.id, user: me })?)
}

/// Nobody is asked any more; after its last day it happens by itself. Of each person and skill of whom enough colleagues spoke, their mean becomes one row of
/// evidence that names none of them; the rest of what colleagues said counts for nothing and is shown to nobody.
pub fn close_campaign(tx: &mut Tx, id: CampaignId) -> Result<(), AssessmentError> {
    only_leads(tx)?;
    let campaign = store::find_campaign(tx, id)?.ok_or(AssessmentError::NoSuchCampaign)?;
    if campaign.closed_at.is_some() {
        return Err(AssessmentError::ClosedAlready);
    }
    close(tx, &campaign)
}

/// Closes those whose last day is over.
pub(super) fn close_ended(tx: &mut Tx) -> Result<(), AssessmentError> {
    let now = tx.now();
    for campaign in store::list_ended_campaigns(tx, now)? {
        close(tx, &campaign)?;
    }
    Ok(())
}

fn close(tx: &mut Tx, campaign: &Campaign) -> Result<(), AssessmentError> {
    let id = campaign.id;
    for said in store::list_peer_means(tx, id)? {
        if said.count < ANONYMOUS_PEERS_MIN {
            continue;
        }
        let command = AddEvidence {
            key: format!("campaign:{id}:{}:{}", said.subject, said.skill),
            user: said.subject,
            observed: Observed::PeerRating { level: said.mean },
            ticket: None,
            by: None,
            skills: vec![(said.skill, 1.0)],
            difficulty: 0.0,
            at: tx.now(),
            note: format!("{}: the mean of {} colleagues", campaign.name, said.count),
        };
        skills::record_evidence(tx, &command)?;
    }
    store::save_closed(tx, id)?;
    Ok(events::record(tx, &Event::CampaignClosed { campaign: id })?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GroupId;

    fn person(user: i64, groups: &[i64], is_lead: bool) -> store::Person {
        let groups = groups.iter().map(|it| GroupId(*it)).collect();
        store::Person { user: UserId(user), name: String::new(), is_lead, groups }
    }

    #[test]
    fn colleagues_of_the_same_group_come_first_and_nobody_is_asked_too_often() {
        let people = [
            person(1, &[1], false),
            person(2, &[1], false),
            person(3, &[2], false),
            person(4, &[1], true),
            person(5, &[1], false),
        ];
        assert_eq!(peers_of(&people, &people[0], &[], &[0; 5], 3), [1, 4, 2], "leads are asked as leads");
        assert_eq!(peers_of(&people, &people[0], &[], &[0, 5, 0, 0, 0], 1), [4]);
        assert!(peers_of(&people, &people[0], &[], &[0; 5], 0).is_empty());
    }
}
