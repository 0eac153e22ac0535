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
fn the_programs_of_the_readme_are_examples() {
    let readme = read("README.md");
    let programs = readme.split("```rust\n").skip(1);
    let programs: Vec<_> = programs
        .filter_map(|rest| rest.split("```").next())
        .collect();
    let examples = ["examples/hello.rs", "examples/hello_async.rs"];
    assert_eq!(programs.len(), examples.len());
    for (program, example) in programs.into_iter().zip(examples) {
        assert_eq!(code(program), code(&read(example)), "{example}");
        assert!(code(program).len() > 20);
    }
}

#[test]
fn what_is_linked_to_is_there() {
    let mut links = 0;
    let documents = [
        "README.md",
        "docs/contract.md",
        "docs/architecture.md",
        "docs/components.md",
    ];
    for document in documents {
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

/// What the files of `tests/rows` say that are a part of this test.
fn rows(test: &str) -> String {
    let modules = read(test);
    let names = modules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("mod ")?.strip_suffix(';'));
    let files = names.filter(|name| !["programs", "support"].contains(name));
    files
        .map(|name| read(&format!("tests/rows/{name}.rs")))
        .collect()
}

/// Those that only async apps have, and those that only apps of threads have a test for: what an async
/// app cannot do, and what is the same whatever the app is made of.
const ROWS_OF_TASKS: [u32; 11] = [22, 31, 34, 48, 49, 50, 51, 52, 53, 135, 142];
const ROWS_OF_THREADS: [u32; 4] = [23, 66, 67, 75];

#[test]
fn each_row_of_the_contract_has_a_test() {
    let contract = read("docs/contract.md");
    let (_, table) = contract.split_once("## The table").expect("the table");
    let numbers = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok());
    let numbers: Vec<u32> = numbers.collect();
    assert!(numbers.len() > 60, "only {} rows", numbers.len());
    let kinds = [
        ("tests/rows.rs", &ROWS_OF_TASKS[..]),
        ("tests/async_rows.rs", &ROWS_OF_THREADS),
    ];
    for (test, others) in kinds {
        let tests = rows(test);
        for number in numbers.iter().filter(|number| !others.contains(number)) {
            let named = [format!("fn row_{number:02}_"), format!("_and_{number:02}_")];
            assert!(
                named.iter().any(|name| tests.contains(name)),
                "row {number} has no test in {test}"
            );
        }
    }
}

#[test]
fn each_file_of_rows_is_a_part_of_a_test() {
    let tests = read("tests/rows.rs") + &read("tests/async_rows.rs");
    for entry in fs::read_dir("tests/rows").expect("the rows") {
        let path = entry.expect("a file").path();
        let name = path.file_stem().and_then(|name| name.to_str());
        let module = format!("mod {};", name.expect("a plain name"));
        assert!(tests.contains(&module), "no test has `{module}`");
    }
}

/// The table of waits says of each by what it is tried: a row of the contract, a file of rows, or a model.
#[test]
fn what_tries_each_wait_is_there() {
    let architecture = read("docs/architecture.md");
    let (_, waits) = architecture.split_once("## Waits").expect("the table");
    let waits = waits.split("\n## ").next().expect("its end");
    let contract = read("docs/contract.md");
    let rows = waits.lines().filter(|line| line.starts_with("| "));
    let mut tried = 0;
    for row in rows.skip(1) {
        let cells: Vec<_> = row.trim_matches('|').split('|').collect();
        assert_eq!(cells.len(), 6, "{row}");
        for words in cells[5].split(',').map(str::trim) {
            let is_there = match words.rsplit('`').nth(1) {
                Some(name) if words.starts_with("models") => {
                    Path::new(&format!("models/src/shield/{name}.rs")).exists()
                }
                Some(name) => Path::new(&format!("tests/rows/{name}.rs")).exists(),
                None if words.parse::<u32>().is_ok() => {
                    contract.contains(&format!("\n| {words} | "))
                }
                None => ["", "models", "unit tests"].contains(&words),
            };
            assert!(is_there, "{words:?} is not there: {row}");
            tried += usize::from(!words.is_empty());
        }
    }
    assert!(tried > 40, "only {tried}");
}
