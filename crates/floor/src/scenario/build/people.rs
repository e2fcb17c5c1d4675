//! Those who answer: groups, who serves what, dialers and shifts.

use super::*;

pub(super) fn tier(entry: &Spanned<TierEntry>, names: &Names<'_>) -> Built<Tier> {
    let at = entry.span().start;
    let groups = entry.get_ref().names().iter().map(|it| names.group(it, at)).collect::<Built<Vec<_>>>()?;
    let (after_s, pick) = match entry.get_ref() {
        TierEntry::Table(table) => (table.after.map_or(0.0, |it| it.0), table.pick),
        _ => (0.0, None),
    };
    let pick = match pick {
        Some(PickWord::ByLot) => Pick::ByLot,
        Some(PickWord::LongestIdle) | None => Pick::LongestIdle,
    };
    Ok(Tier { groups, after_s, pick })
}

pub(super) fn group(table: &Spanned<GroupTable>, names: &Names<'_>) -> Built<Group> {
    let (at, it) = (table.span().start, table.get_ref());
    let mut staff = match &it.staff {
        None => vec![1],
        Some(staff) => names.each(staff.get_ref(), staff.span().start)?,
    };
    if staff.iter().any(|it| *it > STAFF_MAX) {
        return wrong(at, format!("at most {STAFF_MAX} people stand in one group"));
    }
    if staff.len() == 1 {
        staff.resize(names.periods, staff[0]);
    }
    if staff.len() == names.periods {
        staff.push(it.after_close.unwrap_or(staff[names.periods - 1]));
    }
    let at_once = it.at_once.unwrap_or(1);
    if !(1..=100).contains(&at_once) {
        return wrong(at, "at_once is between 1 and 100");
    }
    let pace = it.pace.as_ref().map_or(vec![1.0], |it| it.get_ref().clone());
    if pace.is_empty() || pace.iter().any(|it| !(it.is_finite() && *it > 0.0)) {
        return wrong(at, "pace is a list of numbers above 0: for 1, 2, … contacts at once");
    }
    let mut time_factors = vec![1.0; names.types.len()];
    for (name, factor) in &it.time_factors {
        if !(factor.is_finite() && *factor > 0.0) {
            return wrong(at, "a time factor is above 0");
        }
        time_factors[names.kind(name, at)?] = *factor;
    }
    let levels = |of: &BTreeMap<String, f64>| -> Built<Vec<(SkillId, f64)>> {
        if of.values().any(|it| !(0.0..=5.0).contains(it)) {
            return wrong(at, "a level is between 0 and 5");
        }
        Ok(of.iter().map(|(name, level)| (names.skill(name), *level)).collect())
    };
    let truth = levels(&it.skills)?;
    let sd = it.believed_sd.unwrap_or(BELIEVED_SD_USUAL_LEVELS);
    if it.believed_sds.values().any(|it| !(it.is_finite() && *it > 0.0)) {
        return wrong(at, "what is believed is unsure by more than 0");
    }
    let believed = truth.iter().copied().chain(levels(&it.believed)?);
    let mut beliefs: Vec<SkillBelief> = Vec::new();
    for (skill, level) in believed {
        beliefs.retain(|it| it.skill != skill);
        let sd = it.believed_sds.get(&names.skills[skill.0 as usize]).copied().unwrap_or(sd);
        beliefs.push(SkillBelief { skill, belief: Belief::at_level(level, sd) });
    }
    let mut serves = Vec::new();
    for entry in &it.serves {
        let at = entry.span().start;
        serves.push(entry.get_ref().names().iter().map(|it| names.kind(it, at)).collect::<Built<Vec<_>>>()?);
    }
    Ok(Group {
        name: it.name.clone(),
        staff,
        serves,
        at_once,
        pace,
        time_factors,
        levels: truth,
        beliefs,
        cost_per_hour: it.cost_per_hour.unwrap_or(1.0),
    })
}

pub(super) fn dialer(table: &Spanned<DialerTable>, names: &Names<'_>) -> Built<Dialer> {
    let (at, it) = (table.span().start, table.get_ref());
    let groups = |of: &[String]| of.iter().map(|it| names.group(it, at)).collect::<Built<Vec<_>>>();
    let reach = names.each(&it.reach, at)?;
    for it in &reach {
        share(*it, "reach", at)?;
    }
    if !(0.0..=1_000.0).contains(&it.calls_per_free) {
        return wrong(at, "calls_per_free is between 0 and 1000");
    }
    Ok(Dialer {
        kind: names.kind(&it.kind, at)?,
        reach,
        watched: groups(&it.watches)?,
        targets: groups(&it.targets)?,
        free_least: it.free_least,
        target_free_least: it.target_free_least.unwrap_or(1),
        calls_per_free: it.calls_per_free,
        from_s: (it.from.0 - names.opens_s).max(0.0),
        until_s: it.until.0 - names.opens_s,
    })
}

/// One shift for each start.
pub(super) fn shift(table: &Spanned<ShiftTable>, names: &Names<'_>) -> Built<Vec<Shift>> {
    let (at, it) = (table.span().start, table.get_ref());
    if it.length.0 <= 0.0 || it.starts.is_empty() {
        return wrong(at, "a shift has a length and at least one start");
    }
    let groups = it.groups.iter().map(|it| names.group(it, at)).collect::<Built<Vec<_>>>()?;
    let zone = it.time_zone.as_ref();
    if let Some(zone) = zone.filter(|_| names.calendar.is_none()) {
        return wrong(zone.span().start, "a shift with a clock of its own needs the date of the [day]");
    }
    let begins = |start: f64| match &names.calendar {
        None => Ok(start - names.opens_s),
        Some(calendar) => {
            let name = zone.map_or(calendar.time_zone.as_str(), |it| it.get_ref());
            let at = zone.map_or(at, |it| it.span().start);
            calendar.starts_s(names.clocks, names.opens_s, name, start).ok_or_else(|| Wrong {
                at,
                message: format!("there is no time zone {name:?}; names are like \"Europe/Madrid\""),
            })
        }
    };
    let one = |(start, starts_s): (f64, f64)| Shift {
        name: it.name.clone(),
        starts_s,
        clock: names.calendar.as_ref().map(|calendar| {
            (zone.map_or_else(|| calendar.time_zone.clone(), |it| it.get_ref().clone()), start)
        }),
        length_s: it.length.0,
        breaks_s: it.breaks.iter().map(|it| (it.after.0, it.length.0)).collect(),
        cost: it.cost.unwrap_or(it.length.0 / 3_600.0),
        groups: groups.clone(),
    };
    it.starts.iter().map(|start| Ok(one((start.0, begins(start.0)?)))).collect()
}
