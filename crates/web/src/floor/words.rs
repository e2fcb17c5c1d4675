//! Figures of simulations in words: with their intervals, in units that people use.

use desk::floor::Told;
use desk::floor::runs::Run;
use desk::routing::Cause;

/// From here on hours say more than minutes.
const HOURS_FROM_MINUTES: f64 = 100.0;

/// Why routing looked at a piece of work.
pub fn cause(it: &Cause) -> &'static str {
    match it {
        Cause::Arrival => "it was new",
        Cause::Changed => "something about it had changed",
        Cause::Free => "somebody had become free",
        Cause::Offline => "whoever had it had gone",
        Cause::Waited => "it had waited so long that it asked for less",
        Cause::Pulled => "somebody asked for the next",
    }
}

/// `12 ± 1 min`, `2.4 ± 0.2 h`, of seconds.
pub fn told_minutes(it: &Option<Told>) -> String {
    let Some(it) = it else { return "–".to_owned() };
    let (mean, half) = (it.mean / 60.0, (it.high - it.mean).abs() / 60.0);
    match mean.abs() >= HOURS_FROM_MINUTES {
        true => format!("{} h", with_half(mean / 60.0, half / 60.0)),
        false => format!("{} min", with_half(mean, half)),
    }
}

/// `81 ± 2 %`, of a share.
pub fn told_percent(it: &Option<Told>) -> String {
    it.map_or("–".to_owned(), |it| {
        format!("{} %", with_half(100.0 * it.mean, 100.0 * (it.high - it.mean).abs()))
    })
}

fn with_half(mean: f64, half: f64) -> String {
    let decimals = if mean.abs() < 10.0 || half > 0.0 && half < 1.0 { 1 } else { 0 };
    match half >= 0.5 * 10_f64.powi(-decimals) {
        true => format!("{mean:.*} ± {half:.*}", decimals as usize, decimals as usize),
        false => format!("{mean:.*}", decimals as usize),
    }
}

/// `+1.2` points of a share, with a true minus.
pub fn points(it: &Option<Told>) -> String {
    it.map_or("–".to_owned(), |it| signed(100.0 * it.mean))
}

/// `+0.4 to +2.0`
pub fn point_interval(it: &Option<Told>) -> String {
    it.map_or(String::new(), |it| format!("{} to {}", signed(100.0 * it.low), signed(100.0 * it.high)))
}

/// `−3.1 min`, of seconds.
pub fn minutes_more(it: &Option<Told>) -> String {
    it.map_or("–".to_owned(), |it| format!("{} min", signed(it.mean / 60.0)))
}

pub fn minutes_interval(it: &Option<Told>) -> String {
    it.map_or(String::new(), |it| format!("{} to {}", signed(it.low / 60.0), signed(it.high / 60.0)))
}

pub fn signed(it: f64) -> String {
    let rounded = (10.0 * it).round() / 10.0;
    match rounded {
        it if it < 0.0 => format!("−{:.1}", -it),
        it if it > 0.0 => format!("+{it:.1}"),
        _ => "0.0".to_owned(),
    }
}

/// What an interval says: less is better for waits (in seconds), more for shares (0 to 1). A difference that is shown as
/// nothing is not called better or worse, however sure it is.
pub fn verdict(it: &Option<Told>, less_is_better: bool) -> &'static str {
    let Some(it) = it else { return "" };
    let shown = signed(if less_is_better { it.mean / 60.0 } else { 100.0 * it.mean });
    match (it.low > 0.0, it.high < 0.0) {
        (false, false) => "may be nothing",
        _ if shown == "0.0" => "hardly any",
        (more, _) if more == less_is_better => "worse",
        _ => "better",
    }
}

/// `34 s`, `2 min`
pub fn took(run: &Run) -> String {
    match run.finished_at.zip(run.started_at).map(|(end, start)| end - start) {
        None => String::new(),
        Some(ms) if ms < 10_000 => format!("{:.1} s", ms as f64 / 1_000.0),
        Some(ms) if ms < 120_000 => format!("{} s", ms / 1_000),
        Some(ms) => format!("{} min", ms / 60_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(mean: f64, half: f64) -> Option<Told> {
        Some(Told { mean, low: mean - half, high: mean + half })
    }

    #[test]
    fn figures_come_with_their_interval_and_unit() {
        assert_eq!(told_minutes(&told(720.0, 66.0)), "12 ± 1 min");
        assert_eq!(told_minutes(&told(9_000.0, 600.0)), "2.5 ± 0.2 h");
        assert_eq!((told_percent(&told(0.81, 0.02)), told_percent(&None)), ("81 ± 2 %".into(), "–".into()));
        assert_eq!(
            (points(&told(-0.012, 0.0)), point_interval(&told(0.0, 0.01))),
            ("−1.2".into(), "−1.0 to +1.0".into())
        );
    }

    #[test]
    fn an_interval_that_holds_zero_may_be_nothing() {
        assert_eq!(verdict(&told(5.0, 6.0), true), "may be nothing");
        assert_eq!((verdict(&told(5.0, 1.0), true), verdict(&told(5.0, 1.0), false)), ("worse", "better"));
        assert_eq!(verdict(&told(-5.0, 1.0), true), "better");
    }

    #[test]
    fn a_difference_that_is_shown_as_nothing_is_not_praised() {
        assert_eq!(verdict(&told(-2.0, 1.0), true), "hardly any");
        assert_eq!(verdict(&told(0.000_4, 0.000_1), false), "hardly any");
    }
}
