//! What each training and each hire would change on a desk's own floor, and for how many hours: `aptdesk floor invest`.

use super::past::history;
use super::tables::table;
use crate::{Outcome, config, say};
use desk::Actor;
use desk::floor::runs::{self, Choice, WORTH_WEEKS, WorthTold};
use desk::floor::{DAYS_USUAL, FloorError, Told, floor_settings};
use desk::skills::planning::Order;

#[derive(clap::Args)]
pub struct InvestFlags {
    #[command(flatten)]
    desk: config::Flags,
    /// Days of history.
    #[arg(long, default_value_t = DAYS_USUAL)]
    days: i64,
    /// Weeks that are lived for each of the best; more make intervals narrower.
    #[arg(long, default_value_t = WORTH_WEEKS)]
    weeks: u64,
    /// The most first, whatever it costs.
    #[arg(long)]
    most: bool,
    /// As JSON instead of a table.
    #[arg(long)]
    json: bool,
}

pub(super) fn invest(flags: &InvestFlags) -> Outcome {
    let (desk, history) = history(&flags.desk, flags.days)?;
    let (settings, hires) = desk
        .db
        .read_now(Actor::desk(), |tx| Ok::<_, FloorError>((floor_settings(tx)?, runs::profiles(tx)?)))?;
    let told = runs::worth(&history, &settings, &hires, flags.weeks.max(1), &mut |_| {})?;
    let order = if flags.most { Order::Most } else { Order::PerHour };
    let choices = desk.db.read_now(Actor::desk(), |tx| runs::choices(tx, &told, order))?;
    if flags.json {
        say(&serde_json::to_string_pretty(&serde_json::json!({ "base": told.base, "choices": choices }))?);
    } else {
        lines(&told, &choices).iter().for_each(|line| say(line));
    }
    Ok(())
}

fn lines(told: &WorthTold, choices: &[Choice]) -> Vec<String> {
    let apart = if told.by_time { "what is had in time" } else { "what is solved for good" };
    let mut lines = vec![
        format!(
            "{} trainings and {} hires, on {:.0} days of history; told apart by {apart}. ± is a 95 % interval; hours are those of the first year.",
            told.looked_at,
            told.hires.len(),
            told.history_days
        ),
        String::new(),
    ];
    let head = ["", "in time, points", "solved, points", "rating", "hours", "points for 100 h", "that is"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for it in choices {
        rows.push(vec![
            words(it),
            changed(it.in_time, 100.0, 1),
            changed(it.for_good, 100.0, 1),
            changed(it.rating, 1.0, 2),
            format!("{:.0}", it.hours_together()),
            changed(it.gain_per_hundred_hours, 100.0, 2),
            verdict(it.gain).to_owned(),
        ]);
    }
    lines.extend(table(rows));
    lines
}

fn words(choice: &Choice) -> String {
    match (choice.learning(), choice.hiring()) {
        (Some(it), _) => {
            let from = it.from.map_or("?".to_owned(), |from| format!("{from:.1}"));
            format!("{} learns {}, {from} to {:.1}", it.name, it.skill_name, it.to)
        }
        (_, Some(it)) => format!("hire: {} ({})", it.name, it.week),
        (None, None) => String::new(),
    }
}

fn changed(it: Option<Told>, scale: f64, decimals: usize) -> String {
    it.map_or("–".to_owned(), |it| {
        format!("{:+.decimals$} ±{:.decimals$}", scale * it.mean, scale * (it.high - it.mean))
    })
}

fn verdict(gain: Option<Told>) -> &'static str {
    match gain {
        None => "",
        Some(it) if it.low > 0.0 => "better",
        Some(it) if it.high < 0.0 => "worse",
        Some(_) => "may be nothing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk::floor::runs::{HireTold, TrainingTold, What};

    #[test]
    fn trainings_and_hires_stand_in_one_table_with_hours_and_verdict() {
        let gain = |mean: f64| Some(Told { mean, low: mean - 0.01, high: mean + 0.01 });
        let training = TrainingTold {
            name: "Ana".into(),
            skill_name: "SAML".into(),
            to: 3.5,
            in_time: gain(0.02),
            ..TrainingTold::default()
        };
        let hire = HireTold {
            name: "Tier 2".into(),
            week: "Monday to Friday".into(),
            in_time: gain(0.001),
            ..HireTold::default()
        };
        let choices = [
            Choice::of(What::Learning(training), true, (40.0, 10.0)),
            Choice::of(What::Hiring(hire), true, (1_700.0, 120.0)),
        ];
        let told = WorthTold { looked_at: 7, by_time: true, ..WorthTold::default() };
        let text = lines(&told, &choices).join("\n");
        for words in [
            "7 trainings",
            "Ana learns SAML, ? to 3.5",
            "+2.0 ±1.0",
            "+4.00 ±2.00",
            "better",
            "hire: Tier 2 (Monday to Friday)",
            "1820",
            "may be nothing",
        ] {
            assert!(text.contains(words), "{words} is missing in\n{text}");
        }
    }
}
