//! Who signed a chain that was seen, and who would believe it, whether or not the handshake did.
//!
//! Issuer, time and name are judged apart, since several can be wrong at once: whether the issuer is trusted is asked at a
//! time within the certificates' own validity, so that an expired certificate still tells who made it.

mod consumers;

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::RootCertStore;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

pub use self::consumers::{Consumer, environment_lines};
use crate::ca;
use crate::cause::Cause;
use crate::certificate::{self, Described, End, Names};
use crate::interceptor::{self, Interceptor};
use crate::refusal;
use crate::roots::{self, Roots, Stores};

/// What is to be said of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Whether the operating system's roots trust the issuer, the time aside; `SSL_CERT_FILE` and `SSL_CERT_DIR` stand
    /// for them where they are set.
    pub system: Result<(), Cause>,
    /// Whether our own CA files do, those for the platform's hosts alone included.
    pub extra: Result<(), Cause>,
    /// Whether the set of Mozilla does, which Node and Python bring along in one form or another.
    pub mozilla: Result<(), Cause>,
    /// What follows from the three.
    pub signed: Signed,
    /// Whether the chain is valid at the time that was asked about; else [`Cause::Expired`] or [`Cause::NotYetValid`].
    pub time: Result<(), Cause>,
    /// Whether the certificate is for the host; else [`Cause::WrongHost`].
    pub name: Result<(), Cause>,
    /// Who stands in between, where the names in the chain tell. Never of a chain that is signed publicly.
    pub interceptor: Option<Interceptor>,
    /// Where only our own files trust the issuer: the one that holds the CA.
    pub file: Option<PathBuf>,
    /// Where nobody trusts the issuer: a CA of our own files that has the same name, and another key.
    pub namesake: Option<Described>,
}

/// Who signed a chain.
#[derive(Clone, Debug, PartialEq)]
pub enum Signed {
    /// A CA that programs everywhere trust. It may still be unknown here: see [`Judgement::trusted_here`].
    Publicly,
    /// A CA that is trusted on this machine alone, and is not among those programs bring along: for a public host,
    /// somebody who reads what passes.
    Locally {
        /// Who says that it is trusted. The operating system where both do.
        by: Local,
    },
    /// The certificate signed itself, and nobody trusts it.
    ByItself,
    /// Nobody who is trusted.
    Untrusted {
        /// Who would have to be trusted: the issuer at the end of the chain.
        issuer: String,
    },
    /// It cannot be told, since the chain cannot be used for another reason.
    Unusable(Cause),
}

/// Where a CA is trusted that is not public.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Local {
    /// In the operating system's store.
    System,
    /// In our own extra CA files.
    Extra,
}

impl Judgement {
    /// Whether a handshake here trusts the issuer.
    pub fn trusted_here(&self) -> bool {
        self.system.is_ok() || self.extra.is_ok()
    }
}

/// Judges a chain (the host's own certificate first) as `roots` trust now, for a host (a name, or an address without
/// brackets), at a time. `None` where there is no chain, or its first certificate cannot be read.
pub async fn judge(
    roots: &Arc<Roots>,
    chain: &[CertificateDer<'_>],
    host: &str,
    at: SystemTime,
) -> Option<Judgement> {
    static MOZILLA: LazyLock<RootCertStore> =
        LazyLock::new(|| webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect());
    let stores = roots::stores(roots).await.ok()?;
    by(&stores, &MOZILLA, chain, host, at)
}

/// The same, by these stores.
pub(crate) fn by(
    stores: &Stores,
    mozilla: &RootCertStore,
    chain: &[CertificateDer<'_>],
    host: &str,
    at: SystemTime,
) -> Option<Judgement> {
    let case = Case::of(chain, at)?;
    let system = case.trusted(&stores.system);
    let extra = case.trusted(&stores.extra);
    let public = case.trusted(mozilla);
    let trusting = [(&system, &stores.system), (&extra, &stores.extra), (&public, mozilla)];
    let time = match trusting.iter().find(|(verdict, _)| verdict.is_ok()) {
        Some((_, store)) => case.verified(store, unix(at)),
        None => case.in_time(at),
    };
    let signed = case.signed([&public, &system, &extra]);
    let interceptor = match signed {
        Signed::Publicly => None,
        _ => interceptor::of(chain),
    };
    let namesake = match signed {
        Signed::Untrusted { .. } => namesake(&stores.own, chain),
        _ => None,
    };
    let file = match signed {
        Signed::Locally { by: Local::Extra } => file(&stores.own, chain),
        _ => None,
    };
    let name = case.named(host);
    Some(Judgement { system, extra, mozilla: public, signed, time, name, interceptor, file, namesake })
}

/// Whether a chain leads to a root of this store, whatever the time is: at any moment at which a certificate of it begins to
/// be valid. If there is a moment at which all are, there is such a one.
pub(crate) fn leads_to(store: &RootCertStore, chain: &[CertificateDer<'_>]) -> bool {
    let begins = chain.iter().filter_map(certificate::validity).map(|(from, _)| unix(from)).collect();
    let case = Case::of(chain, UNIX_EPOCH).map(|case| Case { moments: begins, ..case });
    case.is_some_and(|case| case.trusted(store).is_ok())
}

fn file(own: &[(PathBuf, CertificateDer<'_>)], chain: &[CertificateDer<'_>]) -> Option<PathBuf> {
    own.iter().find(|(_, ca)| ca::signs(ca, chain)).map(|(path, _)| path.clone())
}

fn namesake(own: &[(PathBuf, CertificateDer<'_>)], chain: &[CertificateDer<'_>]) -> Option<Described> {
    let end = End::of(chain)?;
    let (_, ca) =
        own.iter().find(|(_, ca)| X509Certificate::from_der(ca).is_ok_and(|(_, ca)| end.is_named(&ca)))?;
    certificate::describe(ca)
}

/// A chain under judgement.
struct Case<'a> {
    chain: &'a [CertificateDer<'a>],
    leaf: ParsedCertificate<'a>,
    names: Names,
    /// From when, and until when, the first certificate is valid.
    validity: (SystemTime, SystemTime),
    /// When issuers are asked about: the chain's own middle first.
    moments: Vec<UnixTime>,
}

impl<'a> Case<'a> {
    fn of(chain: &'a [CertificateDer<'a>], at: SystemTime) -> Option<Self> {
        let first = chain.first()?;
        let validity = certificate::validity(first)?;
        let mut moments = vec![certificate::middle(chain)?];
        if (validity.0..=validity.1).contains(&at) {
            moments.push(unix(at));
        }
        let leaf = ParsedCertificate::try_from(first).ok()?;
        Some(Self { chain, leaf, names: Names::of(first)?, validity, moments })
    }

    fn signed(&self, verdicts: [&Result<(), Cause>; 3]) -> Signed {
        let [mozilla, system, extra] = verdicts;
        if mozilla.is_ok() {
            return Signed::Publicly;
        }
        if system.is_ok() {
            return Signed::Locally { by: Local::System };
        }
        if extra.is_ok() {
            return Signed::Locally { by: Local::Extra };
        }
        let unusable = verdicts
            .into_iter()
            .filter_map(|verdict| verdict.as_ref().err())
            .find(|cause| !matches!(cause, Cause::UntrustedIssuer { .. } | Cause::SelfSigned { .. }));
        match unusable {
            Some(cause) => Signed::Unusable(cause.clone()),
            None if self.names.issued_by_itself => Signed::ByItself,
            None => {
                let issuer = End::of(self.chain).map_or_else(|| self.names.issuer.clone(), |end| end.issuer);
                Signed::Untrusted { issuer }
            }
        }
    }

    /// Whether a store trusts the issuer at any of the moments; else why not at the first.
    fn trusted(&self, store: &RootCertStore) -> Result<(), Cause> {
        let mut verdicts = self.moments.iter().map(|moment| self.verified(store, *moment));
        let first = verdicts.next().unwrap_or(Ok(()));
        if first.is_ok() || verdicts.any(|verdict| verdict.is_ok()) { Ok(()) } else { first }
    }

    fn verified(&self, store: &RootCertStore, moment: UnixTime) -> Result<(), Cause> {
        let algorithms = ring::default_provider().signature_verification_algorithms.all;
        let others = self.chain.get(1..).unwrap_or_default();
        verify_server_cert_signed_by_trust_anchor(&self.leaf, store, others, moment, algorithms)
            .map_err(|error| refusal::cause(&error, self.chain))
    }

    fn in_time(&self, at: SystemTime) -> Result<(), Cause> {
        let (not_before, not_after) = self.validity;
        if at < not_before {
            Err(Cause::NotYetValid { not_before })
        } else if at > not_after {
            Err(Cause::Expired { not_after })
        } else {
            Ok(())
        }
    }

    fn named(&self, host: &str) -> Result<(), Cause> {
        let names = || self.chain.first().map(certificate::names).unwrap_or_default();
        match ServerName::try_from(host) {
            Ok(name) if verify_server_name(&self.leaf, &name).is_ok() => Ok(()),
            _ => Err(Cause::WrongHost { names: names() }),
        }
    }
}

/// A point in time as the verifier counts it; before 1970 there is none.
fn unix(time: SystemTime) -> UnixTime {
    UnixTime::since_unix_epoch(time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO))
}
