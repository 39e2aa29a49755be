//! Plays a session on the default sound device, prints its events, and leaves by the gentle exit when a line is entered.
//!
//! ```sh
//! cargo run --example play -- glimmer
//! ```

use std::error::Error;
use std::ops::ControlFlow;
use std::{io, thread};

use karuna::load::{self, LoadOptions};
use karuna::playback::{Event, OutputChoice, Playback, PlaybackOptions, Wish};

fn main() -> Result<(), Box<dyn Error>> {
    let session = std::env::args().nth(1).ok_or("usage: play SESSION")?;
    let loaded = load::load(&session, &LoadOptions::default(), &mut |_| ControlFlow::Continue(()))?;
    let output = OutputChoice::Auto.find()?;
    let print = |event: Event| println!("frame {}: {:?}", event.at.0, event.kind);
    let playback = Playback::start(&loaded, output, &PlaybackOptions::default(), print)?;
    let remote = playback.remote();
    thread::spawn(move || {
        if io::stdin().read_line(&mut String::new()).is_ok() {
            remote.send(Wish::Exit);
        }
    });
    println!("{:?}", playback.finish()?);
    Ok(())
}
