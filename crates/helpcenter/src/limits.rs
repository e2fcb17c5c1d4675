//! How often one address may ask and write, so that a stranger's script cannot fill the desk.

use axum::extract::ConnectInfo;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use governor::clock::DefaultClock;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;

/// New requests of one address within an hour.
const REQUESTS_PER_HOUR_MAX: u32 = 10;
/// Pages and answers of one address within a minute.
const LOOKS_PER_MINUTE_MAX: u32 = 60;
/// New requests of everybody within an hour.
const REQUESTS_OF_ALL_PER_HOUR_MAX: u32 = 600;

type Keyed = RateLimiter<IpAddr, DashMapStateStore<IpAddr>, DefaultClock>;

pub struct Limits {
    looks: Keyed,
    requests: Keyed,
    all_requests: governor::DefaultDirectRateLimiter,
}

impl Limits {
    pub fn usual() -> Limits {
        Limits::of(LOOKS_PER_MINUTE_MAX, REQUESTS_PER_HOUR_MAX)
    }

    /// `looks_per_minute` pages and answers, `requests_per_hour` new requests, for each address.
    pub fn of(looks_per_minute: u32, requests_per_hour: u32) -> Limits {
        let count = |count: u32| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        Limits {
            looks: RateLimiter::keyed(Quota::per_minute(count(looks_per_minute))),
            requests: RateLimiter::keyed(Quota::per_hour(count(requests_per_hour))),
            all_requests: RateLimiter::direct(Quota::per_hour(count(REQUESTS_OF_ALL_PER_HOUR_MAX))),
        }
    }

    pub(crate) fn may_look(&self, from: IpAddr) -> bool {
        self.forget_quiet_ones();
        self.looks.check_key(&from).is_ok()
    }

    pub(crate) fn may_write(&self, from: IpAddr) -> bool {
        self.requests.check_key(&from).is_ok() && self.all_requests.check().is_ok()
    }

    /// Addresses that have been quiet long enough need no memory.
    fn forget_quiet_ones(&self) {
        const KEYS_MAX: usize = 10_000;
        if self.looks.len() > KEYS_MAX {
            self.looks.retain_recent();
            self.requests.retain_recent();
        }
    }
}

/// Where a request comes from. IPv6 counts by its first 64 bits: one household has them all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct From(pub IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(From(household(known.unwrap_or(IpAddr::from([0, 0, 0, 0])))))
    }
}

fn household(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => {
            let bits = ip.octets();
            let mut kept = [0; 16];
            kept[..8].copy_from_slice(&bits[..8]);
            IpAddr::from(kept)
        }
        ip => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_stopped_and_another_is_not() {
        let limits = Limits::of(2, 1);
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        assert!(limits.may_write(one) && !limits.may_write(one) && limits.may_write(other));
        assert!(limits.may_look(one) && limits.may_look(one) && !limits.may_look(one));
    }

    #[test]
    fn a_household_is_one_address() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(household(ip("2001:db8:1:2:3::4")), household(ip("2001:db8:1:2::9")));
        assert_eq!(household(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
    }
}
