//! What `aptdesk floor` prints.

use ::floor::{Change, Estimate, Floor, GroupFigures, Plan, Report, Scenario, TypeFigures, Worth};

/// So many periods are told one by one; a week of hours would bury the figures of the whole.
const PERIODS_TOLD_MAX: usize = 48;

pub(super) fn report(floor: &Floor, report: &Report) -> Vec<String> {
    let mut lines = vec![
        format!(
            "{}: {} days by {}, seed {}, {} events. Counts are per day; ± is a 95 % interval.",
            report.name, report.days, report.policy, report.seed, report.events
        ),
        String::new(),
    ];
    let mut rows = vec![
        vec![
            "type",
            "period",
            "arrivals",
            "served",
            "gave up",
            "blocked",
            "sent away",
            "wait s",
            "50 %",
            "90 %",
            "99 %",
            "in time",
        ]
        .into_iter()
        .map(str::to_owned)
        .collect(),
    ];
    for kind in &report.types {
        rows.push(type_row(&kind.name, "all", &kind.day));
        for (period, figures) in told(floor, &kind.periods, |it| it.arrivals.mean > 0.0) {
            rows.push(type_row("", &period, figures));
        }
    }
    if report.types.len() > 1 {
        rows.push(type_row("all types", "all", &report.whole));
    }
    lines.extend(table(rows));
    lines.push(String::new());
    let mut rows = vec![
        ["group", "period", "served", "busy h", "on duty h", "occupancy", "spread"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for group in &report.groups {
        rows.push(group_row(&group.name, "all", &group.day));
        for (period, figures) in told(floor, &group.periods, |it| it.present_hours.mean > 0.0) {
            rows.push(group_row("", &period, figures));
        }
    }
    if report.groups.len() > 1 {
        rows.push(group_row("all groups", "all", &report.staff));
    }
    lines.extend(table(rows));
    if let (Some(resolution), Some(satisfaction)) = (report.whole.resolution, report.whole.satisfaction) {
        lines.push(String::new());
        lines.push(format!(
            "solved at the first contact {}, expected rating {}",
            share(resolution),
            plain(satisfaction, 2)
        ));
    }
    lines
}

fn told<'a, T>(floor: &'a Floor, periods: &'a [T], counts: fn(&T) -> bool) -> Vec<(String, &'a T)> {
    if floor.clock.periods == 1 || periods.len() > PERIODS_TOLD_MAX {
        return Vec::new();
    }
    let name =
        |at: usize| if at == floor.clock.periods { "after close".to_owned() } else { clock(floor, at) };
    periods.iter().enumerate().filter(|(_, it)| counts(it)).map(|(at, it)| (name(at), it)).collect()
}

/// The time of day at which a period begins.
fn clock(floor: &Floor, period: usize) -> String {
    let minutes = ((floor.clock.opens_s + floor.clock.period_s * period as f64) / 60.0).round() as u64;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn type_row(name: &str, period: &str, it: &TypeFigures) -> Vec<String> {
    let quantile = |at: usize| it.wait_quantiles_s.map_or("–".to_owned(), |them| plain(them[at], 0));
    vec![
        name.to_owned(),
        period.to_owned(),
        plain(it.arrivals, 1),
        plain(it.served, 1),
        plain(it.abandoned, 1),
        plain(it.blocked, 1),
        plain(it.sent_away, 1),
        it.wait_s.map_or("–".to_owned(), |it| plain(it, 1)),
        quantile(0),
        quantile(1),
        quantile(2),
        it.service_level.map_or("–".to_owned(), share),
    ]
}

fn group_row(name: &str, period: &str, it: &GroupFigures) -> Vec<String> {
    vec![
        name.to_owned(),
        period.to_owned(),
        plain(it.served, 1),
        plain(it.busy_hours, 1),
        plain(it.present_hours, 1),
        it.occupancy.map_or("–".to_owned(), share),
        it.spread.map_or(String::new(), share),
    ]
}

pub(super) fn plan(floor: &Floor, plan: &Plan) -> Vec<String> {
    let mut lines =
        vec![format!("{}: staff by period, for {:.1} a day.", floor.name, plan.cost), String::new()];
    let mut head = vec!["group".to_owned()];
    head.extend((0..floor.clock.periods).map(|at| clock(floor, at)));
    let mut rows = vec![head];
    for (group, staff) in floor.groups.iter().zip(&plan.staff) {
        rows.push(std::iter::once(group.name.clone()).chain(staff.iter().map(u32::to_string)).collect());
    }
    lines.extend(table(rows));
    lines.push(String::new());
    let mut rows = vec![
        ["type", "period", "in time", "at least", "gave up", "at most", "kept"].map(str::to_owned).to_vec(),
    ];
    for kept in &plan.promises {
        rows.push(vec![
            floor.types[kept.kind].name.clone(),
            clock(floor, kept.period),
            kept.answered.map_or("–".to_owned(), share),
            format!("{:.0} %", 100.0 * kept.promised),
            kept.abandoned.map_or("–".to_owned(), share),
            format!("{:.0} %", 100.0 * kept.abandoned_most),
            if kept.is_kept { "yes" } else { "no" }.to_owned(),
        ]);
    }
    lines.extend(table(rows));
    if !plan.cover.is_empty() {
        lines.push(String::new());
        let mut rows = vec![["shift", "from", "group", "people"].map(str::to_owned).to_vec()];
        for it in &plan.cover {
            let minutes = ((floor.clock.opens_s + it.starts_s) / 60.0).round() as u64;
            rows.push(vec![
                it.shift.clone(),
                format!("{:02}:{:02}", minutes / 60, minutes % 60),
                floor.groups[it.group].name.clone(),
                it.people.to_string(),
            ]);
        }
        lines.extend(table(rows));
        lines.push(format!("The shifts cost {:.1} a day.", plan.cover_cost));
    }
    lines.extend(plan.notes.iter().cloned());
    lines
}

pub(super) fn worth(scenario: &Scenario, changes: &[Change], told: &[Worth], head: &str) -> Vec<String> {
    let mut rows =
        vec![[head, "in time, points", "solved, points", "rating", "days"].map(str::to_owned).to_vec()];
    let points = |it: Option<Estimate>, scale: f64, decimals: usize| {
        it.map_or("–".to_owned(), |it| {
            let half = it.half().unwrap_or(f64::NAN) * scale;
            format!("{:+.decimals$} ±{half:.decimals$}", it.mean * scale)
        })
    };
    for it in told {
        rows.push(vec![
            words(scenario, &changes[it.candidate]),
            points(it.service_level, 100.0, 2),
            points(it.resolution, 100.0, 2),
            points(it.satisfaction, 1.0, 3),
            format!("{}{}", it.days, if it.is_finalist { "" } else { ", left" }),
        ]);
    }
    table(rows)
}

pub(super) fn worth_json(scenario: &Scenario, changes: &[Change], told: &[Worth]) -> serde_json::Value {
    let one = |it: &Worth| {
        let change = &changes[it.candidate];
        serde_json::json!({ "change": words(scenario, change), "what": change, "worth": it })
    };
    told.iter().map(one).collect()
}

fn words(scenario: &Scenario, change: &Change) -> String {
    let name = |group: &usize| &scenario.floor.groups[*group].name;
    match change {
        Change::Train { group, skill, level } => {
            let skill = scenario.skills.get(skill.0 as usize).map_or("?", String::as_str);
            format!("{} learns {skill} up to {level}", name(group))
        }
        Change::Hire { group } => format!("one more like {}", name(group)),
        Change::Join(person) => format!("{} joins", person.name),
        Change::Away { group } => format!("without one of {}", name(group)),
        Change::Roster { group, .. } => format!("other hours for {}", name(group)),
    }
}

fn plain(it: Estimate, decimals: usize) -> String {
    match it.half() {
        Some(half) if half >= 0.5 * 10_f64.powi(-(decimals as i32)) => {
            format!("{:.decimals$} ±{half:.decimals$}", it.mean)
        }
        _ => format!("{:.decimals$}", it.mean),
    }
}

fn share(it: Estimate) -> String {
    let percent = |it: f64| 100.0 * it;
    let it = Estimate { mean: percent(it.mean), low: it.low.map(percent), high: it.high.map(percent) };
    format!("{} %", plain(it, 1))
}

/// Columns as wide as their widest cell; the first two to the left, figures to the right.
pub(super) fn table(rows: Vec<Vec<String>>) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column: usize| rows.iter().filter_map(|it| it.get(column)).map(|it| it.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::floor::Simulator;

    #[test]
    fn the_tables_tell_every_type_group_and_period() {
        let text = include_str!("../../../floor/scenarios/simple_msk.toml");
        let scenario = Scenario::read(text).unwrap();
        let lines = report(&scenario.floor, &Simulator::new(&scenario.floor).simulate(5, 1)).join("\n");
        for word in ["type 2", "group 1", "04:00", "all types", "after close"] {
            assert!(lines.contains(word), "{word} is missing in\n{lines}");
        }
    }

    #[test]
    fn what_a_change_is_worth_is_told_in_words() {
        let scenario = Scenario::read(include_str!("../../../floor/scenarios/skewed.toml")).unwrap();
        let changes = [
            Change::Train {
                group: 1,
                skill: ::floor::candidates(&scenario, 4.0)[0].skill().unwrap(),
                level: 4.0,
            },
            Change::Away { group: 0 },
        ];
        let told =
            ::floor::worth(&scenario.floor, &changes, ::floor::Figure::ServiceLevel, 4, 2, 1, &mut |_| {});
        let lines = worth(&scenario, &changes, &told, "change").join("\n");
        assert!(lines.contains("Ben learns") && lines.contains("without one of Ada"), "{lines}");
    }

    #[test]
    fn an_interval_too_narrow_to_show_is_not_shown() {
        assert_eq!(plain(Estimate { mean: 2.0, low: Some(1.99), high: Some(2.01) }, 1), "2.0");
        assert_eq!(plain(Estimate { mean: 2.0, low: Some(1.5), high: Some(2.5) }, 1), "2.0 ±0.5");
        assert_eq!(share(Estimate { mean: 0.5, low: None, high: None }), "50.0 %");
    }
}
