//! What people of the demo's past say of themselves and of each other: stated through the desk, with human error.

use super::Result;
use super::case::DAY_MS;
use super::content::Agent;
use super::history::{History, Step};
use super::staff::Staff;
use super::truth;
use desk::SkillId;
use desk::skills::{Rate, RateSelf};

/// A person speaks of what they have at least at this level; a lead of what they see from this level on.
const SELF_RATED_LEVEL_MIN: f64 = 3.0;
const LEAD_RATED_LEVEL_MIN: f64 = 3.5;
/// Leads look again after so long, before what is seldom used has faded.
const LEADS_LOOK_EVERY_MS: i64 = 28 * DAY_MS;

impl History {
    pub(super) fn rate_self(&mut self, n: usize) -> Result<()> {
        let agent = &self.content.agents[n];
        let wanted = from_level(&self.staff, agent, SELF_RATED_LEVEL_MIN);
        let dice = &mut self.dice;
        let said: Vec<RateSelf> = wanted
            .into_iter()
            .map(|(skill, level)| RateSelf {
                skill,
                level: truth::stated(level, truth::SELF_RATING_SD_LEVELS, dice),
            })
            .collect();
        self.write(self.staff.members[n].actor(), move |tx| {
            said.iter().try_for_each(|it| desk::skills::rate_self(tx, it).map(|_| ()))?;
            Ok(())
        })
    }

    /// By the lead of the person's group, or the admin.
    pub(super) fn rate_team(&mut self, n: usize) -> Result<()> {
        let agents = &self.content.agents;
        let leads = |i: &usize| {
            agents[*i].role == "lead" && agents[*i].groups.iter().any(|it| agents[n].groups.contains(it))
        };
        let admin = agents.iter().position(|it| it.role == "admin");
        let Some(lead) =
            (0..agents.len()).find(leads).filter(|lead| *lead != n).or(admin).filter(|lead| *lead != n)
        else {
            return Ok(());
        };
        let wanted = from_level(&self.staff, &agents[n], LEAD_RATED_LEVEL_MIN);
        self.later(self.clock.now() + LEADS_LOOK_EVERY_MS, Step::RateTeam(n));
        let (user, dice) = (self.staff.members[n].user, &mut self.dice);
        let said: Vec<Rate> = wanted
            .into_iter()
            .map(|(skill, level)| {
                let level = truth::stated(level, truth::LEAD_RATING_SD_LEVELS, dice);
                Rate { user, skill, level, note: String::new() }
            })
            .collect();
        self.write(self.staff.members[lead].actor(), move |tx| {
            said.iter().try_for_each(|it| desk::skills::rate(tx, it).map(|_| ()))?;
            Ok(())
        })
    }
}

/// What somebody has from this level on, and all languages they speak at all.
fn from_level(staff: &Staff, agent: &Agent, level_min: f64) -> Vec<(SkillId, f64)> {
    let spoken = |key: &str, level: f64| key.starts_with("language-") || level >= level_min;
    let seen = agent.skills.iter().filter(|(key, level)| spoken(key, **level));
    seen.filter_map(|(key, level)| Some((*staff.skills.get(key)?, *level))).collect()
}
