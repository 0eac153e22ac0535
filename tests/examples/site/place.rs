//! A site: its pages, and what has come of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use aplomb_testing::Command;
use tempfile::TempDir;

use super::scripts::{self, Gate};
use super::whole::{Titles, check_build};
use crate::examples::program::{example, text};

/// The content, the output, and whatever else a test needs, in a folder of their own.
pub struct Place(TempDir);

pub struct Build {
    pub number: u64,
    pub titles: Titles,
}

const PAGES: [&str; 3] = ["index", "first", "second"];

impl Place {
    /// With three pages, one of them longer than what is written or sent at once.
    pub fn new() -> Place {
        let place = Place(TempDir::new().unwrap());
        fs::create_dir(place.content()).unwrap();
        for name in PAGES {
            place.write(name, name, "the first version");
        }
        place
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn content(&self) -> PathBuf {
        self.path().join("content")
    }

    pub fn output(&self) -> PathBuf {
        self.path().join("output")
    }

    /// Writes a page in one step, which is one change.
    pub fn write(&self, name: &str, title: &str, text: &str) {
        let path = self.path().join(name);
        let body = match name {
            "second" => "A long page has many of them.\n\n".repeat(5_000),
            _ => String::new(),
        };
        fs::write(&path, format!("# {title}\n\n{text}\n\n{body}")).unwrap();
        fs::rename(&path, self.content().join(name).with_extension("md")).unwrap();
    }

    pub fn gate(&self) -> Gate {
        Gate::new(self.path().join("gate"))
    }

    /// The program; it builds as soon as something has changed.
    pub fn program(&self) -> Command {
        let (content, output) = (self.content(), self.output());
        let words = [text(&content), "--output", text(&output), "--port", "0"];
        example("site").args(&words).args(["--settle", "0"])
    }

    /// The program with a tool that waits.
    pub fn slow(&self, gate: &Gate) -> Command {
        let tool = scripts::slow_tool(self.path(), gate);
        self.program().args(["--tool", &tool])
    }

    /// The build that is published, if there is one. It is whole, and nothing that is half is there.
    #[track_caller]
    pub fn check(&self) -> Option<Build> {
        let builds = self.builds();
        let Ok(target) = fs::read_link(self.output().join("current")) else {
            assert!(builds.is_empty(), "half a build is left: {builds:?}");
            return None;
        };
        let number = target.strip_prefix("builds").unwrap().to_str().unwrap();
        let number = number.parse().unwrap();
        let others: Vec<_> = builds.iter().filter(|build| **build != number).collect();
        // The one before is kept. After a failure numbers are left out.
        let at_most_the_one_before =
            others.len() <= 1 && others.iter().all(|build| **build < number);
        assert!(
            at_most_the_one_before,
            "{number} is published, and there is {others:?}"
        );
        let titles = check_build(&self.output().join(target));
        Some(Build { number, titles })
    }

    /// The number of the build that is published, where there has to be one.
    #[track_caller]
    pub fn build(&self) -> u64 {
        self.check().expect("a build was to be published").number
    }

    fn builds(&self) -> BTreeSet<u64> {
        let Ok(builds) = fs::read_dir(self.output().join("builds")) else {
            return BTreeSet::new();
        };
        let names = builds.map(|build| build.unwrap().file_name());
        names
            .map(|name| name.to_str().unwrap().parse().unwrap())
            .collect()
    }

    /// What a build of the content has, as it is now.
    pub fn titles(&self) -> Titles {
        let pages = fs::read_dir(self.content()).unwrap();
        let paths = pages.map(|page| page.unwrap().path());
        let title = |path: PathBuf| {
            let page = fs::read_to_string(&path).unwrap();
            let title = page.lines().next().unwrap().strip_prefix("# ").unwrap();
            let name = path.file_stem().unwrap().to_str().unwrap();
            (name.to_owned(), title.to_owned())
        };
        let is_page = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "md");
        paths.filter(is_page).map(title).collect()
    }
}
