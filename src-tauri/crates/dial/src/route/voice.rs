use crate::origin::{Origin, Scheme};
use crate::proxy::{Proxy, ProxyError};
use crate::route::pac::{PacPlace, PacPlaceError};
use crate::route::{Choice, Environment, Names, Rule, Source, SystemProxies, exceptions};

/// Somebody with a say in which way a road takes.
pub(super) struct Voice {
    /// Who.
    pub(super) source: Source,
    /// What they say.
    pub(super) says: Says,
    /// Why it is not for this origin, which goes straight, and who says so.
    pub(super) unless: Option<(Source, Rule)>,
}

/// What somebody says.
pub(super) enum Says {
    Direct,
    Proxy(Result<Proxy, ProxyError>),
    Pac(Result<PacPlace, PacPlaceError>),
}

impl Voice {
    /// Who has a say about this origin; the first one counts.
    pub(super) fn all(
        choice: &Choice,
        environment: &Environment,
        settings: &SystemProxies,
        origin: &Origin,
    ) -> Vec<Self> {
        let given = |says| vec![Self { source: Source::Given, says, unless: plain(origin, Source::Given) }];
        match choice {
            Choice::Direct => given(Says::Direct),
            Choice::Proxy(proxy) => given(Says::Proxy(Ok(proxy.clone()))),
            Choice::Pac(place) => given(Says::Pac(Ok(place.clone()))),
            Choice::Auto => {
                let environments = Self::of_environment(environment, origin);
                let systems = Self::of_system(settings, environment, origin);
                environments.into_iter().chain(systems).collect()
            }
        }
    }

    fn of_environment(environment: &Environment, origin: &Origin) -> Option<Self> {
        let variable = environment.proxy.as_ref()?;
        let source = Source::Environment(variable.name.to_owned());
        let unless = this_machine(origin, &source).or_else(|| unless_variable(environment, origin));
        Some(Self { source, says: Says::Proxy(variable.value.parse()), unless })
    }

    /// `NO_PROXY` counts for the system's proxies too: whoever sets it means the host, whoever set the proxy.
    fn of_system(settings: &SystemProxies, environment: &Environment, origin: &Origin) -> Option<Self> {
        let source = Source::System(settings.source.clone());
        let unless = this_machine(origin, &source).or_else(|| unless_variable(environment, origin));
        // A script beats the proxies beside it, and decides about every host: the exceptions are the proxies' own.
        if let Some(place) = &settings.pac {
            return Some(Self { says: Says::Pac(place.parse()), unless, source });
        }
        if let Some(proxy) = settings.for_tls() {
            let unless = unless.or_else(|| Some((source.clone(), unless_settings(settings, origin)?)));
            return Some(Self { says: Says::Proxy(proxy), unless, source });
        }
        settings.auto_discovery.then(|| {
            let unless = unless.or_else(|| Some((source.clone(), Rule::AutoDiscovery)));
            Self { says: Says::Direct, unless, source }
        })
    }
}

/// An unencrypted road leads to this machine alone, where a proxy has no business: it would carry it in the clear.
fn plain(origin: &Origin, source: Source) -> Option<(Source, Rule)> {
    (origin.scheme() == Scheme::Plain).then_some((source, Rule::ThisMachine))
}

/// A proxy that nobody named for this road is not asked for this machine itself: it would reach its own.
fn this_machine(origin: &Origin, source: &Source) -> Option<(Source, Rule)> {
    // What may be reached unencrypted is this machine.
    let here = || Origin::parse(&format!("http://{}", origin.authority())).is_ok();
    (origin.scheme() == Scheme::Plain || here()).then(|| (source.clone(), Rule::ThisMachine))
}

fn unless_variable(environment: &Environment, origin: &Origin) -> Option<(Source, Rule)> {
    let variable = environment.exceptions.as_ref()?;
    let entry = exceptions::covering(exceptions::of_variable(&variable.value), Names::Suffix, origin)?;
    Some((Source::Environment(variable.name.to_owned()), Rule::Exception(entry.to_owned())))
}

fn unless_settings(settings: &SystemProxies, origin: &Origin) -> Option<Rule> {
    let entries = settings.exceptions.iter().map(String::as_str);
    match (exceptions::covering(entries, settings.names, origin), settings.exceptions_reversed) {
        (Some(entry), false) => return Some(Rule::Exception(entry.to_owned())),
        (None, true) => return Some(Rule::NotListed),
        (Some(_), true) | (None, false) => {}
    }
    let simple = origin.address().is_none() && !origin.host().contains('.');
    (settings.simple_names_direct && simple).then_some(Rule::SimpleName)
}
