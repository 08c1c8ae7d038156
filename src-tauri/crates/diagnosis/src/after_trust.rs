use std::time::SystemTime;

use longwire_contract::Finding;
use longwire_dial::{Dialer, Origin, network};

use crate::explain::{look_into, of_failed_road};

/// How a road stands after the trust in a CA has changed.
#[derive(Clone, Debug, PartialEq)]
pub struct AfterTrust {
    /// Whether the operating system's roots, read anew, trust the chain.
    pub system: bool,
    /// Whether a handshake here does.
    pub here: bool,
    /// What still stands in the way; absent where TLS is through.
    pub finding: Option<Finding>,
}

/// Walks a road to the end of its TLS handshake, once, and asks who believes the chain by now. Nothing is sent there.
pub async fn after_trust(dialer: &Dialer, origin: &Origin, now: SystemTime) -> AfterTrust {
    dialer.roots().doubt();
    let (finding, insight) = match dialer.dial(origin).await {
        Ok(road) => (None, look_into(dialer, origin, &road.trace, now).await),
        Err(error) => {
            let (finding, insight) = of_failed_road(&error, dialer, now, network::is_routed()).await;
            (Some(finding), insight)
        }
    };
    let judgement = insight.judgement;
    AfterTrust {
        system: judgement.as_ref().is_some_and(|judgement| judgement.system.is_ok()),
        here: judgement.as_ref().is_some_and(|judgement| judgement.trusted_here()),
        finding,
    }
}
