//! `karuna schema`: prints the JSON schema of manifests, for editors.

use super::Outcome;
use crate::error::Failure;
use crate::manifest::schema;

pub(super) fn run() -> Result<Outcome, Failure> {
    super::print_line(schema::text().trim_end())?;
    Ok(Outcome::Done)
}
