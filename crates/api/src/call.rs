//! One call: who makes it, what it asks for, and how its answer is written.

use crate::paging::Paging;
use crate::problem::Problem;
use crate::{Api, auth};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::{Actor, Tx, UserId, settings};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::str::FromStr;

/// Largest JSON body that is read.
pub const JSON_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Ids that one call may name.
pub const IDS_PER_CALL_MAX: usize = 100;

pub struct Call {
    pub api: Api,
    pub actor: Actor,
    pub path: String,
    query: Vec<(String, String)>,
    body: Bytes,
}

impl FromRequest<Api> for Call {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let call = Call::without_body(&parts, api).await?;
        let body = axum::body::to_bytes(body, JSON_BYTES_MAX).await;
        let too_large = || format!("a body may have {} MiB", JSON_BYTES_MAX / 1024 / 1024);
        let body = body.map_err(|_| Problem::TooLarge(too_large()))?;
        Ok(Call { body, ..call })
    }
}

impl Call {
    /// Who calls, for which path, with which query.
    pub async fn without_body(parts: &Parts, api: &Api) -> Result<Call, Problem> {
        let actor = auth::caller(api, &parts.headers).await?;
        let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::BadRequest("the query string cannot be read".into()))?
            .0;
        Ok(Call { api: api.clone(), actor, path: parts.uri.path().to_owned(), query, body: Bytes::new() })
    }

    /// A value of the query string; empty values count as none.
    pub fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// All values of `role[]=a&role[]=b`, or of `role=a`.
    pub fn query_all(&self, name: &str) -> Vec<&str> {
        let many = format!("{name}[]");
        let mine =
            self.query.iter().filter(|(key, value)| (key == name || *key == many) && !value.is_empty());
        mine.map(|(_, value)| value.as_str()).collect()
    }

    /// `include=users,groups` holds this word.
    pub fn includes(&self, what: &str) -> bool {
        self.query("include").is_some_and(|all| all.split(',').any(|word| word.trim() == what))
    }

    /// The query without what pages are named by, for links to other pages.
    pub fn query_without_page(&self) -> Vec<(&str, &str)> {
        const OF_PAGES: [&str; 4] = ["page", "page[after]", "page[before]", "cursor"];
        let rest = self.query.iter().filter(|(key, _)| !OF_PAGES.contains(&key.as_str()));
        rest.map(|(key, value)| (key.as_str(), value.as_str())).collect()
    }

    /// `ids=1,2,3`.
    pub fn ids<T: From<i64>>(&self, name: &str) -> Result<Vec<T>, Problem> {
        let ids = self.query(name).unwrap_or_default().split(',').filter(|part| !part.trim().is_empty());
        let ids: Vec<i64> = ids
            .map(|part| part.trim().parse())
            .collect::<Result<_, _>>()
            .map_err(|_| Problem::BadRequest(format!("{name} is not a list of numbers")))?;
        if ids.len() > IDS_PER_CALL_MAX {
            return Err(Problem::BadRequest(format!("{name} may hold {IDS_PER_CALL_MAX} numbers")));
        }
        Ok(ids.into_iter().map(T::from).collect())
    }

    /// The `{id}` of a person in a path; `me` is whoever calls.
    pub fn person(&self, who: &str) -> Result<UserId, Problem> {
        let found = if who == "me" { self.actor.user() } else { who.parse().ok() };
        found.ok_or(Problem::NotFound)
    }

    pub fn paging(&self) -> Result<Paging, Problem> {
        Paging::of(self)
    }

    /// The body as `T`. Unknown fields are ignored.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let bytes: &[u8] = if self.body.is_empty() { b"{}" } else { &self.body };
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| Problem::BadRequest(format!("unreadable JSON: {error}")))?;
        serde_json::from_value(value).map_err(|error| {
            let text = error.to_string();
            match text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
                Some(field) => Problem::BadRequest(format!("parameter missing: {field}")),
                None => Problem::invalid("base", text),
            }
        })
    }

    pub fn only_staff(&self) -> Result<(), Problem> {
        match self.actor.is_staff() {
            true => Ok(()),
            false => Err(Problem::Forbidden("You do not have access to this page.".into())),
        }
    }

    /// Answers from one consistent moment.
    pub async fn read<T: Send + 'static>(
        self,
        closure: impl Fn(&mut Tx, &Call) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (desk, actor) = (self.api.desk.clone(), self.actor);
        desk.read(actor, move |tx| closure(tx, &self)).await
    }

    /// Answers after the change is durable; on an error nothing has happened.
    pub async fn write<T: Send + 'static>(
        self,
        closure: impl Fn(&mut Tx, &Call) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (desk, actor) = (self.api.desk.clone(), self.actor);
        desk.write(actor, move |tx| closure(tx, &self)).await
    }
}

/// The desk's public address, for `url` fields and links.
#[derive(Clone, Debug)]
pub struct Urls(String);

impl Urls {
    pub fn of(tx: &mut Tx) -> Result<Urls, db::Error> {
        Ok(Urls(settings::company(tx)?.public_url.trim_end_matches('/').to_owned()))
    }

    /// `/tickets/1` as an absolute address.
    pub fn resource(&self, path: &str) -> String {
        format!("{}/api/v2{path}.json", self.0)
    }

    /// A path of the desk as it stands.
    pub fn plain(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

/// The `{id}` of a path; whatever is no number names nothing.
pub struct Id<T>(pub T);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(all) = Path::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::NotFound)?;
        let id = all.first().and_then(|(_, value)| value.parse().ok());
        id.map(Id).ok_or(Problem::NotFound)
    }
}

/// The two ids of `/users/{id}/identities/{second}`.
pub struct Ids<A, B>(pub A, pub B);

impl<A: FromStr + Send, B: FromStr + Send, S: Send + Sync> FromRequestParts<S> for Ids<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(all) = Path::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::NotFound)?;
        match all.as_slice() {
            [(_, a), (_, b)] => match (a.parse(), b.parse()) {
                (Ok(a), Ok(b)) => Ok(Ids(a, b)),
                _ => Err(Problem::NotFound),
            },
            _ => Err(Problem::NotFound),
        }
    }
}

pub type Answer = Result<Reply, Problem>;

pub struct Reply {
    pub status: StatusCode,
    pub location: Option<String>,
    pub body: Option<Value>,
}

impl Reply {
    pub fn ok(body: Value) -> Reply {
        Reply { status: StatusCode::OK, location: None, body: Some(body) }
    }

    /// `{ "key": value }`.
    pub fn one(key: &str, value: impl serde::Serialize) -> Reply {
        Reply::ok(json!({ key: value }))
    }

    pub fn created(location: String, body: Value) -> Reply {
        Reply { status: StatusCode::CREATED, location: Some(location), body: Some(body) }
    }

    pub fn nothing() -> Reply {
        Reply { status: StatusCode::NO_CONTENT, location: None, body: None }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = match self.body {
            Some(body) => (self.status, Json(body)).into_response(),
            None => self.status.into_response(),
        };
        if let Some(location) = self.location.and_then(|it| HeaderValue::from_str(&it).ok()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
