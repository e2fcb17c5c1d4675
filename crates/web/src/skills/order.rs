//! What stands where in the matrix, what hangs on one person, and where the largest gap is.

use desk::skills::INDEPENDENT_LEVEL;
use desk::skills::roles::RoleProfile;
use desk::skills::views::{Matrix, MatrixRow, SkillHead};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// What tickets ask for stands where it is seen first; people by name.
    Demand,
    /// People of the highest mean level first.
    Level,
    /// Where most is lacking first: against the role, or else work by person who can do it.
    Gap,
    /// What hangs on one person first, and those on whom it hangs.
    Risk,
}

impl Order {
    pub fn parse(word: &str) -> Order {
        match word {
            "level" => Order::Level,
            "gap" => Order::Gap,
            "risk" => Order::Risk,
            _ => Order::Demand,
        }
    }
}

/// What nobody was seen at is no risk that is told, and no good news either.
pub const NO_RISKS: &str = "Where enough was seen to say, at least two people are able.";

/// A skill that is asked for and that at most one person surely has.
#[derive(Clone, Debug)]
pub struct Risk {
    pub skill: String,
    /// `None`: nobody has it.
    pub only: Option<String>,
}

pub fn risks(matrix: &Matrix) -> Vec<Risk> {
    let risk = |(column, head): (usize, &SkillHead)| {
        let holds = |row: &&MatrixRow| row.cells[column].is_some_and(|cell| cell.level > INDEPENDENT_LEVEL);
        let only = matrix.rows.iter().find(holds).map(|row| row.name.clone());
        Risk { skill: head.skill.name.clone(), only }
    };
    let mut heads: Vec<(usize, &SkillHead)> =
        matrix.skills.iter().enumerate().filter(|(_, head)| head.single_point_of_failure).collect();
    heads.sort_by_key(|(_, head)| std::cmp::Reverse(head.demand));
    heads.into_iter().map(risk).collect()
}

pub fn risk_words(risks: &[Risk]) -> String {
    let word = |risk: &Risk| match &risk.only {
        Some(name) => format!("{}: only {name}.", risk.skill),
        None => format!("{}: nobody surely.", risk.skill),
    };
    let shown: Vec<String> = risks.iter().take(3).map(word).collect();
    match risks.len() {
        0 => NO_RISKS.to_owned(),
        count if count > 3 => format!("{} And {} more.", shown.join(" "), count - 3),
        _ => shown.join(" "),
    }
}

/// Where most work falls to each person who can do it alone.
pub fn largest_gap(matrix: &Matrix) -> Option<SkillHead> {
    let asked = matrix.skills.iter().filter(|head| head.demand > 0 && !is_open(head));
    asked.max_by(|one, other| work_per_person(one).total_cmp(&work_per_person(other))).cloned()
}

/// Whoever was seen at it is hidden from the viewer: what is not known is no gap.
fn is_open(head: &SkillHead) -> bool {
    head.independent_people == 0 && head.hidden_people > 0
}

/// With nobody at all the gap is larger still.
fn work_per_person(head: &SkillHead) -> f64 {
    if is_open(head) {
        return 0.0;
    }
    head.demand as f64 / (head.independent_people as f64 + 0.5)
}

/// Puts rows and columns in order and says what the role asks, column by column. A role leaves only its own skills.
pub fn arrange(matrix: &mut Matrix, role: Option<&RoleProfile>, order: Order, only_risks: bool) -> Vec<f64> {
    let target = |head: &SkillHead| {
        let need = role.and_then(|role| role.needs.iter().find(|need| need.skill.id == head.skill.id));
        need.map_or(0.0, |need| need.level)
    };
    let mut columns: Vec<usize> = (0..matrix.skills.len())
        .filter(|&column| !only_risks || matrix.skills[column].single_point_of_failure)
        .filter(|&column| role.is_none() || target(&matrix.skills[column]) > 0.0)
        .collect();
    let lacking = |row: &MatrixRow, column: usize| {
        row.cells[column].map_or(0.0, |cell| (target(&matrix.skills[column]) - cell.level).max(0.0))
    };
    let gap = |column: usize| match role.is_some() {
        true => matrix.rows.iter().map(|row| lacking(row, column)).sum(),
        false => work_per_person(&matrix.skills[column]),
    };
    let gaps: Vec<f64> = (0..matrix.skills.len()).map(gap).collect();
    columns.sort_by(|&one, &other| {
        let (a, b) = (&matrix.skills[one], &matrix.skills[other]);
        let by_demand = b.demand.cmp(&a.demand);
        match order {
            Order::Demand | Order::Level => by_demand,
            Order::Gap => gaps[other].total_cmp(&gaps[one]).then(by_demand),
            Order::Risk => {
                let few = |head: &SkillHead| (!head.single_point_of_failure, head.independent_people);
                few(a).cmp(&few(b)).then(by_demand)
            }
        }
    });

    let mean = |row: &MatrixRow| {
        let known: Vec<f64> =
            columns.iter().filter_map(|&column| row.cells[column]).map(|cell| cell.level).collect();
        known.iter().sum::<f64>() / known.len().max(1) as f64
    };
    let held_alone = |row: &MatrixRow| {
        let alone = |&&column: &&usize| {
            matrix.skills[column].single_point_of_failure
                && row.cells[column].is_some_and(|cell| cell.level > INDEPENDENT_LEVEL)
        };
        columns.iter().filter(alone).count() as f64
    };
    let weight: Vec<f64> = matrix
        .rows
        .iter()
        .map(|row| match order {
            Order::Demand => 0.0,
            Order::Level => mean(row),
            Order::Gap => columns.iter().map(|&column| lacking(row, column)).sum(),
            Order::Risk => held_alone(row),
        })
        .collect();
    let targets = columns.iter().map(|&column| target(&matrix.skills[column])).collect();
    let mut places: Vec<usize> = (0..matrix.rows.len()).collect();
    places.sort_by(|&one, &other| weight[other].total_cmp(&weight[one]));
    let mut rows: Vec<Option<MatrixRow>> = matrix.rows.drain(..).map(Some).collect();
    matrix.rows = places.iter().filter_map(|&place| rows[place].take()).collect();
    let as_they_were = columns.iter().copied().eq(0..matrix.skills.len());
    if !as_they_were {
        for row in &mut matrix.rows {
            row.cells = columns.iter().map(|&column| row.cells[column]).collect();
        }
        matrix.skills = columns.iter().map(|&column| matrix.skills[column].clone()).collect();
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::super::index::samples::*;
    use super::*;

    fn names(matrix: &Matrix) -> (Vec<&str>, Vec<&str>) {
        let skills = matrix.skills.iter().map(|head| head.skill.name.as_str()).collect();
        (skills, matrix.rows.iter().map(|row| row.name.as_str()).collect())
    }

    #[test]
    fn what_is_asked_for_most_stands_first_with_its_levels() {
        let mut matrix = usual();
        matrix.skills[1].demand = 90;
        arrange(&mut matrix, None, Order::Demand, false);
        assert_eq!(names(&matrix).0, ["German", "Empathy"]);
        assert_eq!(matrix.rows[0].cells[0].map(|cell| cell.level), Some(4.8));
    }

    #[test]
    fn by_risk_those_come_first_on_whom_something_hangs() {
        let mut matrix = usual();
        matrix.rows.reverse();
        arrange(&mut matrix, None, Order::Risk, false);
        assert_eq!(names(&matrix), (vec!["German", "Empathy"], vec!["Ana Novak", "Kofi Mensah"]));
        arrange(&mut matrix, None, Order::Demand, true);
        assert_eq!(names(&matrix).0, ["German"]);
        assert!(matrix.rows.iter().all(|row| row.cells.len() == 1));
    }

    #[test]
    fn by_level_the_highest_mean_comes_first() {
        let mut matrix = usual();
        matrix.rows.reverse();
        arrange(&mut matrix, None, Order::Level, false);
        assert_eq!(names(&matrix).1, ["Ana Novak", "Kofi Mensah"]);
    }

    #[test]
    fn the_largest_gap_is_where_most_work_falls_to_each_person() {
        let matrix =
            Matrix { skills: vec![head(1, "A", 10, 100), head(2, "B", 1, 30)], rows: vec![], hidden: 0 };
        assert_eq!(largest_gap(&matrix).unwrap().skill.name, "B");
        let hidden = SkillHead { hidden_people: 2, ..head(3, "C", 0, 500) };
        let skills = vec![head(1, "A", 10, 100), hidden];
        let matrix = Matrix { skills, rows: vec![], hidden: 2 };
        assert_eq!(largest_gap(&matrix).unwrap().skill.name, "A", "what is hidden is no gap");
    }
}
