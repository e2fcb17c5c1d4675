//! `/skills/team`: what is covered when, what hangs on one person, what an absence costs, where the gaps are.

use super::only_leads;
use crate::fields::Fields;
use crate::say::{Int, Real};
use crate::{Html, Problem, Said, Shell, SignedIn, Web, when};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use desk::skills::planning::{
    self, AbsencePage, Block, HereSource, PlanSettings, SkillRisk, SkillWeek, TeamPage,
};
use desk::{SkillId, UserId};
use serde::Deserialize;

/// Singles and gaps that a fact names before it says "and more".
const NAMED_MAX: usize = 3;
const NOT_KNOWN: &str = "Nobody was seen often enough, or lately enough, to say.";
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

#[derive(askama::Template)]
#[template(path = "skills/team/index.html")]
pub struct Team {
    pub shell: Shell,
    pub page: TeamPage,
}

impl Team {
    fn single_words(&self) -> String {
        let word = |it: &SkillRisk| match it.able_names.as_slice() {
            [] => format!("{}: nobody surely.", it.skill.name),
            [(_, only), ..] => format!("{}: only {only}.", it.skill.name),
        };
        let named: Vec<String> = self.page.singles().take(NAMED_MAX).map(word).collect();
        match self.page.singles().count() {
            0 if !self.page.skills.iter().any(|it| it.enough) => NOT_KNOWN.to_owned(),
            0 => super::order::NO_RISKS.to_owned(),
            count if count > NAMED_MAX => format!("{} And {} more.", named.join(" "), count - NAMED_MAX),
            _ => named.join(" "),
        }
    }

    fn truck_words(&self) -> String {
        match &self.page.truck {
            None if self.page.skills.is_empty() => "Nothing has been asked for yet.".to_owned(),
            None => NOT_KNOWN.to_owned(),
            Some((people, _)) if people.is_empty() => {
                "More than half of demand finds nobody who is surely able, even with everybody.".to_owned()
            }
            Some((people, exact)) => {
                let names: Vec<&str> = people.iter().take(NAMED_MAX).map(|it| it.1.as_str()).collect();
                let more = people.len().saturating_sub(NAMED_MAX);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let most = if *exact { "" } else { "at most " };
                format!(
                    "Truck factor {most}{}: without {}{more}, most of demand finds nobody able.",
                    people.len(),
                    names.join(", ")
                )
            }
        }
    }

    fn assumed(&self) -> usize {
        self.page.people.iter().filter(|it| it.source == HereSource::Assumed).count()
    }
}

#[derive(askama::Template)]
#[template(path = "skills/team/week.html")]
pub struct Week {
    pub shell: Shell,
    pub page: SkillWeek,
}

impl Week {
    fn days(&self) -> impl Iterator<Item = (usize, &'static str)> {
        DAYS.into_iter().enumerate()
    }

    fn hours(&self) -> std::ops::Range<usize> {
        0..24
    }

    fn at(&self, day: &usize, hour: &usize) -> usize {
        day * 24 + hour
    }

    /// The shade of the chance that somebody able is here, and a line as long as there are tickets.
    fn class(&self, at: &usize) -> String {
        let shade = (self.page.covered[*at] * 5.0).round().clamp(0.0, 5.0) as i64;
        let most = self.page.demand.iter().copied().fold(0.0, f64::max);
        let line = if most > 0.0 { (10.0 * self.page.demand[*at] / most).round() as i64 } else { 0 };
        let risk = self.page.covered[*at] < 0.5 && self.page.demand[*at] > 0.0;
        let line = if line > 0 { format!(" u-{line}") } else { String::new() };
        format!(
            "v{}{line}{}",
            shade.max(i64::from(self.page.covered[*at] > 0.005)),
            if risk { " gap" } else { "" }
        )
    }

    fn covered(&self, at: &usize) -> String {
        crate::say::percent(self.page.covered[*at])
    }

    fn label(&self, at: &usize) -> String {
        let (covered, demand) = (self.page.covered[*at] * 100.0, self.page.demand[*at]);
        format!(
            "{}: somebody able with {covered:.0} %, {demand:.1} tickets a week",
            planning::hour_words(*at)
        )
    }

    /// `5 Jan 2026, 14:05` by the clock whose hours the page counts.
    fn moment(&self, at_ms: impl Int) -> String {
        when::moment(when::there(at_ms.int(), &self.page.time_zone))
    }

    fn is_hour(&self, at: &usize) -> bool {
        self.page.hour == Some(*at)
    }
}

#[derive(askama::Template)]
#[template(path = "skills/team/absence.html")]
pub struct Absence {
    pub shell: Shell,
    pub page: AbsencePage,
}

impl Absence {
    fn days(&self) -> impl Iterator<Item = (&'static str, f64)> {
        DAYS.into_iter().zip(self.page.lost_by_day)
    }

    fn falls(&self) -> usize {
        self.page.skills.iter().filter(|it| it.falls).count()
    }

    fn day_width(&self, lost: &f64) -> i64 {
        let most = self.page.lost_by_day.iter().copied().fold(0.0, f64::max);
        if most > 0.0 { (100.0 * lost / most).round().clamp(0.0, 100.0) as i64 } else { 0 }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub hour: Option<usize>,
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Team>, Problem> {
    only_leads(actor)?;
    let page = web
        .desk
        .read(actor, |tx| Ok::<_, Problem>(Team { page: planning::team(tx)?, shell: Shell::load(tx)? }));
    Ok(Html(page.await?))
}

pub async fn week(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(skill): Path<SkillId>,
    Query(asked): Query<Asked>,
) -> Result<Html<Week>, Problem> {
    only_leads(actor)?;
    let page = web.desk.read(actor, move |tx| {
        Ok::<_, Problem>(Week { page: planning::skill_week(tx, skill, asked.hour)?, shell: Shell::load(tx)? })
    });
    Ok(Html(page.await?))
}

pub async fn absence(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
) -> Result<Html<Absence>, Problem> {
    only_leads(actor)?;
    let page = web.desk.read(actor, move |tx| {
        Ok::<_, Problem>(Absence { page: planning::absence(tx, user)?, shell: Shell::load(tx)? })
    });
    Ok(Html(page.await?))
}

/// What planning assumes; the form stands on the pages of team and investment.
pub async fn settle(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    form: Fields,
) -> Result<Response, Problem> {
    let hours: Vec<f64> = form.list("hours_per_level");
    let settings = PlanSettings {
        weeks: form.parsed("weeks").unwrap_or(0),
        attendance: form.parsed::<f64>("attendance").unwrap_or(0.0) / 100.0,
        minutes_per_ticket: form.parsed("minutes_per_ticket").unwrap_or(0.0),
        hours_per_level: std::array::from_fn(|n| hours.get(n).copied().unwrap_or(-1.0)),
        language_takes_times: form.parsed("language_takes_times").unwrap_or(0.0),
        hire_hours_per_year: form.parsed("hire_hours_per_year").unwrap_or(0.0),
        hire_hours_once: form.parsed("hire_hours_once").unwrap_or(-1.0),
    };
    let back = if form.text("back") == "/skills/invest" { "/skills/invest" } else { "/skills/team" };
    match web
        .desk
        .write(actor, move |tx| planning::save_plan_settings(tx, &settings))
        .await
        .map_err(Problem::from)
    {
        Ok(()) => Ok(Said::new("Saved. Everything is counted anew.").then(back)),
        Err(problem) if problem.kind == desk::Kind::Invalid => {
            Ok(Said { bad: true, ..Said::new(problem.words) }.then(&format!("{back}#assumptions")))
        }
        Err(problem) => Err(problem),
    }
}

pub fn source_words(source: &HereSource) -> &'static str {
    match source {
        HereSource::Shifts => "by shifts",
        HereSource::Presence => "as seen in these weeks",
        HereSource::Assumed => "office hours assumed",
    }
}

/// Tickets a week: `12`, `3.4`, `0.05`.
pub fn tickets(amount: impl Real) -> String {
    match amount.real() {
        it if it >= 9.95 => format!("{it:.0}"),
        it if it >= 0.095 || it == 0.0 => format!("{it:.1}"),
        it => format!("{it:.2}"),
    }
}

/// `73–91`
pub fn percents(interval: &(f64, f64)) -> String {
    format!("{:.0}–{:.0}", interval.0 * 100.0, interval.1 * 100.0)
}

/// `Tue 14–15`
pub fn hour(hour: impl Int) -> String {
    planning::hour_words(usize::try_from(hour.int()).unwrap_or(0))
}

/// `Tue 14–18: 3.1 tickets`
pub fn block(block: &Block) -> String {
    format!("{}: {}", planning::block_words(block), tickets(block.tickets))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::skills::planning::{AbsentSkill, PersonLoad, TicketLine, WeekPerson};
    use desk::skills::roles::views::RoleRow;
    use desk::tickets::Status;
    use desk::{RoleId, TicketId};

    fn risk(id: i64, name: &str, p_single: f64, enough: bool) -> SkillRisk {
        SkillRisk {
            skill: summary(id, name),
            level: 3.0,
            counted: 40,
            weekly: 5.0,
            enough,
            able_people: 1.2,
            able_names: vec![(UserId(2), "Mei <Tan>".into())],
            unsure_people: 3,
            covered: 0.62,
            covered_interval: (0.4, 0.8),
            p_single,
            p_single_here: 0.9,
            hhi: 0.7,
            effective_people: 1.4,
            gap: 0.8,
            open: false,
            gap_demand: 1.6,
            closest: vec![(UserId(3), "Jonas".into(), 0.6)],
            worst: Some(Block { from_hour: 38, hours: 4, tickets: 1.2 }),
        }
    }

    fn page(skills: Vec<SkillRisk>) -> TeamPage {
        let load = |id: i64, source| PersonLoad {
            user: UserId(id),
            name: "Mei <Tan>".into(),
            source,
            hours_here: 38.0,
            carried: 12.0,
            lost: 3.2,
            lost_hours: 1.1,
            alone_in: 1,
        };
        let role = RoleRow {
            id: RoleId(1),
            name: "Tier 1".into(),
            meaning: String::new(),
            needs: 3,
            holders: 2,
            enough: 2,
            ready: Some(1.2),
            met_weight: Some(0.7),
            weakest: Some(summary(1, "SAML")),
        };
        TeamPage {
            settings: PlanSettings::default(),
            time_zone: "Europe/Madrid".into(),
            weeks: 8.0,
            tickets: 940,
            covered: 0.81,
            covered_interval: (0.75, 0.86),
            skills,
            people: vec![load(2, HereSource::Presence), load(3, HereSource::Assumed)],
            hhi: 0.1,
            effective_people: 9.7,
            truck: Some((vec![(UserId(2), "Mei <Tan>".into())], true)),
            roles: vec![role],
        }
    }

    #[test]
    fn each_figure_of_the_team_leads_to_its_rows() {
        let page = page(vec![
            risk(1, "SAML login", 0.8, true),
            risk(2, "Refunds", 0.1, true),
            risk(3, "ترجمة", 0.9, false),
        ]);
        let html = renders(&Team { shell: shell(), page });
        for words in [
            "SAML login: only Mei &#60;Tan&#62;.",
            "/skills/team/skills/1",
            "/skills/team/people/2",
            "75–86",
            "too little evidence",
            "Truck factor 1",
            "Tue 14–18: 1.2",
            "1 of them without shifts",
        ] {
            assert!(html.contains(words), "{words}: {html}");
        }
    }

    #[test]
    fn of_skills_that_nobody_was_seen_at_no_figure_is_good_news() {
        let words = |skills: Vec<SkillRisk>| {
            let it = Team { shell: shell(), page: TeamPage { truck: None, ..page(skills) } };
            (it.single_words(), it.truck_words())
        };
        let (known, unseen) = (risk(1, "SAML login", 0.1, true), risk(2, "Refunds", 0.9, false));
        assert_eq!(words(vec![unseen.clone()]), (NOT_KNOWN.to_owned(), NOT_KNOWN.to_owned()));
        assert!(words(vec![known, unseen]).0.starts_with("Where enough was seen"));
        assert_eq!(words(vec![]).1, "Nothing has been asked for yet.");
    }

    #[test]
    fn a_team_without_tickets_says_what_is_missing() {
        let bare = TeamPage { tickets: 0, truck: None, roles: vec![], people: vec![], ..page(vec![]) };
        assert!(renders(&Team { shell: shell(), page: bare }).contains("No ticket has needed a skill"));
    }

    #[test]
    fn the_week_of_a_skill_is_a_table_of_links_to_its_hours() {
        let mut covered = vec![0.0; 168];
        covered[9] = 0.82;
        let mut demand = vec![0.0; 168];
        demand[9] = 2.0;
        demand[20] = 1.0;
        let person = WeekPerson {
            user: UserId(2),
            name: "Mei".into(),
            able: 0.7,
            gap: 0.4,
            seen: true,
            here: 0.9,
            source: HereSource::Shifts,
            only_theirs: 1.1,
        };
        let unseen = WeekPerson { user: UserId(3), seen: false, able: 0.0, ..person.clone() };
        let ticket = TicketLine {
            id: TicketId(7),
            subject: "Login <loop>".into(),
            status: Status::Open,
            created_at: 1_767_614_400_000,
            level: 3.0,
        };
        let week = |hour| SkillWeek {
            risk: risk(1, "SAML login", 0.8, true),
            time_zone: "UTC".into(),
            weeks: 8.0,
            since: 0,
            covered: covered.clone(),
            demand: demand.clone(),
            hour,
            people: vec![person.clone(), unseen.clone()],
            tickets: vec![ticket.clone()],
            imported: vec![crate::samples::imported("A-9", None)],
        };
        let there = SkillWeek { time_zone: "Asia/Tokyo".into(), ..week(Some(9)) };
        let html = renders(&Week { shell: shell(), page: there });
        for words in [
            "Mon 9–10: somebody able with 82 %, 2.0 tickets a week",
            "Login &#60;loop&#62;",
            "?hour=20",
            "old desk #A-9",
            "v0 u-5 gap",
            "#7 · 5 Jan 2026, 21:00 · level",
            "1 Jan 1970, 09:00 · level",
        ] {
            assert!(html.contains(words), "{words}");
        }
        let empty = SkillWeek { people: vec![], tickets: vec![], imported: vec![], ..week(None) };
        assert!(renders(&Week { shell: shell(), page: empty }).contains("No ticket"));
    }

    #[test]
    fn an_absence_is_told_in_tickets_and_hours_and_days() {
        let skill = AbsentSkill {
            skill: summary(1, "SAML login"),
            level: 3.0,
            weekly: 5.0,
            before: 0.9,
            after: 0.3,
            lost: 3.0,
            falls: true,
            others: vec![],
            hours_lost: 31,
        };
        let page = AbsencePage {
            user: UserId(2),
            name: "Mei".into(),
            source: HereSource::Presence,
            hours_here: 38.0,
            weeks: 8.0,
            time_zone: "UTC".into(),
            minutes_per_ticket: 20.0,
            lost: 3.0,
            lost_hours: 1.0,
            lost_by_day: [1.0, 0.5, 0.5, 0.5, 0.5, 0.0, 0.0],
            worst: Some(Block { from_hour: 9, hours: 4, tickets: 0.8 }),
            skills: vec![skill],
        };
        let html = renders(&Absence { shell: shell(), page: page.clone() });
        for words in ["3.0", "1 skill", "90 %", "30 %", "nobody", "w-50"] {
            assert!(html.contains(words), "{words}");
        }
        let none = AbsencePage { lost: 0.0, skills: vec![], worst: None, ..page };
        assert!(renders(&Absence { shell: shell(), page: none }).contains("Nothing would be missed"));
    }

    #[test]
    fn figures_are_as_fine_as_they_need_to_be() {
        assert_eq!(
            (tickets(12.4), tickets(3.44), tickets(0.05), tickets(0.0)),
            ("12".into(), "3.4".into(), "0.05".into(), "0.0".into())
        );
        assert_eq!(percents(&(0.734, 0.91)), "73–91");
    }
}
