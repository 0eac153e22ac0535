//! The subscriber of the crate `tracing`, for `report=tracing`. `subscriber=` chooses it: none, one that tells
//! everything on standard output, one whose filter drops what `aplomb` tells, or its failures, and one that panics.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::subscriber::set_global_default;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use crate::script::{option, say};

pub(super) fn set() {
    let how = option("subscriber").unwrap_or("none");
    if how != "none" {
        let told = set_global_default(Registry::default().with(Says(how)));
        told.expect("no other was set");
    }
}

/// Says what it is told, each event and each span on one line.
struct Says(&'static str);

/// The fields of an event or a span.
#[derive(Default)]
struct Fields {
    message: String,
    others: Vec<String>,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            self.others.push(format!("{}={value:?}", field.name()));
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Says {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        match self.0 {
            "off" => metadata.target() != "aplomb",
            "no-errors" => *metadata.level() != Level::ERROR,
            _ => true,
        }
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let metadata = attributes.metadata();
        say(format!(
            "~ {} new {} {}",
            metadata.level(),
            metadata.name(),
            fields.others.join(" ")
        ));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        assert!(
            self.0 != "panic" || *event.metadata().level() != Level::ERROR,
            "on purpose"
        );
        let mut fields = Fields::default();
        event.record(&mut fields);
        let metadata = event.metadata();
        let spans = context.event_scope(event);
        let spans = spans.map(|spans| {
            spans
                .from_root()
                .map(|span| span.name())
                .collect::<Vec<_>>()
        });
        say(format!(
            "~ {} {} [{}] {} | {}",
            metadata.level(),
            metadata.target(),
            spans.unwrap_or_default().join(":"),
            fields.message,
            fields.others.join(" ")
        ));
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.span(&id).expect("it is being closed");
        say(format!("~ close {}", span.name()));
    }
}
