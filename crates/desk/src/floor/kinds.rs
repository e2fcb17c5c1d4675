//! Kinds of work: tickets that need the same skills, few enough to be told apart and simulated.

use super::store::NeedRow;
use crate::skills::{SkillKind, SkillSummary};
use crate::{SkillId, TicketId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Kinds of first work; what answers to an answer asks is gathered by its musts alone.
pub const KINDS_MAX: usize = 24;
/// A set of skills is a kind of its own if so many tickets needed it, and this share of all.
const TICKETS_LEAST: usize = 12;
const SHARE_LEAST: f64 = 0.015;
/// A skill belongs to a kind if this share of its tickets needs it.
const NEEDED_SHARE: f64 = 0.5;
const NAMES_SHOWN: usize = 2;

/// Work of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkKind {
    pub name: String,
    /// The customer wrote again after an answer.
    pub is_again: bool,
    /// Where it waits, among the lanes of the history; kinds are told apart by it only where a floor is lived.
    pub lane: Option<usize>,
    pub needs: Vec<KindNeed>,
    /// Its musts came from rules about languages, which give way to a long wait.
    pub gives_way: bool,
    /// Logits, from how often its tickets stayed solved.
    pub difficulty: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KindNeed {
    /// Its place among the skills of the history.
    pub skill: usize,
    pub level: f64,
    pub weight: f64,
    pub must: bool,
}

/// Which kind each ticket is of, first and again.
pub(super) struct Sorted {
    pub kinds: Vec<WorkKind>,
    pub skills: Vec<SkillSummary>,
    /// Of a ticket's first turn, and of its later ones.
    pub of_ticket: HashMap<TicketId, (usize, usize)>,
}

type Key = BTreeSet<SkillId>;

/// `tickets` with all their needs, which stand ticket by ticket.
pub(super) fn sort(
    tickets: &[TicketId],
    needs: &[NeedRow],
    known: &HashMap<SkillId, SkillSummary>,
) -> Sorted {
    let mut of_ticket: HashMap<TicketId, &[NeedRow]> = HashMap::new();
    for rows in needs.chunk_by(|one, other| one.ticket == other.ticket) {
        of_ticket.insert(rows[0].ticket, rows);
    }
    let rows = |ticket: &TicketId| of_ticket.get(ticket).copied().unwrap_or_default();
    // From the finest to the coarsest: all needs; the musts and the weightiest; the musts.
    let fine = |rows: &[NeedRow]| rows.iter().map(|it| it.skill).collect::<Key>();
    let musts = |rows: &[NeedRow]| rows.iter().filter(|it| it.must).map(|it| it.skill).collect::<Key>();
    let middle = |rows: &[NeedRow]| {
        let mut key = musts(rows);
        let of_substance = |it: &&NeedRow| known.get(&it.skill).is_some_and(|it| is_of_substance(it.kind));
        let weightiest = rows.iter().filter(of_substance).max_by(|a, b| a.weight.total_cmp(&b.weight));
        key.extend(weightiest.map(|it| it.skill));
        key
    };
    let least = TICKETS_LEAST.max((SHARE_LEAST * tickets.len() as f64).ceil() as usize);
    let mut keys: HashMap<TicketId, (u8, Key)> = HashMap::new();
    let mut open: Vec<TicketId> = tickets.to_vec();
    for (step, key_of) in [&fine as &dyn Fn(&[NeedRow]) -> Key, &middle].into_iter().enumerate() {
        let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
        for ticket in &open {
            *counts.entry(key_of(rows(ticket))).or_default() += 1;
        }
        let mut large: Vec<(usize, Key)> =
            counts.into_iter().map(|(key, count)| (count, key)).filter(|it| it.0 >= least).collect();
        large.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        // Half of the room is for the finest.
        large.truncate(KINDS_MAX / 2 - 2);
        let kept: BTreeSet<Key> = large.into_iter().map(|it| it.1).collect();
        open.retain(|ticket| {
            let key = key_of(rows(ticket));
            let is_kept = kept.contains(&key);
            if is_kept {
                keys.insert(*ticket, (step as u8, key));
            }
            !is_kept
        });
    }
    for ticket in &open {
        keys.insert(*ticket, (2, musts(rows(ticket))));
    }
    let mut first: BTreeMap<(u8, Key), Vec<TicketId>> = BTreeMap::new();
    let mut again: BTreeMap<Key, Vec<TicketId>> = BTreeMap::new();
    for ticket in tickets {
        if let Some(key) = keys.remove(ticket) {
            first.entry(key).or_default().push(*ticket);
        }
        again.entry(musts(rows(ticket))).or_default().push(*ticket);
    }
    let mut sorted = Sorted { kinds: Vec::new(), skills: Vec::new(), of_ticket: HashMap::new() };
    let usual_language = usual_language(needs, known);
    for of_kind in first.values() {
        let at = sorted.add(of_kind, &of_ticket, known, usual_language, false);
        of_kind.iter().for_each(|it| {
            sorted.of_ticket.insert(*it, (at, at));
        });
    }
    for of_kind in again.values() {
        let at = sorted.add(of_kind, &of_ticket, known, usual_language, true);
        for ticket in of_kind {
            if let Some(places) = sorted.of_ticket.get_mut(ticket) {
                places.1 = at;
            }
        }
    }
    sorted
}

/// What work is about, not how it comes or in which language.
fn is_of_substance(kind: SkillKind) -> bool {
    !matches!(kind, SkillKind::Language | SkillKind::Channel)
}

/// The language of most tickets goes without saying.
fn usual_language(needs: &[NeedRow], known: &HashMap<SkillId, SkillSummary>) -> Option<SkillId> {
    let mut counts: BTreeMap<SkillId, usize> = BTreeMap::new();
    let is_language = |it: &&NeedRow| known.get(&it.skill).is_some_and(|it| it.kind == SkillKind::Language);
    needs.iter().filter(is_language).for_each(|it| *counts.entry(it.skill).or_default() += 1);
    counts.into_iter().max_by_key(|it| it.1).map(|it| it.0)
}

impl Sorted {
    fn add(
        &mut self,
        tickets: &[TicketId],
        needs: &HashMap<TicketId, &[NeedRow]>,
        known: &HashMap<SkillId, SkillSummary>,
        usual_language: Option<SkillId>,
        is_again: bool,
    ) -> usize {
        let mut rows: BTreeMap<SkillId, Vec<&NeedRow>> = BTreeMap::new();
        for row in tickets.iter().filter_map(|it| needs.get(it)).flat_map(|it| it.iter()) {
            if known.contains_key(&row.skill) && (!is_again || row.must) {
                rows.entry(row.skill).or_default().push(row);
            }
        }
        let least = NEEDED_SHARE * tickets.len() as f64;
        rows.retain(|_, of| of.len() as f64 >= least);
        let (mut wanted, mut gives_way) = (Vec::new(), true);
        for (skill, of) in &rows {
            let mean =
                |what: fn(&NeedRow) -> f64| of.iter().map(|it| what(it)).sum::<f64>() / of.len() as f64;
            let must = mean(|it| f64::from(u8::from(it.must))) > 0.5;
            let kind = known[skill].kind;
            gives_way &=
                !must || kind == SkillKind::Language && mean(|it| f64::from(u8::from(it.by_rule))) > 0.5;
            let level = (10.0 * mean(|it| it.level)).round() / 10.0;
            wanted.push((
                *skill,
                KindNeed { skill: self.place(&known[skill]), level, weight: mean(|it| it.weight), must },
            ));
        }
        let mut by_weight: Vec<&(SkillId, KindNeed)> = wanted.iter().collect();
        let is_language = |skill: &SkillId| known[skill].kind == SkillKind::Language;
        // What sets it apart stands first: a foreign language, then the weightiest.
        by_weight.sort_by(|a, b| {
            is_language(&b.0).cmp(&is_language(&a.0)).then(b.1.weight.total_cmp(&a.1.weight))
        });
        let names: Vec<&str> = by_weight
            .iter()
            .filter(|it| Some(it.0) != usual_language && known[&it.0].kind != SkillKind::Channel)
            .map(|it| known[&it.0].name.as_str())
            .collect();
        let name = match (names.as_slice(), is_again) {
            ([], false) if wanted.is_empty() => "Anything else, nothing asked".to_owned(),
            ([], true) if wanted.is_empty() => "Answers to answers, nothing asked".to_owned(),
            ([], false) => "Anything else".to_owned(),
            ([], true) => "Answers to answers".to_owned(),
            (names, false) => names[..names.len().min(NAMES_SHOWN)].join(" + "),
            (names, true) => {
                format!("Answers to answers, {}", names[..names.len().min(NAMES_SHOWN)].join(" + "))
            }
        };
        let has_musts = wanted.iter().any(|it| it.1.must);
        let at = self.kinds.len();
        self.kinds.push(WorkKind {
            name: self.unique(name, &names),
            is_again,
            lane: None,
            needs: wanted.into_iter().map(|it| it.1).collect(),
            gives_way: has_musts && gives_way,
            difficulty: 0.0,
        });
        at
    }

    /// More of its skills, then a number, until no other kind is called so.
    fn unique(&self, name: String, names: &[&str]) -> String {
        let taken = |name: &str| self.kinds.iter().any(|it| it.name == name);
        let longer = (NAMES_SHOWN + 1..=names.len()).map(|count| names[..count].join(" + "));
        let numbered = (2..).map(|number| format!("{name} ({number})"));
        std::iter::once(name.clone()).chain(longer).chain(numbered).find(|it| !taken(it)).unwrap_or(name)
    }

    fn place(&mut self, skill: &SkillSummary) -> usize {
        let found = self.skills.iter().position(|it| it.id == skill.id);
        found.unwrap_or_else(|| {
            self.skills.push(skill.clone());
            self.skills.len() - 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> HashMap<SkillId, SkillSummary> {
        let skill = |id: i64, name: &str, kind| {
            (SkillId(id), SkillSummary { id: SkillId(id), key: name.to_lowercase(), name: name.into(), kind })
        };
        HashMap::from([
            skill(1, "English", SkillKind::Language),
            skill(2, "French", SkillKind::Language),
            skill(3, "Refunds", SkillKind::Specialist),
            skill(4, "SAML", SkillKind::Technical),
        ])
    }

    fn need(ticket: i64, skill: i64, must: bool) -> NeedRow {
        NeedRow {
            ticket: TicketId(ticket),
            skill: SkillId(skill),
            level: 3.0,
            weight: skill as f64,
            must,
            by_rule: true,
        }
    }

    #[test]
    fn what_is_needed_often_is_a_kind_and_the_rare_goes_together() {
        let mut needs = Vec::new();
        for ticket in 0..60 {
            needs.push(need(ticket, 1, true));
            needs.push(need(ticket, 3, false));
        }
        for ticket in 60..90 {
            needs.push(need(ticket, 2, true));
            needs.push(need(ticket, 4, false));
        }
        needs.push(need(90, 1, true));
        needs.push(need(90, 4, false));
        let tickets: Vec<TicketId> = (0..92).map(TicketId).collect();
        let sorted = sort(&tickets, &needs, &known());
        let name = |ticket: i64| {
            let (first, again) = sorted.of_ticket[&TicketId(ticket)];
            (sorted.kinds[first].name.as_str(), sorted.kinds[again].name.as_str())
        };
        assert_eq!(name(0), ("Refunds", "Answers to answers"));
        assert_eq!(name(70), ("French + SAML", "Answers to answers, French"));
        assert_eq!(name(91).0, "Anything else, nothing asked");
        assert!(
            sorted
                .kinds
                .iter()
                .filter(|it| !it.needs.is_empty())
                .all(|it| it.gives_way == it.needs.iter().any(|n| n.must))
        );
        assert!(sorted.kinds.len() <= 2 * KINDS_MAX);
        let all: BTreeSet<&str> = sorted.kinds.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(all.len(), sorted.kinds.len(), "no two kinds have one name");
    }

    #[test]
    fn however_many_sets_there_are_kinds_stay_few() {
        let mut needs = Vec::new();
        for ticket in 0..4_000_i64 {
            for bit in 0..4 {
                if (ticket % 16) >> bit & 1 == 1 {
                    needs.push(need(ticket, bit + 1, false));
                }
            }
        }
        let tickets: Vec<TicketId> = (0..4_000).map(TicketId).collect();
        let sorted = sort(&tickets, &needs, &known());
        assert!(sorted.kinds.iter().filter(|it| !it.is_again).count() <= KINDS_MAX);
        assert_eq!(sorted.of_ticket.len(), 4_000);
    }
}
