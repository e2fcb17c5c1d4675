//! A colleague's page: levels with their certainty, the evidence behind them, what they want to learn.

use crate::{Problem, Shell};
use desk::people::{self, Seek, User};
use desk::routing::{self, PresenceStatus};
use desk::satisfaction::views::{self as ratings, Summary};
use desk::skills::views::{self, EvidenceRow, PersonLevel, PersonSkills};
use desk::skills::{self, Observed, SkillSummary};
use desk::{Actor, GroupId, SkillId, Tx};

const DAY_MS: i64 = 24 * 3_600_000;
/// The days that the small curves span.
const CURVE_DAYS: i64 = 90;
/// Two weeks of the curve's 84 units.
const CURVE_WIDTH_MIN: f64 = 13.0;
const GROUPS_MAX: usize = 50;
/// Evidence that the page lists; the rest stands behind each level.
const EVIDENCE_SHOWN: usize = 12;

#[derive(askama::Template)]
#[template(path = "people/staff.html")]
pub struct Staff {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub user: User,
    pub groups: Vec<String>,
    pub presence: PresenceStatus,
    pub page: PersonSkills,
    pub ratings: Summary,
    /// For the forms: everything that can be rated or learnt.
    pub library: Vec<SkillSummary>,
    pub problem: Option<Problem>,
}

pub fn load(tx: &mut Tx, actor: Actor, user: User) -> Result<Staff, Problem> {
    let memberships = people::list_memberships(tx, Some(user.id), None, Seek::First, GROUPS_MAX)?;
    let mut ids: Vec<(bool, GroupId)> =
        memberships.into_iter().map(|it| (!it.is_default, it.group)).collect();
    ids.sort();
    let mut groups = Vec::new();
    for (_, group) in ids {
        groups.extend(people::find_group(tx, group)?.map(|group| group.name));
    }
    let since = tx.now() - CURVE_DAYS * DAY_MS;
    Ok(Staff {
        presence: routing::presence_of(tx, user.id)?,
        page: views::person_skills(tx, user.id)?,
        ratings: ratings::summary_of_person(tx, user.id, since)?,
        library: skills::list_skills(tx)?.iter().map(skills::Skill::summary).collect(),
        shell: Shell::load(tx)?,
        now: tx.now(),
        problem: None,
        groups,
        actor,
        user,
    })
}

impl Staff {
    fn is_own(&self) -> bool {
        self.actor.is(self.user.id)
    }

    fn evidence_place(&self) -> String {
        format!("/people/{}#evidence", self.user.id)
    }

    fn may_rate(&self) -> bool {
        self.is_own() || self.actor.is_lead()
    }

    fn may_edit(&self) -> bool {
        self.is_own() || self.actor.is_admin()
    }

    fn presence_word(&self) -> &'static str {
        match self.presence.as_str() {
            "online" => "Here",
            "away" => "Away",
            _ => "Gone",
        }
    }

    fn presence_class(&self) -> &'static str {
        match self.presence.as_str() {
            "online" => "here",
            "away" => "busy",
            _ => "",
        }
    }

    fn local_time(&self) -> String {
        clock_in(self.now, &self.user.time_zone)
    }

    /// What they last said of themselves, if it still counts.
    fn self_rating(&self, level: &PersonLevel) -> Option<f64> {
        self.page.evidence.iter().filter(|row| row.struck_at.is_none()).find_map(|row| match row.observed {
            Observed::SelfRating { level: said } if moves(row, level.skill.id) => Some(said),
            _ => None,
        })
    }

    /// The level over the last ninety days as the path of a curve, 84 wide and 22 high; empty with too little to draw.
    fn curve(&self, level: &PersonLevel) -> String {
        curve(&self.page.evidence, level, self.now)
    }

    /// In words, what stands out.
    fn lead_line(&self) -> Option<(String, String)> {
        let mut sure = self.page.levels.iter().filter(|it| it.cell.sure);
        let best = sure.next()?;
        let unsure = self.page.levels.iter().max_by(|one, other| one.cell.sd.total_cmp(&other.cell.sd))?;
        Some((best.skill.name.clone(), unsure.skill.name.clone()))
    }

    fn evidence(&self) -> impl Iterator<Item = &EvidenceRow> {
        self.page.evidence.iter().take(EVIDENCE_SHOWN)
    }

    fn wants(&self, skill: &SkillSummary) -> bool {
        self.page.interests.iter().any(|it| it.id == skill.id)
    }

    fn good_share(&self) -> String {
        self.ratings.good_share().map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", share * 100.0))
    }
}

/// `14:05` where they are; empty if nobody knows where that is.
fn clock_in(now_ms: i64, time_zone: &str) -> String {
    let moment = jiff::Timestamp::from_millisecond(now_ms).ok();
    let there = moment.and_then(|moment| moment.in_tz(time_zone).ok());
    there.map(|there| there.strftime("%H:%M").to_string()).unwrap_or_default()
}

fn moves(row: &EvidenceRow, skill: SkillId) -> bool {
    row.moves.iter().any(|it| it.skill.id == skill)
}

fn curve(evidence: &[EvidenceRow], level: &PersonLevel, now: i64) -> String {
    let since = now - CURVE_DAYS * DAY_MS;
    let x = |at: i64| ((at - since) as f64 / (CURVE_DAYS * DAY_MS) as f64 * 84.0).clamp(0.0, 84.0);
    let y = |level: f64| 21.0 - level / 5.0 * 20.0;
    let mut points: Vec<(f64, f64)> = Vec::new();
    let counted = evidence.iter().rev().filter(|row| row.struck_at.is_none() && row.at >= since);
    for row in counted {
        for it in row.moves.iter().filter(|it| it.skill.id == level.skill.id) {
            if points.is_empty() {
                points.push((x(row.at), y(it.level_before)));
            }
            points.push((x(row.at), y(it.level_after)));
        }
    }
    // A few steps on one day are no curve.
    let begins = points.first().map_or(84.0, |(x, _)| *x);
    if points.len() < 3 || 84.0 - begins < CURVE_WIDTH_MIN {
        return String::new();
    }
    points.push((84.0, y(level.cell.level)));
    let steps: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    format!("M{}", steps.join(" L"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{cell, level, shell, summary, user};
    use askama::Template;
    use desk::skills::views::Move;
    use desk::{EvidenceId, Role, TicketId, UserId};

    fn row(at: i64, observed: Observed, before: f64, after: f64) -> EvidenceRow {
        EvidenceRow {
            id: EvidenceId(at),
            user: UserId(2),
            observed,
            ticket: Some(TicketId(9)),
            by: None,
            by_name: None,
            difficulty: 0.0,
            at: at * DAY_MS,
            note: String::new(),
            struck_at: None,
            struck_reason: None,
            counts: true,
            contest: None,
            moves: vec![Move {
                skill: summary(1, "Refunds"),
                level_before: before,
                level_after: after,
                sd_before: 0.6,
                sd_after: 0.5,
            }],
        }
    }

    fn staff(role: Role, viewer: Actor, levels: Vec<PersonLevel>, evidence: Vec<EvidenceRow>) -> Staff {
        let sees_all = viewer.is_lead() || viewer.is(UserId(2));
        Staff {
            shell: shell(),
            actor: viewer,
            now: 100 * DAY_MS,
            user: User { id: UserId(2), ..user(role) },
            groups: vec!["Billing".into()],
            presence: PresenceStatus::Online,
            page: PersonSkills {
                user: UserId(2),
                name: "Leila".into(),
                levels,
                evidence_count: evidence.len() as i64,
                evidence,
                interests: vec![summary(1, "Refunds")],
                sees_all,
                hidden: 0,
            },
            ratings: Summary { by_score: [0, 0, 1, 2, 5] },
            library: vec![summary(1, "Refunds"), summary(2, "German")],
            problem: None,
        }
    }

    #[test]
    fn a_level_stands_on_the_scale_with_its_interval_and_ones_own_word() {
        let evidence = vec![row(95, Observed::SelfRating { level: 2.9 }, 3.0, 3.1)];
        let lead = Actor::person(UserId(1), Role::Lead);
        let html =
            staff(Role::Agent, lead, vec![level(1, "Refunds", cell(3.4, 0.6))], evidence).render().unwrap();
        assert!(html.contains("band f-28 s-12"), "{html}");
        assert!(html.contains("self f-29") && html.contains("belief f-34"));
    }

    #[test]
    fn a_new_colleague_is_asked_to_rate_themself() {
        let own = Actor::person(UserId(2), Role::Agent);
        assert!(
            staff(Role::Agent, own, vec![], vec![]).render().unwrap().contains("How do you see yourself?")
        );
    }

    #[test]
    fn a_colleague_sees_no_evidence_and_no_form() {
        let peer = Actor::person(UserId(5), Role::Agent);
        let html =
            staff(Role::Agent, peer, vec![level(1, "Refunds", cell(3.4, 0.6))], vec![]).render().unwrap();
        assert!(!html.contains("ratings\"") && !html.contains("/edit"));
    }

    #[test]
    fn a_curve_needs_more_than_one_step() {
        let it = level(1, "Refunds", cell(3.4, 0.6));
        let one = vec![row(95, Observed::Outcome { for_good: true }, 3.0, 3.1)];
        assert_eq!(curve(&one, &it, 100 * DAY_MS), "");
        let two = vec![
            row(97, Observed::Outcome { for_good: true }, 3.1, 3.4),
            row(55, Observed::Outcome { for_good: true }, 3.0, 3.1),
        ];
        assert!(curve(&two, &it, 100 * DAY_MS).starts_with("M42.0,9.0 L42.0,8.6"));
    }

    #[test]
    fn very_long_and_foreign_words_render() {
        let lead = Actor::person(UserId(1), Role::Lead);
        let mut page = staff(
            Role::Lead,
            lead,
            vec![level(1, &"Überlange Fähigkeit ".repeat(20), cell(0.1, 1.5))],
            vec![],
        );
        page.user.name = "عبد الرحمن ".repeat(20);
        page.user.signature = "<b>x</b>".into();
        assert!(page.render().unwrap().contains("عبد"));
    }
}
