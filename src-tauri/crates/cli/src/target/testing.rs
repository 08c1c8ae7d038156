use longwire_contract::{AttemptOutcome, AttemptView, TargetHealth, TargetKind, TargetView};

/// A webhook that does not answer: the last attempt was at 940 s, the next is at 1005 s.
pub(crate) fn target() -> TargetView {
    let trouble = AttemptView {
        number: 1,
        at_ms: 940_000,
        took_ms: 0.4,
        outcome: AttemptOutcome::Unreachable,
        status: None,
        response: None,
        detail: "connection refused".to_owned(),
    };
    TargetView {
        name: "bot".to_owned(),
        kind: TargetKind::Webhook,
        app_id: None,
        address: "http://127.0.0.1:3000/webhook".to_owned(),
        events: vec!["im.message.*".to_owned()],
        filters: vec!["event.message.chat_type = p2p".to_owned()],
        headers: Vec::new(),
        deadline_s: 30,
        remote: false,
        encrypts: false,
        has_token: false,
        given: false,
        health: TargetHealth::Down,
        since_ms: 0,
        queued: 3,
        failed: 1,
        delivered: 7,
        last_ms: None,
        trouble: Some(trouble),
        retry_at_ms: Some(1_005_000),
    }
}
