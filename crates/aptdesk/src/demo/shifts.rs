//! Who is at work: by the clock of each agent's own city, with a few at weekends.

use super::content::{Agent, Content};
use desk::skills::planning::Shift;
use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// Minutes after local midnight.
const BEGINS_MINUTES: i64 = 8 * 60 + 30;
const ENDS_MINUTES: i64 = 17 * 60 + 30;
/// Colleagues begin up to so much later than the first.
const STAGGER_MINUTES: i64 = 30;
const STAGGERS: i64 = 4;
/// Every so manieth works at the weekend, and rests on Monday and Tuesday.
const WEEKEND_EVERY: usize = 4;
/// A visitor at any hour finds at least so many at work: those whose shift is nearest stay or come early.
pub const PRESENT_MIN: usize = 12;
/// … among them, for each language that customers write, one who has it at this level.
const SPEAKS_LEVEL: f64 = 4.0;
const DAY_MINUTES: i64 = 24 * 60;

/// Is this agent, the `index`th of the company, at work by the rota?
pub fn is_at_work(agent: &Agent, index: usize, now_ms: i64) -> bool {
    works_today(agent, index, now_ms) && minutes_away(agent, index, now_ms) == 0
}

fn works_today(agent: &Agent, index: usize, now_ms: i64) -> bool {
    works_on(index, local(agent, now_ms).0)
}

fn works_on(index: usize, weekday: Weekday) -> bool {
    let at_weekends = index % WEEKEND_EVERY == WEEKEND_EVERY - 1;
    match weekday {
        Weekday::Saturday | Weekday::Sunday => at_weekends,
        Weekday::Monday | Weekday::Tuesday => !at_weekends,
        _ => true,
    }
}

/// The rota of the `index`th, as the desk keeps it.
pub fn week(index: usize) -> Vec<Shift> {
    const DAYS: [Weekday; 7] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];
    let later = (index as i64 % STAGGERS) * STAGGER_MINUTES;
    let shift =
        |weekday| Shift { weekday, from_minute: BEGINS_MINUTES + later, to_minute: ENDS_MINUTES + later };
    (0..7).filter(|day| works_on(index, DAYS[*day as usize])).map(shift).collect()
}

/// How far now is from the agent's hours; 0 within them.
pub fn minutes_away(agent: &Agent, index: usize, now_ms: i64) -> i64 {
    let later = (index as i64 % STAGGERS) * STAGGER_MINUTES;
    let (begins, ends) = (BEGINS_MINUTES + later, ENDS_MINUTES + later);
    let minute = local(agent, now_ms).1;
    if (begins..ends).contains(&minute) {
        return 0;
    }
    (begins - minute).rem_euclid(DAY_MINUTES).min((minute - ends).rem_euclid(DAY_MINUTES) + 1)
}

/// Whoever is at work now, by index, with enough of them for a visitor to watch.
pub fn present(content: &Content, now_ms: i64) -> Vec<usize> {
    let mut order: Vec<(bool, i64, usize)> = content
        .agents
        .iter()
        .enumerate()
        .map(|(i, agent)| (!works_today(agent, i, now_ms), minutes_away(agent, i, now_ms), i))
        .collect();
    // Whoever is nearest to their hours comes first, on their own days before others.
    order.sort_by_key(|&(rests, away, i)| (away > 0 || rests, away, rests, i));
    let by_rota = order.iter().filter(|(rests, away, _)| !rests && *away == 0).count();
    let order: Vec<usize> = order.into_iter().map(|(_, _, i)| i).collect();
    let (mut here, rest) = (order[..by_rota.max(PRESENT_MIN)].to_vec(), &order[by_rota.max(PRESENT_MIN)..]);
    let languages: BTreeSet<&str> = content.situations.iter().map(|it| it.language.as_str()).collect();
    for language in languages {
        let key = format!("language-{language}");
        let speaks =
            |i: &&usize| content.agents[**i].skills.get(&key).is_some_and(|level| *level >= SPEAKS_LEVEL);
        if !here.iter().any(|i| speaks(&i)) {
            here.extend(rest.iter().find(speaks));
        }
    }
    here
}

fn local(agent: &Agent, now_ms: i64) -> (Weekday, i64) {
    let zone = TimeZone::get(&agent.time_zone).unwrap_or(TimeZone::UTC);
    let here = Timestamp::from_millisecond(now_ms).unwrap_or_default().to_zoned(zone);
    (here.weekday(), i64::from(here.hour()) * 60 + i64::from(here.minute()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().expect("a moment").as_millisecond()
    }

    fn first_in(content: &Content, zone: &str) -> (usize, bool) {
        let found =
            content.agents.iter().enumerate().find(|(i, it)| it.time_zone == zone && i % WEEKEND_EVERY == 0);
        (found.expect("somebody works there").0, true)
    }

    #[test]
    fn each_works_by_the_clock_of_their_own_city_also_over_a_change_of_the_hour() {
        let content = Content::load().expect("the content is read");
        let (i, _) = first_in(&content, "America/New_York");
        let agent = &content.agents[i];
        // 8:30 in New York is 13:30 UTC in winter and 12:30 in summer.
        assert!(
            !is_at_work(agent, i, at("2026-01-14T13:29:00Z"))
                && is_at_work(agent, i, at("2026-01-14T13:30:00Z"))
        );
        assert!(
            !is_at_work(agent, i, at("2026-07-15T12:29:00Z"))
                && is_at_work(agent, i, at("2026-07-15T12:30:00Z"))
        );
        assert!(!is_at_work(agent, i, at("2026-01-17T16:00:00Z")), "it is Saturday");
    }

    #[test]
    fn the_weeks_that_the_desk_keeps_are_those_that_are_worked() {
        let content = Content::load().expect("the content is read");
        let (i, _) = first_in(&content, "America/New_York");
        // Monday, 8:30 in New York; nobody of the weekday people works on Saturday.
        assert!(is_at_work(&content.agents[i], i, at("2026-01-12T13:30:00Z")));
        assert_eq!((week(i).len(), week(i)[0].weekday, week(i)[0].from_minute), (5, 0, BEGINS_MINUTES));
        assert!(week(WEEKEND_EVERY - 1).iter().any(|it| it.weekday == 6));
    }

    #[test]
    fn the_way_to_a_shift_is_counted_from_both_sides() {
        let content = Content::load().expect("the content is read");
        let (i, _) = first_in(&content, "America/New_York");
        let agent = &content.agents[i];
        assert_eq!(minutes_away(agent, i, at("2026-01-14T13:00:00Z")), 30);
        assert_eq!(minutes_away(agent, i, at("2026-01-14T22:30:00Z")), 1);
        assert_eq!(minutes_away(agent, i, at("2026-01-14T15:00:00Z")), 0);
    }

    #[test]
    fn at_every_hour_of_the_week_somebody_is_there_to_watch() {
        let content = Content::load().expect("the content is read");
        let monday = at("2026-03-02T00:00:00Z");
        for hour in 0..7 * 24 {
            let now = monday + hour * 3_600_000;
            let here = present(&content, now);
            let by_rota =
                (0..content.agents.len()).filter(|i| is_at_work(&content.agents[*i], *i, now)).count();
            assert!(
                here.len() >= by_rota.max(PRESENT_MIN) && here.len() < content.agents.len(),
                "hour {hour}"
            );
            for language in ["en", "de", "es", "fr"] {
                let key = format!("language-{language}");
                let level = |i: &usize| content.agents[*i].skills.get(&key).copied().unwrap_or(0.0);
                assert!(here.iter().any(|i| level(i) >= SPEAKS_LEVEL), "hour {hour}: {language}");
            }
        }
    }
}
