use std::{path::Path, sync::Arc};

use longwire_dial::{
    Dialer, RootSource, Roots, RootsProblem,
    route::{Choice, Environment, Router, SystemProxies},
};
use longwire_host::secrets::SecretStore;
use tokio::{sync::watch, task::spawn_blocking};
use tracing::warn;

use crate::{
    ca::{TrustedList, platform_files},
    inbox::Inbox,
    options::Options,
    settings::Settings,
    shared::Shared,
    system,
};

/// What the apps of an engine have in common.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) shared: Arc<Shared>,
    pub(crate) roads: Roads,
    pub(crate) secrets: Arc<dyn SecretStore>,
    pub(crate) inbox: Arc<Inbox>,
}

/// What a road is built with: whom to trust, and who says which way to take.
#[derive(Clone, Debug)]
pub(crate) struct Roads {
    roots: Arc<Roots>,
    environment: Environment,
    system: watch::Receiver<Arc<SystemProxies>>,
}

impl Roads {
    pub(crate) fn new(
        ca_files: Vec<std::path::PathBuf>,
        environment: Environment,
        system: watch::Receiver<Arc<SystemProxies>>,
    ) -> Self {
        Self { roots: Arc::new(Roots::new(RootSource::System, ca_files)), environment, system }
    }

    /// Those of a command that needs no engine.
    pub(crate) async fn of(options: &Options, settings: &Settings) -> Self {
        let proxies = if options.system { system::read().await } else { Arc::default() };
        let ca_files = [&options.ca_files[..], &settings.ca_files[..]].concat();
        // The sender is dropped: a command is over before the settings change.
        let roads = Self::new(ca_files, options.environment.clone(), watch::channel(proxies).1);
        roads.roots.set_platform(platform_files(&TrustedList::in_folder(&options.data_dir)));
        for problem in roads.problems().await {
            warn!(%problem, "a CA file is left out");
        }
        roads
    }

    /// Whom to trust, shared by every road.
    pub(crate) fn roots(&self) -> &Arc<Roots> {
        &self.roots
    }

    /// What is wrong with our own CA files, read anew.
    pub(crate) async fn problems(&self) -> Vec<RootsProblem> {
        let roots = self.roots.clone();
        // A reading that panicked has found nothing.
        spawn_blocking(move || roots.check_extra()).await.unwrap_or_default()
    }

    /// What builds the roads of an app with this proxy setting.
    pub(crate) fn dialer(&self, proxy: Choice) -> Dialer {
        let router = Router::new(proxy, self.environment.clone(), self.system.clone());
        let router = router.with_roots(self.roots.clone());
        Dialer::new(self.roots.clone()).with_router(Arc::new(router))
    }
}

/// The file that holds all that the system trusts, on systems that have one: Debian's place and Fedora's.
pub(crate) fn ca_bundle() -> Option<String> {
    let places = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];
    places.into_iter().find(|place| Path::new(place).is_file()).map(str::to_owned)
}
