//! `/satisfaction_ratings`: how customers found it.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged, Place, wrong_cursor};
use crate::problem::Problem;
use crate::shapes::{RatingShape, score_word};
use crate::time::iso;
use desk::RatingId;
use desk::satisfaction::Rating;
use desk::satisfaction::views::{self, Score};
use serde_json::Value;

/// `score=good`, `bad`, `offered`, `received`; all without it.
pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let score = score_of(call.query("score"))?;
        let after = match &paging.place {
            Place::After(cursor) => RatingId(cursor.parse().map_err(|_| wrong_cursor())?),
            Place::Before(_) => {
                return Err(Problem::BadRequest("ratings can only be walked with page[after]".into()));
            }
            Place::Page(_) | Place::First => RatingId(0),
        };
        let mut rows = views::page(tx, score, after, paging.offset(), paging.size + 1)?;
        let more = rows.len() > paging.size;
        rows.truncate(paging.size);
        let total = if paging.is_by_number() { Some(views::count(tx, score)?) } else { None };
        let (first, last) =
            (rows.first().map(|it| it.id.to_string()), rows.last().map(|it| it.id.to_string()));
        let page = Paged { rows, total, more, first, last }.map(|it| shape(&it, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "satisfaction_ratings", page))))
    })
    .await
}

pub async fn show(Id(rating): Id<RatingId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let rating = views::rating(tx, rating)?.ok_or(Problem::NotFound)?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("satisfaction_rating", shape(&rating, &urls)))
    })
    .await
}

fn score_of(word: Option<&str>) -> Result<Score, Problem> {
    match word {
        None => Ok(Score::Any),
        Some("offered") => Ok(Score::Offered),
        Some("received") => Ok(Score::Received),
        Some("good" | "good_with_comment" | "good_without_comment") => Ok(Score::Good),
        Some("bad" | "bad_with_comment" | "bad_without_comment") => Ok(Score::Bad),
        Some(other) => Err(Problem::BadRequest(format!("{other:?} is not a score"))),
    }
}

fn shape(rating: &Rating, urls: &Urls) -> RatingShape {
    RatingShape {
        url: urls.resource(&format!("/satisfaction_ratings/{}", rating.id)),
        id: rating.id.0,
        assignee_id: rating.assignee.map(|id| id.0),
        group_id: rating.group.map(|id| id.0),
        requester_id: rating.requester.0,
        ticket_id: rating.ticket.0,
        score: score_word(rating),
        stars: rating.score,
        comment: rating.comment.clone(),
        reason: rating.reason.clone(),
        created_at: iso(rating.asked_at),
        updated_at: iso(rating.answered_at.unwrap_or(rating.asked_at)),
    }
}
