"""From words to a warm voice: Festival's labels, hts_engine, and a chain that takes the buzz out."""

import os
import subprocess
import tempfile
import unicodedata
from pathlib import Path

import numpy
from scipy.io import wavfile

LABELS = Path(__file__).with_name("labels.scm")
VOICE = "/usr/share/festival/voices/us/cmu_us_slt_arctic_hts/hts/cmu_us_slt_arctic_hts.htsvoice"
# Slower than this is understood less well: a session is slowed by its silences.
MANNER = "-r 0.75 -fm -1.5 -b 0.2 -a 0.46"
WAY = f"festival us_slt_hts, hts_engine {MANNER}, warmed"
RATE = 48000
# Less low rumble and nose, more presence, softer hiss, a narrower range, and a very small room.
COLOUR = (
    "rate -v 48000 highpass 75 equalizer 155 0.9q -2.5 equalizer 290 1.0q +1.5 equalizer 3000 0.7q +3.5 "
    "equalizer 7000 0.9q -3 lowpass -1 11000 compand 0.02,0.25 6:-80,-80,-45,-42,-25,-22,-10,-12,0,-8 0 -90 0.02 "
    "pad 0.12 0.45 reverb 16 65 20 0 8 -7"
)


def run(command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, check=False, **options)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {done.stderr.decode(errors='replace').strip()}")
    return done


def plain(text):
    """What Festival can read: it knows only ASCII, and a line ends where the text does."""
    for fancy, simple in {"’": "'", "‘": "'", "“": '"', "”": '"', "–": ", ", "—": ", ", "…": "."}.items():
        text = text.replace(fancy, simple)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(text.split()) + "\n"


def speak(text):
    """The bare voice, as floats, its pauses at both ends cut short; and its rate."""
    with tempfile.TemporaryDirectory() as folder:
        run(["text2wave", "-eval", LABELS, "-o", f"{folder}/unused.wav"],
            input=plain(text).encode(), env={**os.environ, "LABELS": folder})
        parts = []
        for label in sorted(Path(folder).glob("*.lab")):
            spoken = label.with_suffix(".wav")
            run(["hts_engine", "-m", VOICE, *MANNER.split(), "-ow", spoken, label])
            rate, samples = wavfile.read(spoken)
            parts.append(samples.astype(float) / 32768)
    if not parts:
        raise SystemExit(f"Festival finds nothing to say in {text!r}")
    return trimmed(numpy.concatenate(parts), rate), rate


def trimmed(samples, rate):
    """Without the silence before the first and after the last sound, but for 60 ms."""
    loud = numpy.flatnonzero(numpy.abs(samples) > 10 ** (-50 / 20) * numpy.abs(samples).max())
    margin = int(0.06 * rate)
    return samples[max(0, loud[0] - margin) : loud[-1] + margin]


def unbuzzed(samples, rate, amount=0.9, low=2800.0, high=5500.0):
    """The vocoder's harmonics reach higher than a throat's. Above `low`, more and more of them are replaced by breath: noise of the same envelope."""
    size = 1024 if rate >= 32000 else 512
    hop = size // 8
    window = numpy.sqrt(numpy.hanning(size + 1)[:size])
    noise = numpy.random.default_rng(3)
    frequency = numpy.fft.rfftfreq(size, 1 / rate)
    octaves = numpy.log2(numpy.maximum(frequency, 1) / low) / numpy.log2(high / low)
    share = amount * numpy.clip(octaves, 0, 1)
    smoothing = numpy.hanning((int(round(250 / (rate / size))) | 1) + 2)[1:-1]
    smoothing /= smoothing.sum()
    padded = numpy.concatenate([numpy.zeros(size), samples, numpy.zeros(size)])
    out = numpy.zeros_like(padded)
    for start in range(0, len(padded) - size, hop):
        spectrum = numpy.fft.rfft(padded[start : start + size] * window)
        envelope = numpy.sqrt(numpy.convolve(numpy.abs(spectrum) ** 2, smoothing, "same"))
        breath = noise.standard_normal(len(spectrum)) + 1j * noise.standard_normal(len(spectrum))
        # 2.85 makes up for what overlapping frames of noise lose and overlapping frames of a tone don't.
        breath *= envelope * 2.85 / numpy.sqrt(2)
        mixed = numpy.sqrt(1 - share**2) * spectrum + share * breath
        out[start : start + size] += numpy.fft.irfft(mixed) * window
    out /= (window**2).sum() / hop
    return out[size : size + len(samples)]


def warm(samples, rate):
    """48 kHz mono, coloured, not yet at any level."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = f"{folder}/before.wav", f"{folder}/after.wav"
        wavfile.write(before, rate, (unbuzzed(samples, rate) * 10 ** (-8 / 20)).astype(numpy.float32))
        run(["sox", before, "-b", "32", "-e", "floating-point", after, *COLOUR.split()])
        return wavfile.read(after)[1].astype(float)


def finish(samples, gain_db, path):
    """Brings a warm line to its level and writes it as Ogg Vorbis of about 64 kbit/s, the same bytes each time."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = f"{folder}/before.wav", f"{folder}/after.wav"
        wavfile.write(before, RATE, samples.astype(numpy.float32))
        # Limited at four times the rate, so that no peak between the samples goes over -6 dB either.
        chain = (f"deesser=i=0.35:m=0.5:f=0.5:s=o,volume={gain_db}dB,aresample=192000,"
                 "alimiter=limit=0.5:attack=3:release=60:level=false,aresample=48000")
        run(["ffmpeg", "-v", "error", "-y", "-i", before, "-af", chain, "-c:a", "pcm_f32le", after])
        levelled = faded(wavfile.read(after)[1].astype(float))
        wavfile.write(after, RATE, numpy.round(levelled * 32767).astype(numpy.int16))
        path.parent.mkdir(parents=True, exist_ok=True)
        run(["oggenc", "-Q", "-q", "2", "--serial", "1", "-o", path, after])


def faded(samples, seconds=0.01):
    """No edge at either end, and no constant part."""
    samples = samples - samples.mean()
    ramp = numpy.sin(numpy.linspace(0, numpy.pi / 2, int(seconds * RATE))) ** 2
    samples[: len(ramp)] *= ramp
    samples[-len(ramp) :] *= ramp[::-1]
    return samples


def loudness(clips):
    """LUFS of all clips together, each heard in both ears."""
    with tempfile.TemporaryDirectory() as folder:
        joined = f"{folder}/joined.wav"
        wavfile.write(joined, RATE, numpy.concatenate(clips).astype(numpy.float32))
        told = run(["ffmpeg", "-hide_banner", "-nostats", "-i", joined, "-af", "ebur128=dualmono=true", "-f", "null", "-"]).stderr.decode()
    summary = told[told.rindex("Summary:") :].split()
    return float(summary[summary.index("I:") + 1])
