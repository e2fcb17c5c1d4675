//! A colleague's page: levels against their role, how they went, the evidence behind them, strengths and next steps.

use super::curve::{self, Drawing};
use crate::{Problem, Shell};
use desk::assessments::views::{CertificateRow, certificates_of};
use desk::people::{self, Seek, User};
use desk::routing::{self, PresenceStatus, Said};
use desk::satisfaction::views::{self as ratings, Summary};
use desk::skills::roles::views::RoleOf;
use desk::skills::roles::{self, RoleProfile};
use desk::skills::views::{self, CurvePoint, EvidenceRow, PersonLevel, PersonSkills};
use desk::skills::{self, Observed, Sight, SkillSummary};
use desk::{Actor, GroupId, SkillId, Tx};
use std::collections::HashMap;

const DAY_MS: i64 = 24 * 3_600_000;
/// The days that the small curves span.
const CURVE_DAYS: i64 = 90;
/// Strengths, growth and next steps that the page names, each.
const NAMED_MAX: usize = 4;
/// A level that rose by at least so much this month grows.
const GROWTH_MIN: f64 = 0.1;
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
    pub presence: Said,
    pub page: PersonSkills,
    pub ratings: Summary,
    pub curves: HashMap<SkillId, Vec<CurvePoint>>,
    /// The role that they are measured against, and how near they are; for the person and for leads.
    pub role: Option<(RoleProfile, RoleOf)>,
    pub sees_levels: bool,
    /// Those that end first come first.
    pub certificates: Vec<CertificateRow>,
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
    let sight = Sight::load(tx)?;
    let role = match sight.sees_levels(user.id) && (actor.is(user.id) || actor.is_lead()) {
        true => nearest_role(tx, user.id)?,
        false => None,
    };
    Ok(Staff {
        curves: views::curves(tx, user.id, since)?,
        sees_levels: sight.sees_levels(user.id),
        role,
        presence: routing::said_of(tx, user.id)?,
        page: views::person_skills(tx, user.id)?,
        ratings: ratings::summary_of_person(tx, user.id, since)?,
        certificates: certificates_of(tx, user.id)?,
        library: skills::list_shown_skills(tx)?.iter().map(skills::Skill::summary).collect(),
        shell: Shell::load(tx)?,
        now: tx.now(),
        problem: None,
        groups,
        actor,
        user,
    })
}

/// The role that they have, or else the one that they are nearest to; nothing where the viewer may not see levels.
fn nearest_role(tx: &mut Tx, user: desk::UserId) -> Result<Option<(RoleProfile, RoleOf)>, Problem> {
    let all = match roles::views::roles_of(tx, user) {
        Err(roles::RoleError::NotForYou) => return Ok(None),
        other => other?,
    };
    let Some(it) = all.into_iter().next() else { return Ok(None) };
    Ok(roles::find_role(tx, it.role)?.map(|role| (role, it)))
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

    fn presence_word(&self) -> &str {
        let here = self.presence.status != PresenceStatus::Offline;
        if let Some(chosen) = self.presence.chosen.as_ref().filter(|_| here) {
            return &chosen.name;
        }
        match self.presence.status.as_str() {
            "online" => "Here",
            "away" => "Away",
            _ => "Gone",
        }
    }

    fn presence_class(&self) -> &'static str {
        match self.presence.status.as_str() {
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

    /// How the level went in the last ninety days.
    fn drawing(&self, level: &PersonLevel) -> Option<Drawing> {
        curve::drawing(self.curves.get(&level.skill.id)?, self.now)
    }

    /// What the role asks in this skill.
    fn asked(&self, level: &PersonLevel) -> Option<f64> {
        let (role, _) = self.role.as_ref()?;
        role.needs.iter().find(|need| need.skill.id == level.skill.id).map(|need| need.level)
    }

    /// What they surely do alone, the best first.
    fn strengths(&self) -> impl Iterator<Item = &PersonLevel> {
        self.page.levels.iter().filter(|it| it.cell.sure && it.cell.p_independent >= 0.8).take(NAMED_MAX)
    }

    /// What rises, the fastest first.
    fn growth(&self) -> Vec<&PersonLevel> {
        let by = |it: &PersonLevel| it.trend.unwrap_or(0.0);
        let mut all: Vec<&PersonLevel> = self.page.levels.iter().filter(|it| by(it) >= GROWTH_MIN).collect();
        all.sort_by(|one, other| by(other).total_cmp(&by(one)));
        all.truncate(NAMED_MAX);
        all
    }

    /// What would help most, with the reason.
    fn next_steps(&self) -> Vec<(SkillId, String, String)> {
        let mut steps: Vec<(SkillId, String, String)> = Vec::new();
        for it in self.role.iter().flat_map(|(_, of)| &of.measured.missing) {
            let why = match it.seen {
                true => format!("the role asks for {}", crate::words::short_level(it.asked)),
                false => "the role asks for it, and it has hardly been seen at work".to_owned(),
            };
            steps.push((it.skill.id, it.skill.name.clone(), why));
        }
        for it in &self.page.interests {
            let known = self.page.levels.iter().find(|level| level.skill.id == it.id);
            if known.is_none_or(|level| level.cell.p_independent < 0.5) {
                steps.push((it.id, it.name.clone(), "wants to learn it".to_owned()));
            }
        }
        let mut named = std::collections::HashSet::new();
        steps.retain(|(skill, _, _)| named.insert(*skill));
        steps.truncate(NAMED_MAX);
        steps
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{cell, level, renders, shell, summary, user};
    use askama::Template;
    use desk::assessments::Validity;
    use desk::skills::views::Move;
    use desk::{EvidenceId, Role, TicketId, UserId};

    fn row(at: i64, observed: Observed, before: f64, after: f64) -> EvidenceRow {
        EvidenceRow {
            id: EvidenceId(at),
            user: UserId(2),
            observed,
            ticket: Some(TicketId(9)),
            imported: None,
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
            unseen: vec![],
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
            presence: Said { status: PresenceStatus::Online, chosen: None },
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
            curves: HashMap::new(),
            role: None,
            certificates: vec![crate::assessments::samples::certificate(Validity::EndsSoon)],
            sees_levels: true,
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
        assert!(html.contains("last seen 14 weeks ago"), "{html}");
    }

    #[test]
    fn evidence_of_a_level_that_is_not_shown_names_the_skill_and_not_how_far_it_moved() {
        let given = row(95, Observed::LeadRating { level: 4.0 }, 3.0, 3.1);
        let of_hidden = EvidenceRow { moves: vec![], unseen: vec![summary(2, "German")], ..given.clone() };
        let lead = Actor::person(UserId(1), Role::Lead);
        let html = |row: EvidenceRow| {
            let levels = vec![level(1, "Refunds", cell(3.4, 0.6))];
            renders(&staff(Role::Agent, lead, levels, vec![row]))
        };
        assert!(html(of_hidden).contains("German</a> <span class=\"muted\">not shown to you</span>"));
        assert!(!html(given).contains("not shown to you"));
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
    fn strengths_growth_and_next_steps_are_named() {
        let own = Actor::person(UserId(2), Role::Agent);
        let levels = vec![level(2, "German", cell(4.4, 0.3)), level(1, "Refunds", cell(2.1, 0.6))];
        let html = renders(&staff(Role::Agent, own, levels, vec![]));
        assert!(html.contains("Strengths") && html.contains("wants to learn it"), "{html}");
        assert!(html.contains("/people/2/portfolio"), "it is theirs");
        assert!(html.contains("ITIL Foundation") && html.contains("/assessments/people/2"));
    }

    #[test]
    fn a_level_against_its_role_and_its_curve_are_said_in_words() {
        let lead = Actor::person(UserId(1), Role::Lead);
        let mut page = staff(Role::Agent, lead, vec![level(1, "Refunds", cell(3.4, 0.6))], vec![]);
        let point = |day: i64, level: f64| CurvePoint { at: day * DAY_MS, level, sd: 0.4 };
        page.curves = HashMap::from([(SkillId(1), vec![point(20, 3.0), point(60, 3.2), point(100, 3.4)])]);
        page.role = Some(sample_role());
        let html = renders(&page);
        assert!(html.contains("in 80 days from 3.0 to 3.4") && html.contains("ask f-40"), "{html}");
        assert!(html.contains("41 %") && html.contains("Tier 2"));
        assert!(!html.contains("/people/2/portfolio"), "a portfolio is the person's own");
    }

    fn sample_role() -> (RoleProfile, RoleOf) {
        use desk::RoleId;
        use desk::skills::roles::views::{Measured, Missing};
        use desk::skills::roles::{RoleNeed, Who};
        let need = RoleNeed { skill: summary(1, "Refunds"), level: 4.0, weight: 1.0, who: Who::Everyone };
        let role = RoleProfile {
            id: RoleId(5),
            key: "tier-2".into(),
            name: "Tier 2".into(),
            meaning: String::new(),
            source: String::new(),
            needs: vec![need],
            created_at: 0,
            updated_at: 0,
            retired_at: None,
        };
        let missing = Missing {
            skill: summary(1, "Refunds"),
            asked: 4.0,
            level: 3.4,
            gap: 0.7,
            p_met: 0.2,
            seen: true,
        };
        let measured = Measured {
            user: UserId(2),
            name: "Leila".into(),
            p: 0.41,
            low: 0.3,
            high: 0.5,
            met_weight: 0.7,
            asked: 1,
            met: 0,
            seen: 1,
            missing: vec![missing],
        };
        (role, RoleOf { role: RoleId(5), name: "Tier 2".into(), has_it: true, measured })
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
