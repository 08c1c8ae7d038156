//! The platform's webhook format: what of it depends on nothing but the event and the keys.
