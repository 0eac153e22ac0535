//! The table that every benchmark prints: what, goal, measured, verdict.

use std::fmt;

/// One line of the table.
#[derive(Debug)]
struct Row([String; 4]);

/// A table in the making.
#[derive(Debug)]
pub(crate) struct Table {
    title: String,
    rows: Vec<Row>,
}

impl Table {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            rows: Vec::new(),
        }
    }

    /// A figure with a goal that it meets or misses.
    pub(crate) fn judged(&mut self, what: &str, goal: &str, measured: String, met: bool) {
        let verdict = if met { "met" } else { "MISSED" };
        self.push(what, goal, measured, verdict);
    }

    /// A figure without a goal, for comparison.
    pub(crate) fn shown(&mut self, what: &str, measured: String) {
        self.push(what, "", measured, "");
    }

    fn push(&mut self, what: &str, goal: &str, measured: String, verdict: &str) {
        self.rows
            .push(Row([what.into(), goal.into(), measured, verdict.into()]));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = Row(["what", "goal", "measured", "verdict"].map(String::from));
        let mut widths = [0; 4];
        for Row(cells) in self.rows.iter().chain([&head]) {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = cell.chars().count().max(*width);
            }
        }
        let [what, goal, measured, verdict] = widths;
        let rule = Row(widths.map(|width| "-".repeat(width)));
        writeln!(out, "\n{}\n", self.title)?;
        for Row([a, b, c, d]) in [&head, &rule].into_iter().chain(&self.rows) {
            let line = format!("| {a:what$} | {b:goal$} | {c:measured$} | {d:verdict$} |");
            writeln!(out, "{line}")?;
        }
        Ok(())
    }
}
