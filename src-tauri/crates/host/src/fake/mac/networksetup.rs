use std::fmt::Write;

use super::{Answer, Mac, Proxy, Service};

const HEADER: &str = "An asterisk (*) denotes that a network service is disabled.\n";

/// `networksetup -FLAG …`
pub(super) fn answer(mac: &mut Mac, args: &[&str], root: bool) -> Answer {
    match args {
        ["-listallnetworkservices"] => {
            let line =
                |service: &Service| format!("{}{}\n", if service.enabled { "" } else { "*" }, service.name);
            Answer::printed(&(HEADER.to_owned() + &mac.services.iter().map(line).collect::<String>()))
        }
        ["-getcurrentlocation"] => Answer::printed(&format!("{}\n", shown(&mac.location))),
        ["-listlocations"] => {
            let names = mac.elsewhere.keys().chain([&mac.location]);
            Answer::printed(&names.map(|name| format!("{}\n", shown(name))).collect::<String>())
        }
        ["-listnetworkserviceorder"] => Answer::printed(&order(&mac.services)),
        [flag, ..] if flag.starts_with("-set") && mac.admin_required && !root => {
            Answer { status: 14, ..Answer::printed("** Error: Command requires admin privileges.\n") }
        }
        [flag, name, values @ ..] => match mac.service(name) {
            None => Answer {
                status: 4,
                ..Answer::printed(&format!(
                    "{name} is not a recognized network service.\n** Error: The parameters were not valid.\n"
                ))
            },
            Some(service) => of_service(service, flag, values),
        },
        _ => not_valid(),
    }
}

fn shown(location: &str) -> &str {
    if location.is_empty() { "Automatic" } else { location }
}

fn order(services: &[Service]) -> String {
    let mut text = HEADER.to_owned();
    let mut number = 0;
    for service in services {
        let mark = if service.enabled {
            number += 1;
            number.to_string()
        } else {
            "*".to_owned()
        };
        write!(
            text,
            "({mark}) {}\n(Hardware Port: {}, Device: {})\n\n",
            service.name, service.port, service.device
        )
        .ok();
    }
    text
}

fn of_service(service: &mut Service, flag: &str, values: &[&str]) -> Answer {
    match (flag, values) {
        ("-getwebproxy", []) => printed(&service.web),
        ("-getsecurewebproxy", []) => printed(&service.secure_web),
        ("-getsocksfirewallproxy", []) => printed(&service.socks),
        ("-setwebproxy", values) => set(&mut service.web, values),
        ("-setsecurewebproxy", values) => set(&mut service.secure_web, values),
        ("-setsocksfirewallproxy", values) => set(&mut service.socks, values),
        ("-setwebproxystate", [state]) => switch(&mut service.web.on, state),
        ("-setsecurewebproxystate", [state]) => switch(&mut service.secure_web.on, state),
        ("-setsocksfirewallproxystate", [state]) => switch(&mut service.socks.on, state),
        ("-getautoproxyurl", []) => {
            let url = match service.script.url.as_deref() {
                None => "(null)",
                Some("") => "\"\"",
                Some(url) => url,
            };
            Answer::printed(&format!("URL: {url}\nEnabled: {}\n", yes(service.script.on)))
        }
        ("-setautoproxyurl", [url]) => {
            service.script.url = Some((*url).to_owned());
            service.script.on = true;
            Answer::default()
        }
        ("-setautoproxystate", [state]) => switch(&mut service.script.on, state),
        ("-getproxyautodiscovery", []) => {
            let state = if service.discovery { "On" } else { "Off" };
            Answer::printed(&format!("Auto Proxy Discovery: {state}\n"))
        }
        ("-setproxyautodiscovery", [state]) => switch(&mut service.discovery, state),
        ("-getproxybypassdomains", []) if service.bypass.is_empty() => {
            Answer::printed(&format!("There aren't any bypass domains set on {}.\n", service.name))
        }
        ("-getproxybypassdomains", []) => Answer::printed(&(service.bypass.join("\n") + "\n")),
        ("-setproxybypassdomains", ["Empty"]) => {
            service.bypass.clear();
            Answer::default()
        }
        ("-setproxybypassdomains", [_, ..]) => {
            service.bypass = values.iter().copied().map(str::to_owned).collect();
            Answer::default()
        }
        ("-getnetworkserviceenabled", []) => {
            Answer::printed(if service.enabled { "Enabled\n" } else { "Disabled\n" })
        }
        _ => not_valid(),
    }
}

fn printed(proxy: &Proxy) -> Answer {
    Answer::printed(&format!(
        "Enabled: {}\nServer: {}\nPort: {}\nAuthenticated Proxy Enabled: {}\n",
        yes(proxy.on),
        proxy.host,
        proxy.port,
        u8::from(proxy.authenticated)
    ))
}

/// Whatever is set is on; and nothing that is set can be made empty again.
fn set(proxy: &mut Proxy, values: &[&str]) -> Answer {
    let (host, port, authenticated) = match values {
        [host, port] | [host, port, "off"] => (*host, *port, false),
        [host, port, "on", _user, _password] => (*host, *port, true),
        _ => return not_valid(),
    };
    let Some(port) = port.parse().ok().filter(|_| !host.is_empty()) else { return not_valid() };
    *proxy = Proxy { on: true, host: host.to_owned(), port, authenticated };
    Answer::default()
}

fn switch(what: &mut bool, state: &str) -> Answer {
    match state {
        "on" => *what = true,
        "off" => *what = false,
        _ => return not_valid(),
    }
    Answer::default()
}

fn yes(on: bool) -> &'static str {
    if on { "Yes" } else { "No" }
}

fn not_valid() -> Answer {
    Answer { status: 4, ..Answer::printed("** Error: The parameters were not valid.\n") }
}
