//! A certificate as tests look at it.

use clap::Parser;
use longwire_contract::{
    CaInspection, CaMaker, CaMakerKind, CaPlace, CaView, Store, StoreKind, StoreView, TrustedCa,
};

use crate::args::{Arguments, Ca, CaFrom, Command};

/// What the command line of `longwire ca inspect` names.
pub(crate) fn from(arguments: &[&str]) -> CaFrom {
    let arguments = [&["longwire", "ca", "inspect"], arguments].concat();
    match Arguments::try_parse_from(arguments).unwrap().command {
        Command::Ca(Ca::Inspect(inspect)) => inspect.from,
        other => panic!("{other:?}"),
    }
}

/// 2026-01-31.
pub(crate) const DAY: i64 = 1_769_817_600_000;

pub(crate) fn store(kind: StoreKind) -> Store {
    Store { kind, place: format!("/stores/{}", longwire_contract::text::word(&kind)) }
}

/// A CA that may be trusted, on a machine with three stores, one of which cannot take it.
pub(crate) fn view() -> CaView {
    let can = |kind, asks, does: &str| StoreView {
        store: store(kind),
        obstacle: None,
        asks,
        does: vec![does.to_owned()],
    };
    let firefox = StoreView {
        obstacle: Some("certutil is not installed".to_owned()),
        ..can(StoreKind::Firefox, false, "certutil -A")
    };
    CaView {
        sha256: "7A12BC34".repeat(8),
        subject: "mitmproxy".to_owned(),
        issuer: "mitmproxy".to_owned(),
        not_before_ms: DAY,
        not_after_ms: DAY + 86_400_000,
        key: "RSA 2048".to_owned(),
        signature: "SHA-256 with RSA".to_owned(),
        path_length: None,
        permitted: Vec::new(),
        interceptor: Some(CaMaker { name: "mitmproxy".to_owned(), kind: CaMakerKind::DebuggingProxy }),
        refusal: None,
        signs_road: Some(true),
        stores: vec![
            can(StoreKind::App, false, "/data/ca/7A12BC34.pem"),
            firefox,
            can(StoreKind::System, true, "sudo update-ca-certificates"),
        ],
        trusted: Vec::new(),
    }
}

pub(crate) fn inspection() -> CaInspection {
    CaInspection {
        certificates: vec![view()],
        lacks: None,
        found_at: None,
        host: Some("open.feishu.cn".to_owned()),
        proxy: None,
        places: vec![CaPlace {
            id: "mitmproxy".to_owned(),
            name: "mitmproxy".to_owned(),
            path: "/home/u/.mitmproxy/mitmproxy-ca-cert.pem".to_owned(),
        }],
    }
}

pub(crate) fn trusted(sha256: &str) -> TrustedCa {
    TrustedCa {
        sha256: sha256.to_owned(),
        subject: "mitmproxy".to_owned(),
        not_after_ms: DAY + 86_400_000,
        added_ms: DAY as u64,
        stores: vec![store(StoreKind::App), store(StoreKind::System)],
        path: "/data/ca/7A12BC34.pem".to_owned(),
        environment: "# Node\nexport NODE_EXTRA_CA_CERTS='/data/ca/7A12BC34.pem'".to_owned(),
    }
}
