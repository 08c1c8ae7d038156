use serde_json::{Value, json};

use super::Scene;
use crate::ids;

pub(super) fn card_action(scene: &mut Scene<'_>) -> Value {
    let person = scene.cast.person(scene.rng);
    let group = scene.cast.group(scene.rng);
    json!({
        "operator": {
            "tenant_key": scene.cast.tenant_key,
            "user_id": person.user_id,
            "open_id": person.open_id,
            "union_id": person.union_id,
        },
        "token": format!("c-{}", ids::hex(scene.rng, 40)),
        "action": {
            "value": { "action": scene.pick(&["approve", "reject", "details"]), "ticket": scene.rng.u32(1000..9999) },
            "tag": "button",
            "timezone": "Asia/Shanghai",
            "name": "confirm",
        },
        "host": "im_message",
        "context": {
            "open_message_id": ids::prefixed(scene.rng, "om_"),
            "open_chat_id": group.chat_id,
        },
    })
}

pub(super) fn url_preview(scene: &mut Scene<'_>) -> Value {
    let person = scene.cast.person(scene.rng);
    let group = scene.cast.group(scene.rng);
    json!({
        "operator": {
            "tenant_key": scene.cast.tenant_key,
            "user_id": person.user_id,
            "open_id": person.open_id,
            "union_id": person.union_id,
        },
        "host": "im_message",
        "context": {
            "url": format!("https://example.com/issues/{}", scene.rng.u32(1..5000)),
            "preview_token": ids::uuid(scene.rng),
            "open_message_id": ids::prefixed(scene.rng, "om_"),
            "open_chat_id": group.chat_id,
        },
    })
}
