//! `/assessments`: everything that waits for me, and for leads everything that goes on.

use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::State;
use desk::Actor;
use desk::assessments::views::{self, Desk};

#[derive(askama::Template)]
#[template(path = "assessments/index.html")]
pub struct Index {
    pub shell: Shell,
    pub actor: Actor,
    pub now: i64,
    pub page: Desk,
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, move |tx| {
        Ok::<_, Problem>(Index { page: views::desk(tx)?, actor, now: tx.now(), shell: Shell::load(tx)? })
    });
    Ok(Html(page.await?))
}

#[cfg(test)]
pub(crate) mod samples {
    use desk::assessments::views::{CampaignRow, CertificateRow, CheckRow, TaskRow};
    use desk::assessments::{
        AskedKind, Campaign, Certificate, Check, CheckResult, Hardness, Question, Task, Validity,
    };
    use desk::{CampaignId, CampaignTaskId, CertificateId, CheckId, CheckResultId, SkillId, UserId};

    pub fn campaign(closed: bool) -> Campaign {
        Campaign {
            id: CampaignId(4),
            name: "Spring <2026>".into(),
            skills: vec![SkillId(1)],
            asks_self: true,
            asks_lead: true,
            peers_each: 4,
            due_at: 1_767_900_000_000,
            created_at: 1_767_614_400_000,
            closed_at: closed.then_some(1_767_800_000_000),
        }
    }

    pub fn campaign_row() -> CampaignRow {
        CampaignRow { campaign: campaign(false), asked: 12, answered: 5, subjects: 3 }
    }

    pub fn task(kind: AskedKind) -> TaskRow {
        let task = Task {
            id: CampaignTaskId(8),
            campaign: CampaignId(4),
            rater: UserId(1),
            subject: UserId(2),
            kind,
            answered_at: None,
        };
        TaskRow {
            task,
            campaign: "Spring 2026".into(),
            subject_name: "لیلا".into(),
            due_at: 1_767_900_000_000,
        }
    }

    pub fn certificate(validity: Validity) -> CertificateRow {
        CertificateRow {
            certificate: Certificate {
                id: CertificateId(3),
                user: UserId(2),
                name: "ITIL Foundation".into(),
                issuer: "PeopleCert".into(),
                link: "https://proof.example/1".into(),
                skills: vec![SkillId(1)],
                issued_at: 1_700_000_000_000,
                expires_at: Some(1_768_000_000_000),
                confirmed_by: None,
                confirmed_at: None,
            },
            user_name: "Leila".into(),
            validity,
            skills: vec!["Ticketing systems".into()],
            confirmed_by_name: None,
        }
    }

    pub fn check(taken: bool) -> CheckRow {
        let question = |text: &str, hardness| Question {
            text: text.into(),
            choices: vec!["The first".into(), "The <second>".into()],
            right: 1,
            hardness,
        };
        let mine = taken.then(|| CheckResult {
            id: CheckResultId(1),
            check: CheckId(6),
            user: UserId(1),
            answers: vec![true, false, true],
            level: Some(3.1),
            sd_levels: Some(0.9),
            evidence: None,
            finished_at: 1_767_614_400_000,
        });
        CheckRow {
            check: Check {
                id: CheckId(6),
                skill: SkillId(1),
                name: "Refund rules".into(),
                questions: vec![
                    question("Which comes first?", Hardness::Easy),
                    question("And then?", Hardness::Medium),
                    question("What if not?", Hardness::Hard),
                ],
                version: 2,
                retired_at: None,
            },
            skill: "Refunds".into(),
            again_at: taken.then_some(1_770_000_000_000),
            mine,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::assessments::{AskedKind, Validity};
    use desk::{CampaignId, Role, UserId};

    fn index(role: Role, full: bool) -> Index {
        let page = Desk {
            tasks: if full {
                vec![samples::task(AskedKind::Themself), samples::task(AskedKind::Peer)]
            } else {
                vec![]
            },
            campaigns: if full { vec![samples::campaign_row()] } else { vec![] },
            checks: if full { vec![samples::check(true), samples::check(false)] } else { vec![] },
            certificates: if full { vec![samples::certificate(Validity::EndsSoon)] } else { vec![] },
            about_me: if full { vec![(CampaignId(9), "Autumn".into())] } else { vec![] },
        };
        let actor = Actor::person(UserId(1), role);
        Index { shell: shell(), actor, now: 1_767_700_000_000, page }
    }

    #[test]
    fn what_waits_comes_first_and_nothing_teaches_the_next_step() {
        let html = renders(&index(Role::Lead, true));
        assert!(
            html.contains("/assessments/tasks/8") && html.contains("5 of 12") && html.contains("Ends soon")
        );
        let empty = renders(&index(Role::Agent, false));
        assert!(empty.contains("Nobody asks you anything") && !empty.contains("/assessments/campaigns/new"));
    }
}
