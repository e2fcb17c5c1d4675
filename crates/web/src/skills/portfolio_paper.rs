//! A portfolio on paper: what the page says, laid out for a PDF file.

use super::portfolio::{shown, story};
use crate::paper::{Cell, Faces, Head, Paper, Scale, Style, WIDTH};
use desk::skills::portfolio::{Portfolio, PortfolioArticle, PortfolioLevel};

// Where the columns of skills begin, and how wide they are, in points.
const NAME: (f32, f32) = (0.0, 146.0);
const RULER: (f32, f32) = (158.0, 106.0);
const LEVEL: (f32, f32) = (278.0, 46.0);
const INTERVAL: (f32, f32) = (328.0, 66.0);
const RESTS_ON: (f32, f32) = (400.0, WIDTH - 400.0);
const WHOLE: (f32, f32) = (0.0, WIDTH);

pub(super) fn file(it: &Portfolio, faces: Faces) -> Vec<u8> {
    let about = format!("{} · {} · {}", it.name, it.company, crate::say::day(it.as_of));
    drawn(it, faces).finish(&about)
}

fn drawn(it: &Portfolio, faces: Faces) -> Paper {
    let mut paper = Paper::new(faces, &format!("Portfolio of {}", it.name), &it.name);
    paper.title(&it.name);
    let (company, day) = (&it.company, crate::say::day(it.as_of));
    paper.text(&format!("Customer support at {company} · as of {day}"), Style::SMALL);
    paper.space(6.0);
    paper.text(&it.introduction, Style::BODY);
    paper.section("Skills, by the work itself");
    if shown(it).next().is_none() {
        paper.text("Nothing is surely known yet.", Style::SMALL);
    } else {
        let heads = [("Skill", NAME), ("Level", LEVEL), ("80 % interval", INTERVAL), ("Rests on", RESTS_ON)];
        let heads = heads.map(|(words, at)| cell(words, at, Style::SMALL, Some(Head::Column)));
        paper.row(&heads, None);
        paper.space(3.0);
        for level in shown(it) {
            draw_level(&mut paper, level);
        }
    }
    if let Some(ratings) = &it.ratings {
        let share =
            ratings.good_share().map(|share| format!(", {} % good or great", crate::say::percent(share)));
        let words = format!("{} answers{}.", ratings.count(), share.unwrap_or_default());
        list(&mut paper, "Customers' ratings, 12 months", [words]);
    }
    list(&mut paper, "Cases", it.cases.iter().map(|case| format!("{} {}", story(case), case.words)));
    let written =
        |article: &PortfolioArticle| format!("{}, {}", article.title, crate::say::day(article.written_at));
    list(&mut paper, "Articles written", it.articles.iter().map(written));
    paper.space(12.0);
    paper.text(
        "Levels 0 to 5 with 80 % intervals, estimated from solved tickets, ratings and reviews. 3: does such work alone; 5: expert.",
        Style::SMALL,
    );
    if paper.lacks_letters() {
        paper.text("¤ stands for letters of a script that this file has none for.", Style::SMALL);
    }
    paper
}

fn draw_level(paper: &mut Paper, it: &PortfolioLevel) {
    let (low, high) = it.interval;
    let level = format!("{} of 5", crate::say::level(it.level));
    let interval = format!("{} to {}", crate::say::level(low), crate::say::level(high));
    let rests_on = crate::say::counted(it.evidence_count, "observation", "observations");
    let cells = [
        cell(&it.name, NAME, Style::STRONG, Some(Head::Row)),
        cell(&level, LEVEL, Style::BODY, None),
        cell(&interval, INTERVAL, Style::SMALL, None),
        cell(&rests_on, RESTS_ON, Style::SMALL, None),
        Cell { is_under: true, ..cell(&it.anchor, WHOLE, Style::SMALL, None) },
    ];
    let ruler = Scale { at: RULER.0, width: RULER.1, level: it.level, interval: it.interval };
    paper.row(&cells, Some(ruler));
    paper.space(5.0);
}

/// A section of paragraphs; none without any.
fn list(paper: &mut Paper, heading: &str, lines: impl IntoIterator<Item = String>) {
    let mut lines = lines.into_iter().peekable();
    if lines.peek().is_some() {
        paper.section(heading);
    }
    for line in lines {
        paper.text(&line, Style::BODY);
    }
}

fn cell<'a>(words: &'a str, (at, width): (f32, f32), style: Style, head: Option<Head>) -> Cell<'a> {
    Cell { words, at, width, style, head, is_under: false }
}

#[cfg(test)]
mod tests {
    use super::super::portfolio::samples::{case, portfolio};
    use super::*;
    use desk::skills::portfolio::Case;

    /// Built without Node there are no faces to draw with.
    fn said(it: &Portfolio) -> Option<String> {
        let words = drawn(it, Faces::load()?).said;
        Some(words.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_paper_says_what_the_page_says_and_nothing_of_customers() {
        let it = Portfolio { introduction: "I like hard cases.".into(), ..portfolio(false) };
        let Some(said) = said(&it) else { return };
        for words in [
            "Leila",
            "Customer support at Tillers & Sons",
            "I like hard cases.",
            "Refunds <x> 4.2 of 5 3.9 to 4.5",
            "31 observations",
            "Decides alone.",
            "8 answers, 88 % good or great.",
            "A hard case by e-mail, urgent",
            "[customer] was calm again.",
            "Articles written When to <refund>,",
        ] {
            assert!(said.contains(words), "{words} in {said}");
        }
        assert!(!said.contains("Marta") && !said.contains("stands for letters"), "{said}");
    }

    #[test]
    fn names_are_written_in_latin_greek_and_cyrillic_letters() {
        for name in ["Łukasz Żółć Ößő Đặng", "Γιώργος Παπαδόπουλος", "Юлія Ґалаґан Ћирић", "Zoe\u{308}"]
        {
            let Some(said) = said(&Portfolio { name: name.into(), ..portfolio(true) }) else { return };
            let name = name.replace("e\u{308}", "ë");
            assert!(said.contains(&name) && !said.contains('¤'), "{name} in {said}");
        }
        let arabic = portfolio(false);
        assert!(
            said(&arabic).is_some_and(|it| it.contains("¤ stands for letters")),
            "what is lacking is said"
        );
    }

    #[test]
    fn whoever_has_nothing_to_show_yet_has_a_paper_all_the_same() {
        let Some(faces) = Faces::load() else { return };
        assert!(file(&portfolio(true), faces).starts_with(b"%PDF-1.7"));
        assert!(
            said(&portfolio(true))
                .is_some_and(|it| it.contains("Nothing is surely known yet.") && !it.contains("Cases"))
        );
    }

    #[test]
    fn a_long_portfolio_goes_on_on_further_pages() {
        let Some(faces) = Faces::load() else { return };
        let told = |id| Case { words: "x".repeat(900), ..case(id) };
        let it = Portfolio { cases: (0..12).map(told).collect(), ..portfolio(false) };
        let file = String::from_utf8_lossy(&file(&it, faces)).into_owned();
        let pages = file.matches("/Type/Page/").count();
        assert!((2..=12).contains(&pages), "{pages} pages");
    }
}
