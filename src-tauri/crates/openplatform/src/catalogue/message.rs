use serde_json::{Value, json};

use super::Scene;
use crate::ids;

const TEXTS: &[&str] = &[
    "今天的构建过了吗?",
    "帮我总结一下这周的会议纪要",
    "服务 A 的延迟有点高,能看一下吗?",
    "明天下午三点的评审改到四点,可以吗?",
    "Could you summarise yesterday's incident for me?",
    "The staging deploy is stuck at 80%, any idea why?",
    "Please translate the release notes into Chinese",
    "收到,谢谢!",
];

const FILES: &[&str] =
    &["第三季度总结.pdf", "架构设计-v2.docx", "incident-2026-11-02.log", "预算表.xlsx", "release-notes.md"];

pub(super) fn text(scene: &mut Scene<'_>, text: Option<&str>) -> Value {
    match text {
        Some(text) => message(scene, "text", &json!({ "text": text })),
        None if scene.rng.bool() => in_group(scene),
        None => {
            let text = scene.pick(TEXTS);
            message(scene, "text", &json!({ "text": text }))
        }
    }
}

pub(super) fn image(scene: &mut Scene<'_>) -> Value {
    let key = format!("img_v3_02{}g", ids::hex(scene.rng, 24));
    message(scene, "image", &json!({ "image_key": key }))
}

pub(super) fn file(scene: &mut Scene<'_>) -> Value {
    let key = format!("file_v3_00{}g", ids::hex(scene.rng, 24));
    let name = scene.pick(FILES);
    message(scene, "file", &json!({ "file_key": key, "file_name": name }))
}

pub(super) fn post(scene: &mut Scene<'_>, title: Option<&str>) -> Value {
    let title = title.unwrap_or("每周进展 · Weekly progress");
    let mut lines = vec![json!([
        { "tag": "text", "text": "本周概览:", "style": ["bold"] },
        { "tag": "a", "href": "https://example.com/weekly", "text": "看板 / board", "style": [] },
    ])];
    for day in 1..=32 {
        let (zh, en) = (scene.pick(TEXTS), scene.pick(TEXTS));
        lines.push(json!([
            { "tag": "text", "text": format!("第 {day} 项:{zh} "), "style": [] },
            { "tag": "text", "text": format!("{en} 这一项的背景、方案和结论都写在文档里,欢迎评论。"), "style": ["italic"] },
            { "tag": "emotion", "emoji_type": scene.pick(&["SMILE", "THUMBSUP", "DONE"]) },
        ]));
    }
    lines.push(json!([{ "tag": "img", "image_key": format!("img_v3_02{}g", ids::hex(scene.rng, 24)) }]));
    message(scene, "post", &json!({ "title": title, "content": lines }))
}

/// A text in a group that mentions the bot: `@_user_1` in the text stands for the first of `mentions`.
fn in_group(scene: &mut Scene<'_>) -> Value {
    let text = format!("@_user_1 {}", scene.pick(TEXTS));
    let mut body = message(scene, "text", &json!({ "text": text }));
    let group = scene.cast.group(scene.rng);
    body["message"]["chat_id"] = json!(group.chat_id);
    body["message"]["chat_type"] = json!("group");
    body["message"]["mentions"] = json!([{
        "key": "@_user_1",
        "id": scene.cast.bot.ids(),
        "mentioned_type": "bot",
        "name": scene.cast.bot.name,
        "tenant_key": scene.cast.tenant_key,
    }]);
    body
}

/// The body of `im.message.receive_v1` in a chat with the bot alone. `content` travels as JSON in a string.
fn message(scene: &mut Scene<'_>, message_type: &str, content: &Value) -> Value {
    let person = scene.cast.person(scene.rng);
    let sent = scene.now_ms.saturating_sub(scene.rng.u64(150..900)).to_string();
    json!({
        "sender": {
            "sender_id": person.ids(),
            "sender_type": "user",
            "tenant_key": scene.cast.tenant_key,
        },
        "message": {
            "message_id": ids::prefixed(scene.rng, "om_"),
            "create_time": sent,
            "update_time": sent,
            "chat_id": person.chat_id,
            "chat_type": "p2p",
            "message_type": message_type,
            "content": content.to_string(),
        },
    })
}
