//! Coaching of the demo's past: two plans where most was to be learnt, with tasks, talks and notes.

use super::Result;
use super::articles::address_of;
use super::case::DAY_MS;
use super::history::{HOUR_MS, History};
use desk::coaching::{self, AddTask, CreatePlan, PlanSession, SetLearning, TaskKind, WriteNote, views};
use desk::skills::{self, Proficiency};
use desk::{CoachingPlanId, SkillId, UserId};

const PLANS: usize = 2;
/// Of a skill in which somebody is coached, at least so much has been seen.
const SEEN_MIN: i64 = 15;
const TALKS: i64 = 3;

/// What is to be read is an article of the desk with this title.
const TASKS: [(TaskKind, &str); 3] = [
    (TaskKind::Shadow, "Sit beside a colleague for one morning"),
    (TaskKind::Read, "How we say that something went wrong"),
    (TaskKind::Practice, "Write the first sentence last, for a week"),
];

impl History {
    /// Once, two months before the visitor comes: so that there is an effect to look at.
    pub(super) fn coach(&mut self) -> Result<()> {
        let Some(lead) = (0..self.content.agents.len()).find(|n| self.content.agents[*n].role == "lead")
        else {
            return Ok(());
        };
        let mut found: Vec<(f64, UserId, SkillId, f64)> = Vec::new();
        for (n, member) in self.staff.members.iter().enumerate() {
            if self.content.agents[n].role != "agent" {
                continue;
            }
            let user = member.user;
            let held =
                self.desk.db.read_now(desk::Actor::desk(), move |tx| skills::proficiencies_of(tx, user))?;
            let seen = |it: &&Proficiency| it.evidence_count >= SEEN_MIN && it.is_sure();
            let least =
                held.iter().filter(seen).min_by(|one, other| one.belief.mean.total_cmp(&other.belief.mean));
            found.extend(least.map(|it| (it.belief.mean, user, it.skill, it.belief.level())));
        }
        found.sort_by(|one, other| one.0.total_cmp(&other.0));
        found.dedup_by_key(|it| it.2);
        for (n, (_, user, skill, level)) in found.into_iter().take(PLANS).enumerate() {
            self.plan_for(lead, n, user, skill, level)?;
        }
        Ok(())
    }

    fn plan_for(&mut self, lead: usize, n: usize, user: UserId, skill: SkillId, level: f64) -> Result<()> {
        let by = self.staff.members[lead].actor();
        let now = self.clock.now();
        let plan: CoachingPlanId = self.write(by, move |tx| {
            let name = skills::find_skill(tx, skill)?.map(|it| it.name).unwrap_or_default();
            let command = CreatePlan {
                user,
                coach: None,
                title: format!("{name}, step by step"),
                about: "One conversation a week together; then three alone, and we look at them.".into(),
                ends_at: Some(now + 90 * DAY_MS),
                goals: vec![(skill, (level + 1.0).round().clamp(1.0, 4.5))],
            };
            let plan = coaching::create_plan(tx, &command)?;
            let helper = views::helpers(tx, plan, skill)?.first().map(|it| it.0);
            for (kind, text) in TASKS {
                let link = if kind == TaskKind::Read { address_of(tx, text)? } else { String::new() };
                let with = helper.filter(|_| kind == TaskKind::Shadow);
                let due_at = Some(now + 30 * DAY_MS);
                let task = AddTask { plan, kind, text: text.into(), link, with, due_at };
                let task = coaching::add_task(tx, &task)?;
                if kind != TaskKind::Practice {
                    coaching::finish_task(tx, task, true)?;
                }
            }
            if let Some(helper) = helper {
                let goal = views::plan_page(tx, plan)?.goals[0].goal.id;
                coaching::set_learning(tx, &SetLearning { goal, helper: Some(helper) })?;
            }
            for talk in 0..TALKS {
                let at = (now / DAY_MS + 1 + talk * 21) * DAY_MS + (9 + n as i64) * HOUR_MS;
                let session = coaching::plan_session(tx, &PlanSession { plan, at, minutes: 30 })?;
                if talk == 0 {
                    coaching::hold_session(tx, session, true)?;
                    let note = |text: &str, shared: bool| WriteNote {
                        plan,
                        session: Some(session),
                        text: text.into(),
                        shared,
                    };
                    coaching::write_note(tx, &note("We read two conversations aloud. The second half of each was fine; the first sentence was not.", true))?;
                    coaching::write_note(tx, &note("Sounded tired. Ask about the late shifts.", false))?;
                }
            }
            Ok(plan)
        })?;
        let them = self.staff.members.iter().find(|it| it.user == user).map(|it| it.actor());
        let Some(them) = them else { return Ok(()) };
        self.write(them, move |tx| {
            let text = "It helps to write the answer first and the greeting after it.".into();
            Ok(coaching::write_note(tx, &WriteNote { plan, session: None, text, shared: true })
                .map(|_| ())?)
        })
    }
}
