use serde_json::{Value, json};

use super::Scene;

/// The body of `im.chat.member.bot.added_v1` and `…deleted_v1`, which have the same fields.
pub(super) fn membership(scene: &mut Scene<'_>) -> Value {
    let person = scene.cast.person(scene.rng);
    let group = scene.cast.group(scene.rng);
    json!({
        "chat_id": group.chat_id,
        "operator_id": person.ids(),
        "external": false,
        "operator_tenant_key": scene.cast.tenant_key,
        "name": group.zh,
        "i18n_names": { "zh_cn": group.zh, "en_us": group.en, "ja_jp": "" },
    })
}

/// The body of `application.bot.menu_v6`. Its time is in seconds.
pub(super) fn menu(scene: &mut Scene<'_>) -> Value {
    let person = scene.cast.person(scene.rng);
    json!({
        "operator": { "operator_name": person.name, "operator_id": person.ids() },
        "event_key": scene.pick(&["help", "daily_report", "new_session", "settings"]),
        "timestamp": scene.now_ms / 1000,
    })
}
