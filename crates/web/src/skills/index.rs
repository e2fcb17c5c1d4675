//! `/skills`: people × skills, and the same as a table for other programs.

use super::grid::{self, Overlay};
use super::order::{Order, arrange, largest_gap, risks};
use super::words;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use desk::skills::roles::{self, RoleProfile};
use desk::skills::views::{self, Matrix, MatrixFilter, SkillHead};
use desk::skills::{Sight, SkillKind, refit};
use desk::{Actor, RoleId, Tx, people};
use serde::Deserialize;

/// A matrix with more cells than this is not kept up to date in place: its page says when there is something new.
pub const CELLS_LIVE_MAX: usize = 20_000;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The name of a group.
    pub group: String,
    /// The name of a kind of skill.
    pub kind: String,
    /// Part of a skill's name, or else of a person's.
    pub q: String,
    /// A role's number: what it asks is laid over the levels.
    pub role: String,
    pub order: String,
    /// `sides`: what people and their leads say stands beside the levels.
    pub show: String,
    /// Only what hangs on one person.
    pub risk: String,
    /// Also skills that nobody has and nobody asks for.
    pub all: String,
    /// For the download: `levels` is one line for each level.
    pub lines: String,
}

impl Asked {
    /// The query string of the same matrix elsewhere.
    fn query(&self) -> String {
        let pairs = [
            ("group", &self.group),
            ("kind", &self.kind),
            ("q", &self.q),
            ("role", &self.role),
            ("order", &self.order),
            ("risk", &self.risk),
            ("all", &self.all),
        ];
        let given = pairs.iter().filter(|(_, value)| !value.is_empty());
        let parts: Vec<String> = given
            .map(|(name, value)| {
                let coded: String = form_urlencoded(value);
                format!("{name}={coded}")
            })
            .collect();
        parts.join("&")
    }
}

fn form_urlencoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[derive(askama::Template)]
#[template(path = "skills/index.html")]
pub struct Index {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub asked: Asked,
    pub groups: Vec<String>,
    pub roles: Vec<(RoleId, String)>,
    pub role: Option<RoleProfile>,
    /// People shown, levels that this viewer does not see, columns.
    pub people: usize,
    pub hidden: usize,
    pub heads: Vec<SkillHead>,
    /// What the role asks, column by column.
    pub targets: Vec<f64>,
    /// The rows of the table, ready.
    pub body: String,
    pub bare: bool,
    pub risks: Vec<super::order::Risk>,
    pub gap: Option<SkillHead>,
    pub refit_at: Option<i64>,
    pub contests: i64,
}

impl Index {
    fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        words::KINDS.iter().map(|kind| (kind.as_str(), words::kind(kind)))
    }

    fn orders(&self) -> [(&'static str, &'static str); 4] {
        [("", "By demand"), ("level", "By level"), ("gap", "By gap"), ("risk", "By risk")]
    }

    fn is_role(&self, id: &RoleId) -> bool {
        self.role.as_ref().is_some_and(|role| role.id == *id)
    }

    fn is_filtered(&self) -> bool {
        !self.asked.query().is_empty()
    }

    fn csv(&self) -> String {
        format!("/skills.csv?{}", self.asked.query())
    }

    fn levels_csv(&self) -> String {
        format!("/skills.csv?lines=levels&{}", self.asked.query())
    }

    fn target(&self, column: &usize) -> String {
        match self.targets.get(*column).copied().unwrap_or(0.0) {
            0.0 => String::new(),
            level => crate::words::short_level(level),
        }
    }

    fn risk_words(&self) -> String {
        super::order::risk_words(&self.risks)
    }
}

/// The same levels as they stand now, for a page that shows them already.
#[derive(askama::Template)]
#[template(path = "skills/_levels.html")]
pub struct Levels {
    pub heads: Vec<SkillHead>,
    pub body: String,
}

/// What the page, its news and the download are made from.
struct Read {
    matrix: Matrix,
    overlay: Overlay,
    role: Option<RoleProfile>,
    sight: Sight,
    risks: Vec<super::order::Risk>,
    gap: Option<SkillHead>,
    groups: Vec<String>,
}

fn read(tx: &mut Tx, asked: &Asked) -> Result<Read, Problem> {
    let sight = Sight::load(tx)?;
    let all = people::list_groups(tx)?;
    let filter = MatrixFilter {
        group: all.iter().find(|it| it.name == asked.group).map(|it| it.id),
        kind: asked.kind.parse::<SkillKind>().ok(),
        query: Some(asked.q.clone()).filter(|it| !it.is_empty()),
        all_skills: !asked.all.is_empty(),
    };
    let mut matrix = views::matrix(tx, &filter)?;
    let role = match asked.role.parse::<RoleId>() {
        Ok(role) => roles::find_role(tx, role)?,
        Err(_) => None,
    };
    let said = match asked.show == "sides" {
        true => Some(views::said(tx)?),
        false => None,
    };
    let (risks, gap) = (risks(&matrix), largest_gap(&matrix));
    let targets = arrange(&mut matrix, role.as_ref(), Order::parse(&asked.order), !asked.risk.is_empty());
    let groups = all.into_iter().map(|group| group.name).collect();
    Ok(Read { matrix, overlay: Overlay { targets, said }, role, sight, risks, gap, groups })
}

pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let read = read(tx, &asked)?;
        let bare = read.matrix.rows.iter().all(|row| row.cells.iter().all(Option::is_none));
        Ok::<_, Problem>(Index {
            actor,
            now: tx.now(),
            people: read.matrix.rows.len(),
            hidden: read.matrix.hidden,
            body: grid::body(&read.matrix, &read.overlay, &read.sight),
            bare: bare && read.matrix.hidden == 0 && asked.query().is_empty(),
            heads: read.matrix.skills,
            targets: read.overlay.targets,
            role: read.role,
            roles: roles::list_roles(tx)?.into_iter().map(|role| (role.id, role.name)).collect(),
            risks: read.risks,
            gap: read.gap,
            groups: read.groups,
            refit_at: refit::last_finished_at(tx)?,
            contests: views::count_contests_to_decide(tx)?,
            shell: Shell::load(tx)?,
            asked: asked.clone(),
        })
    });
    Ok(Html(page.await?))
}

/// `/skills/_levels`: what the page puts into its cells when levels have moved.
pub async fn levels(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Levels>, Problem> {
    let levels = web.desk.read(actor, move |tx| {
        let read = read(tx, &asked)?;
        let body = grid::body(&read.matrix, &read.overlay, &read.sight);
        Ok::<_, Problem>(Levels { heads: read.matrix.skills, body })
    });
    Ok(Html(levels.await?))
}

/// `/skills.csv`: the same matrix for a spreadsheet.
pub async fn csv(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let text = web.desk.read(actor, move |tx| {
        let read = read(tx, &asked)?;
        Ok::<_, Problem>(match asked.lines == "levels" {
            true => super::csv::by_level(&read.matrix),
            false => super::csv::by_person(&read.matrix),
        })
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"skills.csv\""),
    ];
    Ok((headers, text.await?).into_response())
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    pub use crate::samples::{cell, summary};
    use desk::UserId;
    use desk::skills::views::{Cell, MatrixRow};

    pub fn head(id: i64, name: &str, people: usize, demand: i64) -> SkillHead {
        SkillHead {
            skill: summary(id, name),
            independent_people: people,
            hidden_people: 0,
            single_point_of_failure: demand > 0 && people <= 1,
            demand,
        }
    }

    pub fn row(id: i64, name: &str, group: &str, cells: Vec<Option<Cell>>) -> MatrixRow {
        MatrixRow { user: UserId(id), name: name.to_owned(), groups: vec![group.to_owned()], cells }
    }

    pub fn usual() -> Matrix {
        Matrix {
            skills: vec![head(1, "Empathy", 2, 40), head(2, "German", 1, 9)],
            rows: vec![
                row(1, "Ana Novak", "Billing", vec![Some(cell(3.3, 0.4)), Some(cell(4.8, 0.2))]),
                row(2, "Kofi Mensah", "Front", vec![Some(cell(3.1, 1.4)), None]),
            ],
            hidden: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::*;
    use super::*;
    use crate::samples::{renders, shell};
    use desk::skills::Policy;
    use desk::skills::views::Said;
    use desk::{Role, SkillId, UserId};
    use std::collections::HashMap;

    fn page(mut matrix: Matrix, asked: Asked, overlay: Overlay) -> String {
        let (risks, gap) = (risks(&matrix), largest_gap(&matrix));
        let actor = Actor::person(UserId(1), Role::Lead);
        let sight = Sight::of(actor, Policy::default());
        let targets = match overlay.targets.is_empty() {
            true => arrange(&mut matrix, None, Order::parse(&asked.order), false),
            false => overlay.targets.clone(),
        };
        let body = grid::body(&matrix, &overlay, &sight);
        renders(&Index {
            shell: shell(),
            actor,
            now: 9_000_000,
            asked,
            groups: vec!["Billing".to_owned(), "Front".to_owned()],
            roles: vec![(RoleId(1), "Tier 1".into())],
            role: None,
            people: matrix.rows.len(),
            hidden: matrix.hidden,
            bare: matrix.rows.is_empty(),
            heads: matrix.skills,
            targets,
            body,
            risks,
            gap,
            refit_at: Some(8_000_000),
            contests: 1,
        })
    }

    #[test]
    fn a_desk_that_knows_nothing_yet_says_what_to_do() {
        let nothing = Matrix { skills: vec![], rows: vec![], hidden: 0 };
        assert!(page(nothing, Asked::default(), Overlay::default()).contains("Rate yourself"));
    }

    #[test]
    fn a_cell_is_a_figure_a_shade_and_a_certainty_and_little_else() {
        let html = page(usual(), Asked::default(), Overlay::default());
        assert!(html.contains("German: only Ana Novak."));
        assert!(html.contains("2 people are at level 3 or more; asked for"), "{html}");
        assert!(html.contains(r#"<td class="v3 u4">3.3<td class="v5 u2 r">4.8<tr"#), "{html}");
        assert!(html.contains(r#"<td class="v3 u10 n">3.1<td>"#), "the line is at most ten tenths long");
    }

    #[test]
    fn what_a_role_asks_and_what_people_say_is_laid_over_the_levels() {
        let said = Said { by_self: Some(4.0), by_lead: None };
        let overlay =
            Overlay { targets: vec![4.0, 0.0], said: Some(HashMap::from([((UserId(1), SkillId(1)), said)])) };
        let html = page(usual(), Asked { show: "sides".into(), ..Asked::default() }, overlay);
        assert!(html.contains(r#"<td class="v3 u4 g">3.3 <i>4</i> <b>–</b>"#), "{html}");
    }

    #[test]
    fn nothing_known_and_what_is_shown_as_the_asked_level_are_not_below_it() {
        let mut matrix = usual();
        matrix.rows[0].cells[0] = Some(cell(2.96, 0.4));
        let overlay = Overlay { targets: vec![3.0, 3.0], said: None };
        let html = page(matrix, Asked::default(), overlay);
        assert!(html.contains(r#"<td class="v3 u4">3.0"#) && html.contains(r#"n">3.1<td>"#), "{html}");
    }

    #[test]
    fn a_level_that_moved_within_a_month_is_marked() {
        let mut matrix = usual();
        matrix.rows[0].cells[0] =
            matrix.rows[0].cells[0].map(|cell| views::Cell { trend: Some(0.4), ..cell });
        matrix.rows[1].cells[0] =
            matrix.rows[1].cells[0].map(|cell| views::Cell { trend: Some(-0.4), ..cell });
        let html = page(matrix, Asked::default(), Overlay::default());
        assert!(html.contains(r#"class="v3 u4 p""#) && html.contains(r#"class="v3 u10 n m""#));
    }

    #[test]
    fn long_and_foreign_names_stay_whole() {
        let mut matrix = usual();
        matrix.rows[0].name = "محمد عبد الله <b>".repeat(12);
        matrix.skills[0].skill.name = "<script>alert(1)</script>".into();
        let html = page(matrix, Asked::default(), Overlay::default());
        assert!(!html.contains("<script>alert") && html.contains("محمد عبد الله &lt;b&gt;"));
    }

    #[test]
    fn the_same_matrix_is_asked_for_elsewhere_by_the_same_query() {
        let asked =
            Asked { group: "A & B".into(), order: "risk".into(), show: "sides".into(), ..Asked::default() };
        assert_eq!(asked.query(), "group=A%20%26%20B&order=risk");
    }
}
