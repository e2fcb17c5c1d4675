//! `/tickets/{id}/_needs`: what stands in the menu that changes which skills a ticket needs. The choice among all skills of the
//! library is fetched when the menu is opened, and not with every ticket.

use super::visible;
use crate::{Html, Problem, SignedIn, Web};
use axum::extract::{Path, State};
use desk::TicketId;
use desk::skills::{self, RequirementRow, SkillSummary};

#[derive(askama::Template)]
#[template(path = "tickets/_needs.html")]
pub struct NeedsMenu {
    ticket: TicketId,
    skills: Vec<SkillSummary>,
    needs: Vec<RequirementRow>,
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(ticket): Path<TicketId>,
) -> Result<Html<NeedsMenu>, Problem> {
    let menu = web.desk.read(actor, move |tx| {
        visible(tx, ticket)?;
        let needs = skills::requirements_of(tx, ticket)?;
        Ok::<_, Problem>(NeedsMenu { ticket, skills: skills::list_skill_names(tx)?, needs })
    });
    Ok(Html(menu.await?))
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::samples::renders;
    use desk::SkillId;
    use desk::skills::{Hardness, SkillKind, Source};

    #[test]
    fn the_menu_offers_every_skill_and_takes_back_what_is_needed_now() {
        let german = SkillSummary {
            id: SkillId(7),
            key: "german".into(),
            name: "German".into(),
            kind: SkillKind::Language,
        };
        let need = RequirementRow {
            skill: german.clone(),
            level: 3.0,
            weight: 1.0,
            hardness: Hardness::Must,
            source: Source::Rule,
            because: vec![],
        };
        let html = renders(&NeedsMenu { ticket: TicketId(1), skills: vec![german], needs: vec![need] });
        assert!(html.contains("<option value=\"7\">German") && html.contains("Not German"));
        let none = renders(&NeedsMenu { ticket: TicketId(1), skills: vec![], needs: vec![] });
        assert!(!none.contains("name=\"remove\""), "nothing to take back");
    }
}
