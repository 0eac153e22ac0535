//! Whether what was built is whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

/// The pages of a build by their names, and what they are called. All pages have all of it.
pub type Titles = BTreeMap<String, String>;

/// Checks that a build is whole: all that its pages have links to, and nothing else.
#[track_caller]
pub fn check_build(build: &Path) -> Titles {
    let read = |name: &str| fs::read(build.join(format!("{name}.html"))).unwrap();
    let titles = check_page(&read("index"), "index");
    let due = titles.keys();
    let due = due.flat_map(|name| [format!("{name}.html"), format!("{name}.html.gz")]);
    let due: BTreeSet<_> = due.collect();
    let files = fs::read_dir(build).unwrap().flatten();
    let files: BTreeSet<_> = files
        .map(|file| file.file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, due);
    for (name, title) in &titles {
        let page = read(name);
        assert_eq!(check_page(&page, name), titles, "two versions are mixed");
        assert!(String::from_utf8_lossy(&page).contains(&format!("<h1>{title}</h1>")));
        let packed = File::open(build.join(format!("{name}.html.gz"))).unwrap();
        let unpacked = Command::new("gzip").arg("-dc").stdin(packed).output();
        assert!(unpacked.unwrap().stdout == page, "{name} was packed half");
    }
    titles
}

/// Checks that a page is whole, and returns the pages that it has links to, with their titles.
#[track_caller]
pub fn check_page(page: &[u8], name: &str) -> Titles {
    let page = str::from_utf8(page).unwrap();
    assert!(
        page.starts_with("<!doctype html>") && page.ends_with("</html>\n"),
        "{name} is cut"
    );
    let paragraphs = page.matches("<p>A long page has many of them.</p>").count();
    assert_eq!(paragraphs, if name == "second" { 5_000 } else { 0 });
    let links = page.split("<a href=\"").skip(1);
    let link = |link: &str| {
        let (address, rest) = link.split_once(".html\">").unwrap();
        (
            address.to_owned(),
            rest.split_once("</a>").unwrap().0.to_owned(),
        )
    };
    links.map(link).collect()
}
