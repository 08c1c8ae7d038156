use super::Item;

/// A step from the menu that is shown to the next one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Edit {
    /// Takes the line at this place out.
    Remove(usize),
    /// Puts a line at this place.
    Insert(usize, Item),
    /// Has the line at this place say something else.
    Say(usize, String),
}

/// What leads from one menu to the next, step by step. What is in both stays the same native line, so that a menu which is open stays
/// open, and a click on a line does what that line said.
pub(crate) fn edits(shown: &[Item], next: &[Item]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut lines: Vec<&Item> = shown.iter().collect();
    for place in (0..lines.len()).rev() {
        if next.iter().all(|item| item.line != lines[place].line) {
            lines.remove(place);
            edits.push(Edit::Remove(place));
        }
    }
    for (place, item) in next.iter().enumerate() {
        match lines[place..].iter().position(|line| line.line == item.line) {
            Some(0) if lines[place].text == item.text => {}
            Some(0) => edits.push(Edit::Say(place, item.text.clone())),
            further => {
                if let Some(ahead) = further {
                    lines.remove(place + ahead);
                    edits.push(Edit::Remove(place + ahead));
                }
                lines.insert(place, item);
                edits.push(Edit::Insert(place, item.clone()));
            }
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use proptest::{collection::hash_set, prelude::*};

    use super::{super::Choice, *};

    fn item(number: u64, text: &str) -> Item {
        Item::choice(Choice::App(format!("cli_{number:016x}").parse().unwrap()), text.to_owned())
    }

    fn done(shown: &[Item], edits: &[Edit]) -> Vec<Item> {
        let mut items = shown.to_vec();
        for edit in edits {
            match edit.clone() {
                Edit::Remove(place) => drop(items.remove(place)),
                Edit::Insert(place, item) => items.insert(place, item),
                Edit::Say(place, text) => items[place].text = text,
            }
        }
        items
    }

    #[test]
    fn a_line_that_comes_between_leaves_the_others_in_place() {
        let (first, fix, last) = (item(1, "a: Connected"), item(2, "Trust its CA…"), item(3, "Quit"));
        let down = item(1, "a: not trusted");
        let edits = edits(&[first, last.clone()], &[down, fix.clone(), last]);
        assert_eq!(edits, [Edit::Say(0, "a: not trusted".to_owned()), Edit::Insert(1, fix)]);
    }

    fn menus() -> impl Strategy<Value = Vec<Item>> {
        hash_set(0_u64..12, 0..12).prop_flat_map(|numbers| {
            let numbers: Vec<u64> = numbers.into_iter().collect();
            (Just(numbers).prop_shuffle(), "[ab]")
                .prop_map(|(numbers, text)| numbers.into_iter().map(|number| item(number, &text)).collect())
        })
    }

    proptest! {
        #[test]
        fn any_menu_becomes_any_other(shown in menus(), next in menus()) {
            prop_assert_eq!(done(&shown, &edits(&shown, &next)), next);
        }

        #[test]
        fn nothing_is_done_where_nothing_changes(menu in menus()) {
            prop_assert!(edits(&menu, &menu).is_empty());
        }

        #[test]
        fn what_stays_in_order_is_not_touched(menu in menus(), gone in any::<prop::sample::Index>()) {
            prop_assume!(!menu.is_empty());
            let mut fewer = menu.clone();
            let gone = gone.index(menu.len());
            let item = fewer.remove(gone);
            prop_assert_eq!(edits(&menu, &fewer), [Edit::Remove(gone)]);
            prop_assert_eq!(edits(&fewer, &menu), [Edit::Insert(gone, item)]);
        }
    }
}
