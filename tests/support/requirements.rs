//! What some tests need of the machine. Where it is not to be had they say so and are skipped, unless
//! `APLOMB_REQUIRE_ALL=1`: then they fail.

use std::env;
use std::io::{self, Write};

use aplomb_testing::Capability;

/// Prints past the test runner, which keeps back what a test prints as long as it passes.
pub fn print_uncaptured(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether the machine can do what this test needs. Where it cannot, that is said.
///
/// # Panics
///
/// When it cannot, and nothing may be skipped.
pub fn available(capability: Capability, test: &str) -> bool {
    let is_available = capability.is_available();
    if !is_available {
        let required = env::var_os("APLOMB_REQUIRE_ALL").is_some_and(|value| value == "1");
        assert!(
            !required,
            "{test} needs {capability}, and APLOMB_REQUIRE_ALL=1 forbids to skip it"
        );
        print_uncaptured(&format!("{test} skipped: needs {capability}"));
    }
    is_available
}
