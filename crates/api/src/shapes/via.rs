//! By which channel something came, and from whom.

use desk::mail::Address;
use desk::mail::views::MailSource;
use desk::tickets::Channel;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

#[derive(Clone, Serialize, ToSchema)]
pub struct Via {
    /// `email`, `web`, `api`, `chat`, `voice`, `rule`, `system`.
    pub channel: &'static str,
    pub source: Source,
}

/// Of mail, to staff: `address` and `name` of whoever wrote it, and of the mailbox that it came to.
#[derive(Clone, Serialize, ToSchema)]
pub struct Source {
    #[schema(value_type = Object)]
    pub from: Value,
    #[schema(value_type = Object)]
    pub to: Value,
    pub rel: Option<&'static str>,
}

impl Via {
    pub fn channel(channel: Channel) -> Via {
        Via { channel: channel.name(), source: Source { from: json!({}), to: json!({}), rel: None } }
    }

    /// With who wrote the mail and to which address, where it came by one and the caller may know.
    pub fn mail(channel: Channel, source: Option<&MailSource>) -> Via {
        let mut via = Via::channel(channel);
        if let Some(it) = source {
            let named = |it: &Address| json!({ "address": it.address, "name": it.name });
            (via.source.from, via.source.to) = (named(&it.from), named(&it.to));
        }
        via
    }
}
