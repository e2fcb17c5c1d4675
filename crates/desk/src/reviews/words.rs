//! Scorecards in the reader's language, as skills are ([`crate::skills::words`]): what has no words is read in the
//! original, and commands see the original alone. Words are of one version; the next one takes them over.

use super::scorecards::only_leads;
use super::{Category, NAME_CHARS_MAX, ReviewError, Scorecard, TEXT_CHARS_MAX, store};
use crate::events::{self, Event};
use crate::{Language, ScorecardId, Tx};
use serde::{Deserialize, Serialize};

/// Languages of one scorecard.
pub const LANGUAGES_PER_SCORECARD_MAX: usize = 40;

/// A version in one language; what is empty is read in the original.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScorecardWords {
    pub language: Language,
    pub name: String,
    pub about: String,
    /// In the order of the version.
    pub categories: Vec<CategoryWords>,
    /// Since when the original says something else.
    pub behind_at: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CategoryWords {
    pub name: String,
    pub question: String,
    /// What each point looks like, from the least; or none.
    pub anchors: Vec<String>,
}

/// Of the newest version, by language; for staff.
pub fn words_of(tx: &mut Tx, id: ScorecardId) -> Result<Vec<ScorecardWords>, ReviewError> {
    if !tx.actor().is_staff() {
        return Err(ReviewError::NotAReviewer);
    }
    let newest = store::find_scorecard(tx, id)?.ok_or(ReviewError::NoSuchScorecard)?;
    Ok(store::list_words_of(tx, newest.version_id)?)
}

/// Of the version of this number, which must be the newest. All empty: none in this language. Saying again what is there
/// changes nothing, unless the original has changed: then it says that the words still hold. `true`: something is
/// different now.
pub fn set_words(
    tx: &mut Tx,
    id: ScorecardId,
    version: i64,
    words: &ScorecardWords,
) -> Result<bool, ReviewError> {
    only_leads(tx)?;
    let card = store::find_scorecard(tx, id)?.ok_or(ReviewError::NoSuchScorecard)?;
    if card.version != version {
        return Err(ReviewError::ChangedMeanwhile);
    }
    let wanted = words.checked(&card.categories)?;
    let present = store::list_words_of(tx, card.version_id)?;
    let is = present.iter().find(|it| it.language == wanted.language);
    if is == Some(&wanted) || (is.is_none() && wanted.is_empty()) {
        return Ok(false);
    }
    if wanted.is_empty() {
        store::delete_words(tx, card.version_id, wanted.language)?;
    } else if is.is_none() && present.len() >= LANGUAGES_PER_SCORECARD_MAX {
        return Err(ReviewError::TooManyLanguages);
    } else {
        store::save_words(tx, card.version_id, &wanted)?;
    }
    events::record(tx, &Event::ScorecardChanged { scorecard: id })?;
    Ok(true)
}

/// Scorecards in their newest versions, as their reader reads them.
pub(super) fn newest_in_readers_words(
    tx: &mut Tx,
    mut all: Vec<Scorecard>,
) -> Result<Vec<Scorecard>, db::Error> {
    let Some(language) = tx.actor().language() else { return Ok(all) };
    for card in &mut all {
        if let Some(words) = store::find_words(tx, card.version_id, language)? {
            words.put_on(card);
        }
    }
    Ok(all)
}

/// Any version as its reader reads it. The scorecard is called what it is called now, and what an old version has no words
/// for has those of the newest one, where that still says the same.
pub(super) fn in_readers_words(tx: &mut Tx, mut card: Scorecard) -> Result<Scorecard, db::Error> {
    let Some(language) = tx.actor().language() else { return Ok(card) };
    let Some(newest) = store::find_scorecard(tx, card.id)? else { return Ok(card) };
    let now = store::find_words(tx, newest.version_id, language)?;
    let then = match newest.version_id == card.version_id {
        true => None,
        false => store::find_words(tx, card.version_id, language)?,
    };
    if let Some(now) = now {
        now.meant_by(&newest.categories, &card.categories).put_on(&mut card);
    }
    if let Some(then) = then {
        let then = ScorecardWords { name: String::new(), about: String::new(), ..then };
        then.put_on(&mut card);
    }
    Ok(card)
}

/// A new version takes over the words of the former one; they are behind if it says something else.
pub(super) fn carry_over(
    tx: &mut Tx,
    former: &Scorecard,
    version_id: i64,
    categories: &[Category],
) -> Result<(), db::Error> {
    let now = tx.now();
    let places: Vec<Option<usize>> =
        (0..categories.len()).map(|place| former_place(&former.categories, categories, place)).collect();
    let same = |(it, place): (&Category, &Option<usize>)| {
        place.is_some_and(|place| says_the_same(&former.categories[place], it))
    };
    let hold = categories.iter().zip(&places).all(same);
    for words in store::list_words_of(tx, former.version_id)? {
        let of = |(it, place): (&Category, &Option<usize>)| {
            let found = place.and_then(|place| words.categories.get(place)).cloned().unwrap_or_default();
            let fit = found.anchors.len() == it.anchors.len();
            if fit { found } else { CategoryWords { anchors: Vec::new(), ..found } }
        };
        let carried = ScorecardWords {
            categories: categories.iter().zip(&places).map(of).collect(),
            behind_at: words.behind_at.or((!hold).then_some(now)),
            ..words.clone()
        };
        store::save_words(tx, version_id, &carried)?;
    }
    Ok(())
}

/// Where a category stood before: by its name, or by its place if it is called something else and asks the same.
fn former_place(former: &[Category], now: &[Category], place: usize) -> Option<usize> {
    let it = &now[place];
    let named = |old: &Category| old.name == it.name;
    if former.get(place).is_some_and(named) {
        return Some(place);
    }
    former.iter().position(named).or_else(|| {
        let old = former.get(place)?;
        let left = !now.iter().any(|it| it.name == old.name);
        let asks_the_same = !it.question.is_empty() && it.question == old.question;
        let looks_the_same = !it.anchors.is_empty() && it.anchors == old.anchors;
        (left && (asks_the_same || looks_the_same)).then_some(place)
    })
}

fn says_the_same(one: &Category, other: &Category) -> bool {
    (&one.name, &one.question, &one.anchors) == (&other.name, &other.question, &other.anchors)
}

fn put(words: String, on: &mut String) {
    if !words.is_empty() {
        *on = words;
    }
}

impl ScorecardWords {
    fn put_on(self, card: &mut Scorecard) {
        put(self.name, &mut card.name);
        put(self.about, &mut card.about);
        self.categories.into_iter().zip(&mut card.categories).for_each(|(words, it)| words.put_on(it));
    }

    /// Words of `mine` for those of `others` that say the same.
    fn meant_by(&self, mine: &[Category], others: &[Category]) -> ScorecardWords {
        let of = |other: &Category| {
            let place = mine.iter().position(|it| says_the_same(it, other));
            place.and_then(|place| self.categories.get(place)).cloned().unwrap_or_default()
        };
        ScorecardWords { categories: others.iter().map(of).collect(), ..self.clone() }
    }

    fn is_empty(&self) -> bool {
        self.name.is_empty()
            && self.about.is_empty()
            && self.categories.iter().all(|it| *it == CategoryWords::default())
    }

    fn checked(&self, categories: &[Category]) -> Result<ScorecardWords, ReviewError> {
        let mut checked = Vec::with_capacity(categories.len());
        for (place, of) in categories.iter().enumerate() {
            let words = self.categories.get(place).cloned().unwrap_or_default();
            checked.push(words.checked(of)?);
        }
        Ok(ScorecardWords {
            language: self.language,
            name: name_of(&self.name)?,
            about: text_of(&self.about)?,
            categories: checked,
            behind_at: None,
        })
    }
}

impl CategoryWords {
    fn put_on(self, it: &mut Category) {
        put(self.name, &mut it.name);
        put(self.question, &mut it.question);
        if self.anchors.len() == it.anchors.len() {
            self.anchors.into_iter().zip(&mut it.anchors).for_each(|(words, on)| put(words, on));
        }
    }

    fn checked(&self, of: &Category) -> Result<CategoryWords, ReviewError> {
        let anchors = self.anchors.iter().map(|it| text_of(it)).collect::<Result<Vec<_>, _>>()?;
        if !anchors.is_empty() && anchors.len() != of.anchors.len() {
            return Err(ReviewError::PointsAreUnequal(of.name.clone()));
        }
        Ok(CategoryWords { name: name_of(&self.name)?, question: text_of(&self.question)?, anchors })
    }
}

fn name_of(words: &str) -> Result<String, ReviewError> {
    let name = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = name.chars().count() <= NAME_CHARS_MAX;
    fits.then_some(name).ok_or(ReviewError::NameIsTooLong)
}

fn text_of(words: &str) -> Result<String, ReviewError> {
    let words = words.trim();
    let fits = words.chars().count() <= TEXT_CHARS_MAX;
    fits.then(|| words.to_owned()).ok_or(ReviewError::TextIsTooLong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reviews::Section;

    fn category(name: &str, question: &str) -> Category {
        Category {
            name: name.into(),
            question: question.into(),
            section: Section::Standard,
            weight: 1.0,
            points: 2,
            anchors: vec![],
            skills: vec![],
            competency: None,
        }
    }

    #[test]
    fn a_category_is_known_again_by_its_name_and_a_renamed_one_by_what_it_asks() {
        let former = [category("Tone", "Was it kind?"), category("Facts", "Was it right?")];
        let place = |now: &[Category], place| former_place(&former, now, place);
        let moved = [category("Facts", "Is it right?"), category("Tone", "Was it kind?")];
        assert_eq!((place(&moved, 0), place(&moved, 1)), (Some(1), Some(0)));
        let renamed = [category("Kindness", "Was it kind?"), category("Speed", "Was it fast?")];
        assert_eq!((place(&renamed, 0), place(&renamed, 1)), (Some(0), None), "another one has no words yet");
        assert_eq!(place(&[category("Tone", ""), category("Tone", ""), category("New", "")], 2), None);
    }
}
