//! Idle connections that wait for their next use. Taking one blocks the thread, for a limited time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a caller waits for a connection to become free.
pub(crate) const WAIT_FOR_CONNECTION_MS_MAX: u64 = 10_000;

pub(crate) struct Pool<T> {
    state: Mutex<State<T>>,
    freed: Condvar,
    size_max: usize,
}

struct State<T> {
    idle: Vec<T>,
    open: usize,
}

impl<T> Pool<T> {
    pub(crate) fn new(size_max: usize) -> Self {
        Pool {
            state: Mutex::new(State { idle: Vec::new(), open: 0 }),
            freed: Condvar::new(),
            size_max: size_max.max(1),
        }
    }

    /// An idle connection, or a new one while there are fewer than the limit, or the next that is given back.
    pub(crate) fn take(&self, open: impl FnOnce() -> Result<T, crate::Error>) -> Result<T, crate::Error> {
        let mut state = self.lock();
        loop {
            if let Some(connection) = state.idle.pop() {
                return Ok(connection);
            }
            if state.open < self.size_max {
                state.open += 1;
                drop(state);
                return open().inspect_err(|_| self.forget());
            }
            let (next, waited) = self
                .freed
                .wait_timeout(state, Duration::from_millis(WAIT_FOR_CONNECTION_MS_MAX))
                .unwrap_or_else(PoisonError::into_inner);
            if waited.timed_out() {
                return Err(crate::Error::NoConnection(WAIT_FOR_CONNECTION_MS_MAX));
            }
            state = next;
        }
    }

    pub(crate) fn give_back(&self, connection: T) {
        self.lock().idle.push(connection);
        self.freed.notify_one();
    }

    /// A connection was lost and will not be given back.
    pub(crate) fn forget(&self) {
        self.lock().open -= 1;
        self.freed.notify_one();
    }

    pub(crate) fn drain(&self) -> Vec<T> {
        std::mem::take(&mut self.lock().idle)
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
