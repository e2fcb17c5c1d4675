//! `/reviews/raters`: how severe each reviewer is, and how that is known.

use crate::{Html, Problem, Shell, SignedIn, Web};
use axum::extract::State;
use desk::reviews::views::{self, RaterRow};

#[derive(askama::Template)]
#[template(path = "reviews/raters.html")]
pub struct Raters {
    pub shell: Shell,
    pub rows: Vec<RaterRow>,
}

pub async fn index(State(web): State<Web>, SignedIn(actor): SignedIn) -> Result<Html<Raters>, Problem> {
    let page = web
        .desk
        .read(actor, |tx| Ok::<_, Problem>(Raters { rows: views::raters(tx)?, shell: Shell::load(tx)? }));
    Ok(Html(page.await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{renders, shell};
    use desk::UserId;
    use desk::reviews::Severity;

    #[test]
    fn the_report_says_who_gives_too_little_and_how_sure_that_is() {
        let row = RaterRow {
            user: UserId(1),
            name: "Rosa".into(),
            severity: Severity { mean: 0.32, sd: 0.12, scores: 40 },
            reviews: 7,
            mean_percent: Some(62.0),
            contested: 2,
            struck: 1,
        };
        let html = renders(&Raters { shell: shell(), rows: vec![row] });
        assert!(html.contains("0.4 levels severe") && html.contains("62 %"));
        assert!(renders(&Raters { shell: shell(), rows: vec![] }).contains("No reviews yet"));
    }
}
