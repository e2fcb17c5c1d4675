//! Lines with their intervals, drawn here: no script, and words for those who do not see them.

use desk::floor::Told;

pub const WIDTH: f64 = 720.0;
pub const HEIGHT: f64 = 220.0;
const LEFT: f64 = 44.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 26.0;
const TICKS: usize = 4;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    pub bands: Vec<Shape>,
    pub lines: Vec<Shape>,
    /// Height and label of each line across.
    pub across: Vec<(String, String)>,
    /// Place and label below.
    pub below: Vec<(String, String)>,
    /// A line that parts what was from what will be.
    pub parting: Option<String>,
    pub words: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// `base`, `other`, `past`, `wide`
    pub class: &'static str,
    pub path: String,
}

/// Points of one line, by place; a gap is `None`.
pub struct Series<'a> {
    pub class: &'static str,
    /// Of the first point, among all places.
    pub from: usize,
    pub points: &'a [Option<Told>],
    pub has_band: bool,
}

/// `places` side by side, labelled at some of them.
pub fn drawn(places: usize, series: &[Series<'_>], labels: &[(usize, String)], words: String) -> Chart {
    let most = series
        .iter()
        .flat_map(|it| it.points.iter().flatten().map(|told| if it.has_band { told.high } else { told.mean }))
        .fold(0.0, f64::max);
    let step = nice_step(most / TICKS as f64);
    let top = (most / step).ceil().max(1.0) * step;
    let x =
        |place: usize| LEFT + (WIDTH - LEFT - RIGHT) * place as f64 / places.saturating_sub(1).max(1) as f64;
    let y = |value: f64| HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (value / top).clamp(0.0, 1.0);
    let mut chart = Chart { words, ..Chart::default() };
    let ticks = (top / step).round() as usize;
    chart.across = (0..=ticks)
        .map(|at| (format!("{:.1}", y(at as f64 * step)), label(at as f64 * step, step)))
        .collect();
    chart.below = labels.iter().map(|(place, words)| (format!("{:.1}", x(*place)), words.clone())).collect();
    for it in series {
        for stretch in stretches(it) {
            let point = |place: usize, value: f64| format!("{:.1},{:.1}", x(place), y(value));
            let line: Vec<String> = stretch.iter().map(|(place, told)| point(*place, told.mean)).collect();
            chart.lines.push(Shape { class: it.class, path: format!("M{}", line.join(" L")) });
            if it.has_band {
                let above = stretch.iter().map(|(place, told)| point(*place, told.high));
                let under = stretch.iter().rev().map(|(place, told)| point(*place, told.low));
                let band: Vec<String> = above.chain(under).collect();
                chart.bands.push(Shape { class: it.class, path: format!("M{}Z", band.join(" L")) });
            }
        }
    }
    chart
}

impl Chart {
    pub fn parted_at(mut self, place: f64, places: usize) -> Chart {
        let x = LEFT + (WIDTH - LEFT - RIGHT) * place / places.saturating_sub(1).max(1) as f64;
        self.parting = Some(format!("{x:.1}"));
        self
    }
}

/// Runs of points without a gap.
fn stretches(it: &Series<'_>) -> Vec<Vec<(usize, Told)>> {
    let mut all: Vec<Vec<(usize, Told)>> = Vec::new();
    let mut open = false;
    for (at, point) in it.points.iter().enumerate() {
        match (point, open, all.last_mut()) {
            (Some(told), true, Some(last)) => last.push((it.from + at, *told)),
            (Some(told), ..) => all.push(vec![(it.from + at, *told)]),
            (None, ..) => {}
        }
        open = point.is_some();
    }
    all
}

/// 1, 2 or 5 times a power of ten, at least as large.
fn nice_step(least: f64) -> f64 {
    if least <= 0.0 || !least.is_finite() {
        return 1.0;
    }
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|it| it * power)
        .find(|it| *it >= least - 1e-12)
        .unwrap_or(10.0 * power)
}

fn label(value: f64, step: f64) -> String {
    if step < 1.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(mean: f64) -> Option<Told> {
        Some(Told { mean, low: mean - 1.0, high: mean + 1.0 })
    }

    #[test]
    fn a_line_breaks_at_a_gap_and_has_its_band() {
        let points = [told(2.0), told(4.0), None, told(9.0)];
        let series = Series { class: "other", from: 0, points: &points, has_band: true };
        let chart = drawn(4, &[series], &[(0, "Mon".into())], "words".into());
        assert_eq!((chart.lines.len(), chart.bands.len()), (2, 2));
        assert_eq!(chart.across.last().map(|it| it.1.as_str()), Some("10"));
        assert!(chart.lines[0].path.starts_with("M44.0,") && chart.bands[0].path.ends_with('Z'));
        assert_eq!(chart.below[0].0, "44.0");
    }

    #[test]
    fn steps_are_round_and_nothing_is_drawn_without_failing() {
        assert_eq!(
            (nice_step(3.2), nice_step(0.11), nice_step(70.0), nice_step(0.0)),
            (5.0, 0.2, 100.0, 1.0)
        );
        assert!(drawn(0, &[], &[], String::new()).lines.is_empty());
    }
}
