//! Renders a session into a file. The file extension selects the format.
//!
//! ```sh
//! cargo run --release --example render -- glimmer glimmer.flac
//! ```

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

use karuna::io::encode::OutputFormat;
use karuna::load::{self, LoadOptions};
use karuna::render::render;
use karuna::units::Rate;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [session, output] = arguments.as_slice() else {
        return Err("usage: render SESSION FILE".into());
    };
    let loaded = load::load(session, &LoadOptions::default(), &mut |_| ControlFlow::Continue(()))?;
    let output = Path::new(output);
    let format = OutputFormat::for_path(output, Rate::DEFAULT, None)?;
    let summary = render(&loaded, output, format, &mut |_| ControlFlow::Continue(()))?;
    println!("{:?}, {:?}", summary.length, summary.loudness);
    Ok(())
}
