use std::cmp::Reverse;

use longwire_contract::Finding;

use crate::table::rule;

/// What is to be told of what was found: each code once, without what another finding explains, what matters most first.
pub fn told(found: Vec<Finding>) -> Vec<Finding> {
    let codes: Vec<_> = found.iter().map(|finding| finding.code).collect();
    let mut told: Vec<Finding> = Vec::with_capacity(found.len());
    for finding in found {
        let explained = rule(finding.code).depends_on.iter().any(|cause| codes.contains(cause));
        if !explained && told.iter().all(|other| other.code != finding.code) {
            told.push(finding);
        }
    }
    // Among equals the order of the table holds: the road's from its near end on, then the platform's.
    told.sort_by_key(|finding| (Reverse(finding.blocks_connection), Reverse(finding.severity), finding.code));
    told
}
