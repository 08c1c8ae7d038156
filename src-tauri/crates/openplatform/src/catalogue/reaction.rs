use serde_json::{Value, json};

use super::Scene;
use crate::ids;

/// The body of `im.message.reaction.created_v1`.
pub(super) fn created(scene: &mut Scene<'_>) -> Value {
    let person = scene.cast.person(scene.rng);
    json!({
        "message_id": ids::prefixed(scene.rng, "om_"),
        "reaction_type": { "emoji_type": scene.pick(&["SMILE", "THUMBSUP", "OK", "DONE", "HEART"]) },
        "operator_type": "user",
        "user_id": person.ids(),
        "action_time": scene.now_ms.to_string(),
    })
}
