//! A real month: calls of a bank in February 1999, forecast as of each day from the third week on.

use floor::forecast::{BacktestSettings, Day, backtest};

const FILE: &str = "../../../shared/data/call-centre/data_anonymous_bank_february.txt";

/// By date and hour at which a call reached the machine. The month began on a Monday.
fn month(text: &str) -> Vec<Day> {
    let mut days: Vec<Day> =
        (0..28).map(|at| Day { weekday: (at % 7) as u8, is_holiday: false, counts: vec![0; 24] }).collect();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let day = cells.get(5).and_then(|it| it.strip_prefix("9902")).and_then(|it| it.parse::<usize>().ok());
        let hour = cells.get(6).and_then(|it| it.split(':').next()).and_then(|it| it.parse::<usize>().ok());
        if let (Some(day @ 1..=28), Some(hour @ 0..24)) = (day, hour) {
            days[day - 1].counts[hour] += 1;
        }
    }
    days
}

#[test]
fn hours_of_a_real_month_are_forecast_better_than_by_the_week_before() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let days = month(&text);
    assert!(days.iter().map(Day::total).sum::<f64>() > 20_000.0);
    let found = backtest(&days, BacktestSettings::usual(days.len())).unwrap();
    assert_eq!((found.origins, found.horizon_days), (14, 7));
    let (hours, of_days) = (found.by_period, found.by_day);
    assert!(
        hours.model.wape < hours.last_week.wape && hours.model.wape < 1.1 * hours.four_weeks.wape,
        "{hours:?}"
    );
    // Days shrink from week to week in this month, and two weeks say nothing of trends: the last week is hard to beat.
    assert!(of_days.model.wape < 1.25 * of_days.last_week.wape, "{of_days:?}");
    assert!(hours.within_80 > 0.75 && of_days.within_95 > 0.9, "{found:?}");
}
