/// A network service, as the lists have it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) enabled: bool,
    /// The interface; empty for a VPN.
    pub(super) device: String,
}

const HEADER: &str = "An asterisk (*) denotes that a network service is disabled.";

/// What `-listnetworkserviceorder` prints: two lines for each service, and an empty one. A name is all that follows its
/// number, spaces and parentheses included.
pub(super) fn order(text: &str) -> Option<Vec<Listed>> {
    let mut lines = text.strip_prefix(HEADER)?.split('\n').filter(|line| !line.is_empty());
    let mut services = Vec::new();
    while let Some(line) = lines.next() {
        let (number, name) = line.strip_prefix('(')?.split_once(") ")?;
        let enabled = match number {
            "*" => false,
            number => number.parse::<u32>().is_ok().then_some(true)?,
        };
        let (_port, device) =
            lines.next()?.strip_prefix("(Hardware Port: ")?.strip_suffix(')')?.rsplit_once(", Device:")?;
        services.push(Listed { name: name.to_owned(), enabled, device: device.trim().to_owned() });
    }
    Some(services)
}

/// What `-listallnetworkservices` prints, with the interfaces of the other list. An asterisk stands before what is switched
/// off, and might also be a name's own first letter: the other list tells.
pub(super) fn listed(text: &str, mut order: Vec<Listed>) -> Option<Vec<Listed>> {
    let lines = text.strip_prefix(HEADER)?.split('\n').filter(|line| !line.is_empty());
    let service = |line: &str| {
        let readings = [line.strip_prefix('*').map(|name| (name, false)), Some((line, true))];
        let mut readings = readings.into_iter().flatten();
        let known = readings.clone().find_map(|(name, enabled)| {
            order.iter().position(|service| service.name == name && service.enabled == enabled)
        });
        match known {
            Some(place) => Some(order.remove(place)),
            None => readings.next().map(|(name, enabled)| Listed {
                name: name.to_owned(),
                enabled,
                device: String::new(),
            }),
        }
    };
    lines.map(service).collect()
}

/// The service that this interface belongs to: the first that is switched on.
pub(super) fn used<'list>(listed: &'list [Listed], interface: Option<&str>) -> Option<&'list str> {
    let interface = interface?;
    let used = |service: &&Listed| service.enabled && service.device == interface;
    listed.iter().find(used).map(|service| service.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = "An asterisk (*) denotes that a network service is disabled.\nWi-Fi (AirPort)\nincy\n*iPhone USB\n\
        USB LAN \n";

    const ORDER: &str = "An asterisk (*) denotes that a network service is disabled.\n(1) Wi-Fi (AirPort)\n\
        (Hardware Port: Wi-Fi, Device: en0)\n\n(2) incy\n(Hardware Port: com.wireguard.macos, Device: )\n\n\
        (*) iPhone USB\n(Hardware Port: iPhone USB, Device: en9)\n\n(3) USB LAN \n\
        (Hardware Port: USB 10/100/1000 LAN, Device: en7)\n\n";

    fn service(name: &str, enabled: bool, device: &str) -> Listed {
        Listed { name: name.to_owned(), enabled, device: device.to_owned() }
    }

    #[test]
    fn both_lists_are_read_as_they_are_printed() {
        let expected = [
            service("Wi-Fi (AirPort)", true, "en0"),
            service("incy", true, ""),
            service("iPhone USB", false, "en9"),
            service("USB LAN ", true, "en7"),
        ];
        assert_eq!(order(ORDER).unwrap(), expected);
        assert_eq!(listed(ALL, order(ORDER).unwrap()).unwrap(), expected);
        assert_eq!(order(&format!("{HEADER}\n")), Some(Vec::new()));
        assert_eq!(listed(&format!("{HEADER}\n"), Vec::new()), Some(Vec::new()));
    }

    #[test]
    fn an_asterisk_is_a_letter_where_the_other_list_has_it_so() {
        let known =
            vec![service("*star", true, "en0"), service("star", true, "en1"), service("dim", false, "")];
        let text = format!("{HEADER}\n*star\nstar\n*dim\n*unknown\nnew\n");
        let read = listed(&text, known.clone()).unwrap();
        assert_eq!(read[..3], known[..]);
        assert_eq!(read[3..], [service("unknown", false, ""), service("new", true, "")]);
    }

    #[test]
    fn the_service_in_use_is_the_first_on_its_interface_that_is_switched_on() {
        let listed = [
            service("old", false, "en0"),
            service("vpn", true, ""),
            service("a", true, "en0"),
            service("b", true, "en0"),
        ];
        assert_eq!(used(&listed, Some("en0")), Some("a"));
        assert_eq!(used(&listed, Some("utun3")), None);
        assert_eq!(used(&listed, None), None);
    }

    #[test]
    fn a_list_that_is_cut_short_or_something_else_is_none() {
        assert_eq!(listed("", Vec::new()), None);
        assert_eq!(listed("Wi-Fi\n", Vec::new()), None);
        for bad in [
            "",
            "(1) Wi-Fi\n(Hardware Port: Wi-Fi, Device: en0)\n",
            &ORDER[..ORDER.len() - 40],
            &ORDER.replace("(2) incy\n", ""),
            &ORDER.replace("(2)", "(two)"),
            &ORDER.replace("(2) incy", "2 incy"),
            &ORDER.replace(", Device: en9", ""),
        ] {
            assert_eq!(order(bad), None, "{bad}");
        }
    }
}
