use longwire_contract::{AppId, NotifyRule, NotifySettings, QuietHours};
use longwire_delivery::Pattern;

use super::Arrival;

/// Which events are told, and when nothing is.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    events: bool,
    quiet: Option<QuietHours>,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    app_id: Option<AppId>,
    /// None is any.
    types: Option<Vec<Pattern>>,
    chats: Vec<String>,
    /// In small letters.
    text: String,
    mute: bool,
}

impl Rules {
    pub(super) fn new(settings: &NotifySettings) -> Self {
        let NotifySettings { events, quiet, rules, .. } = settings;
        Self { events: *events, quiet: *quiet, rules: rules.iter().map(Rule::new).collect() }
    }

    /// Whether an event is told: the first rule that fits it decides.
    pub(super) fn want(&self, arrival: &Arrival) -> bool {
        self.events && self.rules.iter().find(|rule| rule.fits(arrival)).is_some_and(|rule| !rule.mute)
    }

    /// Whether nothing is told at this minute of the day, which is asked for only where that matters.
    pub(super) fn is_quiet(&self, minute: impl FnOnce() -> u16) -> bool {
        self.quiet.is_some_and(|QuietHours { from_minute: from, to_minute: to }| {
            let minute = minute();
            if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to }
        })
    }
}

impl Rule {
    fn new(rule: &NotifyRule) -> Self {
        // What is no pattern fits nothing. Left out, it could leave a rule without any, and that one fits all.
        let types = rule.events.iter().filter_map(|text| Pattern::new(text).ok()).collect();
        Self {
            app_id: rule.app_id.clone(),
            types: (!rule.events.is_empty()).then_some(types),
            chats: rule.chats.clone(),
            text: rule.text.to_lowercase(),
            mute: rule.mute,
        }
    }

    fn fits(&self, arrival: &Arrival) -> bool {
        let chat = || arrival.chat_id.as_ref().is_some_and(|chat| self.chats.contains(chat));
        let text = || arrival.text().is_some_and(|text| text.to_lowercase().contains(&self.text));
        self.app_id.as_ref().is_none_or(|id| *id == arrival.app_id)
            && self.types.as_ref().is_none_or(|types| types.iter().any(|one| one.fits(&arrival.event_type)))
            && (self.chats.is_empty() || chat())
            // Last: an event is read for its text alone.
            && (self.text.is_empty() || text())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::arrival::sample, *};

    fn rule(change: impl FnOnce(&mut NotifyRule)) -> NotifyRule {
        let mut rule = NotifyRule::default();
        change(&mut rule);
        rule
    }

    fn want(rules: &[NotifyRule], arrival: &Arrival) -> bool {
        Rules::new(&NotifySettings { rules: rules.to_vec(), ..NotifySettings::default() }).want(arrival)
    }

    fn added() -> Arrival {
        Arrival { event_type: "im.chat.member.bot.added_v1".into(), ..sample(1, "oc_1", "") }
    }

    #[test]
    fn by_default_messages_are_told_and_nothing_else() {
        let rules = Rules::new(&NotifySettings::default());
        assert!(rules.want(&sample(1, "oc_1", "hello")));
        assert!(!rules.want(&added()));
        assert!(!Rules::default().want(&sample(1, "oc_1", "hello")));
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let [muted, all] = [rule(|it| (it.chats, it.mute) = (vec!["oc_1".into()], true)), rule(|_| ())];
        let (here, there) = (sample(1, "oc_1", "x"), sample(2, "oc_2", "x"));
        assert!(!want(&[muted.clone(), all.clone()], &here));
        assert!(want(&[muted.clone(), all.clone()], &there));
        assert!(want(&[all, muted.clone()], &here));
        assert!(!want(&[muted], &there), "one that no rule fits is not told");
        assert!(!want(&[], &here));
    }

    #[test]
    fn a_rule_fits_where_all_of_it_does() {
        let other = "cli_ffffffffffffffff".parse().ok();
        let shouted = rule(|it| it.text = "URGENT".into());
        let message = sample(1, "oc_1", "This is urgent, 快！");
        for (fits, rule) in [
            (true, shouted.clone()),
            (true, rule(|it| it.text = "快".into())),
            (false, rule(|it| it.text = "slow".into())),
            (false, NotifyRule { app_id: other, ..shouted.clone() }),
            (true, NotifyRule { app_id: Some(message.app_id.clone()), ..shouted.clone() }),
            (true, NotifyRule { events: vec!["card.*".into(), "im.message.*".into()], ..shouted.clone() }),
            (false, NotifyRule { events: vec!["card.*".into()], ..shouted.clone() }),
            (false, NotifyRule { events: vec!["not a pattern".into()], ..shouted.clone() }),
            (false, NotifyRule { chats: vec!["oc_2".into()], ..shouted.clone() }),
        ] {
            assert_eq!(want(std::slice::from_ref(&rule), &message), fits, "{rule:?}");
        }
        assert!(!want(&[shouted], &added()), "what has no text is not about one");
        assert!(!want(&[rule(|it| it.chats = vec![String::new()])], &Arrival { chat_id: None, ..added() }));
    }

    #[test]
    fn quiet_hours_go_past_midnight() {
        let quiet = |from_minute, to_minute| {
            let quiet = Some(QuietHours { from_minute, to_minute });
            let rules = Rules::new(&NotifySettings { quiet, ..NotifySettings::default() });
            move |minute| rules.is_quiet(|| minute)
        };
        let night = quiet(22 * 60, 7 * 60);
        assert!([22 * 60, 1439, 0, 419].map(&night).iter().all(|quiet| *quiet));
        assert!([420, 12 * 60, 1319].map(&night).iter().all(|quiet| !quiet));
        let noon = quiet(12 * 60, 13 * 60);
        assert_eq!([719, 720, 779, 780].map(noon), [false, true, true, false]);
        assert_eq!([0, 60, 1439].map(quiet(60, 60)), [false; 3], "no time at all");
        assert!(!Rules::default().is_quiet(|| unreachable!("it does not matter")));
    }
}
