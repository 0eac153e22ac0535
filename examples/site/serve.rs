//! The server itself, which is an app as well, and one of tasks: `site serve FOLDER PORT`.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use aplomb::{Shutdown, app, shielded};
use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::Response;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::options::Serve;
use crate::{complain, say};

/// What it says when it is ready; the address follows.
pub(crate) const READY: &str = "serving on ";

/// How long a client may take, to say what it wants and to take it. Less than what is left for the end.
const PATIENCE: Duration = Duration::from_secs(2);

struct Server {
    /// Until the request: then the door is closed.
    listener: Option<TcpListener>,
    folder: PathBuf,
}

async fn start(Serve { folder, port, .. }: Serve, shutdown: &Shutdown) -> anyhow::Result<Server> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("cannot listen on port {port}"))?;
    let shutdown = shutdown.clone();
    // Nobody joins it: it may end with the process.
    thread::Builder::new().name("input".into()).spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        shutdown.request("the input has ended");
    })?;
    Ok(Server {
        listener: Some(listener),
        folder,
    })
}

/// Answers whoever comes, until the request; and then those who are here.
async fn run(server: &mut Server, shutdown: &Shutdown) -> io::Result<()> {
    let listener = server.listener.take().expect("`run` is called once");
    say(format_args!("{READY}{}", listener.local_addr()?));
    let site = TowerToHyperService::new(site(&server.folder));
    let mut http = http1::Builder::new();
    http.keep_alive(false);
    let clients = GracefulShutdown::new();
    while let Ok(client) = shutdown.run_until_cancelled(listener.accept()).await {
        let (stream, address) = client?;
        let connection = http.serve_connection(TokioIo::new(stream), site.clone());
        tokio::spawn(serve(address, clients.watch(connection)));
    }
    drop(listener);
    // Who has said nothing yet is hung up on.
    clients.shutdown().await;
    Ok(())
}

/// In a shield, since half a page is worse than none: who insists on the end, so that there is no `run` any more, waits
/// for it as well. But not for ever.
#[shielded]
async fn serve(
    client: SocketAddr,
    connection: impl Future<Output = hyper::Result<()>> + Send + 'static,
) {
    // Nonsense has been answered as it is due.
    if let Ok(Err(error)) = timeout(PATIENCE, connection).await
        && !error.is_parse()
    {
        complain(format_args!("{client}: {error}"));
    }
}

/// What is answered to whom.
fn site(folder: &Path) -> Router {
    // Each file is found anew by way of the link, and is of one build: what is open stays, whatever is published
    // meanwhile.
    let files = ServeDir::new(folder).precompressed_gzip();
    // A site is one folder, so a name has no folder in it.
    Router::new()
        .route_service("/", files.clone())
        .route_service("/{file}", files)
        .layer(SetResponseHeaderLayer::overriding(
            CONTENT_TYPE,
            with_charset,
        ))
        // A browser asks each time whether there is a newer page.
        .layer(SetResponseHeaderLayer::overriding(
            CACHE_CONTROL,
            HeaderValue::from_static("no-cache"),
        ))
}

/// All pages are UTF-8.
fn with_charset(response: &Response) -> Option<HeaderValue> {
    let kind = response.headers().get(CONTENT_TYPE)?;
    Some(if kind == "text/html" {
        HeaderValue::from_static("text/html; charset=utf-8")
    } else {
        kind.clone()
    })
}

#[app(start, run, limits = Serve::limits)]
pub(crate) async fn main() -> Serve {
    Serve::parse_arguments()
}
