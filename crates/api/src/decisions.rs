//! `/routing/decisions`: what routing decided on the whole desk, and what became of it.

use crate::call::{Answer, Call, Id, Reply, Urls};
use crate::paging::{self, Paged, Paging, Place};
use crate::problem::Problem;
use crate::shapes::DeskDecisionShape;
use crate::time;
use desk::routing::{self, DECISIONS_PER_PAGE_MAX, DecisionFilter, DecisionRow, Lots, Shown, rule_of_word};
use desk::{DecisionId, GroupId, Tx, UserId};
use serde_json::Value;

/// The newest first.
pub async fn index(call: Call) -> Answer {
    call.read(|tx, call| {
        let filter = filter_of(call)?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = page_of(tx, &filter, &paging)?.map(|it| DeskDecisionShape::of(&it, &[], &urls));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "routing_decisions", page))))
    })
    .await
}

pub async fn show(Id(decision): Id<DecisionId>, call: Call) -> Answer {
    call.read(move |tx, _| {
        let record = routing::decision_record(tx, decision)?;
        let urls = Urls::of(tx)?;
        Ok(Reply::one("routing_decision", DeskDecisionShape::of(&record.row, &record.contests, &urls)))
    })
    .await
}

fn filter_of(call: &Call) -> Result<DecisionFilter, Problem> {
    let moment = |name: &str| {
        let wrong = || Problem::invalid(name, format!("{name} is no moment such as 2026-01-01T10:00:00Z"));
        call.query(name).map(|text| time::parse(text).ok_or_else(wrong)).transpose()
    };
    let number = |name: &str| {
        let wrong = |_| Problem::invalid(name, format!("{name} is no number"));
        call.query(name).map(|text| text.parse::<i64>().map_err(wrong)).transpose()
    };
    let unknown =
        |name: &str, word: &str| Problem::invalid(name, format!("{word:?} is no {name} of decisions"));
    let rule = match call.query("rule") {
        None => None,
        Some(word) => Some(rule_of_word(word).ok_or_else(|| unknown("rule", word))?),
    };
    let lots = match call.query("by_lot") {
        None => Lots::All,
        Some("true") => Lots::Only,
        Some("false") => Lots::Without,
        Some(word) => return Err(unknown("by_lot", word)),
    };
    let shown = match call.query("shown") {
        None => Shown::All,
        Some("taken") => Shown::Taken,
        Some("returned") => Shown::Returned,
        Some("waits") => Shown::Waits,
        Some("contested") => Shown::Contested,
        Some("unanswered") => Shown::Unanswered,
        Some(word) => return Err(unknown("shown", word)),
    };
    Ok(DecisionFilter {
        from: moment("from")?.unwrap_or(0),
        until: moment("until")?.unwrap_or(i64::MAX),
        person: number("user_id")?.map(UserId),
        group: number("group_id")?.map(GroupId),
        rule,
        lots,
        shown,
    })
}

/// Cursors reach everywhere, numbers as far as one look does.
fn page_of(tx: &mut Tx, filter: &DecisionFilter, paging: &Paging) -> Result<Paged<DecisionRow>, Problem> {
    let before = match &paging.place {
        Place::Page(_) | Place::First => None,
        Place::After(cursor) => Some(DecisionId(cursor.parse().map_err(|_| paging::wrong_cursor())?)),
        Place::Before(_) => {
            return Err(Problem::BadRequest("decisions are read from the newest on; use page[after]".into()));
        }
    };
    let skip = paging.offset();
    let wanted = skip + paging.size + 1;
    if wanted > DECISIONS_PER_PAGE_MAX {
        let advice = format!("pages by number end at {DECISIONS_PER_PAGE_MAX} rows; use page[after]");
        return Err(Problem::BadRequest(advice));
    }
    let mut rows = routing::decision_rows(tx, filter, before, wanted)?;
    let more = rows.len() == wanted;
    rows.truncate(wanted - 1);
    let rows: Vec<DecisionRow> = rows.into_iter().skip(skip).collect();
    let total = match paging.is_by_number() {
        true => Some(routing::decision_counts(tx, filter)?.decided),
        false => None,
    };
    let cursor = |row: Option<&DecisionRow>| row.and_then(|it| it.why.decision).map(|id| id.to_string());
    let (first, last) = (cursor(rows.first()), cursor(rows.last()));
    Ok(Paged { rows, total, more, first, last })
}
