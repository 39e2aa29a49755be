//! Devices without a sound server, driven by rodio.

use cpal::BufferSize;
use rodio::{DeviceSinkBuilder, DeviceSinkError, MixerDeviceSink, Source};

use super::callback_slot::CallbackSlot;
use super::callback_source::CallbackSource;
use super::event::DeviceEvent;
use super::search::SystemDevice;

/// Opens a device that requests `period` frames at a time, at its own rate, and plays a source on it.
pub(super) fn open(
    device: SystemDevice,
    period: u32,
    mut source: CallbackSource,
    slot: &CallbackSlot,
    on_event: impl Fn(DeviceEvent) + Send + 'static,
) -> Result<MixerDeviceSink, DeviceSinkError> {
    source.measure_capacity();
    let report_underrun = slot.underrun_reporter();
    let on_error = move |error: cpal::Error| match error.kind() {
        cpal::ErrorKind::Xrun => report_underrun(),
        // After any other error the sound system recovers, or the device stops requesting, which the watchdog detects.
        cpal::ErrorKind::DeviceNotAvailable | cpal::ErrorKind::StreamInvalidated => on_event(DeviceEvent::Lost),
        _ => {}
    };
    let mut sink = DeviceSinkBuilder::default()
        .with_channels(source.channels())
        .with_sample_rate(source.sample_rate())
        .with_sample_format(device.sample_format)
        .with_buffer_size(BufferSize::Fixed(device.clamp_period(period)))
        .with_device(device.device)
        .with_error_callback(on_error)
        .open_stream()?;
    // Otherwise rodio writes to standard error when it is dropped.
    sink.log_on_drop(false);
    sink.mixer().add(source);
    Ok(sink)
}
