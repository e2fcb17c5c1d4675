//! The account of an import, for people.

use desk::skills::outcomes::Tally;

/// Topics without skills that are named.
const UNMAPPED_SHOWN_MAX: usize = 20;

pub fn lines(tally: &Tally) -> Vec<String> {
    let mut all = vec![
        format!("rows read    {:>10}", tally.read),
        format!("  taken      {:>10}", tally.taken),
        format!("  duplicates {:>10}", tally.duplicates),
        format!("  superseded {:>10}", tally.superseded),
        format!("  rejected   {:>10}", tally.rejected),
    ];
    for (reason, because) in &tally.reasons {
        let examples: Vec<String> = because
            .examples
            .iter()
            .map(
                |(line, cell)| {
                    if cell.is_empty() { format!("line {line}") } else { format!("line {line}: {cell}") }
                },
            )
            .collect();
        all.push(format!("    {:>8}  {} ({})", because.rows, reason.words(), examples.join("; ")));
    }
    all.push(format!(
        "evidence: {} outcomes, {} ratings, {} handle times; {} people made",
        tally.outcomes, tally.ratings, tally.handle_times, tally.people_created
    ));
    list(&mut all, "topics and tags that the mapping does not name", &tally.unmapped);
    list(&mut all, "skills that the desk does not have", &tally.unknown_skills);
    if !tally.is_reconciled() {
        all.push("these figures do not add up: please report this".into());
    }
    all
}

fn list(all: &mut Vec<String>, words: &str, names: &std::collections::BTreeMap<String, u64>) {
    if names.is_empty() {
        return;
    }
    let mut sorted: Vec<_> = names.iter().collect();
    sorted.sort_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
    let shown: Vec<String> =
        sorted.iter().take(UNMAPPED_SHOWN_MAX).map(|(name, rows)| format!("{name} ({rows})")).collect();
    let more = sorted.len().saturating_sub(UNMAPPED_SHOWN_MAX);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    all.push(format!("{words}: {}{more}", shown.join(", ")));
}
