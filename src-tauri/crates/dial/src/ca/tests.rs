//! Certificates made here, and files that OpenSSL made.
