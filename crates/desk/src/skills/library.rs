//! The shipped library, laid into the desk's own tables at its first opening.

use super::store;
use crate::Tx;

/// All skills and phrase rules of the library, in two statements. A desk that has skills keeps its own.
pub(crate) fn lay_library(tx: &mut Tx) -> Result<(), db::Error> {
    if store::any_skill(tx)? {
        return Ok(());
    }
    let library = ::skills::library();
    store::insert_library_skills(tx, &library.skills)?;
    let ids = store::skill_ids_by_key(tx)?;
    store::insert_library_rules(tx, &library.rules, &ids)
}
