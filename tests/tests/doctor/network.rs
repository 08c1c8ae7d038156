//! What goes wrong before anybody answers.

use super::*;

#[test]
fn a_name_that_has_no_address() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let told = doctor(&platform, platform.doctor_of("https://nowhere.test"));
        told.blocked_by(Code::DnsFailed, "nowhere.test", Action::Retry, 4);
        told.fails_at(CheckKind::Dns);
    });
}

#[test]
fn no_network_at_all() {
    sandboxed(async |_| {
        let platform = Platform::start().await;
        let told = doctor(&platform, platform.doctor_of("https://nowhere.test"));
        told.blocked_by(Code::NoNetwork, "network", Action::Retry, 4);
        assert_eq!(told.check(CheckKind::Network).mark, Mark::Bad);
    });
}

#[test]
fn a_port_that_swallows_packets() {
    sandboxed_online(async |sandbox| {
        let platform = Platform::start().await;
        sandbox.drop_packets(platform.port());
        let told = doctor(&platform, platform.doctor());
        let finding = told.blocked_by(Code::TimedOut, "got stuck", Action::Retry, 4);
        assert_eq!(finding.values["stage"], "tcp");
        told.fails_at(CheckKind::Tcp);
    });
}

#[test]
fn a_port_nobody_listens_on() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let told = doctor(&platform, platform.doctor_of("https://platform.test:1"));
        told.blocked_by(Code::TcpRefused, "platform.test", Action::Retry, 4);
        told.fails_at(CheckKind::Tcp);
    });
}
