"""Blackjack-v1: come closer to 21 than the dealer, but not above it (Sutton and Barto, 2018, example 5.1).

Gymnasium's rules and cards: an endless deck; an ace counts 11 where that busts nobody; the dealer draws to
17. The player's sum, the dealer's open card and whether an ace counts 11 are seen, as one number. A won game
pays 1, a lost one −1, a drawn one 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from arena.api import Array, Copies, Discrete, EnvironmentSpec, KeyAction, SeatLook, Space, hookimpl, setting
from arena.drawing.blackjack import Hand, blackjack_table
from arena.toolkit.solo import SoloGame, SoloVector
from arena.toolkit.whole_draws import WholeDraws

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


class BlackjackVector(SoloVector):
    """Copies of the game.

    The state's variables are, of the player and then of the dealer, the sum with aces as 1, whether there
    is an ace, and how many cards there are; and the dealer's open card.
    """

    observation_space: Space = Blackjack.observation_space
    action_space: Space = Blackjack.action_space
    step_limit: int | None = Blackjack.step_limit
    variables = 7
    kind = np.int64

    def __init__(self, size: int, **settings: Any) -> None:
        self._settings = Settings(**settings)
        self._cards = WholeDraws(size)
        self._all = np.arange(size)
        super().__init__(size)

    def reset(self, copies: Copies, seeds_N: Array | None = None) -> None:
        if seeds_N is not None:
            self._cards.seed(copies, seeds_N)
        super().reset(copies)

    def start(self, copies: Copies) -> Array:
        first_N, second_N, third_N, fourth_N = (self._card(copies) for _ in range(4))
        # The open card's suit and face are drawn with the cards, and seen only in the picture.
        self._cards.below(copies, len(SUITS))
        self._cards.below(self._all[copies][first_N == 10], len(FACES))
        two_N = np.full_like(first_N, 2)
        player = third_N + fourth_N, (third_N == 1) | (fourth_N == 1), two_N
        dealer = first_N + second_N, (first_N == 1) | (second_N == 1), two_N
        return np.array([*player, *dealer, first_N])

    def advance(self, copies: Copies, state_VN: Array, actions_N: Array) -> tuple[Array | float, Array]:
        copies_N = self._all[copies]
        player_VN, dealer_VN = state_VN[:3], state_VN[3:6]
        sticks_N = actions_N == STICK
        self._take(copies_N, player_VN, np.flatnonzero(~sticks_N))
        drawing = np.flatnonzero(sticks_N)
        while len(drawing := drawing[values(dealer_VN[:, drawing])[0] < DEALER_STANDS]):
            self._take(copies_N, dealer_VN, drawing)
        bust_N = player_VN[0] > HIGHEST
        paid_N = np.where(sticks_N, self._settled(player_VN, dealer_VN), np.where(bust_N, -1.0, 0.0))
        return paid_N, sticks_N | bust_N

    def _card(self, copies: Copies) -> Array:
        cards_N: Array = np.minimum(self._cards.below(copies, len(DECK)) + 1, 10)
        return cards_N

    def _take(self, copies_N: Array, hand_VN: Array, takers: Array) -> None:
        cards = self._card(copies_N[takers])
        hand_VN[0, takers] += cards
        hand_VN[1, takers] |= cards == 1
        hand_VN[2, takers] += 1

    def _settled(self, player_VN: Array, dealer_VN: Array) -> Array:
        """What those who stick are paid."""
        ours_N, theirs_N = (
            np.where(total_N <= HIGHEST, total_N, 0) for total_N, _ in (values(player_VN), values(dealer_VN))
        )
        paid_N: Array = np.sign(ours_N - theirs_N).astype(np.float64)
        if self._settings.sab:
            paid_N[are_natural(player_VN) & ~are_natural(dealer_VN)] = 1.0
        elif self._settings.natural:
            paid_N[are_natural(player_VN) & (paid_N == 1.0)] = 1.5
        return paid_N

    def seen(self, copies: Copies, state_VN: Array) -> Array:
        total_N, usable_N = values(state_VN)
        seen_N: Array = (total_N * SEEN[1] + state_VN[6]) * SEEN[2] + usable_N
        return seen_N

    def snapshot(self) -> dict[str, Any]:
        return {**super().snapshot(), "cards": self._cards.snapshot()}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        super().restore(snapshot)
        self._cards.restore(snapshot["cards"])


def values(hand_VN: Array) -> tuple[Array, Array]:
    """`value` of many hands, given as sum, ace and number of cards."""
    usable_N = (hand_VN[1] > 0) & (hand_VN[0] + 10 <= HIGHEST)
    return hand_VN[0] + 10 * usable_N, usable_N


def are_natural(hand_VN: Array) -> Array:
    """`is_natural` of many hands, given as `values` takes them."""
    natural_N: Array = (hand_VN[2] == 2) & (hand_VN[1] > 0) & (hand_VN[0] == 11)
    return natural_N


@hookimpl
def register_environments() -> list[EnvironmentSpec]:
    return [
        EnvironmentSpec(
            id="Blackjack-v1",
            title="Blackjack",
            summary="Come closer to 21 than the dealer, but not above it",
            make=Blackjack,
            make_vector=BlackjackVector,
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
