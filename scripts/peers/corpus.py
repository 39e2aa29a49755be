"""Generates the audio and the sessions for the measurements, reproducibly with the same encoders.

A folder gets session.toml with its clips and bells, and cues.json, what sounds when (frames at 48 kHz), for programs that read no manifest.
"""
import json
import shutil
import subprocess
import wave
from dataclasses import dataclass

import numpy as np

RATE = 48000
SPEECH_RATE = 22050
SENTENCES = """
Let the feet find the floor, and let the floor do the work of holding.
You might notice where the body leans, and whether it would like to lean less.
There is nothing here to get right, and nothing that has to happen next.
If it feels all right, rest one hand somewhere warm, or leave both where they are.
Perhaps there is a wanting in you just now, for ease, or for somebody to stay.
You can name it quietly, the way one greets a cat that comes into the room.
It does not have to leave, and you do not have to follow it.
Notice one sound that is far away, and then one that is near.
The breath comes by itself, a little different every time.
If the breath is not a friendly place today, the hands are a good place too.
You may stop at any time, and stopping is a whole answer.
Feel the weight of the head, and how the neck has carried it all day.
Some things ache for a long time, and still they can be met with a little warmth.
Look for an edge where the ache is smaller, and rest your attention there.
Perhaps the shoulders can come down by the width of a fingernail.
Whatever you feel, somebody else is feeling it in this same hour.
Let the eyes do what they like, open or closed, or resting on the wall.
Say to yourself, slowly, may I be safe, as far as safety goes today.
If those words sound hollow, hear them as you would hear rain.
Open one hand, close it again, and find out which of the two is kinder.
Now there will be a little quiet, and then you will hear this voice again.
Nothing is asked of you in the quiet, not even to be quiet.
Coming back, you might notice the light in the room, and where it falls.
Before you rise, take as much time as you would give to an old friend.
""".strip().splitlines()
BELLS = {  # fundamental in Hz, seconds for the lowest partial to fall by 60 dB
    "low": (174.0, 12.0),
    "middle": (261.0, 10.0),
    "high": (522.0, 7.0),
}


@dataclass
class Size:
    seconds: int
    clips: int
    sentences: int
    strikes: int


SIZES = {"minute": Size(60, 2, 2, 1), "session": Size(1200, 24, 4, 3), "long": Size(36000, 1000, 4, 3)}


def write_wav(path, samples, rate):
    """Converts float frames × channels to 16-bit PCM."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, **options)


def narrate(number, sentences, folder):
    """Writes a clip whose length is a multiple of 20 ms, a whole number of frames at any usual rate. Returns (file, text, frames at 48 kHz)."""
    text = " ".join(SENTENCES[(number * 5 + k * (1 + number % 3)) % len(SENTENCES)] for k in range(sentences))
    plain, clip = folder / "speech.wav", folder / f"clip-{number + 1:02}.ogg"
    run("espeak-ng", "-v", "en-us", "-s", "130", "-w", plain, "--stdin", input=text.encode())
    with wave.open(str(plain)) as file:
        speech = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        assert file.getframerate() == SPEECH_RATE and len(speech), "espeak-ng spoke at another rate, or not at all"
    speech = np.trim_zeros(speech)
    speech = np.append(speech, np.zeros(-len(speech) % 441, np.int16))
    write_wav(plain, speech[:, None] / 32767, SPEECH_RATE)
    run("oggenc", "-Q", "-q", "5", "-s", number + 1, "-o", clip, plain)
    plain.unlink()
    return clip.name, text, len(speech) // 441 * 960


def strike(name, folder):
    """Returns a struck bell: inharmonic partials with a slow beat between left and right and individual decay times."""
    pitch, decay = BELLS[name]
    t = np.arange(round(decay * RATE)) / RATE
    sound = np.zeros((len(t), 2))
    for ratio, loud, fall in ((1, 1, 1), (2.71, 0.5, 0.6), (5.18, 0.25, 0.35), (8.33, 0.1, 0.2)):
        for side, beat in ((0, -0.35), (1, 0.35)):
            sound[:, side] += loud * 10 ** (-3 * t / (decay * fall)) * np.sin(2 * np.pi * (pitch * ratio + beat) * t)
    attack, release = round(0.003 * RATE), round(0.5 * RATE)
    sound[:attack] *= np.linspace(0, 1, attack)[:, None]
    sound[-release:] *= np.linspace(1, 0, release)[:, None]
    write_wav(folder / "bell.wav", 0.15 * sound, RATE)
    run("flac", "-s", "-f", "-8", "-o", folder / f"bell-{name}.flac", folder / "bell.wav")
    (folder / "bell.wav").unlink()
    return len(t)


class Session:
    """Writes a manifest, and returns its cues."""

    def __init__(self, title):
        self.text = [f'format = 1\ntitle = "{title}"\nlanguage = "en"\nlicense = "CC0-1.0"']
        self.cues, self.at = [], 0

    def segment(self, frames, **keys):
        value = lambda v: str(v) if isinstance(v, int) else json.dumps(v)
        self.text.append("[[segment]]\n" + "\n".join(f"{key} = {value(v)}" for key, v in keys.items()))
        self.at += frames

    def cue(self, name, start, frames):
        self.cues.append({"file": name, "start": start, "frames": frames})

    def say(self, number, clip, text, frames):
        self.cue(clip, self.at, frames)
        self.segment(frames, id=f"part-{number + 1}", say=text, clip=clip)

    def ring(self, name, length, strikes, hold):
        for n in range(strikes):
            self.cue(f"bell-{name}.flac", self.at + n * 12 * RATE, length)
        self.segment((strikes - 1) * 12 * RATE + hold * RATE, bell=name, strikes=strikes, every="12s", hold=f"{hold}s")

    def rest(self, frames):
        self.segment(frames, silence=f"{frames * 1000 // RATE}ms")

    def write(self, folder):
        (folder / "session.toml").write_text("\n\n".join(self.text) + "\n")
        end = max([self.at] + [cue["start"] + cue["frames"] for cue in self.cues])
        cues = {"rate": RATE, "frames": self.at, "end": end, "cues": self.cues}
        (folder / "cues.json").write_text(json.dumps(cues, indent=1) + "\n")


def make_session(folder, size):
    voices = [narrate(n, size.sentences, folder) for n in range(min(size.clips, 24))]
    bells = {name: strike(name, folder) for name in BELLS}
    clips = [voices[n % len(voices)] for n in range(size.clips)]
    if size.clips > len(voices):
        for n, (name, text, frames) in enumerate(clips):
            clips[n] = f"clip-{n + 1:04}.ogg", text, frames
            shutil.copyfile(folder / name, folder / clips[n][0])
        for name, _, _ in voices:
            (folder / name).unlink()
    session = Session(f"{size.clips} clips in {size.seconds} seconds")
    session.text += [f'[bell.{name}]\nclip = "bell-{name}.flac"' for name in BELLS]
    ringing = (2 * (size.strikes - 1) * 12 + 8 + 8 + 12) * RATE
    quiet = size.seconds * RATE - ringing - sum(frames for _, _, frames in clips)
    assert quiet > 0, "the clips leave no room for silence"
    shares = [(n + 1) * quiet // len(clips) // 48 * 48 for n in range(-1, len(clips))]
    session.ring("low", bells["low"], size.strikes, 8)
    for n, clip in enumerate(clips):
        session.say(n, *clip)
        session.rest(shares[n + 1] - shares[n])
        if n + 1 == len(clips) // 2:
            session.ring("middle", bells["middle"], 1, 8)
    session.ring("high", bells["high"], size.strikes, 12)
    assert abs(session.at - size.seconds * RATE) < 48
    session.write(folder)


def make_tone(folder):
    """Writes a session with a minute of a steady tone of 1 kHz at −12 dBFS from its first frame on, for measuring starts and pauses."""
    tone = 0.25 * np.sin(2 * np.pi * 1000 * np.arange(60 * RATE) / RATE)
    write_wav(folder / "tone.wav", np.stack([tone, tone], 1), RATE)
    run("flac", "-s", "-f", "-o", folder / "tone.flac", folder / "tone.wav")
    session = Session("A steady tone")
    session.say(0, "tone.flac", "A steady tone.", 60 * RATE)
    session.write(folder)


def make(corpus):
    """Returns the folders of all sessions, inside a folder that is kept between runs."""
    for name, size in SIZES.items():
        made(corpus / name, lambda folder: make_session(folder, size))
    made(corpus / "tone", make_tone)


def made(folder, make):
    """Creates a file under a temporary name, and renames it when it is complete."""
    if folder.is_dir():
        return
    unfinished = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    make(unfinished)
    unfinished.rename(folder)
