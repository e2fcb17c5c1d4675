//! `/skills`: people × skills.

use super::words;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::{Query, State};
use desk::skills::views::{self, Cell, Matrix, MatrixFilter, MatrixRow, SkillHead};
use desk::{Actor, people};
use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The name of a group.
    pub group: String,
    /// The name of a kind of skill.
    pub kind: String,
    /// Only what hangs on one person.
    pub risk: String,
    /// Also skills that nobody has and nobody asks for.
    pub all: String,
}

#[derive(askama::Template)]
#[template(path = "skills/index.html")]
pub struct Index {
    pub shell: Shell,
    pub actor: Actor,
    pub asked: Asked,
    pub groups: Vec<String>,
    pub matrix: Matrix,
    pub risks: Vec<Risk>,
    pub gap: Option<SkillHead>,
}

/// A skill that is asked for and that at most one person surely has.
#[derive(Clone, Debug)]
pub struct Risk {
    pub skill: String,
    /// `None`: nobody has it.
    pub only: Option<String>,
}

impl Index {
    fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        words::KINDS.iter().map(|kind| (kind.as_str(), words::kind(kind)))
    }

    fn hides_row(&self, row: &MatrixRow) -> bool {
        !self.asked.group.is_empty() && row.groups.first() != Some(&self.asked.group)
    }

    fn hides(&self, head: &SkillHead) -> bool {
        !self.asked.kind.is_empty() && head.skill.kind.as_str() != self.asked.kind
    }

    fn cells<'a>(&'a self, row: &'a MatrixRow) -> impl Iterator<Item = (&'a SkillHead, &'a Option<Cell>)> {
        self.matrix.skills.iter().zip(&row.cells)
    }

    fn is_risk(&self, head: &SkillHead, cell: &Cell) -> bool {
        head.single_point_of_failure && cell.p_independent > 0.5
    }

    /// Evidence is for the person and for leads; others see the level on the person's page.
    fn sees_evidence(&self, row: &MatrixRow) -> bool {
        self.actor.is_lead() || self.actor.is(row.user)
    }

    /// Nobody has a level yet.
    fn is_bare(&self) -> bool {
        self.matrix.rows.iter().all(|row| row.cells.iter().all(Option::is_none))
    }

    fn risk_words(&self) -> String {
        let word = |risk: &Risk| match &risk.only {
            Some(name) => format!("{}: only {name}.", risk.skill),
            None => format!("{}: nobody yet.", risk.skill),
        };
        let shown: Vec<String> = self.risks.iter().take(3).map(word).collect();
        match self.risks.len() {
            0 => "Whatever is asked for, at least two people can do.".to_owned(),
            count if count > 3 => format!("{} And {} more.", shown.join(" "), count - 3),
            _ => shown.join(" "),
        }
    }
}

pub async fn index(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        let filter = MatrixFilter { all_skills: !asked.all.is_empty(), ..MatrixFilter::default() };
        let mut matrix = views::matrix(tx, &filter)?;
        most_wanted_first(&mut matrix);
        let risks = risks(&matrix);
        let gap = largest_gap(&matrix);
        if !asked.risk.is_empty() {
            keep_risks(&mut matrix);
        }
        let groups = people::list_groups(tx)?.into_iter().map(|group| group.name).collect();
        let shell = Shell::load(tx)?;
        Ok::<_, Problem>(Index { shell, actor, asked: asked.clone(), groups, matrix, risks, gap })
    });
    Ok(Html(page.await?))
}

fn risks(matrix: &Matrix) -> Vec<Risk> {
    let risk = |(column, head): (usize, &SkillHead)| {
        let holds = |row: &&MatrixRow| row.cells[column].is_some_and(|cell| cell.p_independent > 0.5);
        let only = matrix.rows.iter().find(holds).map(|row| row.name.clone());
        // A level that this viewer may not see has a holder all the same.
        let only = only.or_else(|| (head.independent_people > 0).then(|| "one person".to_owned()));
        Risk { skill: head.skill.name.clone(), only }
    };
    let mut heads: Vec<(usize, &SkillHead)> =
        matrix.skills.iter().enumerate().filter(|(_, head)| head.single_point_of_failure).collect();
    heads.sort_by_key(|(_, head)| std::cmp::Reverse(head.demand));
    heads.into_iter().map(risk).collect()
}

/// Where most work falls to each person who can do it alone.
fn largest_gap(matrix: &Matrix) -> Option<SkillHead> {
    // With nobody at all the gap is larger still.
    let per_person = |head: &SkillHead| head.demand as f64 / (head.independent_people as f64 + 0.5);
    let asked = matrix.skills.iter().filter(|head| head.demand > 0);
    asked.max_by(|one, other| per_person(one).total_cmp(&per_person(other))).cloned()
}

/// What tickets ask for stands where it is seen first; the rest keeps its order.
fn most_wanted_first(matrix: &mut Matrix) {
    let mut order: Vec<usize> = (0..matrix.skills.len()).collect();
    order.sort_by_key(|&column| std::cmp::Reverse(matrix.skills[column].demand));
    matrix.skills = order.iter().map(|&column| matrix.skills[column].clone()).collect();
    for row in &mut matrix.rows {
        row.cells = order.iter().map(|&column| row.cells[column]).collect();
    }
}

fn keep_risks(matrix: &mut Matrix) {
    let kept: Vec<bool> = matrix.skills.iter().map(|head| head.single_point_of_failure).collect();
    let mut column = kept.iter();
    matrix.skills.retain(|_| *column.next().unwrap_or(&false));
    for row in &mut matrix.rows {
        let mut column = kept.iter();
        row.cells.retain(|_| *column.next().unwrap_or(&false));
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    pub use crate::samples::{cell, summary};
    use desk::UserId;

    pub fn head(id: i64, name: &str, people: usize, demand: i64) -> SkillHead {
        SkillHead {
            skill: summary(id, name),
            independent_people: people,
            single_point_of_failure: demand > 0 && people <= 1,
            demand,
        }
    }

    pub fn row(id: i64, name: &str, group: &str, cells: Vec<Option<Cell>>) -> MatrixRow {
        MatrixRow { user: UserId(id), name: name.to_owned(), groups: vec![group.to_owned()], cells }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::*;
    use super::*;
    use crate::samples::shell;
    use askama::Template;
    use desk::{Role, UserId};

    fn page(matrix: Matrix, asked: Asked) -> String {
        let (risks, gap) = (risks(&matrix), largest_gap(&matrix));
        let actor = Actor::person(UserId(1), Role::Lead);
        let groups = vec!["Billing".to_owned(), "Front".to_owned()];
        Index { shell: shell(), actor, asked, groups, matrix, risks, gap }
            .render()
            .expect("the matrix renders")
    }

    fn usual() -> Matrix {
        Matrix {
            skills: vec![head(1, "Empathy", 2, 40), head(2, "German", 1, 9)],
            rows: vec![
                row(1, "Ana Novak", "Billing", vec![Some(cell(3.3, 0.4)), Some(cell(4.8, 0.2))]),
                row(2, "Kofi Mensah", "Front", vec![Some(cell(3.1, 1.4)), None]),
            ],
            hidden: 1,
        }
    }

    #[test]
    fn a_desk_that_knows_nothing_yet_says_what_to_do() {
        let page = page(Matrix { skills: vec![], rows: vec![], hidden: 0 }, Asked::default());
        assert!(page.contains("Rate yourself"), "{page}");
    }

    #[test]
    fn whoever_alone_holds_what_is_asked_for_is_outlined() {
        let page = page(usual(), Asked::default());
        assert!(page.contains("German: only Ana Novak."));
        assert!(page.contains(r#"class="v5 u-2 risk""#));
        assert!(page.contains(r#"class="v3 u-10""#), "the line is at most ten tenths long");
    }

    #[test]
    fn a_filter_in_the_address_holds_without_script() {
        let page =
            page(usual(), Asked { group: "Front".into(), kind: "language".into(), ..Asked::default() });
        assert!(page.contains(r#"data-group="Billing" hidden"#));
        assert!(page.contains("hide"));
    }

    #[test]
    fn what_is_asked_for_most_stands_first_with_its_levels() {
        let mut matrix = usual();
        matrix.skills[1].demand = 90;
        most_wanted_first(&mut matrix);
        assert_eq!(matrix.skills[0].skill.name, "German");
        assert_eq!(matrix.rows[0].cells[0].map(|cell| cell.level), Some(4.8));
    }

    #[test]
    fn only_the_risks_remain_when_they_are_asked_for() {
        let mut matrix = usual();
        keep_risks(&mut matrix);
        assert_eq!(matrix.skills.len(), 1);
        assert!(matrix.rows.iter().all(|row| row.cells.len() == 1));
    }

    #[test]
    fn long_and_foreign_names_stay_whole() {
        let mut matrix = usual();
        matrix.rows[0].name = "محمد عبد الله ".repeat(12);
        matrix.skills[0].skill.name = "<script>alert(1)</script>".into();
        let page = page(matrix, Asked::default());
        assert!(!page.contains("<script>alert"));
        assert!(page.contains("محمد"));
    }

    #[test]
    fn the_largest_gap_is_where_most_work_falls_to_each_person() {
        let matrix =
            Matrix { skills: vec![head(1, "A", 10, 100), head(2, "B", 1, 30)], rows: vec![], hidden: 0 };
        assert_eq!(largest_gap(&matrix).unwrap().skill.name, "B");
    }
}
