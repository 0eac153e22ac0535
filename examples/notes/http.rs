//! What clients see.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::Arc;

use aplomb::Shutdown;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

use crate::store::{Note, Store, Trouble};

/// In bytes.
const LONGEST_NOTE: usize = 64 * 1024;

/// How many notes a client gets at a time.
const PAGE: u32 = 100;

/// Everything. axum's own are: 404 for a path that is not here, 405 for another method, 413 for a
/// note that is too long, 400 for an id that is no number, and for text that is not UTF-8.
pub(crate) fn router(store: Arc<Store>, shutdown: Shutdown) -> Router {
    Router::new()
        .route("/notes", get(list).post(write))
        .route("/notes/{id}", get(read))
        .with_state(store)
        .route("/ready", get(ready).with_state(shutdown.clone()))
        .layer(DefaultBodyLimit::max(LONGEST_NOTE))
        .layer(from_fn_with_state(shutdown, part))
}

/// For the load balancer: from the request on, new clients are better served elsewhere.
async fn ready(State(shutdown): State<Shutdown>) -> (StatusCode, &'static str) {
    if shutdown.is_requested() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping\n")
    } else {
        (StatusCode::OK, "ready\n")
    }
}

/// From the request on, each answer is the last on its connection.
///
/// A connection that is kept alive has to be closed at some time, and a request may be on its way
/// then, which nobody answers. A client that was told looks for another connection by itself.
async fn part(State(shutdown): State<Shutdown>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if shutdown.is_requested() {
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

async fn write(State(store): State<Arc<Store>>, text: String) -> Result<Response, Trouble> {
    if text.trim().is_empty() {
        return Ok((StatusCode::BAD_REQUEST, "a note is not empty\n").into_response());
    }
    let note = store.write(text).await?;
    let location = [(header::LOCATION, format!("/notes/{}", note.id()))];
    Ok((StatusCode::CREATED, location, Json(note)).into_response())
}

async fn read(
    State(store): State<Arc<Store>>,
    Path(id): Path<i64>,
) -> Result<Result<Json<Note>, StatusCode>, Trouble> {
    let note = store.read(id).await?;
    Ok(note.map(Json).ok_or(StatusCode::NOT_FOUND))
}

#[derive(Deserialize)]
struct Page {
    /// The last id of the page before.
    #[serde(default)]
    after: i64,
}

async fn list(
    State(store): State<Arc<Store>>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Note>>, Trouble> {
    store.list(page.after, PAGE).await.map(Json)
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        match self {
            Trouble::Closed => {
                (StatusCode::SERVICE_UNAVAILABLE, "the service is stopping\n").into_response()
            }
            // Whose business it is reads the log.
            Trouble::Database(error) => {
                log(format_args!("the database: {error}"));
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// A line of the log, in one piece. Unlike `eprintln!` it does not panic when nobody reads it.
fn log(line: impl Display) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}
