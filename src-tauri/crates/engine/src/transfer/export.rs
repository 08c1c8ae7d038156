use std::path::Path;

use longwire_contract::{Domain, Fault, Saved, TargetAddress};
use longwire_dial::route::Choice;
use longwire_host::clock;

use crate::{
    Machine, downloads,
    settings::{AppSettings, Settings, SettingsFile, TargetSettings, document},
};

/// The settings in the form of `config.toml`, without anything secret and without the places of secrets.
pub(crate) fn exported(settings: &Settings) -> String {
    // An empty text has no mistake.
    let text = document::write("", &open(settings)).unwrap_or_default();
    format!("# Settings of Longwire {}. {LEFT_OUT}\n\n{text}", env!("CARGO_PKG_VERSION"))
}

fn open(settings: &Settings) -> Settings {
    Settings {
        apps: settings.apps.iter().cloned().map(open_app).collect(),
        targets: settings.targets.iter().cloned().map(open_target).collect(),
        ..settings.clone()
    }
}

const LEFT_OUT: &str =
    "App Secrets, the passwords and keys of proxies and targets, and the agent's API key are not in here.";

/// Writes the settings of a data folder into a new file.
///
/// # Errors
/// [`FaultCode::SettingsUnreadable`](longwire_contract::FaultCode::SettingsUnreadable),
/// [`FaultCode::ExportFailed`](longwire_contract::FaultCode::ExportFailed).
pub(crate) fn export_settings(data_dir: &Path) -> Result<Saved, Fault> {
    let (settings, _) = SettingsFile::in_folder(data_dir).read()?;
    let name = format!("longwire-settings-{}", clock::file_stamp(clock::now_ms()));
    let path = downloads::save(&name, "toml", exported(&settings).as_bytes())?;
    Ok(Saved { path: path.display().to_string() })
}

impl Machine {
    /// The settings as an export has them: what differs from the defaults, without anything secret.
    ///
    /// # Errors
    /// [`FaultCode::SettingsUnreadable`](longwire_contract::FaultCode::SettingsUnreadable).
    pub fn exported_settings(&self) -> Result<String, Fault> {
        Ok(exported(&SettingsFile::in_folder(&self.data_dir).read()?.0))
    }

    /// All settings as `config.toml` might have them, with the defaults, without anything secret.
    ///
    /// # Errors
    /// [`FaultCode::SettingsUnreadable`](longwire_contract::FaultCode::SettingsUnreadable).
    pub fn whole_settings(&self) -> Result<String, Fault> {
        Ok(document::whole(&open(&SettingsFile::in_folder(&self.data_dir).read()?.0)))
    }
}

fn open_app(app: AppSettings) -> AppSettings {
    let domain = match app.domain {
        Domain::Custom(url) => Domain::Custom(open_url(&url)),
        domain => domain,
    };
    AppSettings { secret_file: None, proxy: open_proxy(app.proxy), domain, ..app }
}

/// One that has secrets is to wait for them where it arrives.
fn open_target(target: TargetSettings) -> TargetSettings {
    let address = match &target.address {
        TargetAddress::Webhook(url) => TargetAddress::Webhook(open_url(url)),
        command @ TargetAddress::Command(_) => command.clone(),
    };
    let lacks = target.secrets.is_some() || target.secrets_file.is_some() || address != target.address;
    TargetSettings { paused: target.paused || lacks, secrets: None, secrets_file: None, address, ..target }
}

fn open_proxy(proxy: Choice) -> Choice {
    match proxy {
        Choice::Proxy(proxy) => Choice::Proxy(proxy.with_credentials(None)),
        // Without its query it would be another script.
        Choice::Pac(place) if place.danger_whole().contains(['?', '#', '@']) => Choice::Auto,
        choice => choice,
    }
}

/// A URL without what may be a password: what stands before an `@`, and the query.
pub(crate) fn open_url(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.rsplit_once('@').map_or(url, |(_, rest)| rest).to_owned();
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    format!("{scheme}://{}{path}", host.rsplit_once('@').map_or(host, |(_, host)| host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_exported_holds_no_secret_and_is_read_again() {
        let text = r#"# planted comment
theme = "dark"
ca_files = ["/ca.pem"]
planted_key = "planted"

[[app]]
id = "cli_0123456789abcdef"
name = "bot"
domain = "https://me:planted@own.test"
secret_file = "/planted/secret"
proxy = "socks5://planteduser@proxy.corp:1080"

[[app]]
id = "cli_fedcba9876543210"
domain = "lark"
proxy = "pac+https://proxy.corp/a.pac?token=planted"

[[target]]
name = "bot"
webhook = "http://127.0.0.1:3000/hook?key=planted#planted"
headers = ["X-Key"]
secrets = "0123planted"

[[target]]
name = "file"
webhook = "http://127.0.0.1:3000/"
secrets_file = "/planted/secrets.json"

[[target]]
name = "plain"
webhook = "http://127.0.0.1:3000/plain"
"#;
        let (settings, _) = document::read(text).unwrap();
        let exported = exported(&settings);
        assert!(!exported.contains("planted"), "{exported}");
        let first = exported.lines().next().unwrap();
        assert!(first.starts_with("# ") && first.contains(env!("CARGO_PKG_VERSION")), "{first}");
        assert!(first.contains("App Secrets"), "{first}");
        let (again, unknown) = document::read(&exported).unwrap();
        assert_eq!(unknown, []);
        assert_eq!((again.theme, &again.ca_files), (settings.theme, &settings.ca_files));
        assert_eq!(again.apps[0].domain, Domain::Custom("https://own.test".into()));
        assert_eq!(again.apps[0].proxy.to_string(), "socks5://proxy.corp:1080");
        assert_eq!((&again.apps[1].domain, &again.apps[1].proxy), (&Domain::Lark, &Choice::Auto));
        assert_eq!(again.targets[0].address, TargetAddress::Webhook("http://127.0.0.1:3000/hook".into()));
        assert_eq!(again.targets[0].headers, ["X-Key"]);
        let paused: Vec<_> = again.targets.iter().map(|target| target.paused).collect();
        assert_eq!(paused, [true, true, false], "who lacks secrets waits for them");
    }

    #[test]
    fn the_defaults_are_exported_as_a_comment() {
        let text = exported(&Settings::default());
        assert_eq!(text.trim().lines().count(), 1, "{text}");
    }

    #[test]
    fn a_url_is_left_with_its_place_alone() {
        for (url, open) in [
            ("https://own.test", "https://own.test"),
            ("https://a:b@c@own.test:8443/p@th?x=1", "https://own.test:8443/p@th"),
            ("http://[::1]:9/", "http://[::1]:9/"),
            ("no url: a@b?c", "b"),
        ] {
            assert_eq!(open_url(url), open);
        }
    }
}
