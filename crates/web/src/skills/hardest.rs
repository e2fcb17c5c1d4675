//! `/skills/hardest`: which kinds of work are hard, as the last refit found; and how far statements about people lie from
//! what work shows.

use super::only_leads;
use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::State;
use desk::skills::refit::{self, HardKind, HardWork, NAMED_FROM_ROWS, Sort};

/// Topics that the page names from either end.
const TOPICS_SHOWN_MAX: usize = 25;
const EASY_SHOWN_MAX: usize = 8;

#[derive(askama::Template)]
#[template(path = "skills/hardest.html")]
pub struct Show {
    pub shell: Shell,
    pub now: i64,
    pub work: HardWork,
}

impl Show {
    fn hard(&self) -> Vec<&HardKind> {
        self.work.topics.iter().filter(|it| it.levels > 0.0).take(TOPICS_SHOWN_MAX).collect()
    }

    /// The easiest first.
    fn easy(&self) -> Vec<&HardKind> {
        let all = self.work.topics.iter().rev();
        all.filter(|it| it.levels < 0.0 && it.differs()).take(EASY_SHOWN_MAX).collect()
    }

    fn others(&self) -> Vec<(&'static str, &'static str, &[HardKind])> {
        [
            ("priorities", "Priority", self.work.priorities.as_slice()),
            ("channels", "Channel", self.work.channels.as_slice()),
        ]
        .into_iter()
        .filter(|it| !it.2.is_empty())
        .collect()
    }

    fn is_empty(&self) -> bool {
        let work = &self.work;
        let of_work = [&work.topics, &work.priorities, &work.channels];
        of_work.iter().all(|it| it.is_empty()) && work.sources.is_empty()
    }

    fn rows_min(&self) -> i64 {
        NAMED_FROM_ROWS
    }
}

/// `+1.2 (0.8 to 1.6)`
pub fn levels(it: &HardKind) -> String {
    let signed = |level: f64| match level {
        level if level >= 0.05 => format!("+{level:.1}"),
        level if level <= -0.05 => format!("−{:.1}", level.abs()),
        _ => "0".to_owned(),
    };
    format!("{} ({} to {})", signed(it.levels), signed(it.interval.0), signed(it.interval.1))
}

/// Whether it can be told from chance.
pub fn verdict(it: &HardKind) -> &'static str {
    match (it.differs(), it.levels > 0.0) {
        (false, _) => "no difference that can be told from chance",
        (true, true) => "harder",
        (true, false) => "easier",
    }
}

pub fn source_words(it: &HardKind) -> &'static str {
    match it.sort {
        Sort::OneSelf => "What people say of themselves",
        Sort::Lead => "What leads say",
        _ => "What colleagues say",
    }
}

pub fn source_verdict(it: &HardKind) -> &'static str {
    match (it.differs(), it.levels > 0.0) {
        (false, _) => "as work shows",
        (true, true) => "above what work shows",
        (true, false) => "below what work shows",
    }
}

pub async fn show(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Show>, Problem> {
    only_leads(actor)?;
    let page = web.desk.read(actor, |tx| {
        Ok::<_, Problem>(Show { work: refit::hard_work(tx)?, shell: Shell::load(tx)?, now: tx.now() })
    });
    Ok(Html(page.await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};

    fn kind(sort: Sort, name: &str, levels: f64, reach: f64) -> HardKind {
        HardKind {
            sort,
            name: name.into(),
            levels,
            interval: (levels - reach, levels + reach),
            p_solved: 0.61,
            rows: 31,
        }
    }

    fn work() -> HardWork {
        HardWork {
            found_at: None,
            topics: vec![],
            priorities: vec![],
            channels: vec![],
            sources: vec![],
            p_usual: 0.82,
            unnamed: 0,
        }
    }

    #[test]
    fn before_the_first_refit_the_page_says_where_it_comes_from() {
        let html = renders(&Show { shell: shell(), now: 0, work: work() });
        assert!(html.contains("/admin/refit"));
    }

    #[test]
    fn hard_work_has_its_interval_and_what_cannot_be_told_from_chance_says_so() {
        let found = HardWork {
            found_at: Some(0),
            topics: vec![
                kind(Sort::Topic, "sso <loop>", 1.2, 0.4),
                kind(Sort::Topic, "وصول", 0.1, 0.4),
                kind(Sort::Topic, "password", -0.9, 0.3),
            ],
            priorities: vec![kind(Sort::Priority, "urgent", 0.6, 0.2)],
            channels: vec![kind(Sort::Channel, "chat", -0.02, 0.2)],
            sources: vec![kind(Sort::OneSelf, "", 0.7, 0.2)],
            unnamed: 4,
            ..work()
        };
        let html = renders(&Show { shell: shell(), now: 5_000, work: found });
        for words in [
            "sso &#60;loop&#62;",
            "+1.2 (+0.8 to +1.6)",
            "no difference that can be told from chance",
            "password",
            "Urgent",
            "above what work shows",
            "4 topics, priorities or channels have",
        ] {
            assert!(html.contains(words), "{words} in {html}");
        }
    }
}
