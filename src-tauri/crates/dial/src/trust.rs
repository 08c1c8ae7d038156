use std::sync::Arc;

use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use crate::recorder::{Moment, Recorder, Seen};

/// What a handshake needs of the roots.
#[derive(Debug)]
pub(crate) struct Trust {
    /// Absent where there is not one root, so that nobody is trusted.
    verifier: Option<Arc<WebPkiServerVerifier>>,
    config: ClientConfig,
    moment: Option<Moment>,
}

impl Trust {
    /// An empty store trusts nobody, and still lets it be seen who is there. The clock says when certificates are judged, those of the
    /// moment's host aside.
    pub(crate) fn of(store: RootCertStore, moment: Option<Moment>) -> Option<Self> {
        let provider = Arc::new(ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider)).build().ok();
        // "dangerous" is how rustls names every verifier that is not its own; ours refuses all that its own refuses.
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .ok()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Recorder::new(verifier.clone(), Arc::default())))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // A resumed session is not verified again, and shows no chain. Our connections are few and long.
        config.resumption = Resumption::disabled();
        Some(Self { verifier, config, moment })
    }

    /// Whether there is anybody it trusts.
    pub(crate) fn has_roots(&self) -> bool {
        self.verifier.is_some()
    }

    /// The settings of one handshake, which writes down whom it meets. The roots behind them are shared.
    pub(crate) fn config(&self, seen: &Arc<Seen>) -> Arc<ClientConfig> {
        let mut config = self.config.clone();
        let recorder = Recorder::new(self.verifier.clone(), Arc::clone(seen)).danger_at(self.moment.clone());
        config.dangerous().set_certificate_verifier(Arc::new(recorder));
        Arc::new(config)
    }
}
