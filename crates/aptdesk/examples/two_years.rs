//! Makes up two years of another desk, to try `skills import-outcomes` on: `cargo run -p aptdesk --example two_years --
//! FOLDER [ROWS] [SEED]` writes export.csv, people.csv, shifts.csv and truth.csv. Everybody and everything in it is invented.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

const DAY_S: i64 = 86_400;
/// Reopened or not is decided by σ(ability − difficulty + this).
const SOLVED_OFFSET: f64 = 1.0;
const RATED_SHARE: f64 = 0.3;
/// A rare topic goes to the one who knows it, so often.
const TO_THE_ABLE_SHARE: f64 = 0.7;

/// Topic, skill behind it, difficulty in logits, share of the work, how many people are good at it, usual minutes.
const TOPICS: [(&str, &str, f64, f64, usize, f64); 14] = [
    ("refund_request", "billing-and-refunds", -0.3, 16.0, 9, 9.0),
    ("invoice_question", "billing-and-refunds", 0.0, 10.0, 9, 8.0),
    ("password_reset", "account-and-sign-in", -0.8, 14.0, 14, 5.0),
    ("locked_account", "account-and-sign-in", -0.2, 8.0, 14, 7.0),
    ("sso_setup", "saml-and-sso", 0.9, 3.0, 1, 35.0),
    ("shipping_delay", "shipping-and-delivery", 0.1, 12.0, 10, 8.0),
    ("lost_parcel", "shipping-and-delivery", 0.6, 4.0, 6, 16.0),
    ("api_error", "api-and-integrations", 0.8, 5.0, 2, 40.0),
    ("data_export", "data-export-and-import", 0.3, 4.0, 4, 18.0),
    ("mobile_app_crash", "mobile-app", 0.5, 6.0, 5, 20.0),
    ("change_of_plan", "subscriptions-and-plans", -0.1, 9.0, 8, 7.0),
    ("privacy_request", "privacy-requests", 0.4, 2.0, 2, 25.0),
    ("angry_complaint", "de-escalation", 0.7, 5.0, 5, 22.0),
    ("vpn_connection", "network-connectivity", 0.4, 2.0, 3, 24.0),
];
const NAMES: [&str; 24] = [
    "Ana Novak",
    "Kofi Mensah",
    "Mei Tanaka",
    "Lea Brandt",
    "Noor Haddad",
    "Ivo Petrov",
    "Sara Lind",
    "Tomas Vega",
    "Aiko Mori",
    "Jonas Weber",
    "Priya Nair",
    "Luca Conti",
    "Emma Walsh",
    "Omar Aziz",
    "Freya Dahl",
    "Hugo Blanc",
    "Zola Dube",
    "Nina Kraus",
    "Ravi Menon",
    "Ines Prado",
    "Otto Falk",
    "Yara Costa",
    "Felix Roth",
    "Maya Singh",
];
const PRIORITIES: [(&str, f64); 4] = [("low", -0.2), ("normal", 0.0), ("high", 0.2), ("urgent", 0.4)];

struct Person {
    name: &'static str,
    email: String,
    /// Logits, by topic's skill.
    ability: Vec<(&'static str, f64)>,
    group: &'static str,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("say a folder")?;
    let rows: u64 = arguments.next().map_or(Ok(60_000), |it| it.parse())?;
    let seed: u64 = arguments.next().map_or(Ok(1), |it| it.parse())?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let people = people(&mut dice);
    let mut out = BufWriter::new(File::create(folder.join("people.csv"))?);
    writeln!(out, "name,email,groups,role")?;
    for (n, it) in people.iter().enumerate() {
        writeln!(out, "{},{},{},{}", it.name, it.email, it.group, if n == 3 { "lead" } else { "agent" })?;
    }
    let mut out = BufWriter::new(File::create(folder.join("shifts.csv"))?);
    writeln!(out, "email,weekday,from,to")?;
    for (n, it) in people.iter().enumerate() {
        for day in ["mon", "tue", "wed", "thu", "fri"] {
            let (from, to) = if n % 3 == 0 { ("07:00", "15:00") } else { ("10:00", "18:00") };
            writeln!(out, "{},{day},{from},{to}", it.email)?;
        }
    }
    let mut out = BufWriter::new(File::create(folder.join("truth.csv"))?);
    writeln!(out, "email,skill,level")?;
    for it in &people {
        for (skill, ability) in &it.ability {
            writeln!(out, "{},{skill},{:.2}", it.email, (2.5 + 1.25 * ability).clamp(0.0, 5.0))?;
        }
    }
    export(folder, rows, &people, &mut dice)
}

fn people(dice: &mut ChaCha8Rng) -> Vec<Person> {
    let email = |name: &str| format!("{}@lumen.example", name.to_lowercase().replace(' ', "."));
    let mut all: Vec<Person> = NAMES
        .iter()
        .enumerate()
        .map(|(n, name)| Person {
            name,
            email: email(name),
            ability: Vec::new(),
            group: if n % 2 == 0 { "Customer care" } else { "Technical support" },
        })
        .collect();
    for (at, (_, skill, _, _, able, _)) in TOPICS.iter().enumerate() {
        if all[0].ability.iter().any(|it| it.0 == *skill) {
            continue;
        }
        for (n, person) in all.iter_mut().enumerate() {
            // The able ones are spread over the team, so that nobody knows everything.
            let is_able = (n + 7 * at) % NAMES.len() < *able;
            let mean = if is_able { 1.3 } else { -0.6 };
            person.ability.push((skill, mean + 0.4 * normal(dice)));
        }
    }
    all
}

fn export(
    folder: &Path,
    rows: u64,
    people: &[Person],
    dice: &mut ChaCha8Rng,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(folder.join("export.csv"))?);
    writeln!(
        out,
        "Ticket ID,Assignee email,Assignee name,Created at,Solved at,Category,Channel,Priority,Satisfaction,Reopens,Escalated,Replies,Handle time"
    )?;
    let end = db::clock::now_ms() / 1_000 / DAY_S * DAY_S;
    let begin = end - 730 * DAY_S;
    let share: f64 = TOPICS.iter().map(|it| it.3).sum();
    for ticket in 0..rows {
        let mut drawn = dice.random::<f64>() * share;
        let (topic, skill, difficulty, _, _, minutes) = TOPICS
            .iter()
            .find(|it| {
                drawn -= it.3;
                drawn < 0.0
            })
            .unwrap_or(&TOPICS[0]);
        let ability =
            |person: &Person| person.ability.iter().find(|it| it.0 == *skill).map_or(0.0, |it| it.1);
        let person = if dice.random::<f64>() < TO_THE_ABLE_SHARE {
            let two =
                [&people[dice.random_range(0..people.len())], &people[dice.random_range(0..people.len())]];
            if ability(two[0]) >= ability(two[1]) { two[0] } else { two[1] }
        } else {
            &people[dice.random_range(0..people.len())]
        };
        let (priority, harder) = PRIORITIES[(dice.random::<f64>().powi(2) * 4.0) as usize % 4];
        let channel = ["email", "email", "chat", "phone"][dice.random_range(0..4_usize)];
        let z = ability(person) - difficulty - harder + 0.5 * normal(dice);
        let for_good = dice.random::<f64>() < sigmoid(z + SOLVED_OFFSET);
        let liking = 0.6 * z + logistic(dice) - if for_good { 0.0 } else { 1.0 };
        let score = 1 + [-2.6, -2.0, -1.3, -0.3].iter().filter(|cut| liking > **cut).count();
        let rated = dice.random::<f64>() < RATED_SHARE;
        let opened = begin + (ticket as i64 * (end - begin)) / rows.max(1) as i64;
        let opened = opened / DAY_S * DAY_S + dice.random_range(7 * 3_600..18 * 3_600);
        let solved = opened + (minutes * 60.0 * (2.0 + 20.0 * dice.random::<f64>())) as i64;
        let handle = minutes * 60.0 * (0.5 * normal(dice) - 0.15 * z).exp();
        writeln!(
            out,
            "{},{},{},{},{},{topic},{channel},{priority},{},{},{},{},{handle:.0}",
            100_000 + ticket,
            person.email,
            person.name,
            jiff::Timestamp::from_second(opened)?,
            jiff::Timestamp::from_second(solved)?,
            if rated { score.to_string() } else { String::new() },
            u8::from(!for_good),
            if !for_good && dice.random::<f64>() < 0.2 { "yes" } else { "no" },
            1 + (3.0 * dice.random::<f64>().powi(2)) as u32,
        )?;
    }
    Ok(())
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn logistic(dice: &mut ChaCha8Rng) -> f64 {
    let u: f64 = dice.random_range(1e-9..1.0 - 1e-9);
    (u / (1.0 - u)).ln()
}

/// Box and Muller.
fn normal(dice: &mut ChaCha8Rng) -> f64 {
    let (u, v): (f64, f64) = (dice.random_range(1e-12..1.0), dice.random());
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}
