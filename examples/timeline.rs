//! Builds the timeline of a session without breath words, and prints when each segment starts.
//!
//! ```sh
//! cargo run --example timeline -- glimmer
//! ```

use std::error::Error;
use std::ops::ControlFlow;

use karuna::load::{self, LoadOptions};
use karuna::units::Rate;

fn main() -> Result<(), Box<dyn Error>> {
    let session = std::env::args().nth(1).ok_or("usage: timeline SESSION")?;
    let options = LoadOptions { avoid_where_present: vec!["breath".to_owned()], ..LoadOptions::default() };
    let loaded = load::load(&session, &options, &mut |_| ControlFlow::Continue(()))?;
    let timeline = loaded.timeline(Rate::DEFAULT)?;
    for segment in &timeline.segments {
        println!("{:8.3} s  {:?}", segment.start.seconds(timeline.rate), segment.kind);
    }
    println!("{:8.3} s  end", timeline.end.seconds(timeline.rate));
    Ok(())
}
