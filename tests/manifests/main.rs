//! Manifests: reading, findings, schema and documentation.

mod architecture;
mod docs;
mod drafts;
mod findings;
mod narration;
mod schema;
mod sessions;
mod shape;
mod show;
mod syntax_errors;
