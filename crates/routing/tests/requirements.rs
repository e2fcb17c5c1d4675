//! Requirements survive being printed, read, and kept as JSON; and their stages say what their text says.

use proptest::prelude::*;
use routing::PersonId;
use routing::requirements::{
    Asked, Change, Expression, Leaf, Nameless, Names, PoolId, Requirements, Step, Term, Then, When,
};
use skills::SkillId;

/// Names of all sorts, to be quoted or not.
struct Odd;

const NAMES: [&str; 6] = ["French", "SAML login", "and", "2FA", "\"x\" \\ y", "Größe/Maß"];

impl Names for Odd {
    fn skill(&self, name: &str) -> Option<SkillId> {
        NAMES.iter().position(|it| *it == name).map(|at| SkillId(at as i64))
    }
    fn pool(&self, name: &str) -> Option<PoolId> {
        self.skill(name).map(|it| PoolId(it.0))
    }
    fn person(&self, name: &str) -> Option<PersonId> {
        self.skill(name).map(|it| PersonId(it.0))
    }
    fn of_skill(&self, skill: SkillId) -> Option<String> {
        NAMES.get(skill.0 as usize).map(|it| (*it).to_owned())
    }
    fn of_pool(&self, pool: PoolId) -> Option<String> {
        self.of_skill(SkillId(pool.0))
    }
    fn of_person(&self, person: PersonId) -> Option<String> {
        self.of_skill(SkillId(person.0))
    }
}

fn level() -> impl Strategy<Value = f64> {
    (0..=320_u16).prop_map(|it| f64::from(it) / 64.0)
}

fn asked() -> impl Strategy<Value = Asked> {
    prop_oneof![
        5 => (0..9_i64, level()).prop_map(|(skill, least_level)| Asked::Skill {
            skill: SkillId(skill), least_level, most_level: None
        }),
        1 => (0..9_i64, level(), level()).prop_map(|(skill, a, b)| Asked::Skill {
            skill: SkillId(skill), least_level: a.min(b), most_level: Some(a.max(b))
        }),
        1 => (0..9_i64).prop_map(|it| Asked::Pool(PoolId(it))),
        1 => (0..9_i64).prop_map(|it| Asked::Person(PersonId(it))),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let gaps = prop::collection::vec((1..10_000_000_i64, any::<bool>(), 0..9_i64), 0..4);
    (gaps, any::<bool>()).prop_map(|(gaps, drops)| {
        let mut after_ms = 0;
        let count = gaps.len();
        gaps.into_iter()
            .enumerate()
            .map(|(at, (gap, or_if_nobody, pool))| {
                after_ms += gap;
                let change =
                    if drops && at + 1 == count { Change::Drop } else { Change::Widen(PoolId(pool)) };
                Step { when: When { after_ms, or_if_nobody }, change }
            })
            .collect()
    })
}

fn leaf(with_steps: bool) -> impl Strategy<Value = Leaf> {
    (asked(), prop_oneof![Just(1.0), (1..6_400_u16).prop_map(|it| f64::from(it) / 64.0)], steps()).prop_map(
        move |(of, weight, mut steps)| {
            if !with_steps {
                steps.clear();
            }
            if let (Asked::Skill { least_level, .. }, Some(first)) = (of, steps.first_mut())
                && least_level > 0.0
                && first.change != Change::Drop
            {
                first.change = Change::Lower(least_level / 2.0);
            }
            Leaf { of, weight, steps }
        },
    )
}

fn musts(with_steps: bool) -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![1 => Just(Expression::Anyone), 6 => leaf(with_steps).prop_map(Expression::Must)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::All),
            prop::collection::vec(inner, 2..4).prop_map(Expression::Any),
        ]
    })
}

fn expression() -> impl Strategy<Value = Expression> {
    let excluded = musts(false).prop_map(|it| Expression::Not(Box::new(it)));
    let part = prop_oneof![
        4 => musts(true),
        1 => excluded,
        2 => leaf(false).prop_map(Expression::Prefer),
    ];
    prop_oneof![part.clone(), prop::collection::vec(part, 2..4).prop_map(Expression::All)]
}

fn requirements() -> impl Strategy<Value = Requirements> {
    let then = prop::collection::vec((1..10_000_000_i64, any::<bool>(), expression()), 0..3);
    (expression(), then).prop_map(|(first, then)| {
        let mut after_ms = 0;
        let then = then
            .into_iter()
            .map(|(gap, or_if_nobody, expression)| {
                after_ms += gap;
                Then { when: When { after_ms, or_if_nobody }, expression }
            })
            .collect();
        Requirements { first, then }
    })
}

/// A slow second reading: does a person with these levels, pools and number meet it after so long a wait?
fn met(it: &Requirements, waited_ms: i64, levels: &[f64], pools: &[i64], me: i64) -> bool {
    let then = it.then.iter().rev().find(|then| then.when.after_ms <= waited_ms);
    match then {
        Some(then) => met_by(&then.expression, waited_ms - then.when.after_ms, levels, pools, me),
        None => met_by(&it.first, waited_ms, levels, pools, me),
    }
}

fn met_by(it: &Expression, waited_ms: i64, levels: &[f64], pools: &[i64], me: i64) -> bool {
    let inner = |part: &Expression| met_by(part, waited_ms, levels, pools, me);
    match it {
        Expression::Anyone | Expression::Prefer(_) => true,
        Expression::All(parts) => parts.iter().all(inner),
        Expression::Any(parts) => parts.iter().any(inner),
        Expression::Not(part) => !inner(part),
        Expression::Must(leaf) => {
            let mut of = leaf.of;
            for step in leaf.steps.iter().filter(|it| it.when.after_ms <= waited_ms) {
                match (step.change, &mut of) {
                    (Change::Drop, _) => return true,
                    (Change::Widen(pool), _) if pools.contains(&pool.0) => return true,
                    (Change::Lower(to), Asked::Skill { least_level, .. }) => *least_level = to,
                    _ => {}
                }
            }
            match of {
                Asked::Skill { skill, least_level, most_level } => {
                    let level = levels[skill.0 as usize];
                    level >= least_level && most_level.is_none_or(|most| level <= most)
                }
                Asked::Pool(pool) => pools.contains(&pool.0),
                Asked::Person(person) => person.0 == me,
            }
        }
    }
}

fn meets(term: &Term, levels: &[f64], pools: &[i64], me: i64) -> bool {
    match term {
        Term::Anyone => true,
        Term::Skill { skill, least_level, most_level } => {
            let level = levels[skill.0 as usize];
            level >= *least_level && most_level.is_none_or(|most| level <= most)
        }
        Term::Pool(pool) => pools.contains(&pool.0),
        Term::Person(person) => person.0 == me,
        Term::All(parts) => parts.iter().all(|it| meets(it, levels, pools, me)),
        Term::Any(parts) => parts.iter().any(|it| meets(it, levels, pools, me)),
        Term::Not(part) => !meets(part, levels, pools, me),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_printed_reads_as_the_same(it in requirements()) {
        prop_assume!(it.check().is_ok());
        for (text, again) in [
            (it.print(&Odd), Requirements::parse(&it.print(&Odd), &Odd)),
            (it.print(&Nameless), Requirements::parse(&it.print(&Nameless), &Nameless)),
        ] {
            prop_assert_eq!(again.as_ref(), Ok(&it), "{}", text);
        }
    }

    #[test]
    fn what_is_kept_as_json_is_the_same(it in requirements()) {
        let json = serde_json::to_string(&it).unwrap();
        let again: Requirements = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(again, it);
    }

    #[test]
    fn stages_ask_what_the_tree_asks_at_every_moment(
        it in requirements(), levels in prop::collection::vec(level(), 9), pools in prop::collection::vec(0..9_i64, 0..4),
        me in 0..9_i64, waited_ms in 0..40_000_000_i64,
    ) {
        let stages = it.stages();
        let stage = stages.iter().rev().find(|stage| stage.after_ms <= waited_ms).unwrap();
        prop_assert_eq!(meets(&stage.term, &levels, &pools, me), met(&it, waited_ms, &levels, &pools, me));
    }

    #[test]
    fn any_text_is_read_or_refused_in_words(text in "[a-z #0-9\"()\\[\\],;:<>=.]{0,60}") {
        if let Err(error) = Requirements::parse(&text, &Nameless) {
            prop_assert!(error.at <= text.len() && !error.message.is_empty());
        }
    }
}

#[test]
fn json_reads_like_the_thing_it_says() {
    let text = "#3 >= 4 [drop after 10 min or if nobody] and prefer #5 >= 2 weight 0.5";
    let read = Requirements::parse(text, &Nameless).unwrap();
    let json = serde_json::to_value(&read).unwrap();
    let wanted = serde_json::json!({"first": {"all": [
        {"must": {"skill": {"skill": 3, "least_level": 4.0}, "steps": [{"after_ms": 600_000, "or_if_nobody": true, "change": "drop"}]}},
        {"prefer": {"skill": {"skill": 5, "least_level": 2.0}, "weight": 0.5}},
    ]}});
    assert_eq!(json, wanted);
}
