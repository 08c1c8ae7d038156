use longwire_contract::{
    CaInspection, CaOutcome, CaTrust as Order, CaView, Fault, FaultCode, StoreKind, StoreOutcome,
    StoreResult, text::word,
};
use longwire_engine::{Cas, Machine};

use super::{
    Again, Fingerprint, Meant, Plan, Source, cas_on, certificate, complain, describe, in_pairs, outcome,
    question, stores, tell_engine, with_hint,
};
use crate::{
    args::CaTrust,
    confirm::{Consent, Person},
    exit::Exit,
    output::{hint, print_json, say},
    words::Words,
};

/// `longwire ca trust`: shows the certificate and what will be changed, asks, and does it.
pub(crate) async fn trust(
    trust: CaTrust,
    machine: &Machine,
    words: &Words,
    again: &Again,
    mut person: Person<'_>,
) -> Result<Exit, Fault> {
    let from = &trust.from;
    let kinds = trust.where_to.kinds();
    let consent = match person.consent(trust.yes, !kinds.is_empty()) {
        Ok(consent) => consent,
        Err(none) => {
            hint(&words.plain(&format!("cli.ca.{}", none.key())));
            return Ok(Exit::Usage);
        }
    };
    let asked = question::asked(from, machine.apps()?, words)?;
    let cas = cas_on(from, &asked, machine)?;
    let found =
        cas.inspect(asked.question.clone()).await.map_err(|fault| with_hint(words, &from.source, fault))?;
    let view = match certificate(&found, trust.sha256.as_ref()) {
        Meant::One(view) => view,
        Meant::Several(several) if person.is_there() && !trust.yes => {
            hint(&listed(words, &found, &several).join("\n"));
            match person.chooses(&words.plain("cli.ca.which"), several.len()) {
                Some(chosen) => several[chosen],
                None => return Ok(declined(words)),
            }
        }
        Meant::Several(several) => {
            hint(&listed(words, &found, &several).join("\n"));
            hint(&words.plain("cli.ca.name_one"));
            return Ok(Exit::Usage);
        }
        Meant::Refused(refused) => {
            hint(&refusal(words, &found, &refused, &from.source, again).join("\n"));
            return Ok(Exit::Failed);
        }
        Meant::Unknown => {
            complain(words, &unknown(trust.sha256.as_ref()));
            hint(&others(words, &found, &from.source, again).join("\n"));
            // What a road presents is not known beforehand; what a file holds is.
            return Ok(if from.source.needs_road() { Exit::Failed } else { Exit::Usage });
        }
    };
    let plan = stores(view, &kinds).map_err(no_store)?;
    let signs_road = view.signs_road;
    let outcome = if plan.is_done(view) {
        nothing_to_do(view, &plan)
    } else {
        if consent == Consent::Asked {
            hint(&confirmation(words, &found, view, &plan).join("\n"));
            let question = words.filled("cli.ca.trust_ask", [("subject", view.subject.clone())]);
            if !person.agrees(&question) {
                return Ok(declined(words));
            }
        }
        let order = Order { question: asked.question, sha256: view.sha256.clone(), stores: plan.named() };
        let outcome = cas.trust(order).await?;
        tell_engine(machine).await;
        outcome
    };
    if trust.json {
        print_json(&outcome);
    } else {
        tell(words, &cas, &outcome);
    }
    Ok(outcome::exit_of_trust(&outcome, signs_road))
}

fn tell(words: &Words, cas: &Cas, outcome: &CaOutcome) {
    say(&outcome::lines(words, outcome).join("\n"));
    match cas.list() {
        Ok(list) => {
            if let Some(trusted) = list.iter().find(|one| one.sha256 == outcome.sha256) {
                say(&outcome::environment(words, trusted).join("\n"));
            }
        }
        Err(fault) => complain(words, &fault),
    }
}

fn declined(words: &Words) -> Exit {
    hint(&words.plain("cli.unchanged"));
    Exit::Failed
}

fn no_store(kind: StoreKind) -> Fault {
    let name = word(&kind);
    Fault::new(FaultCode::StoreUnknown, format!("no store of this kind: {name}")).with("store", name)
}

fn unknown(sha256: Option<&Fingerprint>) -> Fault {
    let sha256 = sha256.map(|sha256| in_pairs(sha256.digits())).unwrap_or_default();
    Fault::new(FaultCode::CaUnknown, "not at this source").with("sha256", sha256)
}

/// What comes of a change that is made already.
fn nothing_to_do(view: &CaView, plan: &Plan<'_>) -> CaOutcome {
    let already = |store| StoreOutcome { store, result: StoreResult::Already, detail: String::new() };
    CaOutcome {
        sha256: view.sha256.clone(),
        subject: view.subject.clone(),
        stores: plan.named().into_iter().map(already).collect(),
        road: None,
    }
}

/// Certificates one of which is meant, each with its number.
fn listed(words: &Words, found: &CaInspection, several: &[&CaView]) -> Vec<String> {
    let mut lines = vec![words.filled("cli.ca.several", [("count", several.len().to_string())])];
    for (number, view) in several.iter().enumerate() {
        lines.push(String::new());
        let mut described = describe::one(words, found, view);
        if let Some(first) = described.first_mut() {
            *first = format!("{}. {first}", number + 1);
        }
        lines.extend(described);
    }
    lines
}

/// Why there is nothing to trust, and where else to look.
fn refusal(
    words: &Words,
    found: &CaInspection,
    refused: &[&CaView],
    source: &Source,
    again: &Again,
) -> Vec<String> {
    let refused = refused.iter().flat_map(|view| describe::one(words, found, view));
    refused.chain([String::new()]).chain(describe::elsewhere(words, found, source, again)).collect()
}

/// What is there in place of the one that was named, and where that one may be had from.
fn others(words: &Words, found: &CaInspection, source: &Source, again: &Again) -> Vec<String> {
    let one = |view: &CaView| format!("  {}  {}", in_pairs(&view.sha256), view.subject);
    let mut lines = Vec::new();
    if !found.certificates.is_empty() {
        lines.push(words.plain("cli.ca.there"));
        lines.extend(found.certificates.iter().map(one));
        lines.push(String::new());
    }
    lines.extend(describe::elsewhere(words, found, source, again));
    lines
}

/// The certificate, and all that will be changed, before anything is.
fn confirmation(words: &Words, found: &CaInspection, view: &CaView, plan: &Plan<'_>) -> Vec<String> {
    let mut lines = describe::one(words, found, view);
    lines.extend(describe::caveat(words, found));
    lines.extend([String::new(), words.plain("cli.ca.changes")]);
    lines.extend(plan.stores.iter().flat_map(|each| describe::change(words, view, each)));
    lines.push(String::new());
    if !plan.wider.is_empty() {
        let named = plan.wider.iter().map(|kind| describe::named(words, *kind));
        let stores = named.collect::<Vec<_>>().join(", ");
        lines.push(words.filled("cli.ca.wider", [("stores", stores)]));
    }
    lines
}

#[cfg(test)]
mod tests {
    use longwire_contract::{CaRefusal, Language};

    use super::{super::testing, *};

    #[test]
    fn the_confirmation_names_each_store_its_scope_and_its_commands() {
        for language in [Language::English, Language::Chinese] {
            let words = Words::utc(language);
            let (found, view) = (testing::inspection(), testing::view());
            let kinds = [StoreKind::App, StoreKind::System];
            let told = confirmation(&words, &found, &view, &stores(&view, &kinds).unwrap()).join("\n");
            for part in
                ["7A:12:BC:34", "/data/ca/7A12BC34.pem", "/stores/system", "sudo update-ca-certificates"]
            {
                assert!(told.contains(part), "{part}: {told}");
            }
            for kind in kinds {
                let scope = words.plain(&format!("store.{}.scope", word(&kind)));
                assert!(told.contains(&scope), "{scope}: {told}");
            }
            assert!(!told.contains("--store"), "{told}");
            assert!(!told.contains("cli.") && !told.contains('{'), "{told}");
        }
    }

    #[test]
    fn where_nobody_names_a_store_it_is_longwires_own_and_the_wider_ones_are_offered() {
        for language in [Language::English, Language::Chinese] {
            let words = Words::utc(language);
            let (found, view) = (testing::inspection(), testing::view());
            let told = confirmation(&words, &found, &view, &stores(&view, &[]).unwrap());
            let (last, before) = told.split_last().unwrap();
            assert!(last.contains("--store system") && !last.contains("firefox"), "{last}");
            assert!(last.contains(&words.plain("store.system")) && !last.contains('{'), "{last}");
            assert!(!before.join("\n").contains("update-ca-certificates"), "{before:#?}");
        }
    }

    #[test]
    fn one_that_is_not_there_is_told_with_what_is_and_where_else_to_look() {
        let found = CaInspection { lacks: Some("Corp Root".into()), ..testing::inspection() };
        let told =
            others(&Words::utc(Language::English), &found, &Source::Platform, &Again::default()).join("\n");
        for part in ["7A:12:BC:34", "mitmproxy", "“Corp Root”", "longwire ca inspect proxy "] {
            assert!(told.contains(part), "{part}: {told}");
        }
        let nothing = CaInspection { certificates: Vec::new(), ..found };
        let words = Words::utc(Language::English);
        let told = others(&words, &nothing, &Source::Platform, &Again::default());
        assert!(told[0].contains("“Corp Root”"), "{told:?}");
    }

    #[test]
    fn the_confirmation_of_one_store_names_no_other() {
        let words = Words::utc(Language::English);
        let (found, view) = (testing::inspection(), testing::view());
        let told = confirmation(&words, &found, &view, &stores(&view, &[StoreKind::App]).unwrap()).join("\n");
        assert!(
            told.contains("Longwire only") && !told.contains("System") && !told.contains("Firefox"),
            "{told}"
        );
    }

    #[test]
    fn candidates_are_numbered_and_each_shows_its_hash() {
        let (found, first) = (testing::inspection(), testing::view());
        let second = CaView { sha256: "AB".repeat(32), ..testing::view() };
        let told = listed(&Words::utc(Language::English), &found, &[&first, &second]).join("\n");
        for part in ["1. mitmproxy", "2. mitmproxy", "7A:12:BC:34", "AB:AB:AB"] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }

    #[test]
    fn a_refusal_tells_the_reason_and_where_else_to_look() {
        let view = CaView { refusal: Some(CaRefusal::Expired), ..testing::view() };
        let found = CaInspection { certificates: vec![view.clone()], ..testing::inspection() };
        let source = Source::File("ca.pem".into());
        let told =
            refusal(&Words::utc(Language::English), &found, &[&view], &source, &Again::default()).join("\n");
        assert!(told.contains("It has expired") && told.contains("longwire ca inspect platform"), "{told}");
    }

    #[test]
    fn what_every_store_has_is_told_as_there_already() {
        let view = testing::view();
        let outcome = nothing_to_do(&view, &stores(&view, &[StoreKind::App]).unwrap());
        assert_eq!(outcome.stores.len(), 1);
        assert_eq!((outcome.stores[0].result, outcome::exit(&outcome)), (StoreResult::Already, Exit::Ok));
    }
}
