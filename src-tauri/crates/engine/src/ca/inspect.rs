use std::time::{SystemTime, UNIX_EPOCH};

use longwire_contract::{
    CaInspection, CaMaker, CaMakerKind, CaRefusal, CaSource, CaView, Fault, Store, StoreView,
};
use longwire_dial::{
    CertificateDer,
    ca::{self, Looked, Refusal},
    interceptor::{Interceptor, Kind},
};
use longwire_host::{clock, trust, trust::Ca};

use super::{Road, Shelf, blocking, source};

impl Shelf {
    /// Looks at the certificates of a source.
    pub(crate) async fn inspect(&self, source: CaSource, road: Option<&Road>) -> Result<CaInspection, Fault> {
        let given = source::ask(source, road).await?;
        let mut certificates = Vec::new();
        for certificate in &given.certificates {
            // One that cannot be read at all can be no CA.
            if let Some(looked) = ca::look(certificate, clock::now()) {
                certificates.push(self.view(certificate, looked, &given.chain).await?);
            }
        }
        order(&mut certificates, given.lacks.is_some());
        Ok(CaInspection {
            certificates,
            lacks: given.lacks,
            found_at: given.found_at,
            host: road.filter(|_| !given.chain.is_empty()).map(|road| road.origin.host().into_owned()),
            proxy: given.proxy,
            places: blocking(trust::places).await?,
        })
    }

    async fn view(
        &self,
        certificate: &CertificateDer<'static>,
        looked: Looked,
        chain: &[CertificateDer<'static>],
    ) -> Result<CaView, Fault> {
        let mut view = words(&looked);
        view.signs_road = (!chain.is_empty()).then(|| ca::signs(certificate, chain));
        if view.refusal.is_none() {
            (view.stores, view.trusted) = self.places_for(as_ca(certificate, &looked)).await?;
        }
        Ok(view)
    }

    /// The stores that a certificate can be put into, and those it is in.
    pub(super) async fn places_for(&self, ca: Ca) -> Result<(Vec<StoreView>, Vec<Store>), Fault> {
        let own = self.list.own();
        let file = self.list.path(&ca.sha256).display().to_string();
        // A list that cannot be read is no reason not to look; it stands in the way of a change.
        let entry = self.list.entry(&ca.sha256).ok().flatten();
        let has_own = entry.is_some_and(|entry| entry.stores().contains(&own));
        let (others, held) = self
            .with_stores(move |stores| {
                let views = stores.views(&ca);
                // Where a store cannot be asked now, adding to it will tell why.
                let held = views
                    .iter()
                    .map(|view| &view.store)
                    .filter(|store| stores.holds(store, &ca).unwrap_or(false));
                let held = held.cloned().collect::<Vec<_>>();
                (views, held)
            })
            .await?
            .unwrap_or_default();
        let own_view = StoreView { store: own.clone(), obstacle: None, asks: false, does: vec![file] };
        let views = [own_view].into_iter().chain(others).collect();
        let held = has_own.then_some(own).into_iter().chain(held).collect();
        Ok((views, held))
    }
}

/// The certificate in the form that stores want.
pub(super) fn as_ca(certificate: &CertificateDer<'_>, looked: &Looked) -> Ca {
    let described = &looked.described;
    Ca { pem: ca::pem(certificate), sha256: described.sha256.clone(), subject: described.subject.clone() }
}

pub(super) fn words(looked: &Looked) -> CaView {
    let described = &looked.described;
    CaView {
        sha256: described.sha256.clone(),
        subject: described.subject.clone(),
        issuer: described.issuer.clone(),
        not_before_ms: milliseconds(described.not_before),
        not_after_ms: milliseconds(described.not_after),
        key: looked.key.clone(),
        signature: looked.signature.clone(),
        path_length: looked.path_length,
        permitted: looked.permitted.clone(),
        interceptor: looked.interceptor.map(maker),
        refusal: looked.refusal.map(refusal),
        signs_road: None,
        stores: Vec::new(),
        trusted: Vec::new(),
    }
}

/// Those that may be trusted first, and of these the one that signs the road; hosts' own certificates only where there is
/// nothing else to be said of what was found.
fn order(certificates: &mut Vec<CaView>, lacks_root: bool) {
    if lacks_root || certificates.iter().any(|view| view.refusal != Some(CaRefusal::NotCa)) {
        certificates.retain(|view| view.refusal != Some(CaRefusal::NotCa));
    }
    certificates.sort_by_key(|view| (view.refusal.is_some(), view.signs_road != Some(true)));
}

fn maker(Interceptor { name, kind }: Interceptor) -> CaMaker {
    let kind = match kind {
        Kind::DebuggingProxy => CaMakerKind::DebuggingProxy,
        Kind::PersonalProxy => CaMakerKind::PersonalProxy,
        Kind::Antivirus => CaMakerKind::Antivirus,
        Kind::CompanyGateway => CaMakerKind::CompanyGateway,
        Kind::Firewall => CaMakerKind::Firewall,
    };
    CaMaker { name: name.to_owned(), kind }
}

fn refusal(refusal: Refusal) -> CaRefusal {
    match refusal {
        Refusal::NotCa => CaRefusal::NotCa,
        Refusal::NotRoot => CaRefusal::NotRoot,
        Refusal::Expired => CaRefusal::Expired,
        Refusal::NotYetValid => CaRefusal::NotYetValid,
        Refusal::WeakKey => CaRefusal::WeakKey,
        Refusal::WeakSignature => CaRefusal::WeakSignature,
        Refusal::BadSignature => CaRefusal::BadSignature,
    }
}

/// Since the Unix epoch.
fn milliseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |before| -before),
    }
}
