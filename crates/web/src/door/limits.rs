//! How often somebody may try to sign in: per connection, and per address that is tried.

use crate::{Client, Problem};
use desk::Kind;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

/// Tries per minute from one place; an office may share it.
const TRIES_PER_IP_AND_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("not zero");
/// Tries per minute for one address, from wherever.
const TRIES_PER_ADDRESS_AND_MINUTE: NonZeroU32 = NonZeroU32::new(8).expect("not zero");
/// Places and addresses that are remembered at a time.
const KEYS_MAX: usize = 20_000;

pub(crate) struct SignInLimits {
    places: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<String>,
}

impl Default for SignInLimits {
    fn default() -> Self {
        SignInLimits {
            places: RateLimiter::keyed(Quota::per_minute(TRIES_PER_IP_AND_MINUTE)),
            addresses: RateLimiter::keyed(Quota::per_minute(TRIES_PER_ADDRESS_AND_MINUTE)),
        }
    }
}

impl SignInLimits {
    /// One more try. Whether the address exists makes no difference.
    pub(crate) fn ask(&self, client: &Client, address: &str) -> Result<(), Problem> {
        for limiter in [&self.places, &self.addresses] {
            if limiter.len() > KEYS_MAX {
                limiter.retain_recent();
            }
        }
        let place = self.places.check_key(&client.ip).is_ok();
        let address = address.trim().to_lowercase();
        if place && self.addresses.check_key(&address).is_ok() {
            return Ok(());
        }
        Err(Problem::new(Kind::TooMuch, "Too many tries. Wait a minute, then try again."))
    }
}

/// Readings of one calendar's address per minute; calendars ask once an hour, and several may have it.
const READINGS_PER_ADDRESS_AND_MINUTE: NonZeroU32 = NonZeroU32::new(12).expect("not zero");
/// What is longer is no address of a calendar.
const TOKEN_CHARS_MAX: usize = 100;

/// How often one address of a calendar may be read, whether it exists or not.
pub(crate) struct CalendarLimits {
    addresses: DefaultKeyedRateLimiter<String>,
}

impl Default for CalendarLimits {
    fn default() -> Self {
        CalendarLimits { addresses: RateLimiter::keyed(Quota::per_minute(READINGS_PER_ADDRESS_AND_MINUTE)) }
    }
}

impl CalendarLimits {
    pub(crate) fn ask(&self, token: &str) -> Result<(), Problem> {
        if self.addresses.len() > KEYS_MAX {
            self.addresses.retain_recent();
        }
        let token: String = token.chars().take(TOKEN_CHARS_MAX).collect();
        match self.addresses.check_key(&token) {
            Ok(()) => Ok(()),
            Err(_) => Err(Problem::new(Kind::TooMuch, "This calendar was read just now. Wait a minute.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ninth_try_for_one_address_waits_and_another_address_does_not() {
        let limits = SignInLimits::default();
        let client = Client::default();
        for _ in 0..TRIES_PER_ADDRESS_AND_MINUTE.get() {
            assert!(limits.ask(&client, "ana@desk.example").is_ok());
        }
        assert!(limits.ask(&client, " ANA@desk.example ").is_err());
        assert!(limits.ask(&client, "mei@desk.example").is_ok());
    }

    #[test]
    fn an_address_of_a_calendar_that_is_read_too_often_waits_and_another_does_not() {
        let limits = CalendarLimits::default();
        for _ in 0..READINGS_PER_ADDRESS_AND_MINUTE.get() {
            assert!(limits.ask("one").is_ok());
        }
        assert!(limits.ask("one").is_err());
        assert!(limits.ask("other").is_ok());
    }
}
