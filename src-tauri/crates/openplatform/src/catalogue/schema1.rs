use serde_json::json;

use super::{Event, Scene};
use crate::ids;

/// `approval_instance`, whole: schema 1.0 has an envelope of its own, and its `ts` is in seconds.
pub(super) fn approval(scene: &mut Scene<'_>) -> Event {
    let uuid = ids::hex(scene.rng, 32);
    let at = scene.now_ms.to_string();
    let payload = json!({
        "ts": format!("{}.{:03}", scene.now_ms / 1000, scene.now_ms % 1000),
        "uuid": uuid,
        "token": scene.cast.token,
        "type": "event_callback",
        "event": {
            "app_id": scene.app_id,
            "tenant_key": scene.cast.tenant_key,
            "type": "approval_instance",
            "approval_code": ids::uuid(scene.rng).to_uppercase(),
            "instance_code": ids::uuid(scene.rng).to_uppercase(),
            "status": scene.pick(&["PENDING", "APPROVED", "REJECTED", "CANCELED"]),
            "operate_time": at,
            "instance_operate_time": at,
            "uuid": ids::hex(scene.rng, 8),
        },
    });
    Event { event_id: uuid, event_type: "approval_instance".to_owned(), payload: payload.to_string().into() }
}
