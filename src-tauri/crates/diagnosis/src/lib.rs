//! Walks the road to the platform hop by hop, keeps evidence, and turns it into findings.
