//! `/skills/{skill}`: one skill: who has it, how sure that is, how much it is asked for, what its levels look like.

use super::words;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use desk::skills::Sight;
use desk::skills::views::{self, PersonAtSkill, SkillPage};
use desk::{Actor, SkillId};

#[derive(askama::Template)]
#[template(path = "skills/show.html")]
pub struct Show {
    pub shell: Shell,
    pub actor: Actor,
    pub sight: Sight,
    pub page: SkillPage,
}

impl Show {
    fn sees_evidence(&self, person: &PersonAtSkill) -> bool {
        self.sight.sees_evidence(person.user)
    }

    fn anchors(&self) -> impl Iterator<Item = (usize, &'static str, &String)> {
        let numbered = self.page.skill.anchors.iter().enumerate();
        numbered.map(|(index, words)| (index + 1, words::level_word(index + 1), words))
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
        Ok::<_, Problem>(Show { page: views::skill_page(tx, skill)?, shell: Shell::load(tx)?, actor, sight })
    });
    Ok(Html(page.await?))
}

#[cfg(test)]
mod tests {
    use super::super::index::samples::{cell, head};
    use super::*;
    use crate::samples::{shell, skill};
    use askama::Template;
    use desk::skills::{Hardness, Policy, SkillRule};
    use desk::{Role, SkillRuleId, UserId};

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

    fn render(page: SkillPage, role: Role) -> String {
        let actor = Actor::person(UserId(1), role);
        let sight = Sight::of(actor, Policy::default());
        Show { shell: shell(), actor, sight, page }.render().unwrap()
    }

    #[test]
    fn a_skill_shows_who_has_it_and_which_words_ask_for_it() {
        let html = render(page(), Role::Lead);
        for words in ["Kofi", "money back", "Leila", "31", "/skills/1/people/2"] {
            assert!(html.contains(words), "{words}");
        }
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
