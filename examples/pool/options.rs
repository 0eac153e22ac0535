//! What the program is told on its command line.

use std::num::NonZero;

use crate::tasks::Plan;

const HELP: &str = "\
Usage: pool [OPTIONS]

Has tasks bring units of work to a pool of threads.

  --threads N   how many threads [default: 2]
  --tasks N     how many tasks [default: 8]
  --units N     how many units; 0 is without end [default: 100]
  --effort N    how much work a unit is [default: 1000]
  --stuck N     unit N never returns
  --panic-at N  the task that gets the result of unit N panics
  --fail-at N   the task that gets the result of unit N fails
  --help        this text";

pub(crate) struct Options {
    pub(crate) threads: NonZero<usize>,
    pub(crate) tasks: NonZero<usize>,
    pub(crate) plan: Plan,
}

impl Options {
    /// Reads the arguments. `--help` is answered here, and ends the process.
    pub(crate) fn from_arguments() -> Result<Options, lexopt::Error> {
        use lexopt::prelude::*;

        let mut options = Options {
            threads: const { NonZero::new(2).unwrap() },
            tasks: const { NonZero::new(8).unwrap() },
            plan: Plan {
                units: Some(100),
                effort: 1000,
                stuck: None,
                panic_at: None,
                fail_at: None,
            },
        };
        let plan = &mut options.plan;
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("threads") => options.threads = arguments.value()?.parse()?,
                Long("tasks") => options.tasks = arguments.value()?.parse()?,
                Long("units") => {
                    plan.units = Some(arguments.value()?.parse()?).filter(|&units| units > 0);
                }
                Long("effort") => plan.effort = arguments.value()?.parse()?,
                Long("stuck") => plan.stuck = Some(arguments.value()?.parse()?),
                Long("panic-at") => plan.panic_at = Some(arguments.value()?.parse()?),
                Long("fail-at") => plan.fail_at = Some(arguments.value()?.parse()?),
                Long("help") | Short('h') => {
                    println!("{HELP}");
                    std::process::exit(0);
                }
                _ => return Err(argument.unexpected()),
            }
        }
        Ok(options)
    }
}
