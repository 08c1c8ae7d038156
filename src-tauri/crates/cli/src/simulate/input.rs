use std::io::{self, BufRead, ErrorKind, IsTerminal};

use longwire_contract::{
    Language, SimulatedEventKind, SimulatedFault,
    text::{text, word},
};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::sync::mpsc;

use super::keys::Keys;
use crate::{args::parse_fault, words::values};

/// What the user wants of the simulator.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    Send(SimulatedEventKind),
    Fault(Option<SimulatedFault>),
    Stats,
    Help,
    Unknown(String),
    Quit,
}

/// Commands from standard input: keys on a terminal, lines elsewhere.
pub(crate) struct Input {
    /// From the reading thread, which ends with the process: a read cannot be cancelled.
    commands: mpsc::UnboundedReceiver<Command>,
    /// How the terminal was before keys were read one by one.
    before: Option<Termios>,
}

/// Digits and free letters for failures, in the contract's order; 0 ends a failure.
const FAULT_KEYS: &str = "123456789abcdefgjw";
/// One key an event, in the contract's order, past the letters of [`FAULT_KEYS`].
const EVENT_KEYS: &str = "tilpkmnruov";

impl Input {
    pub(crate) fn start() -> Self {
        let before = io::stdin().is_terminal().then(single_keys).flatten();
        let terminal = before.is_some();
        let (sender, commands) = mpsc::unbounded_channel();
        std::thread::spawn(move || if terminal { read_keys(&sender) } else { read_lines(&sender) });
        Self { commands, before }
    }

    /// Whether keys are read one by one.
    pub(crate) fn is_terminal(&self) -> bool {
        self.before.is_some()
    }

    /// The next command; where standard input has ended, none ever comes.
    pub(crate) async fn next(&mut self) -> Command {
        match self.commands.recv().await {
            Some(command) => command,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // Where this fails, the shell sets its terminal right.
            tcsetattr(io::stdin(), OptionalActions::Now, before).ok();
        }
    }
}

/// The keys and what they do.
pub(crate) fn help(language: Language) -> String {
    let name = |group, value: &str| text(language, &format!("simulator.{group}.{value}"), &values([]));
    let events = SimulatedEventKind::ALL.iter().zip(EVENT_KEYS.chars());
    let faults = SimulatedFault::ALL.iter().zip(FAULT_KEYS.chars());
    let plain = |key| text(language, key, &values([]));
    let mut lines = vec![plain("cli.simulate_events")];
    lines.extend(events.map(|(kind, key)| format!("  {key}  {}", name("event", &word(kind)))));
    lines.push(plain("cli.simulate_faults"));
    lines.extend(faults.map(|(fault, key)| format!("  {key}  {}", name("fault", &word(fault)))));
    lines.push(format!("  0  {}", plain("simulator.fault.none")));
    lines.push(plain("cli.simulate_more"));
    lines.push(format!("  s  {}", plain("cli.simulate_stats")));
    lines.push(format!("  q  {}", plain("cli.simulate_quit")));
    lines.join("\n")
}

fn read_keys(commands: &mpsc::UnboundedSender<Command>) {
    let mut input = io::stdin().lock();
    let mut keys = Keys::default();
    loop {
        let bytes = match input.fill_buf() {
            Ok([]) => return,
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        if keys.read(bytes).into_iter().any(|key| commands.send(of_key(key)).is_err()) {
            return;
        }
        let read = bytes.len();
        input.consume(read);
    }
}

/// Has the terminal give each key at once and unseen; output and Ctrl-C stay as they are. Gives back how it was.
fn single_keys() -> Option<Termios> {
    let before = tcgetattr(io::stdin()).ok()?;
    let mut after = before.clone();
    after.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
    tcsetattr(io::stdin(), OptionalActions::Now, &after).ok()?;
    Some(before)
}

fn read_lines(commands: &mpsc::UnboundedSender<Command>) {
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let line = line.trim();
        if !line.is_empty() && commands.send(of_line(line)).is_err() {
            return;
        }
    }
}

fn of_key(key: char) -> Command {
    let at = |keys: &str| keys.chars().position(|other| other == key);
    match key {
        '?' | 'h' => Command::Help,
        'q' => Command::Quit,
        's' => Command::Stats,
        '0' => Command::Fault(None),
        ' ' | '\n' => Command::Send(SimulatedEventKind::MessageText),
        _ => {
            let event = at(EVENT_KEYS).and_then(|at| SimulatedEventKind::ALL.get(at));
            let fault = at(FAULT_KEYS).and_then(|at| SimulatedFault::ALL.get(at));
            match (event, fault) {
                (Some(kind), _) => Command::Send(*kind),
                (None, Some(fault)) => Command::Fault(Some(*fault)),
                (None, None) => Command::Unknown(key.to_string()),
            }
        }
    }
}

fn of_line(line: &str) -> Command {
    match line {
        "quit" => Command::Quit,
        "stats" => Command::Stats,
        "help" => Command::Help,
        "fault none" => Command::Fault(None),
        _ => {
            let fault = line.strip_prefix("fault ").and_then(|name| parse_fault(name.trim()).ok());
            let event = SimulatedEventKind::ALL.iter().find(|kind| word(*kind) == line);
            match (fault, event) {
                (Some(fault), _) => Command::Fault(Some(fault)),
                (None, Some(kind)) => Command::Send(*kind),
                (None, None) => Command::Unknown(line.to_owned()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_and_failure_has_a_key_of_its_own() {
        assert_eq!(EVENT_KEYS.len(), SimulatedEventKind::ALL.len());
        assert_eq!(FAULT_KEYS.len(), SimulatedFault::ALL.len());
        let mut keys: Vec<char> = format!("{EVENT_KEYS}{FAULT_KEYS}0qsh? ").chars().collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
        assert_eq!(of_key('t'), Command::Send(SimulatedEventKind::MessageText));
        assert_eq!(of_key('g'), Command::Fault(Some(SimulatedFault::Silent)));
        assert_eq!(of_key('0'), Command::Fault(None));
        assert_eq!(of_key('z'), Command::Unknown("z".into()));
    }

    #[test]
    fn a_line_is_an_event_a_failure_or_a_word() {
        assert_eq!(of_line("card_action"), Command::Send(SimulatedEventKind::CardAction));
        assert_eq!(of_line("fault silent"), Command::Fault(Some(SimulatedFault::Silent)));
        assert_eq!(of_line("fault none"), Command::Fault(None));
        assert_eq!(of_line("quit"), Command::Quit);
        assert_eq!(of_line("fault nonsense"), Command::Unknown("fault nonsense".into()));
    }
}
