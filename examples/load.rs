//! Loads a session, and prints its title, and the shortest and longest duration that its silences can be adjusted to.
//!
//! ```sh
//! cargo run --example load -- glimmer
//! ```

use std::error::Error;
use std::ops::ControlFlow;

use karuna::load::{self, LoadOptions};
use karuna::units::Rate;

fn main() -> Result<(), Box<dyn Error>> {
    let session = std::env::args().nth(1).ok_or("usage: load SESSION")?;
    let loaded = load::load(&session, &LoadOptions::default(), &mut |_| ControlFlow::Continue(()))?;
    let lengths = loaded.length_range(Rate::DEFAULT)?;
    println!("{}: {:?} to {:?}", loaded.session().title, lengths.shortest, lengths.longest);
    Ok(())
}
