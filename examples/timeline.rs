//! A picture of a stop, as SVG: a service of threads that is stopped, and then draws what it has spent its time on.
//!
//! `cargo run --example timeline -- stop.svg`, then Ctrl-C, or SIGTERM. The app is a part of this program, by
//! `App::run`: so the program goes on after it, draws the picture, and ends as the app has. `docs/timeline.svg` was
//! made like this.
//!
//! A program that only wants to know why a stop took long needs none of this: `explain = "1s"` prints the same as text.

use std::convert::Infallible;
use std::fmt::{self, Display, Write};
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use aplomb::{App, Limits, Outcome, Shutdown, Span, Timeline, shielded};
use clap::Parser;
use humantime::parse_duration;

/// Draws the picture of its own stop.
#[derive(Parser)]
struct Options {
    /// Where the picture goes
    picture: PathBuf,

    /// How long it goes on after the request, while a load balancer turns away
    #[arg(long, value_name = "TIME", default_value = "300ms", value_parser = parse_duration)]
    drain: Duration,
}

impl Options {
    fn limits(&self, limits: &mut Limits) {
        limits.drain = Some(self.drain);
    }
}

/// Writes orders into a ledger, one batch after the other.
struct Ledger {
    batch: Duration,
}

impl Ledger {
    fn run(&self, shutdown: &Shutdown) {
        println!("ready");
        while shutdown.checkpoint().is_ok() {
            self.commit();
        }
    }

    /// What is written together is never cut in two.
    #[shielded]
    fn commit(&self) {
        thread::sleep(self.batch);
    }

    fn stop(self) {
        thread::sleep(self.batch / 2);
    }
}

/// Answers requests, and tells a registry when it leaves.
struct Api {
    farewell: Duration,
}

impl Api {
    fn stop(self) {
        thread::sleep(self.farewell);
    }
}

fn main() -> anyhow::Result<Outcome> {
    let options = Options::parse();
    let picture = options.picture.clone();
    let [batch, farewell] = [400, 250].map(Duration::from_millis);
    let ledger = move || Ok::<_, Infallible>(Ledger { batch });
    let api = move || Ok::<_, Infallible>(Api { farewell });
    let ended = App::body(|| Ok::<_, Infallible>(options))
        .limits(Options::limits)
        .components()
        .with("ledger", ledger, Ledger::run, Ledger::stop)
        .with("api", api, |shutdown: &Shutdown| shutdown.wait(), Api::stop)
        .run()?;
    let drawn = svg(ended.timeline())?;
    fs::write(&picture, drawn).with_context(|| format!("cannot write {}", picture.display()))?;
    Ok(ended)
}

const WIDTH: f64 = 640.0;
const ROW: usize = 34;
const MARGIN: usize = 12;
/// A stretch of the stop, and what went on in one.
const COLOURS: [&str; 2] = ["#9db4c8", "#d8a657"];

/// Draws a row for each span: its name, and below that a bar on the axis of time.
fn svg(timeline: &Timeline) -> Result<String, fmt::Error> {
    let rows: Vec<_> = timeline
        .spans
        .iter()
        .filter(|span| counts(span, timeline))
        .collect();
    let height = MARGIN + ROW * (rows.len() + 1);
    let scale = WIDTH / timeline.length.as_secs_f64();
    let mut svg = String::new();
    writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{height}" font-family="sans-serif" font-size="13">"#,
        WIDTH + 24.0
    )?;
    let title = format!("{:.2?}: {}", timeline.length, timeline.why);
    writeln!(
        svg,
        r#"  <text x="{MARGIN}" y="20" font-weight="bold">{}</text>"#,
        Text(&title)
    )?;
    for (row, span) in rows.into_iter().enumerate() {
        let top = MARGIN + ROW * (row + 1);
        let from = 12.0 + scale * span.from.as_secs_f64();
        let width = (scale * span.until.saturating_sub(span.from).as_secs_f64()).max(2.0);
        let colour = COLOURS[usize::from(!span.is_stretch)];
        let name = format!("{}, {:.0?}", span.what, span.length);
        writeln!(
            svg,
            r#"  <text x="{MARGIN}" y="{top}">{}</text>"#,
            Text(&name)
        )?;
        writeln!(
            svg,
            r#"  <rect x="{from:.1}" y="{}" width="{width:.1}" height="8" fill="{colour}"/>"#,
            top + 5
        )?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// A span of less than a hundredth of the whole would not be seen.
fn counts(span: &Span, timeline: &Timeline) -> bool {
    span.length * 100 >= timeline.length
}

/// Text inside an element of XML.
struct Text<'a>(&'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '<' => f.write_str("&lt;")?,
                '&' => f.write_str("&amp;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}
