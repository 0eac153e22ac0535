//! The exit code that stands for a death by a signal.

use super::system::signum::HIGHEST;

/// Returns 128 + n, as a shell has it. What is no signal's number counts as a failure: so no code is that of success,
/// and none is cut off to another one. Async-signal-safe.
pub(crate) fn code_of(signal: i32) -> u8 {
    match u8::try_from(signal) {
        Ok(number @ 1..=HIGHEST) => 128 + number,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_a_success() {
        let last = i32::from(HIGHEST);
        let signals = (1..=last).map(|signal| (signal, 128 + signal));
        let others = [
            i32::MIN,
            -128,
            -1,
            0,
            last + 1,
            128,
            255,
            256,
            384,
            i32::MAX - 128,
            i32::MAX,
        ];
        for (number, code) in signals.chain(others.map(|other| (other, 1))) {
            assert_eq!(i32::from(code_of(number)), code, "{number}");
        }
    }
}
