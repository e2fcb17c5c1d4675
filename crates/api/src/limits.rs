//! How often one caller may call.

use crate::problem::Problem;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use sha2::{Digest, Sha256};
use std::num::NonZeroU32;

/// Callers remembered before those who have been quiet are forgotten.
const CALLERS_KEPT_MAX: usize = 10_000;

#[derive(Clone, Debug)]
pub struct Limits {
    /// Of one token or person.
    pub calls_per_minute_max: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { calls_per_minute_max: NonZeroU32::new(2_500).expect("2,500 is not zero") }
    }
}

/// One bucket per caller, named by the hash of what they show as proof.
pub struct Gate {
    buckets: DefaultKeyedRateLimiter<[u8; 32]>,
    clock: DefaultClock,
}

impl Gate {
    pub fn new(limits: &Limits) -> Self {
        Gate {
            buckets: RateLimiter::keyed(Quota::per_minute(limits.calls_per_minute_max)),
            clock: DefaultClock::default(),
        }
    }

    pub fn pass(&self, proof: &[u8]) -> Result<(), Problem> {
        if self.buckets.len() > CALLERS_KEPT_MAX {
            self.buckets.retain_recent();
        }
        let key: [u8; 32] = Sha256::digest(proof).into();
        self.buckets.check_key(&key).map_err(|refused| {
            let wait = refused.wait_time_from(self.clock.now());
            Problem::TooMany { retry_after_s: wait.as_secs() + 1 }
        })
    }
}
