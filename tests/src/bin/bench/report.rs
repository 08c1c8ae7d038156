use std::fmt;

/// What was measured, a row each.
#[derive(Debug, Default)]
pub(crate) struct Report(Vec<Row>);

/// One figure.
#[derive(Debug)]
pub(crate) struct Row {
    what: String,
    bare: String,
    ours: String,
    demand: String,
    verdict: Option<Verdict>,
}

/// Whether a demand is met.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Pass,
    Fail,
}

impl Verdict {
    pub(crate) fn of(met: bool) -> Self {
        if met { Self::Pass } else { Self::Fail }
    }
}

impl Row {
    /// A figure of Longwire.
    pub(crate) fn new(what: impl Into<String>, ours: String) -> Self {
        Self { what: what.into(), bare: String::new(), ours, demand: String::new(), verdict: None }
    }

    /// What this system does not tell.
    pub(crate) fn unmeasured(what: &str) -> Self {
        Self::new(what, "not measured: needs Linux's /proc".to_owned())
    }

    /// The same figure of the bare client.
    pub(crate) fn bare(self, bare: String) -> Self {
        Self { bare, ..self }
    }

    /// What is asked of it, and whether that is met.
    pub(crate) fn demand(self, demand: String, verdict: Verdict) -> Self {
        Self { demand, verdict: Some(verdict), ..self }
    }

    fn cells(&self) -> [&str; 5] {
        let verdict = match self.verdict {
            Some(Verdict::Pass) => "PASS",
            Some(Verdict::Fail) => "FAIL",
            None => "",
        };
        [&self.what, &self.bare, &self.ours, &self.demand, verdict]
    }
}

impl Report {
    pub(crate) fn add(&mut self, rows: impl IntoIterator<Item = Row>) {
        self.0.extend(rows);
    }

    /// Whether no demand failed.
    pub(crate) fn passed(&self) -> bool {
        self.0.iter().all(|row| row.verdict != Some(Verdict::Fail))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["", "bare", "longwire", "demand", ""];
        let table: Vec<_> = std::iter::once(head).chain(self.0.iter().map(Row::cells)).collect();
        let widths: [usize; 5] = std::array::from_fn(|column| {
            table.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
        });
        for row in table {
            let [what, bare, ours, demand, verdict] = widths;
            let line = format!(
                "{:what$}  {:>bare$}  {:ours$}  {:demand$}  {:verdict$}",
                row[0], row[1], row[2], row[3], row[4]
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A whole number, its digits in groups of three.
pub(crate) fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_table_and_passes_while_nothing_failed() {
        let mut report = Report::default();
        report.add([Row::new("a", "1 µs".to_owned()).bare("10 µs".to_owned())]);
        let row = |met| Row::new("memory", "9".to_owned()).demand("at most 15".to_owned(), Verdict::of(met));
        report.add([row(true), Row::unmeasured("x")]);
        assert!(report.passed());
        report.add([row(false)]);
        assert!(!report.passed());
        let text = report.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 5);
        assert!(lines[2].ends_with("at most 15  PASS") && lines[4].ends_with("FAIL"), "{text}");
    }

    #[test]
    fn digits_are_grouped_from_the_right() {
        assert_eq!([0.0, 999.0, 1000.4, 1_234_567.0].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }
}
