//! Figures as rows of a Markdown table, with the machine and the day.

/// One figure, measured several times.
#[derive(Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

pub struct Report {
    title: String,
    what: String,
    rows: Vec<String>,
    notes: Vec<String>,
}

impl Report {
    pub fn new(title: &str, what: &str) -> Self {
        Report { title: title.to_owned(), what: what.to_owned(), rows: Vec::new(), notes: Vec::new() }
    }

    /// Ours beside the raw engine's; the ratio is of medians taken in turns in the same run.
    pub fn ratio(&mut self, name: &str, ours: &Samples, raw: &Samples, unit: &str, bar: &str) {
        let ratio = ours.median() / raw.median();
        self.rows.push(format!(
            "| {name} | {:.0} {unit} | {:.0} {unit} | {ratio:.2} | {bar} |",
            ours.median(),
            raw.median()
        ));
    }

    pub fn rate(&mut self, name: &str, ours: &Samples, unit: &str) {
        self.rows.push(format!("| {name} | {:.0} {unit} | – | – | |", ours.median()));
    }

    pub fn figure(&mut self, name: &str, value: &str, bar: &str) {
        self.rows.push(format!("| {name} | {value} | – | – | {bar} |"));
    }

    pub fn note(&mut self, words: &str) {
        self.notes.push(words.to_owned());
    }

    pub fn print(&self) {
        println!("\n## {}\n\n{}. {}\n", self.title, self.what, machine());
        println!("| what | ours | raw or peer | ratio | bar |\n| --- | --- | --- | --- | --- |");
        for row in &self.rows {
            println!("{row}");
        }
        for note in &self.notes {
            println!("\n{note}");
        }
    }
}

pub fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map(|rest| rest.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let seconds = db::clock::now_ms() / 1_000;
    format!("{} cores, {}, day {} since 1970", cores, model.unwrap_or("unknown processor"), seconds / 86_400)
}
