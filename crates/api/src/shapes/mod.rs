//! How things look in JSON, and what bodies may hold.

mod applications;
mod articles;
mod assessments;
mod changes;
mod coaching;
mod competencies;
mod decisions;
mod evidence;
mod findings;
mod hiring;
mod interviews;
mod investments;
mod needs;
mod outcomes;
mod people;
mod personal;
mod planning;
mod queues;
mod reviews;
mod roles;
mod rosters;
mod routing;
mod shelf;
mod skills;
mod tickets;
mod via;

pub use applications::*;
pub use articles::*;
pub use assessments::*;
pub use changes::*;
pub use coaching::*;
pub use competencies::*;
pub use decisions::*;
pub use evidence::*;
pub use findings::*;
pub use hiring::*;
pub use interviews::*;
pub use investments::*;
pub use needs::*;
pub use outcomes::*;
pub use people::*;
pub use personal::*;
pub use planning::*;
pub use queues::*;
pub use reviews::*;
pub use roles::*;
pub use rosters::*;
pub use routing::*;
pub use shelf::*;
pub use skills::*;
pub use tickets::*;
pub use via::*;

use serde::Serialize;
use utoipa::ToSchema;

/// `{ value, refreshed_at }`, the answer of `…/count`.
#[derive(Serialize, ToSchema)]
pub struct CountShape {
    pub value: i64,
    pub refreshed_at: String,
}

#[derive(Serialize, ToSchema)]
pub struct TagCountShape {
    pub name: String,
    pub count: i64,
}

#[derive(Serialize, ToSchema)]
pub struct BrandShape {
    pub id: i64,
    pub url: String,
    pub name: String,
    pub brand_url: String,
    pub has_help_center: bool,
    pub help_center_state: &'static str,
    pub active: bool,
    pub default: bool,
    pub logo: Option<String>,
    pub subdomain: String,
    pub host_mapping: Option<String>,
    pub created_at: String,
    pub updated_at: String,
}

/// Bulk work and what came of it.
#[derive(Clone, Serialize, ToSchema)]
pub struct JobStatusShape {
    pub id: String,
    pub job_type: String,
    pub url: String,
    pub total: i64,
    pub progress: i64,
    /// `completed`: bulk work is done before its call is answered.
    pub status: &'static str,
    pub message: String,
    pub results: Vec<JobResultShape>,
}

#[derive(Clone, Default, Serialize, ToSchema)]
pub struct JobResultShape {
    pub index: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    pub success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}
