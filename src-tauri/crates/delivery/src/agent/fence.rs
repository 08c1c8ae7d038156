/// The longest row of backticks that is taken for a fence, and the longest opening line that is repeated as it is.
const LONGEST: usize = 32;
const LONGEST_LINE: usize = 64;

/// An open block of code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Fence<'t> {
    mark: &'t str,
    line: &'t str,
}

impl<'t> Fence<'t> {
    /// What is open after this line, where this was open before it.
    pub(super) fn after(open: Option<Self>, line: &'t str) -> Option<Self> {
        let line = line.trim_end();
        let inner = line.trim_start_matches(' ');
        let mark = mark(inner);
        match open {
            // Lists push what belongs to them to the right: how far does not matter here.
            Some(open) => {
                let closes = !mark.is_empty()
                    && mark.as_bytes()[0] == open.mark.as_bytes()[0]
                    && mark.len() >= open.mark.len()
                    && mark.len() == inner.len();
                (!closes).then_some(open)
            }
            None => {
                let is_span = mark.starts_with('`') && inner[mark.len()..].contains('`');
                let opens = !mark.is_empty() && !is_span;
                opens.then_some(Self { mark, line: inner })
            }
        }
    }

    /// The line that opens it, so that it can be opened once more.
    pub(super) fn opening(self) -> &'t str {
        if self.line.len() <= LONGEST_LINE { self.line } else { self.mark }
    }

    /// The line that closes it.
    pub(super) fn closing(self) -> &'t str {
        self.mark
    }
}

/// The row of backticks or tildes at the beginning; empty where it makes no fence.
fn mark(line: &str) -> &str {
    let rows = ['`', '~'].map(|c| &line[..line.len() - line.trim_start_matches(c).len()]);
    rows.into_iter().find(|row| (3..=LONGEST).contains(&row.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_closed_by_its_like() {
        let table = [
            ("```", true),
            ("```rust", true),
            ("  ~~~", true),
            ("````", true),
            ("``", false),
            ("```a`b", false),
            ("x ```", false),
            ("", false),
        ];
        for (line, opens) in table {
            assert_eq!(Fence::after(None, line).is_some(), opens, "{line}");
        }
        assert_eq!(Fence::after(None, &"`".repeat(33)), None);
        let open = Fence::after(None, "````rust");
        for (line, stays) in [
            ("```", true),
            ("````", false),
            ("  ````` ", false),
            ("```` x", true),
            ("~~~~", true),
            ("", true),
        ] {
            assert_eq!(Fence::after(open, line).is_some(), stays, "{line}");
        }
        assert_eq!(open.map(|open| (open.opening(), open.closing())), Some(("````rust", "````")));
        let long = format!("```{}", "x".repeat(100));
        assert_eq!(Fence::after(None, &long).map(Fence::opening), Some("```"));
    }
}
