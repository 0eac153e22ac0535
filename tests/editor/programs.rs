//! The texts that the editor shows.

/// What the fragments of apps of threads name.
const THREADS: &str = "
use aplomb::{Shutdown, app, shielded};
use async_trait::async_trait;
use std::pin::Pin;

type BoxFuture<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

pub struct State {
    number: u32,
}

impl State {
    pub fn open() -> Result<Self, String> {
        Ok(State { number: 1 })
    }

    pub fn serve(&self) {}

    pub fn close(self) {}
}

pub fn start() -> Result<State, String> {
    State::open()
}

pub fn run(state: &mut State, shutdown: &Shutdown) {
    state.number += 1;
    shutdown.wait();
}

pub fn stop(state: State) {
    state.close();
}

pub fn reload() {}

pub trait Commit {
    fn commit(&self);
}

#[async_trait]
pub trait Save {
    async fn save(&self);
}

pub async fn ready() {}

pub fn block_on<F: Future>(future: F) -> F::Output {
    drop(future);
    unimplemented!()
}

pub mod database {
    pub struct Database;

    pub fn start() -> Result<Database, String> {
        Ok(Database)
    }

    pub fn stop(_: Database) {}
}

pub mod cache {
    use aplomb::Shutdown;

    pub struct Cache;

    pub fn start(_: &super::database::Database) -> Result<Cache, String> {
        Ok(Cache)
    }

    pub fn work(_: &Cache, shutdown: &Shutdown) {
        shutdown.wait();
    }
}
";

/// Apps of all kinds: nothing is wrong with them.
pub(crate) const APPS: [&str; 16] = [
    "#[app(start, run, stop)]\nfn main();",
    "#[app(start, run, stop)]\nfn main() {}",
    "#[app(start, run, stop)]\nfn main() {\n    println!(\"a body\");\n}",
    "#[app(start = begin, run = State::serve, stop = State::close)]\nfn main() -> Result<u32, String> {\n    \
     let state = State::open()?;\n    Ok(state.number)\n}\nfn begin(number: u32) -> Result<State, String> {\n    \
     Ok(State { number })\n}",
    "#[app(run = work)]\n#[allow(unused)]\npub fn main();\nfn work() {}",
    "#[app(start, run, stop, signals(SIGINT, SIGTERM), on(SIGHUP = reload, SIGUSR1 = self::reload), \
     timeout(start = \"1m30s\", run = \"10s\", stop = \"250ms\"), deadline = \"2h\", drain = \"5s\", \
     force_after = 3, reap_orphans, terminal = \"restore\", exit = \"code\", crate = ::aplomb)]\nfn main();",
    "#[app(start, run, stop, systemd(extend = \"5m\", ready = \"announced\"))]\nfn main();",
    "#[app(start, run, stop)]\nasync fn main();",
    "#[app(start, run, stop)]\nasync fn main() {}",
    "#[app(run = work)]\nasync fn main() -> Result<u32, String> {\n    ready().await;\n    \
     Ok(State::open().await?.number)\n}\nasync fn work(number: &u32) {\n    let _ = number;\n}",
    "#[app(start, run, flavor = \"current_thread\", on(SIGHUP = reload), deadline = \"25s\")]\nasync fn main();",
    "#[app(start, run, worker_threads = 4, grace = \"10s\")]\nasync fn main();",
    "#[app(start, run, block_on = block_on)]\nasync fn main();",
    "#[app(components(database(start, stop), cache(start, run = cache::work)))]\nfn main();",
    "#[app(components(database(start, stop), Worker), on(SIGHUP = reload), timeout(run = \"10s\"))]\n\
     fn main() -> u32 {\n    7\n}\nstruct Worker;\nimpl Worker {\n    fn start(_: &u32) -> Result<Self, String> {\n        \
     Ok(Worker)\n    }\n    fn run(&self) {}\n    fn stop(self) {}\n}",
    "#[app(components(database(start, stop), cache(start, run = cache::work)))]\nasync fn main();",
];

/// Shielded functions of all shapes: nothing is wrong with them.
pub(crate) const SHIELDED: [&str; 16] = [
    "#[shielded]\nfn commit() {}",
    "#[shielded(name = \"the ledger\", crate = ::aplomb)]\npub fn commit(state: &State) -> Result<u32, String> {\n    \
     State::open()?;\n    Ok(state.number)\n}",
    "#[shielded]\nfn commit<T: Clone>(value: &T) -> T {\n    let copy = value.clone();\n    copy\n}",
    "#[shielded]\nunsafe extern \"C\" fn commit(_: *const u8) {}",
    "#[shielded]\nfn commit() -> impl Iterator<Item = u32> {\n    (0..3).map(u32::from)\n}",
    "#[shielded]\nasync fn commit(state: State) -> Result<u32, String> {\n    ready().await;\n    State::open()?;\n    \
     Ok(state.number)\n}",
    "#[shielded]\nasync fn commit(State { number }: State, _: u8, mut more: u32) -> u32 {\n    more += number;\n    more\n}",
    "#[shielded(inline)]\nasync fn commit(state: &mut State) {\n    state.number += 1;\n    ready().await;\n}",
    "#[shielded(inline, name = \"the ledger\")]\nasync fn commit() -> u32 {\n    if true {\n        return 1;\n    }\n    2\n}",
    "impl State {\n    #[shielded]\n    fn commit(&mut self) -> &mut u32 {\n        self.number += 1;\n        \
     &mut self.number\n    }\n}",
    "impl State {\n    #[shielded]\n    async fn commit(self) -> u32 {\n        ready().await;\n        self.number\n    }\n}",
    "impl State {\n    #[shielded(inline)]\n    async fn commit(&self, other: &State) -> u32 {\n        \
     self.number + other.number\n    }\n}",
    "impl Commit for State {\n    #[shielded]\n    fn commit(&self) {\n        self.serve();\n    }\n}",
    "impl State {\n    #[shielded(inline)]\n    fn commit(&self) -> BoxFuture<'_> {\n        Box::pin(async move { self.serve() })\n    }\n}",
    "impl State {\n    #[shielded]\n    fn commit(self) -> BoxFuture<'static> {\n        Box::pin(async move { self.close() })\n    }\n}",
    "#[async_trait]\nimpl Save for State {\n    #[shielded(inline)]\n    async fn save(&self) {\n        ready().await;\n        \
     self.serve();\n    }\n}",
];

/// The whole program around a fragment: what that names, in the kind that it asks for, and a `main`.
pub(crate) fn program(fragment: &str) -> String {
    let mut around = THREADS.to_string();
    if fragment.contains("async fn main") {
        for name in ["open", "start", "run", "stop", "reload", "work"] {
            around = around.replace(&format!("pub fn {name}("), &format!("pub async fn {name}("));
        }
        around = around
            .replace("State::open()\n", "State::open().await\n")
            .replace("shutdown.wait()", "shutdown.cancelled().await");
    }
    let main = if fragment.contains("fn main(") {
        ""
    } else {
        "#[app(start, run, stop)]\nfn main();\n"
    };
    format!("{around}\n{main}{fragment}\n")
}

/// The fragment with less and less of its arguments: each ends at a moment of writing them, and what was open is
/// closed, as editors do. The first of each pair is what is left of the arguments.
pub(crate) fn cuts(fragment: &str) -> Vec<(String, String)> {
    let attribute = ["#[app(", "#[shielded("].into_iter().find_map(|start| {
        let begin = fragment.find(start)? + start.len();
        Some((begin, begin + fragment[begin..].find(")]\n")?))
    });
    let Some((begin, end)) = attribute else {
        return Vec::new();
    };
    let cut = |length: usize| {
        let left = &fragment[begin..begin + length];
        let quote = left.matches('"').count() % 2 == 1;
        let open = left.matches('(').count() - left.matches(')').count();
        let closed = format!("{}{}", if quote { "\"" } else { "" }, ")".repeat(open));
        let (before, after) = (&fragment[..begin], &fragment[end..]);
        (left.to_string(), format!("{before}{left}{closed}{after}"))
    };
    let is_begun = |length: &usize| {
        // Of each word its first letter and all of it: what is between is to the attribute what the first is.
        let around = fragment[..begin + length].chars().rev().take(2);
        let around = around.chain(fragment[begin + length..].chars().next());
        !around
            .into_iter()
            .all(|it| it.is_alphanumeric() || it == '_')
    };
    (0..end - begin).filter(is_begun).map(cut).collect()
}
