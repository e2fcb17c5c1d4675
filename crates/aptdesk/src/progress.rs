//! How far long work has come, for whoever waits at the terminal: on the error channel, so that answers stay clean.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

const EVERY_ON_A_TERMINAL: Duration = Duration::from_millis(250);
const EVERY_ELSEWHERE: Duration = Duration::from_secs(10);

pub struct Progress {
    begun: Instant,
    said: Option<Instant>,
    is_terminal: bool,
}

impl Progress {
    pub fn new() -> Progress {
        Progress { begun: Instant::now(), said: None, is_terminal: std::io::stderr().is_terminal() }
    }

    pub fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// Says it, unless something was said a moment ago.
    pub fn at(&mut self, words: impl FnOnce(f64) -> String) {
        let every = if self.is_terminal { EVERY_ON_A_TERMINAL } else { EVERY_ELSEWHERE };
        if self.said.unwrap_or(self.begun).elapsed() < every {
            return;
        }
        self.said = Some(Instant::now());
        say(&words(self.seconds()), self.is_terminal);
    }

    /// The line that moved is gone.
    pub fn end(&self) {
        if self.is_terminal && self.said.is_some() {
            say("", true);
        }
    }
}

#[allow(clippy::print_stderr)]
fn say(words: &str, in_place: bool) {
    if in_place {
        eprint!("\r\x1b[2K{words}");
    } else {
        eprintln!("{words}");
    }
    let _ = std::io::stderr().flush();
}
