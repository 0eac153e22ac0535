//! Makes a case that is wrong smaller: what can be left out, so that it is still wrong in the same way, is left out.

use super::case::Case;
use super::judge::judge;
use super::play::play;

/// How often a smaller case is played before it counts as right: some are wrong only now and then.
const PLAYS: u32 = 3;

/// What may be left out of a case.
#[derive(Debug, Clone)]
enum Part {
    Step(String, usize),
    Option(String),
    Send(usize),
}

/// The case without all that is not needed for what is wrong.
pub fn shrink(case: &Case, wrong: &[String]) -> Case {
    let kinds = kinds(wrong);
    let mut case = case.clone();
    loop {
        let mut smaller = false;
        // From the end on, so that what is left out does not move what comes later.
        for part in parts(&case).into_iter().rev() {
            let without = without(&case, &part);
            if (0..PLAYS).any(|_| is_wrong(&without, &kinds)) {
                eprintln!("without {part:?}: still wrong");
                case = without;
                smaller = true;
            }
        }
        if !smaller {
            return case;
        }
    }
}

/// The steps come last, and are tried first: without a signal or a limit some scripts wait for as long as the test
/// does.
fn parts(case: &Case) -> Vec<Part> {
    let sends = (0..case.sends.len()).map(Part::Send);
    let options = case.script.options.keys().cloned().map(Part::Option);
    let functions = case.script.functions.iter();
    let steps = functions.flat_map(|(name, steps)| {
        let positions = 0..steps.len();
        positions.map(move |position| Part::Step(name.clone(), position))
    });
    sends.chain(options).chain(steps).collect()
}

fn without(case: &Case, part: &Part) -> Case {
    let mut case = case.clone();
    match part {
        Part::Step(name, position) => {
            let steps = case.script.functions.get_mut(name);
            steps.expect("it has such a function").remove(*position);
        }
        Part::Option(name) => drop(case.script.options.remove(name)),
        Part::Send(position) => drop(case.sends.remove(*position)),
    }
    case
}

fn is_wrong(case: &Case, kinds: &[String]) -> bool {
    let found = self::kinds(&judge(case, &play(case)));
    found.iter().any(|kind| kinds.contains(kind))
}

/// What is wrong, without the numbers, and without what was at the place: these change with what is left out.
fn kinds(wrong: &[String]) -> Vec<String> {
    let kind = |text: &String| -> String {
        let outside = text.split('`').step_by(2).collect::<String>();
        outside
            .chars()
            .filter(|letter| !letter.is_ascii_digit())
            .collect()
    };
    wrong.iter().map(kind).collect()
}
