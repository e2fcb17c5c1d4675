//! `/coaching/sessions/{id}/calendar`: a talk for the calendar that somebody uses elsewhere.

use crate::{Problem, SignedIn, Web};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use desk::coaching::{self, Talk};
use desk::{CoachingSessionId, settings};
use icalendar::{Component, Event, EventLike};

pub async fn show(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(id): Path<CoachingSessionId>,
) -> Result<Response, Problem> {
    let text = web.desk.read(actor, move |tx| {
        let (talk, url) = (coaching::talk_of(tx, id)?, settings::company(tx)?.public_url);
        let other = if actor.is(talk.plan.user) { &talk.coach_name } else { &talk.user_name };
        Ok::<_, Problem>(written(&talk, other, &url, tx.now()))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"talk.ics\""),
    ];
    Ok((headers, text.await?).into_response())
}

fn written(talk: &Talk, other: &str, public_url: &str, now: i64) -> String {
    let at = |ms: i64| DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default();
    let base = public_url.trim_end_matches('/');
    let host = base.split("//").last().unwrap_or_default();
    let mut event = Event::new();
    event
        .uid(&format!("talk-{}@{host}", talk.session.id))
        .timestamp(at(now))
        .summary(&format!("Talk with {other}"))
        .url(&format!("{base}/coaching/plans/{}", talk.plan.id))
        .starts(at(talk.session.at))
        .ends(at(talk.session.ends_at()));
    let mut calendar = icalendar::Calendar::new();
    calendar.push(event.done());
    calendar.done().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk::coaching::{Plan, Session};
    use desk::{CoachingPlanId, UserId};

    #[test]
    fn a_talk_has_its_beginning_and_its_end_and_says_nothing_of_the_plan() {
        let plan = Plan {
            id: CoachingPlanId(4),
            user: UserId(2),
            coach: UserId(1),
            title: "secret".into(),
            about: "secret".into(),
            created_at: 0,
            ends_at: None,
            closed_at: None,
            closed_by: None,
            outcome: String::new(),
        };
        let session = Session {
            id: CoachingSessionId(9),
            plan: plan.id,
            at: 1_774_791_000_000,
            minutes: 45,
            created_by: None,
            created_at: 0,
            held_at: None,
            told_at: None,
        };
        let talk = Talk { plan, session, user_name: "Ana".into(), coach_name: "Lea, of Tillers".into() };
        let text = written(&talk, &talk.coach_name, "https://desk.example/", 0);
        for line in [
            "UID:talk-9@desk.example",
            "DTSTART:20260329T133000Z",
            "DTEND:20260329T141500Z",
            "SUMMARY:Talk with Lea\\, of Tillers",
            "URL:https://desk.example/coaching/plans/4",
        ] {
            assert!(text.lines().any(|it| it.starts_with(line)), "{line} is missing in {text}");
        }
        assert!(!text.contains("secret"));
    }
}
