//! TrueSkill of two teams (Herbrich, Minka & Graepel 2006): a comparator for tests and benchmarks.
//!
//! With two teams the message passing ends after one step, so the update has a closed form. Partial play: a player's
//! performance counts by its weight.

use statrs::function::erf::erfc;

/// A skill ~ Normal(mean, sd²).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Player {
    pub mean: f64,
    pub sd: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Game {
    /// Noise of one player's performance.
    pub beta: f64,
    /// Teams closer than this are level.
    pub draw_margin: f64,
}

/// The first team beat the second. Each player comes with a weight of 0–1.
pub fn win(winners: &[(Player, f64)], losers: &[(Player, f64)], game: Game) -> (Vec<Player>, Vec<Player>) {
    after(winners, losers, game, |t, margin| {
        let v = density(t - margin) / cumulative(t - margin).max(f64::MIN_POSITIVE);
        // Far on the wrong side the quotient is lost to rounding; its limit is not.
        let v = if v.is_finite() && v > 0.0 { v } else { (margin - t).max(0.0) };
        (v, v * (v + t - margin))
    })
}

/// The two were level.
pub fn draw(one: &[(Player, f64)], other: &[(Player, f64)], game: Game) -> (Vec<Player>, Vec<Player>) {
    after(one, other, game, |t, margin| {
        let (low, high) = (-margin - t, margin - t);
        let inside = (cumulative(high) - cumulative(low)).max(f64::MIN_POSITIVE);
        let v = (density(low) - density(high)) / inside;
        (v, v * v + (high * density(high) - low * density(low)) / inside)
    })
}

/// The margin at which two single players of equal skill draw with this probability.
pub fn draw_margin(probability: f64, beta: f64) -> f64 {
    let quantile = -std::f64::consts::SQRT_2 * statrs::function::erf::erfc_inv(probability + 1.0);
    quantile * 2.0_f64.sqrt() * beta
}

fn after(
    one: &[(Player, f64)],
    other: &[(Player, f64)],
    game: Game,
    moments: impl Fn(f64, f64) -> (f64, f64),
) -> (Vec<Player>, Vec<Player>) {
    let mean = |team: &[(Player, f64)]| team.iter().map(|(it, weight)| weight * it.mean).sum::<f64>();
    let variance = |team: &[(Player, f64)]| {
        team.iter().map(|(it, weight)| weight * weight * (it.sd * it.sd + game.beta * game.beta)).sum::<f64>()
    };
    let spread = (variance(one) + variance(other)).sqrt();
    let (v, w) = moments((mean(one) - mean(other)) / spread, game.draw_margin / spread);
    let move_all = |team: &[(Player, f64)], sign: f64| {
        let moved = |(it, weight): &(Player, f64)| {
            let variance = it.sd * it.sd;
            let share = weight * variance / spread;
            let kept = 1.0 - weight * weight * variance / (spread * spread) * w.clamp(0.0, 1.0);
            Player { mean: it.mean + sign * share * v, sd: (variance * kept).sqrt() }
        };
        team.iter().map(moved).collect()
    };
    (move_all(one, 1.0), move_all(other, -1.0))
}

fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

fn cumulative(x: f64) -> f64 {
    0.5 * erfc(-x / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The usual settings: 25 ± 25/3, β = 25/6, dynamics 25/300 added before each game, draws 10 %.
    const NEW: (f64, f64) = (25.0, 25.0 / 3.0);

    fn team(players: &[(f64, f64)]) -> Vec<(Player, f64)> {
        let dynamics: f64 = 25.0 / 300.0;
        players.iter().map(|(mean, sd)| (Player { mean: *mean, sd: sd.hypot(dynamics) }, 1.0)).collect()
    }

    /// The margin for equal teams of so many players in all.
    fn game(players: usize) -> Game {
        let beta = 25.0 / 6.0;
        let draw_margin = draw_margin(0.10, beta) * (players as f64 / 2.0).sqrt();
        Game { beta, draw_margin }
    }

    fn is(player: Player, mean: f64, sd: f64) {
        assert!(
            (player.mean - mean).abs() < 0.001 && (player.sd - sd).abs() < 0.001,
            "{player:?}, not {mean} {sd}"
        );
    }

    #[test]
    fn two_new_players_come_out_as_published() {
        let (won, lost) = win(&team(&[NEW]), &team(&[NEW]), game(2));
        is(won[0], 29.396, 7.171);
        is(lost[0], 20.604, 7.171);
        let (one, other) = draw(&team(&[NEW]), &team(&[NEW]), game(2));
        is(one[0], 25.0, 6.458);
        is(other[0], 25.0, 6.458);
    }

    #[test]
    fn a_surprising_draw_comes_out_as_published() {
        let (weak, strong) = draw(&team(&[NEW]), &team(&[(50.0, 12.5)]), game(2));
        is(weak[0], 31.662, 7.137);
        is(strong[0], 35.010, 7.910);
    }

    #[test]
    fn one_against_two_and_two_against_two_come_out_as_published() {
        let (won, lost) = win(&team(&[NEW]), &team(&[NEW, NEW]), game(3));
        is(won[0], 33.730, 7.317);
        is(lost[1], 16.270, 7.317);
        let (won, lost) = win(&team(&[NEW, NEW]), &team(&[NEW, NEW]), game(4));
        is(won[0], 28.108, 7.774);
        is(lost[0], 21.892, 7.774);
        let (won, lost) = win(&team(&[NEW; 4]), &team(&[NEW; 4]), game(8));
        is(won[0], 27.198, 8.059);
        is(lost[3], 22.802, 8.059);
    }

    #[test]
    fn who_plays_half_moves_less() {
        let (player, opponent) = (Player { mean: 25.0, sd: 8.0 }, Player { mean: 25.0, sd: 8.0 });
        let (won, _) = win(&[(player, 1.0), (player, 0.5)], &[(opponent, 1.0)], game(3));
        assert!(won[0].mean > won[1].mean && won[1].mean > 25.0 && won[0].sd < won[1].sd);
    }

    #[test]
    fn a_miracle_is_still_a_number() {
        let (won, lost) = win(
            &[(Player { mean: -200.0, sd: 1.0 }, 1.0)],
            &[(Player { mean: 200.0, sd: 1.0 }, 1.0)],
            game(2),
        );
        assert!(won[0].mean.is_finite() && won[0].mean > -200.0 && lost[0].sd.is_finite());
    }
}
