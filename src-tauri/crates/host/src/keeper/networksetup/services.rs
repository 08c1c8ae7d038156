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
