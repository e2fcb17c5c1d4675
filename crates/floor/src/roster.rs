//! A week's roster: who works which shift, so that what is needed is covered. Times in minutes from the week's beginning.
//!
//! Day by day an integer program says how many people on which shift would cover the day at least cost. People are then
//! put on these shifts, the scarce first, within their hours, days and rest; what is still short is mended by small
//! changes that are kept when they help (simulated annealing). The same seed gives the same roster.

use crate::chance::{Purpose, share, stream};
use crate::cover::{Working, least_cost};
use rand::Rng;

pub const DAYS: usize = 7;
/// Breaks of one shift.
pub const BREAKS_MAX: usize = 4;
const DAY_MINUTES: i64 = 24 * 60;
/// A person-period that is short costs so much; one that is there without need, so little.
const SHORT_COST: f64 = 10.0;
const OVER_COST: f64 = 0.4;
/// Missing the last able person is worse than missing one of many.
const NOBODY_COST: f64 = 15.0;
/// A shift at another time than usual, for each hour of difference.
const UNUSUAL_COST: f64 = 0.25;
/// A period of work, so that nobody works without need.
const WORK_COST: f64 = 0.15;
/// Small changes that are tried for each person.
const TRIES_PER_PERSON: usize = 4_000;
const TRIES_MAX: usize = 120_000;
const HOTTEST: f64 = 12.0;
const COLDEST: f64 = 0.05;

/// What a week asks, and who could give it.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub period_minutes: i64,
    /// The whole first, then what needs a skill.
    pub needs: Vec<Need>,
    pub people: Vec<Person>,
}

/// People needed in each period of the week.
#[derive(Debug, Clone, Default)]
pub struct Need {
    pub people: Vec<f64>,
}

#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Shifts they might work; at most one of a day.
    pub choices: Vec<Choice>,
    pub minutes_max: i64,
    pub days_max: usize,
    /// Between the end of a shift and the beginning of the next.
    pub rest_minutes: i64,
    /// By need: may they serve it?
    pub serves: Vec<bool>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Choice {
    /// 0–6, by the person's own week.
    pub day: usize,
    pub from: i64,
    pub to: i64,
    /// Hours by which it differs from what they usually work.
    pub unusual_hours: f64,
    /// From its beginning on: after how many minutes, and how long; 0 for none.
    pub breaks: [(i64, i64); BREAKS_MAX],
}

/// What was found: by person, places among their choices; and person-periods that stay short, by need.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggested {
    pub chosen: Vec<Vec<usize>>,
    pub short: Vec<f64>,
}

/// A roster for the week.
pub fn suggest(asked: &Asked, seed: u64) -> Suggested {
    let mut draft = Draft::new(asked);
    if !asked.needs.is_empty() {
        (0..DAYS).for_each(|day| draft.fill_day(day));
        draft.mend(seed);
    }
    let short = draft.short();
    let mut chosen: Vec<Vec<usize>> =
        draft.of.iter().map(|it| it.iter().flatten().copied().collect()).collect();
    chosen.iter_mut().for_each(|it| it.sort_unstable());
    Suggested { chosen, short }
}

struct Draft<'a> {
    asked: &'a Asked,
    /// By person and day.
    of: Vec<[Option<usize>; DAYS]>,
    minutes: Vec<i64>,
    /// By need and period.
    present: Vec<Vec<f64>>,
}

impl<'a> Draft<'a> {
    fn new(asked: &'a Asked) -> Draft<'a> {
        Draft {
            asked,
            of: vec![[None; DAYS]; asked.people.len()],
            minutes: vec![0; asked.people.len()],
            present: asked.needs.iter().map(|it| vec![0.0; it.people.len()]).collect(),
        }
    }

    fn choice(&self, person: usize, at: usize) -> Choice {
        self.asked.people[person].choices[at]
    }

    fn length(&self) -> usize {
        self.asked.needs.first().map_or(0, |it| it.people.len())
    }

    /// Share of each period it touches that this shift is there, breaks not counted.
    fn periods(&self, it: &Choice) -> impl Iterator<Item = (usize, f64)> + use<> {
        let it = *it;
        let length = self.asked.period_minutes.max(1);
        let (from, to) = (it.from.max(0), it.to.min(self.length() as i64 * length));
        let last = if to > from { (to + length - 1) / length } else { from / length };
        (from / length..last).map(move |at| {
            let start = at * length;
            let within = |from: i64, to: i64| (to.min(start + length) - from.max(start)).max(0);
            let off: i64 =
                it.breaks.iter().map(|(after, long)| within(it.from + after, it.from + after + long)).sum();
            (at as usize, (within(from, to) - off).max(0) as f64 / length as f64)
        })
    }

    /// Within hours and days, with rest on both sides, and not on a day that is taken.
    fn may(&self, person: usize, at: usize) -> bool {
        let (it, who) = (self.choice(person, at), &self.asked.people[person]);
        let taken = self.of[person].iter().flatten().count();
        if self.of[person][it.day].is_some()
            || taken >= who.days_max
            || self.minutes[person] + it.to - it.from > who.minutes_max
        {
            return false;
        }
        self.of[person].iter().flatten().all(|other| {
            let other = who.choices[*other];
            other.to + who.rest_minutes <= it.from || it.to + who.rest_minutes <= other.from
        })
    }

    /// What one period of one need costs with so many people.
    fn cost_of(&self, need: usize, period: usize, present: f64) -> f64 {
        let needed = self.asked.needs[need].people[period];
        let missing = (needed - present).max(0.0);
        let nobody = if needed > 0.0 && present < 0.5 { NOBODY_COST } else { 0.0 };
        // More than needed is only told of the whole.
        let over = if need == 0 { OVER_COST * (present - needed).max(0.0) } else { 0.0 };
        SHORT_COST * missing + nobody + over
    }

    /// How much worse it gets, if somebody is put on a shift (`sign` 1) or taken off (−1).
    fn change(&self, person: usize, at: usize, sign: f64) -> f64 {
        let (it, who) = (self.choice(person, at), &self.asked.people[person]);
        let mut sum = sign * UNUSUAL_COST * it.unusual_hours;
        for (period, part) in self.periods(&it) {
            sum += sign * WORK_COST * part;
            for need in (0..self.asked.needs.len()).filter(|need| who.serves[*need]) {
                let before = self.present[need][period];
                sum += self.cost_of(need, period, before + sign * part) - self.cost_of(need, period, before);
            }
        }
        sum
    }

    fn put(&mut self, person: usize, at: usize, sign: f64) {
        let it = self.choice(person, at);
        let periods: Vec<(usize, f64)> = self.periods(&it).collect();
        for need in 0..self.asked.needs.len() {
            if self.asked.people[person].serves[need] {
                periods.iter().for_each(|(period, part)| self.present[need][*period] += sign * part);
            }
        }
        self.of[person][it.day] = (sign > 0.0).then_some(at);
        self.minutes[person] += sign as i64 * (it.to - it.from);
    }

    /// How many on which shift, by the integer program; then who, as long as it helps.
    fn fill_day(&mut self, day: usize) {
        let people = 0..self.asked.people.len();
        let mut shifts: Vec<(i64, i64)> = people
            .clone()
            .flat_map(|person| &self.asked.people[person].choices)
            .filter(|it| it.day == day)
            .map(|it| (it.from, it.to))
            .collect();
        shifts.sort_unstable();
        shifts.dedup();
        // The day, and the night that its shifts reach into.
        let length = self.asked.period_minutes.max(1);
        let window = (day as i64 * DAY_MINUTES / length) as usize
            ..self.length().min(((day as i64 + 1) * DAY_MINUTES / length) as usize);
        let needed: Vec<f64> = window
            .clone()
            .map(|at| (self.asked.needs[0].people[at] - self.present[0][at]).max(0.0))
            .collect();
        let working: Vec<Working> = shifts
            .iter()
            .map(|(from, to)| {
                let it = Choice { day, from: *from, to: *to, ..Choice::default() };
                let could = |person: &usize| {
                    self.asked.people[*person].choices.iter().any(|it| (it.from, it.to) == (*from, *to))
                };
                let mut worked = vec![0.0; needed.len()];
                for (period, part) in self.periods(&it).filter(|it| window.contains(&it.0)) {
                    worked[period - window.start] = part;
                }
                Working {
                    cost: (to - from) as f64 / length as f64,
                    people_max: people.clone().filter(could).count() as u32,
                    worked,
                }
            })
            .collect();
        // Without an answer of the solver the small changes do it all.
        let Ok((counts, _)) = least_cost(&needed, &working, Some(SHORT_COST)) else { return };
        for ((from, to), count) in shifts.iter().zip(counts) {
            for _ in 0..count {
                let best = people
                    .clone()
                    .filter_map(|person| {
                        let choices = &self.asked.people[person].choices;
                        let at =
                            choices.iter().position(|it| (it.day, it.from, it.to) == (day, *from, *to))?;
                        self.may(person, at).then(|| (self.change(person, at, 1.0), person, at))
                    })
                    .min_by(|a, b| a.0.total_cmp(&b.0));
                match best {
                    Some((worse, person, at)) if worse < 0.0 => self.put(person, at, 1.0),
                    _ => break,
                }
            }
        }
    }

    fn mend(&mut self, seed: u64) {
        let tries = (TRIES_PER_PERSON * self.asked.people.len()).min(TRIES_MAX);
        let mut chance = stream(seed, 0, Purpose::Policy, 0);
        let mut pick = |below: usize| (chance.next_u64() % below.max(1) as u64) as usize;
        let mut luck = stream(seed, 1, Purpose::Policy, 0);
        let (mut cost, mut best_cost, mut best) = (0.0, 0.0, self.of.clone());
        for round in 0..tries {
            let person = pick(self.asked.people.len());
            let choices = self.asked.people[person].choices.len();
            if choices == 0 {
                continue;
            }
            let new = pick(choices);
            let day = self.choice(person, new).day;
            // Off the day's shift, or off another day's to have room for this one.
            let off = match self.of[person][day] {
                Some(at) => Some(at),
                None if pick(2) == 0 => self.of[person][pick(DAYS)],
                None => None,
            };
            let mut worse = 0.0;
            if let Some(off) = off {
                worse += self.change(person, off, -1.0);
                self.put(person, off, -1.0);
            }
            let on = off != Some(new) && self.may(person, new);
            if on {
                worse += self.change(person, new, 1.0);
                self.put(person, new, 1.0);
            }
            let heat = HOTTEST * (COLDEST / HOTTEST).powf(round as f64 / tries as f64);
            if worse <= 0.0 || share(&mut luck) < (-worse / heat).exp() {
                cost += worse;
                if cost < best_cost - 1e-9 {
                    best_cost = cost;
                    best = self.of.clone();
                }
                continue;
            }
            if on {
                self.put(person, new, -1.0);
            }
            if let Some(off) = off {
                self.put(person, off, 1.0);
            }
        }
        self.restore(&best);
    }

    fn restore(&mut self, of: &[[Option<usize>; DAYS]]) {
        let asked = self.asked;
        *self = Draft::new(asked);
        for (person, days) in of.iter().enumerate() {
            days.iter().flatten().for_each(|at| self.put(person, *at, 1.0));
        }
    }

    fn short(&self) -> Vec<f64> {
        let of = |need: usize| {
            let needed = self.asked.needs[need].people.iter();
            needed.zip(&self.present[need]).map(|(needed, present)| (needed - present).max(0.0)).sum()
        };
        (0..self.asked.needs.len()).map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF_HOURS: usize = 7 * 48;

    /// Monday to Friday from 8 to 18, so many people.
    fn office(people: f64) -> Need {
        let needed = |at: usize| if at / 48 < 5 && (16..36).contains(&(at % 48)) { people } else { 0.0 };
        Need { people: (0..HALF_HOURS).map(needed).collect() }
    }

    fn person(serves: &[bool]) -> Person {
        let choice = |day: usize, start: i64| Choice {
            day,
            from: day as i64 * DAY_MINUTES + start,
            to: day as i64 * DAY_MINUTES + start + 8 * 60,
            unusual_hours: (start - 480) as f64 / 60.0,
            ..Choice::default()
        };
        let choices = (0..7).flat_map(|day| [480, 540, 600].map(|start| choice(day, start))).collect();
        Person { choices, minutes_max: 40 * 60, days_max: 5, rest_minutes: 11 * 60, serves: serves.to_vec() }
    }

    fn asked(needs: Vec<Need>, people: Vec<Person>) -> Asked {
        Asked { period_minutes: 30, needs, people }
    }

    fn work_of(asked: &Asked, found: &Suggested, person: usize) -> Vec<Choice> {
        found.chosen[person].iter().map(|at| asked.people[person].choices[*at]).collect()
    }

    #[test]
    fn enough_people_cover_the_week_and_nobody_works_when_nothing_is_needed() {
        let asked = asked(vec![office(2.0)], vec![person(&[true]); 5]);
        let found = suggest(&asked, 1);
        assert_eq!(found.short, [0.0]);
        let all: Vec<Choice> = (0..5).flat_map(|person| work_of(&asked, &found, person)).collect();
        assert!(all.iter().all(|it| it.day < 5), "nothing comes at the weekend: {all:?}");
        assert!(all.len() <= 21, "twenty shifts do it: {}", all.len());
        assert_eq!(suggest(&asked, 1), found, "the same seed gives the same roster");
    }

    #[test]
    fn hours_days_and_rest_are_kept_however_short_it_is() {
        let mut people = vec![person(&[true]); 2];
        people[0].minutes_max = 17 * 60;
        people[1].days_max = 3;
        let asked = asked(vec![office(4.0)], people);
        let found = suggest(&asked, 7);
        assert!(found.short[0] > 0.0);
        assert_eq!((found.chosen[0].len(), found.chosen[1].len()), (2, 3));
        for person in 0..2 {
            let mut work = work_of(&asked, &found, person);
            work.sort_by_key(|it| it.from);
            assert!(work.windows(2).all(|it| it[0].to + 11 * 60 <= it[1].from));
        }
    }

    #[test]
    fn the_only_one_who_can_is_there_whenever_it_is_needed() {
        let mut rare = office(1.0);
        // Needed on Tuesday and Thursday from ten to noon only.
        for (at, it) in rare.people.iter_mut().enumerate() {
            *it = if [1, 3].contains(&(at / 48)) && (20..24).contains(&(at % 48)) { 1.0 } else { 0.0 };
        }
        let people = vec![person(&[true, false]), person(&[true, true]), person(&[true, false])];
        let asked = asked(vec![office(1.0), rare], people);
        let found = suggest(&asked, 3);
        assert_eq!(found.short, [0.0, 0.0], "{found:?}");
        let days: Vec<usize> = work_of(&asked, &found, 1).iter().map(|it| it.day).collect();
        assert!(days.contains(&1) && days.contains(&3), "{days:?}");
    }

    #[test]
    fn a_shift_over_midnight_covers_both_days() {
        let mut night = Need { people: vec![0.0; HALF_HOURS] };
        // Monday 22 o'clock to Tuesday 6 o'clock.
        night.people[44..60].fill(1.0);
        let mut one = person(&[true]);
        one.choices = vec![Choice { day: 0, from: 22 * 60, to: 30 * 60, ..Choice::default() }];
        let found = suggest(&asked(vec![night], vec![one]), 1);
        assert_eq!((found.chosen[0].len(), found.short[0]), (1, 0.0));
    }

    #[test]
    fn whoever_has_a_break_is_not_there() {
        let mut noon = Need { people: vec![0.0; HALF_HOURS] };
        noon.people[18..26].fill(1.0);
        let mut one = person(&[true]);
        let shift = Choice { day: 0, from: 9 * 60, to: 13 * 60, ..Choice::default() };
        let breaks = [(3 * 60, 30), (0, 0), (0, 0), (0, 0)];
        one.choices = vec![Choice { breaks, ..shift }];
        assert_eq!(
            suggest(&asked(vec![noon.clone()], vec![one.clone()]), 1).short,
            [1.0],
            "twelve to half past"
        );
        one.choices.push(shift);
        let found = suggest(&asked(vec![noon], vec![one]), 1);
        assert_eq!(
            (found.short, found.chosen[0].as_slice()),
            (vec![0.0], &[1][..]),
            "the one without is taken"
        );
    }
}
