//! Pointing at sentences of the conversation: these show it.

use super::begin::open_of_actor;
use super::places::{Span, words_at};
use super::{HIGHLIGHTS_PER_REVIEW_MAX, Highlight, ReviewError, store};
use crate::tickets;
use crate::{CommentId, ReviewId, Tx};
use std::collections::HashMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub comment: CommentId,
    pub span: Span,
}

/// All sentences that are marked now. What was marked before keeps what it was marked as; what is new is marked as
/// `category` and `good` say; what is missing is marked no more.
#[derive(Clone, Debug)]
pub struct MarkSentences {
    pub review: ReviewId,
    pub marks: Vec<Mark>,
    pub category: Option<usize>,
    pub good: bool,
}

pub fn mark_sentences(tx: &mut Tx, command: &MarkSentences) -> Result<(), ReviewError> {
    let review = open_of_actor(tx, command.review)?;
    if command.marks.len() > HIGHLIGHTS_PER_REVIEW_MAX {
        return Err(ReviewError::TooManyHighlights);
    }
    let scorecard = store::find_version(tx, review.version_id)?.ok_or(ReviewError::NoSuchScorecard)?;
    if command.category.is_some_and(|place| place >= scorecard.categories.len()) {
        return Err(ReviewError::NoSuchCategory);
    }
    let had = store::list_highlights(tx, review.id)?;
    let is_marked =
        |it: &Highlight| command.marks.iter().any(|mark| mark.comment == it.comment && mark.span == it.span);
    for gone in had.iter().filter(|it| !is_marked(it)) {
        store::delete_highlight(tx, review.id, gone)?;
    }
    let texts: HashMap<CommentId, String> =
        tickets::comments_of(tx, review.ticket)?.into_iter().map(|it| (it.id, it.body)).collect();
    for mark in &command.marks {
        if had.iter().any(|it| it.comment == mark.comment && it.span == mark.span) {
            continue;
        }
        let text = texts.get(&mark.comment).ok_or(ReviewError::NoSuchComment)?;
        let quote = words_at(text, mark.span).ok_or(ReviewError::SpanIsWrong)?;
        let highlight = Highlight {
            comment: mark.comment,
            span: mark.span,
            quote,
            category: command.category,
            good: command.good,
        };
        store::insert_highlight(tx, review.id, &highlight)?;
    }
    Ok(())
}
