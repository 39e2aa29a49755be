"""What a recogniser makes of a recording, and how far that is from the words."""

import re
import subprocess
import tempfile
from pathlib import Path

MODEL = Path("/usr/share/pocketsphinx/model/en-us")


def heard(paths):
    """The words that pocketsphinx hears in each recording, in their order."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, path in enumerate(paths):
            # Without dither, which is another each time.
            subprocess.run(["sox", "-D", path, "-r", "16000", "-c", "1", "-b", "16", "-e", "signed-integer", "-t", "raw",
                            folder / f"{number}.raw"], check=True, capture_output=True)
        (folder / "list").write_text("".join(f"{number}\n" for number in range(len(paths))))
        subprocess.run(["pocketsphinx_batch", "-hmm", MODEL / "en-us", "-lm", MODEL / "en-us.lm.bin",
                        "-dict", MODEL / "cmudict-en-us.dict", "-adcin", "yes", "-cepdir", folder, "-cepext", ".raw",
                        "-ctl", folder / "list", "-hyp", folder / "words", "-logfn", folder / "log"],
                       check=True, capture_output=True)
        told = (folder / "words").read_text().splitlines()
    # Each line ends with the number of the recording and a score: "words and words (12 -3456)".
    found = {int(line.rsplit("(", 1)[1].split()[0]): line.rsplit("(", 1)[0].split() for line in told}
    return [found.get(number, []) for number in range(len(paths))]


def words(text):
    """The words of a line as a recogniser would write them."""
    return re.findall(r"[a-z']+", text.lower().replace("’", "'"))


def errors(said, understood):
    """How many words were put in, left out or taken for others: the edit distance."""
    row = list(range(len(understood) + 1))
    for i, word in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(understood, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]
