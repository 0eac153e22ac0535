//! The token that libraries of the tokio world take.

use tokio_util::sync::CancellationToken;

use super::Shutdown;

impl Shutdown {
    /// A token that is cancelled when `run` is: for libraries that take one.
    ///
    /// Each call makes a child of a token that is ours alone, so cancelling one neither asks for the
    /// shutdown nor cancels another. It knows nothing of shields.
    ///
    /// ```
    /// # let shutdown = aplomb::Shutdown::new();
    /// let token = shutdown.token();
    /// let child = token.child_token();
    /// shutdown.request("an example");
    /// assert!(token.is_cancelled() && child.is_cancelled());
    /// ```
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        let ours = self.shared.token.get_or_init(CancellationToken::new);
        self.shared.announcer.see_to(&self.shared);
        if self.inbox().word().cancelled() {
            // It may have been announced before there was a token.
            ours.cancel();
        }
        ours.child_token()
    }
}
