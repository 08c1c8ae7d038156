use fastrand::Rng;
use serde_json::{Value, json};

use super::{Event, is_callback};
use crate::{cast::Cast, ids};

/// Puts a body into the envelope of its type: that of schema 1.0 for the platform's first events, whose types have no
/// domain before a dot, and that of schema 2.0 for all others.
pub(super) fn seal(
    event_type: &str,
    body: Value,
    app_id: &str,
    cast: &Cast,
    rng: &mut Rng,
    now_ms: u64,
) -> Event {
    let event_id = ids::hex(rng, 32);
    let payload = if event_type.contains('.') {
        // Callbacks give their time in microseconds, events in milliseconds.
        let created = if is_callback(event_type) { now_ms.saturating_mul(1000) } else { now_ms };
        json!({
            "schema": "2.0",
            "header": {
                "event_id": event_id,
                "token": cast.token,
                "create_time": created.to_string(),
                "event_type": event_type,
                "tenant_key": cast.tenant_key,
                "app_id": app_id,
            },
            "event": body,
        })
    } else {
        let mut event = json!({ "app_id": app_id, "tenant_key": cast.tenant_key, "type": event_type });
        super::template::merge(&mut event, body);
        json!({
            // In seconds.
            "ts": format!("{}.{:03}", now_ms / 1000, now_ms % 1000),
            "uuid": event_id,
            "token": cast.token,
            "type": "event_callback",
            "event": event,
        })
    };
    Event { event_id, event_type: event_type.to_owned(), payload: payload.to_string().into() }
}
