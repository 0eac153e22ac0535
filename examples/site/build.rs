//! A build: all pages, and what the tool makes of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, ensure};
use aplomb::{Shutdown, process, shielded};

use crate::changes::Changes;
use crate::options::CommandLine;
use crate::output::Output;
use crate::page::{self, Page};
use crate::{complain, say};

pub(crate) struct Builder {
    pub(crate) content: PathBuf,
    pub(crate) tool: CommandLine,
    pub(crate) output: Output,
    pub(crate) changes: Changes,
}

impl Builder {
    /// Builds again whenever something has changed. The request ends this function while it waits, but not
    /// during a build.
    pub(crate) fn keep_up(mut self, shutdown: &Shutdown) -> anyhow::Result<()> {
        loop {
            self.changes.wait(shutdown)?;
            self.build_again()?;
        }
    }

    /// Builds again. If the build fails, the site of before stays: whoever writes makes mistakes, and will
    /// correct them.
    ///
    /// A failure is reported inside the shield, because the process may end right after it.
    #[shielded(name = "build")]
    fn build_again(&mut self) -> anyhow::Result<()> {
        if let Err(error) = self.build() {
            complain(format_args!("cannot build: {error:#}"));
            let content = self.content.display();
            ensure!(self.content.is_dir(), "{content} is gone");
        }
        Ok(())
    }

    /// A build that has begun comes to its end, however often Ctrl-C is pressed: the pages are written, the
    /// tool has done its work, and all of it is published in one step. If the build fails, nothing is
    /// published.
    #[shielded]
    pub(crate) fn build(&mut self) -> anyhow::Result<()> {
        let pages = read(&self.content)?;
        let draft = self.output.begin()?;
        for page in &pages {
            let path = draft.folder().join(page.file());
            fs::write(&path, page.html(&pages))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }

        let tool = &self.tool;
        let mut command = tool.command();
        command
            .args(pages.iter().map(Page::file))
            .current_dir(draft.folder())
            .stdin(Stdio::null());
        // The tool is in a process group of its own, which the terminal's Ctrl-C does not reach. In a shield it
        // is waited for until it ends. The first `?` is for a tool that cannot be started. The second `?` is
        // for the request, which does not come in a shield.
        let status = process::status(command).context("no tool")??;
        ensure!(status.success(), "the tool `{tool}` has failed: {status}");

        let number = self.output.publish(draft)?;
        say(format_args!("build {number}: {} pages", pages.len()));
        Ok(())
    }
}

/// Reads all pages of the folder: first the page that the site begins with, then the others by name.
fn read(content: &Path) -> anyhow::Result<Vec<Page>> {
    let cannot_read = |path: &Path| format!("cannot read {}", path.display());
    let mut pages = Vec::new();
    for entry in fs::read_dir(content).with_context(|| cannot_read(content))? {
        let path = entry.with_context(|| cannot_read(content))?.path();
        let Some(name) = page::name_of(&path)? else {
            continue;
        };
        let markdown = fs::read_to_string(&path).with_context(|| cannot_read(&path))?;
        pages.push(Page::render(name, &markdown));
    }
    ensure!(!pages.is_empty(), "no pages in {}", content.display());
    pages.sort_by(|one, other| one.order().cmp(&other.order()));
    Ok(pages)
}
