"""Speaks lines with Kokoro-82M."""

import re
import zlib
from dataclasses import dataclass

import numpy
from hibari import Hibari

from . import model
from .environment import VOICES
from .text import spoken_words

RATE = 24_000
# In place of a Kokoro voice: the program's own voice, a small network trained on af_heart. It speaks each sentence separately.
BUILT_IN = "hibari"
# The network's durations are in steps of this many samples.
STEP = 600
# The maximum input of the network is 512 tokens.
LONGEST = 500
# The level of silence, relative to the peak.
SILENCE = 10 ** (-50 / 20)
# The margin kept before the first and after the last sound, in seconds.
MARGIN = 0.04
# The factor for a pause after these inside a sentence, relative to one at a comma.
CLAUSE_ENDS = {",": 1.0, ";": 1.5, ":": 1.5, "—": 1.5, "…": 1.5}
# Before the first sound the network often puts a breath or a murmur, which is heard as a word. This far before the first
# token's start, in seconds, nothing of the first word can be heard yet; a fade of this length ends there.
PRELUDE, PRELUDE_FADE = 0.06, 0.06
# Where a gap of this length is below this level, relative to the peak, what comes before it is such a murmur.
GAP, GAP_LEVEL = 0.03, 10 ** (-42 / 20)
# The maximum change of a line's speed for reaching its pace.
SLOWER, FASTER = 0.95, 1.06
# The built-in voice speaks short lines fast, and remains clear when it is slowed down further.
BUILT_IN_SLOWER = 0.72


@dataclass
class Piece:
    """A clause or a sentence, which is spoken without an additional pause."""

    samples: numpy.ndarray
    # What it ends with: one of CLAUSE_ENDS, or "" at the end of a sentence.
    end: str = ""


def loudest(samples):
    return numpy.abs(samples).max()


def powers(samples, width):
    """Returns the mean power of each window of this many samples, starting at every sample."""
    sums = numpy.cumsum(numpy.concatenate([[0.0], samples.astype(numpy.float64) ** 2]))
    return (sums[width:] - sums[:-width]) / width


def faded(samples, seconds):
    """Returns the samples with both ends faded."""
    samples = samples.copy()
    ramp = numpy.sin(numpy.linspace(0, numpy.pi / 2, int(seconds * RATE), dtype=numpy.float32)) ** 2
    samples[: len(ramp)] *= ramp
    samples[-len(ramp) :] *= ramp[::-1]
    return samples


def trimmed(samples):
    """Returns the samples without the silence at either end."""
    loud = numpy.flatnonzero(numpy.abs(samples) > SILENCE * loudest(samples))
    margin = int(MARGIN * RATE)
    return faded(samples[max(0, loud[0] - margin) : loud[-1] + margin], MARGIN / 2)


def without_prelude(samples, start):
    """The samples with silence in place of what is heard before the first word, whose token begins at `start`."""
    limit, width = max(0, start - int(PRELUDE * RATE)), int(GAP * RATE)
    quiet = numpy.flatnonzero(powers(samples[: limit + width], width) < (GAP_LEVEL * loudest(samples)) ** 2)
    gap_end = quiet[-1] + width if len(quiet) else 0
    # After a gap, the burst of a consonant needs its edge; without one, the murmur goes over into the word.
    begin, end = max((gap_end - RATE // 100, gap_end), (limit - int(PRELUDE_FADE * RATE), limit))
    begin, samples = max(0, begin), samples.copy()
    samples[:begin] = 0
    samples[begin:end] *= numpy.sin(numpy.linspace(0, numpy.pi / 2, end - begin, dtype=numpy.float32)) ** 2
    return samples


def quietest(samples, start, end):
    """Returns the middle of the quietest hundredth of a second in a range, and its level (RMS)."""
    width = RATE // 100
    start = max(0, start)
    levels = powers(samples[start:end], width)
    if not len(levels):
        return start, numpy.inf
    place = int(levels.argmin())
    return start + place + width // 2, float(levels[place]) ** 0.5


class Kokoro:
    def __init__(self):
        self.front, self.model, self.voices = Hibari(), model.load(), {}

    def voice(self, name):
        """Returns a voice's styles, one row for each number of phonemes."""
        if name not in self.voices:
            self.voices[name] = numpy.fromfile(VOICES / f"{name}.bin", dtype="<f4").reshape(-1, 256)
        return self.voices[name]

    def style(self, mix, phonemes):
        """Returns the weighted mean of the voices in `mix`, for this many phonemes."""
        rows = [share * self.voice(name)[min(phonemes, 510) - 1] for name, share in mix.items()]
        return (sum(rows) / sum(mix.values())).astype(numpy.float32).reshape(1, 256)

    def passages(self, text):
        """Returns the phonemes of each sentence, in groups that the network can speak at once. Unknown characters are omitted."""
        groups = [[]]
        for phonemes in self.front.phonemize(re.sub(r"\s+", " ", text.strip())):
            phonemes = "".join(sign for sign in phonemes if sign in self.front.vocab)
            if sum(map(len, groups[-1])) + len(groups[-1]) + len(phonemes) > LONGEST:
                groups.append([])
            groups[-1].append(phonemes)
        return [group for group in groups if group]

    def run(self, phonemes, mix, speed):
        """Returns the samples, the start of each phoneme among them, and the end of the last one."""
        inputs = {
            "tokens": numpy.array([self.front.ids(phonemes)], numpy.int64),
            "style": self.style(mix, len(phonemes)),
            "speed": numpy.array([speed], numpy.float32),
        }
        samples, durations = self.model.run(None, inputs)
        # The first and the last token stand for the start and the end.
        return samples.ravel(), numpy.cumsum(durations.ravel()).astype(int)[:-1] * STEP

    def pieces(self, sentences, mix, speed):
        """Speaks several sentences at once, so that their intonation is coherent, then splits them."""
        if BUILT_IN in mix:
            # The noise is seeded by the words, so that the same line gives the same samples.
            return [Piece(self.front.from_phonemes(sentence, speed, zlib.crc32(sentence.encode()))) for sentence in sentences]
        phonemes = " ".join(sentences)
        samples, starts = self.run(phonemes, mix, speed)
        samples = without_prelude(samples, starts[0])
        ends = numpy.cumsum([len(sentence) + 1 for sentence in sentences]) - 2
        silence, pieces, begin = SILENCE * loudest(samples), [], 0
        for place, sign in enumerate(phonemes[:-1]):
            is_sentence_end = place in ends
            if not is_sentence_end and sign not in CLAUSE_ENDS:
                continue
            # The sound is ahead of the tokens by about a tenth of a second.
            cut, level = quietest(samples, starts[place] - RATE // 10, starts[min(place + 2, len(starts) - 1)])
            # The voice may continue through a comma without a pause.
            if cut > begin and (is_sentence_end or level < silence):
                pieces.append(Piece(samples[begin:cut], "" if is_sentence_end else sign))
                begin = cut
        return [*pieces, Piece(samples[begin:])]

    def line(self, text, style):
        """Speaks a line at its pace: with longer or shorter pauses, and if that is not enough, slower or faster."""
        passages = self.passages(text)
        if not passages:
            raise ValueError(f"nothing can be spoken in {text!r}")
        words, speed = len(spoken_words(text)), style.speed
        slowest, fastest = (60 * words / pace for pace in style.pace)
        pieces = [piece for passage in passages for piece in self.pieces(passage, style.mix, speed)]
        least, most = (len(joined(pieces, style, share)) / RATE for share in (0, 1))
        slower = BUILT_IN_SLOWER if BUILT_IN in style.mix else SLOWER
        change = max(slower, most / fastest) if most < fastest else min(FASTER, least / slowest) if least > slowest else 1
        if change != 1:
            speed = round(speed * change, 4)
            pieces = [piece for passage in passages for piece in self.pieces(passage, style.mix, speed)]
            least, most = (len(joined(pieces, style, share)) / RATE for share in (0, 1))
        wanted = (slowest + fastest) / 2
        share = min(1, max(0, (wanted - least) / (most - least))) if most > least else 0
        return joined(pieces, style, share)


def joined(pieces, style, share):
    """Joins the pieces of a line with pauses between the shortest (0) and the longest (1) that the style allows."""
    pause, clause = (low + share * (high - low) for low, high in (style.pause, style.clause))
    parts, sentence = [], []
    for place, piece in enumerate(pieces):
        sentence.append(faded(piece.samples, 0.004))
        if piece.end:
            sentence.append(numpy.zeros(int(CLAUSE_ENDS[piece.end] * clause * RATE), numpy.float32))
            continue
        parts.append(trimmed(numpy.concatenate(sentence)))
        sentence = []
        if place < len(pieces) - 1:
            parts.append(numpy.zeros(int(pause * RATE), numpy.float32))
    return numpy.concatenate(parts)
