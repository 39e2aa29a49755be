#!/usr/bin/python3 -B
"""Describes a recording, or how it differs from a reference, as one JSON document. All times are in frames."""
import argparse
import json
import math

import numpy as np

import align
import sound as listening

SILENCE = 0.05  # seconds of silence between two sounds
GAP = 0.002  # seconds of digital zero within a sound that are reported
SLIP = 2  # seconds: the longest slip that a comparison looks for
CLICK_FLOOR = -60  # dBFS: smaller steps are no clicks


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recording")
    parser.add_argument("--threshold", type=float, default=-70, metavar="DB", help="the level above which there is sound (default −70 dBFS)")
    parser.add_argument("--click", type=float, default=6, metavar="RATIO", help="how far a click exceeds its surroundings (default 6 times)")
    parser.add_argument("--compare", metavar="REFERENCE", help="align the recording with it, and report what is missing, inserted and changed")
    parser.add_argument("--tolerance", type=float, default=-60, metavar="DB", help="with --compare: how far samples may differ (default −60 dBFS)")
    return parser.parse_args()


def linear(db):
    return 10 ** (db / 20)


def decibels(amplitude):
    return round(20 * math.log10(amplitude), 2) if amplitude > 0 else None


def analyse(sound, options):
    threshold = linear(options.threshold)
    found = listening.sounds(sound, threshold, round(SILENCE * sound.rate))
    first, last = (found[0][0], found[-1][1]) if found else (0, 0)
    peak, not_finite = 0.0, 0
    for _, _, block in sound.blocks():
        finite = np.isfinite(block)
        not_finite += int(block.size - finite.sum())
        peak = max(peak, float(np.abs(block[finite]).max(initial=0)))
    return {
        "rate": sound.rate,
        "channels": int(sound.part(0, 1).shape[1]),
        "frames": len(sound.samples),
        "peak_db": decibels(peak),
        "not_finite": not_finite,
        "onsets": [start for start, _ in found],
        "sounds": [{"start": start, "end": end} for start, end in found],
        "gaps": [{"start": a, "frames": b - a} for a, b in listening.gaps(sound, round(GAP * sound.rate))
                 if first < b and a < last],
        "clicks": [{"frame": n, "height": round(height, 5), "prominence": round(ratio, 1)}
                   for n, height, ratio in listening.clicks(sound, options.click, linear(CLICK_FLOOR))],
        "fades": listening.fades(sound, found, threshold),
    }


def main():
    options = arguments()
    recording = listening.read(options.recording)
    if options.compare:
        reference = listening.read(options.compare)
        if reference.rate != recording.rate:
            raise SystemExit(f"{options.compare} has {reference.rate} Hz, {options.recording} {recording.rate} Hz")
        report = align.compare(recording, reference, linear(options.tolerance), round(SLIP * recording.rate))
    else:
        report = analyse(recording, options)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
