"""Finds sounds, gaps, clicks and fades in a recording. Times are in frames; amplitudes are linear, and full scale is 1."""
import os
import struct
from dataclasses import dataclass

import numpy as np

BLOCK = 1 << 20


@dataclass
class Sound:
    rate: int
    samples: np.ndarray  # frames × channels

    def blocks(self, overlap=0):
        """(frame, samples as float32), each block widened by `overlap` frames on either side."""
        for start in range(0, len(self.samples), BLOCK):
            first = max(0, start - overlap)
            yield start, first, as_float(self.samples[first:start + BLOCK + overlap])

    def part(self, start, end):
        return as_float(self.samples[max(0, start):max(0, end)])


def as_float(samples):
    if samples.dtype == np.int16:
        return samples.astype(np.float32) / 32768
    if samples.dtype == np.int32:
        return (samples / 2147483648).astype(np.float32)
    if samples.dtype == np.uint8:  # 24-bit PCM, three bytes per sample
        b = samples.reshape(len(samples), -1, 3).astype(np.int32)
        return ((b[..., 0] << 8 | b[..., 1] << 16 | b[..., 2] << 24) / 2147483648).astype(np.float32)
    return samples.astype(np.float32)


def read(path):
    """Maps a WAV file, which may still be growing, without loading it."""
    with open(path, "rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise SystemExit(f"{path} is no WAV")
        return read_chunks(path, file)


def read_chunks(path, file):
    size, tag = os.path.getsize(path), None
    while True:
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"fmt ":
            fmt = file.read(length)
            tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", fmt[:16])
            if tag == 0xFFFE:
                tag = struct.unpack("<H", fmt[24:26])[0]
        elif name == b"data":
            break
        else:
            file.seek(length, 1)
        file.seek(length & 1, 1)
    kind = {(1, 16): "<i2", (1, 24): "u1", (1, 32): "<i4", (3, 32): "<f4", (3, 64): "<f8"}[tag, bits]
    width = channels * bits // 8
    frames = min(length, size - file.tell()) // width
    shape = (frames, channels * 3 if bits == 24 else channels)
    return Sound(rate, np.memmap(path, kind, "r", file.tell(), shape) if frames else np.zeros((0, channels), np.float32))


def runs(masks, shortest):
    """The runs of True at least `shortest` long, as [start, end), in masks that follow one another."""
    found, begun, at = [], None, 0
    for mask in masks:
        edges = np.flatnonzero(np.diff(np.concatenate(([begun is not None], mask)).astype(np.int8)))
        starts = [] if begun is None else [begun - at]
        starts = np.concatenate((starts, edges[mask[edges]])).astype(np.int64) + at
        ends = edges[~mask[edges]] + at
        begun = int(starts[-1]) if len(starts) > len(ends) else None
        long = ends - starts[:len(ends)] >= shortest
        found += zip(starts[:len(ends)][long].tolist(), ends[long].tolist())
        at += len(mask)
    if begun is not None and at - begun >= shortest:
        found.append((begun, at))
    return found


def between(silences, frames):
    """The parts between the silences."""
    edges = [0] + [edge for silence in silences for edge in silence] + [frames]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2]) if b > a]


def loudest(samples):
    return np.abs(samples).max(axis=1)


def sounds(sound, threshold, silence):
    """The parts between silences of at least `silence` frames at or below the threshold."""
    quiet = runs((loudest(block) <= threshold for _, _, block in sound.blocks()), silence)
    found = between(quiet, len(sound.samples))
    # At the start and the end, silence of any length counts.
    trimmed = []
    for start, end in found:
        loud = np.flatnonzero(loudest(sound.part(start, min(end, start + silence))) > threshold) if start == 0 else [0]
        tail = max(start, end - silence)
        last = np.flatnonzero(loudest(sound.part(tail, end)) > threshold) if end == len(sound.samples) else [end - 1 - tail]
        if len(loud) and len(last):
            trimmed.append((int(start + loud[0]), int(tail + last[-1] + 1)))
    return trimmed


def gaps(sound, shortest):
    """Runs of exact digital zero in all channels between the first sound and the last."""
    found = runs((loudest(block) == 0 for _, _, block in sound.blocks()), shortest)
    return [(a, b) for a, b in found if a > 0 and b < len(sound.samples)]


def clicks(sound, prominence, floor):
    """Broadband bursts of one or a few samples that their surroundings do not explain.

    Measure: r = |x[n+1] − 2 x[n] + x[n−1]|, which lifts steps and corners over tones and speech. A peak of r is a click when it is over
    `floor` and `prominence` times the surroundings: the 99th percentile of r within 0.5 to 20 ms before or after, whichever is
    larger. A consonant, or a bell's strike, goes on for milliseconds and so is its own surroundings; a cut, a step, a corner or a
    lone spike is not. The percentile keeps two clicks within 20 ms from hiding each other.
    """
    near, far, found = round(sound.rate * 0.0005), round(sound.rate * 0.02), []
    for start, first, block in sound.blocks(overlap=far + near + 2):
        if len(block) < 3:
            continue
        r = np.zeros(len(block), np.float32)
        r[1:-1] = np.abs(block[2:] - 2 * block[1:-1] + block[:-2]).max(axis=1)
        energy = np.concatenate(([0], np.cumsum(np.square(r, dtype=np.float64))))
        low, high = np.clip(np.arange(len(r)) - far, 0, None), np.clip(np.arange(len(r)) + far + 1, None, len(r))
        around = np.sqrt((energy[high] - energy[low]) / (high - low))
        own = np.arange(len(r)) + first
        candidates = np.flatnonzero((r > floor) & (r > 4 * around) & (own >= start) & (own < start + BLOCK))
        for n in candidates:
            if r[max(0, n - near):n + near + 1].max() > r[n]:
                continue
            sides = [r[max(0, n - far):max(0, n - near)], r[n + near + 1:n + far + 1]]
            level = max([np.percentile(side, 99) for side in sides if len(side)] + [1e-6])
            if r[n] >= prominence * level:
                # A step shows in r at both of its frames: report the second.
                step = np.abs(np.diff(block[n - 1:n + 2], axis=0)).max(axis=1)
                found.append((int(n + first + (step[1] > 2 * step[0])), float(r[n]), float(r[n] / level)))
    return [c for c, before in zip(sorted(found), [(-far,)] + sorted(found)) if c[0] - before[0] > near]


SHAPES = {  # gain → how far into a fade-out, 0 to 1
    "linear": lambda g: 1 - g,
    "raised cosine": lambda g: np.arccos(2 * g - 1) / np.pi,
    "equal power": lambda g: np.arccos(g) * 2 / np.pi,
    "square": lambda g: 1 - np.sqrt(g),
    "exponential": lambda g: -np.log10(g) / 3,  # to −60 dB
}


def describe_fade(times, gains, kind, begin, end):
    """A fade given by its gain at some frames, between the last frame at full gain and the first one silent."""
    order = slice(None) if kind == "out" else slice(None, None, -1)
    falling, at = np.asarray(gains, float)[order], np.asarray(times, float)[order]
    rise = float(np.max(np.diff(falling), initial=0))
    report = {"kind": kind, "start": int(begin), "frames": int(end - begin), "monotone": rise <= 0.004, "largest_reversal": round(rise, 4)}
    middle = (falling > 0.05) & (falling < 0.95)
    if middle.sum() < 4:
        return report | {"shape": "cut" if end - begin <= 96 else "unknown"}
    fits = []
    for name, inverse in SHAPES.items():
        u = inverse(falling[middle])
        slope, start = np.polyfit(u, at[middle], 1)
        fits.append((float(np.sqrt(np.mean(np.square(at[middle] - start - slope * u))) / abs(slope)), name, start, slope))
    error, name, start, slope = min(fits)
    if error > 0.02:
        return report | {"shape": "unknown"}
    first, length = (start, slope) if kind == "out" else (start + slope, -slope)
    return report | {"shape": name, "start": round(first), "frames": round(length), "fit_error": round(error, 4)}


def fades(sound, found, threshold):
    """How a steady tone begins and ends. Sounds without a steady level at their edges yield nothing: compare them with a reference."""
    reports, reach = [], 10 * sound.rate
    for start, end in found:
        for kind, (a, b) in (("in", (start, min(end, start + reach))), ("out", (max(start, end - reach), end))):
            part = np.abs(sound.part(a, b))
            loud = part[:, part.max(axis=0).argmax()]
            peaks = np.flatnonzero((loud[1:-1] >= loud[:-2]) & (loud[1:-1] > loud[2:]) & (loud[1:-1] > threshold)) + 1
            if len(peaks) < 40:
                continue
            heights = loud[peaks]
            level = float(np.median(np.sort(heights)[len(heights) // 2:]))
            full = np.flatnonzero(heights >= 0.995 * level)
            edge = full[0] if kind == "in" else full[-1]
            steady = heights[edge:edge + 40] if kind == "in" else heights[max(0, edge - 39):edge + 1]
            if len(steady) < 40 or np.abs(steady / level - 1).max() > 0.02:
                continue
            ramp = slice(0, edge + 1) if kind == "in" else slice(edge, None)
            begin, stop = (start, a + peaks[edge]) if kind == "in" else (a + peaks[edge] + 1, end)
            reports.append(describe_fade(a + peaks[ramp], np.minimum(heights[ramp] / level, 1), kind, begin, stop) | {"level": round(level, 5)})
    return reports
