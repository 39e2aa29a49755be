//! The schema in `docs/` equals the output of `karuna schema`.

use std::process::Command;

#[test]
fn the_schema_in_docs_is_up_to_date() {
    let output = Command::new(env!("CARGO_BIN_EXE_karuna")).arg("schema").output().expect("the program runs");
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let is_up_to_date = printed == include_str!("../../docs/session.schema.json");
    assert!(is_up_to_date, "update it: cargo run -- schema > docs/session.schema.json");
}
