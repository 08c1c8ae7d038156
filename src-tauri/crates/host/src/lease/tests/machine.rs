use std::{
    fmt, fs,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use longwire_contract::{ProxyEntry, ProxyKind, ProxyService, ProxyTable};
use proptest::{collection::vec, prelude::*, sample::select};
use serde::{Deserialize, Serialize};

use super::steps::Steps;
use crate::keeper::{Change, Keeper, KeeperError, Rights};

/// A machine with proxy settings, and what is wrong with it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(super) struct State {
    pub(super) services: Vec<ProxyService>,
    /// A change needs an administrator's password.
    pub(super) locked: bool,
    /// Who is asked for it says no.
    pub(super) refuses: bool,
    /// How often they were asked.
    pub(super) asked: u32,
    /// So many changes fail.
    pub(super) failures: u32,
}

/// What a keeper is asked for.
#[derive(Debug)]
pub(super) enum Call {
    Table,
    Service(String),
    Change(Change, Rights),
}

/// What a keeper does instead of what it is asked for.
#[derive(Debug)]
pub(super) enum Mood {
    Obeys,
    /// Says that it is done.
    Lies,
    Fails(KeeperError),
    /// Does it, and says that it has failed.
    FailsAfter(KeeperError),
}

type Hook = Box<dyn FnMut(&Call, &mut State) -> Mood + Send>;

/// A keeper over a machine in memory, or in a file that several processes see.
pub(super) struct Machine {
    memory: Mutex<State>,
    file: Option<PathBuf>,
    steps: Arc<Steps>,
    hook: Mutex<Hook>,
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").finish_non_exhaustive()
    }
}

impl Machine {
    pub(super) fn new(state: State, steps: &Arc<Steps>) -> Arc<Self> {
        Self::hooked(state, steps, |_, _| Mood::Obeys)
    }

    /// One whose keeper asks `hook` first, which may also do what a user does meanwhile.
    pub(super) fn hooked(
        state: State,
        steps: &Arc<Steps>,
        hook: impl FnMut(&Call, &mut State) -> Mood + Send + 'static,
    ) -> Arc<Self> {
        let hook: Hook = Box::new(hook);
        Arc::new(Self { memory: state.into(), file: None, steps: steps.clone(), hook: hook.into() })
    }

    pub(super) fn in_file(path: PathBuf, steps: &Arc<Steps>) -> Arc<Self> {
        let hook: Hook = Box::new(|_, _| Mood::Obeys);
        Arc::new(Self { memory: Mutex::default(), file: Some(path), steps: steps.clone(), hook: hook.into() })
    }

    pub(super) fn state(&self) -> State {
        self.with(|state| state.clone())
    }

    pub(super) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        // A hook may have died with it.
        let mut state = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = &self.file else { return act(&mut state) };
        *state = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let before = state.clone();
        let done = act(&mut state);
        if *state != before {
            let new = file.with_extension("new");
            fs::write(&new, serde_json::to_vec(&*state).unwrap()).unwrap();
            fs::rename(new, file).unwrap();
        }
        done
    }

    fn step(&self) -> Result<(), KeeperError> {
        self.steps.step().map_err(|error| failed(&error.to_string()))
    }

    fn asked(&self, call: &Call) -> Mood {
        let mut hook = self.hook.lock().unwrap();
        self.with(|state| hook(call, state))
    }

    /// In the steps that tools take: a value is stored, which switches it on, and then it is switched as it is to be.
    fn change(&self, change: &Change) -> Result<(), KeeperError> {
        let (Change::Off { service, entry } | Change::Back { service, entry }) = change;
        let back = matches!(change, Change::Back { .. });
        if back {
            self.set(service, &ProxyEntry { on: true, ..entry.clone() })?;
            self.step()?;
        }
        self.set(service, &ProxyEntry { on: back && entry.on, ..entry.clone() })
    }

    fn set(&self, service: &str, entry: &ProxyEntry) -> Result<(), KeeperError> {
        self.with(|state| {
            let service = state.services.iter_mut().find(|one| one.name == service);
            let entries =
                service.map(|service| &mut service.entries).ok_or_else(|| failed("no such service"))?;
            let now = entries.iter_mut().find(|one| one.kind == entry.kind);
            let now = now.ok_or_else(|| failed("no such setting"))?;
            now.clone_from(entry);
            if entry.kind == ProxyKind::Mode && !entry.on {
                now.value = "none".to_owned();
            }
            Ok(())
        })
    }
}

impl Keeper for Machine {
    fn table(&self) -> Result<ProxyTable, KeeperError> {
        self.step()?;
        match self.asked(&Call::Table) {
            Mood::Fails(error) | Mood::FailsAfter(error) => Err(error),
            Mood::Obeys | Mood::Lies => Ok(ProxyTable {
                keeper: "memory".into(),
                services: self.state().services,
                effective: Vec::new(),
            }),
        }
    }

    fn service(&self, name: &str) -> Result<Option<Vec<ProxyEntry>>, KeeperError> {
        self.step()?;
        match self.asked(&Call::Service(name.to_owned())) {
            Mood::Fails(error) | Mood::FailsAfter(error) => Err(error),
            Mood::Obeys | Mood::Lies => {
                let services = self.state().services;
                Ok(services.into_iter().find(|service| service.name == name).map(|service| service.entries))
            }
        }
    }

    fn carry_out(&self, changes: &[Change], rights: Rights) -> Result<(), KeeperError> {
        self.with(|state| match (state.locked, rights) {
            (true, Rights::User) => Err(KeeperError::Denied),
            (_, Rights::User) => Ok(()),
            (_, Rights::Administrator) => {
                state.asked += 1;
                if state.refuses { Err(KeeperError::Cancelled) } else { Ok(()) }
            }
        })?;
        for change in changes {
            self.step()?;
            self.with(|state| match state.failures {
                0 => Ok(()),
                _ => {
                    state.failures -= 1;
                    Err(failed("not today"))
                }
            })?;
            match self.asked(&Call::Change(change.clone(), rights)) {
                Mood::Obeys => self.change(change)?,
                Mood::Lies => {}
                Mood::Fails(error) => return Err(error),
                Mood::FailsAfter(error) => {
                    self.change(change)?;
                    return Err(error);
                }
            }
            self.step()?;
        }
        Ok(())
    }
}

pub(super) fn failed(cause: &str) -> KeeperError {
    KeeperError::Failed { program: "memory".into(), cause: cause.to_owned() }
}

pub(super) fn too_slow() -> KeeperError {
    KeeperError::TooSlow { program: "memory".into(), deadline: Duration::from_secs(20) }
}

/// A setting that is on.
pub(super) fn on(kind: ProxyKind, value: &str, port: u16) -> ProxyEntry {
    ProxyEntry { kind, on: true, value: value.to_owned(), port, authenticated: false }
}

/// The same, switched off.
pub(super) fn off(entry: &ProxyEntry) -> ProxyEntry {
    ProxyEntry { on: false, ..entry.clone() }
}

pub(super) fn service(name: &str, entries: Vec<ProxyEntry>) -> ProxyService {
    ProxyService {
        name: name.to_owned(),
        enabled: true,
        in_use: false,
        entries,
        bypass: vec!["*.local".to_owned()],
    }
}

/// Two services with something on, and something off between it; one that is switched off itself.
pub(super) fn usual() -> State {
    let wifi = vec![
        on(ProxyKind::Web, "127.0.0.1", 7890),
        on(ProxyKind::SecureWeb, "127.0.0.1", 7890),
        off(&on(ProxyKind::Socks, "old.example", 1080)),
        off(&on(ProxyKind::Pac, "", 0)),
        off(&on(ProxyKind::Discovery, "", 0)),
    ];
    let dock = vec![
        off(&on(ProxyKind::Web, "", 0)),
        on(ProxyKind::Pac, "http://pac.example/proxy.pac", 0),
        on(ProxyKind::Discovery, "", 0),
    ];
    let bridge =
        ProxyService { enabled: false, ..service("Bridge", vec![on(ProxyKind::Web, "10.0.0.1", 1)]) };
    State { services: vec![service("Wi-Fi", wifi), service("Dock (2)", dock), bridge], ..State::default() }
}

/// Any machine, with at least one setting on that can be switched off.
pub(super) fn any_machine() -> impl Strategy<Value = State> {
    let names = select(vec!["Wi-Fi", "USB 10/100/1000 LAN", "Büro (2)", "以太网", "VPN ", "*x", "a'b\"c"]);
    let kinds = vec![
        ProxyKind::Web,
        ProxyKind::SecureWeb,
        ProxyKind::Socks,
        ProxyKind::Pac,
        ProxyKind::Discovery,
        ProxyKind::Mode,
    ];
    let entry = |kind| {
        let value = select(vec!["", "127.0.0.1", "proxy.example", "http://pac.example/p a.pac?x=1", "auto"]);
        (any::<bool>(), value, any::<u16>()).prop_map(move |(on, value, port)| ProxyEntry {
            kind,
            on,
            // Off has a word of its own where one switch counts for all.
            value: if kind == ProxyKind::Mode && !on { "none".to_owned() } else { value.to_owned() },
            port,
            authenticated: false,
        })
    };
    let entries: Vec<_> = kinds.into_iter().map(entry).collect();
    let service = (names, any::<bool>(), entries)
        .prop_map(|(name, enabled, entries)| ProxyService { enabled, ..service(name, entries) });
    vec(service, 1..4).prop_filter_map("nothing to be done", |mut services| {
        services.dedup_by(|a, b| a.name == b.name);
        let names: std::collections::BTreeSet<_> = services.iter().map(|service| &service.name).collect();
        let any =
            services.iter().any(|service| service.enabled && service.entries.iter().any(|entry| entry.on));
        (any && names.len() == services.len())
            .then(|| State { services: services.clone(), ..State::default() })
    })
}
