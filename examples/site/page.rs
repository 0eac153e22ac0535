//! A page: Markdown in, HTML out.

use std::ffi::OsStr;
use std::fmt::Write;
use std::path::Path;

use anyhow::Context;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

const STYLE: &str = "body{max-width:40em;margin:2em auto;padding:0 1em;font:1em/1.5 sans-serif}\
                     nav a{margin-right:1em}td,th{padding:0 1em 0 0;text-align:left}";

pub(crate) struct Page {
    name: String,
    /// Its first heading, as HTML.
    title: String,
    body: String,
}

/// What a file is a page by the name of; `None` if it is none.
pub(crate) fn name_of(path: &Path) -> anyhow::Result<Option<String>> {
    let hidden = |name: &OsStr| name.as_encoded_bytes().starts_with(b".");
    if path.extension() != Some(OsStr::new("md")) || path.file_name().is_none_or(hidden) {
        return Ok(None);
    }
    let name = path.file_stem().and_then(OsStr::to_str);
    let name = name.filter(|name| is_plain(name)).with_context(|| {
        let path = path.display();
        format!("{path} cannot be the address of a page: use letters, digits, `-` and `_`")
    })?;
    Ok(Some(name.to_owned()))
}

/// Whether it may be a part of an address as it is.
fn is_plain(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    name.bytes().all(is_plain)
}

impl Page {
    pub(crate) fn render(name: String, markdown: &str) -> Page {
        let events: Vec<_> = Parser::new_ext(markdown, Options::ENABLE_TABLES)
            .map(to_address)
            .collect();
        let title = title(&events).unwrap_or_else(|| name.clone());
        let mut body = String::new();
        html::push_html(&mut body, events.into_iter());
        Page {
            name,
            title: escaped(&title),
            body,
        }
    }

    pub(crate) fn file(&self) -> String {
        format!("{}.html", self.name)
    }

    pub(crate) fn order(&self) -> impl Ord {
        (self.name != "index", &self.name)
    }

    /// The whole page, with links to all pages of the site.
    pub(crate) fn html(&self, all: &[Page]) -> String {
        let mut links = String::new();
        for page in all {
            let (file, title) = (page.file(), &page.title);
            let _ = writeln!(links, "<a href=\"{file}\">{title}</a>");
        }
        let (title, body) = (&self.title, &self.body);
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<nav>\n{links}</nav>\n<main>\n{body}</main>\n</body>\n</html>\n"
        )
    }
}

/// A link to `page.md`, which is good where the sources are read, becomes one to `page.html`.
fn to_address(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => {
            let page = dest_url.strip_suffix(".md").filter(|name| is_plain(name));
            let dest_url = page.map_or(dest_url.clone(), |name| format!("{name}.html").into());
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            })
        }
        other => other,
    }
}

/// The text of the first heading.
fn title(events: &[Event<'_>]) -> Option<String> {
    let is_heading = |event: &Event<'_>| matches!(event, Event::Start(Tag::Heading { .. }));
    let begin = events.iter().position(is_heading)?;
    let mut title = String::new();
    for event in &events[begin..] {
        match event {
            Event::Text(text) | Event::Code(text) => title.push_str(text),
            Event::End(TagEnd::Heading(_)) => break,
            _ => {}
        }
    }
    Some(title)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    html::push_html(&mut escaped, [Event::Text(text.into())].into_iter());
    escaped
}
