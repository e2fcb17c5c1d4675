//! `/mail/ledger`: every mail that came, and where it has gone.

use crate::call::{Answer, Call, Reply, Urls};
use crate::paging::{self, Paged, Paging, Place, wrong_cursor};
use crate::problem::Problem;
use crate::shapes::{LedgerEntryShape, UnaccountedShape};
use desk::mail::MailState;
use desk::mail::views::{LedgerEntry, LedgerFilter, ledger_counts, ledger_page};
use desk::{MailId, Tx};
use serde_json::Value;

/// `state=received`, `comment`, `duplicate`, `suspended`, `discarded`; `from=` for one sender.
pub async fn index(call: Call) -> Answer {
    let state = call.query("state").map(|word| {
        MailState::parse(word)
            .ok_or_else(|| Problem::invalid("state", format!("{word:?} is not a state of mail")))
    });
    let filter =
        LedgerFilter { state: state.transpose()?, from_address: call.query("from").map(str::to_owned) };
    call.read(move |tx, call| {
        call.only_staff()?;
        let (paging, urls) = (call.paging()?, Urls::of(tx)?);
        let page = page_of(tx, &filter, &paging)?.map(|it| LedgerEntryShape::of(&it));
        Ok(Reply::ok(Value::Object(paging::envelope(call, &urls, &paging, "mails", page))))
    })
    .await
}

/// How many mails have not ended anywhere yet: 0 except while a retry is due.
pub async fn unaccounted(call: Call) -> Answer {
    call.read(|tx, call| {
        call.only_staff()?;
        let counts = ledger_counts(tx)?;
        Ok(Reply::one(
            "mail",
            UnaccountedShape { unaccounted: counts.unaccounted, suspended: counts.suspended },
        ))
    })
    .await
}

/// One page of the ledger, newest first. Its rows are not counted.
pub fn page_of(tx: &mut Tx, filter: &LedgerFilter, paging: &Paging) -> Result<Paged<LedgerEntry>, Problem> {
    let before = match &paging.place {
        Place::After(cursor) => Some(MailId(cursor.parse().map_err(|_| wrong_cursor())?)),
        Place::Before(_) => {
            return Err(Problem::BadRequest("this list can only be walked with page[after]".into()));
        }
        Place::Page(_) | Place::First => None,
    };
    let skip = paging.offset();
    let mut rows: Vec<LedgerEntry> = Vec::new();
    let mut below = before;
    // The ledger's own pages end earlier than a deep page by number begins.
    while rows.len() < skip + paging.size + 1 {
        let some = ledger_page(tx, filter, below, skip + paging.size + 1 - rows.len())?;
        let Some(last) = some.last() else { break };
        below = Some(last.id);
        rows.extend(some);
    }
    let mut rows: Vec<LedgerEntry> = rows.into_iter().skip(skip).collect();
    let more = rows.len() > paging.size;
    rows.truncate(paging.size);
    let (first, last) = (rows.first().map(|it| it.id.to_string()), rows.last().map(|it| it.id.to_string()));
    Ok(Paged { rows, total: None, more, first, last })
}
