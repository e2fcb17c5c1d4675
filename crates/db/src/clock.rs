//! The one place that reads the system's clock. Everywhere else time is an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

pub fn system() -> Clock {
    Arc::new(now_ms)
}

#[allow(clippy::disallowed_methods)]
pub fn now_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map(|since| since.as_millis() as i64)
        .unwrap_or_default()
}

/// A clock that stands until it is moved; for tests and simulations.
#[derive(Clone)]
pub struct Standing(Arc<AtomicI64>);

impl Standing {
    pub fn at(now_ms: i64) -> Self {
        Standing(Arc::new(AtomicI64::new(now_ms)))
    }

    pub fn clock(&self) -> Clock {
        let moment = self.0.clone();
        Arc::new(move || moment.load(Ordering::SeqCst))
    }

    pub fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    pub fn set(&self, now_ms: i64) {
        self.0.store(now_ms, Ordering::SeqCst);
    }

    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}
