use aplomb_testing::Output;

/// Checks that know what aplomb prints.
pub trait OutputExt {
    /// Checks that standard error says nothing, or what is waited for: an end that takes long says so, as it does on a
    /// machine that is busy elsewhere.
    ///
    /// # Panics
    ///
    /// When there is another line.
    fn assert_only_waiting(&self) -> &Self;
}

impl OutputExt for Output {
    #[track_caller]
    fn assert_only_waiting(&self) -> &Self {
        let is_waiting = |line: &String| line.starts_with("aplomb: waiting for ");
        self.assert(
            self.stderr().iter().all(is_waiting),
            "stderr was expected to say nothing but what is waited for",
        )
    }
}
