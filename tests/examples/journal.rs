//! The journal may be killed at any moment, by any signal. No half batch is ever committed, and the next run
//! goes on where the last one stopped.

mod format;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use aplomb_testing::{Child, Command, Output, Sink};
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGXFSZ};
use tempfile::TempDir;

use super::program::is_misused;
use super::program::{example, helps, make_fifo, open_both_ends, text, until_read};
use format::{MAGIC, batches};

const SIGNALS: [Signal; 4] = [SIGINT, SIGTERM, SIGHUP, SIGKILL];

/// An input and the journal that is made of it, in a folder of their own.
struct Work {
    place: TempDir,
    content: Vec<u8>,
}

impl Work {
    /// Lines of many lengths, also empty ones, the last without its end.
    fn of_lines(count: usize) -> Work {
        let lines: Vec<_> = (1..=count)
            .map(|line| format!("{line}").repeat(line * 7 % 13))
            .collect();
        let work = Work {
            place: TempDir::new().unwrap(),
            content: lines.join("\n").into_bytes(),
        };
        fs::write(work.input(), &work.content).unwrap();
        work
    }

    fn input(&self) -> PathBuf {
        self.place.path().join("input")
    }

    fn journal(&self) -> PathBuf {
        self.place.path().join("journal")
    }

    /// The program, with another input than the file.
    fn program_on(&self, input: &[&str]) -> Command {
        example("journal")
            .args(input)
            .args(["--journal", text(&self.journal())])
    }

    fn program(&self) -> Command {
        self.program_on(&[text(&self.input())])
    }

    /// Returns how many lines are committed, and checks that the journal is in order.
    #[track_caller]
    fn check(&self, may_be_torn: bool) -> usize {
        let (batches, torn) = batches(&fs::read(self.journal()).unwrap());
        assert!(may_be_torn || torn == 0, "{torn} bytes are torn");
        let committed = batches.concat();
        assert!(
            self.content.starts_with(&committed),
            "it is not what was read"
        );
        for batch in &batches {
            let whole = batch.ends_with(b"\n") || self.content.ends_with(batch);
            assert!(whole, "a batch ends in the middle of a line");
        }
        committed.split_inclusive(|&byte| byte == b'\n').count()
    }

    /// Runs the program to its end, and compares the journal with the input, byte for byte.
    #[track_caller]
    fn complete(&self) -> Output {
        let had = if self.journal().exists() {
            self.check(true)
        } else {
            0
        };
        let output = self.program().spawn().wait();
        let all = self.content.split_inclusive(|&byte| byte == b'\n').count();
        let first = format!("{had} lines are committed in {}", text(&self.journal()));
        output
            .assert_code(0)
            .assert_in_order(&[&first, &format!("all {all} lines are committed")])
            .assert_no_stderr();
        assert_eq!(self.check(false), all);
        output
    }
}

/// The number of the last line that the program has reported as committed.
fn said_committed(output: &Output) -> usize {
    let said = output.stdout();
    let mut committed = said
        .iter()
        .filter_map(|line| line.strip_prefix("committed lines "));
    committed.next_back().map_or(0, |range| {
        let (_, last) = range.split_once(" to ").expect("a range");
        last.parse().expect("a number")
    })
}

fn wait_for_batch(app: &mut Child) {
    app.expect_prefix("committed lines ");
}

#[test]
fn commits_everything_once() {
    let work = Work::of_lines(25);
    work.complete().assert_stdout(&[
        &format!("0 lines are committed in {}", text(&work.journal())),
        "committed lines 1 to 10",
        "committed lines 11 to 20",
        "committed lines 21 to 25",
        "all 25 lines are committed",
    ]);
    let journal = fs::read(work.journal()).unwrap();
    assert_eq!(
        work.complete().stdout().len(),
        2,
        "there was nothing left to commit"
    );
    assert_eq!(fs::read(work.journal()).unwrap(), journal);
}

#[test]
fn has_a_journal_for_each_input_where_none_is_named() {
    let work = Work::of_lines(3);
    let folder = work.place.path();
    let run = |words: &[&str]| example("journal").args(words).env("TMPDIR", folder).spawn();
    let input = work.input();
    let output = run(&[text(&input)]).wait();
    output
        .assert_code(0)
        .assert_once("all 3 lines are committed");
    let journal = fs::read(work.place.path().join("aplomb-journal-input")).unwrap();
    assert_eq!(batches(&journal), (vec![work.content.clone()], 0));

    let from_stdin = example("journal").env("TMPDIR", folder);
    let script = format!("exec \"$@\" < '{}'", text(&input));
    from_stdin
        .in_shell(&script)
        .spawn()
        .wait()
        .assert_code(0)
        .assert_once("all 3 lines are committed");
    let from_stdin = fs::read(work.place.path().join("aplomb-journal-stdin")).unwrap();
    assert_eq!(from_stdin, journal);
}

/// The signal comes at 20 moments: in the pause after each of the first 20 batches.
#[test]
fn goes_on_after_a_signal_in_a_pause() {
    for signal in SIGNALS {
        let work = Work::of_lines(20 * 10 + 5);
        for moment in 1..=20 {
            let mut app = work.program().args(["--pace", "3600s"]).spawn();
            wait_for_batch(&mut app);
            app.send_signal(signal);
            let output = app.wait();
            output.assert_signal(signal).assert_no_stderr();
            assert_eq!(work.check(false), moment * 10);
            if signal != SIGKILL {
                let last = format!("stopped; the next run goes on at line {}", moment * 10 + 1);
                assert_eq!(output.stdout().last(), Some(&last));
            }
        }
        work.complete();
    }
}

/// The signal comes at 20 moments, and at the last one all is committed. The program runs without pauses, so
/// that the signal hits it anywhere.
#[test]
fn goes_on_after_a_signal_at_any_moment() {
    for signal in SIGNALS {
        for moment in 0..20 {
            let work = Work::of_lines(19 * 10);
            let mut app = work.program().spawn();
            app.expect_prefix("0 lines are committed in ");
            for _ in 0..moment {
                wait_for_batch(&mut app);
            }
            app.send_signal(signal);
            let output = app.wait();
            output.assert_no_stderr();
            let (said, committed) = (said_committed(&output), work.check(signal == SIGKILL));
            if output.code() == Some(0) {
                assert_eq!(committed, 19 * 10, "success was claimed too early");
            } else {
                output.assert_signal(signal);
            }
            if signal == SIGKILL {
                assert!(
                    committed >= said,
                    "{said} lines were said, {committed} are there"
                );
            } else {
                assert_eq!(said, committed);
            }
            work.complete();
        }
    }
}

/// The signal comes at the very beginning, maybe before the program has said anything.
#[test]
fn goes_on_after_a_signal_at_its_birth() {
    for signal in SIGNALS {
        let work = Work::of_lines(50);
        for _ in 0..20 {
            let app = work.program().spawn();
            app.send_signal(signal);
            let output = app.wait();
            if output.code() != Some(0) {
                output.assert_signal(signal);
            }
        }
        work.complete();
    }
}

/// `start` takes as long as it takes to open the input. A named pipe can be opened for reading only when
/// somebody writes to it.
#[test]
fn a_signal_in_start_is_kept_until_start_has_ended() {
    for signal in SIGNALS {
        let work = Work::of_lines(0);
        let path = work.place.path().join("pipe");
        make_fifo(&path);
        let mut app = work.program_on(&[text(&path)]).spawn();
        app.expect_prefix("0 lines are committed in ");
        app.send_signal(signal);
        if signal == SIGKILL {
            app.wait().assert_signal(SIGKILL).assert_no_stderr();
        } else {
            app.assert_running_without("stopped; the next run goes on at line 1");
            let _pipe = open_both_ends(&path);
            app.wait()
                .assert_signal(signal)
                .assert_once("stopped; the next run goes on at line 1")
                .assert_no_stderr();
        }
        assert_eq!(fs::read(work.journal()).unwrap(), MAGIC);
    }
}

/// The lines of a batch that is not full yet are committed by `stop`, during which more
/// signals come.
#[test]
fn what_was_read_is_committed_by_stop() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let work = Work::of_lines(25);
        let path = work.place.path().join("pipe");
        make_fifo(&path);
        let mut pipe = open_both_ends(&path);
        let mut app = work.program_on(&[text(&path)]).spawn();
        app.expect_prefix("0 lines are committed in ");
        let lines: Vec<_> = work
            .content
            .split_inclusive(|&byte| byte == b'\n')
            .collect();
        // The pipe gets four lines and half of a fifth one. The half line must not be committed.
        pipe.write_all(&lines[..4].concat()).unwrap();
        pipe.write_all(&lines[4][..3]).unwrap();
        until_read(&pipe);
        app.send_signal(signal);
        app.expect("committed lines 1 to 4");
        app.send_signal(SIGTERM);
        app.send_signal(SIGINT);
        app.wait()
            .assert_signal(signal)
            .assert_once("stopped; the next run goes on at line 5")
            .assert_no_stderr();
        assert_eq!(work.check(false), 4);
        work.complete();
    }
}

#[test]
fn goes_on_when_its_terminal_has_been_closed() {
    let work = Work::of_lines(30);
    let (app, mut terminal) = work.program().args(["--pace", "3600s"]).spawn_on_terminal();
    terminal.expect("committed lines 1 to 10");
    drop(terminal);
    app.wait().assert_signal(SIGHUP);
    assert_eq!(work.check(false), 10);
    work.complete();
}

#[test]
fn commits_although_nobody_listens() {
    let work = Work::of_lines(30);
    work.program()
        .stdout(Sink::Closed)
        .spawn()
        .wait()
        .assert_code(0)
        .assert_no_stderr();
    assert_eq!(work.check(false), 30);
}

/// The kernel kills the program in the middle of a write, at every size that the file may have then.
#[test]
fn goes_on_after_a_write_that_was_cut() {
    let work = Work::of_lines(200);
    let mut torn = 0;
    for blocks in 1.. {
        // A block of the shell's limit has 512 bytes, or 1024.
        let limited = work
            .program()
            .in_shell(&format!("ulimit -f {blocks}; exec \"$@\""));
        let output = limited.spawn().wait();
        if output.code() == Some(0) {
            break;
        }
        output.assert_signal(SIGXFSZ);
        let length = fs::metadata(work.journal()).unwrap().len();
        assert_eq!(length % 512, 0, "the write was to be cut at the limit");
        assert_eq!(work.check(true), said_committed(&output));
        torn += usize::from(batches(&fs::read(work.journal()).unwrap()).1 > 0);
        // The next run cuts off the torn record first.
    }
    assert!(torn > 1, "no write was cut in the middle");
    work.complete();
}

/// After a power failure anything may be behind what was synced.
#[test]
fn cuts_off_what_was_never_committed() {
    let work = Work::of_lines(6);
    let batch = |work: &Work| work.program().args(["--batch", "2"]).spawn().wait();
    batch(&work).assert_code(0);
    let whole = fs::read(work.journal()).unwrap();
    assert_eq!(batches(&whole).0.len(), 3);

    let goes_on_with = |remains: &[u8]| {
        fs::write(work.journal(), remains).unwrap();
        let (left, torn) = batches(remains);
        let output = batch(&work);
        output
            .assert_code(0)
            .assert_no_stderr()
            .assert_once("all 6 lines are committed");
        let cut = format!("cut off {torn} bytes of a batch that was never committed");
        output.assert_times(&cut, usize::from(torn > 0));
        let lines = left.concat().split_inclusive(|&byte| byte == b'\n').count();
        output.assert_once(&format!(
            "{lines} lines are committed in {}",
            text(&work.journal())
        ));
        assert_eq!(fs::read(work.journal()).unwrap(), whole);
    };
    for length in 0..=whole.len() {
        goes_on_with(&whole[..length]);
    }
    for length in 1..=MAGIC.len() {
        goes_on_with(&vec![0; length]);
    }
    for changed in MAGIC.len()..whole.len() {
        let mut remains = whole.clone();
        remains[changed] ^= 0x10;
        goes_on_with(&remains);
    }
    for tail in [
        &[0; 1][..],
        &[0; 8],
        &[0; 4096],
        &[0xff; 8],
        &[0xff; 100],
        &whole,
    ] {
        for length in [MAGIC.len(), whole.len()] {
            goes_on_with(&[&whole[..length], tail].concat());
        }
    }
}

#[test]
fn leaves_alone_what_is_no_journal() {
    let work = Work::of_lines(3);
    let input = work.input();
    for precious in [&b"precious"[..], b"b", b"aplomb journal 2\n", &[0; 18]] {
        fs::write(work.journal(), precious).unwrap();
        let output = work.program().spawn().wait();
        output
            .assert_code(1)
            .assert_stdout(&[])
            .assert_stderr(&["cannot use"]);
        assert_eq!(fs::read(work.journal()).unwrap(), precious);
    }
    let same = example("journal").args([text(&input), "--journal", text(&input)]);
    same.spawn().wait().assert_code(1).assert_stdout(&[]);
    assert_eq!(fs::read(&input).unwrap(), work.content);
}

#[test]
fn does_not_mix_two_inputs() {
    let work = Work::of_lines(30);
    work.complete();
    let journal = fs::read(work.journal()).unwrap();
    let refused = |content: &[u8]| {
        fs::write(work.input(), content).unwrap();
        work.program()
            .spawn()
            .wait()
            .assert_code(1)
            .assert_stderr(&["another input"]);
        assert_eq!(fs::read(work.journal()).unwrap(), journal);
    };
    refused(&work.content[..40]);
    refused(b"");
    refused(&work.content.repeat(2)[1..]);
    // An input that has only grown is not another one: the program goes on with the new lines.
    let grown = [&work.content[..], b"\nmore\n"].concat();
    fs::write(work.input(), &grown).unwrap();
    work.program()
        .spawn()
        .wait()
        .assert_code(0)
        .assert_once("committed lines 31 to 32");
    assert_eq!(
        batches(&fs::read(work.journal()).unwrap()).0.concat(),
        grown
    );
}

#[test]
fn has_its_journal_for_itself() {
    let work = Work::of_lines(30);
    let mut first = work.program().args(["--pace", "3600s"]).spawn();
    wait_for_batch(&mut first);
    let second = work.program().spawn().wait();
    second
        .assert_code(1)
        .assert_stdout(&[])
        .assert_stderr(&["another process is using it"]);
    first.send_signal(SIGKILL);
    first.wait().assert_signal(SIGKILL);
    work.complete();
}

#[test]
fn wrong_arguments_are_told() {
    for (words, of) in [
        (&["--pace", "5"][..], "time unit needed"),
        (&["--batch", "0"], "'0'"),
        (&["--journal"], "--journal"),
        (&["one", "two"], "two"),
    ] {
        is_misused(example("journal").args(words), of);
    }
    helps("journal");
    assert!(!Path::new("one").exists());
}
