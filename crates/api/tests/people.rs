//! People, organizations and groups through the door.

mod common;

use common::Program;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_created_found_changed_and_deleted() {
    let program = Program::new();
    let body = json!({ "user": { "name": "Marta", "email": "Marta@Example.org", "external_id": "7", "notes": null } });
    let made = program.post("/users.json", body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["user"]["id"].as_i64().unwrap();
    assert_eq!(
        (&made.body["user"]["role"], &made.body["user"]["email"]),
        (&json!("end-user"), &json!("marta@example.org"))
    );
    for path in
        ["/users/search?query=marta@example.org", "/users/search?external_id=7", "/users/search?query=marta"]
    {
        let found = program.get(path).await.body;
        assert_eq!(found["users"][0]["id"], id, "{path}: {found}");
    }
    let changed = program.put(&format!("/users/{id}"), json!({ "user": { "phone": "+49 30 123456" } })).await;
    assert_eq!(changed.body["user"]["phone"], "+49 30 123456");
    let gone = program.delete(&format!("/users/{id}")).await;
    assert_eq!((gone.status.as_u16(), &gone.body["user"]["active"]), (200, &json!(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_address_is_named_in_the_details() {
    let program = Program::new();
    let body = json!({ "user": { "name": "Marta", "email": "marta@example.org" } });
    program.post("/users", body.clone()).await;
    let refused = program.post("/users", body.clone()).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.body["error"], "RecordInvalid");
    assert_eq!(refused.body["description"], "Record validation errors");
    assert_eq!(refused.body["details"]["email"][0]["error"], "DuplicateValue");
    let again = program
        .post(
            "/users/create_or_update",
            json!({ "user": { "name": "Marta Díaz", "email": "marta@example.org" } }),
        )
        .await;
    assert_eq!((again.status.as_u16(), &again.body["user"]["name"]), (200, &json!("Marta Díaz")));
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_three_for_clients_and_five_for_the_desk() {
    let program = Program::new();
    program.world.lead("Lea");
    program.world.light_agent("Lin");
    program.world.customer("Marta", "marta@example.org");
    let agents = program.get("/users?role=agent").await.body;
    let mut roles: Vec<_> =
        agents["users"].as_array().unwrap().iter().map(|it| it["desk_role"].as_str().unwrap()).collect();
    roles.sort_unstable();
    assert_eq!(roles, ["lead", "light-agent"]);
    assert_eq!(program.get("/users?role[]=admin&role[]=end-user").await.body["count"], 2);
    assert_eq!(program.get("/users/me").await.body["user"]["role"], "admin");
    assert_eq!(program.get("/users?role=pope").await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn identities_are_added_verified_and_made_primary() {
    let program = Program::new();
    let marta = program.world.customer("Marta", "marta@example.org");
    let base = format!("/users/{marta}/identities");
    let body = json!({ "identity": { "type": "email", "value": "m@example.net" } });
    let made = program.post(&base, body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let one = format!("{base}/{}", made.body["identity"]["id"]);
    assert_eq!(program.put(&format!("{one}/verify"), json!({})).await.body["identity"]["verified"], true);
    assert_eq!(program.put(&format!("{one}/make_primary.json"), json!({})).await.status, 200);
    assert_eq!(program.get(&format!("/users/{marta}")).await.body["user"]["email"], "m@example.net");
    assert_eq!(program.get(&base).await.body["count"], 2);
    let other = program.world.customer("Otto", "otto@example.org");
    let wrong = program.get(&format!("/users/{other}/identities/{}", made.body["identity"]["id"])).await;
    assert_eq!(wrong.status, 404, "an identity is shown under its own person only");
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_and_groups_live_their_whole_lives() {
    let program = Program::new();
    let body = json!({ "organization": { "name": "Acme", "domain_names": ["acme.example.org"], "external_id": "a1" } });
    let acme = program.post("/organizations", body).await;
    assert_eq!(acme.status, 201, "{}", acme.body);
    let id = acme.body["organization"]["id"].clone();
    for path in
        ["/organizations/search?external_id=a1", "/organizations/autocomplete?name=ac", "/organizations"]
    {
        assert_eq!(program.get(path).await.body["organizations"][0]["id"], id, "{path}");
    }
    program.post("/users", json!({ "user": { "name": "Wile", "email": "wile@acme.example.org" } })).await;
    let users = program.get(&format!("/organizations/{id}/users")).await.body;
    assert_eq!(users["users"][0]["name"], "Wile", "the domain tells the organization");
    assert_eq!(program.delete(&format!("/organizations/{id}")).await.status, 204);
    assert_eq!(program.get(&format!("/organizations/{id}")).await.status, 404);

    let group = program.post("/groups", json!({ "group": { "name": "Night" } })).await;
    assert_eq!(group.status, 201, "{}", group.body);
    let group = group.body["group"]["id"].clone();
    let ben = program.world.agent("Ben");
    let body = json!({ "group_membership": { "user_id": ben, "group_id": group } });
    let member = program.post("/group_memberships", body).await;
    assert_eq!(member.status, 201, "{}", member.body);
    let member = member.body["group_membership"]["id"].clone();
    assert_eq!(
        program.get(&format!("/group_memberships/{member}")).await.body["group_membership"]["user_id"],
        json!(ben)
    );
    assert_eq!(program.get(&format!("/groups/{group}/users")).await.body["users"][0]["name"], "Ben");
    assert_eq!(program.delete(&format!("/group_memberships/{member}")).await.status, 204);
    assert_eq!(program.get(&format!("/groups/{group}/memberships")).await.body["count"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_may_not_make_admins() {
    let program = Program::new();
    let ben = program.as_(program.world.agent("Ben"));
    let body = json!({ "user": { "name": "Eve", "email": "eve@example.org", "role": "admin" } }).to_string();
    let refused = program.send("POST", "/api/v2/users", Some(&ben), body).await;
    assert_eq!((refused.status.as_u16(), &refused.body["error"]["title"]), (403, &json!("Forbidden")));
}
