//! What the composer sends: a letter or a note, its files, and what its author had seen.

use desk::CommentId;
use desk::tickets::{Draft, DraftFile, NewComment, Status};

/// Files that one letter may carry.
const FILES_PER_COMMENT_MAX: usize = desk::tickets::FILES_PER_DRAFT_MAX;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    pub text: String,
    pub html: Option<String>,
    pub public: bool,
    pub status: Option<Status>,
    pub upload_tokens: Vec<String>,
    pub seen: Option<CommentId>,
}

impl Said {
    /// Fields may come several times: each file has its token, and the last thing seen counts.
    pub fn of(fields: Vec<(String, String)>) -> Said {
        let mut said = Said { public: true, ..Said::default() };
        for (name, value) in fields {
            match name.as_str() {
                "body_text" => said.text = value,
                "body_html" if !value.trim().is_empty() => said.html = Some(value),
                "public" => said.public = value != "false",
                "status" => said.status = Status::parse(&value),
                "upload_token" if said.upload_tokens.len() < FILES_PER_COMMENT_MAX => {
                    said.upload_tokens.push(value)
                }
                "seen" => said.seen = said.seen.max(value.parse().ok().map(CommentId)),
                _ => {}
            }
        }
        said
    }

    pub fn comment(&self) -> NewComment {
        NewComment {
            public: self.public,
            body: self.text.clone(),
            html: self.html.clone(),
            upload_tokens: self.upload_tokens.clone(),
            ..NewComment::default()
        }
    }

    pub fn draft(&self, seen: Option<CommentId>) -> Draft {
        let file = |token: &String| DraftFile { token: token.clone(), ..DraftFile::default() };
        Draft {
            public: self.public,
            body: self.text.clone(),
            html: self.html.clone(),
            seen,
            files: self.upload_tokens.iter().map(file).collect(),
            updated_at: 0,
        }
    }

    /// A note changes nothing for the customer, whatever the button under it says.
    pub fn status(&self) -> Option<Status> {
        self.status.filter(|_| self.public)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_note_leaves_the_status_alone() {
        let note = Said::of(fields(&[("body_text", "look"), ("public", "false"), ("status", "pending")]));
        assert_eq!((note.public, note.status()), (false, None));
    }

    #[test]
    fn the_newest_thing_seen_counts() {
        let said = Said::of(fields(&[
            ("seen", "7"),
            ("seen", "9"),
            ("seen", ""),
            ("upload_token", "a"),
            ("upload_token", "b"),
        ]));
        assert_eq!(said.seen, Some(CommentId(9)));
        assert_eq!(said.upload_tokens, ["a", "b"]);
    }
}
