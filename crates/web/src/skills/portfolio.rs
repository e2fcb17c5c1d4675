//! `/people/{id}/portfolio`: what one can prove, chosen and exported by oneself; on paper, as PDF, or as one file of HTML.

use crate::fields::Fields;
use crate::paper::Faces;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use desk::UserId;
use desk::skills::portfolio::{self, Case, Choices, Portfolio, PortfolioLevel};

#[derive(Template)]
#[template(path = "skills/portfolio.html")]
pub struct Page {
    pub shell: Shell,
    pub user: UserId,
    pub it: Portfolio,
}

/// One file that stands alone: it brings its own style, and leads nowhere.
#[derive(Template)]
#[template(path = "skills/portfolio_file.html")]
pub struct File {
    pub it: Portfolio,
}

impl Page {
    fn is_told(&self, case: &Case) -> bool {
        self.it.choices.cases.contains_key(&case.ticket.0)
    }

    fn own_words(&self, case: &Case) -> &str {
        self.it.choices.cases.get(&case.ticket.0).map_or("", String::as_str)
    }
}

pub(super) fn shown(it: &Portfolio) -> impl Iterator<Item = &PortfolioLevel> {
    it.levels.iter().filter(|level| level.shown)
}

/// `A hard case by e-mail, urgent: Refunds, German. Solved for good after 3 answers in 2 days; the customer gave 5 of 5.`
pub(super) fn story(case: &Case) -> String {
    const DAY_MS: i64 = 24 * 3_600_000;
    let hard = match super::words::difficulty(&case.difficulty) {
        "" => "A case",
        "hard" => "A hard case",
        "harder than usual" => "A case harder than usual",
        _ => "A case easier than usual",
    };
    let priority = case.priority.as_deref().filter(|it| matches!(*it, "high" | "urgent"));
    let priority = priority.map(|it| format!(", {it}")).unwrap_or_default();
    let skills = case.skills.join(", ");
    let took = match case.took_ms / DAY_MS {
        0 => "within a day".to_owned(),
        1 => "in a day".to_owned(),
        days => format!("in {days} days"),
    };
    let answers = match case.answers {
        0 => String::new(),
        some => format!("with {} ", crate::words::counted(some, "answer", "answers")),
    };
    let rated = case.rating.map(|score| format!("; the customer gave {score} of 5")).unwrap_or_default();
    format!(
        "{hard} by {}{priority}: {skills}. Solved for good {answers}{took}{rated}.",
        case.channel.replace("email", "e-mail").replace('_', " ")
    )
}

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
) -> Result<Html<Page>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        Ok::<_, Problem>(Page { it: portfolio::portfolio(tx, user)?, shell: Shell::load(tx)?, user })
    });
    Ok(Html(page.await?))
}

pub async fn update(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
    form: Fields,
) -> Result<Response, Problem> {
    web.desk
        .write(actor, move |tx| {
            let shown = form.list::<i64>("skill");
            let offered = form.list::<i64>("offered");
            let told = form.list::<i64>("case");
            let choices = Choices {
                introduction: form.owned("introduction"),
                without: offered.into_iter().filter(|id| !shown.contains(id)).map(desk::SkillId).collect(),
                ratings: form.is_on("ratings"),
                cases: told.into_iter().map(|id| (id, form.owned(&format!("words-{id}")))).collect(),
            };
            portfolio::save_portfolio(tx, user, &choices)
        })
        .await?;
    Ok(Said::new("Saved. Only you see it until you hand it on.").then(&format!("/people/{user}/portfolio")))
}

/// The file to hand on.
pub async fn file(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
) -> Result<Response, Problem> {
    let it = web.desk.read(actor, move |tx| Ok::<_, Problem>(portfolio::portfolio(tx, user)?)).await?;
    let html = File { it }.render().map_err(|error| Problem::new(desk::Kind::Broken, error.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"portfolio.html\""),
    ];
    Ok((headers, html).into_response())
}

/// The same as a PDF file.
pub async fn paper(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(user): Path<UserId>,
) -> Result<Response, Problem> {
    let it = web.desk.read(actor, move |tx| Ok::<_, Problem>(portfolio::portfolio(tx, user)?)).await?;
    let faces = Faces::load().ok_or_else(|| {
        Problem::new(
            desk::Kind::Broken,
            "This desk was built without letters for PDF; the HTML file says the same.",
        )
    })?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"portfolio.pdf\""),
    ];
    Ok((headers, super::portfolio_paper::file(&it, faces)).into_response())
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use desk::satisfaction::views::Summary;
    use desk::skills::portfolio::PortfolioArticle;
    use desk::{SkillId, TicketId};

    pub fn case(id: i64) -> Case {
        Case {
            ticket: TicketId(id),
            skills: vec!["Refunds".into(), "German".into()],
            channel: "email".into(),
            priority: Some("urgent".into()),
            difficulty: 1.2,
            solved_at: 1_767_614_400_000,
            took_ms: 2 * 24 * 3_600_000,
            answers: 3,
            rating: Some(5),
            words: "[customer] was calm again.".into(),
        }
    }

    pub fn portfolio(empty: bool) -> Portfolio {
        let level = PortfolioLevel {
            skill: SkillId(1),
            name: "Refunds <x>".into(),
            level: 4.2,
            interval: (3.9, 4.5),
            p_independent: 0.99,
            evidence_count: 31,
            anchor: "Decides alone.".into(),
            shown: true,
        };
        let article = PortfolioArticle { title: "When to <refund>".into(), written_at: 1_767_614_400_000 };
        Portfolio {
            name: "Leila".into(),
            company: "Tillers & Sons".into(),
            as_of: 1_767_614_400_000,
            introduction: if empty { String::new() } else { "أهلا وسهلا ".repeat(20) },
            levels: if empty { vec![] } else { vec![level] },
            ratings: (!empty).then_some(Summary { by_score: [0, 0, 1, 2, 5] }),
            cases: if empty { vec![] } else { vec![case(7)] },
            articles: if empty { vec![] } else { vec![article] },
            offered: if empty { vec![] } else { vec![case(7), case(8)] },
            choices: Choices {
                cases: [(7, "Marta was calm again.".to_owned())].into(),
                ..Choices::default()
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{case, portfolio};
    use super::*;
    use crate::samples::{renders, shell};

    #[test]
    fn a_case_is_told_from_facts_alone() {
        assert_eq!(
            story(&case(1)),
            "A hard case by e-mail, urgent: Refunds, German. Solved for good with 3 answers in 2 days; the customer gave 5 of 5."
        );
        let by_telephone = story(&Case { answers: 0, rating: None, ..case(1) });
        assert!(by_telephone.ends_with("Solved for good in 2 days."), "{by_telephone}");
    }

    #[test]
    fn whoever_has_nothing_to_show_yet_is_told_what_it_takes() {
        let html = renders(&Page { shell: shell(), user: UserId(2), it: portfolio(true) });
        assert!(html.contains("five"), "{html}");
    }

    #[test]
    fn the_page_keeps_ones_own_words_and_shows_what_becomes_of_them() {
        let html = renders(&Page { shell: shell(), user: UserId(2), it: portfolio(false) });
        assert!(html.contains("Marta was calm again.") && html.contains("[customer] was calm again."));
        assert!(
            html.contains(r#"name="case" value="7" checked"#) && html.contains(r#"name="case" value="8">"#)
        );
    }

    #[test]
    fn the_file_leads_nowhere_and_names_no_customer() {
        let html = File { it: portfolio(false) }.render().unwrap();
        assert!(!html.contains("href") && !html.contains("Marta") && !html.contains("src="));
        assert!(html.contains("Refunds &#60;x&#62;") && html.contains("[customer] was calm again."));
        assert!(html.contains("When to &#60;refund&#62;") && html.contains("Articles written"));
    }
}
