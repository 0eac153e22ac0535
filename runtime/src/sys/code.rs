//! The exit code that stands for a death by a signal.

/// Returns 128 + n, as a shell has it. What is no signal's number counts as a failure: so no code is that of success, and none is
/// cut off to another one. Async-signal-safe.
pub(crate) fn code_of(signal: i32) -> u8 {
    /// Linux has 64 signals, and other systems have fewer.
    const LAST: u8 = 64;
    match u8::try_from(signal) {
        Ok(number @ 1..=LAST) => 128 + number,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_a_success() {
        let signals = (1..=64).map(|signal| (signal, 128 + signal));
        let others = [
            i32::MIN,
            -128,
            -1,
            0,
            65,
            127,
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
