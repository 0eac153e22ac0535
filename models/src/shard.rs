//! One shard, so that all meet in it.

pub(crate) const SHARDS: usize = 1;

pub(crate) fn own_shard() -> usize {
    0
}
