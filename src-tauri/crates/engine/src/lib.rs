//! The engine: owns the apps of one data folder, holds their links, and tells every view the one state there is.
//!
//! [`Engine::open`] takes the data folder and begins to connect; [`Engine::snapshots`] is the state as it changes;
//! the commands a view can give are the methods of [`longwire_contract::Handler`]. The window and the tray call them in
//! the same process, the command `longwire` through the control socket ([`Client`]).

mod agent;
mod app;
mod apps;
mod backend;
mod ca;
mod check;
mod commands;
mod console;
mod control;
mod desktop;
mod doctor;
mod downloads;
mod engine;
mod events;
mod following;
mod inbox;
mod intake;
mod journal;
mod lease;
pub mod log;
mod machine;
mod notify;
mod options;
mod preview;
mod proxy;
mod remote;
mod report;
mod secret;
mod service;
mod settings;
mod shared;
pub mod simulated;
mod simulator;
mod standing;
mod surroundings;
mod system;
mod targets;
mod today;
mod transfer;
mod updates;
mod wire;

pub use backend::Backend;
pub use ca::Cas;
pub use check::check_app;
pub use control::{Client, Hello};
pub use doctor::{Examination, examine};
pub use engine::Engine;
pub use lease::{WatchdogCommand, watch_proxies};
pub use longwire_delivery::{Closed, Printing};
pub use longwire_host::{
    installed::{Installed, Successor},
    login_item::{HIDDEN, LoginItem, opened_at_login},
    notification::{Desktop, Identity},
    predecessor,
    service::{
        CREDENTIALS, News, Plan, SEALED_CREDENTIALS, STATE, Service, ServiceError, Standing, Supervisor,
        Wanted, packaged as packaged_unit,
    },
    trust::Asking,
    webview::{end_network_process, give_memory_back},
};
pub use machine::{Machine, secret_in_environment, secret_in_file, webhook_secrets_in_environment};
pub use notify::Clicked;

pub use options::{Apps, GivenApp, Options};
pub use remote::Remote;
pub use targets::{GivenTarget, TargetSecrets};
pub use updates::{FeedError, Installer, NotInstalled, Offer, Package, Updates};
