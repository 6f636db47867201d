"""Blackjack-v1: come closer to 21 than the dealer, but not above it (Sutton and Barto, 2018, example 5.1).

Gymnasium's rules and cards: an endless deck; an ace counts 11 where that busts nobody; the dealer draws to
17. The player's sum, the dealer's open card and whether an ace counts 11 are seen, as one number. A won game
pays 1, a lost one −1, a drawn one 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from arena.api import Discrete, EnvironmentSpec, KeyAction, SeatLook, hookimpl, setting
from arena.drawing.blackjack import Hand, blackjack_table
from arena.toolkit.solo import SoloGame

DECK: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10)
SUITS: Final = "CDHS"
FACES: Final = "JQK"
STICK: Final = 0
HIGHEST: Final = 21
DEALER_STANDS: Final = 17
# Sums (up to 31 where one busts), open cards and usable aces, as Gymnasium counts them.
SEEN: Final = (32, 11, 2)


@dataclass(frozen=True)
class Settings:
    """What Gymnasium lets one choose."""

    sab: bool = setting(True, "Sutton and Barto's rules: an ace and a ten dealt at once beat any other 21")
    natural: bool = setting(False, "Pay 1.5 for a win with an ace and a ten dealt at once; only without sab")


def value(hand: Sequence[int]) -> tuple[int, bool]:
    """The hand's sum, and whether an ace of it counts 11."""
    total = sum(hand)
    usable = 1 in hand and total + 10 <= HIGHEST
    return total + 10 * usable, usable


def is_natural(hand: Sequence[int]) -> bool:
    return sorted(hand) == [1, 10]


class Blackjack(SoloGame[tuple[int, ...]]):
    """The game: stick (0) or take a card (1).

    Its state is the open card's suit, its face (3 for none), how many cards the player has, theirs, and the
    dealer's, of which the first lies open.
    """

    observation_space = Discrete(SEEN[0] * SEEN[1] * SEEN[2])
    action_space = Discrete(2)
    # Nobody can take so many: twenty-two aces are too much.
    step_limit = 21

    def __init__(self, **settings: Any) -> None:
        self._settings = Settings(**settings)
        super().__init__()

    @property
    def player(self) -> tuple[int, ...]:
        return self.state[3 : 3 + self.state[2]]

    @property
    def dealer(self) -> tuple[int, ...]:
        return self.state[3 + self.state[2] :]

    def _card(self) -> int:
        return DECK[int(self.rng.integers(len(DECK)))]

    def start(self) -> tuple[int, ...]:
        dealer = (self._card(), self._card())
        player = (self._card(), self._card())
        suit = int(self.rng.integers(len(SUITS)))
        face = int(self.rng.integers(len(FACES))) if dealer[0] == 10 else len(FACES)
        return (suit, face, 2, *player, *dealer)

    def advance(self, action: Any) -> tuple[tuple[int, ...], float, bool]:
        player, dealer = self.player, self.dealer
        if action == STICK:
            while value(dealer)[0] < DEALER_STANDS:
                dealer = (*dealer, self._card())
            paid, over = self._settled(player, dealer), True
        else:
            player = (*player, self._card())
            over = value(player)[0] > HIGHEST
            paid = -1.0 if over else 0.0
        return (*self.state[:2], len(player), *player, *dealer), paid, over

    def _settled(self, player: tuple[int, ...], dealer: tuple[int, ...]) -> float:
        """What a player who sticks is paid."""
        ours, theirs = (total if total <= HIGHEST else 0 for total, _ in (value(player), value(dealer)))
        paid = float(ours > theirs) - float(ours < theirs)
        if self._settings.sab:
            return 1.0 if is_natural(player) and not is_natural(dealer) else paid
        return 1.5 if self._settings.natural and is_natural(player) and paid == 1.0 else paid

    def observation(self, seat: int) -> int:
        total, usable = value(self.player)
        return (total * SEEN[1] + self.dealer[0]) * SEEN[2] + usable

    def draw(self, surface: Any, looks: Sequence[SeatLook]) -> None:
        suit, face = self.state[:2]
        shown = self.dealer if self.terminated else self.dealer[:1]
        hands = [Hand(cards, *value(cards)) for cards in (shown, self.player)]
        open_card = (SUITS[suit], FACES[face] if face < len(FACES) else "")
        paid = self.rewards()[0] if self.terminated else None
        blackjack_table(surface, looks[0], hands[0], hands[1], open_card, paid)


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="Blackjack-v1",
            title="Blackjack",
            summary="Come closer to 21 than the dealer, but not above it",
            make=Blackjack,
            settings=Settings,
            # The best play loses 0.04 a game, and single games scatter by 0.95: no hundred could prove it.
            solved_at=None,
            training_steps=300_000,
            action_names=("stick", "take a card"),
            keys=(KeyAction("s", 0), KeyAction("h", 1)),
            frames_per_second=1.5,
            tags=("toy text", "cards"),
        )
    ]
