use std::fmt::Write;

use super::{Answer, Mac, Proxy, Service};

/// `scutil --proxy`: what the service with the default route is set to.
pub(super) fn answer(mac: &Mac, args: &[&str]) -> Answer {
    if *args != ["--proxy"] {
        return Answer::complained(64, "usage: scutil\n");
    }
    let primary = |service: &&Service| {
        service.enabled && !service.device.is_empty() && mac.route.as_ref() == Some(&service.device)
    };
    let Some(service) = mac.services.iter().find(primary) else {
        return Answer::printed("<dictionary> {\n}\n");
    };
    let mut text = String::from("<dictionary> {\n");
    dictionary(&mut text, service, "  ");
    // The same again, for the interface; and a list that would be another's.
    text.push_str("  __SCOPED__ : <dictionary> {\n");
    writeln!(text, "    {} : <dictionary> {{", service.device).ok();
    dictionary(&mut text, service, "      ");
    text.push_str("    }\n    en99 : <dictionary> {\n      HTTPSEnable : 1\n      HTTPSPort : 1\n");
    text.push_str("      HTTPSProxy : scoped.invalid\n    }\n  }\n}\n");
    Answer::printed(&text)
}

fn dictionary(text: &mut String, service: &Service, indent: &str) {
    let mut lines = Vec::new();
    if !service.bypass.is_empty() {
        lines.push("ExceptionsList : <array> {".to_owned());
        lines.extend(service.bypass.iter().enumerate().map(|(number, host)| format!("  {number} : {host}")));
        lines.push("}".to_owned());
    }
    lines.push("FTPPassive : 1".to_owned());
    for (name, proxy) in [("HTTP", &service.web), ("HTTPS", &service.secure_web)] {
        lines.extend(of_proxy(name, proxy));
    }
    lines.push(format!("ProxyAutoConfigEnable : {}", u8::from(service.script.on)));
    lines.extend(service.script.url.iter().map(|url| format!("ProxyAutoConfigURLString : {url}")));
    lines.push(format!("ProxyAutoDiscoveryEnable : {}", u8::from(service.discovery)));
    lines.extend(of_proxy("SOCKS", &service.socks));
    for line in lines {
        writeln!(text, "{indent}{line}").ok();
    }
}

fn of_proxy(name: &str, proxy: &Proxy) -> Vec<String> {
    let mut lines = vec![format!("{name}Enable : {}", u8::from(proxy.on))];
    if !proxy.host.is_empty() {
        lines.push(format!("{name}Port : {}", proxy.port));
        lines.push(format!("{name}Proxy : {}", proxy.host));
    }
    if proxy.authenticated {
        lines.push(format!("{name}User : user"));
    }
    lines
}
