use std::time::SystemTime;

use longwire_contract::{Domain, Finding};
use longwire_dial::{
    Cause, Dialer, Error as RoadError, Origin, Trace,
    clock::{self, Skew},
    judge::{self, Judgement},
    network,
};
use longwire_link::Error;

use crate::{platform::of_error, road::of_road};

/// What a look into the evidence of a road brings to light.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Insight {
    /// Who signed the chain that was seen, and who believes it; absent where none was seen.
    pub judgement: Option<Judgement>,
    /// What the server's clock says, where it had to be asked.
    pub skew: Option<Skew>,
}

/// Why an app on `domain` is not connected. Where a road failed it is looked into first: who signed, what time it is
/// there, whether this machine has a network. That takes a few moments, as long as the dialer's deadlines at the most.
pub async fn explain(error: &Error, domain: &Domain, dialer: &Dialer, now: SystemTime) -> Finding {
    match error {
        Error::Road(error) => of_failed_road(error, dialer, now, network::is_routed()).await.0,
        other => of_error(other, domain),
    }
}

/// What is to be said of a chain that was seen at a host. The time there is not asked.
pub async fn look_into(dialer: &Dialer, origin: &Origin, trace: &Trace, now: SystemTime) -> Insight {
    if trace.chain.is_empty() {
        // The roots are not read for nothing.
        return Insight::default();
    }
    let judgement = judge::judge(dialer.roots(), &trace.chain, &origin.host(), now).await;
    Insight { judgement, skew: None }
}

pub(crate) async fn of_failed_road(
    error: &RoadError,
    dialer: &Dialer,
    now: SystemTime,
    routed: bool,
) -> (Finding, Insight) {
    let mut insight = look_into(dialer, &error.origin, &error.trace, now).await;
    if matches!(error.cause, Cause::Expired { .. } | Cause::NotYetValid { .. }) {
        insight.skew = clock::probe(dialer, &error.origin, &error.trace.chain).await.ok();
    }
    (of_road(error, insight.judgement.as_ref(), insight.skew, routed), insight)
}
