//! Which certificate is meant, and which stores.

use longwire_contract::{CaInspection, CaView, Store, StoreKind, StoreView};

use super::Fingerprint;

/// Which certificate of those that were found is meant.
#[derive(Debug, PartialEq)]
pub(crate) enum Meant<'a> {
    /// This one.
    One(&'a CaView),
    /// One of these; nobody has said which.
    Several(Vec<&'a CaView>),
    /// None of these may be trusted.
    Refused(Vec<&'a CaView>),
    /// One that is not there.
    Unknown,
}

/// The certificate that is meant, by its SHA-256 where that is given.
pub(crate) fn certificate<'a>(inspection: &'a CaInspection, sha256: Option<&Fingerprint>) -> Meant<'a> {
    let all = || inspection.certificates.iter();
    if let Some(sha256) = sha256 {
        return match all().find(|view| view.sha256 == sha256.digits()) {
            Some(view) if view.refusal.is_some() => Meant::Refused(vec![view]),
            Some(view) => Meant::One(view),
            None => Meant::Unknown,
        };
    }
    let candidates: Vec<_> = all().filter(|view| view.refusal.is_none()).collect();
    match candidates.as_slice() {
        [] => Meant::Refused(all().collect()),
        [one] => Meant::One(one),
        _ => Meant::Several(candidates),
    }
}

/// What trusting a certificate is to change.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Plan<'a> {
    /// The stores it is put into.
    pub(crate) stores: Vec<&'a StoreView>,
    /// The other kinds that can take it, where nobody has named any.
    pub(crate) wider: Vec<StoreKind>,
}

impl Plan<'_> {
    /// The stores, as the engine takes them.
    pub(crate) fn named(&self) -> Vec<Store> {
        self.stores.iter().map(|view| view.store.clone()).collect()
    }

    /// Whether each store has the certificate already.
    pub(crate) fn is_done(&self, view: &CaView) -> bool {
        self.stores.iter().all(|each| view.trusted.contains(&each.store))
    }
}

/// The stores of these kinds; where none is named, Longwire's own alone.
///
/// # Errors
/// The kind that this machine does not have.
pub(crate) fn stores<'a>(view: &'a CaView, kinds: &[StoreKind]) -> Result<Plan<'a>, StoreKind> {
    if kinds.is_empty() {
        let own = stores(view, &[StoreKind::App])?;
        return Ok(Plan { wider: wider(view), ..own });
    }
    let has = |kind| view.stores.iter().any(|each| each.store.kind == kind);
    if let Some(missing) = kinds.iter().find(|kind| !has(**kind)) {
        return Err(*missing);
    }
    let stores = view.stores.iter().filter(|each| kinds.contains(&each.store.kind)).collect();
    Ok(Plan { stores, wider: Vec::new() })
}

fn wider(view: &CaView) -> Vec<StoreKind> {
    let can = view.stores.iter().filter(|each| each.obstacle.is_none()).map(|each| each.store.kind);
    let mut kinds: Vec<_> = can.filter(|kind| *kind != StoreKind::App).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

#[cfg(test)]
mod tests {
    use longwire_contract::CaRefusal;

    use super::{super::testing, *};

    fn found(refusals: &[Option<CaRefusal>]) -> CaInspection {
        let view = |(number, refusal): (usize, &Option<CaRefusal>)| {
            let sha256 = format!("{number:064X}");
            longwire_contract::CaView { refusal: *refusal, sha256, ..testing::view() }
        };
        let certificates = refusals.iter().enumerate().map(view).collect();
        CaInspection { certificates, ..testing::inspection() }
    }

    #[test]
    fn the_only_one_that_may_be_trusted_is_meant() {
        let found = found(&[Some(CaRefusal::Expired), None, Some(CaRefusal::NotCa)]);
        assert_eq!(certificate(&found, None), Meant::One(&found.certificates[1]));
    }

    #[test]
    fn of_several_none_is_meant_until_its_hash_is_given() {
        let found = found(&[None, None]);
        assert!(matches!(certificate(&found, None), Meant::Several(several) if several.len() == 2));
        let second = Fingerprint::whole(&found.certificates[1].sha256).unwrap();
        assert_eq!(certificate(&found, Some(&second)), Meant::One(&found.certificates[1]));
        let other = Fingerprint::whole(&"F".repeat(64)).unwrap();
        assert_eq!(certificate(&found, Some(&other)), Meant::Unknown);
    }

    #[test]
    fn what_is_refused_stays_refused_when_its_hash_is_given() {
        let found = found(&[Some(CaRefusal::WeakKey)]);
        let it = Fingerprint::whole(&found.certificates[0].sha256).unwrap();
        for sha256 in [None, Some(&it)] {
            assert!(matches!(certificate(&found, sha256), Meant::Refused(refused) if refused.len() == 1));
        }
        assert_eq!(certificate(&self::found(&[]), None), Meant::Refused(Vec::new()));
    }

    #[test]
    fn without_a_name_longwire_alone_is_meant_and_what_else_could_be_is_known() {
        let mut view = testing::view();
        view.stores.push(view.stores[2].clone());
        let plan = stores(&view, &[]).unwrap();
        assert_eq!(plan.named(), [testing::store(StoreKind::App)]);
        assert_eq!(plan.wider, [StoreKind::System], "each kind once, and none that cannot take it");
    }

    #[test]
    fn a_store_that_is_named_is_meant_whatever_stands_in_its_way_and_no_other() {
        let view = testing::view();
        let plan = stores(&view, &[StoreKind::Firefox]).unwrap();
        assert_eq!(plan.named(), [testing::store(StoreKind::Firefox)]);
        assert!(plan.wider.is_empty());
        let app = stores(&view, &[StoreKind::App]).unwrap();
        assert_eq!(app.named(), [testing::store(StoreKind::App)]);
        assert_eq!(stores(&view, &[StoreKind::App, StoreKind::Keychain]), Err(StoreKind::Keychain));
    }

    #[test]
    fn it_is_done_when_each_store_that_is_meant_has_it() {
        let view = CaView { trusted: vec![testing::store(StoreKind::App)], ..testing::view() };
        assert!(stores(&view, &[StoreKind::App]).unwrap().is_done(&view));
        assert!(!stores(&view, &[StoreKind::App, StoreKind::System]).unwrap().is_done(&view));
    }
}
