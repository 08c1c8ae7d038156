use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;

/// What an acknowledgement says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    /// 200: taken. 500: not taken; the platform sends the event again.
    pub code: u16,
    /// What a callback answers: the bytes of a JSON object.
    pub data: Option<Bytes>,
}

impl Reply {
    /// Taken.
    pub fn ok() -> Self {
        Self { code: 200, data: None }
    }

    /// Taken, and this is the callback's answer.
    pub fn with_data(data: impl Into<Bytes>) -> Self {
        Self { code: 200, data: Some(data.into()) }
    }

    /// Not taken: the platform is to send the event again.
    pub fn failed() -> Self {
        Self { code: 500, data: None }
    }

    /// The acknowledgement's payload: `{"code":200}`, with `"data":"BASE64"` where there is an answer.
    pub fn to_json(&self) -> Bytes {
        match (self.code, &self.data) {
            (200, None) => Bytes::from_static(br#"{"code":200}"#),
            (code, None) => format!(r#"{{"code":{code}}}"#).into(),
            (code, Some(data)) => {
                let mut json = format!(r#"{{"code":{code},"data":""#);
                json.reserve(data.len().div_ceil(3) * 4 + 2);
                STANDARD.encode_string(data, &mut json);
                json.push_str("\"}");
                json.into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_written_without_what_it_does_not_have() {
        assert_eq!(Reply::ok().to_json(), r#"{"code":200}"#);
        assert_eq!(Reply::failed().to_json(), r#"{"code":500}"#);
        assert_eq!(Reply::with_data("{}").to_json(), r#"{"code":200,"data":"e30="}"#);
    }
}
