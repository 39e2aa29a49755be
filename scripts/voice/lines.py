"""The lines of a session, and which text each recording was made from."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SESSIONS = ROOT / "sessions"
AUDIO = ROOT / "audio"


@dataclass(frozen=True)
class Line:
    """One recording: its path under audio/, and the words that it says."""

    clip: str
    text: str

    @property
    def path(self):
        return AUDIO / self.clip


def names():
    """The names of all sessions."""
    return sorted(path.stem for path in SESSIONS.glob("*.toml"))


def manifest(name):
    with open(SESSIONS / f"{name}.toml", "rb") as file:
        return tomllib.load(file)


def segments(tables):
    for table in tables:
        yield table
        yield from segments(table.get("part", []))


def lines(name):
    """Every line of a session that has both words and a recording, each recording once, in the order of the manifest."""
    session = manifest(name)
    spoken = {}
    for section in ("segment", "soften", "exit"):
        for segment in segments(session.get(section, [])):
            for said in (segment, segment.get("instead", {})):
                if "clip" not in said or "say" not in said:
                    continue
                clip, text = said["clip"], said["say"].strip()
                if not clip.startswith(f"{name}/") or ".." in clip:
                    raise SystemExit(f"sessions/{name}.toml: a recording of it belongs in {name}/, and {clip} is not there")
                if spoken.setdefault(clip, text) != text:
                    raise SystemExit(f"sessions/{name}.toml: {clip} would have to say two things")
    return [Line(clip, text) for clip, text in spoken.items()]


def fingerprint(text):
    """FNV-1a of the words, 64 bits in hexadecimal: short enough for any test to compute without a library."""
    value = 0xCBF29CE484222325
    for byte in text.strip().encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


@dataclass
class Record:
    """What audio/NAME/lines.toml holds: how the clips were made, their common gain, and the fingerprint of each one's words."""

    way: str = ""
    gain_db: float | None = None
    clips: dict | None = None

    @staticmethod
    def of(name):
        path = AUDIO / name / "lines.toml"
        if not path.exists():
            return Record(clips={})
        with open(path, "rb") as file:
            table = tomllib.load(file)
        return Record(table.get("way", ""), table.get("gain_db"), table.get("clips", {}))

    def write(self, name):
        rows = [
            "# Written by scripts/narrate: each recording, and the FNV-1a (64 bits) of the words it says.",
            "# A person's own recording belongs here too: scripts/narrate --keep takes it in.",
            f'way = "{self.way}"',
            f"gain_db = {self.gain_db:.2f}",
            "",
            "[clips]",
            *(f'"{clip}" = "{mark}"' for clip, mark in self.clips.items()),
        ]
        (AUDIO / name / "lines.toml").write_text("\n".join(rows) + "\n")


def stale(name, record):
    """The lines whose recording is missing or says other words."""
    return [line for line in lines(name) if not line.path.is_file() or record.clips.get(line.clip) != fingerprint(line.text)]


def strays(name):
    """Recordings that no line names."""
    named = {line.path for line in lines(name)} | {AUDIO / name / "lines.toml"}
    return sorted(path for path in (AUDIO / name).glob("*") if path not in named)
