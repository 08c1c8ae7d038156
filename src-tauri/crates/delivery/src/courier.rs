//! What takes a target's events from its queue and hands them over.
