//! Whose work a ticket's outcome is: shares by who answered in public, and by whose desk it lay on where nobody did.

/// A time in which the ticket lay with one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Station {
    pub person: i64,
    pub from_ms: i64,
    pub to_ms: i64,
}

/// A comment on the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    pub person: i64,
    pub at_ms: i64,
    pub public: bool,
    pub chars: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    pub person: i64,
    /// 0–1; all shares of a ticket sum to 1.
    pub share: f64,
}

/// Whoever did less than this did not do the work; their part goes to the others.
pub const SHARE_MIN: f64 = 0.15;
/// Of the whole: public answers, then whoever solved it, then the time it lay with each.
const OF_ANSWERS: f64 = 0.7;
const OF_SOLVER: f64 = 0.2;
const OF_TIME: f64 = 0.1;
/// An answer counts by the root of its length, between a line and a page: long is more work, but not ten times as much.
const ANSWER_CHARS_MIN: u32 = 80;
const ANSWER_CHARS_MAX: u32 = 4_000;
/// An internal note is help, but not the answer.
const NOTE_WEIGHT: f64 = 0.25;

/// Shares of one outcome, the largest first (then by person). `solver` had the ticket when it was solved; nobody may have. Only what lies from
/// `from_ms` to `to_ms` counts, which is from the former solution to this one. Nobody at all: an empty list.
pub fn attribute(
    stations: &[Station],
    comments: &[Comment],
    solver: Option<i64>,
    from_ms: i64,
    to_ms: i64,
) -> Vec<Share> {
    let answers = comments.iter().filter(|it| (from_ms..=to_ms).contains(&it.at_ms)).map(|it| {
        let length = f64::from(it.chars.clamp(ANSWER_CHARS_MIN, ANSWER_CHARS_MAX)).sqrt();
        (it.person, if it.public { length } else { NOTE_WEIGHT * length })
    });
    let held = stations.iter().map(|it| {
        let ms = it.to_ms.min(to_ms).saturating_sub(it.from_ms.max(from_ms)).max(0);
        (it.person, ms as f64)
    });
    let mut shares: Vec<Share> = Vec::new();
    give(&mut shares, answers, OF_ANSWERS);
    give(&mut shares, solver.map(|it| (it, 1.0)).into_iter(), OF_SOLVER);
    give(&mut shares, held, OF_TIME);
    scale(&mut shares);
    shares.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.person.cmp(&b.person)));
    // The largest share stays, however many took part.
    let enough = shares.iter().skip(1).filter(|it| it.share >= SHARE_MIN).count() + 1;
    shares.truncate(enough);
    scale(&mut shares);
    shares
}

/// Cuts `whole` into parts by weight and gives them out.
fn give(shares: &mut Vec<Share>, parts: impl Iterator<Item = (i64, f64)>, whole: f64) {
    let parts: Vec<(i64, f64)> = parts.filter(|(_, weight)| *weight > 0.0).collect();
    let sum: f64 = parts.iter().map(|(_, weight)| weight).sum();
    for (person, weight) in parts {
        let share = whole * weight / sum;
        match shares.iter_mut().find(|it| it.person == person) {
            Some(it) => it.share += share,
            None => shares.push(Share { person, share }),
        }
    }
}

fn scale(shares: &mut [Share]) {
    let sum: f64 = shares.iter().map(|it| it.share).sum();
    shares.iter_mut().for_each(|it| it.share /= sum);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANA: i64 = 1;
    const KOFI: i64 = 2;
    const MEI: i64 = 3;

    fn answer(person: i64, at_ms: i64) -> Comment {
        Comment { person, at_ms, public: true, chars: 400 }
    }

    fn people(shares: &[Share]) -> Vec<i64> {
        shares.iter().map(|it| it.person).collect()
    }

    #[test]
    fn who_answered_alone_did_it_alone() {
        let shares = attribute(&[], &[answer(ANA, 5)], Some(ANA), 0, 10);
        assert_eq!(shares, [Share { person: ANA, share: 1.0 }]);
    }

    #[test]
    fn who_only_pressed_solved_has_the_smaller_part() {
        let comments = [answer(ANA, 2), answer(ANA, 4), answer(ANA, 6)];
        let shares = attribute(&[], &comments, Some(KOFI), 0, 10);
        assert_eq!(people(&shares), [ANA, KOFI]);
        assert!(shares[0].share > 3.0 * shares[1].share);
    }

    #[test]
    fn a_passing_remark_is_not_the_work() {
        let mut comments = vec![answer(ANA, 1), answer(ANA, 2), answer(ANA, 3), answer(ANA, 4)];
        comments.push(Comment { person: KOFI, at_ms: 5, public: false, chars: 20 });
        assert_eq!(people(&attribute(&[], &comments, Some(ANA), 0, 10)), [ANA]);
    }

    #[test]
    fn without_answers_it_is_whose_desk_it_lay_on() {
        let stations = [
            Station { person: ANA, from_ms: 0, to_ms: 30 },
            Station { person: KOFI, from_ms: 30, to_ms: 40 },
        ];
        let shares = attribute(&stations, &[], None, 0, 40);
        assert_eq!(people(&shares), [ANA, KOFI]);
        assert!((shares[0].share - 0.75).abs() < 1e-12);
    }

    #[test]
    fn work_on_the_former_solution_belongs_to_that_one() {
        let comments = [answer(ANA, 5), answer(KOFI, 15)];
        assert_eq!(people(&attribute(&[], &comments, Some(KOFI), 10, 20)), [KOFI]);
        assert!(attribute(&[], &[], None, 0, 10).is_empty());
    }

    proptest! {
        #[test]
        fn shares_sum_to_one_and_the_order_of_comments_says_nothing(
            comments in proptest::collection::vec((1..6_i64, 0..100_i64, any::<bool>(), 0..9_000_u32), 1..20),
            solver in proptest::option::of(1..6_i64)
        ) {
            let mut comments: Vec<Comment> = comments.into_iter()
                .map(|(person, at_ms, public, chars)| Comment { person, at_ms, public, chars }).collect();
            let shares = attribute(&[], &comments, solver, 0, 100);
            prop_assert!((shares.iter().map(|it| it.share).sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!(shares.iter().all(|it| it.share > 0.0));
            comments.reverse();
            let turned = attribute(&[], &comments, solver, 0, 100);
            prop_assert_eq!(people(&shares).len(), people(&turned).len());
        }
    }

    #[test]
    fn three_who_took_part_alike_share_alike() {
        let comments = [answer(ANA, 1), answer(KOFI, 2), answer(MEI, 3)];
        let shares = attribute(&[], &comments, None, 0, 10);
        assert!(shares.iter().all(|it| (it.share - 1.0 / 3.0).abs() < 1e-12));
    }
}
