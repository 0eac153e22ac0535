//! What the documents say is so: the README's program is `examples/hello.rs`, the files that are
//! linked to are there, and each row of the contract has its test.

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The code of a program: without comments and empty lines.
fn code(program: &str) -> Vec<&str> {
    let lines = program.lines();
    let code = lines.map(|line| line.split("//").next().unwrap_or(line).trim_end());
    code.filter(|line| !line.is_empty()).collect()
}

#[test]
fn the_program_of_the_readme_is_hello() {
    let readme = read("README.md");
    let (_, after) = readme.split_once("```rust\n").expect("a program");
    let (program, _) = after.split_once("```").expect("its end");
    let hello = read("examples/hello.rs");
    assert_eq!(code(program), code(&hello));
    assert!(code(program).len() > 20);
}

#[test]
fn what_is_linked_to_is_there() {
    let mut links = 0;
    for document in ["README.md", "docs/contract.md", "docs/architecture.md"] {
        let text = read(document);
        let folder = Path::new(document).parent().expect("a folder");
        for after in text.split("](").skip(1) {
            let target = after.split([')', '#']).next().expect("a target");
            if !target.is_empty() && !target.contains("://") {
                assert!(folder.join(target).exists(), "{document} links to {target}");
                links += 1;
            }
        }
    }
    assert!(links > 10, "only {links} links");
}

#[test]
fn each_row_of_the_contract_has_a_test() {
    let mut tests = String::new();
    for entry in fs::read_dir("tests/rows").expect("the rows") {
        tests += &read(
            entry
                .expect("a file")
                .path()
                .to_str()
                .expect("a plain name"),
        );
    }
    let contract = read("docs/contract.md");
    let (_, table) = contract.split_once("## The table").expect("the table");
    let numbers = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok());
    let numbers: Vec<u32> = numbers.collect();
    assert!(numbers.len() > 60, "only {} rows", numbers.len());
    for number in numbers {
        let named = [format!("fn row_{number:02}_"), format!("_and_{number:02}_")];
        assert!(
            named.iter().any(|name| tests.contains(name)),
            "row {number} has no test"
        );
    }
}
