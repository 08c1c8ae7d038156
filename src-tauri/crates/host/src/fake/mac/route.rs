use super::{Answer, Mac};

/// `route -n get default`
pub(super) fn answer(mac: &Mac, args: &[&str]) -> Answer {
    if *args != ["-n", "get", "default"] {
        return Answer::complained(64, "usage: route [-dnqtv] command [[modifiers] args]\n");
    }
    match &mac.route {
        None => Answer::complained(1, "route: writing to routing socket: not in table\n"),
        Some(interface) => Answer::printed(&format!(
            "   route to: default\ndestination: default\n       mask: default\n    gateway: 192.168.1.1\n  \
             interface: {interface}\n      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING,GLOBAL>\n"
        )),
    }
}
