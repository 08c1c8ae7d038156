//! A target of the settings, made into one that can be handed events.

use std::time::Duration;

use longwire_contract::{Fault, FaultCode, TargetAddress};
use longwire_delivery::{Filter, FilterError, Kind, Program, Target, Webhook, WebhookError};
use longwire_journal::TargetKey;

use super::TargetSecrets;
use crate::settings::TargetSettings;

/// Builds it.
///
/// # Errors
/// [`FaultCode::TargetUnusable`], [`FaultCode::TargetRemote`], [`FaultCode::FilterUnusable`].
pub(super) fn build(
    key: TargetKey,
    settings: &TargetSettings,
    secrets: &TargetSecrets,
) -> Result<Target, Fault> {
    let (target, fault) = build_or_hold(key, settings, secrets)?;
    fault.map_or(Ok(target), Err)
}

/// Whether it could be one, whatever its secrets.
///
/// # Errors
/// Those of [`build`].
pub(crate) fn judge(settings: &TargetSettings) -> Result<(), Fault> {
    build(TargetKey(0), settings, &TargetSecrets::default()).map(drop)
}

/// The same. One whose address cannot be used comes with the reason, to be held back: what it is to get waits for it.
///
/// # Errors
/// [`FaultCode::FilterUnusable`]: what it is to get cannot be told.
pub(super) fn build_or_hold(
    key: TargetKey,
    settings: &TargetSettings,
    secrets: &TargetSecrets,
) -> Result<(Target, Option<Fault>), Fault> {
    let filter = Filter::new(&settings.events, &settings.filters).map_err(|error| {
        let (FilterError::Pattern(filter) | FilterError::Condition(filter)) = &error;
        Fault::new(FaultCode::FilterUnusable, &error).with("filter", filter).with("error", &error)
    })?;
    let (kind, fault) = match kind(settings, secrets) {
        Ok(kind) => (kind, None),
        Err(fault) => (Kind::Command(Program { command: Vec::new() }), Some(fault)),
    };
    let target = Target {
        key,
        name: settings.name.clone(),
        app_id: settings.app_id.clone(),
        filter,
        kind,
        deadline: Duration::from_secs(settings.deadline_s.into()),
        paused: settings.paused,
    };
    Ok((target, fault))
}

fn kind(settings: &TargetSettings, secrets: &TargetSecrets) -> Result<Kind, Fault> {
    match &settings.address {
        TargetAddress::Webhook(url) => webhook(url, settings.remote, secrets).map(Kind::Webhook),
        TargetAddress::Command(command)
            if command.first().is_some_and(|program| !program.trim().is_empty()) =>
        {
            Ok(Kind::Command(Program { command: command.clone() }))
        }
        TargetAddress::Command(_) => Err(unusable("no program is named")),
    }
}

fn webhook(url: &str, remote: bool, secrets: &TargetSecrets) -> Result<Webhook, Fault> {
    let mut webhook = Webhook::new(url.trim(), remote).map_err(refused)?;
    if let Some(key) = &secrets.encrypt_key {
        webhook = webhook.encrypt_key(key.clone());
    }
    if let Some(token) = &secrets.verification_token {
        webhook = webhook.verification_token(token.clone());
    }
    secrets
        .headers
        .iter()
        .try_fold(webhook, |webhook, (name, value)| webhook.header(name, value.clone()))
        .map_err(refused)
}

fn refused(error: WebhookError) -> Fault {
    match &error {
        WebhookError::Remote(host) => Fault::new(FaultCode::TargetRemote, &error).with("address", host),
        _ => unusable(error),
    }
}

fn unusable(error: impl std::fmt::Display) -> Fault {
    Fault::new(FaultCode::TargetUnusable, &error).with("error", error)
}
