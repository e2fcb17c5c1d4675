//! Fairness of what the desk believes: objections, switches, who sees what, releases, and the report.

use desk::events::Event;
use desk::skills::views::{self, Division, MatrixFilter};
use desk::skills::{
    self, AddEvidence, Circle, ContestEvidence, ContestOutcome, DecayClass, DecideContest, Observed, Policy,
    Proficiency, Rate, RateSelf, Release, SkillsError, UpdateSkill,
};
use desk::work::Work;
use desk::{EvidenceId, SkillId, UserId};
use testkit::{NOON, World};

const DAY: i64 = 24 * 3_600_000;

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

fn line(key: &str, user: UserId, skill: SkillId, observed: Observed, at: i64) -> AddEvidence {
    AddEvidence {
        key: key.into(),
        user,
        observed,
        ticket: None,
        by: None,
        skills: vec![(skill, 1.0)],
        difficulty: 0.0,
        at,
        note: String::new(),
    }
}

fn add(world: &World, command: AddEvidence) -> EvidenceId {
    world.write(move |tx| skills::add_evidence(tx, &command)).expect("it is new")
}

/// Enough solved work for a level that others may see.
fn works(world: &World, user: UserId, skill: SkillId) {
    for n in 0..12 {
        let solved = Observed::Outcome { for_good: n % 4 != 0 };
        add(world, line(&format!("work:{user}:{skill}:{n}"), user, skill, solved, NOON));
    }
}

fn held(world: &World, user: UserId) -> Vec<Proficiency> {
    world.read(move |tx| skills::proficiencies_of(tx, user))
}

#[test]
fn an_objection_is_decided_by_another_lead_and_struck_evidence_has_never_happened() {
    for world in World::on_each_database() {
        let (ana, kofi, lea, admin) =
            (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"), world.admin("Root"));
        let refunds = skill(&world, "billing-and-refunds");
        for user in [ana, kofi, lea] {
            works(&world, user, refunds);
        }
        let bad = Observed::Outcome { for_good: false };
        let (first, second) = (
            add(&world, line("bad one", ana, refunds, bad, NOON)),
            add(&world, line("bad two", ana, refunds, bad, NOON)),
        );
        let object = |evidence: EvidenceId, words: &str| ContestEvidence { evidence, words: words.into() };
        let of_kofi = object(first, "not mine");
        let refused = world.try_as(kofi, move |tx| skills::contest_evidence(tx, &of_kofi));
        assert!(matches!(refused, Err(SkillsError::NotAboutYou)), "on {}", world.name());
        let empty = object(first, "  ");
        let refused = world.try_as(ana, move |tx| skills::contest_evidence(tx, &empty));
        assert!(matches!(refused, Err(SkillsError::ReasonIsMissing)));
        world.forget_events();
        let words = object(first, "the customer wrote about another order");
        let again = words.clone();
        let one = world.write_as(ana, move |tx| skills::contest_evidence(tx, &words));
        assert_eq!(world.events(), [Event::EvidenceContested { contest: one, evidence: first, user: ana }]);
        let refused = world.try_as(ana, move |tx| skills::contest_evidence(tx, &again));
        assert!(matches!(refused, Err(SkillsError::ContestedAlready)));
        let two =
            world.write_as(ana, move |tx| skills::contest_evidence(tx, &object(second, "I was on leave")));

        let decide =
            |contest, outcome, reason: &str| DecideContest { contest, outcome, reason: reason.into() };
        let by_ana = decide(one, ContestOutcome::Struck, "she is right");
        let refused = world.try_as(ana, move |tx| skills::decide_contest(tx, &by_ana));
        assert!(matches!(refused, Err(SkillsError::NotALead)));
        let open = world.read_as(world.as_(lea), views::contests).expect("leads see what waits").open;
        assert_eq!(open.len(), 2);
        assert!(open.iter().all(|it| it.may_decide && it.name == "Ana"));
        let kept = decide(two, ContestOutcome::Kept, "the ticket was yours that day");
        world.write_as(lea, move |tx| skills::decide_contest(tx, &kept));
        let before = held(&world, ana);
        let struck = decide(one, ContestOutcome::Struck, "she is right");
        let twice = struck.clone();
        world.write_as(lea, move |tx| skills::decide_contest(tx, &struck));
        let refused = world.try_as(admin, move |tx| skills::decide_contest(tx, &twice));
        assert!(matches!(refused, Err(SkillsError::DecidedAlready)));
        assert!(held(&world, ana)[0].belief.level() > before[0].belief.level());
        add(&world, line("bad for kofi", kofi, refunds, bad, NOON));
        assert_eq!(held(&world, ana)[0].belief, held(&world, kofi)[0].belief, "on {}", world.name());
        let rows = world.read(move |tx| views::evidence_about(tx, ana, None));
        let row = |id| rows.iter().find(|it| it.id == id).expect("both stay in the list");
        assert_eq!(row(first).struck_reason.as_deref(), Some("she is right"));
        let kept = row(second).contest.as_ref().expect("the decision is recorded");
        assert_eq!(
            (kept.outcome, kept.decided_by_name.as_deref()),
            (Some(ContestOutcome::Kept), Some("Lea"))
        );

        let of_lea = add(&world, line("bad for lea", lea, refunds, bad, NOON));
        let own = world.write_as(lea, move |tx| skills::contest_evidence(tx, &object(of_lea, "no")));
        let on_herself = decide(own, ContestOutcome::Struck, "I say so");
        let refused = world.try_as(lea, move |tx| skills::decide_contest(tx, &on_herself));
        assert!(matches!(refused, Err(SkillsError::NotOnYourself)));
        let strike = skills::StrikeEvidence { evidence: of_lea, reason: "I say so".into() };
        let refused = world.try_as(lea, move |tx| skills::strike_evidence(tx, &strike));
        assert!(matches!(refused, Err(SkillsError::NotOnYourself)));
    }
}

#[test]
fn whoever_gave_a_rating_does_not_decide_the_objection_to_it_while_somebody_else_can() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let refunds = skill(&world, "billing-and-refunds");
        let rated = |level: f64| Rate { user: ana, skill: refunds, level, note: String::new() };
        let object = |evidence| ContestEvidence { evidence, words: "she never saw me at it".into() };
        let decide = |contest| DecideContest {
            contest,
            outcome: ContestOutcome::Kept,
            reason: "I know what I saw".into(),
        };
        let (low, later) = (rated(1.0), rated(1.5));
        let evidence = world.write_as(lea, move |tx| skills::rate(tx, &low));
        let alone = world.write_as(ana, move |tx| skills::contest_evidence(tx, &object(evidence)));
        assert_eq!(world.read_as(world.as_(lea), views::count_contests_to_decide).expect("it counts"), 1);
        world.write_as(lea, move |tx| skills::decide_contest(tx, &decide(alone)));

        let root = world.admin("Root");
        let evidence = world.write_as(lea, move |tx| skills::rate(tx, &later));
        let contest = world.write_as(ana, move |tx| skills::contest_evidence(tx, &object(evidence)));
        let refused = world.try_as(lea, move |tx| skills::decide_contest(tx, &decide(contest)));
        assert!(matches!(refused, Err(SkillsError::SaidByYou)), "on {}", world.name());
        let seen_by = |viewer| {
            let page = world.read_as(world.as_(viewer), views::contests).expect("leads see what waits");
            let count = world.read_as(world.as_(viewer), views::count_contests_to_decide);
            (page.open[0].may_decide, count.expect("it counts"))
        };
        assert_eq!((seen_by(lea), seen_by(root)), ((false, 0), (true, 1)), "an admin does instead");
        world.write_as(root, move |tx| skills::decide_contest(tx, &decide(contest)));
    }
}

#[test]
fn a_source_that_is_switched_off_has_never_counted_and_counts_again_when_it_is_on() {
    for world in World::on_each_database() {
        let (ana, kofi, admin, lea) =
            (world.agent("Ana"), world.agent("Kofi"), world.admin("Root"), world.lead("Lea"));
        let refunds = skill(&world, "billing-and-refunds");
        works(&world, ana, refunds);
        works(&world, kofi, refunds);
        add(&world, line("rated", ana, refunds, Observed::Satisfaction { score: 1 }, NOON));
        let with_it = held(&world, ana);
        let off = Policy { sources_off: vec!["satisfaction".into()], ..Policy::default() };
        let by_lead = off.clone();
        let refused = world.try_as(lea, move |tx| skills::set_policy(tx, &by_lead));
        assert!(matches!(refused, Err(SkillsError::NotAnAdmin)));
        world.write_as(admin, move |tx| skills::set_policy(tx, &off));
        world.run_jobs();
        assert_eq!(held(&world, ana)[0].belief, held(&world, kofi)[0].belief, "on {}", world.name());
        // What comes meanwhile is kept, moves nothing, and is shown as such.
        add(&world, line("rated again", kofi, refunds, Observed::Satisfaction { score: 1 }, NOON));
        assert_eq!(held(&world, ana)[0].belief, held(&world, kofi)[0].belief);
        let rows = world.read(move |tx| views::evidence_about(tx, kofi, None));
        assert!(rows.iter().any(|it| !it.counts && it.moves.iter().all(|m| m.level_before == m.level_after)));
        assert_eq!(world.read(move |tx| skills::check_person(tx, kofi)), []);
        world.write_as(admin, |tx| skills::set_policy(tx, &Policy::default()));
        world.run_jobs();
        assert_eq!(held(&world, ana), with_it, "on {}", world.name());
        assert!(held(&world, kofi)[0].belief.level() < 5.0);
        assert_eq!(held(&world, kofi)[0].evidence_count, 13);
    }
}

#[test]
fn who_may_see_what_is_a_setting_and_never_goes_below_five_observations() {
    for world in World::on_each_database() {
        let (ana, kofi, mei, lea, admin) = (
            world.agent("Ana"),
            world.agent("Kofi"),
            world.agent("Mei"),
            world.lead("Lea"),
            world.admin("Root"),
        );
        world.group("Billing", &[ana, kofi]);
        let nights = world.group("Nights", &[mei]);
        // Everybody begins in the first group: Mei has left it.
        world.write(move |tx| {
            tx.execute(
                "delete from memberships where user_id = $1 and group_id <> $2",
                db::params![mei, nights],
            )
        });
        let (refunds, empathy) = (skill(&world, "billing-and-refunds"), skill(&world, "empathy"));
        works(&world, ana, refunds);
        add(&world, line("little", ana, empathy, Observed::Outcome { for_good: true }, NOON));
        let sees = |viewer: UserId| {
            let matrix = world
                .read_as(world.as_(viewer), |tx| views::matrix(tx, &MatrixFilter::default()))
                .expect("staff may look");
            let row = matrix.rows.iter().find(|it| it.user == ana).expect("Ana is there");
            row.cells.iter().flatten().count()
        };
        let evidence = |viewer: UserId| {
            world.read_as(world.as_(viewer), move |tx| views::evidence_about(tx, ana, None)).is_ok()
        };
        let set = |levels: Circle, evidence: Circle| {
            let wanted = Policy { levels, evidence, ..Policy::default() };
            world.write_as(admin, move |tx| skills::set_policy(tx, &wanted));
        };
        assert_eq!([ana, kofi, mei, lea].map(sees), [2, 1, 1, 1], "on {}", world.name());
        assert_eq!([ana, kofi, mei, lea].map(evidence), [true, false, false, true]);
        set(Circle::Group, Circle::Group);
        assert_eq!([ana, kofi, mei, lea].map(sees), [2, 1, 0, 1], "on {}", world.name());
        assert_eq!([ana, kofi, mei, lea].map(evidence), [true, true, false, true]);
        set(Circle::Person, Circle::Person);
        assert_eq!([ana, kofi, mei, lea].map(sees), [2, 0, 0, 0]);
        assert_eq!([ana, kofi, mei, lea].map(evidence), [true, false, false, false]);
        set(Circle::Leads, Circle::Leads);
        assert_eq!([ana, kofi, mei, lea].map(sees), [2, 0, 0, 1]);
    }
}

/// What a viewer sees of somebody in one skill.
fn seen(world: &World, viewer: UserId, of: UserId, skill: SkillId) -> Option<views::Cell> {
    let cells = world.read_as(world.as_(viewer), move |tx| views::cells_of(tx, &[of], &[skill]));
    cells.expect("staff may look").remove(&(of, skill))
}

#[test]
fn a_word_of_a_lead_is_one_observation_in_both_tiers_however_much_it_says() {
    for world in World::on_each_database() {
        let (ana, kofi, lea) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
        let refunds = skill(&world, "billing-and-refunds");
        let rate = |by: UserId| {
            let rate = Rate { user: ana, skill: refunds, level: 4.0, note: String::new() };
            world.write_as(by, move |tx| skills::rate(tx, &rate));
        };
        let hidden = |world: &World| [kofi, lea].iter().all(|it| seen(world, *it, ana, refunds).is_none());
        rate(lea);
        assert!(hidden(&world), "one word, on {}", world.name());
        world.write_as(ana, move |tx| skills::rate_self(tx, &RateSelf { skill: refunds, level: 4.0 }));
        rate(lea);
        for n in 0..2 {
            rate(world.lead(&format!("Lead {n}")));
        }
        assert!(hidden(&world), "saying it twice is one word, and four are not five");
        assert_eq!(held(&world, ana)[0].effective_observations, 4.0);
        skills::refit::run(&world.desk.db, None).expect("it runs");
        assert!(hidden(&world), "nor after a refit, on {}", world.name());
        assert_eq!(held(&world, ana)[0].effective_observations, 4.0);
        rate(world.lead("Lead 2"));
        assert!(seen(&world, kofi, ana, refunds).is_some_and(|it| it.sure), "on {}", world.name());
        skills::refit::run(&world.desk.db, None).expect("it runs");
        assert!(seen(&world, kofi, ana, refunds).is_some_and(|it| it.sure), "on {}", world.name());
        assert_eq!(world.read(move |tx| skills::check_person(tx, ana)), []);
    }
}

#[test]
fn quiet_weeks_widen_a_level_and_do_not_hide_it_until_hardly_anything_of_it_is_left() {
    for world in World::on_each_database() {
        let (ana, kofi, lea) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
        let refunds = skill(&world, "billing-and-refunds");
        let class = world.read(move |tx| skills::find_skill(tx, refunds)).expect("it is there").decay;
        works(&world, ana, refunds);
        let then = seen(&world, kofi, ana, refunds).expect("twelve are enough");
        world.advance(class.tau_days() as i64 * DAY);
        for refit in [false, true] {
            if refit {
                skills::refit::run(&world.desk.db, Some(lea)).expect("it runs");
            }
            let now = seen(&world, kofi, ana, refunds).expect("what was seen stays seen");
            assert_eq!((now.effective_observations, now.seen_at), (12.0, Some(NOON)), "on {}", world.name());
            assert!(now.sd > then.sd, "{now:?} after {then:?}");
        }
        world.advance(2 * class.tau_days() as i64 * DAY + DAY);
        for refit in [false, true] {
            if refit {
                skills::refit::run(&world.desk.db, Some(lea)).expect("it runs");
            }
            assert_eq!(seen(&world, kofi, ana, refunds), None, "a newcomer's level under her name");
            assert!(seen(&world, ana, ana, refunds).is_some_and(|it| !it.sure), "hers to see");
        }
        add(&world, line("back", ana, refunds, Observed::Outcome { for_good: true }, world.now()));
        assert!(seen(&world, kofi, ana, refunds).is_some_and(|it| it.effective_observations == 13.0));
    }
}

#[test]
fn a_release_draws_its_skills_back_and_is_evidence_like_any_other() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let (refunds, empathy) = (skill(&world, "billing-and-refunds"), skill(&world, "empathy"));
        for it in [refunds, empathy] {
            works(&world, ana, it);
        }
        let of = |skill: SkillId| held(&world, ana).into_iter().find(|it| it.skill == skill).expect("known");
        let (before, other) = (of(refunds), of(empathy));
        let wanted = Release { name: "Billing 4.0".into(), keep: 0.5, skills: vec![refunds] };
        let by_ana = wanted.clone();
        let refused = world.try_as(ana, move |tx| skills::release(tx, &by_ana));
        assert!(matches!(refused, Err(SkillsError::NotALead)));
        let broken = Release { keep: 1.5, ..wanted.clone() };
        let refused = world.try_as(lea, move |tx| skills::release(tx, &broken));
        assert!(matches!(refused, Err(SkillsError::KeepIsWrong)));
        let release = world.write_as(lea, move |tx| skills::release(tx, &wanted));
        assert!(world.events().contains(&Event::SkillsReleased { release }));
        let after = of(refunds);
        let start =
            ::skills::prior(::skills::library().skill("billing-and-refunds").expect("it is there").kind);
        assert!(
            (after.belief.mean - (before.belief.mean + start.mean) / 2.0).abs() < 1e-9,
            "on {}",
            world.name()
        );
        assert!(after.belief.variance > before.belief.variance);
        assert_eq!(of(empathy), other);
        let rows =
            world.read_as(world.as_(ana), move |tx| views::evidence_about(tx, ana, None)).expect("hers");
        assert_eq!(
            (rows[0].observed, rows[0].note.as_str()),
            (Observed::Release { keep: 0.5 }, "Billing 4.0")
        );
        assert_eq!(world.read(move |tx| skills::check_person(tx, ana)), [], "on {}", world.name());
        let strike = skills::StrikeEvidence { evidence: rows[0].id, reason: "she wrote it".into() };
        world.write_as(lea, move |tx| skills::strike_evidence(tx, &strike));
        assert_eq!(of(refunds).belief, before.belief);
        assert_eq!(world.read(skills::list_releases)[0].people, 1);
    }
}

#[test]
fn how_fast_skills_fade_is_a_setting_and_changes_what_was() {
    for world in World::on_each_database() {
        let (ana, admin, lea) = (world.agent("Ana"), world.admin("Root"), world.lead("Lea"));
        let refunds = skill(&world, "billing-and-refunds");
        let rate = Rate { user: ana, skill: refunds, level: 5.0, note: String::new() };
        world.write_as(lea, move |tx| skills::rate(tx, &rate));
        world.advance(60 * DAY);
        let usual = held(&world, ana)[0].belief.level();
        let class = world.read(move |tx| skills::find_skill(tx, refunds)).expect("it is there").decay;
        let wrong = world.try_as(admin, move |tx| skills::set_taus(tx, &[(class, 1.0)]));
        assert!(matches!(wrong, Err(SkillsError::TauIsWrong)));
        world.write_as(admin, move |tx| skills::set_taus(tx, &[(class, 1_000.0)]));
        world.run_jobs();
        let slow = held(&world, ana)[0].belief.level();
        assert!(slow > usual + 0.3, "{slow} after {usual}, on {}", world.name());
        assert_eq!(world.read(move |tx| skills::check_person(tx, ana)), []);
        let taus = world.read(skills::taus);
        assert!(taus.contains(&(class, 1_000.0)) && taus.contains(&(DecayClass::Language, 720.0)));
        // A skill of another class fades as that class does.
        let other = UpdateSkill {
            skill: refunds,
            name: None,
            meaning: None,
            anchors: None,
            decay: Some(if class == DecayClass::Product {
                DecayClass::Technical
            } else {
                DecayClass::Product
            }),
        };
        world.write_as(lea, move |tx| skills::update_skill(tx, &other).map(|_| ()));
        world.run_jobs();
        assert!(held(&world, ana)[0].belief.level() < slow);
        assert!(world.outside_jobs().contains(&Work::Refit { asked_by: None }), "a refit follows");
    }
}

#[test]
fn the_report_shows_severe_raters_and_groups_with_intervals_and_names_nobody_in_small_groups() {
    for world in World::on_each_database() {
        let (severe, kind) = (world.lead("Severe"), world.lead("Kind"));
        let empathy = skill(&world, "empathy");
        let many: Vec<UserId> = (0..6).map(|n| world.agent(&format!("Agent {n}"))).collect();
        let few: Vec<UserId> = (0..2).map(|n| world.agent(&format!("Other {n}"))).collect();
        world.group("Many", &many);
        world.group("Few", &few);
        for user in many.iter().chain(&few) {
            works(&world, *user, empathy);
            for (rater, level) in [(severe, 0.5), (kind, 4.8)] {
                let rate = Rate { user: *user, skill: empathy, level, note: String::new() };
                world.write_as(rater, move |tx| skills::rate(tx, &rate));
            }
        }
        let agent = many[0];
        let refused = world.read_as(world.as_(agent), |tx| views::fairness(tx, Division::Group));
        assert!(matches!(refused, Err(SkillsError::NotALead)));
        let report = world.read(|tx| views::fairness(tx, Division::Group));
        let of = |name: &str| report.raters.iter().find(|it| it.0 == name).expect("eight statements").1;
        assert!(of("Severe").high < 0.0 && of("Kind").low > 0.0, "on {}", world.name());
        assert_eq!(of("Kind").count, 8);
        assert!(report.groups.iter().any(|it| it.name == "Many" && it.levels.count == 6));
        assert!(!report.groups.iter().any(|it| it.name == "Few"));
        assert!(report.groups_hidden >= 1);
        let lead = report.sources.iter().find(|it| it.kind == "lead").expect("leads have spoken");
        assert_eq!((lead.observations, lead.people, lead.counts), (16, 8, true));
        let zones = world.read(|tx| views::fairness(tx, Division::TimeZone));
        assert_eq!(zones.groups.len(), 1, "all work in one zone");
    }
}
