use std::cmp::Reverse;

use longwire_contract::Finding;

use crate::table::rule;

/// What is to be told of what was found: each code once, without what another finding explains, what matters most first.
pub fn told(found: Vec<Finding>) -> Vec<Finding> {
    let codes: Vec<_> = found.iter().map(|finding| finding.code).collect();
    let mut told = ordered(found);
    told.retain(|finding| !rule(finding.code).depends_on.iter().any(|cause| codes.contains(cause)));
    told
}

/// The same, with what another finding explains.
pub(crate) fn ordered(found: Vec<Finding>) -> Vec<Finding> {
    let mut ordered: Vec<Finding> = Vec::with_capacity(found.len());
    for finding in found {
        if ordered.iter().all(|other| other.code != finding.code) {
            ordered.push(finding);
        }
    }
    // Among equals the order of the table holds: the road's from its near end on, then the platform's.
    ordered
        .sort_by_key(|finding| (Reverse(finding.blocks_connection), Reverse(finding.severity), finding.code));
    ordered
}

#[cfg(test)]
mod tests {
    use longwire_contract::{FindingCode as F, Severity};

    use super::*;
    use crate::table::finding;

    fn codes(found: &[F]) -> Vec<F> {
        told(found.iter().map(|code| finding(*code, "")).collect()).iter().map(|told| told.code).collect()
    }

    #[test]
    fn what_another_finding_explains_is_not_told() {
        assert_eq!(codes(&[F::DnsFailed, F::NoNetwork]), [F::NoNetwork]);
        assert_eq!(codes(&[F::LinkClosed, F::Flapping]), [F::Flapping]);
        assert_eq!(codes(&[F::TlsExpired, F::ClockWrong]), [F::ClockWrong]);
        assert_eq!(codes(&[F::NothingReceived, F::OtherClients]), [F::OtherClients]);
    }

    #[test]
    fn what_blocks_comes_first_and_then_what_weighs_most() {
        let found =
            [F::PlatformSeesUs, F::OtherClients, F::DirectWorks, F::ProxyUnreachable, F::ProxyUnreachable];
        assert_eq!(codes(&found), [F::ProxyUnreachable, F::OtherClients, F::DirectWorks, F::PlatformSeesUs]);
        let warning =
            Finding { severity: Severity::Warning, blocks_connection: false, ..finding(F::ClockWrong, "") };
        let told = told(vec![warning, finding(F::CredentialsWrong, "")]);
        assert_eq!(told[0].code, F::CredentialsWrong);
    }
}
