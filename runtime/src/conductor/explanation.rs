//! From which length on a stop is explained, by its picture on standard error.

use std::env;
use std::time::Duration;

/// Who runs the program decides by this: `1` explains each stop, and `0` none.
const VARIABLE: &str = "APLOMB_EXPLAIN";

/// From which length on the stop is explained. `None` means never. `option` is what the program says.
pub(super) fn wanted(option: Option<Duration>) -> Option<Duration> {
    match env::var_os(VARIABLE) {
        Some(value) if value == "1" => Some(Duration::ZERO),
        Some(value) if value == "0" => None,
        _ => option,
    }
}

/// What is wrong with the environment, in words.
pub(super) fn nonsense() -> Option<String> {
    let value = env::var_os(VARIABLE)?;
    let is_known = ["", "0", "1"].into_iter().any(|known| value == known);
    (!is_known).then(|| {
        format!(
            "{VARIABLE} is {value:?}, which has no effect: `1` explains each stop, and `0` none"
        )
    })
}
