//! Skills through the door: the matrix, one cell, ratings, and who sees what.

mod common;

use axum::http::StatusCode;
use common::Browser;
use desk::people::{self, UpdateUser};
use desk::skills::{self, AddEvidence, Observed};
use desk::{SkillId, UserId};
use testkit::World;

fn refunds(world: &World) -> SkillId {
    world.read(skills::list_skills).first().expect("a library").id
}

/// Enough solved work for a level that everybody may see.
fn works(world: &World, user: UserId, skill: SkillId, count: i64) {
    for n in 0..count {
        let evidence = AddEvidence {
            key: format!("test:{user}:{n}"),
            user,
            observed: Observed::Outcome { for_good: true },
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

#[tokio::test]
async fn a_desk_that_knows_nothing_teaches_the_first_step() {
    let world = World::on_sqlite();
    let mut browser = Browser::signed_in(&world, world.agent("Ana"));
    let page = browser.get("/skills").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Rate yourself") && !page.body.contains("style="), "no style in the markup");
}

#[tokio::test]
async fn what_i_say_of_myself_appears_on_my_page_and_in_my_row() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let skill = refunds(&world);
    let mut browser = Browser::signed_in(&world, ana);
    let form = [("skill", &*skill.to_string()), ("level", "3.5")];
    let said = browser.post(&format!("/people/{ana}/rate"), &form).await;
    assert_eq!(said.location.as_deref(), Some(&*format!("/people/{ana}#skill-{skill}")));
    let page = browser.get(&format!("/people/{ana}")).await.body;
    assert!(page.contains("self f-35") && page.contains("ated their own level 3.5"));
    let matrix = browser.get("/skills").await.body;
    assert!(matrix.contains(&format!("<tr role=row data-u={ana} data-e>")), "{matrix}");
    let wrong =
        browser.post(&format!("/people/{ana}/rate"), &[("skill", &skill.to_string()), ("level", "9")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("A level lies between 0 and 5."));
}

#[tokio::test]
async fn evidence_is_for_the_person_and_for_leads() {
    let world = World::on_sqlite();
    let (ana, kofi, lea) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
    let skill = refunds(&world);
    works(&world, ana, skill, 8);
    let cell = format!("/skills/{skill}/people/{ana}");
    assert_eq!(Browser::signed_in(&world, kofi).get(&cell).await.status, StatusCode::FORBIDDEN);
    assert!(Browser::signed_in(&world, ana).get(&cell).await.body.contains("olved for good"));
    assert!(Browser::signed_in(&world, lea).get(&cell).await.body.contains("strike out"));
    let matrix = Browser::signed_in(&world, kofi).get("/skills").await.body;
    assert!(
        matrix.contains(&format!("<tr role=row data-u={ana}><th")),
        "a colleague's cell leads to their page"
    );
}

#[tokio::test]
async fn a_lead_rates_and_strikes_out_with_a_reason() {
    let world = World::on_sqlite();
    let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
    let skill = refunds(&world);
    let mut browser = Browser::signed_in(&world, lea);
    let cell = format!("/skills/{skill}/people/{ana}");
    browser.post(&format!("{cell}/ratings"), &[("level", "4"), ("note", "calm & exact")]).await;
    let page = browser.get(&cell).await.body;
    assert!(page.contains("calm &#38; exact"));
    let evidence =
        page.split("/evidence/").nth(1).and_then(|rest| rest.split('/').next()).expect("evidence").to_owned();
    let strike = format!("/evidence/{evidence}/strike");
    assert_eq!(browser.post(&strike, &[("reason", " ")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = browser.post(&strike, &[("reason", "wrong person"), ("back", "https://evil.example")]).await;
    assert_eq!(done.location.as_deref(), Some("/skills"), "a foreign address leads nowhere");
    assert!(browser.get(&cell).await.body.contains("wrong person"));
}

#[tokio::test]
async fn a_skill_page_and_the_week_are_there_for_everybody() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let skill = refunds(&world);
    works(&world, ana, skill, 8);
    let mut browser = Browser::signed_in(&world, ana);
    assert!(browser.get(&format!("/skills/{skill}")).await.body.contains("Ana"));
    assert!(browser.get("/skills/moved").await.body.contains("Ana"));
    assert!(browser.get("/skills/_moved").await.body.contains("id=\"moved\""));
    assert_eq!(browser.get("/skills/999999").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn interests_are_kept() {
    let world = World::on_sqlite();
    let ana = world.agent("Ana");
    let skill = refunds(&world);
    let mut browser = Browser::signed_in(&world, ana);
    browser.post(&format!("/people/{ana}/interests"), &[("skill", &skill.to_string())]).await;
    assert_eq!(world.read(move |tx| skills::interests_of(tx, ana)).len(), 1);
    browser.post(&format!("/people/{ana}/interests"), &[]).await;
    assert!(world.read(move |tx| skills::interests_of(tx, ana)).is_empty());
}

#[tokio::test]
async fn whoever_it_is_about_objects_and_another_lead_decides_with_a_reason() {
    let world = World::on_sqlite();
    let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
    let skill = refunds(&world);
    works(&world, ana, skill, 6);
    let mut of_ana = Browser::signed_in(&world, ana);
    let cell = format!("/skills/{skill}/people/{ana}");
    let page = of_ana.get(&cell).await.body;
    let evidence =
        page.split("/evidence/").nth(1).and_then(|rest| rest.split('/').next()).expect("evidence").to_owned();
    let form = [("words", "that was <another> order"), ("back", cell.as_str())];
    let said = of_ana.post(&format!("/evidence/{evidence}/contests"), &form).await;
    assert_eq!(said.location.as_deref(), Some(cell.as_str()));
    assert!(of_ana.get("/skills/contests").await.body.contains("Another lead decides"));
    let mut of_lea = Browser::signed_in(&world, lea);
    assert!(of_lea.get("/skills").await.body.contains("1 objection"));
    let waiting = of_lea.get("/skills/contests").await.body;
    assert!(waiting.contains("that was &#60;another&#62; order"));
    let decision =
        waiting.split("/contests/").nth(1).and_then(|rest| rest.split('/').next()).expect("one").to_owned();
    let form = [("outcome", "struck"), ("reason", "she is right")];
    let refused = of_ana.post(&format!("/contests/{decision}/decision"), &form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    of_lea.post(&format!("/contests/{decision}/decision"), &form).await;
    assert!(of_ana.get(&cell).await.body.contains("she is right"));
    assert!(of_lea.get("/skills/fairness").await.body.contains("Struck out after one"));
    assert_eq!(of_ana.get("/skills/fairness").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_refit_is_asked_for_by_leads_and_learning_is_set_by_admins() {
    let world = World::on_sqlite();
    let (ana, lea, root) = (world.agent("Ana"), world.lead("Lea"), world.admin("Root"));
    let skill = refunds(&world);
    works(&world, ana, skill, 6);
    let mut of_lea = Browser::signed_in(&world, lea);
    assert_eq!(of_lea.post("/admin/refit", &[]).await.location.as_deref(), Some("/admin/refit"));
    let waiting = world.outside_jobs();
    assert!(matches!(waiting[..], [desk::work::Work::Refit { asked_by: Some(by) }] if by == lea));
    let db = world.desk.db.clone();
    let run = tokio::task::spawn_blocking(move || desk::skills::refit::run(&db, Some(lea))).await;
    assert!(run.expect("it ends").expect("it runs").is_some());
    assert!(of_lea.get("/admin/refit").await.body.contains("asked by"));
    assert!(of_lea.get("/admin/refit/_runs").await.body.contains("id=\"runs\""));
    assert_eq!(of_lea.get("/admin/learning").await.status, StatusCode::FORBIDDEN);
    let mut of_root = Browser::signed_in(&world, root);
    assert!(of_root.get("/admin/learning").await.body.contains("How fast skills fade"));
    let form = [("levels", "leads"), ("evidence", "person"), ("source", "outcome"), ("source", "self")];
    of_root.post("/admin/learning", &form).await;
    let policy = world.read(skills::policy);
    assert!(!policy.counts("satisfaction") && policy.counts("outcome"));
    assert_eq!(policy.evidence, skills::Circle::Person);
    let wrong = [("product", "1"), ("technical", "120"), ("human", "180"), ("language", "720")];
    assert_eq!(of_root.post("/admin/learning/fading", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let id = skill.to_string();
    let form = [("name", "Billing 4.0"), ("keep_percent", "50"), ("skill", id.as_str())];
    of_root.post("/admin/learning/releases", &form).await;
    assert!(of_root.get("/admin/learning").await.body.contains("Billing 4.0"));
}

#[tokio::test]
async fn the_matrix_is_filtered_ordered_and_downloaded() {
    let world = World::on_sqlite();
    let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
    let skill = refunds(&world);
    works(&world, ana, skill, 8);
    let mut browser = Browser::signed_in(&world, lea);
    let role = world.read(skills::roles::list_roles).first().expect("roles are shipped").id;
    for path in ["/skills?order=risk", "/skills?order=gap&kind=human", "/skills?show=sides", "/skills?q=ana"]
    {
        assert_eq!(browser.get(path).await.status, StatusCode::OK, "{path}");
    }
    assert!(browser.get(&format!("/skills?role={role}&all=1")).await.body.contains(" asks</th>"));
    assert!(browser.get("/skills?q=nobody+is+called+so").await.body.contains("Nothing here fits"));
    let file = browser.get("/skills.csv").await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert!(file.body.lines().any(|line| line.starts_with("Ana,")), "{}", file.body);
    let file = browser.get("/skills.csv?lines=levels").await.body;
    assert_eq!(file.lines().count(), 2, "{file}");
}

#[tokio::test]
async fn the_news_of_a_matrix_are_the_levels_that_the_same_viewer_sees_on_its_page() {
    let world = World::on_sqlite();
    let (ana, kofi, lea) = (world.agent("Ana"), world.agent("Kofi"), world.lead("Lea"));
    let skill = refunds(&world);
    works(&world, ana, skill, 2);
    let cells_of = |html: &str| {
        let row = html.split("<tr ").find(|row| row.contains(&format!("data-u={ana}"))).unwrap_or_default();
        row.split("</tbody>")
            .next()
            .unwrap_or_default()
            .split_once("</small>")
            .map(|it| it.1.trim().to_owned())
    };
    for viewer in [ana, kofi, lea] {
        let mut browser = Browser::signed_in(&world, viewer);
        let (page, news) = (browser.get("/skills").await.body, browser.get("/skills/_levels").await.body);
        assert!(cells_of(&page).is_some());
        assert_eq!(cells_of(&news), cells_of(&page));
        assert!(news.contains(&format!("data-s=\"{skill}\"")) && !news.contains("<html"), "{news}");
    }
    assert_eq!(Browser::at(&world).get("/skills/_levels").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_portfolio_is_ones_own() {
    let world = World::on_sqlite();
    let (ana, lea) = (world.agent("Ana"), world.lead("Lea"));
    let skill = refunds(&world);
    works(&world, ana, skill, 8);
    let path = format!("/people/{ana}/portfolio");
    assert_eq!(Browser::signed_in(&world, lea).get(&path).await.status, StatusCode::FORBIDDEN);
    let mut browser = Browser::signed_in(&world, ana);
    let form = [("introduction", "Write to me@example.org"), ("ratings", "on")];
    browser.post(&path, &form).await;
    let page = browser.get(&path).await.body;
    assert!(page.contains("Write to [address]") && page.contains("Write to me@example.org"));
    let file = browser.get(&format!("{path}.html")).await;
    assert!(file.headers["content-disposition"].to_str().unwrap().contains("attachment"));
    assert!(!file.body.contains("me@example.org") && file.body.contains("Skills, by the work itself"));

    let path = format!("{path}.pdf");
    assert_eq!(Browser::signed_in(&world, lea).get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(Browser::at(&world).get(&path).await.status, StatusCode::SEE_OTHER);
    // Built without Node there are no letters to draw with, and the desk says so.
    if !aptdesk_ui::FACES.is_empty() {
        let paper = browser.get(&path).await;
        assert_eq!(paper.headers["content-type"], "application/pdf");
        assert!(paper.headers["content-disposition"].to_str().unwrap().contains("portfolio.pdf"));
        assert!(paper.body.starts_with("%PDF-") && paper.body.contains("Portfolio of Ana"));
        assert!(!paper.body.contains("example.org"));
    }
}

#[tokio::test]
async fn every_page_that_names_a_skill_names_it_in_the_readers_language() {
    for world in World::on_each_database() {
        let (lea, ana) = (world.lead("Lea"), world.agent("Ana"));
        let skill = world.read(|tx| skills::find_skill_by_key(tx, "patience")).expect("shipped").id;
        works(&world, ana, skill, 12);
        for user in [lea, ana] {
            let update = UpdateUser { locale: Some("de-AT".into()), ..UpdateUser::of(user) };
            world.write(move |tx| people::update_user(tx, &update).map(|_| ()));
        }
        let mut browser = Browser::signed_in(&world, lea);
        let pages = [
            "/skills".to_owned(),
            format!("/skills/{skill}"),
            format!("/skills/{skill}/people/{ana}"),
            format!("/people/{ana}"),
            format!("/skills/team/skills/{skill}"),
        ];
        for path in pages {
            let page = browser.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(
                page.body.contains("Geduld") && !page.body.contains("Patience"),
                "{path} on {}",
                world.name()
            );
        }
        let meaning = browser.get(&format!("/skills/{skill}")).await.body;
        assert!(meaning.contains("Menschen die Zeit geben"));
        let levels = ["kurz angebunden", "zweites Mal", "neue Erklärung", "abschweifendes", "namentlich"];
        let cell = browser.get(&format!("/skills/{skill}/people/{ana}")).await.body;
        for (page, of) in [(&meaning, "the skill"), (&cell, "a person's skill")] {
            assert!(levels.iter().all(|it| page.contains(it)), "{of} on {}", world.name());
            assert!(!page.contains("Grows curt"), "{of} on {}", world.name());
        }
        let csv = browser.get("/skills/library.csv").await.body;
        assert!(csv.contains("patience,Patience,"), "a file is in the original");

        let form = browser.get(&format!("/admin/skills/{skill}")).await.body;
        assert!(form.contains("value=\"Patience\"") && form.contains("value=\"Geduld\""), "{form}");
        let path = format!("/admin/skills/{skill}/words");
        let long = "x".repeat(81);
        let refused = browser.post(&path, &[("language", "de"), ("name", &long)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(&long) && refused.body.contains("at most 80 characters"));
        let kept = browser.post(&path, &[("language", "de"), ("name", "Langmut")]).await;
        assert_eq!(kept.location.as_deref(), Some(&*format!("/admin/skills/{skill}#words")));
        assert!(browser.get(&format!("/skills/{skill}")).await.body.contains("Langmut"));
        let mut as_ana = Browser::signed_in(&world, ana);
        let by_agent = as_ana.post(&path, &[("language", "de"), ("name", "Ausdauer")]).await;
        assert_eq!(by_agent.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_competency_is_read_in_the_readers_language_and_written_by_leads() {
    let world = World::on_sqlite();
    let (lea, ana) = (world.lead("Lea"), world.agent("Ana"));
    let update = UpdateUser { locale: Some("de-AT".into()), ..UpdateUser::of(ana) };
    world.write(move |tx| people::update_user(tx, &update).map(|_| ()));
    let all = world.read(skills::competencies::list_competencies);
    let it = all.iter().find(|it| it.name == "Keeps promises").expect("it is shipped");
    let (page, words) =
        (format!("/skills/competencies/{}", it.id), format!("/skills/competencies/{}/words", it.id));
    let german = [("language", "de"), ("name", "Hält Wort"), ("anchor_3", "Sagt, wann, und hält es.")];

    let mut as_ana = Browser::signed_in(&world, ana);
    assert_eq!(as_ana.post(&words, &german).await.status, StatusCode::FORBIDDEN);
    let mut browser = Browser::signed_in(&world, lea);
    let odd = browser.post(&words, &[("language", "klingon"), ("name", "Qapla")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        odd.body.contains("value=\"Qapla\"") && odd.body.contains("two or three letters"),
        "{}",
        odd.body
    );
    let kept = browser.post(&words, &german).await;
    assert_eq!(kept.location.as_deref(), Some(&*format!("{page}/edit#words")));

    let read = as_ana.get(&page).await.body;
    assert!(read.contains("Hält Wort") && read.contains("Sagt, wann, und hält es."), "{read}");
    assert!(as_ana.get("/skills/competencies").await.body.contains("Hält Wort"));
    let original = browser.get(&page).await.body;
    assert!(original.contains("Keeps promises") && !original.contains("Hält Wort"));
    let form = browser.get(&format!("{page}/edit")).await.body;
    assert!(form.contains("value=\"Keeps promises\"") && form.contains("value=\"Hält Wort\""), "{form}");
}
