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

#[cfg(test)]
mod tests {
    use std::{path::PathBuf, sync::Arc};

    use longwire_contract::{Action, FindingCode as F};
    use longwire_dial::{RootSource, Roots};
    use longwire_openplatform::{Authority, Fault, Leaf, Running, Simulator};

    use super::*;
    use crate::testing::{assert_told, now};

    async fn platform(leaf: Leaf) -> (Running, Origin, tempfile::TempDir, PathBuf) {
        let platform = Simulator::builder().tls(Authority::new().unwrap(), leaf).start().await.unwrap();
        let origin = Origin::parse(&platform.url()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        platform.authority().unwrap().save(&path).unwrap();
        (platform, origin, folder, path)
    }

    /// Trusts these CAs for the platform's hosts, and nobody else.
    fn dialer(files: Vec<PathBuf>) -> Dialer {
        let roots = Roots::new(RootSource::ExtraOnly, Vec::new());
        roots.set_platform(files);
        Dialer::new(Arc::new(roots))
    }

    async fn after(dialer: &Dialer, origin: &Origin) -> (bool, bool, Option<F>) {
        let AfterTrust { system, here, finding } = after_trust(dialer, origin, now()).await;
        finding.iter().for_each(assert_told);
        (system, here, finding.map(|finding| finding.code))
    }

    #[tokio::test]
    async fn a_ca_that_was_trusted_lets_the_road_through_at_once_and_nothing_is_sent() {
        let (platform, origin, folder, path) = platform(Leaf::IntermediateMissing).await;
        let another = folder.path().join("another.pem");
        Authority::new().unwrap().save(&another).unwrap();
        assert_eq!(after(&dialer(vec![another]), &origin).await, (false, false, Some(F::TlsUntrusted)));
        drop(platform);

        let (platform, origin, _folder, good) = self::platform(Leaf::Good).await;
        let dialer = dialer(vec![path]);
        let before = after(&dialer, &origin).await;
        assert_eq!((before.1, before.2), (false, Some(F::TrustFailing)));
        dialer.roots().set_platform(vec![good]);
        assert_eq!(after(&dialer, &origin).await, (false, true, None));
        dialer.roots().set_platform(Vec::new());
        assert!(!after(&dialer, &origin).await.1);
        assert_eq!(platform.visits(), []);
    }

    #[tokio::test]
    async fn another_ca_of_the_same_name_is_told_with_its_hash() {
        let (_platform, origin, folder, _) = platform(Leaf::Good).await;
        let (another, path) = (Authority::new().unwrap(), folder.path().join("another.pem"));
        another.save(&path).unwrap();
        let found = after_trust(&dialer(vec![path]), &origin, now()).await.finding.unwrap();
        assert_eq!((found.code, found.action), (F::TrustFailing, Some(Action::TrustCa)));
        let sha256 = longwire_dial::certificate::describe(another.der()).unwrap().sha256;
        assert_eq!(
            (&found.values["sha256"], found.values["issuer"].as_str()),
            (&sha256, "Longwire Simulator CA")
        );
    }

    #[tokio::test]
    async fn what_else_is_wrong_is_told_although_the_ca_is_trusted() {
        for (leaf, code) in [
            (Leaf::Expired, F::TlsExpired),
            (Leaf::NotYetValid, F::TlsNotYetValid),
            (Leaf::WrongHost, F::TlsWrongHost),
        ] {
            let (_platform, origin, _folder, path) = platform(leaf).await;
            assert_eq!(after(&dialer(vec![path]), &origin).await, (false, true, Some(code)));
        }
    }

    #[tokio::test]
    async fn a_road_that_does_not_lead_so_far_says_why() {
        let (platform, origin, _folder, path) = platform(Leaf::Good).await;
        platform.set_fault(Some(Fault::Refused)).await;
        assert_eq!(after(&dialer(vec![path]), &origin).await, (false, false, Some(F::TcpRefused)));
    }

    #[tokio::test]
    async fn a_road_without_certificates_has_nobody_to_trust() {
        let platform = Simulator::builder().start().await.unwrap();
        let origin = Origin::parse(&platform.url()).unwrap();
        assert_eq!(after(&dialer(Vec::new()), &origin).await, (false, false, None));
    }
}
