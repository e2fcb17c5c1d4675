//! What is counted of one day, by type and period and by group and period.

use crate::waits::Waits;

/// What is counted of a type's contacts. The place of each in [`DayTotals::types`].
pub(crate) mod count {
    pub(crate) const ARRIVED: usize = 0;
    pub(crate) const SERVED: usize = 1;
    pub(crate) const ABANDONED: usize = 2;
    pub(crate) const BLOCKED: usize = 3;
    pub(crate) const SENT_AWAY: usize = 4;
    pub(crate) const RETRIED: usize = 5;
    pub(crate) const TRANSFERRED: usize = 6;
    /// Served within the acceptable wait.
    pub(crate) const GOOD: usize = 7;
    /// Gave up after the acceptable wait.
    pub(crate) const ABANDONED_LATE: usize = 8;
    /// Had to wait at all.
    pub(crate) const WAITED: usize = 9;
    pub(crate) const WAIT_S_SERVED: usize = 10;
    pub(crate) const WAIT_S_ABANDONED: usize = 11;
    /// First contacts whose matter was judged, and solved for good.
    pub(crate) const JUDGED: usize = 12;
    pub(crate) const SOLVED: usize = 13;
    pub(crate) const RATED: usize = 14;
    pub(crate) const RATING_SUM: usize = 15;
    /// From coming in to the end of service, of those who were served.
    pub(crate) const REPLY_S: usize = 16;
    pub(crate) const COUNTS: usize = 17;
}

/// What is counted of a group.
pub(crate) mod hours {
    pub(crate) const BUSY_S: usize = 0;
    pub(crate) const PRESENT_S: usize = 1;
    pub(crate) const SERVED: usize = 2;
    /// Standard deviation ÷ mean of the busy time of its people; of the whole day only.
    pub(crate) const SPREAD: usize = 3;
    pub(crate) const HOURS: usize = 4;
}

pub(crate) type TypeDay = [f64; count::COUNTS];
pub(crate) type GroupDay = [f64; hours::HOURS];

pub(crate) struct DayTotals {
    /// Periods with the time after close.
    pub periods: usize,
    pub types: Vec<TypeDay>,
    pub groups: Vec<GroupDay>,
    /// Of the whole floor: spread of the load over all people.
    pub spread: f64,
    /// Of all days since somebody last took them.
    pub waits: Waits,
}

impl DayTotals {
    pub(crate) fn new(types: usize, groups: usize, periods: usize) -> DayTotals {
        DayTotals {
            periods,
            types: vec![[0.0; count::COUNTS]; types * periods],
            groups: vec![[0.0; hours::HOURS]; groups * periods],
            spread: 0.0,
            waits: Waits::new(types * periods),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.types.fill([0.0; count::COUNTS]);
        self.groups.fill([0.0; hours::HOURS]);
        self.spread = 0.0;
    }
}
