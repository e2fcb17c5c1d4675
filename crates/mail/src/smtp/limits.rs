//! How much one sender, and all of them together, may ask for.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::SmtpConfig;

pub struct Limits {
    connections_max: usize,
    connections_per_ip_max: usize,
    pending_bytes_max: usize,
    limit_loopback: bool,
    open: Mutex<HashMap<IpAddr, usize>>,
    open_count: AtomicUsize,
    pending_bytes: AtomicUsize,
    connections: Option<DefaultKeyedRateLimiter<IpAddr>>,
    messages: Option<DefaultKeyedRateLimiter<IpAddr>>,
}

/// Addresses remembered by a rate limiter before those at rest are forgotten.
const ADDRESSES_REMEMBERED_MAX: usize = 10_000;

impl Limits {
    pub fn new(config: &SmtpConfig) -> Self {
        let per_minute = |count| RateLimiter::keyed(Quota::per_minute(count));
        Limits {
            connections_max: config.connections_max,
            connections_per_ip_max: config.connections_per_ip_max,
            pending_bytes_max: config.pending_bytes_max,
            limit_loopback: config.limit_loopback,
            open: Mutex::default(),
            open_count: AtomicUsize::new(0),
            pending_bytes: AtomicUsize::new(0),
            connections: config.connections_per_minute_per_ip_max.map(per_minute),
            messages: config.messages_per_minute_per_ip_max.map(per_minute),
        }
    }

    /// A place at the table, or what to tell the one who gets none.
    pub fn admit(&self, ip: IpAddr) -> Result<(), &'static str> {
        if self.open_count.load(Ordering::Relaxed) >= self.connections_max {
            return Err("421 4.3.2 too many connections, try again later\r\n");
        }
        if self.is_limited(ip) {
            if !within(self.connections.as_ref(), ip) {
                return Err("421 4.7.0 too many connections from your address in a short time\r\n");
            }
            let mut open = self.open.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            let count = open.entry(ip).or_default();
            if *count >= self.connections_per_ip_max {
                return Err("421 4.7.0 too many connections from your address\r\n");
            }
            *count += 1;
        }
        self.open_count.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    pub fn leave(&self, ip: IpAddr) {
        self.open_count.fetch_sub(1, Ordering::Relaxed);
        if self.is_limited(ip) {
            let mut open = self.open.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            if let Some(count) = open.get_mut(&ip) {
                *count -= 1;
                if *count == 0 {
                    open.remove(&ip);
                }
            }
        }
    }

    pub fn allows_message(&self, ip: IpAddr) -> bool {
        !self.is_limited(ip) || within(self.messages.as_ref(), ip)
    }

    /// Counts the growth of an unfinished message; false when all of them together are too much.
    pub fn hold(&self, bytes: usize) -> bool {
        let before = self.pending_bytes.fetch_add(bytes, Ordering::Relaxed);
        if before + bytes > self.pending_bytes_max {
            self.release(bytes);
            return false;
        }
        true
    }

    pub fn release(&self, bytes: usize) {
        self.pending_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn is_limited(&self, ip: IpAddr) -> bool {
        self.limit_loopback || !ip.to_canonical().is_loopback()
    }
}

fn within(limiter: Option<&DefaultKeyedRateLimiter<IpAddr>>, ip: IpAddr) -> bool {
    let Some(limiter) = limiter else { return true };
    if limiter.len() > ADDRESSES_REMEMBERED_MAX {
        limiter.retain_recent();
    }
    limiter.check_key(&ip).is_ok()
}
