"""The words of a line, as spoken and as transcribed by a recogniser."""

import re

# A word with its pronunciation in the International Phonetic Alphabet: `[word](/phonemes/)`.
PRONUNCIATION = re.compile(r"\[([^\]]+)\]\((/[^)]*/)\)")
BELOW_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
# The entries 0 and 1 are never used.
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = {
    "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth", "6th": "sixth", "7th": "seventh", "8th": "eighth",
    "9th": "ninth", "10th": "tenth",
}
# Words that recognisers spell differently from the sessions.
SPELLINGS = {
    "colour": "color", "grey": "gray", "favour": "favor", "neighbour": "neighbor", "harbours": "harbors", "centre": "center",
    "alright": "all right", "ok": "okay", "learnt": "learned", "towards": "toward", "practise": "practice",
}


def without_pronunciations(text):
    """Returns the text as it is displayed."""
    return PRONUNCIATION.sub(r"\1", text)


def number_words(digits):
    """Returns a number below a thousand in words, and a larger one unchanged."""
    number = int(digits)
    if number < 20:
        return BELOW_TWENTY[number]
    if number < 100:
        return f"{TENS[number // 10]} {BELOW_TWENTY[number % 10] if number % 10 else ''}"
    if number < 1000:
        return f"{BELOW_TWENTY[number // 100]} hundred {number_words(number % 100) if number % 100 else ''}"
    return digits


def spoken_words(text):
    """Returns the normalised words of a text: lower case, numbers in letters, no punctuation."""
    text = without_pronunciations(text).lower().replace("’", "'").replace("%", " percent ")
    text = re.sub(r"\b\d+(?:st|nd|rd|th)\b", lambda found: ORDINALS.get(found[0], found[0]), text)
    text = re.sub(r"\d+", lambda found: f" {number_words(found[0])} ", text)
    words = [word.strip("'") for word in re.findall(r"[^\W_]+(?:'[^\W_]+)*", text)]
    return " ".join(SPELLINGS.get(word, word) for word in words).split()


def word_errors(expected, heard):
    """Returns the edit distance in words. A compound transcribed as two words, or the reverse, is not an error."""
    rows = [[0] * (len(heard) + 1) for _ in range(len(expected) + 1)]
    for i in range(len(expected) + 1):
        for j in range(len(heard) + 1):
            if i == 0 or j == 0:
                rows[i][j] = i + j
                continue
            costs = [rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (expected[i - 1] != heard[j - 1])]
            if i > 1 and expected[i - 2] + expected[i - 1] == heard[j - 1]:
                costs.append(rows[i - 2][j - 1])
            if j > 1 and heard[j - 2] + heard[j - 1] == expected[i - 1]:
                costs.append(rows[i - 1][j - 2])
            rows[i][j] = min(costs)
    return rows[-1][-1]
