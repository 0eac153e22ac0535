//! Makes up scripts.
//!
//! Each script ends, as the contract has it: what would wait for ever gets a signal or a limit that ends it.

use std::fmt::Display;

use aplomb_testing::Signal;

use super::case::{Case, Send};
use super::numbers::Numbers;
use crate::script::{Script, Step};

/// Makes the script of this seed.
pub fn generate(seed: u64) -> Case {
    let mut generator = Generator {
        numbers: Numbers::new(seed),
        case: Case {
            seed,
            script: Script::default(),
            sends: Vec::new(),
        },
        counts: [0; 6],
        waits: false,
        hangs: false,
        dies: 0,
    };
    generator.all();
    generator.case
}

struct Generator {
    numbers: Numbers,
    case: Case,
    /// How many workers, exit functions, functions of `on_request`, steps of a `Cleanup`, children, and functions of
    /// `on_signal` there are.
    counts: [u32; 6],
    /// Whether `run` may wait for a request that nobody makes.
    waits: bool,
    /// Whether `run` does not end by itself, whatever happens.
    hangs: bool,
    /// How many steps call `process::exit`.
    dies: u32,
}

/// What a function is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Body,
    Start,
    Run,
    Stop,
    Usr,
    Worker,
    Exit,
    OnRequest,
    OnSignal,
    Undo,
    /// What the program does itself when its app has ended.
    After,
}

/// What further functions are called, by their first letters: workers, and so on.
const LETTERS: [&str; 6] = ["w", "x", "q", "c", "k", "g"];

#[allow(clippy::needless_pass_by_value, reason = "numbers and texts alike")]
fn step(verb: &str, object: impl Display) -> Step {
    Step {
        verb: verb.to_owned(),
        object: object.to_string(),
    }
}

impl Generator {
    fn all(&mut self) {
        let kinds = [
            ("threads", 50),
            ("tokio", 30),
            ("tokio-current-thread", 12),
            ("smol", 8),
        ];
        self.case.script.kind = self.numbers.weighted(&kinds).to_owned();
        if self.numbers.percent(25) {
            self.option("components", "yes");
        }
        self.options();
        // Whether `run` and `stop` return codes or the statuses of children.
        if self.numbers.percent(20) {
            self.option("as-child", "yes");
        }
        if self.numbers.percent(12) {
            let embedded = self.numbers.one_of(&["once", "twice"]);
            self.option("embedded", embedded);
        }
        if self.numbers.percent(15) {
            self.function("body", Role::Body);
        }
        for part in self.case.script.parts() {
            self.function(&format!("{part}start"), Role::Start);
            self.function(&format!("{part}run"), Role::Run);
            self.function(&format!("{part}stop"), Role::Stop);
        }
        if let Some(embedded) = self.case.script.option("embedded") {
            let has_second = embedded == "twice";
            self.function("after", Role::After);
            if has_second {
                self.second_app();
            }
        }
        if self.numbers.percent(15) {
            self.function("usr1", Role::Usr);
            for _ in 0..self.numbers.between(1, 3) {
                self.send(Signal::SIGUSR1);
            }
            if self.numbers.percent(50) {
                // A `run` that lasts, so that the function must be called.
                let part = self.case.script.parts().remove(0);
                let run = self.case.script.functions.get_mut(&format!("{part}run"));
                run.expect("each part has one").insert(0, step("nap", 600));
            }
        }
        if self
            .numbers
            .percent(if self.dies > 0 || self.hangs { 60 } else { 10 })
        {
            self.add_shields();
        }
        if self.dies > 0 {
            // Some shields cannot end then: that of a `stop` which joins the thread that exits, or that of a task whose
            // thread it blocks. Ten seconds, as without the option, would be long.
            let wait = self.numbers.between(250, 700);
            self.option("exit-wait", wait);
        }
        self.signals();
        self.rescue();
    }

    /// An app that asks for its end itself, with a status of its own.
    fn second_app(&mut self) {
        self.function("z1", Role::After);
        self.function("z3", Role::After);
        let (pause, code) = (self.numbers.between(0, 60), self.numbers.between(1, 9));
        let steps = vec![step("pause", pause), step("exit", code), step("wait", "")];
        self.case.script.functions.insert("z2".to_owned(), steps);
    }

    #[allow(clippy::needless_pass_by_value, reason = "numbers and texts alike")]
    fn option(&mut self, name: &str, value: impl Display) {
        let options = &mut self.case.script.options;
        options.insert(name.to_owned(), value.to_string());
    }

    fn options(&mut self) {
        for name in ["timeout-start", "timeout-run", "timeout-stop"] {
            if self.numbers.percent(12) {
                let limit = self.numbers.between(250, 700);
                self.option(name, limit);
            }
        }
        if self.numbers.percent(12) {
            let limit = self.numbers.between(800, 1600);
            self.option("deadline", limit);
        }
        if self.numbers.percent(12) {
            let time = self.numbers.between(30, 200);
            self.option("drain", time);
        }
        if self.case.script.is_async() && self.numbers.percent(12) {
            let time = self.numbers.between(100, 400);
            self.option("grace", time);
        }
        self.make_room();
        if self.numbers.percent(8) {
            let count = self.numbers.between(2, 3);
            self.option("force-after", count);
        }
        if self.numbers.percent(15) {
            let policy = self.numbers.one_of(&["code", "success"]);
            self.option("exit", policy);
        }
    }

    /// Leaves out the options that contradict others: what is not over before `run` would be given up by a limit.
    fn make_room(&mut self) {
        let script = &self.case.script;
        let number = |name| script.number(name).unwrap_or(0);
        let limits = [script.number("timeout-run"), script.room()];
        let limit = limits.into_iter().flatten().min();
        let (drain, grace) = (number("drain"), number("grace"));
        let fits = |time: u64| limit.is_none_or(|limit| time < limit);
        let options = &mut self.case.script.options;
        if !fits(drain + grace) {
            options.remove("grace");
        }
        if !fits(drain) {
            options.remove("drain");
        }
    }

    /// A new function, with a name of its own.
    fn further(&mut self, role: Role) -> String {
        let kind = match role {
            Role::Worker => 0,
            Role::Exit => 1,
            Role::OnRequest => 2,
            Role::OnSignal => 5,
            _ => 3,
        };
        let name = self.name(kind);
        self.function(&name, role);
        name
    }

    fn name(&mut self, kind: usize) -> String {
        self.counts[kind] += 1;
        format!("{}{}", LETTERS[kind], self.counts[kind])
    }

    fn function(&mut self, name: &str, role: Role) {
        // The name is taken before its steps are made: these may make further functions.
        self.case
            .script
            .functions
            .insert(name.to_owned(), Vec::new());
        let mut steps = Vec::new();
        let count = match role {
            Role::Run => self.numbers.between(0, 5),
            Role::Start | Role::Stop | Role::Worker => self.numbers.between(0, 4),
            _ => self.numbers.between(0, 2),
        };
        if role == Role::Worker && self.numbers.percent(20) {
            steps.push(step("hold", ""));
        }
        for _ in 0..count {
            let step = self.step(role);
            steps.push(step);
        }
        steps.extend(self.last(role));
        self.case.script.functions.insert(name.to_owned(), steps);
    }

    /// How a function ends; nothing, for most.
    fn last(&mut self, role: Role) -> Option<Step> {
        let (errs, panics, codes) = match role {
            Role::Body => (5, 4, 0),
            Role::Start => (7, 5, 0),
            Role::Run => (6, 5, 6),
            Role::Stop => (6, 4, 5),
            Role::Usr => (10, 8, 0),
            Role::Undo => (8, 6, 0),
            Role::Exit | Role::OnRequest | Role::OnSignal => (0, 8, 0),
            Role::After => (0, 0, 0),
            Role::Worker => (5, 5, 0),
        };
        let codes = if self.case.script.option("as-child").is_some() {
            codes * 3
        } else {
            codes
        };
        let waits = if role == Role::Run { 45 } else { 0 };
        let hangs = match role {
            Role::Run => 6,
            Role::Worker => 15,
            Role::Start if self.case.script.number("timeout-start").is_some() => 12,
            Role::Stop if self.case.script.number("timeout-stop").is_some() => 12,
            _ => 0,
        };
        let all = [
            ("", 100 - errs - panics - codes - waits - hangs),
            ("wait", waits),
            ("hang", hangs),
            ("err", errs),
            ("panic", panics),
            ("code", codes),
        ];
        match self.numbers.weighted(&all) {
            "" => None,
            "code" if self.case.script.option("as-child").is_some() => Some(self.as_child()),
            "code" => Some(step("code", self.numbers.between(1, 9))),
            "wait" => {
                self.waits = true;
                Some(step("wait", ""))
            }
            "hang" => {
                self.hangs |= role == Role::Run;
                Some(step("hang", ""))
            }
            verb => Some(step(verb, "")),
        }
    }

    /// Ends as a child has: as one of the app's, which is ended for that, or as one that has exited or was killed.
    fn as_child(&mut self) -> Step {
        let children = u64::from(self.counts[4]);
        if children > 0 && self.numbers.percent(50) {
            return step("as", format!("k{}", self.numbers.between(1, children)));
        }
        let ends = [("c0", 2), ("c5", 3), ("s15", 2), ("s9", 1), ("s10", 1)];
        step("as", self.numbers.weighted(&ends))
    }

    fn time(&mut self) -> u64 {
        if self.numbers.percent(12) {
            self.numbers.between(60, 250)
        } else {
            self.numbers.between(1, 30)
        }
    }

    fn step(&mut self, role: Role) -> Step {
        use Role::{After, Body, Exit, OnRequest, OnSignal, Run, Start, Stop, Undo, Usr, Worker};
        let among = |roles: &[Role], weight| if roles.contains(&role) { weight } else { 0 };
        let in_app = among(
            &[Start, Run, Stop, Usr, Worker, OnRequest, OnSignal, Undo],
            10,
        );
        let on_tokio = self.case.script.kind.starts_with("tokio");
        let calls_task = among(&[Start, Run, Stop, Usr, Worker], 10);
        let has_own = !self.case.script.is_async() || on_tokio;
        let dies = if self.dies < 2 { 2 } else { 0 };
        let (worker, child) = (self.counts[0] > 0, self.counts[4] > 0);
        let all = [
            ("pause", 10),
            ("block", 6),
            ("print", 6),
            (
                "sleep",
                among(
                    &[Start, Run, Stop, Usr, Worker, OnRequest, OnSignal, Undo],
                    8,
                ),
            ),
            (
                "nap",
                among(
                    &[Start, Run, Stop, Usr, Worker, OnRequest, OnSignal, Undo],
                    6,
                ),
            ),
            (
                "check",
                among(
                    &[Start, Run, Stop, Usr, Worker, OnRequest, OnSignal, Undo],
                    6,
                ),
            ),
            ("shield", in_app + among(&[Exit, After], 5)),
            ("nested", in_app / 2),
            ("shielded", if has_own { calls_task } else { 0 }),
            ("lose", if on_tokio { calls_task / 2 } else { 0 }),
            (
                "request",
                among(&[Start, Run, Stop, Usr, Worker, OnRequest], 2),
            ),
            (
                "exit",
                among(&[Start, Run, Stop, Usr, Worker, OnRequest], 2),
            ),
            (
                "die",
                among(&[Body, Start, Run, Stop, Usr, Worker, OnRequest], dies),
            ),
            ("atexit", among(&[Body, Start, Run, Worker, Exit], 6)),
            ("onrequest", among(&[Start, Run], 5)),
            ("onsignal", among(&[Start, Run, Stop, Worker], 6)),
            ("undo", among(&[Start], 12)),
            ("spawn", among(&[Start, Run], 14)),
            ("join", if worker { among(&[Run, Stop], 8) } else { 0 }),
            ("usleep", among(&[Start], 10)),
            ("ucheck", among(&[Start], 5)),
            ("child", among(&[Start, Run], 7)),
            ("childwait", if child { among(&[Run], 8) } else { 0 }),
            ("childstop", if child { among(&[Run, Stop], 8) } else { 0 }),
            ("fork", among(&[Start, Run, Stop], 2)),
            ("forkterm", among(&[Start, Run, Stop], 2)),
        ];
        let verb = self.numbers.weighted(&all);
        let object = match verb {
            "pause" | "block" | "sleep" | "usleep" | "nap" | "shield" | "nested" | "shielded"
            | "lose" => self.time().to_string(),
            "print" => self.numbers.between(1, 3).to_string(),
            "exit" | "fork" => self.numbers.between(0, 9).to_string(),
            "die" => {
                self.dies += 1;
                self.numbers.between(0, 9).to_string()
            }
            "atexit" => self.further(Exit),
            "onrequest" => self.further(OnRequest),
            "onsignal" => self.further(OnSignal),
            "undo" => self.further(Undo),
            "spawn" => self.further(Worker),
            "join" => self.joined(),
            "child" => self.child(),
            "childwait" | "childstop" => {
                format!("k{}", self.numbers.between(1, self.counts[4].into()))
            }
            _ => String::new(),
        };
        if verb == "join" && object.is_empty() {
            return step("pause", 1);
        }
        step(verb, object)
    }

    /// A worker that ends by itself. One that calls `process::exit` does not, but that ends the app.
    fn joined(&mut self) -> String {
        let name = format!("w{}", self.numbers.between(1, self.counts[0].into()));
        let endless = |step: &Step| step.verb == "hang";
        if self.case.script.steps(&name).iter().any(endless) {
            return String::new();
        }
        name
    }

    fn child(&mut self) -> String {
        let name = self.name(4);
        let when = self.numbers.one_of(&["ignore", "cancel", "request"]);
        let grace = self.numbers.between(100, 700);
        let life = if self.numbers.percent(50) {
            self.numbers.between(5, 100)
        } else {
            3000
        };
        // How long it takes when it was asked: for some that is longer than their grace.
        let manner = match self.numbers.weighted(&[("0", 3), ("long", 3), ("deaf", 3)]) {
            "long" => self.numbers.between(20, 900).to_string(),
            manner => manner.to_owned(),
        };
        format!("{name},{when},{grace},{life},{manner}")
    }

    /// Adds a signal at a random moment.
    fn send(&mut self, signal: Signal) {
        let cue = self.cue();
        let delay = self.numbers.between(0, 60);
        self.case.sends.push(Send { cue, delay, signal });
    }

    fn cue(&mut self) -> String {
        if self.numbers.percent(15) {
            return String::new();
        }
        let parts = self.case.script.parts();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let part = self.numbers.one_of(&parts);
        let embedded = if self.case.script.option("embedded").is_some() {
            8
        } else {
            0
        };
        let phases = [
            ("body", 5),
            ("start", 30),
            ("run", 55),
            ("stop", 15),
            ("x1", 5),
            ("after", embedded),
            ("z2", embedded),
        ];
        let phase = self.numbers.weighted(&phases);
        let function = match phase {
            "body" | "x1" | "after" | "z2" => phase.to_owned(),
            _ => format!("{part}{phase}"),
        };
        let steps = self.case.script.steps(&function).len();
        if steps > 0 && self.numbers.percent(50) {
            let last = u64::try_from(steps - 1).expect("it fits");
            return format!("{function}#1 do {}", self.numbers.between(0, last));
        }
        format!("{function}#1 begin")
    }

    fn signals(&mut self) {
        let scenes = [
            ("none", 20),
            ("one", 40),
            ("burst", 10),
            ("insisting", 15),
            ("mixed", 10),
            ("quit", 3),
            ("kill", 3),
            ("stopped", 4),
        ];
        let any = [
            &Signal::SIGINT,
            &Signal::SIGINT,
            &Signal::SIGTERM,
            &Signal::SIGHUP,
        ];
        match self.numbers.weighted(&scenes) {
            "one" => {
                let signal = *self.numbers.one_of(&any);
                self.send(signal);
            }
            "burst" => {
                let cue = self.cue();
                let delay = self.numbers.between(0, 40);
                for _ in 0..self.numbers.between(2, 5) {
                    let signal = *self.numbers.one_of(&any);
                    let delay = delay + self.numbers.between(0, 15);
                    let cue = cue.clone();
                    self.case.sends.push(Send { cue, delay, signal });
                }
            }
            "insisting" => {
                let cue = self.cue();
                let delay = self.numbers.between(0, 60);
                self.insist(&cue, delay);
            }
            "mixed" => {
                for _ in 0..self.numbers.between(2, 4) {
                    let signal = *self.numbers.one_of(&any);
                    self.send(signal);
                }
            }
            "stopped" => {
                let cue = self.cue();
                let delay = self.numbers.between(0, 40);
                let time = self.numbers.between(50, 400);
                let signal = *self.numbers.one_of(&any);
                let sends = [
                    (delay, Signal::SIGSTOP),
                    (delay + time / 2, signal),
                    (delay + time, Signal::SIGCONT),
                ];
                for (delay, signal) in sends {
                    let cue = cue.clone();
                    self.case.sends.push(Send { cue, delay, signal });
                }
            }
            "quit" => self.send(Signal::SIGQUIT),
            "kill" => self.send(Signal::SIGKILL),
            _ => {}
        }
    }

    /// Adds a worker that goes from shield to shield, so that what ends the app meets one.
    fn add_shields(&mut self) {
        let name = self.name(0);
        let own = if self.case.script.kind == "smol" {
            "shield"
        } else {
            "shielded"
        };
        // What does not end by itself is ended after a second and more.
        let most = if self.hangs { 24 } else { 9 };
        let steps = (0..self.numbers.between(3, most)).map(|_| {
            let verb = self.numbers.one_of(&["shield", "nested", own]);
            step(verb, self.numbers.between(20, 120))
        });
        let steps = steps.collect();
        self.case.script.functions.insert(name.clone(), steps);
        let part = self.case.script.parts().remove(0);
        let phase = self.numbers.one_of(&["start", "run"]);
        let phase = self
            .case
            .script
            .functions
            .get_mut(&format!("{part}{phase}"));
        phase
            .expect("each part has one")
            .insert(0, step("spawn", name));
    }

    fn insist(&mut self, cue: &str, mut delay: u64) {
        for _ in 0..self.numbers.between(2, 3) {
            let (cue, signal) = (cue.to_owned(), Signal::SIGINT);
            self.case.sends.push(Send { cue, delay, signal });
            delay += self.numbers.between(200, 350);
        }
    }

    /// Ends what would wait for ever.
    fn rescue(&mut self) {
        let part = self.case.script.parts().remove(0);
        let cue = format!("{part}run#1 begin");
        if self.waits || self.hangs {
            let (delay, signal) = (self.numbers.between(20, 150), Signal::SIGTERM);
            let cue = cue.clone();
            self.case.sends.push(Send { cue, delay, signal });
        }
        // A `deadline` ends it as well: by what is kept for `stop`, where nobody insists before.
        let is_left_to_it =
            self.case.script.number("deadline").is_some() && self.numbers.percent(70);
        if self.hangs && !is_left_to_it {
            // The last of these ends it, whatever the others were for.
            for delay in [400, 700, 1000, 2500, 4000] {
                let (cue, signal) = (cue.clone(), Signal::SIGINT);
                self.case.sends.push(Send { cue, delay, signal });
            }
        }
    }
}
