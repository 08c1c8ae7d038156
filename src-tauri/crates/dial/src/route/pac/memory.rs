//! The questions to which a script had no answer lately.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::PacFault;
use crate::route::SystemProxies;

/// How long a question is not asked again. Who fails to get a road tries again within seconds, and a script that never
/// ends takes a processor whole for as long as it may.
const KEPT: Duration = Duration::from_secs(60);

/// What a script is asked, and under which settings of the system: when they are sent anew, the network may have changed,
/// and with it the answer.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) settings: Arc<SystemProxies>,
    pub(super) script: Arc<str>,
    /// The URL it is told.
    pub(super) url: String,
}

/// The questions, and how each of them failed.
#[derive(Debug, Default)]
pub(super) struct Memory(Vec<(Question, PacFault, Instant)>);

impl Memory {
    /// How that question failed, where it did a short time ago.
    pub(super) fn of(&mut self, question: &Question) -> Option<PacFault> {
        self.0.retain(|(.., since)| since.elapsed() < KEPT);
        self.0.iter().find(|(known, ..)| known.is(question)).map(|(_, fault, _)| fault.clone())
    }

    pub(super) fn keep(&mut self, question: Question, fault: PacFault) {
        self.0.retain(|(known, ..)| !known.is(&question));
        self.0.push((question, fault, Instant::now()));
    }
}

#[cfg(test)]
impl Memory {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Question {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.settings, &other.settings) && self.url == other.url && self.script == other.script
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_question_is_known_for_a_minute_and_under_its_settings_alone() {
        let (settings, fault) = (Arc::new(SystemProxies::default()), PacFault::NoFunction);
        let question = |settings: &Arc<SystemProxies>, script: &str, url: &str| Question {
            settings: Arc::clone(settings),
            script: script.into(),
            url: url.to_owned(),
        };
        let mut memory = Memory::default();
        let asked = || question(&settings, "a", "https://b/");
        assert_eq!(memory.of(&asked()), None);
        memory.keep(asked(), PacFault::TooLarge);
        memory.keep(asked(), fault.clone());
        for other in [
            question(&settings, "b", "https://b/"),
            question(&settings, "a", "https://c/"),
            question(&Arc::default(), "a", "https://b/"),
        ] {
            assert_eq!(memory.of(&other), None);
        }
        tokio::time::advance(KEPT - Duration::from_millis(1)).await;
        assert_eq!(memory.of(&asked()), Some(fault));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(memory.of(&asked()), None);
    }
}
