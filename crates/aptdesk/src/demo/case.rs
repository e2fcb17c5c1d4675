//! One customer with one situation: who, when, and the facts that letters and answers share. A case is known again by
//! its Message-IDs, so that whoever receives a mail of it needs to remember nothing.

use super::content::{Agent, Content, Customer, Situation};
use mail::parse::Mailbox;
use mail::send::OutgoingMail;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub const DAY_MS: i64 = 24 * 3_600_000;
/// Lines of an answer that a customer's reply quotes.
const QUOTED_LINES_MAX: usize = 30;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Case {
    pub situation: usize,
    /// Decides the customer and the facts.
    pub seed: u32,
    /// Days since 1970 on which it began.
    pub day: i64,
}

/// What a customer answers to.
#[derive(Clone, Debug, Default)]
pub struct Received {
    pub message_id: String,
    pub references: Vec<String>,
    pub reply_to: String,
    pub subject: String,
    pub from_name: String,
    pub text: String,
}

impl Case {
    pub fn new(situation: usize, seed: u32, now_ms: i64) -> Case {
        Case { situation, seed, day: now_ms.div_euclid(DAY_MS) }
    }

    /// As it stands in Message-IDs, before the number of the letter.
    pub fn name(&self, content: &Content) -> String {
        format!("{}.{:08x}.{}", content.situations[self.situation].key, self.seed, self.day)
    }

    pub fn message_id(&self, content: &Content, letter: u32) -> String {
        let domain = self.customer(content).email.rsplit('@').next().unwrap_or("customer.example");
        format!("{}.{letter}@{domain}", self.name(content))
    }

    pub fn from_message_id(content: &Content, id: &str) -> Option<Case> {
        let mut parts = id.split('@').next()?.split('.');
        let key = parts.next()?;
        let situation = content.situations.iter().position(|it| it.key == key)?;
        let seed = u32::from_str_radix(parts.next()?, 16).ok()?;
        let day = parts.next()?.parse().ok()?;
        Some(Case { situation, seed, day })
    }

    pub fn situation<'a>(&self, content: &'a Content) -> &'a Situation {
        &content.situations[self.situation]
    }

    /// The one who fits, or one who speaks the language.
    pub fn customer<'a>(&self, content: &'a Content) -> &'a Customer {
        let situation = self.situation(content);
        let fits = |it: &&Customer| match &situation.customer {
            Some(email) => it.email == *email,
            None => it.locale.starts_with(&situation.language),
        };
        let able: Vec<&Customer> = content.customers.iter().filter(fits).collect();
        match able.len() {
            0 => &content.customers[self.seed as usize % content.customers.len()],
            count => able[self.seed as usize % count],
        }
    }

    /// Fills the placeholders of a text.
    pub fn fill(&self, content: &Content, text: &str, agent: Option<&Agent>) -> String {
        let situation = self.situation(content);
        let mut dice = ChaCha8Rng::seed_from_u64(u64::from(self.seed));
        let order = format!("LL-{}", dice.random_range(20_000..99_999));
        let euros = [39, 59, 79, 119, 129, 149, 189, 249, 318][dice.random_range(0..9_usize)];
        let amount = match situation.language.as_str() {
            "en" => format!("€{euros}.00"),
            _ => format!("{euros},00 €"),
        };
        let first = |name: &str| name.split_whitespace().next().unwrap_or(name).to_owned();
        text.trim()
            .replace("{first_name}", &first(&self.customer(content).name))
            .replace("{agent_first_name}", &agent.map(|agent| first(&agent.name)).unwrap_or_default())
            .replace("{order_no}", &order)
            .replace("{amount}", &amount)
            .replace("{date}", &day_and_month(self.day + situation.date_days, &situation.language))
    }

    pub fn opening(&self, content: &Content, now_ms: i64) -> OutgoingMail {
        let situation = self.situation(content);
        OutgoingMail {
            from: mailbox(self.customer(content)),
            to: vec![Mailbox {
                name: content.company.name.clone(),
                address: content.company.address.clone(),
            }],
            subject: self.fill(content, &situation.subject, None),
            date_ms: now_ms,
            message_id: self.message_id(content, 0),
            text: self.fill(content, &situation.opening, None),
            ..OutgoingMail::default()
        }
    }

    /// Answers an answer, as mail programs do: above what it quotes.
    pub fn reply(
        &self,
        content: &Content,
        to: &Received,
        words: &str,
        letter: u32,
        now_ms: i64,
    ) -> OutgoingMail {
        let situation = self.situation(content);
        let mut text = self.fill(content, words, None);
        if let Some(phrases) = content.phrases_in(&situation.language) {
            let date = day_and_month(now_ms.div_euclid(DAY_MS), &situation.language);
            let introduction = phrases.quote.replace("{date}", &date).replace("{who}", &to.from_name);
            text += &format!("\n\n{introduction}\n");
            for line in to.text.lines().take(QUOTED_LINES_MAX) {
                text += &format!("> {line}\n");
            }
        }
        let mut references = to.references.clone();
        references.push(to.message_id.clone());
        let subject = to.subject.trim_start_matches("Re: ");
        OutgoingMail {
            from: mailbox(self.customer(content)),
            to: vec![Mailbox { name: content.company.name.clone(), address: to.reply_to.clone() }],
            subject: format!("Re: {subject}"),
            date_ms: now_ms,
            message_id: self.message_id(content, letter),
            in_reply_to: Some(to.message_id.clone()),
            references,
            text,
            ..OutgoingMail::default()
        }
    }
}

fn mailbox(customer: &Customer) -> Mailbox {
    Mailbox { name: customer.name.clone(), address: customer.email.clone() }
}

fn day_and_month(day: i64, language: &str) -> String {
    const MONTHS: [(&str, [&str; 12]); 4] = [
        (
            "en",
            [
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
        ),
        (
            "es",
            [
                "enero",
                "febrero",
                "marzo",
                "abril",
                "mayo",
                "junio",
                "julio",
                "agosto",
                "septiembre",
                "octubre",
                "noviembre",
                "diciembre",
            ],
        ),
        (
            "de",
            [
                "Januar",
                "Februar",
                "März",
                "April",
                "Mai",
                "Juni",
                "Juli",
                "August",
                "September",
                "Oktober",
                "November",
                "Dezember",
            ],
        ),
        (
            "fr",
            [
                "janvier",
                "février",
                "mars",
                "avril",
                "mai",
                "juin",
                "juillet",
                "août",
                "septembre",
                "octobre",
                "novembre",
                "décembre",
            ],
        ),
    ];
    let date =
        jiff::Timestamp::from_millisecond(day * DAY_MS).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
    let months = MONTHS.iter().find(|(code, _)| *code == language).map_or(&MONTHS[0].1, |(_, months)| months);
    let month = months[date.month() as usize - 1];
    match language {
        "es" => format!("{} de {month}", date.day()),
        "de" => format!("{}. {month}", date.day()),
        "fr" if date.day() == 1 => format!("1er {month}"),
        _ => format!("{} {month}", date.day()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_known_again_by_its_message_ids() {
        let content = Content::load().expect("the content is read");
        for situation in 0..content.situations.len() {
            let case = Case { situation, seed: 77, day: 20_000 };
            assert_eq!(Case::from_message_id(&content, &case.message_id(&content, 3)), Some(case));
        }
        assert_eq!(Case::from_message_id(&content, "somebody@else.example"), None);
    }

    #[test]
    fn no_placeholder_is_left_in_what_is_said() {
        let content = Content::load().expect("the content is read");
        for (situation, it) in content.situations.iter().enumerate() {
            let case = Case { situation, seed: 5, day: 20_400 };
            for text in [&it.subject, &it.opening, &it.answer, &it.follow_up_happy, &it.follow_up_unhappy] {
                let filled = case.fill(&content, text, content.agents.first());
                let left =
                    ["name}", "{order_no}", "{amount}", "{date}"].iter().find(|mark| filled.contains(**mark));
                assert_eq!(left, None, "{}: {filled}", it.key);
            }
        }
    }
}
