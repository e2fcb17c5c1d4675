//! What has become of the library, change by change, for programs that keep a copy of it.

use super::*;

/// What became of a skill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum LibraryChange {
    Created,
    Changed,
    Retired,
}

/// One change; the skill is as it is now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LibraryChangeRow {
    pub at: i64,
    /// Orders changes of one moment: 0 for what was made, else the event's id; then the skill.
    pub event: i64,
    pub skill: Skill,
    pub change: LibraryChange,
}

impl LibraryChangeRow {
    /// Where a reader goes on after this row.
    pub fn place(&self) -> (i64, i64, i64) {
        (self.at, self.event, self.skill.id.0)
    }
}

/// The oldest first, after a place and up to a moment.
pub fn library_changes(
    tx: &mut Tx,
    after: (i64, i64, i64),
    until: i64,
    count_max: usize,
) -> Result<Vec<LibraryChangeRow>, SkillsError> {
    if !tx.actor().is_staff() {
        return Err(SkillsError::NotStaff);
    }
    let skills: HashMap<SkillId, Skill> =
        store::list_all_skills(tx)?.into_iter().map(|it| (it.id, it)).collect();
    let recorded: Vec<(i64, i64, SkillId, String)> = tx.list(
        "select id, at, subject_id, kind from events
         where subject = 'skill'
           and kind in ('skill_changed', 'skill_retired', 'skill_restored', 'skill_merged', 'skill_merge_undone')",
        params![],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let made = skills.values().map(|skill| LibraryChangeRow {
        at: skill.created_at,
        event: 0,
        skill: skill.clone(),
        change: LibraryChange::Created,
    });
    let followed = recorded.into_iter().filter_map(|(event, at, skill, kind)| {
        let skill = skills.get(&skill)?;
        let change = match kind.as_str() {
            // It is how its making was noted.
            "skill_changed" if at == skill.created_at => return None,
            "skill_changed" => LibraryChange::Changed,
            "skill_retired" | "skill_merged" => LibraryChange::Retired,
            _ => LibraryChange::Created,
        };
        Some(LibraryChangeRow { at, event, skill: skill.clone(), change })
    });
    let mut all: Vec<LibraryChangeRow> =
        made.chain(followed).filter(|it| it.place() > after && it.at <= until).collect();
    all.sort_by_key(LibraryChangeRow::place);
    all.truncate(count_max);
    Ok(all)
}
