//! What is found about the desk's own judgement: fairness, hard work, and what a product release took away.

use crate::time::{iso, iso_if};
use desk::skills::ReleaseRow;
use desk::skills::refit::{HardKind, HardWork};
use desk::skills::views::{FairnessReport, GroupRow, SourceRow, Spread};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A mean with its 90 % interval, in levels.
#[derive(Serialize, ToSchema)]
pub struct SpreadShape {
    /// People, or statements about people.
    pub count: usize,
    pub mean: f64,
    pub low: f64,
    pub high: f64,
    /// The interval leaves 0 out.
    pub differs: bool,
}

impl SpreadShape {
    fn of(it: &Spread) -> SpreadShape {
        SpreadShape { count: it.count, mean: it.mean, low: it.low, high: it.high, differs: it.differs() }
    }
}

/// Nobody is ranked: raters and groups stand by name, and those of fewer than five are only counted.
#[derive(Serialize, ToSchema)]
pub struct FairnessShape {
    /// group, time_zone, language
    pub by: &'static str,
    pub raters: Vec<FairRaterShape>,
    /// Raters of too few statements.
    pub raters_hidden: usize,
    pub groups: Vec<FairGroupShape>,
    /// Groups of too few people.
    pub groups_hidden: usize,
    pub sources: Vec<EvidenceSourceShape>,
    pub contests_open: i64,
    pub contests_kept: i64,
    pub contests_struck: i64,
}

#[derive(Serialize, ToSchema)]
pub struct FairRaterShape {
    pub name: String,
    /// What they say, less what the work had shown until then: below 0 is severe.
    pub surplus: SpreadShape,
}

#[derive(Serialize, ToSchema)]
pub struct FairGroupShape {
    pub name: String,
    /// Each person's mean distance from the desk's mean in the skills that are known of them.
    pub levels: SpreadShape,
    /// What leads and colleagues say of its people, less what the work had shown until then.
    pub ratings: Option<SpreadShape>,
}

/// One kind of evidence.
#[derive(Serialize, ToSchema)]
pub struct EvidenceSourceShape {
    pub kind: String,
    /// False: switched off.
    pub counts: bool,
    pub observations: i64,
    pub struck: i64,
    pub people: i64,
}

impl FairnessShape {
    pub fn of(it: &FairnessReport) -> FairnessShape {
        let rater = |(name, surplus): &(String, Spread)| FairRaterShape {
            name: name.clone(),
            surplus: SpreadShape::of(surplus),
        };
        let group = |it: &GroupRow| FairGroupShape {
            name: it.name.clone(),
            levels: SpreadShape::of(&it.levels),
            ratings: it.ratings.as_ref().map(SpreadShape::of),
        };
        let source = |it: &SourceRow| EvidenceSourceShape {
            kind: it.kind.clone(),
            counts: it.counts,
            observations: it.observations,
            struck: it.struck,
            people: it.people,
        };
        FairnessShape {
            by: it.by.name(),
            raters: it.raters.iter().map(rater).collect(),
            raters_hidden: it.raters_hidden,
            groups: it.groups.iter().map(group).collect(),
            groups_hidden: it.groups_hidden,
            sources: it.sources.iter().map(source).collect(),
            contests_open: it.contests_open,
            contests_kept: it.contests_kept,
            contests_struck: it.contests_struck,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct HardWorkShape {
    /// When the refit was that found it.
    pub found_at: Option<String>,
    /// Probability that usual work is solved for good by somebody who does it alone.
    pub p_usual: f64,
    /// The hardest first.
    pub topics: Vec<HardKindShape>,
    pub priorities: Vec<HardKindShape>,
    pub channels: Vec<HardKindShape>,
    /// What people say of themselves and of each other, beside what work shows.
    pub sources: Vec<HardKindShape>,
    /// Kinds with too little evidence to be named.
    pub unnamed: usize,
}

#[derive(Serialize, ToSchema)]
pub struct HardKindShape {
    /// topic, priority, channel, self, lead, peer
    pub kind: &'static str,
    pub name: String,
    /// So many levels more a person must hold to do as well as with usual work; of a source: so many it says too much.
    pub levels: f64,
    /// Holds the truth with a probability of 80 %.
    pub interval: [f64; 2],
    pub p_solved: f64,
    pub evidence_count: i64,
    /// The interval leaves 0 out.
    pub differs: bool,
}

impl HardWorkShape {
    pub fn of(it: &HardWork) -> HardWorkShape {
        let all = |kinds: &[HardKind]| kinds.iter().map(HardKindShape::of).collect();
        HardWorkShape {
            found_at: iso_if(it.found_at),
            p_usual: it.p_usual,
            topics: all(&it.topics),
            priorities: all(&it.priorities),
            channels: all(&it.channels),
            sources: all(&it.sources),
            unnamed: it.unnamed,
        }
    }
}

impl HardKindShape {
    fn of(it: &HardKind) -> HardKindShape {
        HardKindShape {
            kind: it.sort.as_str(),
            name: it.name.clone(),
            levels: it.levels,
            interval: [it.interval.0, it.interval.1],
            p_solved: it.p_solved,
            evidence_count: it.rows,
            differs: it.differs(),
        }
    }
}

/// A product release: what was known of its skills counts for less from then on.
#[derive(Serialize, ToSchema)]
pub struct ReleaseShape {
    pub id: i64,
    pub name: String,
    /// The share of each lead over the start that stays: 0 (a new product) to 1 (nothing changed).
    pub keep: f64,
    pub skill_ids: Vec<i64>,
    /// How many people it touched.
    pub people: i64,
    pub created_at: String,
    pub by_name: Option<String>,
}

impl ReleaseShape {
    pub fn of(it: &ReleaseRow) -> ReleaseShape {
        ReleaseShape {
            id: it.id.0,
            name: it.name.clone(),
            keep: it.keep,
            skill_ids: it.skills.iter().map(|id| id.0).collect(),
            people: it.people,
            created_at: iso(it.at),
            by_name: it.by_name.clone(),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct ReleaseChange {
    pub name: Option<String>,
    /// 0 to 1.
    pub keep: Option<f64>,
    /// The skills that it touches, by id;
    #[serde(default)]
    pub skill_ids: Vec<i64>,
    /// or by key.
    #[serde(default)]
    pub skills: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct ReleaseBody {
    pub release: ReleaseChange,
}
