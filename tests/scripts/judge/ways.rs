//! The ways in which a program may end.

use aplomb_testing::Signal;

use super::embedded;
use super::facts::{Facts, Role};
use crate::scripts::calls::{Call, Taken};
use crate::scripts::play::{MILLISECOND, Sent, Status, Time};

/// What a `run` has that is given up and cannot be dropped, less what a clock may be read apart.
const LAST_SECOND: Time = 995 * MILLISECOND;

/// By how much a limit may seem to pass early: its time begins before the mark that the oracle counts from.
const EARLY: Time = 2 * MILLISECOND;

/// How late the listener may be with a limit, on a busy machine that may also have stopped the app.
const LATE: Time = 2_000 * MILLISECOND;

/// A way to end: it may lead to one of these statuses, and what is wrong where that way was taken.
pub(super) struct Way {
    name: &'static str,
    pub(super) statuses: Vec<Status>,
    pub(super) wrong: Vec<String>,
}

pub fn judge(facts: &Facts<'_>, wrong: &mut Vec<String>) {
    if !facts.outcomes().is_empty() {
        return embedded::judge(facts, wrong);
    }
    let status = facts.seen.status;
    let mut ways = facts.ways();
    ways.retain(|way| way.statuses.contains(&status));
    if ways.iter().any(|way| way.wrong.is_empty()) {
        return;
    }
    if ways.is_empty() {
        let allowed: Vec<_> = facts
            .ways()
            .into_iter()
            .map(|way| (way.name, way.statuses))
            .collect();
        wrong.push(format!("{status:?} is not among {allowed:?}"));
    }
    for way in ways {
        let because = way
            .wrong
            .iter()
            .map(|one| format!("if it ended {}: {one}", way.name));
        wrong.extend(because);
    }
}

impl Facts<'_> {
    fn ways(&self) -> Vec<Way> {
        let violent = [self.by_quit(), self.by_force(), self.by_default()];
        let mut ways: Vec<Way> = violent.into_iter().flatten().collect();
        if self.is_shot() {
            return ways;
        }
        ways.extend(self.in_the_body());
        ways.extend(self.by_insisting());
        ways.extend(self.by_a_limit());
        ways.extend(self.by_process_exit());
        // An app inside of a program tells how it has ended, unless a signal comes as soon as it has.
        if self.is_embedded() {
            ways.extend(self.behind_the_app());
        } else {
            ways.push(self.in_its_own_time());
        }
        ways
    }

    /// A signal as its death, as the option `exit` has it. That of a signal that forces the end is no success.
    fn death(&self, signal: Signal, forced: bool) -> Status {
        match self.case.script.option("exit") {
            Some("code") => Status::Code(128 + signal as i32),
            Some("success") if !forced => Status::Code(0),
            _ => Status::Signal(signal as i32),
        }
    }

    /// Whether a signal that no process survives came long enough before the end, or as many as force it.
    fn is_shot(&self) -> bool {
        let count = self.case.script.number("force-after");
        if count.is_some_and(|count| self.interrupts().1 >= count) {
            return true;
        }
        let shots = [Signal::SIGKILL, Signal::SIGQUIT];
        let sent = self
            .seen
            .sent
            .iter()
            .filter(|sent| shots.contains(&sent.signal));
        // On a busy machine the end is seen late.
        sent.map(|sent| sent.at + 1_000 * MILLISECOND)
            .any(|due| due < self.seen.ended)
    }

    fn by_quit(&self) -> Option<Way> {
        let shots = [
            (Signal::SIGQUIT, "by SIGQUIT"),
            (Signal::SIGKILL, "by SIGKILL"),
        ];
        let sent = |signal| self.seen.sent.iter().any(move |sent| sent.signal == signal);
        let (signal, name) = shots.into_iter().find(|(signal, _)| sent(*signal))?;
        let statuses = vec![Status::Signal(signal as i32)];
        Some(Way {
            name,
            statuses,
            wrong: Vec::new(),
        })
    }

    fn by_force(&self) -> Option<Way> {
        let count = self.case.script.number("force-after")?;
        (self.interrupts().0 >= count).then(|| Way {
            name: "by force_after",
            statuses: vec![self.death(Signal::SIGINT, true)],
            wrong: Vec::new(),
        })
    }

    /// Before the handlers were there.
    fn by_default(&self) -> Option<Way> {
        self.calls.is_empty().then(|| Way {
            name: "before the app began",
            statuses: self
                .seen
                .sent
                .iter()
                .map(|sent| Status::Signal(sent.signal as i32))
                .collect(),
            wrong: Vec::new(),
        })
    }

    /// By a signal with its default action, when the app was over and had not told yet how it has ended.
    fn behind_the_app(&self) -> Option<Way> {
        let (done, ended) = (self.done(), self.seen.ended);
        let mut wrong = Vec::new();
        self.phases(&mut wrong);
        let late = self
            .seen
            .sent
            .iter()
            .filter(|sent| sent.latest(ended) >= done);
        let statuses: Vec<_> = late
            .map(|sent| Status::Signal(sent.signal as i32))
            .collect();
        (!statuses.is_empty()).then_some(Way {
            name: "by a signal behind the app",
            statuses,
            wrong,
        })
    }

    fn in_the_body(&self) -> Option<Way> {
        if self.of(Role::Start).next().is_some() {
            return None;
        }
        let mut wrong = Vec::new();
        self.no_exit_functions(&mut wrong);
        Some(Way {
            name: "by a signal in the body",
            statuses: self
                .first_signals()
                .into_iter()
                .map(|signal| self.death(signal, true))
                .collect(),
            wrong,
        })
    }

    /// The user has insisted, `run` cannot be dropped, and has not ended in its last second.
    fn by_insisting(&self) -> Option<Way> {
        let began = self.first_begin(Role::Run)?;
        let ended = self.seen.ended;
        let run_ended = self.or_end(self.last_end(Role::Run));
        let in_time = |sent: &&Sent| sent.latest(ended) >= began && sent.at <= run_ended;
        let insisting: Vec<&Sent> = self.insisting().into_iter().filter(in_time).collect();
        let first = insisting.first()?;
        if !self.may_block() {
            return None;
        }
        let mut wrong = Vec::new();
        // To insist once more ends the last second, also one that `timeout(run)` has given.
        let is_first = insisting.len() == 1 && !self.run_is_overdue();
        if is_first && ended < first.at + LAST_SECOND {
            wrong.push("`run` has not had its last second".to_owned());
        }
        self.regions_are_whole(&mut wrong, |_| true);
        self.none_of(Role::Stop, &mut wrong);
        self.no_exit_functions(&mut wrong);
        Some(Way {
            name: "by insisting",
            statuses: vec![self.death(Signal::SIGINT, true)],
            wrong,
        })
    }

    /// Whether `run` may be one that cannot be dropped.
    fn may_block(&self) -> bool {
        let blocking = ["block", "fork", "forkterm", "print", "child", "as"];
        !self.is_async() || blocking.iter().any(|verb| self.case.has(verb))
    }

    /// A limit has passed, and cut what was going on.
    fn by_a_limit(&self) -> Option<Way> {
        if !self.passed_limit() {
            return None;
        }
        let mut wrong = Vec::new();
        self.room_for_stop(&mut wrong);
        Some(Way {
            name: "by a limit",
            statuses: vec![Status::Code(124)],
            wrong,
        })
    }

    /// When `run` has ended, whatever has ended it, only what bounds `stop` keeps that from being called.
    fn room_for_stop(&self, wrong: &mut Vec<String>) {
        let (Some(began), Some(run)) = (self.first_begin(Role::Run), self.last_end(Role::Run))
        else {
            return;
        };
        let ended = self.seen.ended;
        let limit = |name| {
            self.case
                .script
                .number(name)
                .map(|limit| limit * MILLISECOND)
        };
        let passed = |name, since: Time| {
            limit(name).is_some_and(|limit| ended.saturating_sub(since) + EARLY >= limit)
        };
        let is_bounded = passed("timeout-stop", began)
            || passed(
                "deadline",
                self.requested_earliest().unwrap_or(run).min(run),
            );
        // A `run` that ends at the same moment as its last second is too late.
        let is_late = ended < run + 300 * MILLISECOND;
        let stops = self.of(Role::Stop).next().is_some();
        if self.dying().is_empty() && !stops && !is_bounded && !is_late {
            wrong.push("`run` has ended, and `stop` is not called".to_owned());
        }
    }

    /// Whether one of the app's limits may have passed.
    fn passed_limit(&self) -> bool {
        let ended = self.seen.ended;
        let limit = |name| {
            self.case
                .script
                .number(name)
                .map(|limit| limit * MILLISECOND)
        };
        let passed = |name, since: Option<Time>, until: Time| {
            let Some((limit, since)) = limit(name).zip(since) else {
                return false;
            };
            until.saturating_sub(since) + EARLY >= limit
        };
        let requested = self.requested_earliest();
        let start = self
            .last_end(Role::Body)
            .filter(|_| self.first_begin(Role::Start).is_some());
        let start_ended = self.or_end(self.last_end(Role::Start));
        // `timeout(stop)` also bounds the wait for shields before it, and what undoes a failed start. Both come after
        // the last start or run.
        let dying = self.dying().first().map(|(_, taken)| taken.begin);
        // There is no last second where `process::exit` was called: nothing comes after `run` then.
        let last_second = if dying.is_some() { 0 } else { LAST_SECOND };
        let settling = self.last_end(Role::Run).or(self.last_end(Role::Start));
        let giving_up = self.first_begin(Role::Run);
        // When only that part of `deadline` is left which is kept for `stop`.
        let room = self.case.script.room().map(|room| room * MILLISECOND);
        let had_room = room
            .zip(requested)
            .is_some_and(|(room, since)| ended.saturating_sub(since + last_second) + EARLY >= room);
        // A `run` that can be dropped costs nothing else: `stop` is called.
        let costs_stop = self.may_block() || dying.is_some();
        costs_stop && had_room
            || passed("timeout-start", start, start_ended)
            || costs_stop && passed("timeout-run", requested.map(|at| at + last_second), ended)
            || passed("timeout-stop", settling, ended)
            || passed("timeout-stop", giving_up, ended)
                && (limit("timeout-run").is_some() || room.is_some())
            || passed("deadline", requested.or(dying), ended)
    }

    /// Some thread has called `process::exit`. Where two have, the standard library stops one of them for good.
    fn by_process_exit(&self) -> Option<Way> {
        let dying = self.dying();
        let (_, first) = dying.first()?;
        let is_dying = |call: &Call| dying.iter().any(|(other, _)| other.name == call.name);
        let mut wrong = Vec::new();
        // What is still held when the wait is over is cut. It is waited for until then, and the exit functions come
        // later.
        let wait = self.case.script.number("exit-wait").unwrap_or(10_000);
        let until = self.or_end(self.first_begin(Role::Exit));
        if until.saturating_sub(first.begin) + EARLY < wait * MILLISECOND {
            self.regions_are_whole(&mut wrong, |call| !is_dying(call));
            for call in self.of(Role::Start).chain(self.of(Role::Stop)) {
                if call.end.is_none() && !is_dying(call) {
                    wrong.push(format!("{} was cut", call.name));
                }
            }
        }
        // What undoes a failed `start` is a part of `stop`, and may come first.
        let stopping = self
            .first_begin(Role::Undo)
            .into_iter()
            .chain(self.first_begin(Role::Stop));
        let phases = [
            ("run", self.first_begin(Role::Run)),
            ("stop", stopping.min()),
        ];
        for (phase, begin) in phases {
            if begin.is_some_and(|begin| begin > first.begin + 200 * MILLISECOND) {
                wrong.push(format!("{phase} begins after the exit has begun"));
            }
        }
        self.exit_functions(&mut wrong, first.begin);
        let panics = self.of(Role::Exit).any(|call| call.how() == "panic");
        let codes = dying
            .iter()
            .map(|(_, step)| i32::try_from(step.step.number()).expect("a status"));
        let statuses = if panics {
            vec![Status::Code(101)]
        } else {
            codes.map(Status::Code).collect()
        };
        Some(Way {
            name: "by process::exit",
            statuses,
            wrong,
        })
    }

    pub(super) fn is_embedded(&self) -> bool {
        self.case.script.option("embedded").is_some()
    }

    pub(super) fn in_its_own_time(&self) -> Way {
        let mut wrong = Vec::new();
        if self.is_embedded() {
            self.regions_until(self.done(), &mut wrong);
        } else {
            self.regions_are_whole(&mut wrong, |_| true);
            self.exit_functions(&mut wrong, self.done());
            self.after_all(&mut wrong, |_| true);
        }
        self.phases(&mut wrong);
        self.undone(&mut wrong);
        self.held_before_stop(&mut wrong);
        self.on_request(&mut wrong);
        self.on_signal(&mut wrong);
        self.given_up_in_time(&mut wrong);
        self.children_end_well(&mut wrong);
        Way {
            name: "in its own time",
            statuses: self.statuses(),
            wrong,
        }
    }

    /// When the last phase had ended, and what undoes the starts.
    fn done(&self) -> Time {
        let roles = [Role::Body, Role::Start, Role::Run, Role::Stop, Role::Undo];
        roles
            .into_iter()
            .filter_map(|role| self.last_end(role))
            .max()
            .unwrap_or(self.seen.ended)
    }

    fn none_of(&self, role: Role, wrong: &mut Vec<String>) {
        wrong.extend(
            self.of(role)
                .map(|call| format!("{} was called", call.name)),
        );
    }

    /// An end by force calls no exit functions. A `process::exit` that came at the same moment may have begun with
    /// them.
    fn no_exit_functions(&self, wrong: &mut Vec<String>) {
        if self.dying().is_empty() {
            self.none_of(Role::Exit, wrong);
        }
    }

    pub(super) fn regions_are_whole(&self, wrong: &mut Vec<String>, of: impl Fn(&Call) -> bool) {
        for (call, region) in self.regions().filter(|(call, _)| of(call)) {
            if region.outside.is_none() {
                wrong.push(format!("{}: `{}` was cut", call.name, region.step));
            }
        }
    }

    /// The regions that had begun by that time are whole. (An app inside of a program does not wait for later ones.)
    fn regions_until(&self, by: Time, wrong: &mut Vec<String>) {
        for (call, region) in self.regions() {
            let is_early = region.inside.is_some_and(|inside| inside + EARLY < by);
            if is_early && region.outside.is_none() {
                wrong.push(format!("{}: `{}` was cut", call.name, region.step));
            }
        }
    }

    /// A `run` that can be dropped is, when its time or its grace is over, and no region holds it back.
    fn given_up_in_time(&self, wrong: &mut Vec<String>) {
        let Some(ended) = self.last_end(Role::Run) else {
            return;
        };
        if !self.is_async() || self.may_block() {
            return;
        }
        let script = &self.case.script;
        let limit = [script.number("timeout-run"), script.room()];
        let limit = limit.into_iter().flatten().min();
        let grace = script.number("grace").zip(self.cancelled_certain());
        let times = [limit.zip(self.requested_certain()), grace];
        let times = times.into_iter().flatten();
        let due = times.map(|(time, since)| since + time * MILLISECOND).min();
        let held = self.regions().filter_map(|(_, region)| region.outside);
        let held = held.filter(|outside| *outside < ended).max();
        let due = due.map(|due| due.max(held.unwrap_or(0)) + LATE);
        if due.is_some_and(|due| ended > due) {
            wrong.push("`run` goes on when its time is over".to_owned());
        }
    }

    /// The functions of `on_signal` are told of all that came before the last phase had ended, and the exit waits for
    /// them.
    fn on_signal(&self, wrong: &mut Vec<String>) {
        // A signal that comes later changes nothing any more, and nobody waits for who is told of it.
        let (done, exit) = (self.done(), self.first_begin(Role::Exit));
        for call in self.of(Role::OnSignal).filter(|call| call.begin < done) {
            if call.end.is_none() {
                wrong.push(format!("{} was cut", call.name));
            } else if exit.is_some_and(|exit| call.ended() > Some(exit)) {
                wrong.push(format!(
                    "the exit functions begin before {} has ended",
                    call.name
                ));
            }
        }
        for (name, registered) in self.registered("onsignal") {
            let calls = || {
                self.of(Role::OnSignal)
                    .filter(|call| call.function == *name)
            };
            if calls().any(|call| call.how() == "panic") {
                continue;
            }
            for sent in self.shutdown_signals().filter(|sent| sent.at > registered) {
                let is_due = self.accepted(sent).is_some_and(|accepted| accepted < done);
                let is_told = calls().any(|call| {
                    let same = call
                        .told
                        .is_some_and(|(signal, _)| signal == sent.signal as i32);
                    same && call.begin >= sent.at
                });
                if is_due && !is_told {
                    wrong.push(format!("{name} is not told of {}", sent.signal));
                }
            }
        }
    }

    /// Each phase that was due was called, and has ended.
    fn phases(&self, wrong: &mut Vec<String>) {
        let phases = [Role::Body, Role::Start, Role::Run, Role::Stop, Role::Usr];
        for call in phases.into_iter().flat_map(|role| self.of(role)) {
            match call.how() {
                "" => wrong.push(format!("{} has not ended", call.name)),
                "dropped"
                    if !matches!(call.role(), Role::Run | Role::Usr) || !self.may_give_up() =>
                {
                    wrong.push(format!("{} was dropped", call.name));
                }
                _ => {}
            }
        }
        for part in self.started() {
            if self.phase(part, "stop").is_none() {
                wrong.push(format!("{part}stop was not called"));
            }
        }
        let body = self.of(Role::Body).next();
        let first = self.of(Role::Start).next();
        // A request keeps each component from starting, also the first one.
        let is_kept = self.case.script.has_components() && self.requested_earliest().is_some();
        if body.is_some_and(|call| call.how() == "ok") && first.is_none() && !is_kept {
            wrong.push("no start was called".to_owned());
        }
        if body.is_some_and(|call| call.how() != "ok") && first.is_some() {
            wrong.push("start was called although the body has failed".to_owned());
        }
        self.not_begun(wrong);
    }

    /// What was not begun, although nothing kept it from that.
    fn not_begun(&self, wrong: &mut Vec<String>) {
        let failed = self.of(Role::Start).any(|call| call.how() != "ok");
        let stopping = self.or_end(self.first_begin(Role::Stop));
        let may_skip = failed || self.requested_earliest().is_some_and(|at| at < stopping);
        if may_skip || self.of(Role::Body).any(|call| call.how() != "ok") {
            return;
        }
        for part in &self.parts {
            for phase in ["start", "run"] {
                if self.phase(part, phase).is_none() {
                    wrong.push(format!(
                        "{part}{phase} was not called, and nobody had asked for the end"
                    ));
                }
            }
        }
    }

    /// Whether an async `run` may have been given up.
    fn may_give_up(&self) -> bool {
        let may = !self.insisting().is_empty() || self.run_is_overdue() || self.has_had_its_grace();
        self.is_async() && may
    }

    /// Whether the grace of `run` may have been over before it ended.
    pub fn has_had_its_grace(&self) -> bool {
        let grace = self.case.script.number("grace");
        let grace = grace.map(|grace| grace * MILLISECOND);
        let run_ended = self.or_end(self.last_end(Role::Run));
        grace
            .zip(self.cancelled_earliest())
            .is_some_and(|(grace, since)| run_ended.saturating_sub(since) + EARLY >= grace)
    }

    /// Whether `timeout(run)`, or what `deadline` leaves to `run`, may have been over before `run` ended.
    fn run_is_overdue(&self) -> bool {
        let script = &self.case.script;
        let limits = [script.number("timeout-run"), script.room()];
        let limit = limits.into_iter().flatten().min();
        let limit = limit.map(|limit| limit * MILLISECOND);
        // The function of a signal is a part of `run`.
        let functions = self.of(Role::Run).chain(self.of(Role::Usr));
        let run_ended = functions.map(|call| self.or_end(call.ended())).max();
        let run_ended = run_ended.unwrap_or(self.seen.ended);
        let since = self.requested_earliest();
        limit
            .zip(since)
            .is_some_and(|(limit, since)| run_ended.saturating_sub(since) + EARLY >= limit)
    }

    /// What a `start` has pushed is undone after the `stop` of its part, the last first.
    fn undone(&self, wrong: &mut Vec<String>) {
        for part in &self.parts {
            let Some(start) = self.phase(part, "start") else {
                continue;
            };
            let mut after = self.phase(part, "stop").map_or(start.ended(), Call::ended);
            let pushed: Vec<_> = start
                .taken("undo")
                .filter(|taken| taken.end.is_some())
                .collect();
            for taken in pushed.into_iter().rev() {
                let name = &taken.step.object;
                match self.calls.iter().find(|call| call.function == *name) {
                    None => wrong.push(format!("{name} of {part}start was not called")),
                    Some(call) => {
                        if after.is_none_or(|after| after > call.begin) {
                            wrong.push(format!("{name} is called too early"));
                        }
                        if call.end.is_none() {
                            wrong.push(format!("{name} was cut"));
                        }
                        after = call.ended();
                    }
                }
            }
        }
    }

    /// The regions that were held when `run` ended are over before `stop`.
    fn held_before_stop(&self, wrong: &mut Vec<String>) {
        let dropped = self.of(Role::Run).any(|call| call.how() == "dropped");
        let settled = self.last_end(Role::Run).or(self.last_end(Role::Start));
        let (Some(settled), Some(stop)) = (settled, self.first_begin(Role::Stop)) else {
            return;
        };
        if dropped || !self.is_complete() {
            return;
        }
        for (call, region) in self.regions() {
            let held = region.inside.is_some_and(|inside| inside < settled);
            if held && self.or_end(region.outside) > stop {
                wrong.push(format!(
                    "stop begins while {} is inside of `{}`",
                    call.name, region.step
                ));
            }
        }
    }

    /// The functions of `on_request` are called once the request is there, and the exit waits for them.
    fn on_request(&self, wrong: &mut Vec<String>) {
        let registered = self.registered("onrequest");
        for (name, _) in registered {
            match self.calls.iter().find(|call| call.function == *name) {
                None => wrong.push(format!("{name} of `on_request` was not called")),
                Some(call) if call.end.is_none() => wrong.push(format!("{name} was cut")),
                Some(call) => {
                    if self
                        .requested_earliest()
                        .is_none_or(|requested| requested > call.begin)
                    {
                        wrong.push(format!(
                            "{name} is called, and nobody has asked for the end"
                        ));
                    }
                    if self
                        .first_begin(Role::Exit)
                        .is_some_and(|exit| self.or_end(call.ended()) > exit)
                    {
                        wrong.push(format!("the exit functions begin before {name} has ended"));
                    }
                }
            }
        }
    }

    /// The functions that were registered by steps of this verb, and when.
    fn registered(&self, verb: &str) -> Vec<(&String, Time)> {
        let mut registered = Vec::new();
        for call in &self.calls {
            let steps = call.steps.iter().filter(|taken| taken.step.verb == verb);
            registered.extend(steps.filter_map(|taken| Some((&taken.step.object, taken.ended()?))));
        }
        registered.sort_by_key(|(_, at)| *at);
        registered
    }

    /// All exit functions that were registered by that time are called, the last first, and each is whole.
    pub(super) fn exit_functions(&self, wrong: &mut Vec<String>, by: Time) {
        let mut begins = Vec::new();
        for (name, at) in self.registered("atexit") {
            match self.calls.iter().find(|call| call.function == *name) {
                None if at < by => wrong.push(format!("the exit function {name} was not called")),
                None => {}
                Some(call) if call.end.is_none() => {
                    wrong.push(format!("the exit function {name} was cut"));
                }
                Some(call) => begins.push((name, at, call)),
            }
        }
        let Some(first) = self.first_begin(Role::Exit) else {
            return;
        };
        begins.retain(|(_, at, _)| *at < first.min(by));
        for pair in begins.windows(2) {
            let [(name, _, call), (later_name, _, later)] = pair else {
                continue;
            };
            if later.ended() > Some(call.begin) {
                wrong.push(format!("the exit function {later_name} was registered after {name}, and is not called before it"));
            }
        }
    }

    /// Nothing that counts goes on once the exit functions run.
    pub(super) fn after_all(&self, wrong: &mut Vec<String>, of: impl Fn(&Call) -> bool) {
        let Some(exit) = self.first_begin(Role::Exit) else {
            return;
        };
        let phases = [Role::Body, Role::Start, Role::Run, Role::Stop, Role::Undo];
        for call in phases.into_iter().flat_map(|role| self.of(role)) {
            if self.or_end(call.ended()) > exit {
                wrong.push(format!(
                    "the exit functions begin before {} has ended",
                    call.name
                ));
            }
        }
        let counts = |call: &Call| call.role() != Role::Exit && of(call);
        for (call, region) in self.regions().filter(|(call, _)| counts(call)) {
            if self.or_end(region.outside) > exit {
                wrong.push(format!(
                    "the exit functions begin while {} is inside of `{}`",
                    call.name, region.step
                ));
            }
        }
    }

    /// What the contract's list of statuses leads to: the first that applies.
    fn statuses(&self) -> Vec<Status> {
        let mut statuses = Vec::new();
        let done = self.done();
        // `timeout(run)` has passed, and `run` has ended by being given up.
        if self.run_is_overdue() {
            statuses.push(Status::Code(124));
            let dropped = self.of(Role::Run).any(|call| call.how() == "dropped");
            if dropped && self.insisting().is_empty() && !self.has_had_its_grace() {
                return statuses;
            }
        }
        let counts = |call: &&Call| match call.role() {
            Role::Child | Role::Outcome | Role::After | Role::Second => false,
            Role::Worker => call.taken("hold").next().is_some(),
            _ => true,
        };
        let panicked: Vec<_> = self
            .calls
            .iter()
            .filter(|call| call.how() == "panic")
            .filter(counts)
            .collect();
        if !panicked.is_empty() {
            statuses.push(Status::Code(101));
            // A worker is waited for by nobody, and may panic when the status is known. So may a function of
            // `on_signal` whose signal comes behind the last phase.
            let counts = |call: &&&Call| match call.role() {
                Role::Worker => call.ended() < Some(done),
                Role::OnSignal => call.begin < done,
                _ => true,
            };
            if panicked.iter().any(|call| counts(&call)) {
                return statuses;
            }
        }
        let failing = [
            Role::Body,
            Role::Start,
            Role::Run,
            Role::Stop,
            Role::Usr,
            Role::Undo,
        ];
        let fails = |call: &&Call| failing.contains(&call.role()) && call.how() == "err";
        if self.calls.iter().any(|call| fails(&call)) {
            statuses.push(Status::Code(1));
            return statuses;
        }
        for role in [Role::Run, Role::Stop] {
            let returned = self.of(role).filter_map(|call| self.returned(call));
            let mut returned: Vec<_> = returned.collect();
            if !returned.is_empty() {
                // The functions of `stop` follow each other, so it is known which was the first. A `run` that ends
                // later than another may have been looked at first.
                if role == Role::Stop {
                    returned.truncate(1);
                }
                statuses.extend(returned);
                return statuses;
            }
        }
        if self.asked(&mut statuses, done) || self.signalled(&mut statuses, done) {
            return statuses;
        }
        statuses.push(Status::Code(0));
        statuses
    }

    /// The status other than success that a phase has returned: a code of its own, or how a child has ended.
    fn returned(&self, call: &Call) -> Option<Status> {
        let code = call.taken("code").next();
        let code = code.map(|taken| i32::try_from(taken.step.number()).expect("a status"));
        let child = call.taken("as").next().map(Taken::result);
        let child = child.filter(|how| !["", "c0"].contains(how));
        let number = |number: &str| number.parse().expect("a status");
        match child.map(|how| how.split_at(1)) {
            Some(("c", code)) => Some(Status::Code(number(code))),
            // The death of a child is no success, whatever the option `exit` says of signals.
            Some((_, signal)) => {
                let signal = Signal::try_from(number(signal)).expect("a signal");
                Some(self.death(signal, true))
            }
            None => code.map(Status::Code),
        }
    }

    /// The status that the first `request_exit` has asked for. Returns whether there was one for certain.
    fn asked(&self, statuses: &mut Vec<Status>, done: Time) -> bool {
        let own = |call: &&Call| call.role() != Role::Second;
        let calls = self.calls.iter().filter(own);
        let steps: Vec<_> = calls.flat_map(|call| call.taken("exit")).collect();
        let certain = steps.iter().filter_map(|taken| taken.ended()).min();
        for taken in steps {
            if certain.is_none_or(|certain| taken.begin <= certain) {
                let code = i32::try_from(taken.step.number()).expect("a status");
                statuses.push(Status::Code(code));
            }
        }
        certain.is_some_and(|certain| certain < done)
    }

    /// Death by the first signal, or by the one by which `run` was given up. Returns whether one was accepted for
    /// certain.
    fn signalled(&self, statuses: &mut Vec<Status>, done: Time) -> bool {
        let first = self.first_signals();
        statuses.extend(first.iter().map(|signal| self.death(*signal, false)));
        if !self.insisting().is_empty() {
            statuses.push(self.death(Signal::SIGINT, false));
        }
        let accepted = self
            .shutdown_signals()
            .filter_map(|sent| self.accepted(sent));
        accepted.min().is_some_and(|accepted| accepted < done) || self.knows_of_a_signal(done)
    }
}
