//! The app: builds the site, has it served, and keeps it up to date.

use std::path::PathBuf;

use aplomb::{Shutdown, app};
use clap::Parser;

use crate::build::Builder;
use crate::changes::Changes;
use crate::options::Options;
use crate::output::Output;
use crate::say;
use crate::server::Server;

struct Site {
    /// Until `run` has it.
    builder: Option<Builder>,
    published: PathBuf,
    server: Server,
}

/// Builds the site and starts its server, or fails and leaves nothing behind: a build that is not whole is
/// removed, and the exit ends a server that was started.
fn start(options: Options) -> anyhow::Result<Site> {
    // First, so that a change that comes while the first build reads is not missed.
    let changes = Changes::watch(&options.content, options.settle)?;
    let output = Output::open(options.output)?;
    let published = output.published();
    let mut builder = Builder {
        content: options.content,
        tool: options.tool,
        output,
        changes,
    };
    builder.build()?;
    let server = Server::start(options.server.as_ref(), &published, options.port)?;
    Ok(Site {
        builder: Some(builder),
        published,
        server,
    })
}

/// Has it built again whenever something has changed, on a thread of its own.
///
/// So this one ends at the request, whatever the other is at; then the app waits for the build that has begun,
/// and calls `stop`. If it built by itself, a second Ctrl-C could only mean that it is to be ended by force, after
/// the build and without `stop`.
fn run(site: &mut Site, shutdown: &Shutdown) -> anyhow::Result<()> {
    let (published, address) = (site.published.display(), site.server.address);
    say(format_args!("{published} is at http://{address}"));
    let builder = site.builder.take().expect("`run` is called once");
    let shared = shutdown.clone();
    shutdown.run_blocking(move || builder.keep_up(&shared))?
}

fn stop(site: Site, shutdown: &Shutdown) -> anyhow::Result<()> {
    if let Some(reason) = shutdown.reason() {
        say(format_args!("stopping: {reason}"));
    }
    site.server.stop(shutdown)?;
    say("stopped");
    Ok(())
}

#[app(start, run, stop, limits = Options::limits)]
pub(crate) fn main() -> Options {
    Options::parse()
}
