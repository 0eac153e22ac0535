#[app(start, run)]
/// Serves.
#[allow(clippy::too_many_lines)]
pub(crate) fn main() -> anyhow::Result<Config> {
    #![allow(unused)]
    Ok(Config::read(std::env::args())?)
}
