//! The pages in a real browser: nothing a reader would trip over, wide and narrow, light and dark.
#![allow(clippy::print_stderr, reason = "a skipped check says so")]

use desk::access::{self, LinkPurpose, SetUp};
use desk::articles::{self, ArticleError, ArticleState, WriteArticle};
use desk::assessments::{self, AddCertificate, Hardness, OpenCampaign, Question, SaveCheck};
use desk::hiring::{self, AddCandidate, OpeningState, SaveScorecard, Score, WriteNeed, WriteOpening};
use desk::reviews::{self, BeginReview, Finish, OpenCalibration, SaveScores, ScoreGiven};
use desk::skills::competencies::{self, WriteCompetency};
use desk::skills::outcomes::files;
use desk::tickets::{self, Channel, CreateTicket, NewComment, Status, UpdateTicket};
use desk::{
    ArticleId, CalibrationId, CampaignId, CandidateId, CheckId, CompetencyId, OpeningId, OutcomeFileId,
    ReviewId, ScorecardId, SkillId, TicketId, UserId, people, skills,
};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use testkit::World;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

const HOUR_MS: i64 = 3_600_000;
/// After so long a page says when a skill was last seen.
const QUIET_MS: i64 = 35 * 24 * HOUR_MS;
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// Laid out with a table, so that it is shown in a frame.
const NEWSLETTER: &str = "<table><tr><td><h1>March</h1><p>Two payments instead of one.</p></td></tr></table>";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_accessible_quiet_and_no_wider_than_the_window() {
    let Some(desk) = Desk::open().await else { return };
    let ticket = desk.ticket;
    let paths = [
        "/".to_owned(),
        "/views/open".to_owned(),
        format!("/tickets/{ticket}"),
        format!("/tickets/{ticket}/merge"),
        format!("/tickets/{ticket}/merge?into={}", desk.other),
        "/tickets/new".to_owned(),
        "/skills".to_owned(),
        "/skills?show=sides".to_owned(),
        "/people".to_owned(),
        format!("/people/{}", desk.admin),
        "/floor/roster".to_owned(),
        "/floor/roster?day=0&edit=new".to_owned(),
        "/assessments".to_owned(),
        "/assessments/campaigns/new".to_owned(),
        format!("/assessments/campaigns/{}", desk.campaign),
        format!("/assessments/people/{}", desk.admin),
        "/assessments/checks/new".to_owned(),
        format!("/assessments/checks/{}", desk.check),
        "/hiring".to_owned(),
        "/hiring/new".to_owned(),
        "/hiring/new?empty=1".to_owned(),
        format!("/hiring/{}", desk.opening),
        format!("/hiring/candidates/{}", desk.candidate),
        format!("/hiring/candidates/{}/scorecard", desk.candidate),
        "/reviews".to_owned(),
        "/reviews/new".to_owned(),
        format!("/reviews/new?ticket={}", desk.reviewed.ticket),
        format!("/reviews/{}", desk.reviewed.open),
        format!("/reviews/{}", desk.reviewed.finished),
        "/reviews/scorecards".to_owned(),
        "/reviews/scorecards/new".to_owned(),
        format!("/reviews/scorecards/{}", desk.reviewed.scorecard),
        "/reviews/calibrations".to_owned(),
        format!("/reviews/calibrations/{}", desk.reviewed.calibration),
        "/reviews/raters".to_owned(),
        "/skills/hardest".to_owned(),
        "/skills/team".to_owned(),
        format!(
            "/skills/team/skills/{}",
            desk.world.read(skills::list_skills).first().expect("a library").id
        ),
        "/skills/competencies".to_owned(),
        "/skills/competencies/new".to_owned(),
        format!("/skills/competencies/{}", desk.competency),
        "/articles".to_owned(),
        "/articles/new".to_owned(),
        format!("/articles/{}", desk.article),
        format!("/articles/{}/edit", desk.article),
        "/admin/imports".to_owned(),
        format!("/admin/imports/files/{}", desk.file),
        "/ledger".to_owned(),
        "/suspended".to_owned(),
        "/admin".to_owned(),
        "/admin/about".to_owned(),
        "/admin/routing".to_owned(),
        "/admin/statuses".to_owned(),
        "/floor/decisions".to_owned(),
    ];
    let seen = desk.script("pages.mjs").args(paths).output().await.expect("Node starts");
    assert!(
        seen.status.success(),
        "{}{}",
        String::from_utf8_lossy(&seen.stdout),
        String::from_utf8_lossy(&seen.stderr)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn menus_palette_a_stopped_letter_and_a_new_ticket_work_by_keys_and_pointer() {
    let Some(desk) = Desk::open().await else { return };
    let mut script = desk.script("acts.mjs");
    script.arg(desk.ticket.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut acts = script.spawn().expect("Node starts");
    let mut answers = acts.stdin.take().expect("a pipe");
    let mut said = BufReader::new(acts.stdout.take().expect("a pipe")).lines();
    let mut complaints = Vec::new();
    while let Some(line) = said.next_line().await.expect("lines") {
        if let Some(words) = line.strip_prefix("?come ") {
            desk.customer_writes(words);
            answers.write_all(b"it has come\n").await.expect("it listens");
        } else if let Some(who) = line.strip_prefix("?learn ") {
            desk.somebody_proves_a_skill(who);
            answers.write_all(b"it is learnt\n").await.expect("it listens");
        } else {
            complaints.push(line);
        }
    }
    let ended = acts.wait().await.expect("it ends");
    assert!(ended.success() && complaints.is_empty(), "{complaints:#?}");
}

/// A desk that answers on a port of its own, for a real browser.
struct Desk {
    world: World,
    ticket: TicketId,
    /// Of somebody else.
    other: TicketId,
    admin: UserId,
    campaign: CampaignId,
    check: CheckId,
    opening: OpeningId,
    candidate: CandidateId,
    reviewed: Reviewed,
    competency: CompetencyId,
    article: ArticleId,
    file: OutcomeFileId,
    link: String,
    browser: PathBuf,
    served: tokio::task::JoinHandle<()>,
}

impl Desk {
    /// `None` where there is no browser: on a machine that calls itself `CI` that is an error.
    async fn open() -> Option<Desk> {
        let Some(browser) = browser_for(&ui()) else {
            assert!(
                std::env::var_os("CI").is_none(),
                "CI looks at the pages: Node, Chromium or the packages of ui/ are missing"
            );
            eprintln!("skipped: without Node, Chromium and the packages of ui/ nobody looks at the pages");
            return None;
        };
        let world = World::on_sqlite();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("its number"));
        let (ana, ticket, other) = a_day_at_the_desk(&world, &base);
        let (campaign, check) = questions_to_people(&world, ana);
        let (opening, candidate) = somebody_applies(&world, ana);
        let (reviewed, competency) = somebody_reviews(&world, ana);
        let article = somebody_writes(&world, ana);
        let file = a_file_of_another_desk(&world, ana);
        let token = world.write(move |tx| access::create_link(tx, Some(ana), LinkPurpose::SignIn, HOUR_MS));
        let app = web::router(web::Web::new(world.desk.clone(), false))
            .into_make_service_with_connect_info::<SocketAddr>();
        let served = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Some(Desk {
            world,
            ticket,
            other,
            admin: ana,
            campaign,
            check,
            opening,
            candidate,
            reviewed,
            competency,
            article,
            file,
            link: format!("{base}/sign-in/link/{token}"),
            browser,
            served,
        })
    }

    fn script(&self, name: &str) -> Command {
        let mut command = Command::new("node");
        command.arg(ui().join("tests").join(name)).arg(&self.link).kill_on_drop(true);
        command.env("CHROMIUM", &self.browser).env("TMPDIR", self.world.folder());
        command
    }

    /// `PERSON SKILL`, as numbers: eight tickets that stay solved.
    fn somebody_proves_a_skill(&self, who: &str) {
        let mut numbers = who.split(' ').map(|it| it.parse::<i64>().expect("a number"));
        let (user, skill) = (numbers.next().expect("a person"), numbers.next().expect("a skill"));
        solves(&self.world, "again", UserId(user), SkillId(skill), 8);
    }

    fn customer_writes(&self, words: &str) {
        let words = words.to_owned();
        let ticket = self.ticket;
        self.world.write(move |tx| {
            let requester = tickets::find_ticket(tx, ticket)?.expect("it is there").requester;
            let comment = Some(NewComment::public(words.clone()).by(requester));
            Ok::<_, Told>(tickets::update(tx, &UpdateTicket { comment, ..UpdateTicket::of(ticket) })?)
        });
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.served.abort();
    }
}

fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui")
}

fn browser_for(ui: &Path) -> Option<PathBuf> {
    let ready = !aptdesk_ui::ASSETS.is_empty()
        && ui.join("node_modules/axe-core").exists()
        && in_path("node").is_some();
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    named.or_else(|| BROWSERS.iter().find_map(|name| in_path(name))).filter(|_| ready)
}

fn in_path(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// A few people, a few letters, one of them in a frame and one whose writer has a long name.
fn a_day_at_the_desk(world: &World, base: &str) -> (UserId, TicketId, TicketId) {
    let set_up = SetUp {
        company: "Nordlicht Rides".into(),
        address: "support@nordlicht.example".into(),
        time_zone: "Europe/Berlin".into(),
        locale: "en".into(),
        admin_name: "Ana Novak".into(),
        admin_email: "ana@nordlicht.example".into(),
        public_url: base.into(),
    };
    let ana = world.write(move |tx| access::set_up(tx, &set_up)).admin;
    let quiet = world.read(skills::list_skills)[1].id;
    solves(world, "long ago", ana, quiet, 1);
    world.advance(QUIET_MS);
    world.lead("Mei Tan");
    world.agent("Tomás Ortiz");
    let marta = world.customer("Marta Ammerschläger-von-Hohenstein", "marta@example.org");
    let other = world.ticket_of(marta, "The invoice of March counts twice");
    let ticket = world.write(move |tx| {
        let leila = people::requester_for(tx, "leila@example.org", Some("ليلى منصور"))?;
        let letter = NewComment {
            html: Some(NEWSLETTER.into()),
            quoted: Some("> earlier".into()),
            ..NewComment::public("Two payments instead of one.")
        };
        let id = tickets::create(tx, &CreateTicket::new(leila, "Two payments", letter, Channel::Email))?.id;
        let note = NewComment::internal("Booked twice on 3 March.").by(ana);
        let add_ccs = vec![marta];
        tickets::update(tx, &UpdateTicket { comment: Some(note), add_ccs, ..UpdateTicket::of(id) })?;
        Ok::<_, Told>(id)
    });
    let skill = world.read(skills::list_skills)[0].id;
    solves(world, "before", ana, skill, 6);
    world.run_jobs();
    (ana, ticket, other)
}

/// So many tickets of one skill, which stay solved.
fn solves(world: &World, when: &str, user: UserId, skill: SkillId, tickets: usize) {
    for n in 0..tickets {
        let evidence = skills::AddEvidence {
            key: format!("{when}:{user}:{skill}:{n}"),
            user,
            observed: skills::Observed::Outcome { for_good: true },
            ticket: None,
            by: None,
            skills: vec![(skill, 1.0)],
            difficulty: 0.0,
            at: world.now(),
            note: String::new(),
        };
        world.write(move |tx| skills::add_evidence(tx, &evidence));
    }
}

/// A campaign about everybody, a certificate that ends soon, and a skill check.
fn questions_to_people(world: &World, ana: UserId) -> (CampaignId, CheckId) {
    const DAY_MS: i64 = 24 * HOUR_MS;
    let now = world.now();
    world.write_as(ana, move |tx| {
        let skills: Vec<_> = skills::list_skills(tx)?.iter().map(|it| it.id).take(3).collect();
        let ask = OpenCampaign {
            name: "Spring: how we treat people".into(),
            people: assessments::views::people(tx)?.into_iter().map(|it| it.0).collect(),
            skills: skills.clone(),
            asks_self: true,
            asks_lead: true,
            peers_each: 3,
            due_at: now + 20 * DAY_MS,
        };
        let campaign = assessments::open_campaign(tx, &ask)?;
        let certificate = AddCertificate {
            user: ana,
            name: "ITIL Foundation".into(),
            issuer: "PeopleCert".into(),
            link: "https://proof.example/1".into(),
            skills: skills.clone(),
            issued_at: now - 400 * DAY_MS,
            expires_at: Some(now + 20 * DAY_MS),
        };
        assessments::add_certificate(tx, &certificate)?;
        skills::set_interests(tx, &skills::SetInterests { user: ana, skills: skills.clone() })?;
        let question = Question {
            text: "Which comes first?".into(),
            choices: vec!["The order number".into(), "What went wrong".into()],
            right: 1,
            hardness: Hardness::Medium,
        };
        let questions = vec![question; 3];
        let check = SaveCheck { skill: skills[0], name: "Angry letters".into(), questions };
        Ok::<_, Told>((campaign, assessments::create_check(tx, &check)?))
    })
}

/// A public opening, and a candidate with one scorecard.
fn somebody_applies(world: &World, ana: UserId) -> (OpeningId, CandidateId) {
    world.write_as(ana, move |tx| {
        let skills: Vec<_> = skills::list_skills(tx)?.iter().map(|it| it.id).take(3).collect();
        let need = |skill| WriteNeed { skill, level: 3.0, weight: 0.5, question: String::new() };
        let write = WriteOpening {
            title: "Support specialist".into(),
            summary: "You help people who cannot sign in.".into(),
            place: "Lisbon".into(),
            seats: 1,
            reason: "One absence, and nobody is left.".into(),
            role: None,
            needs: skills.iter().copied().map(need).collect(),
        };
        let opening = hiring::create_opening(tx, &write)?;
        hiring::move_opening(tx, opening, OpeningState::Public)?;
        let add = AddCandidate {
            name: "Nour Haddad".into(),
            email: "nour@example.org".into(),
            ..Default::default()
        };
        let candidate = hiring::add_candidate(tx, opening, &add)?;
        let score = |skill| Score { skill, level: 3.5, note: "Asked back twice.".into() };
        let scores = skills.into_iter().take(2).map(score).collect();
        hiring::save_scorecard(tx, &SaveScorecard { candidate, note: "Calm.".into(), scores })?;
        Ok::<_, Told>((opening, candidate))
    })
}

/// Reviews of solved work: one open, one finished, and one that several score blind.
struct Reviewed {
    ticket: TicketId,
    open: ReviewId,
    finished: ReviewId,
    scorecard: ScorecardId,
    calibration: CalibrationId,
}

fn somebody_reviews(world: &World, ana: UserId) -> (Reviewed, CompetencyId) {
    let yuki = world.agent("Yuki Sato");
    let solved = |subject: &str| {
        let ticket = world.ticket(subject);
        let update = UpdateTicket {
            assignee: Some(Some(yuki)),
            comment: Some(NewComment::public("I am sorry, Marta. Both payments are on their way back.")),
            status: Some(Status::Solved),
            ..UpdateTicket::of(ticket)
        };
        world.write_as(yuki, move |tx| tickets::update(tx, &update).map(|_| ()));
        ticket
    };
    let tickets = ["Charged twice", "Where is my parcel?", "Cannot sign in"].map(solved);
    world.write_as(ana, move |tx| {
        let known = skills::list_skills(tx)?;
        let write = WriteCompetency {
            name: "Calms people".into(),
            behaviour: "Names the feeling before the facts.".into(),
            anchors: Default::default(),
            skills: known.iter().take(2).map(|it| (it.id, 1.0)).collect(),
        };
        let competency = competencies::create_competency(tx, &write)?.id;
        let begin = |ticket: TicketId| BeginReview { ticket, user: yuki, scorecard: None };
        let (open, finished) =
            (reviews::begin(tx, &begin(tickets[0]))?, reviews::begin(tx, &begin(tickets[1]))?);
        let card = reviews::list_scorecards(tx)?.remove(0);
        let given = |(category, it): (usize, &reviews::Category)| ScoreGiven {
            category,
            points: Some(it.points),
            note: "Asked back twice.".into(),
        };
        let scores = card.categories.iter().enumerate().map(given).collect();
        reviews::save_scores(
            tx,
            &SaveScores { review: finished, scores, comment: "Warm and clear.".into() },
        )?;
        reviews::finish(tx, &Finish { review: finished })?;
        let open_calibration = OpenCalibration { ticket: tickets[2], user: yuki, scorecard: None };
        let calibration = reviews::open_calibration(tx, &open_calibration)?;
        let reviewed = Reviewed { ticket: tickets[0], open, finished, scorecard: card.id, calibration };
        Ok::<_, Told>((reviewed, competency))
    })
}

/// With what an article may hold, and a table and a line that are wider than a telephone.
fn somebody_writes(world: &World, ana: UserId) -> ArticleId {
    let long = "a".repeat(120);
    let skill = |key: &'static str| {
        world.read(move |tx| skills::find_skill_by_key(tx, key)).expect("the library has it").id
    };
    let command = WriteArticle {
        title: "I was charged twice. What happens now?".into(),
        body: format!(
            "# First\n\n1. Look\n2. Wait\n\n> Said\n\n    {long}\n\n| How | Long |\n|---|---|\n| Card | {long} |"
        ),
        language: "en".into(),
        skills: ["empathy", "patience"].map(skill).to_vec(),
    };
    world.write_as(ana, move |tx| {
        let id = articles::create(tx, &command)?;
        articles::move_to(tx, id, ArticleState::Published)?;
        Ok::<_, ArticleError>(id)
    })
}

fn a_file_of_another_desk(world: &World, ana: UserId) -> OutcomeFileId {
    let text = "Ticket ID,Agent,Solved at,Category,A column with quite a long name that says nothing\n\
                1,Yuki Sato,2025-11-05 10:00,refund late,x\n2,,2025-11-05 10:00,wifi,y\n";
    let blob = world.desk.blobs.put(text.as_bytes(), "text/csv").expect("it is kept");
    let new = files::prepare(&world.desk.blobs, &blob, "An old desk.csv").expect("it is a table");
    world.write_as(ana, move |tx| files::keep_file(tx, &new))
}

#[derive(Debug)]
struct Told(#[allow(dead_code, reason = "shown when a test fails")] String);

impl<E: desk::Refusal> From<E> for Told {
    fn from(error: E) -> Self {
        Told(error.to_string())
    }
}
