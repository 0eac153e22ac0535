//! What an app is told of a component besides its functions.

/// A component's name, and the options that it has: what [`App::with`](crate::App::with) takes. A name alone stands for
/// a component without options.
///
/// ```no_run
/// use aplomb::component::Component;
/// use aplomb::{Absent, App, Shutdown};
///
/// fn listen(shutdown: &Shutdown) { shutdown.wait() }
/// fn migrate() -> std::io::Result<()> { Ok(()) }
///
/// App::components()
///     .with("server", Absent, listen, Absent)
///     .with(Component::new("migration").optional(), Absent, migrate, Absent)
///     .main()
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "a component is a part of an app when it is given to `App::with`"]
pub struct Component {
    pub(crate) name: &'static str,
    /// Whether its `run` may end well without ending the app.
    pub(crate) optional: bool,
}

impl Component {
    /// A component without options. `name` is what messages call it.
    pub const fn new(name: &'static str) -> Self {
        Component {
            name,
            optional: false,
        }
    }

    /// Lets the app go on when the `run` of this component has ended well: with `()`, or with an `ExitCode` or the
    /// `ExitStatus` of a child that is a success.
    ///
    /// The component is stopped in its turn all the same, so its state is there for later components meanwhile. Any
    /// other end of its `run` ends the app, as that of any component does. When the `run`s of all components have ended
    /// well, and each of them is optional, the app waits for the request, as an app without a `run`. Without a `run`
    /// this changes nothing.
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

impl From<&'static str> for Component {
    fn from(name: &'static str) -> Self {
        Component::new(name)
    }
}
