//! Manifests: reading, findings, schema and documentation.

mod architecture;
mod docs;
mod drafts;
mod findings;
mod lint;
mod narration;
mod schema;
mod shape;
mod show;
mod slips;
