//! The OpenAPI 3.1 document, made from the route table and the shapes.

use crate::routes;
use crate::table::{Gives, Route, Shape, Takes};
use axum::Json;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ArrayBuilder, ComponentsBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Content, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder, Ref, RefOr, Required, ResponseBuilder,
    Schema,
};

/// The whole document.
pub fn document() -> OpenApi {
    let mut items: BTreeMap<String, PathItem> = BTreeMap::new();
    let mut schemas: BTreeMap<String, RefOr<Schema>> = BTreeMap::new();
    for route in routes::all() {
        collect(&route, &mut schemas);
        let item = PathItem::new(route.method.clone(), operation(&route));
        match items.get_mut(&full_path(&route)) {
            Some(known) => known.merge_operations(item),
            None => drop(items.insert(full_path(&route), item)),
        }
    }
    let mut paths = PathsBuilder::new();
    for (path, item) in items {
        paths = paths.path(path, item);
    }
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme("basic", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)))
        .security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)))
        .build();
    let info = InfoBuilder::new()
        .title("Aptdesk API")
        .version("2")
        .description(Some(
            "Compatible with the Zendesk Support API: the same paths, shapes, status codes and pages. Prove who you \
             are with `email/token:TOKEN` (basic) or a bearer token. Every path may also end in `.json`.",
        ))
        .build();
    OpenApiBuilder::new().info(info).paths(paths.build()).components(Some(components)).build()
}

pub(crate) async fn show() -> Json<&'static OpenApi> {
    static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(document);
    Json(&DOCUMENT)
}

fn full_path(route: &Route) -> String {
    format!("/api/v2{}", route.path)
}

fn collect(route: &Route, schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    let mut all = Vec::new();
    if let Takes::Json(shape) = &route.takes {
        (shape.collect)(&mut all);
    }
    if let Gives::One(_, shape, _) | Gives::Many(_, shape, _) = &route.gives {
        (shape.collect)(&mut all);
    }
    schemas.extend(all);
}

fn operation(route: &Route) -> OperationBuilder {
    let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    let mut operation = OperationBuilder::new()
        .tag(route.tag)
        .summary(Some(route.summary))
        .operation_id(Some(operation_id(route)));
    for name in route.parameters() {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(text()));
        operation = operation.parameter(parameter);
    }
    const OF_PAGES: [(&str, &str); 5] = [
        ("page[size]", "Rows of a page by cursor, at most 100"),
        ("page[after]", "The after_cursor of the page before"),
        ("page[before]", "The before_cursor of the page after"),
        ("page", "Number of a page, from 1"),
        ("per_page", "Rows of a page by number, at most 100"),
    ];
    let of_pages = if matches!(route.gives, Gives::Many(_, _, true)) { &OF_PAGES[..] } else { &[] };
    for (name, meaning) in route.query.iter().chain(of_pages) {
        let parameter = ParameterBuilder::new()
            .name(*name)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(*meaning))
            .schema(Some(text()));
        operation = operation.parameter(parameter);
    }
    operation = operation.request_body(match &route.takes {
        Takes::Nothing => None,
        Takes::Json(shape) => Some(
            RequestBodyBuilder::new()
                .content("application/json", Content::new(Some(reference(shape))))
                .required(Some(Required::True))
                .build(),
        ),
        Takes::Bytes => Some(
            RequestBodyBuilder::new()
                .content("application/octet-stream", Content::new(Some(text())))
                .required(Some(Required::True))
                .build(),
        ),
    });
    if !route.open {
        for name in ["basic", "bearer"] {
            operation = operation.security(SecurityRequirement::new(name, Vec::<String>::new()));
        }
        operation = operation
            .response("401", ResponseBuilder::new().description("Couldn't authenticate you"))
            .response("429", ResponseBuilder::new().description("Too many requests; see Retry-After"));
    }
    if !route.parameters().is_empty() {
        operation = operation.response("404", ResponseBuilder::new().description("RecordNotFound"));
    }
    if matches!(route.takes, Takes::Json(_)) {
        operation = operation
            .response("422", ResponseBuilder::new().description("RecordInvalid, with details by field"));
    }
    let (status, response) = success(route);
    operation.response(status, response)
}

fn success(route: &Route) -> (&'static str, ResponseBuilder) {
    let answer = ResponseBuilder::new().description(route.summary);
    let json = |schema: Schema| Content::new(Some(RefOr::T(schema)));
    match &route.gives {
        Gives::Nothing => ("204", answer),
        Gives::Refusal => ("422", answer),
        Gives::One(key, shape, status) => {
            let body = ObjectBuilder::new().property(*key, reference(shape)).required(*key).build();
            let status = match status {
                201 => "201",
                202 => "202",
                _ => "200",
            };
            (status, answer.content("application/json", json(Schema::Object(body))))
        }
        Gives::Many(key, shape, _) => {
            let rows = ArrayBuilder::new().items(reference(shape)).build();
            let body = ObjectBuilder::new().property(*key, Schema::Array(rows)).required(*key).build();
            ("200", answer.content("application/json", json(Schema::Object(body))))
        }
        Gives::Page(content_type) => {
            let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).build();
            ("200", answer.content(*content_type, json(Schema::Object(text))))
        }
    }
}

fn reference(shape: &Shape) -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name((shape.name)()))
}

/// `get_tickets_id_comments`.
fn operation_id(route: &Route) -> String {
    let path = route.path.replace(['{', '}'], "").replace(['/', '.'], "_");
    format!("{}{path}", route.method_name().to_lowercase())
}
