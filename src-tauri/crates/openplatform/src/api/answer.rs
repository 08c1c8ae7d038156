use axum::{
    Json,
    response::{Html, IntoResponse, Response},
};
use http::StatusCode;
use serde_json::{Value, json};

/// A page such as a proxy or a captive portal puts in the platform's place.
pub(crate) fn html(status: StatusCode, title: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    );
    (status, Html(page)).into_response()
}

/// The platform's form of success.
pub(super) fn success(data: Value) -> Response {
    Json(json!({ "code": 0, "msg": "success", "data": data })).into_response()
}

/// The platform's form of failure.
pub(super) fn failure(status: StatusCode, code: i64, msg: &str) -> Response {
    (status, Json(json!({ "code": code, "msg": msg, "data": {} }))).into_response()
}

pub(super) async fn not_found() -> Response {
    failure(StatusCode::NOT_FOUND, 404, "404 page not found")
}
