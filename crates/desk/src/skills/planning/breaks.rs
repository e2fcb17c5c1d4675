//! Breaks within a shift: kept from its beginning on, so that they move with it.

use super::Shift;
use serde::{Deserialize, Serialize};

pub const BREAKS_PER_SHIFT_MAX: usize = 4;
/// Shorter ones are no plan.
pub const BREAK_MINUTES_LEAST: i64 = 5;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Break {
    /// From the beginning of the shift.
    pub after_minutes: i64,
    pub minutes: i64,
}

impl Break {
    pub fn end(&self) -> i64 {
        self.after_minutes + self.minutes
    }
}

/// Those of one shift, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "Vec<Break>", try_from = "Vec<Break>")]
pub struct Breaks([Option<Break>; BREAKS_PER_SHIFT_MAX]);

impl Breaks {
    /// `None` if one is too short or reaches beyond the shift, if two touch, or if there are too many.
    pub fn of(mut breaks: Vec<Break>, shift: &Shift) -> Option<Breaks> {
        breaks.sort_unstable();
        let length = shift.to_minute - shift.from_minute;
        let inside =
            |it: &Break| it.after_minutes > 0 && it.minutes >= BREAK_MINUTES_LEAST && it.end() < length;
        let apart = breaks.windows(2).all(|pair| pair[0].end() < pair[1].after_minutes);
        (breaks.iter().all(inside) && apart).then(|| Breaks::try_from(breaks).ok()).flatten()
    }

    pub fn iter(&self) -> impl Iterator<Item = Break> + '_ {
        self.0.iter().flatten().copied()
    }

    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    pub fn minutes(&self) -> i64 {
        self.iter().map(|it| it.minutes).sum()
    }

    /// The longest stretch of this shift without a break, in minutes.
    pub fn longest_between(&self, shift: &Shift) -> i64 {
        let mut since = 0;
        let mut longest = 0;
        for it in self.iter() {
            longest = longest.max(it.after_minutes - since);
            since = it.end();
        }
        longest.max(shift.to_minute - shift.from_minute - since)
    }

    /// Another in place of one, if that may be.
    pub fn with(&self, was: Option<Break>, becomes: Option<Break>, shift: &Shift) -> Option<Breaks> {
        let mut all: Vec<Break> = self.iter().filter(|it| Some(*it) != was).collect();
        all.extend(becomes);
        Breaks::of(all, shift)
    }

    /// As the shift becomes another: moved as a whole it takes them along; made longer or shorter they stay at their time
    /// of day, and what no longer lies within it is gone.
    pub fn moved(&self, was: &Shift, becomes: &Shift) -> Breaks {
        const DAY_MINUTES: i64 = 24 * 60;
        let begins = |it: &Shift| it.weekday * DAY_MINUTES + it.from_minute;
        let length = |it: &Shift| it.to_minute - it.from_minute;
        let later = if length(was) == length(becomes) { 0 } else { begins(was) - begins(becomes) };
        let stays = |it: Break| {
            let it = Break { after_minutes: it.after_minutes + later, ..it };
            Breaks::of(vec![it], becomes).is_some().then_some(it)
        };
        Breaks::of(self.iter().filter_map(stays).collect(), becomes).unwrap_or_default()
    }

    /// What is kept in a column.
    pub fn to_text(self) -> String {
        serde_json::to_string(&self).unwrap_or_else(|_| "[]".to_owned())
    }

    pub fn from_text(text: &str) -> Result<Breaks, db::Error> {
        serde_json::from_str(text).map_err(|error| db::Error::Corrupt(error.to_string()))
    }
}

impl TryFrom<Vec<Break>> for Breaks {
    type Error = String;

    fn try_from(breaks: Vec<Break>) -> Result<Breaks, String> {
        if breaks.len() > BREAKS_PER_SHIFT_MAX {
            return Err(format!("a shift has at most {BREAKS_PER_SHIFT_MAX} breaks"));
        }
        let mut all = [None; BREAKS_PER_SHIFT_MAX];
        all.iter_mut().zip(breaks).for_each(|(place, it)| *place = Some(it));
        Ok(Breaks(all))
    }
}

impl From<Breaks> for Vec<Break> {
    fn from(breaks: Breaks) -> Vec<Break> {
        breaks.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Shift = Shift { weekday: 0, from_minute: 9 * 60, to_minute: 17 * 60 };

    fn one(after_minutes: i64, minutes: i64) -> Break {
        Break { after_minutes, minutes }
    }

    #[test]
    fn a_break_lies_within_its_shift_and_touches_no_other() {
        let of = |all: &[Break]| Breaks::of(all.to_vec(), &DAY);
        let both = of(&[one(360, 15), one(180, 30)]).expect("two that may be");
        assert_eq!(both.iter().collect::<Vec<_>>(), [one(180, 30), one(360, 15)], "in their order");
        assert_eq!((both.minutes(), both.longest_between(&DAY)), (45, 180));
        for wrong in
            [&[one(0, 30)][..], &[one(460, 30)], &[one(60, 4)], &[one(60, 30), one(90, 30)], &[one(9, 5); 5]]
        {
            assert_eq!(of(wrong), None, "{wrong:?}");
        }
        assert_eq!(both.with(Some(one(180, 30)), None, &DAY), of(&[one(360, 15)]));
        assert_eq!(both.with(None, Some(one(370, 15)), &DAY), None);
    }

    #[test]
    fn breaks_move_with_their_shift_and_stay_at_their_hour_when_it_grows() {
        let noon = Breaks::of(vec![one(180, 30)], &DAY).expect("a break");
        let later = Shift { weekday: 2, from_minute: 600, to_minute: 1_080 };
        assert_eq!(noon.moved(&DAY, &later), noon);
        let longer = Shift { from_minute: 480, ..DAY };
        assert_eq!(noon.moved(&DAY, &longer).iter().next(), Some(one(240, 30)), "still at noon");
        let afternoon = Shift { from_minute: 13 * 60, ..DAY };
        assert!(noon.moved(&DAY, &afternoon).is_empty(), "noon is over");
    }

    #[test]
    fn what_is_kept_is_read_back() {
        let noon = Breaks::of(vec![one(180, 30)], &DAY).expect("a break");
        assert_eq!(noon.to_text(), r#"[{"after_minutes":180,"minutes":30}]"#);
        assert_eq!(Breaks::from_text(&noon.to_text()).expect("kept"), noon);
        assert!(Breaks::from_text("[]").expect("none").is_empty());
    }
}
