//! Certificates of CAs: where they come from, what they say, where they are trusted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AppId, Finding};

/// Where a CA certificate is to be had from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum CaSource {
    /// What is presented on the app's road just now.
    Road,
    /// A file: PEM, DER or PKCS#7.
    File {
        /// Its path.
        path: String,
    },
    /// The content of a file, or of the clipboard.
    Content {
        /// It, in base64.
        base64: String,
    },
    /// A place where a proxy keeps its CA.
    Place {
        /// The [`CaPlace::id`].
        id: String,
    },
    /// The page on which the proxy of the app's road hands out its CA itself.
    ProxyPage,
}

/// Which CA certificate to look at.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct CaQuestion {
    /// Where it is to be had from.
    pub source: CaSource,
    /// The app whose road it is to be compared with, or taken from. Without one nothing is compared, and
    /// [`CaSource::Road`] and [`CaSource::ProxyPage`] cannot be asked.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub app_id: Option<AppId>,
}

/// What was found at a source.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct CaInspection {
    /// The certificates of CAs that are there, each once; those that may be trusted first. Where neither these nor `lacks`
    /// is there, the others, each with its refusal.
    pub certificates: Vec<CaView>,
    /// Who signed at the end of the chain, where neither the chain nor a proxy's place on this machine holds that
    /// certificate.
    #[ts(optional = nullable)]
    pub lacks: Option<String>,
    /// The place that holds the certificate which the chain lacks: by its signature, not by its name.
    #[ts(optional = nullable)]
    pub found_at: Option<CaPlace>,
    /// The host whose chain the certificates were compared with.
    #[ts(optional = nullable)]
    pub host: Option<String>,
    /// The proxy over which a certificate came without encryption, so that its fingerprint is to be compared.
    #[ts(optional = nullable)]
    pub proxy: Option<String>,
    /// Where else the CA may be had from: what there is on this machine.
    pub places: Vec<CaPlace>,
}

/// A certificate, in words. All of them are the words of whoever made it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct CaView {
    /// The SHA-256 of the whole certificate: 64 hexadecimal digits, capital.
    pub sha256: String,
    /// Whom it names.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// From when it is valid, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub not_before_ms: i64,
    /// Until when it is valid, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub not_after_ms: i64,
    /// Its key: `RSA 2048`, `ECDSA P-256`.
    pub key: String,
    /// How it is signed: `SHA-256 with RSA`.
    pub signature: String,
    /// How many CAs may stand between it and a host, where it is limited.
    #[ts(optional = nullable)]
    pub path_length: Option<u32>,
    /// The names it may sign for, where it is limited.
    pub permitted: Vec<String>,
    /// What made it, where its names tell.
    #[ts(optional = nullable)]
    pub interceptor: Option<CaMaker>,
    /// Why it is not to be trusted.
    #[ts(optional = nullable)]
    pub refusal: Option<CaRefusal>,
    /// Whether the chain of [`CaInspection::host`] leads to it; absent where nothing was compared.
    #[ts(optional = nullable)]
    pub signs_road: Option<bool>,
    /// Where it can be trusted on this machine, the narrowest first; none for one that is refused.
    pub stores: Vec<StoreView>,
    /// Where it is trusted already.
    pub trusted: Vec<Store>,
}

/// A program or device that signs certificates for hosts that are not its own.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct CaMaker {
    /// What it, or its maker, is called.
    pub name: String,
    /// What it is, and the key of a text: `maker.KIND`.
    pub kind: CaMakerKind,
}

/// What intercepts, and so who has switched it on.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CaMakerKind {
    /// A developer's own tool to look into traffic.
    DebuggingProxy,
    /// A proxy or accelerator of the user's own.
    PersonalProxy,
    /// An antivirus or content filter on this machine.
    Antivirus,
    /// A company's or a provider's gateway.
    CompanyGateway,
    /// A firewall or access point on the network.
    Firewall,
}

impl CaMakerKind {
    /// Every kind, for the tests that hold the texts complete.
    pub const ALL: &[Self] =
        &[Self::DebuggingProxy, Self::PersonalProxy, Self::Antivirus, Self::CompanyGateway, Self::Firewall];
}

/// Why a certificate is not to be trusted, and the key of a text: `ca_refusal.CODE`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CaRefusal {
    /// It is a host's own, or may not sign others.
    NotCa,
    /// It is a CA that another one signed; that one's certificate is needed.
    NotRoot,
    /// It has expired.
    Expired,
    /// It is not valid yet.
    NotYetValid,
    /// Its key can be broken.
    WeakKey,
    /// Its signature can be forged.
    WeakSignature,
    /// It says that it signed itself, and has not.
    BadSignature,
}

impl CaRefusal {
    /// Every code, for the tests that hold the texts complete.
    pub const ALL: &[Self] = &[
        Self::NotCa,
        Self::NotRoot,
        Self::Expired,
        Self::NotYetValid,
        Self::WeakKey,
        Self::WeakSignature,
        Self::BadSignature,
    ];
}

/// A place on this machine where a proxy keeps its CA.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct CaPlace {
    /// The proxy's short name, as the command takes it: `mitmproxy`.
    pub id: String,
    /// The proxy's name.
    pub name: String,
    /// The file.
    pub path: String,
}

/// A place where a certificate can be trusted.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize, TS)]
pub struct Store {
    /// What kind, and the key of its texts: `store.KIND`, `store.KIND.scope`.
    pub kind: StoreKind,
    /// Its file or folder.
    pub place: String,
}

/// The kinds of [`Store`]s, the narrowest first.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum StoreKind {
    /// Longwire alone, for the platform's hosts: a file in the data folder.
    App,
    /// The user's login keychain (macOS), for TLS.
    Keychain,
    /// What Chromium and its kin trust of one user (an NSS database).
    Chromium,
    /// What one profile of Firefox trusts (an NSS database).
    Firefox,
    /// What every program of every user trusts (Linux).
    System,
}

impl StoreKind {
    /// Every kind, for the tests that hold the texts complete.
    pub const ALL: &[Self] = &[Self::App, Self::Keychain, Self::Chromium, Self::Firefox, Self::System];
}

/// A store of this machine, and what adding a certificate to it means.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct StoreView {
    /// Which.
    pub store: Store,
    /// Why nothing can be added to it, in words of its own: a program that is missing.
    #[ts(optional = nullable)]
    pub obstacle: Option<String>,
    /// Whether the system will ask for a password.
    pub asks: bool,
    /// What will be run or written, a line each, as a person would type it.
    pub does: Vec<String>,
}

/// A certificate to be trusted. It names what will be changed, so that nothing else is: the certificate by its hash, each
/// store by its kind and place.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct CaTrust {
    /// Where it is to be had from.
    pub question: CaQuestion,
    /// Its hash, as [`CaView::sha256`].
    pub sha256: String,
    /// Where.
    pub stores: Vec<Store>,
}

/// A certificate that is not to be trusted any more.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct CaUntrust {
    /// Its hash, as [`CaView::sha256`].
    pub sha256: String,
    /// Where; everywhere we put it, where absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub stores: Option<Vec<Store>>,
}

/// What came of trusting a certificate, or of the opposite: store by store.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct CaOutcome {
    /// The certificate.
    pub sha256: String,
    /// Whom it names.
    pub subject: String,
    /// Each store that was named.
    pub stores: Vec<StoreOutcome>,
    /// How the road stands now, where one was named to compare with.
    #[ts(optional = nullable)]
    pub road: Option<CaRoad>,
}

/// What came of it in one store.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct StoreOutcome {
    /// Which.
    pub store: Store,
    /// What became of it, and the key of a text: `store_result.CODE`.
    pub result: StoreResult,
    /// The technical cause in English, where it failed.
    pub detail: String,
}

/// What became of a change to a store.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StoreResult {
    /// Added, and the store says so itself.
    Added,
    /// It was there already.
    Already,
    /// Taken out, and the store says so itself.
    Removed,
    /// It was not there.
    Absent,
    /// The user thought better of it when the system asked.
    Cancelled,
    /// It failed.
    Failed,
}

impl StoreResult {
    /// Every result, for the tests that hold the texts complete.
    pub const ALL: &[Self] =
        &[Self::Added, Self::Already, Self::Removed, Self::Absent, Self::Cancelled, Self::Failed];
}

/// How a road stands after a change of trust: walked again to the end of its TLS handshake.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct CaRoad {
    /// Its host.
    pub host: String,
    /// Whether the operating system's roots trust its chain now.
    pub system: bool,
    /// Whether Longwire does.
    pub here: bool,
    /// What still stands in the way.
    #[ts(optional = nullable)]
    pub finding: Option<Finding>,
}

/// A certificate that we have trusted, and where.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
pub struct TrustedCa {
    /// Its hash, as [`CaView::sha256`].
    pub sha256: String,
    /// Whom it names.
    pub subject: String,
    /// Until when it is valid, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub not_after_ms: i64,
    /// When it was first trusted, in milliseconds since the Unix epoch.
    #[ts(type = "number")]
    pub added_ms: u64,
    /// Where we put it.
    pub stores: Vec<Store>,
    /// Our copy of it, which the lines of `environment` name.
    pub path: String,
    /// Lines for a shell that make a bot of the user's own trust it, too; programs that ask no store need them.
    pub environment: String,
}
