use longwire_contract::TriggerSample;

use crate::words::Words;

/// All that can be triggered.
pub(super) fn samples() -> Vec<TriggerSample> {
    let sample = |sample: &longwire_openplatform::Sample| TriggerSample {
        name: sample.name.clone(),
        event_type: sample.event_type.to_owned(),
        callback: sample.callback,
    };
    longwire_openplatform::samples().iter().map(sample).collect()
}

/// By domain, which is the beginning of a type; those of schema 1.0, which have none, last.
pub(super) fn lines(words: &Words, samples: &[TriggerSample]) -> Vec<String> {
    let mut domains: Vec<&str> = Vec::new();
    for sample in samples {
        let domain = domain(sample);
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    domains.sort_by_key(|domain| domain.is_empty());
    let mut lines = Vec::new();
    for domain_name in domains {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(match domain_name {
            "" => words.plain("cli.trigger.old"),
            name => name.to_owned(),
        });
        let of_domain = samples.iter().filter(|sample| domain(sample) == domain_name);
        lines.extend(of_domain.map(|sample| match sample.callback {
            true => format!("  {}  ({})", sample.name, words.plain("cli.trigger.callback")),
            false => format!("  {}", sample.name),
        }));
    }
    lines
}

fn domain(sample: &TriggerSample) -> &str {
    sample.event_type.split_once('.').map_or("", |(domain, _)| domain)
}

#[cfg(test)]
mod tests {
    use longwire_contract::Language;

    use super::*;

    #[test]
    fn every_sample_is_listed_once_under_its_domain() {
        for language in [Language::English, Language::Chinese] {
            let words = Words::utc(language);
            let samples = samples();
            assert!(samples.len() > 100, "{}", samples.len());
            let told = lines(&words, &samples);
            let listed = told.iter().filter(|line| line.starts_with("  ")).count();
            assert_eq!(listed, samples.len());
            let at = |line: &str| told.iter().position(|told| told == line).unwrap();
            assert!(at("im") < at("  im.message.receive_v1") && at("  im.message.receive_v1") < at("card"));
            assert!(at("  approval_instance") > at(&words.plain("cli.trigger.old")));
            assert!(!told.iter().any(|line| line.contains("cli.")));
        }
    }
}
