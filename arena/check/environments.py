"""The checks that hold an environment to its contract; one that fails is a fact, never an exception.

    for check in check_environment(spec):
        print("ok  " if check.ok else "FAIL", check.name, check.detail)

They play random games of bounded length in this process: an environment whose own code never returns must
be checked in a process that somebody can end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from arena.api import EnvironmentSpec
from arena.check import announced, handed_out, pictures, playing, saving, vector_states, vectors
from arena.check.plays import sentence
from arena.check.subject import Broken, Subject
from arena.errors import ArenaError

Promise = Callable[[Subject], str]


class Check(msgspec.Struct, frozen=True):
    """One promise and whether it is kept.

    Attributes:
        detail: how it was looked at, or what is wrong, where, and what to do.
    """

    name: str
    ok: bool
    detail: str


# Each promise, and the one without which it can say nothing: it is left out where that one is not kept.
OPENS = announced.it_opens_and_describes_itself
PLAYS = playing.random_games_can_be_played
NUMBERS = handed_out.rewards_and_scores_are_one_number_for_each_seat
REPEATS = playing.the_same_seed_and_actions_give_the_same_game
VECTOR_OPENS = vectors.a_vector_opens_with_the_facts_of_its_game
VECTOR_PLAYS = vectors.a_vector_plays_exactly_as_games_do
PROMISES: tuple[tuple[Promise, Promise | None], ...] = (
    (announced.the_facts_that_it_announces_can_be_used, None),
    (OPENS, None),
    (announced.names_places_and_keys_fit_its_actions, OPENS),
    (PLAYS, OPENS),
    (playing.a_game_is_over_exactly_when_nobody_is_to_move, OPENS),
    (playing.a_game_ends_within_its_step_limit, PLAYS),
    (handed_out.observations_lie_in_the_announced_space, OPENS),
    (handed_out.observations_are_copies_that_may_be_kept, PLAYS),
    (handed_out.masks_allow_something_to_every_seat_to_move, OPENS),
    (NUMBERS, OPENS),
    (handed_out.scores_are_the_return_or_at_the_end_from_0_to_1, NUMBERS),
    (REPEATS, PLAYS),
    (playing.seeds_of_all_ranges_give_games_of_their_own, REPEATS),
    (playing.an_action_that_a_mask_forbids_is_refused_or_loses, PLAYS),
    (playing.a_game_of_perfect_information_is_played_in_turn_and_without_chance, REPEATS),
    (saving.a_restored_game_goes_on_exactly, REPEATS),
    (pictures.pictures_of_every_size_can_be_drawn, PLAYS),
    (pictures.drawing_changes_nothing, REPEATS),
)
OF_VECTORS: tuple[tuple[Promise, Promise | None], ...] = (
    (VECTOR_OPENS, REPEATS),
    (VECTOR_PLAYS, VECTOR_OPENS),
    (vectors.stepping_some_copies_leaves_the_others_alone, VECTOR_PLAYS),
    (vector_states.a_restart_without_seeds_goes_on_with_each_copys_generator, VECTOR_OPENS),
    (vector_states.a_restored_vector_goes_on_exactly, VECTOR_OPENS),
    (vector_states.arrays_that_a_vector_hands_out_may_be_kept, VECTOR_OPENS),
    (vector_states.a_vector_refuses_what_is_not_legal_and_names_the_copy, VECTOR_OPENS),
)


def check_environment(
    spec: EnvironmentSpec, settings: Mapping[str, object] | None = None, seed: int = 0
) -> list[Check]:
    """Checks one environment under these settings (the rest at their defaults).

    Args:
        seed: where the seeds begin that it is played with; the same seed, the same checks.
    """
    subject = Subject(spec, settings or {}, seed)
    kept: dict[Promise, Check] = {}
    for promise, need in (*PROMISES, *(OF_VECTORS if spec.make_vector else ())):
        if need is None or (need in kept and kept[need].ok):
            kept[promise] = _checked(promise, subject)
    kept[it_closes] = _checked(it_closes, subject)
    return list(kept.values())


def it_closes(subject: Subject) -> str:
    subject.close()
    return ""


def _checked(promise: Promise, subject: Subject) -> Check:
    name = promise.__name__.replace("_", " ")
    try:
        return Check(name, True, promise(subject))
    except (Broken, ArenaError) as error:
        return Check(name, False, f"{str(error).removesuffix('.')}.")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - SystemExit too: whatever an environment raises is data
        return Check(name, False, f"It raised {sentence(error)}; mend what raised it.")
