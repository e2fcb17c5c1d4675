//! Openings from gaps, colleagues first, candidates measured by scorecards and forgotten in time, and alerts by mail.

use desk::hiring::views;
use desk::hiring::{
    self, AddCandidate, CANDIDATE_KEPT_DAYS, HiringError, Imported, OpeningState, SaveScorecard, Score,
    SetInterviewers, Stage, WriteNeed, WriteOpening,
};
use desk::mail;
use desk::skills::{self, Rate};
use desk::work::{Work, Worker};
use desk::{CandidateId, OpeningId, SkillId, UserId};
use testkit::World;

const DAY: i64 = 24 * 3_600_000;

fn skill(world: &World, key: &'static str) -> SkillId {
    world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
}

fn wanted(world: &World) -> WriteOpening {
    let need = |key| WriteNeed { skill: skill(world, key), level: 3.0, weight: 0.5, question: String::new() };
    WriteOpening {
        title: "Support  specialist".into(),
        summary: "You help people who cannot sign in.".into(),
        place: "Lisbon".into(),
        seats: 1,
        reason: "Only Ana is able.".into(),
        role: None,
        needs: vec![need("empathy"), need("de-escalation")],
    }
}

fn opening(world: &World, lead: UserId, state: OpeningState) -> OpeningId {
    let command = wanted(world);
    world.write_as(lead, move |tx| {
        let id = hiring::create_opening(tx, &command)?;
        hiring::move_opening(tx, id, state)?;
        Ok::<_, HiringError>(id)
    })
}

fn candidate(world: &World, lead: UserId, opening: OpeningId, name: &str, email: &str) -> CandidateId {
    let command = AddCandidate { name: name.into(), email: email.into(), ..Default::default() };
    world.write_as(lead, move |tx| hiring::add_candidate(tx, opening, &command))
}

fn score(
    world: &World,
    by: UserId,
    candidate: CandidateId,
    levels: &[(SkillId, f64)],
) -> Result<(), HiringError> {
    let scores =
        levels.iter().map(|(skill, level)| Score { skill: *skill, level: *level, note: String::new() });
    let command = SaveScorecard { candidate, note: "Calm".into(), scores: scores.collect() };
    world.try_as(by, move |tx| hiring::save_scorecard(tx, &command))
}

#[test]
fn an_opening_is_shown_to_colleagues_before_the_world_and_its_reason_to_leads_only() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let id = opening(&world, lea, OpeningState::Draft);
        let seen = |who: UserId| world.read_as(world.as_(who), move |tx| views::opening_page(tx, id));
        let public = |world: &World| world.read(views::public_openings).openings.len();
        assert_eq!(seen(lea).unwrap().opening.title, "Support specialist", "on {}", world.name());
        assert!(matches!(seen(ana), Err(HiringError::NoSuchOpening)));
        world.write_as(lea, move |tx| hiring::move_opening(tx, id, OpeningState::Inside));
        let page = seen(ana).unwrap();
        assert!(page.opening.reason.is_empty() && page.mine.is_some() && page.candidates.is_empty());
        assert_eq!(public(&world), 0);
        world.write_as(lea, move |tx| hiring::move_opening(tx, id, OpeningState::Public));
        assert_eq!(public(&world), 1);
        let (_, shown) = world.read(move |tx| views::public_opening(tx, id));
        assert_eq!(shown.skills.len(), 2);
        world.write_as(lea, move |tx| hiring::move_opening(tx, id, OpeningState::Closed));
        assert_eq!(public(&world), 0);
        assert!(world.try_as(ana, move |tx| hiring::move_opening(tx, id, OpeningState::Public)).is_err());
        let untold = WriteOpening { summary: " ".into(), ..wanted(&world) };
        let silent = world.write_as(lea, move |tx| hiring::create_opening(tx, &untold));
        let early = world.try_as(lea, move |tx| hiring::move_opening(tx, silent, OpeningState::Public));
        assert!(matches!(early, Err(HiringError::SummaryIsMissing)), "on {}", world.name());
        world.run_jobs();
    }
}

#[test]
fn scorecards_make_a_fit_with_reasons_and_each_interviewer_has_one() {
    for world in World::on_each_database() {
        let (ana, lea, mei) = (world.agent("Ana"), world.lead("Lea"), world.lead("Mei"));
        let (empathy, calm) = (skill(&world, "empathy"), skill(&world, "de-escalation"));
        let id = opening(&world, lea, OpeningState::Inside);
        let (nour, olu) =
            (candidate(&world, lea, id, "Nour", "Nour@example.org"), candidate(&world, lea, id, "Olu", ""));
        let page = |who: CandidateId| {
            world.read_as(world.as_(lea), move |tx| views::candidate_page(tx, who)).unwrap()
        };
        assert!(!page(nour).fit.is_enough(), "nothing has been seen");
        score(&world, lea, nour, &[(empathy, 4.5), (calm, 4.0)]).unwrap();
        let one = page(nour);
        assert_eq!((one.candidate.stage, one.fit.interviews), (Stage::Interviews, 1));
        score(&world, mei, nour, &[(empathy, 4.0), (calm, 4.5)]).unwrap();
        score(&world, lea, nour, &[(empathy, 4.5), (calm, 4.5)]).unwrap();
        let two = page(nour);
        assert_eq!((two.fit.interviews, two.scorecards.len()), (2, 2), "written again, not twice");
        assert!(two.fit.p > one.fit.p && two.fit.strengths().len() == 2, "on {}", world.name());
        score(&world, mei, olu, &[(empathy, 1.0)]).unwrap();
        let weak = page(olu);
        assert_eq!(weak.fit.doubts()[0].skill.id, empathy);
        assert_eq!(weak.fit.unseen()[0].skill.id, calm);
        let ranked = world.read_as(world.as_(lea), move |tx| views::opening_page(tx, id)).unwrap().candidates;
        assert_eq!(ranked[0].candidate.id, nour);

        // Alone: the form shows what one gave oneself.
        let form = world.read_as(world.as_(mei), move |tx| views::scorecard_page(tx, nour)).unwrap();
        assert_eq!(form.lines[0].mine.as_ref().map(|it| it.level), Some(4.0), "on {}", world.name());
        assert!(form.lines[0].question.contains("Empathy") || !form.lines[0].question.is_empty());
        let other = skill(&world, "clear-communication");
        assert!(matches!(score(&world, lea, nour, &[(other, 3.0)]), Err(HiringError::ScoreIsWrong)));
        assert!(matches!(score(&world, lea, nour, &[(empathy, 6.0)]), Err(HiringError::ScoreIsWrong)));
        assert!(matches!(score(&world, lea, nour, &[]), Err(HiringError::NothingScored)));
        assert!(matches!(score(&world, ana, nour, &[(empathy, 3.0)]), Err(HiringError::NoSuchCandidate)));
        let peek = world.read_as(world.as_(ana), move |tx| views::candidate_page(tx, nour));
        assert!(matches!(peek, Err(HiringError::NotALead)), "candidates are for leads");
    }
}

#[test]
fn an_agent_whom_a_lead_names_interviews_and_sees_nothing_else() {
    for world in World::on_each_database() {
        let (ana, ben, lea) = (world.agent("Ana"), world.agent("Ben"), world.lead("Lea"));
        let empathy = skill(&world, "empathy");
        let id = opening(&world, lea, OpeningState::Inside);
        let nour = candidate(&world, lea, id, "Nour", "nour@example.org");
        let name = |by: UserId, users: Vec<UserId>| {
            let command = SetInterviewers { opening: id, users };
            world.try_as(by, move |tx| hiring::set_interviewers(tx, &command))
        };
        assert!(matches!(name(ana, vec![ana]), Err(HiringError::NotALead)));
        let customer = world.customer("Marta", "marta@example.org");
        assert!(matches!(name(lea, vec![customer]), Err(HiringError::InterviewersAreWrong)));
        name(lea, vec![ana]).expect("she works here");
        let interviews = |who: UserId| {
            let page = world.read_as(world.as_(who), views::hiring_page).expect("staff may look");
            page.interviews.into_iter().map(|it| (it.candidate, it.scored)).collect::<Vec<_>>()
        };
        assert_eq!((interviews(ana), interviews(ben)), (vec![(nour, false)], vec![]), "on {}", world.name());
        let form = world.read_as(world.as_(ana), move |tx| views::scorecard_page(tx, nour)).expect("hers");
        assert!(form.candidate.email.is_empty() && form.opening.reason.is_empty());
        score(&world, ana, nour, &[(empathy, 4.0)]).expect("she is named");
        assert_eq!(interviews(ana), [(nour, true)]);
        let peek = world.read_as(world.as_(ana), move |tx| views::candidate_page(tx, nour));
        assert!(matches!(peek, Err(HiringError::NotALead)));
        let other = world.read_as(world.as_(ben), move |tx| views::scorecard_page(tx, nour));
        assert!(matches!(other, Err(HiringError::NoSuchCandidate)));
        name(lea, vec![]).expect("nobody is fine");
        assert!(score(&world, ana, nour, &[(empathy, 1.0)]).is_err() && interviews(ana).is_empty());
        let page = world.read_as(world.as_(lea), move |tx| views::candidate_page(tx, nour)).unwrap();
        assert_eq!(page.scorecards.len(), 1, "what was scored stays");
    }
}

#[test]
fn a_colleague_volunteers_and_is_measured_by_their_work() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let (empathy, calm) = (skill(&world, "empathy"), skill(&world, "de-escalation"));
        let mut raters: Vec<UserId> = (0..7).map(|n| world.lead(&format!("Lead {n}"))).collect();
        raters.push(lea);
        for (n, skill) in [empathy, calm].into_iter().cycle().take(16).enumerate() {
            // A lead's second word takes the place of the first: what many people see counts as many.
            let rater = raters[n / 2];
            let rate = Rate { user: ana, skill, level: 4.5, note: format!("week {n}") };
            world.advance(DAY);
            world.write_as(rater, move |tx| skills::rate(tx, &rate).map(|_| ()));
        }
        let id = opening(&world, lea, OpeningState::Inside);
        let page = world.read_as(world.as_(lea), move |tx| views::opening_page(tx, id)).unwrap();
        assert_eq!(page.growing.first().map(|it| it.measured.user), Some(ana), "on {}", world.name());
        let she = world.write_as(ana, move |tx| hiring::volunteer(tx, id, "I did this before"));
        assert_eq!(world.write_as(ana, move |tx| hiring::volunteer(tx, id, "")), she, "once");
        let page = world.read_as(world.as_(lea), move |tx| views::opening_page(tx, id)).unwrap();
        assert_eq!(page.growing[0].candidate, Some(she));
        let fit = &page.candidates[0].fit;
        assert!(fit.is_enough() && fit.p > 0.5 && fit.interviews == 0, "work counts: {fit:?}");
        world.write_as(ana, move |tx| hiring::withdraw(tx, id));
        let page = world.read_as(world.as_(ana), move |tx| views::opening_page(tx, id)).unwrap();
        assert!(page.volunteered.is_none());
        let own = world.try_as(lea, move |tx| hiring::volunteer(tx, id, ""));
        let own = own.unwrap();
        assert!(matches!(score(&world, lea, own, &[(empathy, 5.0)]), Err(HiringError::OwnScorecard)));
        let draft = opening(&world, lea, OpeningState::Draft);
        let early = world.try_as(ana, move |tx| hiring::volunteer(tx, draft, ""));
        assert!(matches!(early, Err(HiringError::NoSuchOpening)));
    }
}

#[test]
fn what_is_known_of_a_candidate_is_deleted_at_once_or_in_time() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        let empathy = skill(&world, "empathy");
        let id = opening(&world, lea, OpeningState::Inside);
        let gone = candidate(&world, lea, id, "Nour", "nour@example.org");
        score(&world, lea, gone, &[(empathy, 4.0)]).unwrap();
        world.write_as(lea, move |tx| hiring::forget_candidate(tx, gone).map(|_| ()));
        let rows = |table: &'static str| {
            world.read(move |tx| {
                tx.one(&format!("select cast(count(*) as bigint) from {table}"), db::params![], |row| {
                    row.get::<i64>(0)
                })
            })
        };
        for table in ["candidates", "interviews", "interview_scores"] {
            assert_eq!(rows(table), 0, "{table} on {}", world.name());
        }
        let (decided, left) = (candidate(&world, lea, id, "Olu", ""), candidate(&world, lea, id, "Pia", ""));
        world.write_as(lea, move |tx| hiring::move_candidate(tx, decided, Stage::Declined));
        let tidy = |world: &World| world.write(|tx| Worker::default().run(tx, &Work::TidyHiring));
        world.advance((CANDIDATE_KEPT_DAYS - 1) * DAY);
        tidy(&world);
        assert_eq!(rows("candidates"), 2, "not yet");
        world.advance(2 * DAY);
        tidy(&world);
        let alive = world.read_as(world.as_(lea), move |tx| views::candidate_page(tx, left));
        assert!(alive.is_ok() && rows("candidates") == 1, "nothing is decided of Pia");
        world.write_as(lea, move |tx| hiring::move_opening(tx, id, OpeningState::Closed));
        world.advance((CANDIDATE_KEPT_DAYS + 1) * DAY);
        tidy(&world);
        assert_eq!(rows("candidates"), 0, "an opening that is over takes its candidates with it");
    }
}

#[test]
fn a_file_of_candidates_adds_each_address_once_or_nothing() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        let id = opening(&world, lea, OpeningState::Inside);
        let read = |who: UserId, csv: &'static str| {
            world.try_as(who, move |tx| hiring::import_candidates(tx, id, csv))
        };
        let file = "name,email,source\nNour,Nour@example.org,Fair\nOlu,,Fair\n";
        assert_eq!(read(lea, file).unwrap(), Imported { added: 2, known: 0 }, "on {}", world.name());
        let again = "name,email\nNour Haddad,nour@example.org\nPia,pia@example.org\n";
        assert_eq!(read(lea, again).unwrap(), Imported { added: 1, known: 1 });
        let wrong = read(lea, "name,email\nQuin,quin@example.org\nRay,nobody\n").unwrap_err();
        assert!(wrong.to_string().starts_with("line 3"), "{wrong}");
        assert!(matches!(read(ana, file), Err(HiringError::NotALead)));
        let page = world.read_as(world.as_(lea), move |tx| views::opening_page(tx, id)).unwrap();
        assert_eq!(page.candidates.len(), 3, "all or nothing, on {}", world.name());
        let twice = AddCandidate { name: "N".into(), email: "NOUR@example.org".into(), ..Default::default() };
        let twice = world.try_as(lea, move |tx| hiring::add_candidate(tx, id, &twice));
        assert!(matches!(twice, Err(HiringError::CandidateTwice)));
    }
}

fn letters(world: &World) -> Vec<mail::Outgoing> {
    world
        .take_outside_jobs()
        .into_iter()
        .filter_map(|work| match work {
            Work::SendMail { mail_out } => {
                world.read(move |tx| mail::outgoing(tx, mail_out)).map(|mail| mail.0)
            }
            _ => None,
        })
        .collect()
}

fn token(letter: &mail::Outgoing) -> String {
    let line = letter.text.lines().find(|line| line.contains("/jobs/alerts/")).expect("a link");
    line.rsplit_once('/').unwrap().1.trim().to_owned()
}

#[test]
fn an_address_hears_of_openings_after_it_confirmed_and_until_it_leaves() {
    for world in World::on_each_database() {
        let lea = world.lead("Lea");
        world.run_jobs();
        letters(&world);
        let ask = |email: &'static str| world.write(move |tx| hiring::ask_alert(tx, email, "en"));
        ask("Marta@example.org");
        let asked = letters(&world);
        assert_eq!(asked.len(), 1, "on {}", world.name());
        let marta = token(&asked[0]);
        let silent = opening(&world, lea, OpeningState::Public);
        world.advance(2 * 60_000);
        world.run_jobs();
        assert!(letters(&world).is_empty(), "who has not confirmed is told nothing");
        let copy = marta.clone();
        assert!(world.write(move |tx| hiring::confirm_alert(tx, &copy)).confirmed);
        ask("marta@example.org");
        assert!(letters(&world).is_empty(), "an address that is known is asked no more");

        let public = opening(&world, lea, OpeningState::Public);
        world.advance(2 * 60_000);
        world.run_jobs();
        let told = letters(&world);
        assert_eq!(told.len(), 1, "once, and not of what was public before {silent}, on {}", world.name());
        assert!(told[0].text.contains(&format!("/jobs/{public}")) && told[0].list_unsubscribe.is_some());
        world.write_as(lea, move |tx| hiring::move_opening(tx, public, OpeningState::Inside));
        world.write_as(lea, move |tx| hiring::move_opening(tx, public, OpeningState::Public));
        world.advance(2 * 60_000);
        world.run_jobs();
        assert!(letters(&world).is_empty(), "not twice");

        let forged = format!("{}0", &marta[..marta.len() - 1]);
        let known =
            |token: String| world.try_write(desk::Actor::desk(), move |tx| hiring::alert_state(tx, &token));
        if forged != marta {
            assert!(matches!(known(forged), Err(HiringError::NoSuchAlert)));
        }
        let copy = marta.clone();
        world.write(move |tx| hiring::stop_alert(tx, &copy).map(|_| ()));
        assert!(matches!(known(marta.clone()), Err(HiringError::NoSuchAlert)), "deleted");
        let copy = marta.clone();
        assert!(world.write(move |tx| hiring::stop_alert(tx, &copy)).is_none(), "leaving twice is no error");
    }
}

#[test]
fn nobody_can_make_the_desk_write_to_a_stranger_again_and_again() {
    let world = World::on_sqlite();
    world.run_jobs();
    letters(&world);
    for _ in 0..5 {
        world.write(|tx| hiring::ask_alert(tx, "stranger@example.org", "de"));
    }
    assert_eq!(letters(&world).len(), 2, "two with one subject in three hours");
    assert!(world.try_write(desk::Actor::desk(), |tx| hiring::ask_alert(tx, "nobody", "de")).is_err());
    world.advance(8 * DAY);
    world.write(|tx| Worker::default().run(tx, &Work::TidyHiring));
    let left: i64 = world.read(|tx| {
        tx.one("select cast(count(*) as bigint) from job_alerts", db::params![], |row| row.get(0))
    });
    assert_eq!(left, 0, "who does not confirm is forgotten");
}

#[test]
fn gaps_come_with_a_profile() {
    for world in World::on_each_database() {
        let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
        assert!(matches!(world.try_as(ana, hiring::gaps), Err(HiringError::NotALead)));
        world.try_as(lea, hiring::gaps).unwrap();
        let calm = skill(&world, "de-escalation");
        let draft = world.try_as(lea, move |tx| hiring::draft_of_skill(tx, calm)).unwrap();
        assert_eq!(draft.needs[0].0.id, calm, "on {}", world.name());
        let role = world.read(skills::roles::list_roles)[0].clone();
        let of = role.id;
        let draft = world.try_as(lea, move |tx| hiring::draft_of_role(tx, of)).unwrap();
        assert_eq!((draft.title.as_str(), draft.role), (role.name.as_str(), Some(role.id)));
        assert!(!draft.needs.is_empty() && draft.needs.len() <= hiring::SKILLS_PER_OPENING_MAX);
    }
}
