//! Events that are made here: edited ones and triggered ones.

use std::sync::Arc;

use longwire_contract::{
    AppId, EditedEvent, EventOrigin, EventQuery, EventRef, Fault, FaultCode, TriggerRequest, TriggerSample,
};
use longwire_delivery::Path;
use longwire_host::clock;
use longwire_journal::TargetKey;
use longwire_link::Event;
use longwire_wire::{Kind, Message};
use serde_json::Value;

use crate::{Engine, journal::fault};

impl Engine {
    pub(crate) async fn send_edited(&self, edited: EditedEvent) -> Result<EventRef, Fault> {
        let EditedEvent { seq, payload, target } = edited;
        let record = self.record(seq).await?;
        let target = match target {
            Some(name) => Some(self.target_key(&name).await?),
            None => None,
        };
        self.inject(&record.app_id, EventOrigin::Edited, payload, target).await
    }

    pub(crate) fn samples(&self) -> Vec<TriggerSample> {
        longwire_openplatform::samples()
            .iter()
            .map(|sample| TriggerSample {
                name: sample.name.to_owned(),
                event_type: sample.event_type.to_owned(),
                callback: sample.callback,
            })
            .collect()
    }

    pub(crate) fn trigger_text(&self, request: &TriggerRequest) -> Result<String, Fault> {
        let app_id = self.triggered_app(request)?;
        let text = match &request.payload {
            Some(payload) => payload.clone(),
            None => {
                let sample = longwire_openplatform::sample(&request.event_type)
                    .ok_or_else(|| no_sample(&request.event_type))?;
                sample.payload(app_id.as_str(), clock::now_ms(), &mut fastrand::Rng::new())
            }
        };
        if request.set.is_empty() {
            return Ok(text);
        }
        let mut json: Value = serde_json::from_str(&text).map_err(unusable)?;
        for assignment in &request.set {
            let path: Path = assignment.path.parse().map_err(unusable)?;
            let value = serde_json::from_str(&assignment.value)
                .unwrap_or_else(|_| Value::String(assignment.value.clone()));
            path.set(&mut json, value).map_err(unusable)?;
        }
        Ok(json.to_string())
    }

    pub(crate) async fn send_triggered(&self, request: TriggerRequest) -> Result<EventRef, Fault> {
        let app_id = self.triggered_app(&request)?;
        self.inject(&app_id, EventOrigin::Trigger, self.trigger_text(&request)?, None).await
    }

    /// The app an event is made for: the one that is named, else the first.
    fn triggered_app(&self, request: &TriggerRequest) -> Result<AppId, Fault> {
        let snapshot = self.inner.surroundings.shared.snapshot();
        match &request.app_id {
            Some(id) if snapshot.apps.iter().any(|app| app.app_id == *id) => Ok(id.clone()),
            Some(id) => Err(crate::apps::unknown(id)),
            None => {
                let first = snapshot.apps.first().map(|app| app.app_id.clone());
                first.ok_or_else(|| Fault::new(FaultCode::NoApps, "there is no app to make an event for"))
            }
        }
    }

    async fn inject(
        &self,
        app_id: &AppId,
        origin: EventOrigin,
        payload: String,
        target: Option<TargetKey>,
    ) -> Result<EventRef, Fault> {
        let inbox = &self.inner.surroundings.inbox;
        if inbox.deliveries().is_none() {
            let dir = self.inner.options.data_dir.display();
            let detail = "no engine is running that would hand the event over";
            return Err(Fault::new(FaultCode::NotRunning, detail).with("path", dir));
        }
        let mut made = event(payload.clone())?;
        if let Some(id) = &made.event_id
            && self.is_known(id).await?
        {
            // It is to be another event than the one that has this id.
            made = event(renamed(&payload, id))?;
        }
        let taken = inbox.take(app_id, origin, made, target).await.map_err(fault)?;
        Ok(EventRef { seq: taken.seq })
    }

    async fn is_known(&self, event_id: &str) -> Result<bool, Fault> {
        let query = EventQuery { text: event_id.to_owned(), limit: 1, ..EventQuery::default() };
        Ok(!self.event_page(query).await?.events.is_empty())
    }
}

/// The payload under another id: changed in its text where that is possible, so that all else stays as it was written.
fn renamed(payload: &str, id: &str) -> String {
    let fresh = format!("{:032x}", fastrand::u128(..));
    let text = payload.replacen(&format!("\"{id}\""), &format!("\"{fresh}\""), 1);
    if event(text.clone()).is_ok_and(|made| made.event_id.as_deref() == Some(&fresh)) {
        return text;
    }
    let Ok(mut json) = serde_json::from_str::<Value>(payload) else { return text };
    for place in ["/header/event_id", "/uuid"] {
        if let Some(there) = json.pointer_mut(place).filter(|there| there.as_str() == Some(id)) {
            *there = fresh.clone().into();
        }
    }
    json.to_string()
}

fn event(payload: String) -> Result<Event, Fault> {
    let message = Message { kind: Kind::Event, frame: Arc::default(), payload: payload.into() };
    let event = message.event().map_err(unusable)?;
    match event.text().trim_start().starts_with('{') {
        true => Ok(event),
        false => Err(unusable("an event is a JSON object")),
    }
}

fn unusable(error: impl std::fmt::Display) -> Fault {
    Fault::new(FaultCode::PayloadUnusable, &error).with("error", error)
}

fn no_sample(name: &str) -> Fault {
    let near = longwire_openplatform::nearest(name).join(", ");
    Fault::new(FaultCode::TriggerUnknown, format!("there is no sample {name:?}; near: {near}"))
        .with("event_type", name)
        .with("near", near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_id_changes_nothing_else() {
        let payload = r#"{"schema":"2.0","header":{"event_id":"e1","x":"e2"},"event":{"text":"e1"}}"#;
        let new = renamed(payload, "e1");
        let id = event(new.clone()).unwrap().event_id.unwrap();
        assert_eq!(new.replace(&id, "e1"), payload);
        assert!(new.contains(r#""text":"e1""#));
    }

    #[test]
    fn an_id_that_is_written_otherwise_is_found() {
        for payload in [
            r#"{"event":{"text":"e1"},"header":{"event_id":"e1"}}"#,
            r#"{"header":{"event_id":"\u00651"}}"#,
            r#"{"uuid":"e1","event":{}}"#,
        ] {
            let new = event(renamed(payload, "e1")).unwrap();
            assert_ne!(new.event_id.as_deref(), Some("e1"), "{payload}");
            assert!(!new.text().contains("text") || new.text().contains(r#""text":"e1""#), "{payload}");
        }
    }
}
