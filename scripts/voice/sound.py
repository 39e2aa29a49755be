"""Normalises a session's lines and writes them as Ogg Vorbis."""

import subprocess

import numpy
import pyloudnorm
import soundfile
from scipy.ndimage import minimum_filter1d
from scipy.signal import butter, resample_poly, sosfilt

from .kokoro import RATE, faded

# A mono file with this loudness has −21 LUFS when played in both channels.
LOUDNESS = -24.0
CEILING_DB = -6.0
# oggenc's quality. At 2, some lines lose a quarter of a point of the opinion score; at 4, none loses a tenth.
QUALITY = 4
LOW_CUT = butter(2, 70, "highpass", fs=RATE, output="sos")


def treated(samples):
    """Removes rumble, and fades the edges."""
    return faded(sosfilt(LOW_CUT, samples).astype(numpy.float32), 0.01)


def loudness(clips):
    """Returns the integrated loudness (EBU R 128) of the concatenated clips, in LUFS."""
    return pyloudnorm.Meter(RATE).integrated_loudness(numpy.concatenate(clips))


def true_peak(samples):
    return numpy.abs(resample_poly(samples, 4, 1)).max()


def limited(samples, ceiling):
    """Limits the true peaks to the ceiling: the gain falls over 5 ms before a peak, and rises after it."""
    peaks = numpy.abs(resample_poly(samples, 4, 1)).reshape(-1, 4).max(axis=1)
    width = int(0.005 * RATE)
    gains = minimum_filter1d(numpy.minimum(1, ceiling / numpy.maximum(peaks, 1e-9)), 2 * width + 1)
    window = numpy.hanning(2 * width + 3)[1:-1]
    gains = numpy.convolve(numpy.pad(gains, width, mode="edge"), window / window.sum(), "valid")
    return (samples * gains).astype(numpy.float32)


def read(path):
    samples, rate = soundfile.read(path, dtype="float32")
    if rate != RATE or samples.ndim != 1:
        raise SystemExit(f"{path} is not what scripts/narrate writes, mono at {RATE} Hz: if it is a person's, use --keep")
    return samples


def write(samples, gain_db, path):
    """Writes a clip whose true peak after decoding is below the ceiling. The same samples give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = path.with_suffix(".part")
    louder = samples * numpy.float32(10 ** (gain_db / 20))
    ceiling = 10 ** (CEILING_DB / 20)
    # Encoding changes the peaks slightly.
    target = ceiling * 0.97
    while True:
        soundfile.write(raw, limited(louder, target), RATE, subtype="PCM_24", format="WAV")
        encode = ["oggenc", "--quiet", "--quality", str(QUALITY), "--serial", "1", "--output", path, raw]
        subprocess.run(encode, check=True)
        peak = true_peak(read(path))
        if peak <= ceiling:
            break
        target *= 0.99 * ceiling / peak
    raw.unlink()
