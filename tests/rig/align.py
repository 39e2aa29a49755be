"""Compares a recording with its reference: where it starts, and every frame that is missing, inserted or changed.

The reference must not be periodic (speech, noise, a sweep), or slips of whole periods are not found. A slip within silence is found
at the next sound.
"""
import numpy as np
from scipy.signal import oaconvolve

from sound import describe_fade

STEP = 4096
PROBE = 4096


def compare(recording, reference, tolerance, reach):
    rec, ref = recording.part(0, len(recording.samples)), reference.part(0, len(reference.samples))
    if ref.shape[1] != rec.shape[1]:
        ref = np.repeat(ref.mean(axis=1, keepdims=True), rec.shape[1], axis=1)
    anchor = first_match(rec, ref, reach)
    if anchor is None:
        return {"aligned": False}
    offset, gain = anchor
    report = {"aligned": True, "offset": offset, "gain_db": round(20 * np.log10(gain), 3)}
    events, worst, matched, lost = walk(rec, ref * np.float32(gain), offset, tolerance, reach, recording.rate)
    return report | {
        "compared": matched,
        "max_error": float(f"{worst:.3g}"),
        "missing": sum(event["missing"] for event in events),
        "inserted": sum(event["inserted"] for event in events),
        "lost_from": lost,
        "events": events,
    }


def correlate(probe, place):
    """The normalised cross-correlation and the gain of the probe at each frame of `place`, or None if the probe is too quiet."""
    a, b = probe.sum(axis=1), place.sum(axis=1)
    energy = float(np.dot(a, a))
    if len(b) < len(a) or energy < 1e-9:
        return None
    products = oaconvolve(b, a[::-1], "valid")
    squares = np.concatenate(([0], np.cumsum(np.square(b, dtype=np.float64))))
    powers = squares[len(a):] - squares[:-len(a)]
    return products / np.sqrt(energy * np.maximum(powers, energy * 1e-6)), products / energy


def match(probe, place, least):
    """Where in `place` the probe is, or None."""
    found = correlate(probe, place)
    return None if found is None or found[0].max() < least else int(found[0].argmax())


def first_match(rec, ref, reach):
    """The offset (recording minus reference) and gain at the first loud enough part of the reference that is found.

    A passage may occur twice, as a bell's strikes do: of all the places where stretches match, the offset that most of them agree on, to
    within `reach`, counts.
    """
    length = min(1 << 15, len(ref))
    power = np.add.reduceat(np.square(ref.sum(axis=1, dtype=np.float64)), np.arange(0, len(ref), length))
    loud, votes = np.flatnonzero(power > 0.1 * power.max()), []
    for window in np.unique(loud[np.linspace(0, len(loud) - 1, 5).astype(int)]):
        start = min(int(window) * length, len(ref) - length)
        scores, gains = correlate(ref[start:start + length], rec) or (np.zeros(1), None)
        places = []
        while scores.max() >= 0.9 and len(places) < 20:
            at = int(scores.argmax())
            places.append((at - start, float(gains[at])))
            scores[max(0, at - length):at + length] = 0
        votes.append(places)
    everywhere = [offset for places in votes for offset, _ in places]
    if not everywhere:
        return None
    return max((supporters(offset, votes, reach) for offset in everywhere), key=len)[0]


def supporters(offset, votes, reach):
    """For each part that has a place near `offset`, the first such place."""
    near = ((place for place in places if abs(place[0] - offset) <= reach) for places in votes)
    return [place for place in (next(places, None) for places in near) if place]


def walk(rec, ref, offset, tolerance, reach, rate):
    """Follows the reference frame by frame. At a mismatch it looks for where the two meet again."""
    events, worst, matched, at = [], 0.0, 0, 0
    if offset < 0:
        events.append(event("missing", 0, 0, -offset, 0))
        at = -offset
    while at < len(ref):
        piece = rec[at + offset:at + offset + STEP]
        if not len(piece):
            events.append(event("missing", at, at + offset, len(ref) - at, 0))
            break
        both = min(len(piece), len(ref) - at)
        error = np.abs(piece[:both] - ref[at:at + both]).max(axis=1)
        wrong = np.flatnonzero(error > tolerance)
        good = int(wrong[0]) if len(wrong) else len(error)
        worst, matched, at = max(worst, float(error[:good].max(initial=0))), matched + good, at + good
        if not len(wrong):
            continue
        again = meet_again(rec, ref, at, offset, tolerance, reach)
        if again is None:
            return events, worst, matched, at
        resumed, moved = again
        events.append(describe(rec, ref, at, offset, resumed, moved, rate))
        at, offset = resumed, moved
    return events, worst, matched, None


def meet_again(rec, ref, at, offset, tolerance, reach):
    """The earliest frame of the reference from which on the two agree again, and the offset there."""
    ahead = [0] + [1 << n for n in range(6, 24)]
    for skip in (s for s in ahead if s <= reach):
        start = at + skip
        probe = ref[start:start + PROBE]
        if len(probe) < 64:
            break
        low = max(at + offset, start + offset - reach)
        found = match(probe, rec[low:start + offset + reach + PROBE], 0.99)
        candidates = [offset] + ([low + found - start] if found is not None else [])
        for moved in candidates:
            there = rec[start + moved:start + moved + len(probe)]
            if len(there) == len(probe) and np.abs(probe).max() > 10 * tolerance and np.abs(there - probe).max() <= tolerance:
                back = min(start - at, start + moved - (at + offset))
                same = np.abs(rec[start + moved - back:start + moved] - ref[start - back:start]).max(axis=1, initial=0) <= tolerance
                run = int(np.argmin(same[::-1])) if not same.all() else back
                return start - run, moved
    return None


def event(kind, reference, recording, missing, inserted):
    return {"kind": kind, "reference": int(reference), "recording": int(recording), "missing": int(missing), "inserted": int(inserted)}


def describe(rec, ref, at, offset, resumed, moved, rate):
    missing, instead = resumed - at, resumed + moved - at - offset
    there = rec[at + offset:at + offset + instead]
    if not instead:
        return event("missing", at, at + offset, missing, 0)
    zero = not there.any()
    if not missing:
        before = rec[max(0, at + offset - instead):at + offset]
        repeated = len(before) == len(there) and np.abs(before - there).max() <= 1e-6
        return event("gap" if zero else "repeated" if repeated else "inserted", at, at + offset, 0, instead)
    kind = "dropout" if zero and missing == instead else "changed" if missing == instead else "replaced"
    found = event(kind, at, at + offset, missing, instead)
    fades = [gain_curve(rec, ref, at, offset, missing, instead, rate, kind) for kind in ("out", "in")]
    silent = there.shape[0] - np.count_nonzero(there.any(axis=1))
    return found | {"silent": int(silent)} | ({"fades": [f for f in fades if f]} if any(fades) else {})


def gain_curve(rec, ref, at, offset, missing, instead, rate, kind):
    """The fade that leads out of the reference at the start of an event, or back into it at the end."""
    window, frames = max(16, rate // 1000), min(missing, instead)
    if kind == "in":
        at, offset = at + missing - frames, offset + instead - missing
    times, gains = [], []
    for a in range(at, at + frames, window):
        b = min(a + window, at + frames)
        wanted, got = ref[a:b], rec[a + offset:b + offset]
        power = float(np.square(wanted, dtype=np.float64).sum())
        if power < 1e-6 * window:
            continue
        gain = float((wanted.astype(np.float64) * got).sum() / power)
        if np.abs(got - gain * wanted).max() > 0.1 * np.abs(wanted).max():
            gain = np.nan  # not this part of the reference at any gain
        times.append((a + b) / 2)
        gains.append(gain)
    curve = np.array(gains) if kind == "out" else np.array(gains)[::-1]
    ends = np.flatnonzero(~(curve > 1e-4))
    count = int(ends[0]) if len(ends) else len(curve)
    if count < 6 or not len(ends) and kind == "out":
        return None
    part = slice(0, count) if kind == "out" else slice(len(gains) - count, None)
    when, how = np.array(times)[part], np.clip(np.array(gains)[part], 1e-9, 1)
    return describe_fade(when + offset, how, kind, when[0] + offset - window / 2, when[-1] + offset + window / 2)
