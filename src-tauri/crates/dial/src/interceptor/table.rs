use super::Kind::{self, Antivirus, CompanyGateway, DebuggingProxy, Firewall, PersonalProxy};

/// One interceptor: what it is called, what it is, and the words that give it away in a name of a certificate.
pub(super) type Entry = (&'static str, Kind, &'static [&'static str]);

/// The first entry that matches is the one: a product stands before its maker.
///
/// The words are those of tailscale's `blockblame`, of Chromium's list of software that intercepts
/// (`ssl_error_assistant.asciipb`), of the makers' own manuals, and of certificates users have shown.
pub(super) const TABLE: &[Entry] = &[
    ("mitmproxy", DebuggingProxy, &["mitmproxy"]),
    ("Charles", DebuggingProxy, &["Charles Proxy", "XK72"]),
    ("Proxyman", DebuggingProxy, &["Proxyman"]),
    ("HTTP Toolkit", DebuggingProxy, &["HTTP Toolkit"]),
    ("Fiddler", DebuggingProxy, &["FiddlerRoot", "Fiddler"]),
    ("Burp Suite", DebuggingProxy, &["PortSwigger"]),
    ("ZAP", DebuggingProxy, &["Zed Attack Proxy", "ZAP Root CA"]),
    ("Whistle", DebuggingProxy, &["whistle"]),
    ("Reqable", DebuggingProxy, &["Reqable"]),
    ("ProxyPin", DebuggingProxy, &["ProxyPin"]),
    ("AnyProxy", DebuggingProxy, &["AnyProxy"]),
    ("Rockxy", DebuggingProxy, &["Rockxy"]),
    ("Surge", PersonalProxy, &["Surge Generated CA"]),
    ("Stash", PersonalProxy, &["Stash Generated CA"]),
    ("Quantumult X", PersonalProxy, &["Quantumult X"]),
    ("Watt Toolkit (Steam++)", PersonalProxy, &["SteamTools", "BeyondDimension"]),
    ("dev-sidecar", PersonalProxy, &["DevSidecar"]),
    ("Kaspersky", Antivirus, &["Kaspersky"]),
    ("ESET", Antivirus, &["ESET"]),
    ("Avast", Antivirus, &["Avast"]),
    ("AVG", Antivirus, &["AVG Web/Mail Shield", "AVG Antivirus"]),
    ("Norton", Antivirus, &["Norton Web/Mail Shield", "Norton Antivirus"]),
    ("Bitdefender", Antivirus, &["Bitdefender"]),
    ("AdGuard", Antivirus, &["AdGuard"]),
    ("Zscaler", CompanyGateway, &["Zscaler"]),
    ("Netskope", CompanyGateway, &["Netskope", "goskope"]),
    ("Cato Networks", CompanyGateway, &["Cato"]),
    // Not Cloudflare alone: "Cloudflare Origin CA" signs for servers that are reached past Cloudflare.
    ("Cloudflare Gateway", CompanyGateway, &["Gateway CA - Cloudflare Managed", "Cloudflare for Teams"]),
    ("Cisco Umbrella", CompanyGateway, &["Cisco Umbrella"]),
    ("Forcepoint", CompanyGateway, &["Forcepoint", "Websense"]),
    ("Blue Coat (Symantec)", CompanyGateway, &["Blue Coat", "BlueCoat", "Symantec SSL Visibility"]),
    ("McAfee Web Gateway", CompanyGateway, &["McAfee Web Gateway"]),
    ("Trend Micro", CompanyGateway, &["IWSS.TREND", "Trend Micro"]),
    ("ContentKeeper", CompanyGateway, &["ContentKeeper"]),
    ("NetSpark", CompanyGateway, &["NetSpark"]),
    ("深信服 Sangfor", CompanyGateway, &["Sangfor", "深信服"]),
    ("奇安信 Qi An Xin", CompanyGateway, &["QiAnXin", "Qi An Xin", "Qi'anxin", "奇安信"]),
    ("Squid", CompanyGateway, &["Squid"]),
    ("Aruba", Firewall, &["Aruba", "arubanetworks"]),
    ("Barracuda", Firewall, &["Barracuda"]),
    ("Check Point", Firewall, &["Check Point", "CheckPoint"]),
    ("Cisco", Firewall, &["Cisco"]),
    ("Cyberoam", Firewall, &["Cyberoam"]),
    ("Fortinet", Firewall, &["Fortinet", "FortiGate"]),
    ("Huawei", Firewall, &["Huawei"]),
    ("Palo Alto Networks", Firewall, &["Palo Alto", "PAN-FW"]),
    ("Smoothwall", Firewall, &["Smoothwall"]),
    ("SonicWall", Firewall, &["SonicWall"]),
    ("Sophos", Firewall, &["Sophos", "sophosutm"]),
    ("UniFi", Firewall, &["UniFi", "Ubiquiti"]),
];
