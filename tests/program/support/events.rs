//! What a program tells with `--json`, as it comes.

use std::io::{BufRead, BufReader};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};

use serde_json::Value;

/// The events on a child's standard output, each line an object, until it ends.
pub(crate) fn events(child: &mut Child) -> Receiver<Value> {
    let (tell, events) = channel();
    let output = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || {
        for line in output.lines() {
            let event = serde_json::from_str(&line.unwrap()).expect("each line is an object");
            if tell.send(event).is_err() {
                return;
            }
        }
    });
    events
}
