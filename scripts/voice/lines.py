"""The lines of the sessions, and the sources of their recordings."""

import hashlib
import json
import re
import tomllib
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path

from .text import PRONUNCIATION

ROOT = Path(__file__).resolve().parents[2]
SESSIONS = ROOT / "sessions"
AUDIO = ROOT / "audio"
# The folder of the announcements of silences, which is treated like a session.
ANNOUNCEMENTS = "time"
# The method of recordings that a person made, as stored in lines.toml.
OWN_VOICE = "a person's own voice"
# Increase this when the same style would give different samples.
VERSION = 1


def read_toml(path):
    with open(path, "rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True)
class Line:
    """A line: the path of its clip within a narrator's folder, and its text."""

    clip: str
    text: str

    @property
    def spoken_text(self):
        """Returns the text with pronunciations and respellings inserted."""
        return respell(self.clip, " ".join(self.text.split()))


@cache
def respellings():
    table = read_toml(Path(__file__).with_name("respell.toml"))
    return {word.lower(): value for word, value in table["words"].items()}, table["lines"]


def respell(clip, text):
    words, whole_lines = respellings()
    if clip in whole_lines:
        return whole_lines[clip]
    if not words:
        return text

    def respelled(found):
        value = words[found[0].lower()]
        # Kokoro's markup for phonemes: `[word](/phonemes/)`.
        return f"[{found[0]}]({value})" if value.startswith("/") else value

    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b", re.IGNORECASE)
    # Words with an explicit pronunciation keep it.
    pieces, end = [], 0
    for known in PRONUNCIATION.finditer(text):
        pieces += [pattern.sub(respelled, text[end : known.start()]), known[0]]
        end = known.end()
    return "".join([*pieces, pattern.sub(respelled, text[end:])])


@dataclass(frozen=True)
class SpeakingStyle:
    """A speaking style, as described in narrators.toml.

    `mix` holds the shares of voices, and `speed` is relative to the recordings that they were trained on. `pace` is the minimum and maximum
    number of words per minute, `pause` the shortest and longest pause between sentences, and `clause` the extension of a pause at a comma,
    both in seconds. The names of the fields are part of the digests.
    """

    mix: dict
    speed: float
    pace: tuple
    pause: tuple
    clause: tuple

    def varied(self, variation):
        """Returns this style with another speed, and a share of the first voice moved from or to the others."""
        first, *others = self.mix
        mix = dict(self.mix)
        if others:
            mix[first] = round(mix[first] + variation.share, 4)
            for other in others:
                mix[other] = round(mix[other] - variation.share / len(others), 4)
        return replace(self, mix=mix, speed=round(self.speed * variation.speed, 4))


@dataclass(frozen=True)
class Variation:
    """A change of a style that makes a line sound better or easier to understand."""

    speed: float = 1.0
    share: float = 0.0


@dataclass(frozen=True)
class Narrator:
    name: str
    style: SpeakingStyle
    min_mos: float
    folder: str = ""

    def digest(self, line):
        """Returns a digest of everything a recording is made from. When it changes, the line must be spoken again."""
        inputs = [VERSION, line.spoken_text, asdict(self.style), self.min_mos]
        return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def method(self):
        """Returns a description of how this narrator's recordings are made."""
        mix = " + ".join(f"{share:.0%} {name}" for name, share in self.style.mix.items())
        # hibari is a network of its own, not a voice of Kokoro.
        model = "" if "hibari" in self.style.mix else "Kokoro-82M, "
        return f"{model}{mix}, speed {self.style.speed}"


@cache
def narrators():
    """Returns every narrator by name; the default narrator comes first."""
    table = read_toml(Path(__file__).with_name("narrators.toml"))
    found = {}
    for name, entry in table.items():
        style = SpeakingStyle(entry["mix"], entry["speed"], *(tuple(entry[range]) for range in ("pace", "pause", "clause")))
        found[name] = Narrator(name, style, entry["min_mos"], entry.get("folder", ""))
    return found


@dataclass
class Record:
    """The content of the lines.toml beside the recordings of a session."""

    # How the recordings were made: a narrator's method, or OWN_VOICE.
    method: str = ""
    gain_db: float | None = None
    # The fingerprint of each clip's words.
    clips: dict = field(default_factory=dict)
    # The digest and the variation of each clip, if it was synthesised.
    takes: dict = field(default_factory=dict)

    @staticmethod
    def read(path):
        if not path.exists():
            return Record()
        table = read_toml(path)
        takes = {clip: (take["of"], Variation(take["speed"], take["share"])) for clip, take in table.get("takes", {}).items()}
        return Record(table.get("way", ""), table.get("gain_db"), table.get("clips", {}), takes)

    def write(self, path):
        rows = [
            "# Written by scripts/narrate: each recording, and the 64-bit FNV-1a hash of its words.",
            "# scripts/narrate --keep adds a person's own recordings.",
            f'way = "{self.method}"',
            f"gain_db = {self.gain_db or 0.0:.2f}",
            "",
            "[clips]",
            *(f'"{clip}" = "{digits}"' for clip, digits in self.clips.items()),
        ]
        if self.takes:
            rows += ["", "# What each was made from, and how it differs from the narrator's usual style.", "[takes]"]
            for clip, (digest, variation) in self.takes.items():
                rows.append(f'"{clip}" = {{ of = "{digest}", speed = {variation.speed}, share = {variation.share} }}')
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Library:
    """The sessions of a folder, and the recordings of one narrator in another."""

    narrator: Narrator
    sessions: Path = SESSIONS
    audio: Path = AUDIO

    @property
    def folder(self):
        return self.audio / self.narrator.folder

    def names(self):
        """Returns the names of the sessions with lines to record, followed by the announcements."""
        names = [path.stem for path in sorted(self.sessions.glob("*.toml"))]
        if (AUDIO / ANNOUNCEMENTS).is_dir():
            names.append(ANNOUNCEMENTS)
        return [name for name in names if self.lines(name)]

    def recorded_sessions(self):
        """Returns the sessions with recordings in this narrator's folder."""
        return [name for name in self.names() if self.record_path(name).exists()]

    def lines(self, name):
        """Returns every line of a session that has both words and a clip, each clip once, in the order of the manifest."""
        if name == ANNOUNCEMENTS:
            path, tables = AUDIO / name / "announce.toml", ("announce",)
        else:
            path, tables = self.sessions / f"{name}.toml", ("announce", "segment", "soften", "exit")
        session, texts_by_clip = read_toml(path), {}
        for table in tables:
            for segment in segments(session.get(table, [])):
                for line in (segment, segment.get("instead", {})):
                    if "clip" not in line or "say" not in line:
                        continue
                    clip, text = line["clip"], line["say"].strip()
                    if not clip.startswith(f"{name}/") or ".." in clip:
                        raise SystemExit(f"{path}: its recordings must be in {name}/, and {clip} is not")
                    if texts_by_clip.setdefault(clip, text) != text:
                        raise SystemExit(f"{path}: {clip} has two different texts")
        return [Line(clip, text) for clip, text in texts_by_clip.items()]

    def path(self, line):
        return self.folder / line.clip

    def record_path(self, name):
        return self.folder / name / "lines.toml"

    def record(self, name):
        return Record.read(self.record_path(name))

    def stale(self, name, record):
        """Returns the lines whose recording is missing, has other words, or was spoken in another style."""
        found = []
        for line in self.lines(name):
            is_current = record.clips.get(line.clip) == fingerprint(line.text)
            if record.method != OWN_VOICE:
                is_current = is_current and record.takes.get(line.clip, ("",))[0] == self.narrator.digest(line)
            if not is_current or not self.path(line).is_file():
                found.append(line)
        return found

    def unused_recordings(self, name):
        """Returns the recordings that no line refers to."""
        named = {self.path(line) for line in self.lines(name)}
        files = sorted((self.folder / name).glob("*"))
        return [path for path in files if path.is_file() and path not in named and path.suffix != ".toml"]


def segments(tables):
    for table in tables:
        yield table
        yield from segments(table.get("part", []))


def fingerprint(text):
    """Returns the 64-bit FNV-1a hash of the words in hexadecimal. FNV-1a, so that the test in Rust needs no hashing crate."""
    value = 0xCBF29CE484222325
    for byte in text.strip().encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"
