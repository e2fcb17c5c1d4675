//! What a row of the route table says; the router and the OpenAPI document are made from the same rows.

use crate::Api;
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};
use std::borrow::Cow;
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{RefOr, Schema};

pub struct Route {
    pub method: HttpMethod,
    /// Below `/api/v2`.
    pub path: &'static str,
    pub tag: &'static str,
    pub summary: &'static str,
    pub query: Vec<(&'static str, &'static str)>,
    pub takes: Takes,
    pub gives: Gives,
    /// May be read without proof of identity.
    pub open: bool,
    pub(crate) handler: MethodRouter<Api>,
}

/// The name of a schema, and how to collect it with all that it refers to.
#[derive(Clone, Copy)]
pub struct Shape {
    pub name: fn() -> Cow<'static, str>,
    pub collect: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl Shape {
    fn of<T: ToSchema>() -> Shape {
        fn collect<T: ToSchema>(all: &mut Vec<(String, RefOr<Schema>)>) {
            all.push((T::name().into(), T::schema()));
            T::schemas(all);
        }
        Shape { name: T::name, collect: collect::<T> }
    }
}

pub enum Takes {
    Nothing,
    Json(Shape),
    Bytes,
}

pub enum Gives {
    /// 204.
    Nothing,
    /// `{ key: thing }`, with its status.
    One(&'static str, Shape, u16),
    /// `{ key: [thing, …] }`; paged or not.
    Many(&'static str, Shape, bool),
    /// No JSON of ours.
    Page(&'static str),
    /// 422: clients may ask for it, and are told why it has no meaning here.
    Refusal,
}

impl Route {
    fn new(
        method: HttpMethod,
        path: &'static str,
        summary: &'static str,
        handler: MethodRouter<Api>,
    ) -> Route {
        let gives = Gives::Nothing;
        let (takes, query) = (Takes::Nothing, Vec::new());
        Route { method, path, tag: "", summary, query, takes, gives, open: false, handler }
    }

    pub(crate) fn get<H: Handler<T, Api>, T: 'static>(
        path: &'static str,
        summary: &'static str,
        handler: H,
    ) -> Route {
        Route::new(HttpMethod::Get, path, summary, routing::get(handler))
    }

    pub(crate) fn post<H: Handler<T, Api>, T: 'static>(
        path: &'static str,
        summary: &'static str,
        handler: H,
    ) -> Route {
        Route::new(HttpMethod::Post, path, summary, routing::post(handler))
    }

    pub(crate) fn put<H: Handler<T, Api>, T: 'static>(
        path: &'static str,
        summary: &'static str,
        handler: H,
    ) -> Route {
        Route::new(HttpMethod::Put, path, summary, routing::put(handler))
    }

    pub(crate) fn patch<H: Handler<T, Api>, T: 'static>(
        path: &'static str,
        summary: &'static str,
        handler: H,
    ) -> Route {
        Route::new(HttpMethod::Patch, path, summary, routing::patch(handler))
    }

    pub(crate) fn delete<H: Handler<T, Api>, T: 'static>(
        path: &'static str,
        summary: &'static str,
        handler: H,
    ) -> Route {
        Route::new(HttpMethod::Delete, path, summary, routing::delete(handler))
    }

    pub(crate) fn takes<T: ToSchema>(self) -> Route {
        Route { takes: Takes::Json(Shape::of::<T>()), ..self }
    }

    pub(crate) fn takes_bytes(self) -> Route {
        Route { takes: Takes::Bytes, ..self }
    }

    pub(crate) fn gives<T: ToSchema>(self, key: &'static str) -> Route {
        Route { gives: Gives::One(key, Shape::of::<T>(), 200), ..self }
    }

    pub(crate) fn creates<T: ToSchema>(self, key: &'static str) -> Route {
        Route { gives: Gives::One(key, Shape::of::<T>(), 201), ..self }
    }

    /// It is done in jobs after the answer.
    pub(crate) fn accepts<T: ToSchema>(self, key: &'static str) -> Route {
        Route { gives: Gives::One(key, Shape::of::<T>(), 202), ..self }
    }

    /// A list in pages.
    pub(crate) fn lists<T: ToSchema>(self, key: &'static str) -> Route {
        Route { gives: Gives::Many(key, Shape::of::<T>(), true), ..self }
    }

    /// A list without pages.
    pub(crate) fn gives_all<T: ToSchema>(self, key: &'static str) -> Route {
        Route { gives: Gives::Many(key, Shape::of::<T>(), false), ..self }
    }

    pub(crate) fn gives_page(self, content_type: &'static str) -> Route {
        Route { gives: Gives::Page(content_type), ..self }
    }

    pub(crate) fn refuses(self) -> Route {
        Route { gives: Gives::Refusal, ..self }
    }

    pub(crate) fn query(mut self, name: &'static str, meaning: &'static str) -> Route {
        self.query.push((name, meaning));
        self
    }

    pub(crate) fn open(self) -> Route {
        Route { open: true, ..self }
    }

    /// The names in braces.
    pub fn parameters(&self) -> Vec<&'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect()
    }

    pub fn method_name(&self) -> &'static str {
        match self.method {
            HttpMethod::Get => "GET",
            HttpMethod::Post => "POST",
            HttpMethod::Put => "PUT",
            HttpMethod::Patch => "PATCH",
            HttpMethod::Delete => "DELETE",
            _ => "OTHER",
        }
    }
}

/// Gives all rows the same tag.
pub(crate) fn tagged(tag: &'static str, rows: impl IntoIterator<Item = Route>) -> Vec<Route> {
    rows.into_iter().map(|row| Route { tag, ..row }).collect()
}
