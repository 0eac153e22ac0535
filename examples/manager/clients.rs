//! Clients: lines in, answers out.

use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use aplomb::Shutdown;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;

use crate::pool::Pool;
use crate::queue::Queue;

/// How many bytes a job may have.
const LONGEST: u64 = 64 * 1024;

/// Where jobs are brought to.
pub(crate) struct Desk {
    pub(crate) queue: Arc<Queue>,
    pub(crate) pool: Pool,
    pub(crate) answered: AtomicU64,
}

impl Desk {
    /// Has a job done. `None` if that has not begun, and will not: the manager stops.
    async fn answer(&self, job: String) -> Option<String> {
        match job.split_once(' ') {
            Some(("words", _)) => self.queue.work(job).await,
            Some(("checksum", path)) => {
                let path = path.to_owned();
                self.pool.work(move || checksum(&path)).await
            }
            _ => Some("failed: a job is `words FILE` or `checksum FILE`".to_owned()),
        }
    }
}

fn checksum(path: &str) -> String {
    match fs::read(path) {
        Ok(content) => format!("checksum {:08x}", crc32fast::hash(&content)),
        Err(error) => format!("failed: cannot read {path}: {error}"),
    }
}

/// Serves a client, until it leaves or the manager stops.
pub(crate) async fn serve(
    client: TcpStream,
    desk: Arc<Desk>,
    shutdown: Shutdown,
) -> io::Result<()> {
    let (reader, mut writer) = client.into_split();
    let mut reader = BufReader::new(reader);
    while let Ok(job) = shutdown.run_until_cancelled(next_job(&mut reader)).await {
        let Some(job) = job? else {
            return Ok(());
        };
        let Some(answer) = desk.answer(job).await else {
            break;
        };
        writer.write_all(format!("{answer}\n").as_bytes()).await?;
        desk.answered.fetch_add(1, Relaxed);
    }
    writer.write_all(b"stopping\n").await
}

/// A line without its end; `None` if there is none, or none that could be a job.
async fn next_job(reader: &mut BufReader<OwnedReadHalf>) -> io::Result<Option<String>> {
    let mut line = String::new();
    reader.take(LONGEST).read_line(&mut line).await?;
    Ok(line.strip_suffix('\n').map(ToOwned::to_owned))
}
