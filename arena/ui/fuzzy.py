"""Finding words by a few of their letters."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Match:
    """How well a text fits, larger is better, and which of its characters were meant."""

    score: float
    positions: tuple[int, ...]


def fuzzy_match(query: str, text: str) -> Match | None:
    """All words of the query must occur in the text in any order, each as a run or letter by letter.

    Runs count more than scattered letters, starts of words more than their insides.
    """
    folded = text.casefold()
    if len(folded) != len(text):
        folded = text.lower()
    score = 0.0
    positions: list[int] = []
    for word in query.casefold().split():
        found = _find_word(word, folded)
        if found is None:
            return None
        score += found.score
        positions.extend(found.positions)
    return Match(score - len(text) * 0.01, tuple(sorted(set(positions))))


def _find_word(word: str, text: str) -> Match | None:
    at = text.find(word)
    best = at
    while at >= 0:
        if at == 0 or not text[at - 1].isalnum():
            return Match(10.0 * len(word) + (5 if at == 0 else 3), tuple(range(at, at + len(word))))
        at = text.find(word, at + 1)
    if best >= 0:
        return Match(8.0 * len(word), tuple(range(best, best + len(word))))
    return _find_letters(word, text)


def _find_letters(word: str, text: str) -> Match | None:
    positions: list[int] = []
    start = 0
    for letter in word:
        at = text.find(letter, start)
        if at < 0:
            return None
        positions.append(at)
        start = at + 1
    spread = positions[-1] - positions[0] + 1
    return Match(3.0 * len(word) * len(word) / spread, tuple(positions)) if spread <= 3 * len(word) else None
