//! `/skills/{skill}`: one skill: who has it, how sure that is, how much it is asked for, what its levels look like.

use super::words;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use desk::articles::views::{self as articles, ArticleFilter, ArticleRow};
use desk::skills::Sight;
use desk::skills::planning::{self, SkillStory};
use desk::skills::shelf::PREREQUISITES_MAX;
use desk::skills::views::{self, PersonAtSkill, SkillPage};
use desk::skills::{self, Skill, SkillSummary};
use desk::{Actor, SkillId};

/// Empty lines for skills that this one stands on.
const EMPTY_LINES: usize = 2;
/// One bar of the curve of demand, with the space beside it; the curve is 40 high.
const BAR_WIDTH: i64 = 10;
const BAR_HEIGHT_MAX: f64 = 40.0;
const ARTICLES_SHOWN_MAX: usize = 20;

#[derive(askama::Template)]
#[template(path = "skills/show.html")]
pub struct Show {
    pub shell: Shell,
    pub actor: Actor,
    pub sight: Sight,
    pub page: SkillPage,
    pub story: SkillStory,
    pub now: i64,
    /// For the forms of leads.
    pub library: Vec<SkillSummary>,
    /// What is written about it.
    pub articles: Vec<ArticleRow>,
}

/// One week of demand, as a bar.
pub struct Bar {
    pub x: i64,
    pub y: i64,
    pub height: i64,
    pub is_last: bool,
}

impl Show {
    fn sees_evidence(&self, person: &PersonAtSkill) -> bool {
        self.sight.sees_evidence(person.user)
    }

    fn anchors(&self) -> impl Iterator<Item = (usize, &'static str, &String)> {
        let numbered = self.page.skill.anchors.iter().enumerate();
        numbered.map(|(index, words)| (index + 1, words::level_word(index + 1), words))
    }

    fn moment(&self, at_ms: impl crate::say::Int) -> String {
        format!("{} UTC", crate::say::moment(at_ms))
    }

    fn bars(&self) -> Vec<Bar> {
        let most = self.story.weeks.iter().copied().max().unwrap_or(0).max(1) as f64;
        let last = self.story.weeks.len().saturating_sub(1);
        let bar = |(n, count): (usize, &i64)| {
            let height = (BAR_HEIGHT_MAX * *count as f64 / most).round() as i64;
            Bar { x: n as i64 * BAR_WIDTH, y: BAR_HEIGHT_MAX as i64 - height, height, is_last: n == last }
        };
        self.story.weeks.iter().enumerate().map(bar).collect()
    }

    fn bars_width(&self) -> i64 {
        self.story.weeks.len() as i64 * BAR_WIDTH - 2
    }

    /// Tickets a week in the first and in the second half of what is drawn, the running week left out.
    fn trend(&self) -> (f64, f64) {
        let whole = &self.story.weeks[..self.story.weeks.len().saturating_sub(1)];
        let (before, after) = whole.split_at(whole.len() / 2);
        let mean = |weeks: &[i64]| weeks.iter().sum::<i64>() as f64 / weeks.len().max(1) as f64;
        (mean(before), mean(after))
    }

    fn trend_words(&self) -> String {
        let (before, after) = self.trend();
        let sure = (after - before).abs() > 1.3 * ((before + after) / 5.0).sqrt();
        match (sure, after > before) {
            (false, _) => format!("about {after:.1} a week, no clear change"),
            (true, true) => format!("rising: {after:.1} a week, from {before:.1}"),
            (true, false) => format!("falling: {after:.1} a week, from {before:.1}"),
        }
    }

    /// What it stands on, and lines for more.
    fn lines(&self) -> Vec<(usize, i64, f64)> {
        let present = self.story.needs.iter().map(|(skill, level)| (skill.id.0, *level));
        let empty = std::iter::repeat_n((0, 3.0), EMPTY_LINES);
        let all = present.chain(empty).take(PREREQUISITES_MAX);
        all.enumerate().map(|(n, (skill, level))| (n, skill, level)).collect()
    }

    fn is_new(&self, id: &i64) -> bool {
        *id == 0
    }

    fn is_line(&self, id: &i64, skill: &SkillSummary) -> bool {
        *id == skill.id.0
    }

    fn others(&self) -> impl Iterator<Item = &SkillSummary> {
        self.library.iter().filter(|it| it.id != self.page.skill.id)
    }

    fn has_more_articles(&self) -> bool {
        self.articles.len() >= ARTICLES_SHOWN_MAX
    }

    fn has_anchors(&self) -> bool {
        self.page.skill.anchors.iter().any(|words| !words.is_empty())
    }
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(skill): Path<SkillId>,
) -> Result<Html<Show>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let sight = Sight::load(tx)?;
        let (page, story) = (views::skill_page(tx, skill)?, planning::skill_story(tx, skill)?);
        let mut library: Vec<SkillSummary> = match actor.is_lead() {
            true => skills::list_shown_skills(tx)?.iter().map(Skill::summary).collect(),
            false => Vec::new(),
        };
        library.sort_by_key(|it| it.name.to_lowercase());
        let about = ArticleFilter { skill: Some(skill), ..ArticleFilter::default() };
        let articles = articles::list(tx, &about, ARTICLES_SHOWN_MAX)?;
        let (shell, now) = (Shell::load(tx)?, tx.now());
        Ok::<_, Problem>(Show { page, story, library, articles, shell, now, actor, sight })
    });
    Ok(Html(page.await?))
}

#[cfg(test)]
mod tests {
    use super::super::index::samples::{cell, head};
    use super::*;
    use crate::articles::words::samples::row;
    use crate::samples::{shell, skill};
    use desk::articles::ArticleState;
    use desk::skills::planning::{Pair, TicketLine};
    use desk::skills::{Hardness, Policy, SkillRule};
    use desk::{Role, SkillRuleId, TicketId, UserId};

    fn page() -> SkillPage {
        let rule = SkillRule {
            id: SkillRuleId(1),
            skill: skill().summary(),
            level: 3.0,
            weight: 1.0,
            hardness: Hardness::Prefer,
            language: Some("en".into()),
            phrases: vec!["money back".into()],
            created_at: 0,
            updated_at: 0,
            disabled_at: None,
        };
        SkillPage {
            skill: skill(),
            head: head(1, "Refunds", 1, 31),
            people: vec![PersonAtSkill { user: UserId(2), name: "Kofi".into(), cell: cell(4.1, 0.3) }],
            hidden: 1,
            interested: vec![(UserId(3), "Leila".into())],
            rules: vec![rule],
        }
    }

    fn story() -> SkillStory {
        let networks = crate::samples::summary(5, "Networks");
        let ticket = TicketLine {
            id: TicketId(7),
            subject: "Money <back>".into(),
            status: desk::tickets::Status::Open,
            created_at: 0,
            level: 3.0,
        };
        let pair = Pair {
            teacher: (UserId(2), "Kofi".into()),
            learner: (UserId(3), "Leila".into()),
            apart: 2.1,
            wants: true,
            together: 21.0,
        };
        SkillStory {
            weeks: vec![1, 2, 0, 1, 2, 9, 8, 9, 11, 9, 10, 3],
            tickets: vec![ticket],
            imported: vec![crate::samples::imported("A-9", Some("https://old.example/t/A-9"))],
            needs: vec![(networks.clone(), 2.0)],
            needed_by: vec![(networks, 3.0)],
            pairs: vec![pair],
            history: vec![(0, Some("Lea".into()), "took in Old refunds with 31 observations".into())],
        }
    }

    #[test]
    fn a_skill_tells_its_demand_its_tickets_what_it_stands_on_and_who_could_teach_whom() {
        let html = render(page(), Role::Lead);
        for words in [
            "rising: ",
            "Money &#60;back&#62;",
            "needs_1",
            "21 hours a week",
            "href=\"https://old.example/t/A-9\"",
            "Took in Old refunds",
            "/skills/1/merge",
        ] {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(!render(page(), Role::Agent).contains("/skills/1/merge"));
    }

    fn render(page: SkillPage, role: Role) -> String {
        // Who could teach whom is for leads; the desk gives it to nobody else.
        let mut story = story();
        if role != Role::Lead {
            story.pairs.clear();
        }
        let library = vec![skill().summary(), crate::samples::summary(5, "Networks")];
        let actor = Actor::person(UserId(1), role);
        let sight = Sight::of(actor, Policy::default());
        let draft = ArticleRow { title: "When to <refund>".into(), ..row(3, "", ArticleState::Draft) };
        let articles = if page.people.is_empty() { vec![] } else { vec![draft] };
        crate::samples::renders(&Show {
            shell: shell(),
            actor,
            sight,
            page,
            story,
            library,
            articles,
            now: 0,
        })
    }

    #[test]
    fn a_skill_shows_who_has_it_and_which_words_ask_for_it() {
        let html = render(page(), Role::Lead);
        for words in ["Kofi", "money back", "Leila", "31", "/skills/1/people/2"] {
            assert!(html.contains(words), "{words}");
        }
    }

    #[test]
    fn a_skill_shows_what_is_written_about_it_and_asks_for_it_where_nothing_is() {
        let html = render(page(), Role::Agent);
        assert!(html.contains("When to &#60;refund&#62;") && html.contains("Draft"), "{html}");
        assert!(html.contains("/articles/new?skill=1"));
        let bare = SkillPage { people: vec![], ..page() };
        assert!(render(bare, Role::Agent).contains("Nothing is written about it yet"));
    }

    #[test]
    fn evidence_of_others_is_not_offered_to_agents() {
        assert!(!render(page(), Role::Agent).contains("/skills/1/people/2"));
    }

    #[test]
    fn a_skill_of_which_nothing_is_known_says_so() {
        let bare = SkillPage { people: vec![], interested: vec![], rules: vec![], hidden: 0, ..page() };
        assert!(render(bare, Role::Lead).contains("Nobody"));
    }
}
