//! An editor with one open file: it shows a text, and asks at the cursor, which is written `|`.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::{fs, io};

use serde_json::{Value, json};

use super::package::{FILE, package, rust_analyzer, say_aloud};
use super::server::{Server, uri};

pub(crate) struct Editor {
    server: Server,
    uri: String,
    text: String,
    version: u32,
    cursor: Value,
}

/// The one editor of all tests, since it takes long to start. `None`, said aloud once, where there is none.
pub(crate) fn editor() -> Option<MutexGuard<'static, Editor>> {
    static EDITOR: OnceLock<Option<Mutex<Editor>>> = OnceLock::new();
    let editor = EDITOR.get_or_init(|| {
        let editor = rust_analyzer().and_then(|program| Editor::start(&program));
        if let Err(need) = &editor {
            say_aloud(&format!("what an editor sees: skipped, needs {need}"));
        }
        editor.ok().map(Mutex::new)
    });
    let editor = editor.as_ref()?;
    // A test that has failed leaves an editor that shows another text, as each test does.
    Some(editor.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A problem that is shown in the text.
#[derive(Debug)]
pub(crate) struct Diagnostic {
    pub(crate) message: String,
    /// The text that is underlined.
    pub(crate) text: String,
}

impl Editor {
    fn start(program: &Path) -> Result<Self, String> {
        let package = package();
        let uri = uri(&package.join(FILE));
        let mut server = match Server::start(program, &package) {
            Ok(server) => server,
            // std has dependencies of its own, which a machine without a network may not have.
            Err(problem) if problem.contains("sysroot") => {
                return Err(format!("to understand the standard library: {problem}"));
            }
            Err(problem) => panic!("{problem}"),
        };
        let document = json!({ "uri": uri, "languageId": "rust", "version": 0, "text": "" });
        server.notify("textDocument/didOpen", &json!({ "textDocument": document }));
        Ok(Self {
            server,
            uri,
            text: String::new(),
            version: 0,
            cursor: Value::Null,
        })
    }

    /// Shows a text instead of the one before.
    pub(crate) fn show(&mut self, text: &str) {
        self.cursor = json!({ "line": 0, "character": 0 });
        self.text = text.to_string();
        if let Some((before, after)) = text.split_once('|') {
            self.cursor = position(before);
            self.text = format!("{before}{after}");
        }
        self.version += 1;
        let document = json!({ "uri": self.uri, "version": self.version });
        let changes = json!([{ "text": self.text }]);
        self.server.notify(
            "textDocument/didChange",
            &json!({ "textDocument": document, "contentChanges": changes }),
        );
    }

    /// Asks about the cursor's place.
    fn ask(&mut self, what: &str, more: Value) -> Value {
        let mut parameters =
            json!({ "textDocument": { "uri": self.uri }, "position": self.cursor });
        if let (Some(all), Value::Object(more)) = (parameters.as_object_mut(), more) {
            all.extend(more);
        }
        self.server
            .request(&format!("textDocument/{what}"), &parameters)
    }

    /// What may be written there.
    pub(crate) fn completions(&mut self) -> Vec<String> {
        let answer = self.ask("completion", Value::Null);
        let items = answer.get("items").unwrap_or(&answer).as_array();
        let labels = items
            .into_iter()
            .flatten()
            .map(|item| string(&item["label"]));
        labels.collect()
    }

    /// What is told about the word there.
    pub(crate) fn hover(&mut self) -> String {
        let answer = self.ask("hover", Value::Null);
        string(&answer["contents"]["value"])
    }

    /// The lines that the word there is defined in.
    pub(crate) fn definitions(&mut self) -> Vec<String> {
        let answer = self.ask("definition", Value::Null);
        let places = answer.as_array().into_iter().flatten();
        let lines = places.map(|place| {
            let start = &place["range"]["start"];
            let file = string(&place["uri"]);
            let text = self
                .read(&file)
                .unwrap_or_else(|error| panic!("{file}: {error}"));
            let line = text.lines().nth(number(&start["line"]));
            line.unwrap_or_default().trim().to_string()
        });
        lines.collect()
    }

    fn read(&self, uri: &str) -> io::Result<String> {
        if uri == self.uri {
            return Ok(self.text.clone());
        }
        fs::read_to_string(uri.trim_start_matches("file://"))
    }

    /// The whole text after the word there was renamed.
    pub(crate) fn renamed(&mut self, name: &str) -> String {
        let answer = self.ask("rename", json!({ "newName": name }));
        let edits = answer["changes"][&self.uri].as_array();
        let edits = edits.or_else(|| answer["documentChanges"][0]["edits"].as_array());
        let edits = edits.into_iter().flatten().map(|edit| {
            let range = self.range(&edit["range"]);
            (range, string(&edit["newText"]))
        });
        let mut edits: Vec<_> = edits.collect();
        edits.sort_by_key(|(range, _)| range.start);
        let mut text = self.text.clone();
        for (range, new) in edits.into_iter().rev() {
            text.replace_range(range, &new);
        }
        text
    }

    /// Everything that is shown as a problem, mistakes and hints alike.
    pub(crate) fn diagnostics(&mut self) -> Vec<Diagnostic> {
        let answer = self.ask("diagnostic", Value::Null);
        let items = answer["items"].as_array().expect("there is a report");
        let found = items.iter().map(|item| Diagnostic {
            message: string(&item["message"]),
            text: self.text[self.range(&item["range"])].to_string(),
        });
        found.collect()
    }

    fn range(&self, range: &Value) -> std::ops::Range<usize> {
        let offset = |place: &Value| {
            let lines = self.text.split_inclusive('\n');
            let before = lines.take(number(&place["line"])).map(str::len);
            before.sum::<usize>() + number(&place["character"])
        };
        offset(&range["start"])..offset(&range["end"])
    }
}

/// The place behind a text. The texts are ASCII, so the protocol's units are bytes.
fn position(before: &str) -> Value {
    assert!(before.is_ascii(), "{before}");
    let line = before.matches('\n').count();
    let character = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
    json!({ "line": line, "character": character })
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

fn number(value: &Value) -> usize {
    let number = value.as_u64().unwrap_or_default();
    usize::try_from(number).unwrap_or_default()
}
