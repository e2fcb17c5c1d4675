//! `/satisfaction_ratings`: how customers found it.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged, Place, wrong_cursor};
use crate::problem::Problem;
use crate::shapes::RatingShape;
use crate::store::{self, Rating};
use crate::time::iso;
use desk::RatingId;
use serde_json::Value;

/// `score=good`, `bad`, `offered`, `received`; all without it.
pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let stars = stars_of(call.query("score"))?;
        let after = match &paging.place {
            Place::After(cursor) => cursor.parse().map_err(|_| wrong_cursor())?,
            Place::Before(_) => return Err(Problem::BadRequest("ratings can only be walked with page[after]".into())),
            Place::Page(_) | Place::First => 0,
        };
        let mut rows = store::list_ratings(tx, stars, after, paging.offset(), paging.size + 1)?;
        let more = rows.len() > paging.size;
        rows.truncate(paging.size);
        let total = if paging.is_by_number() { Some(store::count_ratings(tx, stars)?) } else { None };
        let (first, last) = (rows.first().map(|it| it.id.to_string()), rows.last().map(|it| it.id.to_string()));
        let page = Paged { rows, total, more, first, last }.map(|it| shape(&it, &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "satisfaction_ratings", page))))
    })
    .await
}

pub async fn show(Id(rating): Id<RatingId>, call: Call) -> Answer {
    call.read(move |tx, call| {
        call.only_staff()?;
        let rating = store::find_rating(tx, rating)?.ok_or(Problem::NotFound)?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("satisfaction_rating", shape(&rating, &urls)))
    })
    .await
}

fn stars_of(word: Option<&str>) -> Result<(i64, i64), Problem> {
    match word {
        None => Ok((0, 5)),
        Some("offered") => Ok((0, 0)),
        Some("received") => Ok((1, 5)),
        Some("good" | "good_with_comment" | "good_without_comment") => Ok((store::GOOD_STARS_MIN, 5)),
        Some("bad" | "bad_with_comment" | "bad_without_comment") => Ok((1, store::GOOD_STARS_MIN - 1)),
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
        score: rating.word(),
        stars: rating.score,
        comment: rating.comment.clone(),
        reason: rating.reason.clone(),
        created_at: iso(rating.asked_at),
        updated_at: iso(rating.answered_at.unwrap_or(rating.asked_at)),
    }
}
