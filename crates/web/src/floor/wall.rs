//! `/floor/wall`: what waits, who is here, and which promises are at risk, readable from across the room.

use crate::{Html, Problem, SignedIn, Web};
use axum::extract::State;
use desk::floor::{AtRisk, Wall, WallPerson, WallQueue};
use desk::routing::PresenceStatus;

#[derive(askama::Template)]
#[template(path = "floor/wall.html")]
pub struct WallPage {
    pub company: String,
    pub wall: Wall,
}

/// What changes.
#[derive(askama::Template)]
#[template(path = "floor/_wall.html")]
pub struct WallNow {
    pub wall: Wall,
}

/// `45 s`, `12 min`, `3 h`, `2 d`: short, for reading from afar.
pub fn short_span(from: &i64, to: &i64) -> String {
    match (to - from).max(0) / 1_000 {
        s if s < 60 => format!("{s} s"),
        s if s < 150 * 60 => format!("{} min", s / 60),
        s if s < 48 * 3_600 => format!("{} h", s / 3_600),
        s => format!("{} d", s / 86_400),
    }
}

pub fn risk_class(it: &AtRisk, now: &i64) -> &'static str {
    if it.due < *now { "late" } else { "due" }
}

/// `12 min late`, `in 5 min`
pub fn due_words(it: &AtRisk, now: &i64) -> String {
    match it.due < *now {
        true => format!("{} late", short_span(&it.due, now)),
        false => format!("in {}", short_span(now, &it.due)),
    }
}

pub fn minutes(it: &f64) -> String {
    format!("{it:.0}")
}

pub fn solved_today(wall: &Wall) -> i64 {
    wall.today[2]
}

pub fn new_today(wall: &Wall) -> i64 {
    wall.today[0]
}

pub fn queue_name(it: &WallQueue) -> &str {
    it.queue.as_deref().or(it.group.as_deref()).unwrap_or("No group")
}

/// A dot for each piece of work somebody can hold, filled for each they do; of many, the numbers alone.
pub fn dots(it: &WallPerson) -> Vec<bool> {
    const DOTS_MAX: i64 = 10;
    let all = it.limit.max(it.load);
    if all > DOTS_MAX { Vec::new() } else { (0..all).map(|at| at < it.load).collect() }
}

pub fn person_class(it: &WallPerson) -> &'static str {
    match it.status {
        PresenceStatus::Online if it.load >= it.limit => "full",
        PresenceStatus::Online => "here",
        _ => "away",
    }
}

pub fn person_word(it: &WallPerson) -> &str {
    match person_class(it) {
        class if class != "full" && it.status_name.is_some() => it.status_name.as_deref().unwrap_or_default(),
        "full" => "full",
        "here" => "here",
        _ => "away",
    }
}

pub async fn show(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<WallPage>, Problem> {
    let page = web.desk.read(actor, |tx| {
        let wall = desk::floor::wall(tx)?;
        Ok::<_, Problem>(WallPage { wall, company: desk::settings::company(tx)?.name })
    });
    Ok(Html(page.await?))
}

pub async fn now(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<WallNow>, Problem> {
    let wall = web.desk.read(actor, |tx| Ok::<_, Problem>(desk::floor::wall(tx)?)).await?;
    Ok(Html(WallNow { wall }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::renders;
    use desk::{TicketId, UserId};

    const NOW: i64 = 10_000_000;

    fn wall() -> Wall {
        let person = |name: &str, status, load| WallPerson {
            user: UserId(1),
            name: name.into(),
            status,
            status_name: (name == "Ana").then(|| "Training".to_owned()),
            load,
            limit: 8,
        };
        Wall {
            now: NOW,
            waiting: 14,
            oldest_waiting_since: Some(NOW - 50 * 60_000),
            expected_wait_minutes: Some((4.0, 19.0)),
            promise_minutes: 60.0,
            queues: vec![
                WallQueue {
                    group: Some("Tier <2>".into()),
                    queue: None,
                    waiting: 9,
                    oldest_since: NOW - 50 * 60_000,
                    late: 2,
                },
                WallQueue { group: None, queue: None, waiting: 5, oldest_since: NOW - 60_000, late: 0 },
                WallQueue { group: None, queue: Some("VIP".into()), waiting: 1, oldest_since: NOW, late: 0 },
            ],
            at_risk: vec![
                AtRisk {
                    ticket: TicketId(12),
                    since: NOW - 72 * 60_000,
                    due: NOW - 12 * 60_000,
                    whose: None,
                    promised_by: Some("Very important".into()),
                },
                AtRisk {
                    ticket: TicketId(13),
                    since: NOW - 55 * 60_000,
                    due: NOW + 5 * 60_000,
                    whose: Some("Kofi".into()),
                    promised_by: None,
                },
            ],
            at_risk_count: 11,
            late_count: 3,
            people: vec![
                person("Mei", PresenceStatus::Online, 8),
                person("Kofi", PresenceStatus::Online, 2),
                person("Ana", PresenceStatus::Away, 1),
            ],
            online: 2,
            room: 6,
            today: [40, 31, 28],
        }
    }

    #[test]
    fn the_wall_says_what_waits_who_is_here_and_what_is_late() {
        let html = renders(&WallPage { company: "Tillers & Sons".into(), wall: wall() });
        for words in [
            "14",
            "Tier &#60;2&#62;",
            "No group",
            "12 min late",
            "in 5 min",
            "Kofi",
            "full",
            "4–19 min",
            "Training",
            "and 9 more",
            "VIP",
            "first answer promised by Very important",
        ] {
            assert!(html.contains(words), "{words} is missing in {html}");
        }
    }

    #[test]
    fn a_quiet_floor_says_so() {
        let wall = Wall {
            waiting: 0,
            oldest_waiting_since: None,
            expected_wait_minutes: None,
            queues: vec![],
            at_risk: vec![],
            at_risk_count: 0,
            late_count: 0,
            people: vec![],
            online: 0,
            room: 0,
            today: [0; 3],
            ..wall()
        };
        let html = renders(&WallNow { wall });
        assert!(
            html.contains("Nobody waits")
                && html.contains("Nobody is here")
                && html.contains("Every promise is kept")
        );
        assert_eq!(
            (short_span(&0, &45_000), short_span(&0, &7_200_000)),
            ("45 s".to_owned(), "120 min".to_owned())
        );
    }
}
