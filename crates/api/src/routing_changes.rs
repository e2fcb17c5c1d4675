//! `/incremental/routing/attributes`, `…/attribute_values`, `…/instance_values`: kinds and skills, change by change.
//!
//! As Zendesk has it: a page is read until its `count` is 0, and its `next_page` serves again later.

use crate::call::{Answer, Call, Reply, Urls};
use crate::incremental::HELD_BACK_MS;
use crate::paging::{encoded, wrong_cursor};
use crate::problem::Problem;
use crate::shapes::{AttributeChangeShape, AttributeValueChangeShape};
use crate::time::iso;
use desk::Tx;
use desk::skills::views::library_changes;
use desk::skills::{self, SkillKind};
use serde_json::{Value, json};

/// Changes of one page.
const CHANGES_MAX: usize = 3_000;

/// A moment, and what orders changes of one moment.
type Place = (i64, i64, i64);

/// A kind is as old as the oldest skill of it.
pub async fn attributes(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let (after, skills) = (place_of(call)?, skills::list_skills(tx)?);
        let since =
            |kind: SkillKind| skills.iter().filter(|it| it.kind == kind).map(|it| it.created_at).min();
        let mut made: Vec<(Place, SkillKind)> = SkillKind::ALL
            .iter()
            .enumerate()
            .map(|(i, kind)| ((since(*kind).unwrap_or(0), 0, i as i64), *kind))
            .filter(|(place, _)| *place > after)
            .collect();
        made.sort_by_key(|(place, _)| *place);
        let shape = |(place, kind): &(Place, SkillKind)| AttributeChangeShape {
            id: kind.as_str(),
            name: kind.as_str(),
            time: iso(place.0),
            change: "create",
        };
        let shapes: Vec<AttributeChangeShape> = made.iter().map(shape).collect();
        page(tx, "attributes", json!(shapes), made.last().map(|it| it.0), after)
    })
    .await
}

/// A skill that is called otherwise by now has its name of now in every change.
pub async fn attribute_values(call: Call) -> Answer {
    call.read(|tx, call| {
        let after = place_of(call)?;
        let until = tx.now() - HELD_BACK_MS;
        let rows = library_changes(tx, after, until, CHANGES_MAX)?;
        let shapes: Vec<AttributeValueChangeShape> = rows.iter().map(AttributeValueChangeShape::of).collect();
        page(tx, "attribute_values", json!(shapes), rows.last().map(|it| it.place()), after)
    })
    .await
}

/// Nobody is given a skill at one moment and loses it at another: a level moves with every piece of evidence and fades
/// between them. A list of such moments would be made up.
pub async fn instance_values(call: Call) -> Answer {
    call.only_staff()?;
    let words = "levels move and fade all the time, so there are no moments to export; ask who has what at \
                 /api/v2/routing/agents/{id}/instance_values, and what a ticket needs at \
                 /api/v2/routing/tickets/{id}/instance_values";
    Err(Problem::invalid("instance_values", words))
}

fn place_of(call: &Call) -> Result<Place, Problem> {
    let Some(cursor) = call.query("cursor") else { return Ok((i64::MIN, 0, 0)) };
    let parts: Vec<i64> =
        cursor.split('.').map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong_cursor())?;
    match parts[..] {
        [at, event, id] => Ok((at, event, id)),
        _ => Err(wrong_cursor()),
    }
}

fn page(tx: &mut Tx, key: &str, shapes: Value, last: Option<Place>, after: Place) -> Answer {
    let count = shapes.as_array().map_or(0, Vec::len);
    let (at, event, id) = last.unwrap_or(after);
    let base = Urls::of(tx)?.resource(&format!("/incremental/routing/{key}"));
    let cursor = encoded(&format!("{at}.{event}.{id}"));
    Ok(Reply::ok(json!({
        key: shapes,
        "count": count,
        "end_time": last.map(|it| it.0.div_euclid(1_000)),
        "next_page": format!("{base}?cursor={cursor}"),
    })))
}
