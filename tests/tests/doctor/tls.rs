//! Who signed, and what time it is.

use super::*;

#[test]
fn a_self_signed_certificate_in_the_chain() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        platform.simulator.set_leaf(Leaf::WithRoot).unwrap();
        let told = doctor(&platform, untrusting(&platform));
        let says = "signed by “Longwire Simulator CA”, which this computer does not trust";
        told.blocked_by(Code::TlsUntrusted, says, Action::TrustCa, 4);
        told.fails_at(CheckKind::Tls);
        doctor(&platform, platform.doctor()).well();
    });
}

#[test]
fn a_certificate_that_signed_itself() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        platform.simulator.set_leaf(Leaf::SelfSigned).unwrap();
        let told = doctor(&platform, platform.doctor());
        told.blocked_by(Code::TlsSelfSigned, "nobody vouches for it", Action::AddCaFile, 4);
        told.fails_at(CheckKind::Tls);
    });
}

#[test]
fn tls_that_is_cut_in_mid_handshake() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        platform.simulator.set_fault(Some(Fault::TlsCut)).await;
        let told = doctor(&platform, platform.doctor());
        told.blocked_by(Code::TlsCut, "was cut as soon as it named platform.test", Action::Retry, 4);
        told.fails_at(CheckKind::Tls);
    });
}

#[test]
fn a_server_clock_ahead_of_ours() {
    sandboxed_online(async |_| {
        let platform = Platform::with(|builder| builder.clock_ahead(HOUR * 72)).await;
        let told = doctor(&platform, platform.doctor());
        told.blocked_by(Code::ClockWrong, "Set date and time", Action::Retry, 4);
        told.fails_at(CheckKind::Tls);
    });
}

#[test]
fn a_clock_that_is_off_while_certificates_still_hold() {
    sandboxed_online(async |_| {
        let platform = Platform::with(|builder| builder.clock_ahead(HOUR * 12)).await;
        let told = doctor(&platform, platform.doctor());
        assert_eq!(told.check(CheckKind::Pong).mark, Mark::Ok);
        assert_eq!(told.code, Some(0), "{:#?}", told.report.findings);
    });
}

#[test]
fn certificates_out_of_their_time_while_the_clock_is_right() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        for (leaf, code, says) in [
            (Leaf::Expired, Code::TlsExpired, "valid until"),
            (Leaf::NotYetValid, Code::TlsNotYetValid, "valid from"),
            (Leaf::WrongHost, Code::TlsWrongHost, "elsewhere.example"),
        ] {
            platform.simulator.set_leaf(leaf).unwrap();
            let told = doctor(&platform, platform.doctor());
            told.blocked_by(code, says, Action::Retry, 4);
            told.fails_at(CheckKind::Tls);
        }
    });
}
