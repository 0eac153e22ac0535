//! rust-analyzer as a process, and the protocol in which an editor talks with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// How long anything may take before it counts as hung. The library and what it depends on are compiled
/// for the first answer.
const PATIENCE: Duration = Duration::from_secs(200);

/// What a server answers when the files have changed while it thought; the editor asks again.
const ASK_AGAIN: [i64; 2] = [-32801, -32802];

/// A server that has read its package. Where nobody drops it, it ends with the test, when its input does.
pub(crate) struct Server {
    process: Child,
    input: ChildStdin,
    inbox: Receiver<Value>,
    requests: i64,
    quiescent: bool,
    /// What the server itself says is wrong.
    problem: Option<String>,
}

impl Server {
    /// Starts it on a package, and waits until it knows all that it wants to know. An `Err` is what keeps it from that.
    pub(crate) fn start(program: &Path, package: &Path) -> Result<Self, String> {
        let mut process = Command::new(program)
            .current_dir(package)
            .env("CARGO_TARGET_DIR", env!("CARGO_TARGET_TMPDIR"))
            .env_remove("RUSTFLAGS")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("rust-analyzer runs");
        let input = process.stdin.take().expect("it is a pipe");
        let mut output = BufReader::new(process.stdout.take().expect("it is a pipe"));
        let (sender, inbox) = channel();
        thread::spawn(move || {
            while let Some(message) = receive(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let mut server = Self {
            process,
            input,
            inbox,
            requests: 0,
            quiescent: false,
            problem: None,
        };
        server.request(
            "initialize",
            &json!({
                "processId": std::process::id(),
                "rootUri": uri(package),
                "capabilities": {
                    "experimental": { "serverStatusNotification": true },
                    "textDocument": {
                        "diagnostic": {},
                        "hover": { "contentFormat": ["markdown"] },
                    },
                },
                // What rustc says is seen by other tests; here it is about what the server understands by itself, and
                // of that only what is asked for.
                "initializationOptions": { "checkOnSave": false, "cachePriming": { "enable": false } },
            }),
        );
        server.notify("initialized", &json!({}));
        while !server.quiescent {
            let message = server.next();
            server.take(&message);
        }
        match server.problem.take() {
            None => Ok(server),
            Some(problem) => Err(problem),
        }
    }

    pub(crate) fn notify(&mut self, method: &str, parameters: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": parameters }));
    }

    /// Asks, and waits for the answer.
    pub(crate) fn request(&mut self, method: &str, parameters: &Value) -> Value {
        loop {
            let mut answer = self.ask(method, parameters);
            let code = answer["error"]["code"].as_i64();
            if code.is_some_and(|code| ASK_AGAIN.contains(&code)) {
                continue;
            }
            let problem = &answer["error"];
            assert!(problem.is_null(), "{method} of {parameters}: {problem}");
            return answer["result"].take();
        }
    }

    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.requests += 1;
        let id = self.requests;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters }));
        loop {
            let message = self.next();
            if message["method"].is_null() && message["id"] == id {
                return message;
            }
            self.take(&message);
        }
    }

    /// What the server says or asks by itself.
    fn take(&mut self, message: &Value) {
        let method = message["method"].as_str().unwrap_or_default();
        if method == "experimental/serverStatus" {
            let status = &message["params"];
            let problem = status["message"].as_str().map(String::from);
            self.problem = problem.filter(|_| status["health"] != "ok");
            self.quiescent = status["quiescent"] == true;
        }
        if !message["id"].is_null() {
            // Null for each: an editor of no settings, that does as it is told.
            let items = message["params"]["items"].as_array();
            let result = items.map(|items| vec![Value::Null; items.len()]);
            self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }));
        }
    }

    fn next(&self) -> Value {
        let message = self.inbox.recv_timeout(PATIENCE);
        message.expect("rust-analyzer goes on talking")
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let written = write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len());
        let written = written.and_then(|()| self.input.flush());
        written.expect("rust-analyzer listens");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The next message: headers, an empty line, and JSON. `None` when the server has ended.
fn receive(output: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(number) = line.strip_prefix("content-length:") {
            length = number.trim().parse().ok()?;
        }
    }
    let mut text = vec![0; length];
    output.read_exact(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}
