//! A scenario as the text that [`Scenario::read`] reads.

mod values;

use std::fmt::Write;

use routing::engine::Rule;
use routing::{Channel, Hardness, Priority};
use skills::SkillId;

use super::{Scenario, Shift};
use crate::model::{Again, Arrivals, Closing, ContactType, Floor, Group, Learning, Pick, Tier};
use crate::policy::PolicyKind;

use values::{HOUR_S, alike, clock, line, list, number, quoted, seconds, table, time};

impl Scenario {
    /// As TOML. Dialers are left out, and listed moments become counts by period.
    pub fn write(&self) -> String {
        let floor = &self.floor;
        let mut text = String::new();
        line(&mut text, "name", &quoted(&floor.name));
        line(&mut text, "days", &self.days.to_string());
        line(&mut text, "seed", &self.seed.to_string());
        day(&mut text, floor);
        if let Some(it) = &self.calendar {
            line(&mut text, "date", &quoted(&it.date));
            line(&mut text, "time_zone", &quoted(&it.time_zone));
        }
        policy(&mut text, &floor.policy);
        if let Some(it) = &floor.learning {
            learning(&mut text, it);
        }
        for (at, kind) in floor.types.iter().enumerate() {
            self.kind(&mut text, at, kind);
        }
        for group in &floor.groups {
            self.group(&mut text, group);
        }
        for shift in &self.shifts {
            self.shift(&mut text, shift);
        }
        text
    }

    fn skill(&self, skill: SkillId) -> String {
        let name = usize::try_from(skill.0).ok().and_then(|at| self.skills.get(at));
        name.map_or_else(|| skill.0.to_string(), Clone::clone)
    }

    fn names(&self, groups: &[usize]) -> String {
        list(groups.iter().filter_map(|at| self.floor.groups.get(*at)).map(|it| quoted(&it.name)))
    }

    fn kind(&self, text: &mut String, at: usize, it: &ContactType) {
        text.push_str("\n[[type]]\n");
        line(text, "name", &quoted(&it.name));
        if it.channel != Channel::Voice {
            line(text, "channel", &quoted(it.channel.as_str()));
        }
        if it.priority != Priority::Normal {
            line(text, "priority", &quoted(it.priority.as_str()));
        }
        arrivals(text, &self.floor, &it.arrivals);
        line(text, "service", &time(&it.service));
        if let Some(patience) = &it.patience {
            line(text, "patience", &time(patience));
        }
        if it.balk_share > 0.0 {
            line(text, "balk", &number(it.balk_share));
        }
        if let Some(wrap_up) = &it.wrap_up {
            line(text, "wrap_up", &time(wrap_up));
        }
        line(text, "acceptable_wait", &seconds(it.acceptable_s));
        let again = |of: &Again| format!("{{ share = {}, after = {} }}", number(of.share), time(&of.after));
        if let Some(retrial) = &it.retrial {
            line(text, "retrial", &again(retrial));
        }
        if let Some(unsolved) = &it.unsolved {
            line(text, "unsolved", &again(unsolved));
        }
        if !it.transfers.is_empty() {
            let to = |to: usize| quoted(&self.floor.types[to].name);
            let all = it
                .transfers
                .iter()
                .map(|it| format!("{{ to = {}, share = {} }}", to(it.to), number(it.share)));
            line(text, "transfers", &list(all));
        }
        if !it.writes_again.is_empty() {
            let one = |it: &crate::model::WritesAgain| {
                let to = quoted(&self.floor.types[it.to].name);
                format!("{{ to = {to}, share = {}, after = {} }}", number(it.share), time(&it.after))
            };
            line(text, "writes_again", &list(it.writes_again.iter().map(one)));
        }
        if !it.needs.is_empty() {
            let need = |it: &routing::Requirement| {
                let must = if it.hardness == Hardness::Must { ", must = true" } else { "" };
                let skill = quoted(&self.skill(it.skill));
                let (level, weight) = (number(it.least_level), number(it.weight));
                format!("{{ skill = {skill}, level = {level}, weight = {weight}{must} }}")
            };
            line(text, "needs", &list(it.needs.iter().map(need)));
        }
        if let Some(after_s) = it.gives_way_s {
            line(text, "gives_way_after", &seconds(after_s));
        }
        if it.difficulty != 0.0 {
            line(text, "difficulty", &number(it.difficulty));
        }
        if it.wait_cost != 1.0 {
            line(text, "wait_cost", &number(it.wait_cost));
        }
        if it.queue_share != 1.0 {
            line(text, "queue_share", &number(it.queue_share));
        }
        match it.turn {
            0 => {}
            turn => line(text, "turn", if turn > 0 { "\"first\"" } else { "\"last\"" }),
        }
        if !self.follows_from_skills(it) {
            let tier = |tier: &Tier| {
                let names = self.names(&tier.groups);
                match (tier.after_s, tier.pick) {
                    (0.0, Pick::LongestIdle) => names,
                    (after_s, pick) => {
                        let pick = if pick == Pick::ByLot { "by_lot" } else { "longest_idle" };
                        format!("{{ any_of = {names}, after = {}, pick = \"{pick}\" }}", seconds(after_s))
                    }
                }
            };
            line(text, "groups", &list(it.tiers.iter().map(tier)));
        }
        if let Some(Some(promise)) = self.promises.get(at) {
            let (answered, within) = (number(promise.answered_least), seconds(promise.within));
            let abandoned = match promise.abandoned_most {
                most if most < 1.0 => format!(", abandoned = {}", number(most)),
                _ => String::new(),
            };
            line(text, "promise", &format!("{{ answered = {answered}, within = {within}{abandoned} }}"));
        }
    }

    /// Who serves it is what the reader would find out from the skills.
    fn follows_from_skills(&self, it: &ContactType) -> bool {
        let groups = || self.floor.groups.iter().enumerate();
        let (in_time, late): (Vec<&Tier>, Vec<&Tier>) =
            it.tiers.iter().partition(|tier| it.gives_way_s.is_none_or(|after_s| tier.after_s < after_s));
        let all = |of: &[&Tier]| {
            let mut all: Vec<usize> = of.iter().flat_map(|tier| tier.groups.iter().copied()).collect();
            all.sort_unstable();
            all
        };
        let able: Vec<usize> = groups().filter(|(_, group)| group.surely_meets(it)).map(|it| it.0).collect();
        let others: Vec<usize> = groups().map(|it| it.0).filter(|at| !able.contains(at)).collect();
        let usual = |tier: &&Tier| {
            tier.pick == Pick::LongestIdle && (tier.after_s == 0.0 || it.gives_way_s.is_some())
        };
        !it.needs.is_empty()
            && in_time.len() <= 1
            && it.tiers.iter().all(|tier| usual(&tier))
            && all(&in_time) == able
            && (it.gives_way_s.is_none() || all(&late) == others)
            && groups().all(|(at, group)| self.serves_whoever_asks(at, group))
    }

    fn serves_whoever_asks(&self, at: usize, group: &Group) -> bool {
        let asks = |kind: &ContactType| kind.tiers.iter().any(|it| it.groups.contains(&at));
        let kinds = self.floor.types.iter().enumerate().filter(|it| asks(it.1)).map(|it| it.0);
        group.serves.len() <= 1 && group.serves.iter().flatten().copied().eq(kinds)
    }

    fn group(&self, text: &mut String, it: &Group) {
        text.push_str("\n[[group]]\n");
        line(text, "name", &quoted(&it.name));
        let periods = self.floor.clock.periods;
        let staff = &it.staff[..periods.min(it.staff.len())];
        let same = |staff: &[u32]| staff.iter().all(|one| Some(one) == staff.first());
        match staff.first() {
            Some(first) if same(staff) => line(text, "staff", &first.to_string()),
            _ => line(text, "staff", &list(staff.iter().map(u32::to_string))),
        }
        if let Some(after) = it.staff.get(periods).filter(|after| Some(*after) != staff.last()) {
            line(text, "after_close", &after.to_string());
        }
        let at = self.floor.groups.iter().position(|one| one.name == it.name).unwrap_or(0);
        if !self.serves_whoever_asks(at, it) {
            let tier = |of: &Vec<usize>| list(of.iter().map(|kind| quoted(&self.floor.types[*kind].name)));
            line(text, "serves", &list(it.serves.iter().map(tier)));
        }
        if it.at_once > 1 {
            line(text, "at_once", &it.at_once.to_string());
        }
        if it.pace.iter().any(|pace| *pace != 1.0) {
            line(text, "pace", &list(it.pace.iter().map(|it| number(*it))));
        }
        let factors = it.time_factors.iter().zip(&self.floor.types).filter(|it| *it.0 != 1.0);
        table(text, "time_factors", factors.map(|(factor, kind)| (kind.name.clone(), *factor)));
        table(text, "skills", it.levels.iter().map(|(skill, level)| (self.skill(*skill), *level)));
        let truth = |skill: SkillId| it.levels.iter().find(|had| had.0 == skill).map(|had| had.1);
        let other = it
            .beliefs
            .iter()
            .filter(|it| truth(it.skill).is_none_or(|level| !alike(level, it.belief.level())));
        table(text, "believed", other.map(|it| (self.skill(it.skill), it.belief.level())));
        table(text, "believed_sds", it.beliefs.iter().map(|it| (self.skill(it.skill), it.belief.level_sd())));
        if it.cost_per_hour != 1.0 {
            line(text, "cost_per_hour", &number(it.cost_per_hour));
        }
    }

    fn shift(&self, text: &mut String, it: &Shift) {
        text.push_str("\n[[shift]]\n");
        line(text, "name", &quoted(&it.name));
        match (&it.clock, &self.calendar) {
            (Some((zone, start_s)), Some(calendar)) => {
                line(text, "starts", &list([clock(*start_s)].into_iter()));
                if *zone != calendar.time_zone {
                    line(text, "time_zone", &quoted(zone));
                }
            }
            _ => line(text, "starts", &list([clock(self.floor.clock.opens_s + it.starts_s)].into_iter())),
        }
        line(text, "length", &seconds(it.length_s));
        if !it.breaks_s.is_empty() {
            let one = |(after, length): &(f64, f64)| {
                format!("{{ after = {}, length = {} }}", seconds(*after), seconds(*length))
            };
            line(text, "breaks", &list(it.breaks_s.iter().map(one)));
        }
        line(text, "cost", &number(it.cost));
        if !it.groups.is_empty() {
            line(text, "groups", &self.names(&it.groups));
        }
    }
}

fn day(text: &mut String, floor: &Floor) {
    let clock_of_day = &floor.clock;
    text.push_str("\n[day]\n");
    line(text, "opens", &clock(clock_of_day.opens_s));
    line(text, "period", &seconds(clock_of_day.period_s));
    line(text, "periods", &clock_of_day.periods.to_string());
    match clock_of_day.closing {
        Closing::Drain => {}
        Closing::Cut => line(text, "closing", "\"cut\""),
        Closing::Continue => line(text, "closing", "\"continue\""),
    }
    if clock_of_day.warm_up_s > 0.0 {
        line(text, "warm_up", &seconds(clock_of_day.warm_up_s));
    }
    if clock_of_day.sends_away {
        line(text, "sends_away", "true");
    }
    if clock_of_day.hands_back {
        line(text, "hands_back", "true");
    }
    if let Some(shape) = floor.busyness {
        line(text, "busyness", &number(shape));
    }
    if let Some(lines) = floor.lines {
        line(text, "lines", &lines.to_string());
    }
    if let Some(places) = floor.waiting_places {
        line(text, "waiting_places", &places.to_string());
    }
}

fn policy(text: &mut String, it: &PolicyKind) {
    text.push_str("\n[policy]\n");
    line(text, "kind", &quoted(it.name()));
    match it {
        PolicyKind::CostOfWaiting { overloaded: true } => line(text, "overloaded", "true"),
        PolicyKind::Live(rules) => {
            let rule = match rules.settings.rule {
                Rule::LongestIdle => "longest_idle",
                Rule::MostCapacity => "most_capacity",
                Rule::FixedQueueRatio => "fixed_queue_ratio",
                Rule::GeneralisedCMu => "generalised_c_mu",
                Rule::ExpectedOutcome => "expected_outcome",
            };
            line(text, "rule", &quoted(rule));
            line(text, "learning_share", &number(f64::from(rules.settings.explore_share)));
        }
        _ => {}
    }
}

fn learning(text: &mut String, it: &Learning) {
    text.push_str("\n[learning]\n");
    line(text, "per_contact", &number(it.per_contact));
    line(text, "ceiling", &number(it.ceiling));
    if let Some(time) = it.forgetting_s {
        line(text, "forgetting", &seconds(time));
    }
}

fn arrivals(text: &mut String, floor: &Floor, it: &Arrivals) {
    let clock = &floor.clock;
    match it {
        Arrivals::Poisson(rates) => {
            let per_hour = rates.iter().map(|it| number(it * HOUR_S));
            match rates.as_slice() {
                [one] => line(text, "per_hour", &number(one * HOUR_S)),
                _ => line(text, "per_hour", &list(per_hour)),
            }
        }
        Arrivals::Counts(days) => counts(text, days.iter().cloned()),
        Arrivals::Moments(days) => {
            let of_day = |moments: &Vec<f64>| {
                let mut counts = vec![0; clock.periods];
                let inside = moments.iter().map(|it| clock.period_of(*it)).filter(|it| *it < clock.periods);
                inside.for_each(|period| counts[period] += 1);
                counts
            };
            counts(text, days.iter().map(of_day));
        }
        Arrivals::Never => {}
    }
}

fn counts(text: &mut String, days: impl Iterator<Item = Vec<u32>>) {
    text.push_str("counts = [\n");
    days.for_each(|day| {
        let _ = writeln!(text, "  {},", list(day.iter().map(u32::to_string)));
    });
    text.push_str("]\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written and read again, the same days are lived.
    #[test]
    fn what_is_written_is_read_as_the_same_floor() {
        let all = [
            include_str!("../../scenarios/skewed.toml"),
            include_str!("../../scenarios/simple_msk.toml"),
            include_str!("../../scenarios/rerouting.toml"),
            include_str!("../../scenarios/bilingual.toml"),
            include_str!("../../scenarios/staffing.toml"),
        ];
        for text in all {
            let scenario = Scenario::read(text).unwrap();
            let written = scenario.write();
            let again = Scenario::read(&written).unwrap_or_else(|error| panic!("{error} in\n{written}"));
            assert_eq!(
                (again.days, again.seed, &again.skills.len()),
                (scenario.days, scenario.seed, &scenario.skills.len())
            );
            assert_eq!(again.promises, scenario.promises);
            assert_eq!(again.shifts, scenario.shifts);
            let lived = |it: &Scenario| crate::Simulator::new(&it.floor).simulate(3, 5).whole;
            let (one, other) = (lived(&scenario), lived(&again));
            let close = |a: f64, b: f64| (a - b).abs() <= 0.02 * a.abs() + 0.5;
            assert!(close(one.served.mean, other.served.mean), "{}: {one:?}\n{other:?}", scenario.floor.name);
            assert!(close(one.good.mean, other.good.mean), "{}", scenario.floor.name);
        }
    }

    #[test]
    fn musts_that_give_way_and_names_with_quotes_come_back() {
        let text = r#"
name = "a \"quoted\" name"
[day]
period = "1 h"
periods = 2
[policy]
kind = "live"
[[type]]
name = "Français"
per_hour = [6, 12]
service = { mean = "10 min", values = ["5 min", "15 min"] }
needs = [{ skill = "French", level = 3, weight = 2, must = true }]
gives_way_after = "30 min"
[[group]]
name = "Ana \\ Bo"
staff = [0, 1]
skills = { French = 4.5 }
believed_sds = { French = 0.1 }
[[group]]
name = "Cy"
skills = { French = 0.5 }
"#;
        let scenario = Scenario::read(text).unwrap();
        let tiers = &scenario.floor.types[0].tiers;
        assert_eq!(
            (tiers.len(), tiers[0].groups.as_slice(), tiers[1].groups.as_slice()),
            (2, &[0][..], &[1][..])
        );
        assert_eq!(tiers[1].after_s, 1_800.0);
        let again = Scenario::read(&scenario.write()).unwrap();
        assert_eq!(again.floor.types[0].tiers, *tiers);
        assert_eq!(
            (again.floor.name.as_str(), again.floor.groups[0].name.as_str()),
            ("a \"quoted\" name", "Ana \\ Bo")
        );
        assert_eq!(again.floor.groups[0].staff, [0, 1, 1]);
        let sd = again.floor.groups[0].beliefs[0].belief.level_sd();
        assert!((sd - scenario.floor.groups[0].beliefs[0].belief.level_sd()).abs() < 0.01);
        // In the first hour only Cy is there, who may come in after half an hour.
        let report = crate::Simulator::new(&scenario.floor).simulate(50, 1);
        let waits = report.types[0].periods[0].wait_s.unwrap().mean;
        assert!((1_500.0..2_300.0).contains(&waits), "{waits}");
        assert!(report.groups[1].day.served.mean > 1.0, "{:?}", report.groups[1].day);
        let taught = crate::changed(
            &scenario.floor,
            &crate::Change::Train { group: 1, skill: SkillId(0), level: 4.5 },
        );
        let waits = crate::Simulator::new(&taught).simulate(50, 1).types[0].periods[0].wait_s.unwrap().mean;
        assert!(waits < 900.0, "who has learnt it need not wait: {waits}");
    }
}
