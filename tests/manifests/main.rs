//! Manifests: reading, findings, schema and documentation.

#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    clippy::duration_suboptimal_units,
    reason = "test helpers may take values and fail like the test itself"
)]

mod architecture;
mod docs;
mod drafts;
mod findings;
mod links;
mod narration;
mod schema;
mod sessions;
mod shape;
mod show;
mod syntax_errors;
