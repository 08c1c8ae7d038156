use std::sync::Arc;

use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::ring;
use rustls::pki_types::UnixTime;
use rustls::time_provider::{DefaultTimeProvider, TimeProvider};
use rustls::{ClientConfig, RootCertStore};

use crate::recorder::{Recorder, Seen};

/// What a handshake needs of the roots.
#[derive(Debug)]
pub(crate) struct Trust {
    verifier: Arc<WebPkiServerVerifier>,
    config: ClientConfig,
}

/// A clock that stands still. Name, issuer and signatures are verified as ever; validity is judged at its time.
#[derive(Debug)]
struct Still(UnixTime);

impl Trust {
    /// `None` for an empty store, or one that cannot be used. Certificates are judged at `moment`, else by the clock.
    pub(crate) fn of(store: RootCertStore, moment: Option<UnixTime>) -> Option<Self> {
        let provider = Arc::new(ring::default_provider());
        let clock: Arc<dyn TimeProvider> = match moment {
            Some(moment) => Arc::new(Still(moment)),
            None => Arc::new(DefaultTimeProvider),
        };
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider))
            .build()
            .ok()?;
        // "dangerous" is how rustls names every verifier that is not its own; ours refuses all that its own refuses.
        let mut config = ClientConfig::builder_with_details(provider, clock)
            .with_safe_default_protocol_versions()
            .ok()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Recorder::new(Arc::clone(&verifier), Arc::default())))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // A resumed session is not verified again, and shows no chain. Our connections are few and long.
        config.resumption = Resumption::disabled();
        Some(Self { verifier, config })
    }

    /// The settings of one handshake, which writes down whom it meets. The roots behind them are shared.
    pub(crate) fn config(&self, seen: &Arc<Seen>) -> Arc<ClientConfig> {
        let mut config = self.config.clone();
        let recorder = Recorder::new(Arc::clone(&self.verifier), Arc::clone(seen));
        config.dangerous().set_certificate_verifier(Arc::new(recorder));
        Arc::new(config)
    }
}

impl TimeProvider for Still {
    fn current_time(&self) -> Option<UnixTime> {
        Some(self.0)
    }
}
