//! The body of the matrix as bytes: a thousand people by a hundred and fifty skills are one page, so a cell is
//! `<td class="v3 u4">3.3` and no more. What a cell means in words, and where it leads, the page's script says when
//! somebody comes to it; without script the heads of its row and column lead to the same places.

use desk::skills::Sight;
use desk::skills::views::{Cell, Matrix, MatrixRow, Said};
use desk::{SkillId, UserId};
use std::collections::HashMap;

/// A level moved by at least so much within a month is marked.
const TREND_SHOWN_MIN: f64 = 0.2;

/// What is shown beside the levels.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// What a role asks, by column; 0 where it asks nothing.
    pub targets: Vec<f64>,
    /// What people and their leads said, where that is wanted.
    pub said: Option<HashMap<(UserId, SkillId), Said>>,
}

/// Every row of the table's body.
pub fn body(matrix: &Matrix, overlay: &Overlay, sight: &Sight) -> String {
    const BYTES_PER_CELL: usize = 24;
    let figures: Vec<String> = (0..=50).map(|tenths| format!("{}.{}", tenths / 10, tenths % 10)).collect();
    let mut html = String::with_capacity(matrix.rows.len() * (matrix.skills.len() * BYTES_PER_CELL + 200));
    for row in &matrix.rows {
        begin_row(&mut html, row, sight.sees_evidence(row.user));
        for (column, cell) in row.cells.iter().enumerate() {
            let target = overlay.targets.get(column).copied().unwrap_or(0.0);
            let alone = matrix.skills[column].single_point_of_failure;
            cell_html(&mut html, cell.as_ref(), target, alone, &figures);
            if let Some(said) = &overlay.said {
                let it = said.get(&(row.user, matrix.skills[column].skill.id)).copied();
                sides(&mut html, it.unwrap_or_default());
            }
        }
    }
    html
}

fn begin_row(html: &mut String, row: &MatrixRow, sees_evidence: bool) {
    let open = if sees_evidence { " data-e" } else { "" };
    let group = row.groups.first().map_or("", String::as_str);
    html.push_str(&format!(
        "<tr role=row data-u={user}{open}><th scope=row><a href=/people/{user} dir=auto>{name}</a> <small>{group}</small>",
        user = row.user,
        name = escaped(&row.name),
        group = escaped(group),
    ));
}

/// Nothing known is not below anything. Classes: `v` level, `u` tenths of a level of uncertainty, `n` not yet sure, `r` nobody else holds it, `g` below what
/// the role asks, `p` and `m` risen and fallen within a month.
fn cell_html(html: &mut String, cell: Option<&Cell>, target: f64, alone: bool, figures: &[String]) {
    let Some(cell) = cell else {
        html.push_str("<td>");
        return;
    };
    let unsure = (cell.sd * 10.0).round().clamp(1.0, 10.0) as usize;
    // A known level is never as pale as an unknown one.
    let level = crate::words::whole_level(cell.level).max(1) as usize;
    const DIGITS: [&str; 11] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
    html.push_str("<td class=\"v");
    html.push_str(DIGITS[level]);
    html.push_str(" u");
    html.push_str(DIGITS[unsure]);
    let flags = [
        (!cell.sure, " n"),
        (alone && cell.level > desk::skills::INDEPENDENT_LEVEL, " r"),
        // By the figure that is shown: 3.0 is not below 3.
        ((cell.level * 10.0).round() < target * 10.0, " g"),
        (cell.trend.is_some_and(|by| by >= TREND_SHOWN_MIN), " p"),
        (cell.trend.is_some_and(|by| by <= -TREND_SHOWN_MIN), " m"),
    ];
    for (_, class) in flags.into_iter().filter(|(on, _)| *on) {
        html.push_str(class);
    }
    html.push_str("\">");
    let tenths = (cell.level * 10.0).round().clamp(0.0, 50.0) as usize;
    html.push_str(&figures[tenths]);
}

/// ` <i>4</i> <b>3.5</b>`: what they say of themselves, and what their lead says. The spaces keep three figures apart for
/// those who hear them.
fn sides(html: &mut String, said: Said) {
    let figure = |level: Option<f64>| level.map_or_else(|| "–".to_owned(), crate::words::short_level);
    if said.by_self.is_some() || said.by_lead.is_some() {
        html.push_str(&format!(" <i>{}</i> <b>{}</b>", figure(said.by_self), figure(said.by_lead)));
    }
}

pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}
