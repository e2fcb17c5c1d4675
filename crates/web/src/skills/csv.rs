//! The matrix for a spreadsheet: one line for each person, or one for each level with all that is known of it.

use desk::skills::views::Matrix;

/// Person, group, and a column for each skill; empty where nothing is known or shown.
pub fn by_person(matrix: &Matrix) -> String {
    let mut text = String::from("person,group");
    for head in &matrix.skills {
        text.push(',');
        text.push_str(&field(&head.skill.name));
    }
    text.push_str("\r\n");
    for row in &matrix.rows {
        text.push_str(&format!(
            "{},{}",
            field(&row.name),
            field(row.groups.first().map_or("", String::as_str))
        ));
        for cell in &row.cells {
            text.push(',');
            if let Some(cell) = cell {
                text.push_str(&format!("{:.2}", cell.level));
            }
        }
        text.push_str("\r\n");
    }
    text
}

pub fn by_level(matrix: &Matrix) -> String {
    let mut text = String::from(
        "person_id,person,group,skill,kind,level,sd,low_80,high_80,p_independent,evidence,effective_observations\r\n",
    );
    for row in &matrix.rows {
        let group = row.groups.first().map_or("", String::as_str);
        for (head, cell) in matrix.skills.iter().zip(&row.cells) {
            let Some(it) = cell else { continue };
            text.push_str(&format!(
                "{},{},{},{},{},{:.2},{:.2},{:.2},{:.2},{:.3},{},{:.1}\r\n",
                row.user,
                field(&row.name),
                field(group),
                field(&head.skill.name),
                head.skill.kind.as_str(),
                it.level,
                it.sd,
                it.interval.0,
                it.interval.1,
                it.p_independent,
                it.evidence_count,
                it.effective_observations
            ));
        }
    }
    text
}

/// Quoted where it must be. A text that a spreadsheet would take for a formula gets an apostrophe before it.
pub fn field(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::index::samples::*;
    use super::*;

    #[test]
    fn a_line_for_each_person_with_empty_places_where_nothing_is_known() {
        let mut matrix = usual();
        matrix.rows[1].name = "=HYPERLINK(\"x\")".into();
        matrix.skills[0].skill.name = "Empathy, deep".into();
        let text = by_person(&matrix);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "person,group,\"Empathy, deep\",German");
        assert_eq!(lines[1], "Ana Novak,Billing,3.30,4.80");
        assert_eq!(lines[2], "\"'=HYPERLINK(\"\"x\"\")\",Front,3.10,");
    }

    #[test]
    fn a_line_for_each_level_with_its_certainty() {
        let text = by_level(&usual());
        assert_eq!(text.lines().count(), 4);
        assert!(
            text.lines()
                .nth(1)
                .unwrap()
                .starts_with("1,Ana Novak,Billing,Empathy,human,3.30,0.40,2.90,3.70,")
        );
    }
}
