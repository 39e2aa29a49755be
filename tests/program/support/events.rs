//! The events of `--json`.

use std::io::{BufRead, BufReader};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};

use serde_json::Value;

/// Receives the events on a child's standard output, one per line, until it ends.
pub(crate) fn events(child: &mut Child) -> Receiver<Value> {
    let (sender, events) = channel();
    let output = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || {
        for line in output.lines() {
            let event = serde_json::from_str(&line.unwrap()).expect("each line is an object");
            if sender.send(event).is_err() {
                return;
            }
        }
    });
    events
}
