//! The check of an acknowledgement against the frame it answers.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use longwire_wire::{Frame, Header, key};
use serde::Deserialize;
use serde_json::Value;

use crate::violation::Violation;

/// What an acknowledgement says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Receipt {
    pub(crate) code: u16,
    pub(crate) data: Option<Bytes>,
    pub(crate) biz_rt: Option<Duration>,
}

/// Checks the acknowledgement `raw`, decoded as `ack`, of the frame `sent`: the last part of a delivery.
pub(crate) fn check(raw: &[u8], ack: &Frame, sent: &Frame) -> Result<Receipt, Violation> {
    required_fields(raw)?;
    same("SeqID", &sent.seq_id, &ack.seq_id)?;
    same("LogID", &sent.log_id, &ack.log_id)?;
    same("service", &sent.service, &ack.service)?;
    same("method", &sent.method, &ack.method)?;
    same_text("payload_encoding", &sent.payload_encoding, &ack.payload_encoding)?;
    same_text("payload_type", &sent.payload_type, &ack.payload_type)?;
    same_text("LogIDNew", &sent.log_id_new, &ack.log_id_new)?;
    let changed = || Violation::HeadersChanged { sent: pairs(&sent.headers), got: pairs(&ack.headers) };
    let added = ack.headers.strip_prefix(sent.headers.as_slice()).ok_or_else(changed)?;
    let biz_rt = match added {
        [] => None,
        [header] if header.key == key::BIZ_RT => Some(biz_rt(&header.value)?),
        _ => return Err(changed()),
    };
    let (code, data) = payload(ack.payload.as_deref().unwrap_or_default())?;
    // The official Python SDK adds `biz_rt` after its handler returned, so that a 500 comes without.
    if biz_rt.is_none() && code == 200 {
        return Err(Violation::NoBizRt);
    }
    Ok(Receipt { code, data, biz_rt })
}

/// Whether fields 1 to 4 are on the wire: a decoder reads a missing one as 0, and cannot tell.
pub(crate) fn required_fields(raw: &[u8]) -> Result<(), Violation> {
    let mut seen = [false; 4];
    let mut rest = raw;
    while let Some(tag) = varint(&mut rest) {
        if let Some(seen) = seen.get_mut((tag >> 3).wrapping_sub(1) as usize) {
            *seen = true;
        }
        let skip = match tag & 7 {
            0 => varint(&mut rest).map(|_| 0),
            1 => Some(8),
            2 => varint(&mut rest),
            5 => Some(4),
            _ => None,
        };
        let Some(tail) = skip.and_then(|skip| rest.get(usize::try_from(skip).ok()?..)) else { break };
        rest = tail;
    }
    match (1..).zip(seen).find(|(_, seen)| !seen) {
        Some((field, _)) => Err(Violation::FieldMissing(field)),
        None => Ok(()),
    }
}

/// `biz_rt`: whole milliseconds.
pub(crate) fn biz_rt(value: &str) -> Result<Duration, Violation> {
    let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    let ms = digits.then(|| value.parse().ok()).flatten();
    ms.map(Duration::from_millis).ok_or_else(|| Violation::BadBizRt(value.to_owned()))
}

/// The payload of an acknowledgement: its code, and what `data` holds.
pub(crate) fn payload(json: &[u8]) -> Result<(u16, Option<Bytes>), Violation> {
    #[derive(Deserialize)]
    struct Payload<'a> {
        code: u16,
        #[serde(default)]
        headers: Value,
        #[serde(default, borrow)]
        data: Option<std::borrow::Cow<'a, str>>,
    }
    let payload: Payload<'_> =
        serde_json::from_slice(json).map_err(|error| Violation::BadPayload(error.to_string()))?;
    if !(payload.headers.is_null() || payload.headers.is_object()) {
        return Err(Violation::BadPayload("headers is no object".to_owned()));
    }
    let data = match payload.data.as_deref() {
        None | Some("") => None,
        Some(data) => Some(STANDARD.decode(data).map_err(|_| Violation::BadData)?.into()),
    };
    Ok((payload.code, data))
}

fn same<T: PartialEq + ToString>(field: &'static str, sent: &T, got: &T) -> Result<(), Violation> {
    if sent == got {
        return Ok(());
    }
    Err(Violation::FieldChanged { field, sent: sent.to_string(), got: got.to_string() })
}

fn same_text(field: &'static str, sent: &Option<String>, got: &Option<String>) -> Result<(), Violation> {
    if sent == got {
        return Ok(());
    }
    Err(Violation::FieldChanged { field, sent: format!("{sent:?}"), got: format!("{got:?}") })
}

fn pairs(headers: &[Header]) -> Vec<(String, String)> {
    headers.iter().map(|header| (header.key.clone(), header.value.clone())).collect()
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for place in 0..10 {
        let (&byte, tail) = rest.split_first()?;
        *rest = tail;
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent() -> Frame {
        Frame {
            seq_id: 7,
            log_id: 9,
            service: 33554678,
            method: 1,
            headers: vec![Header::new(key::TYPE, "event"), Header::new(key::INSTANCE_ID, "i1")],
            payload: Some(Bytes::from_static(b"{}")),
            log_id_new: Some("n".into()),
            ..Frame::default()
        }
    }

    fn ack(biz_rt: &str, payload: &'static str) -> Frame {
        let mut ack = sent();
        ack.headers.push(Header::new(key::BIZ_RT, biz_rt));
        ack.payload = Some(payload.into());
        ack
    }

    fn checked(ack: &Frame) -> Result<Receipt, Violation> {
        check(&ack.encode(), ack, &sent())
    }

    #[test]
    fn a_faithful_acknowledgement_passes_in_each_spelling_of_the_official_sdks() {
        let wanted = Receipt { code: 200, data: None, biz_rt: Some(Duration::from_millis(3)) };
        for payload in [r#"{"code":200}"#, r#"{"code": 200}"#, r#"{"code":200,"headers":null,"data":null}"#] {
            assert_eq!(checked(&ack("3", payload)), Ok(wanted.clone()), "{payload}");
        }
        let with_data = checked(&ack("0", r#"{"code":200,"headers":{},"data":"e30="}"#)).unwrap();
        assert_eq!(with_data.data.as_deref(), Some(&b"{}"[..]));
    }

    #[test]
    fn a_failure_may_come_without_biz_rt_and_a_success_may_not() {
        let mut failed = sent();
        failed.payload = Some(r#"{"code":500}"#.into());
        assert_eq!(checked(&failed).unwrap().code, 500);
        failed.payload = Some(r#"{"code":200}"#.into());
        assert_eq!(checked(&failed), Err(Violation::NoBizRt));
    }

    #[test]
    fn a_changed_field_is_named() {
        type Change = fn(&mut Frame);
        let cases: [(&str, Change); 7] = [
            ("SeqID", |f| f.seq_id = 8),
            ("LogID", |f| f.log_id = 0),
            ("service", |f| f.service = 0),
            ("method", |f| f.method = 0),
            ("payload_encoding", |f| f.payload_encoding = Some("gzip".into())),
            ("payload_type", |f| f.payload_type = Some("json".into())),
            ("LogIDNew", |f| f.log_id_new = None),
        ];
        for (name, change) in cases {
            let mut frame = ack("0", r#"{"code":200}"#);
            change(&mut frame);
            let Err(Violation::FieldChanged { field, .. }) = checked(&frame) else { panic!("{name}") };
            assert_eq!(field, name);
        }
    }

    #[test]
    fn headers_that_are_dropped_reordered_or_added_are_told() {
        let cases: [fn(&mut Vec<Header>); 4] = [
            |h| {
                h.remove(1);
            },
            |h| h.swap(0, 1),
            |h| h.insert(0, Header::new("x", "y")),
            |h| h.push(Header::new(key::BIZ_RT, "1")),
        ];
        for change in cases {
            let mut frame = ack("0", r#"{"code":200}"#);
            change(&mut frame.headers);
            assert!(matches!(checked(&frame), Err(Violation::HeadersChanged { .. })));
        }
    }

    #[test]
    fn zeros_left_off_the_wire_are_told_although_they_decode() {
        let mut frame = ack("0", r#"{"code":200}"#);
        (frame.seq_id, frame.log_id) = (0, 0);
        let mut zeros = sent();
        (zeros.seq_id, zeros.log_id) = (0, 0);
        let raw = frame.encode();
        assert!(check(&raw, &frame, &zeros).is_ok());
        // The same frame as a proto3 encoder writes it: without the fields that are 0.
        assert_eq!(check(&raw[4..], &frame, &zeros), Err(Violation::FieldMissing(1)));
    }

    #[test]
    fn a_biz_rt_or_payload_that_says_nothing_is_told() {
        for value in ["-3", "1.5", "", "x", "+1"] {
            assert_eq!(checked(&ack(value, r#"{"code":200}"#)), Err(Violation::BadBizRt(value.to_owned())));
        }
        for payload in ["", "null", "{}", r#"{"code":"200"}"#, r#"{"code":200,"headers":[]}"#] {
            assert!(matches!(checked(&ack("0", payload)), Err(Violation::BadPayload(_))), "{payload}");
        }
        assert_eq!(checked(&ack("0", r#"{"code":200,"data":"{}"}"#)), Err(Violation::BadData));
    }
}
