//! What the tests of templates fill pages with.

use crate::Shell;
use desk::people::{Group, User};
use desk::skills::outcomes::ImportedTicket;
use desk::skills::views::{Cell, PersonLevel};
use desk::skills::{DecayClass, Skill, SkillKind, SkillSummary};
use desk::{GroupId, Role, SkillId, UserId};

/// The page around a page, for a lead who is an admin too.
pub fn shell() -> Shell {
    Shell {
        read_at: 10_000_000,
        name: "Rosa Lind".into(),
        initials: "RL".into(),
        user_id: 1,
        is_lead: true,
        is_admin: true,
        presence: "online".into(),
        status: Some((2, "Training".into())),
        statuses: vec![(1, "Only chats".into()), (2, "Training".into())],
        offers: vec![],
        set_away_after: None,
        mine: 3,
        unassigned: 1,
        suspended: 2,
        reviews: 4,
        assessments: 2,
        company: "Tillers & Sons".into(),
        only_skills: false,
    }
}

pub fn skill() -> Skill {
    Skill {
        id: SkillId(1),
        key: "refunds".into(),
        name: "Refunds".into(),
        kind: SkillKind::Product,
        meaning: "Gives money back by the rules, and says when.".into(),
        anchors: ["asks", "follows", "decides", "improves", "teaches"].map(str::to_owned),
        decay: DecayClass::Product,
        onet: None,
        esco: None,
        created_at: 0,
        retired_at: None,
    }
}

pub fn user(role: Role) -> User {
    User {
        id: UserId(7),
        name: "Marta Reyes".into(),
        role,
        email: Some("marta@example.org".into()),
        phone: None,
        locale: "es".into(),
        time_zone: "Europe/Madrid".into(),
        organization_id: None,
        signature: String::new(),
        details: String::new(),
        notes: String::new(),
        external_id: None,
        created_at: 0,
        updated_at: 0,
        last_sign_in_at: None,
        suspended_at: None,
        deleted_at: None,
        version: 1,
        has_password: false,
    }
}

pub fn group(id: i64, name: &str) -> Group {
    Group {
        id: GroupId(id),
        name: name.into(),
        description: String::new(),
        is_default: id == 1,
        created_at: 0,
        updated_at: 0,
        deleted_at: None,
    }
}

pub fn cell(level: f64, sd: f64) -> Cell {
    Cell {
        level,
        sd,
        interval: ((level - sd).max(0.0), (level + sd).min(5.0)),
        p_independent: if level > 3.0 { 0.9 } else { 0.1 },
        evidence_count: 12,
        effective_observations: 8.0,
        seen_at: Some(0),
        sure: sd < 0.8,
        trend: None,
    }
}

pub fn summary(id: i64, name: &str) -> SkillSummary {
    SkillSummary { id: SkillId(id), key: format!("skill-{id}"), name: name.into(), kind: SkillKind::Human }
}

pub fn level(id: i64, name: &str, cell: Cell) -> PersonLevel {
    PersonLevel { skill: summary(id, name), cell, trend: Some(0.5), moved_at: 0 }
}

/// A ticket of another desk.
pub fn imported(ticket: &str, url: Option<&str>) -> ImportedTicket {
    ImportedTicket {
        source: "old desk".into(),
        ticket: ticket.into(),
        topic: Some("money back".into()),
        opened_at: 0,
        level: 3.0,
        url: url.map(str::to_owned),
    }
}

/// Renders, and refuses what the content policy would refuse and what breaks a page.
pub fn renders(page: &impl askama::Template) -> String {
    let html = page.render().expect("the template renders");
    for forbidden in [" style=\"", "<script>", " onclick=", " hx-on", "javascript:"] {
        assert!(!html.contains(forbidden), "{forbidden} in {html}");
    }
    for id in ids(&html) {
        assert_eq!(ids(&html).filter(|other| *other == id).count(), 1, "the id {id} stands twice");
    }
    html
}

fn ids(html: &str) -> impl Iterator<Item = &str> {
    html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next())
}
