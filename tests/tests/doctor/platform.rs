//! What the platform answers, and what keeps us from asking it.

use super::*;

#[test]
fn a_wrong_secret() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        platform.write_private("secret", "planted-5d81e0-secret-of-another-app");
        let told = doctor(&platform, platform.doctor());
        let says = "The platform does not know this App ID with this App Secret";
        told.blocked_by(Code::CredentialsWrong, says, Action::EditCredentials, 3);
        told.fails_at(CheckKind::Credentials);
    });
}

#[test]
fn a_wrong_domain() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        platform.simulator.set_fault(Some(Fault::DomainWrong)).await;
        let told = doctor(&platform, platform.doctor());
        // A domain of the user's own has no other one to switch to.
        told.blocked_by(Code::DomainWrong, "does not know the app", Action::EditDomain, 3);
        told.fails_at(CheckKind::Credentials);
    });
}

#[test]
fn one_connection_too_many() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        for (fault, step) in
            [(Fault::ConnectionLimit, CheckKind::Upgrade), (Fault::LimitAtEndpoint, CheckKind::Upgrade)]
        {
            platform.simulator.set_fault(Some(fault)).await;
            let told = doctor(&platform, platform.doctor());
            told.blocked_by(Code::ConnectionLimit, "50 connections", Action::Retry, 3);
            told.fails_at(step);
        }
    });
}

#[test]
fn a_page_in_the_platforms_place() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        platform.simulator.set_fault(Some(Fault::Html)).await;
        let told = doctor(&platform, platform.doctor());
        told.blocked_by(Code::NotThePlatform, "a web page", Action::Retry, 4);
        told.fails_at(CheckKind::Endpoint);
    });
}

#[test]
fn what_the_platform_answers() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let retry = Some(Action::Retry);
        let proxy = Some(Action::EditProxy);
        for (fault, code, says, mended, exit, step) in [
            (Fault::HttpStatus, Code::HttpStatus, "cannot serve", retry, 1, CheckKind::Endpoint),
            (Fault::NoUrl, Code::BadAddress, "no address", retry, 1, CheckKind::Endpoint),
            (Fault::Busy, Code::PlatformBusy, "come back later", retry, 1, CheckKind::Endpoint),
            (Fault::UnknownCode, Code::PlatformCode, "unknown failure", retry, 3, CheckKind::Credentials),
            (Fault::Forbidden, Code::Forbidden, "forbids", None, 3, CheckKind::Upgrade),
            (Fault::TicketRefused, Code::TicketRefused, "ticket", retry, 3, CheckKind::Upgrade),
            (
                Fault::UpgradeBlocked,
                Code::UpgradeBlocked,
                "other than the platform",
                proxy,
                4,
                CheckKind::Upgrade,
            ),
            (Fault::Silent, Code::LinkSilent, "No answer", retry, 1, CheckKind::Pong),
        ] {
            platform.simulator.set_fault(Some(fault)).await;
            let told = doctor(&platform, platform.doctor());
            told.blocked_by(code, says, mended, exit);
            told.fails_at(step);
        }
    });
}

#[test]
fn other_clients_take_events() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        platform.simulator.set_strangers(2);
        let told = doctor(&platform, platform.doctor());
        told.well();
        let finding = told.adds(Code::OtherClients, "not Longwire’s: 2", None);
        assert_eq!(finding.values["others"], "2");
        assert_eq!(told.check(CheckKind::Online).mark, Mark::Warn);
    });
}

#[test]
fn no_secret_at_all() {
    sandboxed_online(async |_| {
        let platform = Platform::start().await;
        let (url, ca) = (platform.url(), platform.ca_file());
        let words = ["doctor", "--json", "--app-id", Platform::APP_ID, "--domain", &url, "--ca-file"];
        let start = longwire(&platform.data_dir(), words).arguments([ca.to_str().unwrap()]);
        let told = doctor(&platform, start);
        let finding = &told.report.findings[0];
        assert!(matches!(finding.code, Code::SecretMissing | Code::NoSecretStore | Code::SecretUnreadable));
        assert!(finding.blocks_connection && finding.action.is_some(), "{finding:?}");
        assert_eq!((told.code, told.check(CheckKind::Tls).mark), (Some(1), Mark::Ok));
        let credentials = told.check(CheckKind::Credentials);
        assert_eq!(credentials.note.as_ref().unwrap().code, NoteCode::NoSecret);
    });
}
