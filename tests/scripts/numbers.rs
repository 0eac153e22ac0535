//! Random numbers that a seed decides: xorshift64* of Marsaglia and Vigna.

/// Makes numbers. The seed is the only source, so a script can be made once more.
#[derive(Debug)]
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Self {
        // The state must not be zero, and neighbouring seeds should not begin alike.
        let mut numbers = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..8 {
            numbers.next();
        }
        numbers
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + (self.next() >> 11) % (high - low + 1)
    }

    /// Whether something is so that is so in this many of a hundred cases.
    pub fn percent(&mut self, share: u64) -> bool {
        self.between(1, 100) <= share
    }

    pub fn one_of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        let last = u64::try_from(all.len() - 1).expect("it fits");
        all[usize::try_from(self.between(0, last)).expect("it fits")]
    }

    /// One of these, as often as its weight says.
    pub fn weighted<'a>(&mut self, all: &[(&'a str, u64)]) -> &'a str {
        let sum = all.iter().map(|(_, weight)| weight).sum();
        let mut at = self.between(1, sum);
        for &(what, weight) in all {
            if at <= weight {
                return what;
            }
            at -= weight;
        }
        unreachable!("the weights make up the sum")
    }
}
