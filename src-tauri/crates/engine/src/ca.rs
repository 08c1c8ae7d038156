//! The CAs of a data folder: looking at one, trusting it where that is asked for, and knowing where it was put.

mod environment;
mod inspect;
mod list;
mod source;
mod trust;

use std::path::PathBuf;

use longwire_contract::{
    AppId, CaInspection, CaOutcome, CaQuestion, CaTrust, CaUntrust, Domain, Fault, TrustedCa,
};
use longwire_dial::{Dialer, Origin, route::Choice};
use longwire_host::trust::{Asking, Stores};

pub(crate) use self::list::TrustedList;
use crate::{Options, doctor::own_proxy, engine::usable, proxy, settings::SettingsFile, surroundings::Roads};

/// The CAs of a data folder. It needs no engine, and one that runs is not disturbed: it is told of changes by the command
/// `ca_reload`.
#[derive(Clone, Debug)]
pub struct Cas {
    options: Options,
    domain: Option<Domain>,
}

impl Cas {
    /// Those of the data folder of `options`, seen over the roads that they lead to.
    pub fn new(options: &Options) -> Self {
        Self { options: options.clone(), domain: None }
    }

    /// The same, with the domain at the end of the road; else it is the app's own.
    #[must_use]
    pub fn with_domain(self, domain: Option<Domain>) -> Self {
        Self { domain, ..self }
    }

    /// Looks at a certificate. Changes nothing.
    ///
    /// # Errors
    /// Where there is none to look at: [`FaultCode::CaUnreadable`](longwire_contract::FaultCode::CaUnreadable) and those
    /// beside it, `NoChain`, `NoProxyPage`, or what is wrong with the domain, the proxy or the settings.
    pub async fn inspect(&self, question: CaQuestion) -> Result<CaInspection, Fault> {
        let road = self.road(question.app_id.as_ref()).await?;
        self.shelf().inspect(question.source, road.as_ref()).await
    }

    /// Trusts a certificate in the stores that are named. What came of each is in the outcome.
    ///
    /// # Errors
    /// As [`Cas::inspect`], and `CaUnknown`, `CaRefused`, `StoreUnknown`, `TrustedList`: nothing was changed then.
    pub async fn trust(&self, trust: CaTrust) -> Result<CaOutcome, Fault> {
        let road = self.road(trust.question.app_id.as_ref()).await?;
        self.shelf().trust(trust, road.as_ref()).await
    }

    /// Takes a certificate out of the stores that it was put into.
    ///
    /// # Errors
    /// `CaUnknown`, `StoreUnknown`, `TrustedList`: nothing was changed then.
    pub async fn untrust(&self, untrust: CaUntrust) -> Result<CaOutcome, Fault> {
        self.shelf().untrust(untrust).await
    }

    /// The certificates that were trusted, the last one first.
    ///
    /// # Errors
    /// `TrustedList`.
    pub fn list(&self) -> Result<Vec<TrustedCa>, Fault> {
        self.shelf().list.read()
    }

    fn shelf(&self) -> Shelf {
        Shelf::new(&self.options)
    }

    /// The road to the app's domain, or to the one that was given; none where neither is there.
    async fn road(&self, app_id: Option<&AppId>) -> Result<Option<Road>, Fault> {
        if app_id.is_none() && self.domain.is_none() {
            return Ok(None);
        }
        let (settings, _) = SettingsFile::in_folder(&self.options.data_dir).read()?;
        let kept = app_id.and_then(|id| settings.app(id)).map(|app| app.domain.clone());
        let domain = self.domain.clone().or(kept).unwrap_or_default();
        let origin = usable(&domain)?;
        let proxy = match (app_id, self.options.proxy.clone()) {
            (Some(id), _) => own_proxy(&self.options, &settings, id)?.read(&self.options.secrets, id).await,
            (None, Some(given)) => proxy::entered(given)?,
            (None, None) => Choice::Auto,
        };
        let dialer = Roads::of(&self.options, &settings).await.dialer(proxy);
        Ok(Some(Road { dialer, origin }))
    }
}

/// A road to compare with.
pub(crate) struct Road {
    pub(crate) dialer: Dialer,
    pub(crate) origin: Origin,
}

/// Where certificates are kept: our own list, and the stores of this machine.
#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    pub(crate) list: TrustedList,
    /// How the stores of this machine ask; none where they are to be left alone.
    asking: Option<Asking>,
}

impl Shelf {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            list: TrustedList::in_folder(&options.data_dir),
            asking: options.system.then_some(options.asking),
        }
    }

    /// The stores of this machine, asked off the runtime's own threads; `None` where they are left alone.
    async fn with_stores<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Stores) -> T + Send + 'static,
    ) -> Result<Option<T>, Fault> {
        let Some(asking) = self.asking else { return Ok(None) };
        blocking(move || ask(&Stores::of_this_machine(asking))).await.map(Some)
    }
}

/// The files of the CAs that count for the platform's hosts; none where the list cannot be read.
pub(crate) fn platform_files(list: &TrustedList) -> Vec<PathBuf> {
    list.platform_files().unwrap_or_default()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    use longwire_contract::FaultCode;
    tokio::task::spawn_blocking(work).await.map_err(|error| Fault::new(FaultCode::Internal, error))
}
