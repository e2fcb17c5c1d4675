//! Is the desk fair? Raters' severity, and differences between groups of people; nobody is ranked.

use super::*;

/// A rater or a group is shown from so many statements or people on: fewer say nothing, and would name somebody.
pub const COUNT_TO_SHOW_MIN: usize = 5;
/// Half the width of a 90 % interval, in standard errors.
const SES_OF_90_PERCENT: f64 = 1.644_853_626_951_472_2;

/// A mean with its 90 % interval, in levels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    pub count: usize,
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

impl Spread {
    /// `None` below [`COUNT_TO_SHOW_MIN`].
    pub fn of(values: &[f64]) -> Option<Spread> {
        let count = values.len();
        if count < COUNT_TO_SHOW_MIN {
            return None;
        }
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|it| (it - mean).powi(2)).sum();
        let error = (squares / (count as f64 - 1.0) / count as f64).sqrt();
        let half = SES_OF_90_PERCENT * error;
        Some(Spread { count, mean, low: mean - half, high: mean + half })
    }

    /// The interval leaves 0 out.
    pub fn differs(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FairnessReport {
    pub by: Division,
    /// By name. What raters say, less what the work had shown until then: below 0 is severe.
    pub raters: Vec<(String, Spread)>,
    /// Raters of too few statements to say anything.
    pub raters_hidden: usize,
    /// By name.
    pub groups: Vec<GroupRow>,
    /// Groups of too few people.
    pub groups_hidden: usize,
    pub sources: Vec<SourceRow>,
    pub contests_open: i64,
    pub contests_kept: i64,
    pub contests_struck: i64,
}

/// How people are divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Division {
    #[default]
    Group,
    TimeZone,
    Language,
}

impl Division {
    pub const ALL: [Division; 3] = [Division::Group, Division::TimeZone, Division::Language];

    pub fn name(self) -> &'static str {
        match self {
            Division::Group => "group",
            Division::TimeZone => "time_zone",
            Division::Language => "language",
        }
    }

    pub fn parse(name: &str) -> Option<Division> {
        Division::ALL.into_iter().find(|it| it.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupRow {
    pub name: String,
    /// Each person's mean distance from the desk's mean in the skills that are known of them.
    pub levels: Spread,
    /// What leads and colleagues say of its people, less what the work had shown until then.
    pub ratings: Option<Spread>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceRow {
    pub kind: String,
    pub counts: bool,
    pub observations: i64,
    pub struck: i64,
    pub people: i64,
}

/// For leads.
pub fn fairness(tx: &mut Tx, by: Division) -> Result<FairnessReport, SkillsError> {
    if !tx.actor().is_lead() {
        return Err(SkillsError::NotALead);
    }
    let policy = policy(tx)?;
    let statements = statements(tx)?;
    let mut of_rater: BTreeMap<(String, UserId), Vec<f64>> = BTreeMap::new();
    let mut about: HashMap<UserId, Vec<f64>> = HashMap::new();
    for it in statements.into_iter().filter(|it| policy.counts(&it.kind)) {
        of_rater.entry((it.rater_name, it.rater)).or_default().push(it.surplus);
        about.entry(it.user).or_default().push(it.surplus);
    }
    let all = of_rater.len();
    let raters: Vec<(String, Spread)> =
        of_rater.into_iter().filter_map(|((name, _), values)| Some((name, Spread::of(&values)?))).collect();

    let people = distances(tx)?;
    let mut groups = Vec::new();
    let mut groups_hidden = 0;
    for (name, members) in divided(tx, by)? {
        let distances: Vec<f64> = members.iter().filter_map(|user| people.get(user)).copied().collect();
        let said: Vec<f64> = members.iter().filter_map(|user| about.get(user)).flatten().copied().collect();
        match Spread::of(&distances) {
            Some(levels) => groups.push(GroupRow { name, levels, ratings: Spread::of(&said) }),
            None => groups_hidden += 1,
        }
    }
    let decided = |outcome: &str, tx: &mut Tx| {
        tx.value::<i64>("select cast(count(*) as bigint) from contests where outcome = $1", params![outcome])
    };
    Ok(FairnessReport {
        by,
        raters_hidden: all - raters.len(),
        raters,
        groups,
        groups_hidden,
        sources: sources(tx, &policy)?,
        contests_open: store::count_open_contests(tx)?,
        contests_kept: decided("kept", tx)?,
        contests_struck: decided("struck", tx)?,
    })
}

/// One word of a lead or colleague about somebody, against what was believed just before it.
struct Statement {
    rater: UserId,
    rater_name: String,
    user: UserId,
    kind: String,
    /// Levels above what the work had shown.
    surplus: f64,
}

fn statements(tx: &mut Tx) -> Result<Vec<Statement>, db::Error> {
    let mut all = Vec::new();
    for kind in ["lead", "peer"] {
        all.extend(tx.list(
            "select e.by_user_id, u.name, e.user_id, e.kind, e.value, m.mean_before, m.variance_before
             from evidence e join evidence_moves m on m.evidence_id = e.id join users u on u.id = e.by_user_id
             where e.kind = $1 and e.struck_at is null order by e.id desc limit $2",
            params![kind, STATEMENTS_READ_MAX],
            |row| {
                let before = Belief { mean: row.get(5)?, variance: row.get(6)? };
                Ok(Statement {
                    rater: row.get(0)?,
                    rater_name: row.get(1)?,
                    user: row.get(2)?,
                    kind: row.get(3)?,
                    surplus: row.get::<f64>(4)? - before.level(),
                })
            },
        )?);
    }
    Ok(all)
}

/// Each person's mean distance from the mean of all in the skills in which they are surely known.
fn distances(tx: &mut Tx) -> Result<HashMap<UserId, f64>, db::Error> {
    let mut by_skill: HashMap<SkillId, Vec<(UserId, f64)>> = HashMap::new();
    store::each_proficiency(tx, |it| {
        if it.is_sure() {
            by_skill.entry(it.skill).or_default().push((it.user, it.belief.level()));
        }
    })?;
    let mut sums: HashMap<UserId, (f64, usize)> = HashMap::new();
    for levels in by_skill.into_values().filter(|it| it.len() > 1) {
        let mean = levels.iter().map(|(_, level)| level).sum::<f64>() / levels.len() as f64;
        for (user, level) in levels {
            let sum = sums.entry(user).or_default();
            *sum = (sum.0 + level - mean, sum.1 + 1);
        }
    }
    Ok(sums.into_iter().map(|(user, (sum, count))| (user, sum / count as f64)).collect())
}

fn divided(tx: &mut Tx, by: Division) -> Result<BTreeMap<String, Vec<UserId>>, db::Error> {
    const ACTIVE: &str = "u.role in ('agent', 'lead', 'admin') and u.deleted_at is null";
    let sql = match by {
        Division::Group => format!(
            "select g.name, u.id from users u join memberships m on m.user_id = u.id
             join groups g on g.id = m.group_id where {ACTIVE} and g.deleted_at is null order by u.id"
        ),
        Division::TimeZone => format!("select u.time_zone, u.id from users u where {ACTIVE} order by u.id"),
        Division::Language => format!("select u.locale, u.id from users u where {ACTIVE} order by u.id"),
    };
    let mut divided: BTreeMap<String, Vec<UserId>> = BTreeMap::new();
    tx.each(&sql, params![], |row| {
        divided.entry(row.get(0)?).or_default().push(row.get(1)?);
        Ok(true)
    })?;
    Ok(divided)
}

fn sources(tx: &mut Tx, policy: &Policy) -> Result<Vec<SourceRow>, db::Error> {
    tx.list(
        "select kind, cast(count(*) as bigint), cast(count(struck_at) as bigint), cast(count(distinct user_id) as bigint)
         from evidence group by kind order by kind",
        params![],
        |row| {
            let kind: String = row.get(0)?;
            Ok(SourceRow {
                counts: policy.counts(&kind),
                kind,
                observations: row.get(1)?,
                struck: row.get(2)?,
                people: row.get(3)?,
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_needs_five_and_says_whether_it_differs_from_nothing() {
        assert_eq!(Spread::of(&[1.0; 4]), None);
        let severe = Spread::of(&[-0.6, -0.4, -0.5, -0.55, -0.45]).expect("five are enough");
        assert!((severe.mean + 0.5).abs() < 1e-12 && severe.differs());
        let mixed = Spread::of(&[-0.6, 0.5, 0.1, -0.1, 0.2]).expect("five are enough");
        assert!(!mixed.differs());
        // sd .0791 / √5 · 1.645
        assert!((severe.high - severe.mean - 0.0582).abs() < 1e-3);
    }
}
