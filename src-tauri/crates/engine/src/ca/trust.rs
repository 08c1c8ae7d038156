use longwire_contract::{
    CaOutcome, CaRoad, CaTrust, CaUntrust, Fault, FaultCode, Store, StoreKind, StoreOutcome, StoreResult,
    text::word,
};
use longwire_diagnosis::after_trust;
use longwire_dial::ca;
use longwire_host::{
    clock,
    trust::{Ca, Stores, TrustError},
};
use tracing::{info, warn};

use super::{Road, Shelf, inspect, platform_files, source};

impl Shelf {
    /// Trusts the certificate that is named, in the stores that are named: all of it is looked at before the first change.
    pub(crate) async fn trust(&self, trust: CaTrust, road: Option<&Road>) -> Result<CaOutcome, Fault> {
        let CaTrust { question, sha256, stores } = trust;
        self.list.read()?;
        let given = source::ask(question.source, road).await?;
        let now = clock::now();
        let looked = given.certificates.iter().filter_map(|der| Some((der, ca::look(der, now)?)));
        let meant = looked.into_iter().find(|(_, looked)| looked.described.sha256 == sha256);
        let (der, looked) = meant.ok_or_else(|| unknown(&sha256))?;
        let view = inspect::words(&looked);
        if let Some(refusal) = view.refusal {
            let fault =
                Fault::new(FaultCode::CaRefused, format!("\"{}\" is not to be trusted", view.subject));
            return Err(fault.with("refusal", word(&refusal)).with("subject", view.subject));
        }
        let ca = inspect::as_ca(der, &looked);
        let (known, _) = self.places_for(ca.clone()).await?;
        if let Some(store) = stores.iter().find(|store| known.iter().all(|view| view.store != **store)) {
            return Err(no_store(store));
        }
        let mut outcomes = Vec::new();
        for store in stores {
            let outcome = self.add(&ca, view.not_after_ms, store).await?;
            outcomes.push(outcome);
        }
        let road = match road {
            Some(road) => Some(self.walk(road).await),
            None => None,
        };
        Ok(CaOutcome { sha256, subject: ca.subject, stores: outcomes, road })
    }

    /// Takes a certificate out of the stores that it was put into, or of those of them that are named.
    pub(crate) async fn untrust(&self, untrust: CaUntrust) -> Result<CaOutcome, Fault> {
        let CaUntrust { sha256, stores } = untrust;
        let entry = self.list.entry(&sha256)?.ok_or_else(|| unknown(&sha256))?;
        let stores = stores.unwrap_or_else(|| entry.stores().to_vec());
        if let Some(store) = stores.iter().find(|store| !entry.stores().contains(store)) {
            return Err(no_store(store));
        }
        let ca = entry.ca();
        let mut outcomes = Vec::new();
        for store in stores {
            let outcome = self.remove(&ca, store).await?;
            outcomes.push(outcome);
        }
        Ok(CaOutcome { sha256, subject: ca.subject, stores: outcomes, road: None })
    }

    async fn add(&self, ca: &Ca, not_after_ms: i64, store: Store) -> Result<StoreOutcome, Fault> {
        let held = match store.kind {
            StoreKind::App => Ok(false),
            _ => self.holds(ca, &store).await?,
        };
        let held = match held {
            Ok(held) => held,
            // What cannot be read is not changed: nobody could tell what became of it.
            Err(error) => return Ok(told(store, Err(error))),
        };
        // What somebody else put there is theirs: it is not on our list, and not taken out with what is ours.
        if held {
            return Ok(told(store, Ok(StoreResult::Already)));
        }
        let new = match self.list.note(ca, not_after_ms, &store) {
            Ok(new) => new,
            Err(fault) => return Ok(failed(store, fault)),
        };
        if store.kind == StoreKind::App {
            return Ok(told(store, Ok(if new { StoreResult::Added } else { StoreResult::Already })));
        }
        let changed = self.change(ca, &store, Stores::add).await?;
        if new && self.is_surely_out(ca, &store, &changed).await? {
            self.list.strike(&ca.sha256, &store).ok();
        }
        Ok(told(store, changed))
    }

    /// Whether a change that was to add a certificate has surely left nothing behind. Where a store cannot be read the
    /// certificate may be in it, and stays on the list: what is listed can be taken out.
    async fn is_surely_out(
        &self,
        ca: &Ca,
        store: &Store,
        changed: &Result<StoreResult, TrustError>,
    ) -> Result<bool, Fault> {
        match changed {
            Ok(StoreResult::Added | StoreResult::Already) | Err(TrustError::TooSlow { .. }) => Ok(false),
            Ok(_) => Ok(true),
            Err(_) => Ok(self.holds(ca, store).await? == Ok(false)),
        }
    }

    async fn holds(&self, ca: &Ca, store: &Store) -> Result<Result<bool, TrustError>, Fault> {
        let (ca, store) = (ca.clone(), store.clone());
        let held = self.with_stores(move |stores| stores.holds(&store, &ca)).await?;
        Ok(held.unwrap_or(Ok(false)))
    }

    async fn remove(&self, ca: &Ca, store: Store) -> Result<StoreOutcome, Fault> {
        let changed = match store.kind {
            StoreKind::App => Ok(StoreResult::Removed),
            _ => self.change(ca, &store, Stores::remove).await?,
        };
        // What somebody else put there is not on our list, whether or not it is to be told.
        let ours_is_gone = matches!(
            changed,
            Ok(StoreResult::Removed | StoreResult::Absent) | Err(TrustError::NotOurs { .. })
        );
        if ours_is_gone && let Err(fault) = self.list.strike(&ca.sha256, &store) {
            return Ok(failed(store, fault));
        }
        Ok(told(store, changed))
    }

    async fn change(
        &self,
        ca: &Ca,
        store: &Store,
        change: fn(&Stores, &Store, &Ca) -> Result<StoreResult, TrustError>,
    ) -> Result<Result<StoreResult, TrustError>, Fault> {
        let (ca, store) = (ca.clone(), store.clone());
        let changed = self.with_stores(move |stores| change(stores, &store, &ca)).await?;
        Ok(changed
            .unwrap_or_else(|| Err(TrustError::Missing("the system's stores are left alone".to_owned()))))
    }

    /// How the road stands with what is trusted now.
    async fn walk(&self, road: &Road) -> CaRoad {
        road.dialer.roots().set_platform(platform_files(&self.list));
        let after = after_trust(&road.dialer, &road.origin, clock::now()).await;
        CaRoad {
            host: road.origin.host().into_owned(),
            system: after.system,
            here: after.here,
            finding: after.finding,
        }
    }
}

fn told(store: Store, result: Result<StoreResult, TrustError>) -> StoreOutcome {
    let (kind, place) = (word(&store.kind), store.place.as_str());
    match result {
        Ok(result) => {
            info!(store = kind, place, result = word(&result), "trust");
            StoreOutcome { store, result, detail: String::new() }
        }
        Err(error) => {
            warn!(store = kind, place, %error, "trust could not be changed");
            StoreOutcome { store, result: StoreResult::Failed, detail: error.to_string() }
        }
    }
}

fn failed(store: Store, fault: Fault) -> StoreOutcome {
    StoreOutcome { store, result: StoreResult::Failed, detail: fault.detail }
}

fn unknown(sha256: &str) -> Fault {
    Fault::new(FaultCode::CaUnknown, "no such certificate is there").with("sha256", sha256)
}

fn no_store(store: &Store) -> Fault {
    let name = format!("{} ({})", word(&store.kind), store.place);
    Fault::new(FaultCode::StoreUnknown, format!("no such store: {name}")).with("store", name)
}
