use system_configuration::{
    core_foundation::{
        array::CFArray,
        base::{CFType, TCFType},
        number::CFNumber,
        string::CFString,
    },
    dynamic_store::SCDynamicStoreBuilder,
};

use super::{
    Error, Proxies,
    dictionary::{self, Dictionary, KEYS, Value},
};

/// Asks the dynamic store; it holds what the service in use is set to, a VPN's settings included.
pub(super) fn read() -> Result<Option<Proxies>, Error> {
    let store = SCDynamicStoreBuilder::new("Longwire").build().ok_or(Error::NoStore)?;
    let Some(found) = store.get_proxies() else { return Ok(None) };
    let entry = |key: &'static str| {
        let found = found.find(CFString::from_static_string(key))?;
        Some((key.to_owned(), value(&found)?))
    };
    let dictionary: Dictionary = KEYS.into_iter().filter_map(entry).collect();
    Ok(dictionary::proxies(&dictionary))
}

fn value(found: &CFType) -> Option<Value> {
    if let Some(number) = found.downcast::<CFNumber>() {
        return number.to_i64().map(Value::Number);
    }
    if let Some(text) = found.downcast::<CFString>() {
        return Some(Value::Text(text.to_string()));
    }
    let array = found.downcast::<CFArray>()?;
    Some(Value::Texts(array.iter().filter_map(|item| text(*item)).collect()))
}

#[allow(unsafe_code)]
fn text(item: *const std::ffi::c_void) -> Option<String> {
    // SAFETY: a property list's array holds objects alone, and it is held while this one is looked at.
    let item = unsafe { CFType::wrap_under_get_rule(item) };
    item.downcast::<CFString>().map(|text| text.to_string())
}
