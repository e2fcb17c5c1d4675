//! The examples by which other products explain their routing, told in our own words, as our requirements.

use routing::PersonId;
use routing::imports::*;
use routing::requirements::{Names, PoolId, Requirements};
use serde_json::json;
use skills::SkillId;

const SKILLS: [&str; 14] = [
    "Languages:English",
    "French",
    "Software",
    "Hardware",
    "Speaker",
    "Mouse",
    "USA",
    "Canada",
    "AWS Kinesis",
    "support",
    "english",
    "billing",
    "vip",
    "technical",
];
const POOLS: [&str; 4] = ["WQ-support", "WQ-everyone", "first line", "second line"];
const PEOPLE: [&str; 2] = ["ana", "kofi"];

struct Desk;

fn place(of: &[&str], name: &str) -> Option<i64> {
    of.iter().position(|it| *it == name).map(|it| it as i64)
}

impl Names for Desk {
    fn skill(&self, name: &str) -> Option<SkillId> {
        place(&SKILLS, name).map(SkillId)
    }
    fn pool(&self, name: &str) -> Option<PoolId> {
        place(&POOLS, name).map(PoolId)
    }
    fn person(&self, name: &str) -> Option<PersonId> {
        place(&PEOPLE, name).map(PersonId)
    }
    fn of_skill(&self, skill: SkillId) -> Option<String> {
        Some(SKILLS[skill.0 as usize].to_owned())
    }
    fn of_pool(&self, pool: PoolId) -> Option<String> {
        Some(POOLS[pool.0 as usize].to_owned())
    }
    fn of_person(&self, person: PersonId) -> Option<String> {
        Some(PEOPLE[person.0 as usize].to_owned())
    }
}

fn said(read: Result<Requirements, ImportError>) -> String {
    match read {
        Ok(read) => read.print(&Desk),
        Err(error) => format!("refused: {error}"),
    }
}

/// Three skills: one optional of high priority, one optional of low, one required. The low one goes at the first
/// timeout, the high one at the second, the required one stays.
#[test]
fn zendesk_drops_its_lowest_optional_class_at_each_timeout() {
    let skills: Vec<ZendeskSkill> =
        ["French#1", "billing#3", "vip#0"].iter().map(|it| ZendeskSkill::parse(it).unwrap()).collect();
    assert_eq!(
        said(zendesk(&skills, Some(60_000), &Desk)),
        "French >= 2 [drop after 2 min] and billing >= 2 [drop after 1 min] and vip >= 2"
    );
    assert_eq!(said(zendesk(&skills, None, &Desk)), "French >= 2 and billing >= 2 and vip >= 2");
    let usual = ZendeskSkill::parse("French").unwrap();
    assert_eq!(usual.priority, ZendeskPriority::High);
    assert!(ZendeskSkill::parse("French#7").is_err());
}

/// Languages are required; what kind of trouble it is has priority 0, the product 1, the place 2: places go first, then
/// products, then kinds of trouble, one group each time.
#[test]
fn salesforce_drops_its_groups_from_the_greatest_number_on() {
    let skills: Vec<SkillRequirement> = serde_json::from_value(json!([
        {"SkillId": "Languages:English", "SkillLevel": 6, "IsAdditionalSkill": false},
        {"SkillId": "French", "SkillLevel": 8.0},
        {"SkillId": "Software", "IsAdditionalSkill": true, "SkillPriority": 0, "SkillLevel": 4},
        {"SkillId": "Speaker", "IsAdditionalSkill": true, "SkillPriority": 1, "SkillLevel": 4},
        {"SkillId": "Mouse", "IsAdditionalSkill": true, "SkillPriority": 1, "SkillLevel": 4},
        {"SkillId": "Canada", "IsAdditionalSkill": true, "SkillPriority": 2},
    ]))
    .unwrap();
    assert_eq!(
        said(salesforce(&skills, Some(30_000), &Desk)),
        "\"Languages:English\" >= 3 and French >= 4 and Software >= 2 [drop after 90 s] and Speaker >= 2 [drop after 1 min] \
         and Mouse >= 2 [drop after 1 min] and Canada >= 2 [drop after 30 s]"
    );
}

/// English at 4 and Kinesis at 2 for half a minute; then Kinesis at 2 for a minute; then whoever is in the queue.
#[test]
fn connect_goes_from_step_to_step_and_then_to_anyone() {
    let english = json!({"AttributeCondition": {"Name": "Languages", "Value": "English", "ProficiencyLevel": 4.0,
        "ComparisonOperator": "NumberGreaterOrEqualTo"}});
    let kinesis = json!({"AttributeCondition": {"Name": "Technology", "Value": "AWS Kinesis", "ProficiencyLevel": 2.0,
        "ComparisonOperator": "NumberGreaterOrEqualTo"}});
    let criteria: RoutingCriteria = serde_json::from_value(json!({"Steps": [
        {"Expression": {"AndExpression": [english, kinesis]}, "Expiry": {"DurationInSeconds": 30}},
        {"Expression": kinesis, "Expiry": {"DurationInSeconds": 60}},
    ]}))
    .unwrap();
    assert_eq!(
        said(connect(&criteria, &Desk)),
        "\"Languages:English\" >= 4 and \"AWS Kinesis\" >= 2; after 30 s: \"AWS Kinesis\" >= 2; after 90 s: anyone"
    );
}

/// One agent for a while, then French of a middling level but no trainee of support, for as long as it takes.
#[test]
fn connect_knows_agents_ranges_and_exclusions() {
    let criteria: RoutingCriteria = serde_json::from_value(json!({"Steps": [
        {"Expression": {"AttributeCondition": {"MatchCriteria": {"AgentsCriteria": {"AgentIds": ["ana"]}}}},
         "Expiry": {"DurationInSeconds": 20}},
        {"Expression": {"AndExpression": [
            {"AttributeCondition": {"Name": "Languages", "Value": "French", "ComparisonOperator": "Range",
                "Range": {"MinProficiencyLevel": 2.0, "MaxProficiencyLevel": 4.0}}},
            {"NotAttributeCondition": {"Name": "Team", "Value": "support", "ProficiencyLevel": 1.0,
                "ComparisonOperator": "NumberGreaterOrEqualTo"}}]}},
    ]}))
    .unwrap();
    assert_eq!(said(connect(&criteria, &Desk)), "is ana; after 20 s: French 2 to 4 and not support >= 1");
}

/// For a quarter of a minute the agents whom the task names, skipped if none of them is there; then the queue.
#[test]
fn twilio_goes_through_its_targets() {
    let targets: Vec<Target> = serde_json::from_value(json!([
        {"queue": "WQ-support", "timeout": 15, "expression": "worker.id IN task.preferred_agents",
         "skip_if": "workers.available == 0"},
        {"timeout": 15},
        {"queue": "WQ-everyone"},
    ]))
    .unwrap();
    let task = |attribute: &str| match attribute {
        "preferred_agents" => vec!["ana".to_owned(), "kofi".to_owned()],
        _ => Vec::new(),
    };
    let of = Twilio { names: &Desk, level_max: 100.0, task: &task };
    assert_eq!(
        said(twilio(&targets, &of)),
        "in WQ-support and (is ana or is kofi); after 15 s or if nobody: in WQ-support; after 30 s: in WQ-everyone"
    );
}

#[test]
fn twilio_expressions_over_workers_are_read() {
    let of = Twilio { names: &Desk, level_max: 100.0, task: &|_| Vec::new() };
    let read = |expression: &str| {
        let target = Target { expression: Some(expression.to_owned()), ..Target::default() };
        said(twilio(&[target], &of))
    };
    assert_eq!(read("(skills HAS 'support') AND (languages HAS 'english')"), "support >= 2 and english >= 2");
    assert_eq!(
        read(
            "routing.skills HAS \"billing\" AND (worker.routing.levels.technical >= 60 OR NOT worker.skills HAS 'vip')"
        ),
        "billing >= 2 and (technical >= 3 or not vip >= 2)"
    );
    assert_eq!(read("worker.languages IN ['french', 'english']"), "refused: there is no skill “french”");
    assert_eq!(read("1 == 1"), "anyone");
    for bad in [
        "worker.seat ~ 'x'",
        "task.x == 'y'",
        "worker.skills HAS",
        "worker.id IN task.nobody",
        "((((",
        "'open",
    ] {
        assert!(read(bad).starts_with("refused: "), "{bad}");
    }
}

/// Three rings: at first all skills among the first line; after ten seconds without the second skill; after twenty more
/// without the first too, and the second line joins.
#[test]
fn genesys_rings_take_skills_away_and_let_groups_join() {
    let bullseye: Bullseye = serde_json::from_value(json!({"rings": [
        {"expansionCriteria": [{"type": "TIMEOUT_SECONDS", "threshold": 10}],
         "actions": {"skillsToRemove": [{"name": "vip"}]}, "memberGroups": [{"name": "first line"}]},
        {"expansionCriteria": [{"type": "TIMEOUT_SECONDS", "threshold": 20}],
         "actions": {"skillsToRemove": [{"name": "billing"}]}},
        {"expansionCriteria": [], "memberGroups": [{"name": "second line"}]},
    ]}))
    .unwrap();
    assert_eq!(
        said(genesys(&["billing", "vip"], Evaluation::All, &bullseye, &Desk)),
        "billing >= 2 [drop after 30 s] and vip >= 2 [drop after 10 s] and in \"first line\" [or in \"second line\" after 30 s]"
    );
    assert_eq!(
        said(genesys(&["billing"], Evaluation::Best, &Bullseye::default(), &Desk)),
        "prefer billing >= 2"
    );
    assert_eq!(said(genesys(&["billing"], Evaluation::None, &Bullseye::default(), &Desk)), "anyone");
}

#[test]
fn what_the_desk_does_not_have_is_named() {
    let skills = [ZendeskSkill::parse("Klingon#0").unwrap()];
    assert_eq!(said(zendesk(&skills, None, &Desk)), "refused: there is no skill “Klingon”");
}
