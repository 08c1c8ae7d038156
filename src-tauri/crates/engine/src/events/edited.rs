//! Events that are made here: edited ones and triggered ones.

use std::sync::Arc;

use longwire_contract::{
    AppId, EditedEvent, EventOrigin, EventRef, Fault, FaultCode, TriggerRequest, TriggerSample,
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
        let made = event(payload.clone())?;
        let id = made.event_id.clone();
        let mut taken = inbox.take(app_id, origin, made, target).await.map_err(fault)?;
        if let Some(id) = id.filter(|_| taken.duplicate) {
            // Its id is that of one that was kept: it is to be another event.
            let fresh = format!("{:032x}", fastrand::u128(..));
            let made = event(payload.replace(&format!("\"{id}\""), &format!("\"{fresh}\"")))?;
            taken = inbox.take(app_id, origin, made, target).await.map_err(fault)?;
        }
        Ok(EventRef { seq: taken.seq })
    }
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
