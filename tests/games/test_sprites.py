"""What makes frames cheap without changing them: sprites, caches with a bound, canvases that are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pygame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.api import Discrete, EnvironmentSpec, Game, SeatLook
from arena.drawing import fonts, sprites
from arena.drawing.elements import Part, bounds, rasterised
from arena.drawing.picture import Picture, Sketch
from arena.drawing.recent import Recent
from arena.drawing.stage import Frame, new_frame, rows, show_picture
from arena.games.game import open_game
from tests.games.shipped import SPECS

LOOKS = [
    SeatLook((67, 166, 223), "circle"),
    SeatLook((236, 173, 74), "triangle-up"),
    SeatLook((76, 222, 173), "square"),
    SeatLook((234, 109, 168), "diamond"),
]
places = st.floats(-40, 140)


def kept_frame(width: int, height: int) -> Frame:
    return Frame(memoryview(bytearray(width * height * 4)), width, height, pictures_only=True)


def seen(surface: pygame.Surface) -> Any:
    height, width = surface.get_height(), surface.get_width()
    return np.frombuffer(rows(surface), np.uint8).reshape(height, width, 3).astype(int)


def fresh(scene: Picture, width: int, height: int) -> Any:
    frame = new_frame(width, height)
    scene.paint(frame)
    return seen(frame)


def as_one_drawing(draw: Callable[[Picture], Any], width: int, height: int) -> Any:
    """The scene without sprites: rasterised as a whole, as a backdrop is."""
    whole = Picture(100, 100)
    whole.backdrop(object(), draw)
    return fresh(whole, width, height)


@settings(deadline=None, max_examples=40)
@given(
    at=st.tuples(places, places),
    turned=st.floats(-400, 400),
    size=st.sampled_from([(100, 100), (150, 90), (230, 310)]),
    opacity=st.sampled_from([1.0, 0.6]),
)
def test_a_sprite_looks_like_the_drawing_wherever_it_is_and_however_it_is_turned(
    at: tuple[float, float], turned: float, size: tuple[int, int], opacity: float
) -> None:
    def draw(scene: Picture) -> None:
        with scene.placed(at, turned, opacity):
            scene.rect((-12, -8), (30, 16), "#C08040", radius=3)
        with scene.placed((50, 50), -turned / 3):
            scene.path("M-20 0 q10 -14 20 0 t20 0 L0 24 Z", "#4080C0", line="#90C0F0", thick=1.5)
        scene.lines([(10, 12), at], "#60A060", 3)
        scene.circle(at, 4, "none", line="#A06060", thick=2)

    scene = Picture(100, 100)
    draw(scene)
    apart = np.abs(fresh(scene, *size) - as_one_drawing(draw, *size))
    # Edges may lie half a pixel elsewhere, areas may not.
    assert apart.mean() < 0.7
    assert (apart.max(2) > 24).mean() < 0.03
    assert apart.max() < 170


def test_a_group_fades_as_a_whole() -> None:
    scene = Picture(100, 100, ("#000000", "#000000"))
    with scene.placed((50, 50), opacity=0.5):
        scene.rect((-30, -30), (60, 60), "#C80000")
        scene.rect((-10, -10), (20, 20), "#00C800")
    picture = fresh(scene, 100, 100)
    assert np.abs(picture[30, 30] - (100, 0, 0)).max() <= 1
    assert np.abs(picture[50, 50] - (0, 100, 0)).max() <= 1  # nothing red shines through


def test_groups_inside_groups_are_turned_and_moved_together() -> None:
    scene = Picture(100, 100, ("#000000", "#000000"))
    with scene.placed((50, 50), turned=90):
        scene.rect((20, -2), (10, 4), "#FF0000")
        with scene.placed((-30, 0), turned=90):
            scene.rect((5, -2), (10, 4), "#00FF00")
        scene.rect((20, -2), (4, 4), "#0000FF")
    picture = fresh(scene, 100, 100)
    assert (picture[77, 50] == (255, 0, 0)).all()
    assert (picture[72, 50] == (0, 0, 255)).all()  # what follows a group lies above it
    assert (picture[20, 40] == (0, 255, 0)).all()


def test_a_sprite_is_built_once_for_all_its_places_and_turns() -> None:
    built = []

    def build(sketch: Sketch) -> None:
        built.append(sketch)
        sketch.rect((-5, -5), (10, 10), "#FFFFFF")

    for step in range(50):
        scene = Picture(100, 100)
        scene.sprite(("built once", 1), build, (20 + step, 30), 7 * step)
        fresh(scene, 100, 100)
    assert len(built) == 1


def test_words_in_a_sprite_are_upright_and_move_with_it() -> None:
    def build(sketch: Sketch) -> None:
        sketch.text((30, 0), "7", 20, "#FFFFFF")

    def shown(turned: float) -> Any:
        scene = Picture(100, 100, ("#000000", "#000000"))
        scene.sprite("a word", build, (50, 50), turned)
        return fresh(scene, 200, 200)[..., 0]

    right, below = shown(0), shown(90)
    across, down = np.nonzero(right > 128), np.nonzero(below > 128)
    np.testing.assert_array_equal(np.subtract(across, [[100], [160]]), np.subtract(down, [[160], [100]]))


def test_letters_of_one_width_are_spelt_as_the_font_writes_them() -> None:
    for pixels in (11, 14, 18, 33):
        text = "x \u22120.13 m 5\u00b0"
        spelt = fonts.words(text, pixels, "#FFFFFF", mono=True)
        written = fonts.matching(fonts.open_font(fonts.MONO, pixels).render(text, True, "#FFFFFF"))
        assert spelt.get_size() == written.get_size()
        np.testing.assert_array_equal(
            pygame.surfarray.array_alpha(spelt), pygame.surfarray.array_alpha(written)
        )


def test_what_is_far_larger_than_the_frame_is_drawn_where_it_is_seen() -> None:
    scene = Picture(100, 100, ("#000000", "#000000"))
    scene.rect((-5000, 60), (10_000, 9000), "#00FF00")
    picture = fresh(scene, 100, 100)
    assert (picture[:60] == 0).all()
    assert (picture[60:] == (0, 255, 0)).all()
    assert sprites.held_bytes() <= sprites.IMAGE_BYTES


def test_backdrops_of_two_scenes_are_not_mixed_up() -> None:
    def scene(colour: str, key: object, size: int = 100, ground: str = "#000000") -> Any:
        picture = Picture(size, size, (ground, ground))
        picture.backdrop(key, lambda still: still.rect((0, 0), (50, 50), colour))
        return fresh(picture, 100, 100)

    red = scene("#FF0000", "red")
    assert (scene("#0000FF", "blue")[20, 20] == (0, 0, 255)).all()
    assert (scene("#0000FF", "red") == red).all()  # not built again
    assert (scene("#0000FF", "red", size=50)[70, 70] == (0, 0, 255)).all()
    assert (scene("#0000FF", "red", ground="#00FF00")[70, 70] == (0, 255, 0)).all()


def test_a_backdrop_holds_its_words() -> None:
    for _ in range(2):
        scene = Picture(100, 100, ("#000000", "#000000"))
        scene.backdrop("with a word", lambda still: still.text((50, 50), "angle", 20, "#FFFFFF"))
        assert fresh(scene, 200, 200).max() > 200


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 40)), min_size=1, max_size=100),
    st.integers(10, 200),
)
def test_a_cache_never_holds_more_than_its_room_and_what_it_gives_is_right(
    uses: list[tuple[int, int]], room: int
) -> None:
    cache: Recent[int, tuple[int, int]] = Recent(room, lambda value: value[1])
    for key, cost in uses:
        found = cache.get(key)
        if found is None:
            cache.put(key, (key, cost))
        else:
            assert found[0] == key
        assert cache.held <= room // 2 + max(room // 2, *[cost for _, cost in uses])
        assert cache.get(key) is not None  # at least the newest is there


def test_what_is_used_again_and_again_is_never_dropped() -> None:
    cache: Recent[object, int] = Recent(10, lambda _: 1)
    cache.put("dear", 1)
    for number in range(1000):
        assert cache.get("dear") == 1
        cache.put(number, number)


def test_images_stay_within_their_bound_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    bound = 400_000
    monkeypatch.setattr(sprites, "_images", Recent(bound, sprites.image_bytes))
    for step in range(300):
        scene = Picture(100, 100)
        with scene.placed((50, 50), turned=step * 1.2):
            scene.rect((-30, -20), (60, 40), "#FFFFFF")
        fresh(scene, 200, 200)
        assert sprites.held_bytes() <= bound


numbers = st.integers(-60, 60)
commands = st.one_of(
    st.builds("L{} {}".format, numbers, numbers),
    st.builds("h{}".format, numbers),
    st.builds("V{}".format, numbers),
    st.builds("c{} {} {} {} {} {}".format, *[numbers] * 6),
    st.builds("s{} {} {} {}".format, *[numbers] * 4),
    st.builds("q{} {} {} {}".format, *[numbers] * 4),
    st.builds("T{} {}".format, numbers, numbers),
    st.builds(
        "A{} {} {} {} {} {} {}".format,
        st.integers(1, 60),
        st.integers(1, 60),
        st.integers(0, 180),
        st.integers(0, 1),
        st.integers(0, 1),
        numbers,
        numbers,
    ),
    st.just("Z"),
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(commands, min_size=1, max_size=5), st.lists(st.tuples(numbers, numbers), min_size=2, max_size=6)
)
def test_no_shape_reaches_beyond_its_bounds(steps: list[str], points: list[tuple[int, int]]) -> None:
    for tag, form, line in (
        ("path", f"M10 -20 {' '.join(steps)}", ""),
        ("polyline", tuple(points), "#FFFFFF"),
        ("polygon", tuple(points), "#FFFFFF"),
    ):
        part = Part(((tag, form, ("#FFFFFF", line, 3.0, 1.0, "")),))
        left, top, right, bottom = bounds([part])
        drawn = rasterised((800, 800), (400, 400), 1.0, [part]).get_bounding_rect(min_alpha=60)
        drawn.move_ip(-400, -400)
        if drawn.width:
            assert left - 1 <= drawn.left <= drawn.right <= right + 1
            assert top - 1 <= drawn.top <= drawn.bottom <= bottom + 1


items = st.lists(
    st.tuples(st.sampled_from(["#C04040", "#40C040", "#4040C0"]), places, places, st.integers(5, 40)),
    max_size=6,
)


@settings(deadline=None, max_examples=40)
@given(st.lists(items, min_size=2, max_size=6))
def test_a_kept_frame_shows_each_scene_as_a_fresh_one_does(scenes: list[list[Any]]) -> None:
    frame = kept_frame(120, 90)
    for number, shapes in enumerate(scenes):
        scene = Picture(100, 100)
        scene.backdrop("kept", lambda still: still.circle((50, 50), 40, "#203040"))
        for colour, x, y, size in shapes:
            scene.rect((x, y), (size, size / 2), colour, opacity=0.7)
        scene.text((50, 20), f"step {number // 2}", 16, "#FFFFFF")
        scene.paint(frame.begin())
        np.testing.assert_array_equal(seen(frame.surface), fresh(scene, 120, 90))


def test_a_kept_frame_notices_that_two_shapes_changed_places() -> None:
    frame = kept_frame(100, 100)
    for colours in (["#FF0000", "#00FF00"], ["#00FF00", "#FF0000"], ["#00FF00", "#FF0000", "#0000FF"]):
        scene = Picture(100, 100)
        for colour in colours:
            scene.rect((20 if colour == "#0000FF" else 40, 40), (20, 20), colour)
        scene.paint(frame.begin())
        np.testing.assert_array_equal(seen(frame.surface), fresh(scene, 100, 100))


def test_after_something_else_was_drawn_a_kept_frame_is_drawn_as_a_whole() -> None:
    frame = kept_frame(100, 100)
    scene = Picture(100, 100)
    scene.circle((50, 50), 20, "#FFFFFF")
    scene.paint(frame.begin())
    show_picture(frame.begin(), np.full((50, 50, 3), 200, np.uint8))
    scene.paint(frame.begin())
    np.testing.assert_array_equal(seen(frame.surface), fresh(scene, 100, 100))
    frame.pixels[:] = 77
    frame.disturbed()
    scene.paint(frame.begin())
    np.testing.assert_array_equal(seen(frame.surface), fresh(scene, 100, 100))


def test_who_draws_by_themselves_begins_with_a_blank_frame() -> None:
    frame = Frame(memoryview(bytearray(20 * 10 * 4)), 20, 10)
    frame.begin().fill("#FF0000")
    assert (frame.pixels[..., :3] == (255, 0, 0)).all()
    frame.begin()
    assert (frame.pixels[..., :3] == (11, 14, 20)).all()


def random_actions(game: Game, rng: np.random.Generator) -> dict[int, Any]:
    actions: dict[int, Any] = {}
    for seat in game.to_move():
        space, mask = game.action_space, game.mask(seat)
        if isinstance(space, Discrete):
            actions[seat] = int(rng.choice(np.arange(space.n) if mask is None else np.flatnonzero(mask)))
        else:
            actions[seat] = rng.uniform(-1, 1, space.shape).astype(np.float32)
    return actions


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_shipped_environment_draws_pictures_only(spec: EnvironmentSpec) -> None:
    """So an exhibition may keep its frames: two in turn, as between worker and window."""
    game, rng = open_game(spec, {}), np.random.default_rng(5)
    frames = [kept_frame(240, 200) for _ in range(2)]
    game.reset(11)
    for step in range(24):
        frame = frames[step % 2]
        game.draw(frame.begin(), LOOKS)
        alone = new_frame(240, 200)
        game.draw(alone, LOOKS)
        np.testing.assert_array_equal(seen(frame.surface), seen(alone), err_msg=f"step {step}")
        if not game.to_move():
            game.reset(12 + step)
        else:
            game.step(random_actions(game, rng))
    game.close()
