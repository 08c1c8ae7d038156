use longwire_contract::FaultCode;
use longwire_dial::{Dialer, Origin, OriginError};
use serde_json::Value;
use tokio::time::Duration;
use url::Url;

use super::fetch::{FetchError, Limits, fetch, may_lead_to};

/// What is asked of a manifest: it is a page of text.
const MANIFEST: Limits =
    Limits { bytes: 256 << 10, stall: Duration::from_secs(30), whole: Duration::from_secs(120) };
/// What is asked of a package: it is some twenty megabytes, and the road may be a slow one.
const PACKAGE: Limits =
    Limits { bytes: 256 << 20, stall: Duration::from_secs(30), whole: Duration::from_secs(30 * 60) };

/// Where updates are announced.
#[derive(Debug)]
pub(super) struct Feed {
    url: Url,
    origin: Origin,
}

/// Why an address is none of updates.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FeedError {
    /// It is no URL.
    #[error("not a URL: {0}")]
    NotAUrl(String),
    /// Nothing is asked for from there.
    #[error(transparent)]
    Origin(#[from] OriginError),
}

impl Feed {
    pub(super) fn at(address: &str) -> Result<Self, FeedError> {
        let url = Url::parse(address.trim()).map_err(|error| FeedError::NotAUrl(error.to_string()))?;
        Ok(Self { origin: Origin::of(&url)?, url })
    }

    /// What is announced; nothing where the server says that there is nothing.
    pub(super) async fn manifest(&self, dialer: &Dialer) -> Result<Option<Value>, FetchError> {
        let accept = "application/json";
        let fetched = fetch(dialer, &self.url, accept, MANIFEST, &mut |_, _| {}).await?;
        let Some(bytes) = fetched else { return Ok(None) };
        let read = serde_json::from_slice(&bytes);
        read.map(Some).map_err(|error| self.unreadable(format!("not JSON: {error}")))
    }

    /// A package that was announced. `told` hears how much of it is here, and how large it is where that is said.
    pub(super) async fn package(
        &self,
        dialer: &Dialer,
        address: &str,
        told: &mut (dyn FnMut(u64, Option<u64>) + Send),
    ) -> Result<Vec<u8>, FetchError> {
        let url = Url::parse(address).map_err(|error| self.unreadable(format!("its package: {error}")))?;
        let origin = Origin::of(&url).map_err(|error| self.unreadable(format!("its package: {error}")))?;
        if !may_lead_to(&self.origin, &origin) {
            return Err(self.unreadable("its package would come over an unencrypted road".to_owned()));
        }
        let fetched = fetch(dialer, &url, "application/octet-stream", PACKAGE, told).await?;
        fetched.ok_or_else(|| FetchError::unreachable(&origin, "it says that there is nothing"))
    }

    pub(super) fn unreadable(&self, error: impl std::fmt::Display) -> FetchError {
        FetchError::new(FaultCode::UpdateUnreadable, &self.origin, error)
    }
}
