/// The commands of a script for `sh`, each in its words, where nothing but `&&` joins them.
///
/// # Errors
/// At whatever a shell would make more of than words: then a test is to fail, and nothing is to run.
pub(super) fn commands(script: &str) -> Result<Vec<Vec<String>>, String> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut rest = script.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match rest.next().ok_or("unexpected EOF while looking for matching `''")? {
                        '\'' => break,
                        inside => word.push(inside),
                    }
                }
            }
            '\\' => match rest.next().ok_or("unexpected end of file")? {
                // A line that goes on.
                '\n' => {}
                escaped => word.get_or_insert_default().push(escaped),
            },
            ' ' | '\t' => end_of(&mut word, &mut commands),
            '&' if rest.next_if_eq(&'&').is_some() => {
                end_of(&mut word, &mut commands);
                commands.push(Vec::new());
            }
            '"' | '$' | '`' | '&' | '|' | ';' | '<' | '>' | '(' | ')' | '*' | '?' | '[' | '#' | '~' | '!'
            | '{' | '}' | '\n' => return Err(format!("syntax error near unexpected token `{c}'")),
            plain => word.get_or_insert_default().push(plain),
        }
    }
    end_of(&mut word, &mut commands);
    if commands.iter().any(Vec::is_empty) {
        return Err("syntax error near unexpected token `&&'".to_owned());
    }
    Ok(commands)
}

fn end_of(word: &mut Option<String>, commands: &mut [Vec<String>]) {
    if let (Some(word), Some(command)) = (word.take(), commands.last_mut()) {
        command.push(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_a_shell_makes_of_them() {
        let commands = |script| commands(script).unwrap();
        assert_eq!(commands("a b  c"), [["a", "b", "c"]]);
        assert_eq!(commands("a 'b c' '' && d\\ e"), [vec!["a", "b c", ""], vec!["d e"]]);
        assert_eq!(commands(r"'it'\''s' '$x && `y`'"), [["it's", "$x && `y`"]]);
        assert_eq!(commands("'a\nb'"), [["a\nb"]]);
    }

    #[test]
    fn what_is_more_than_words_is_refused() {
        for script in ["a; b", "a $b", "'a", "a &", "a &&", "&& a", "", "a `b`", "a\nb", "a > b", "a \\"] {
            assert!(commands(script).is_err(), "{script}");
        }
    }
}
