//! A start that is under way: the child may be there, and nobody has a [`Managed`](super::managed::Managed) of it yet.
//!
//! The standard library returns a child when it has become its program. The program's own steps before that
//! (`pre_exec`) may take for ever. So whoever gives a start up, or ends the process, has to be able to kill a child
//! that is not known otherwise. It tells its process id itself (`sys::Birth`).

use std::io;
use std::sync::Mutex;

use crate::report;
use crate::sync::lock;
use crate::sys::Birth;

pub(super) struct UnderWay {
    /// What the child is called in lines and errors, as long as its process id is not known.
    words: String,
    foreground: bool,
    birth: Birth,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The child is known otherwise, or there is none.
    is_over: bool,
    /// Nobody waits for the start any more.
    is_given_up: bool,
    /// A line has said that the child cannot be killed.
    is_named: bool,
}

impl UnderWay {
    /// # Errors
    ///
    /// When no memory is left.
    pub(super) fn new(name: &str, foreground: bool) -> io::Result<Self> {
        Ok(UnderWay {
            words: format!("child `{name}`"),
            foreground,
            birth: Birth::new()?,
            state: Mutex::default(),
        })
    }

    /// What the child is called where nothing else is known of it.
    pub(super) fn words(&self) -> &str {
        &self.words
    }

    /// Where the child tells its process id.
    pub(super) fn birth(&self) -> &Birth {
        &self.birth
    }

    /// Notes that the child is known otherwise from now on, or is not there. Returns whether the start was given up
    /// before.
    pub(super) fn end(&self) -> bool {
        // The lock is the one under which `kill` sends, so no signal is sent by that number later: the child may be
        // reaped from now on.
        let mut state = lock(&self.state);
        state.is_over = true;
        state.is_given_up
    }

    /// Gives the start up, and kills the child. Returns `false` where that comes too late: the start is over.
    pub(super) fn give_up(&self) -> bool {
        // The lock is held for both, so that `end` either comes before, or tells of this.
        let mut state = lock(&self.state);
        if state.is_over {
            return false;
        }
        state.is_given_up = true;
        self.kill_held(&mut state);
        true
    }

    /// Kills the child, if there is one by now, or has it end when it is forked.
    pub(super) fn kill(&self) {
        // The lock is held while the signal is sent: what `end` says comes before that, or after it.
        self.kill_held(&mut lock(&self.state));
    }

    fn kill_held(&self, state: &mut State) {
        if state.is_over {
            return;
        }
        let Some(group) = self.birth.give_up(!self.foreground) else {
            return;
        };
        // A step of the program's own may have made the child the leader of a group, and have started others. Where it
        // has not, there is no such group, and the child alone is killed.
        let killed = group.kill();
        let refused = killed.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
        if refused && !state.is_named {
            state.is_named = true;
            report::line(&format!(
                "{} (pid {}), which has not begun, is another user's, and could not be killed",
                self.words,
                group.pid()
            ));
        }
    }
}
