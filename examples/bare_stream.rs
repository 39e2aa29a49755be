//! Silence for so many seconds, by cpal and nothing else: what playing costs before anything is played. `scripts/bench` compares with it.

use std::error::Error;
use std::thread;
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, SampleFormat, StreamConfig};

/// 15 ms: short enough that a key would answer at once.
const PERIOD: u32 = 720;

fn main() -> Result<(), Box<dyn Error>> {
    let seconds: f64 = std::env::args().nth(1).ok_or("how many seconds?")?.parse()?;
    let mut systems = cpal::available_hosts();
    systems.sort_by_key(|system| !system.name().eq_ignore_ascii_case("pulseaudio"));
    let devices = systems.into_iter().filter_map(|system| cpal::host_from_id(system).ok()?.default_output_device());
    let device = { devices }.next().ok_or("there is no sound device")?;
    let config = StreamConfig { channels: 2, sample_rate: 48_000, buffer_size: BufferSize::Fixed(PERIOD) };
    let stream = device.build_output_stream_raw(
        config,
        SampleFormat::F32,
        |data, _| data.bytes_mut().fill(0),
        |error| eprintln!("{error}"),
        None,
    )?;
    stream.play()?;
    thread::sleep(Duration::from_secs_f64(seconds));
    Ok(())
}
