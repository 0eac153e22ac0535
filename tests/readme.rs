//! What the documents say is so: the README's program is `examples/hello.rs`, the files that are
//! linked to are there, and each row of the contract has its test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::{Attribute, Item};

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
    let docs = fs::read_dir("docs").expect("the documents");
    let docs = docs.map(|entry| entry.expect("a file").path());
    let docs = docs.filter(|path| path.extension().is_some_and(|end| end == "md"));
    let mut documents: Vec<_> = docs.map(|path| path.display().to_string()).collect();
    documents.extend(["README.md", "examples/README.md"].map(str::to_owned));
    for document in documents {
        let text = read(&document);
        let folder = Path::new(&document).parent().expect("a folder");
        for after in text.split("](").skip(1) {
            let target = after.split([')', '#']).next().expect("a target");
            if !target.is_empty() && !target.contains("://") {
                assert!(folder.join(target).exists(), "{document} links to {target}");
                links += 1;
            }
        }
    }
    assert!(links > 100, "only {links} links");
}

/// A guide at the front is read to its end. What is longer stands in `docs`.
#[test]
fn the_readme_is_short() {
    let words = read("README.md").split_whitespace().count();
    assert!((500..=1_200).contains(&words), "{words} words");
}

/// The packages' own pages are read outside of the repository.
#[test]
fn the_pages_of_the_packages_link_to_no_file() {
    for page in ["runtime/README.md", "macros/README.md"] {
        let text = read(page);
        let mut targets = text.split("](").skip(1);
        assert!(
            targets.all(|target| target.starts_with("https://")),
            "{page}"
        );
    }
}

/// The list of the examples has all of them.
#[test]
fn each_example_is_in_the_list() {
    let list = read("examples/README.md");
    for entry in fs::read_dir("examples").expect("the examples") {
        let name = entry.expect("a file").file_name();
        let name = name.to_str().expect("a plain name");
        let program = match name.strip_suffix(".rs") {
            Some(_) => name.to_owned(),
            None => format!("{name}/main.rs"),
        };
        let is_listed = list.contains(&format!("]({program})"));
        assert!(
            is_listed || name == "README.md",
            "{name} is not in the list"
        );
    }
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

/// The rows that the contract names behind these words: `22, 31, 48 to 53 and 142`.
fn rows_behind(words: &str, contract: &str) -> Vec<u32> {
    let text = contract.split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, behind) = text.split_once(words).expect("the words");
    let named = behind.split(['.', ':']).next().expect("their end");
    let named = named.replace(" and ", ", ");
    let number = |word: &str| word.trim().parse::<u32>().expect("a number");
    let rows = named
        .split(',')
        .flat_map(|part| match part.split_once(" to ") {
            Some((first, last)) => number(first)..=number(last),
            None => number(part)..=number(part),
        });
    rows.collect()
}

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
        ("tests/rows.rs", "Rows of async apps alone are "),
        ("tests/async_rows.rs", "Rows of apps of threads alone are "),
    ];
    for (test, others) in kinds {
        let tests = rows(test);
        let others = rows_behind(others, &contract);
        assert!(
            others.iter().all(|other| numbers.contains(other)),
            "the table has not all of {others:?}"
        );
        for number in &numbers {
            let named = [format!("fn row_{number:02}_"), format!("_and_{number:02}_")];
            assert_eq!(
                named.iter().any(|name| tests.contains(name)),
                !others.contains(number),
                "whether row {number} has a test in {test}"
            );
        }
    }
}

#[test]
fn each_file_of_rows_is_a_part_of_a_test() {
    let parts = [
        ("tests/rows", &["tests/rows.rs", "tests/async_rows.rs"][..]),
        ("tests/windows", &["tests/windows.rs"]),
    ];
    for (folder, tests) in parts {
        let tests: String = tests.iter().map(|test| read(test)).collect();
        for entry in fs::read_dir(folder).expect("the rows") {
            let path = entry.expect("a file").path();
            let name = path.file_stem().and_then(|name| name.to_str());
            let module = format!("mod {};", name.expect("a plain name"));
            assert!(tests.contains(&module), "no test has `{module}`");
        }
    }
}

/// Whether this is there on Windows: what is there on some systems alone says so by a `cfg`.
fn is_on_windows(attributes: &[Attribute]) -> bool {
    let mut conditions = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"));
    conditions.all(|cfg| {
        cfg.parse_args::<Ident>()
            .is_ok_and(|only| only == "windows")
    })
}

/// The modules that this test has on Windows, in a folder of this name.
fn files_on_windows(test: &str, folder: &str) -> Vec<String> {
    let modules = syn::parse_file(&read(test)).expect("it compiles").items;
    let folders = modules.into_iter().filter_map(|item| match item {
        Item::Mod(module) if module.ident == folder && is_on_windows(&module.attrs) => {
            module.content
        }
        _ => None,
    });
    let files = folders
        .flat_map(|(_, items)| items)
        .filter_map(|item| match item {
            Item::Mod(file) => Some(format!("tests/{folder}/{}.rs", file.ident)),
            _ => None,
        });
    files.collect()
}

/// The numbers in the name of a test: `row_07_and_08_start_fails`.
fn numbers(test: &str) -> Vec<u32> {
    let words: Vec<_> = test.split('_').collect();
    let pairs = words.chunks_exact(2).map_while(|pair| match pair {
        ["row" | "and", number] => number.parse().ok(),
        _ => None,
    });
    pairs.collect()
}

#[test]
fn the_contract_knows_the_rows_of_windows() {
    let contract = read("docs/contract.md");
    let said = rows_behind("The rows that are tried on Windows are ", &contract);
    let said: BTreeSet<_> = said.into_iter().collect();
    let files = [
        ("tests/rows.rs", "rows"),
        ("tests/async_rows.rs", "rows"),
        ("tests/windows.rs", "windows"),
    ];
    let files = files.map(|(test, folder)| files_on_windows(test, folder));
    assert!(
        files.iter().all(|files| files.len() > 4),
        "too few: {files:?}"
    );
    let mut tried = BTreeSet::new();
    for file in files.concat() {
        let items = syn::parse_file(&read(&file)).expect("it compiles").items;
        for item in items {
            if let Item::Fn(test) = item
                && is_on_windows(&test.attrs)
            {
                tried.extend(numbers(&test.sig.ident.to_string()));
            }
        }
    }
    let unsaid: Vec<_> = tried.difference(&said).collect();
    let untried: Vec<_> = said.difference(&tried).collect();
    assert!(
        unsaid.is_empty() && untried.is_empty(),
        "docs/contract.md does not have {unsaid:?}, and no test tries {untried:?}; it is to say {}",
        ranges(&tried)
    );
}

/// These numbers as the contract has them: `1, 2, 4 to 9 and 11`.
fn ranges(numbers: &BTreeSet<u32>) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let words = ranges.iter().map(|&(first, last)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first} to {last}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// The rows of the first table in this section, each with so many cells.
fn table(section: &str, cells: usize) -> Vec<Vec<String>> {
    let architecture = read("docs/architecture.md");
    let (_, section) = architecture
        .split_once(&format!("\n## {section}\n"))
        .expect("the section");
    let lines = section.lines().skip_while(|line| !line.starts_with("| "));
    let rows = lines.take_while(|line| line.starts_with('|'));
    let rows = rows.skip(2).map(|row| {
        let row = row.strip_prefix('|').and_then(|row| row.strip_suffix('|'));
        let all = row.expect("a row ends with a bar").split('|');
        let all: Vec<_> = all.map(|cell| cell.trim().to_owned()).collect();
        assert_eq!(all.len(), cells, "{all:?}");
        all
    });
    rows.collect()
}

/// Checks that what a thing is tried by is there: rows of the contract, files of rows, models. Returns how many.
fn check_tried(tried: &str) -> usize {
    let contract = read("docs/contract.md");
    let check = |words: &str| {
        let is_there = match words.rsplit('`').nth(1) {
            Some(name) if words.starts_with("models") => {
                Path::new(&format!("models/src/shield/{name}.rs")).exists()
            }
            Some(name) => Path::new(&format!("tests/rows/{name}.rs")).exists(),
            None if words.parse::<u32>().is_ok() => contract.contains(&format!("\n| {words} | ")),
            None => ["models", "unit tests"].contains(&words),
        };
        assert!(is_there, "{words:?} is not there: {tried}");
    };
    let words = tried.split(',').map(str::trim);
    words.filter(|words| !words.is_empty()).map(check).count()
}

/// The table of waits says of each by what it is tried.
#[test]
fn what_tries_each_wait_is_there() {
    let waits = table("Waits", 6);
    let tried: usize = waits.iter().map(|row| check_tried(&row[5])).sum();
    assert!(tried > 40, "only {tried}");
}

/// A file of the library and the name of a global in it.
type Global = (String, String);

/// What is made at its first use, and waits for whoever makes it.
const CELLS: [&str; 6] = [
    "Once", "OnceBox", "OnceCell", "OnceLock", "LazyCell", "LazyLock",
];

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

fn name(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    }
}

/// The name of a field or static, in whose type this position is: it stands before the colon.
fn named_before(tokens: &[TokenTree], position: usize) -> Option<String> {
    let is_colon = |at: usize| is_punct(tokens.get(at), ':');
    let colon = (1..position)
        .rev()
        .find(|&at| is_colon(at) && !is_colon(at - 1) && !is_colon(at + 1))?;
    name(tokens.get(colon - 1))
}

/// Collects the names of the statics, and of what is made at its first use. What is there in tests alone is left out.
fn collect_globals(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => {
                let is_attribute = at > 0 && is_punct(tokens.get(at - 1), '#');
                if is_attribute && group.stream().to_string().replace(' ', "") == "cfg(test)" {
                    let is_end = |token: &TokenTree| {
                        is_punct(Some(token), ';')
                            || matches!(token, TokenTree::Group(body) if body.delimiter() == Delimiter::Brace)
                    };
                    let rest = &tokens[at + 1..];
                    at += 1 + rest.iter().position(is_end).expect("an item follows");
                } else {
                    collect_globals(group.stream(), found);
                }
            }
            TokenTree::Ident(word) if word == "static" => {
                let is_lifetime = at > 0 && is_punct(tokens.get(at - 1), '\'');
                let first = name(tokens.get(at + 1)).filter(|word| word != "mut");
                let named = first.or_else(|| name(tokens.get(at + 2)));
                if !is_lifetime {
                    found.insert(named.expect("a static has a name"));
                }
            }
            TokenTree::Ident(word)
                if CELLS.iter().any(|cell| word == cell) && is_punct(tokens.get(at + 1), '<') =>
            {
                found.insert(named_before(&tokens, at).expect("it has a name"));
            }
            _ => {}
        }
        at += 1;
    }
}

fn globals_in(folder: &Path, found: &mut BTreeSet<Global>) {
    for entry in fs::read_dir(folder).expect("the sources") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            globals_in(&path, found);
        } else if !path.ends_with("tests.rs") {
            let file = path.strip_prefix("runtime/src").expect("it is one of them");
            let file = file.with_extension("").display().to_string();
            let tokens = read(&path.display().to_string()).parse();
            let mut names = BTreeSet::new();
            collect_globals(tokens.expect("it compiles"), &mut names);
            found.extend(names.into_iter().map(|name| (file.clone(), name)));
        }
    }
}

/// Whoever adds a global says what becomes of it in a forked child, in a second app, and after the app.
#[test]
fn the_table_of_globals_has_each_of_them() {
    let mut in_sources = BTreeSet::new();
    globals_in(Path::new("runtime/src"), &mut in_sources);
    assert!(in_sources.len() > 40, "only {} globals", in_sources.len());
    let mut in_table = BTreeSet::new();
    for row in table("Globals", 6) {
        let mut words = row[0].split('`').skip(1).step_by(2).map(str::to_owned);
        let file = words.next().expect("a file");
        let names: Vec<_> = words.collect();
        assert!(!names.is_empty(), "{row:?} names none");
        for name in names {
            let is_new = in_table.insert((file.clone(), name));
            assert!(is_new, "{row:?} names one again");
        }
        let says = row[2..5].iter().filter(|cell| !cell.is_empty()).count();
        let is_constant = row[1].starts_with("a constant");
        assert!(says == 3 || is_constant, "{row:?} leaves something open");
        check_tried(&row[5]);
    }
    let missing: Vec<_> = in_sources.difference(&in_table).collect();
    let unknown: Vec<_> = in_table.difference(&in_sources).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "not in docs/architecture.md: {missing:?}; not in runtime/src: {unknown:?}"
    );
}

/// The test above sees each form of a global, and nothing else.
#[test]
fn a_global_is_found_wherever_it_stands() {
    let found = |source: &str| {
        let mut found = BTreeSet::new();
        collect_globals(source.parse().expect("tokens"), &mut found);
        found.into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        found("pub(crate) static A: u8 = 0; static mut B: u8 = 0;"),
        "A B"
    );
    assert_eq!(found("fn f() { if true { static A: u8 = 0; } }"), "A");
    assert_eq!(
        found("thread_local! { #[doc = \"it\"] static A: Cell<u8> = const { Cell::new(0) }; }"),
        "A"
    );
    assert_eq!(found("thread_local!(static A: u8 = 0);"), "A");
    assert_eq!(
        found("struct S { a: std::sync::OnceLock<u8>, b: Mutex<OnceCell<u8>>, c: u8 }"),
        "a b"
    );
    assert_eq!(
        found("static A: PerProcess<OnceLock<u8>> = PerProcess::new(OnceLock::new);"),
        "A"
    );
    assert_eq!(
        found("use std::sync::OnceLock; fn f(text: &'static str, a: impl FnOnce() + 'static) {}"),
        ""
    );
    assert_eq!(
        found(
            "#[cfg(test)] mod tests { static A: u8 = 0; } #[cfg(test)] static B: u8 = 0; static C: u8 = 0;"
        ),
        "C"
    );
}
