//! `/skills/contests`: objections to evidence: what waits for a decision, and how others were decided.

use crate::fields::Fields;
use crate::{Html, Problem, Said, Shell, SignedIn, Web};
use axum::extract::{Path, State};
use axum::response::Response;
use desk::skills::views::{self, ContestPage, ContestRow};
use desk::skills::{self, ContestEvidence, ContestOutcome, DecideContest};
use desk::{ContestId, EvidenceId};

#[derive(askama::Template)]
#[template(path = "skills/contests.html")]
pub struct Index {
    pub shell: Shell,
    pub now: i64,
    pub page: ContestPage,
}

impl Index {
    fn outcome(&self, row: &ContestRow) -> &'static str {
        match row.contest.outcome {
            Some(ContestOutcome::Struck) => "Struck out",
            Some(ContestOutcome::Kept) => "Kept",
            None => "Waiting",
        }
    }
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Index>, Problem> {
    let page = web.desk.read(actor, |tx| {
        Ok::<_, Problem>(Index { page: views::contests(tx)?, now: tx.now(), shell: Shell::load(tx)? })
    });
    Ok(Html(page.await?))
}

/// Objects to a piece of evidence about oneself.
pub async fn create(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(evidence): Path<EvidenceId>,
    form: Fields,
) -> Result<Response, Problem> {
    let words = form.owned("words");
    web.desk
        .write(actor, move |tx| {
            skills::contest_evidence(tx, &ContestEvidence { evidence, words: words.clone() })
        })
        .await?;
    Ok(Said::new("Noted. A lead decides, and says why; you see both here.").then(super::back(&form)))
}

pub async fn decide(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Path(contest): Path<ContestId>,
    form: Fields,
) -> Result<Response, Problem> {
    let outcome = ContestOutcome::parse(form.text("outcome"))
        .ok_or_else(|| Problem::invalid("Choose whether it stays or goes."))?;
    let reason = form.owned("reason");
    web.desk
        .write(actor, move |tx| {
            skills::decide_contest(tx, &DecideContest { contest, outcome, reason: reason.clone() })
        })
        .await?;
    let words = match outcome {
        ContestOutcome::Kept => "Kept. The reason stands beside the evidence.",
        ContestOutcome::Struck => "Struck out. The levels stand as if it had never been.",
    };
    Ok(Said::new(words).then("/skills/contests"))
}

#[cfg(test)]
mod tests {
    use super::super::cell::samples::{contest, row};
    use super::*;
    use crate::samples::{renders, shell, summary};
    use desk::skills::Observed;
    use desk::skills::views::EvidenceRow;

    fn page(may_decide: bool, outcome: Option<ContestOutcome>, words: &str) -> String {
        let mut it = contest(outcome);
        it.words = words.into();
        let evidence = row(1, Observed::Outcome { for_good: false });
        let row = ContestRow { contest: it, name: "Leila".into(), evidence, may_decide };
        let (open, decided) = if outcome.is_none() { (vec![row], vec![]) } else { (vec![], vec![row]) };
        renders(&Index { shell: shell(), now: 1_767_700_800_000, page: ContestPage { open, decided } })
    }

    #[test]
    fn nothing_waiting_teaches_how_to_object() {
        let empty = ContestPage { open: vec![], decided: vec![] };
        assert!(renders(&Index { shell: shell(), now: 0, page: empty }).contains("Nothing waits"));
    }

    #[test]
    fn whoever_may_decide_gets_the_form_and_the_persons_words() {
        let html = page(true, None, "<that> was another order");
        assert!(html.contains("/contests/4/decision") && html.contains("&#60;that&#62; was another order"));
        assert!(!page(false, None, "x").contains("/contests/4/decision"));
    }

    #[test]
    fn whoever_decides_reads_which_skill_it_is_about_also_where_its_level_is_not_shown() {
        let evidence = EvidenceRow {
            moves: vec![],
            unseen: vec![summary(2, "German")],
            ..row(1, Observed::LeadRating { level: 4.0 })
        };
        let row = ContestRow { contest: contest(None), name: "Leila".into(), evidence, may_decide: true };
        let page = ContestPage { open: vec![row], decided: vec![] };
        let html = renders(&Index { shell: shell(), now: 1_767_700_800_000, page });
        assert!(html.contains("German</a> <span class=\"muted\">not shown to you</span>"), "{html}");
    }

    #[test]
    fn a_decision_stands_with_its_reason_and_its_name() {
        let html = page(false, Some(ContestOutcome::Kept), &"كلمات طويلة جدا ".repeat(40));
        for words in ["Kept", "Rosa", "it was yours that day"] {
            assert!(html.contains(words), "{words}");
        }
    }
}
