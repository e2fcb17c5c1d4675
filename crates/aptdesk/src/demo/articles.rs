//! What the demo's agents have written down: for customers at the help centre, for each other, and one draft.

use super::Result;
use super::history::History;
use desk::Tx;
use desk::articles::views::{self, ArticleFilter};
use desk::articles::{self, WriteArticle};

impl History {
    /// By its author, and shared at once.
    pub(super) fn write_article(&mut self, n: usize) -> Result<()> {
        let it = &self.content.articles[n];
        let author = self.content.agents.iter().position(|agent| agent.email == it.author);
        let by = self.staff.members[author.ok_or("nobody has this address")?].actor();
        let command = WriteArticle {
            title: it.title.clone(),
            body: it.body.clone(),
            language: it.language.clone(),
            skills: it.skills.iter().filter_map(|key| self.staff.skills.get(key)).copied().collect(),
        };
        let state = it.state;
        self.write(by, move |tx| {
            let id = articles::create(tx, &command)?;
            articles::move_to(tx, id, state)?;
            Ok(())
        })
    }
}

/// The address of the article with this title, if it has been written.
pub(super) fn address_of(tx: &mut Tx, title: &str) -> Result<String> {
    let filter = ArticleFilter { words: title.to_owned(), ..ArticleFilter::default() };
    let found = views::list(tx, &filter, 1)?;
    Ok(found.first().map(|it| format!("/articles/{}", it.id)).unwrap_or_default())
}
