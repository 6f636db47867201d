"""Pictures and frames: they fill their surface at any size, and small words are left out, not squeezed."""

from __future__ import annotations

import numpy as np
import pygame
import pytest

from arena.drawing.picture import Picture, hexadecimal, mixed
from arena.drawing.stage import new_frame, rows, show_picture

# What an eighth of a pixel changes at an edge between the darkest and the lightest.
EDGE = 48


def pixels(surface: pygame.Surface) -> np.ndarray:
    return np.frombuffer(rows(surface), np.uint8).reshape(surface.get_height(), surface.get_width(), 3)


def painted(scene: Picture, width: int, height: int) -> np.ndarray:
    frame = new_frame(width, height)
    scene.paint(frame)
    return pixels(frame)


@pytest.mark.parametrize("size", [(300, 100), (100, 300), (200, 200), (7, 5)])
def test_the_ground_fills_the_frame_whatever_its_shape(size: tuple[int, int]) -> None:
    seen = painted(Picture(100, 100, ("#FF0000", "#FF0000")), *size)
    assert (seen == (255, 0, 0)).all()


def test_the_scene_is_as_large_as_fits_and_in_the_middle() -> None:
    scene = Picture(100, 100, ("#000000", "#000000"))
    scene.rect((0, 0), (100, 100), "#00FF00")
    seen = painted(scene, 300, 100)
    assert (seen[:, 101:199] == (0, 255, 0)).all()
    assert (seen[:, :99] == 0).all()
    assert (seen[:, 201:] == 0).all()


def test_a_backdrop_and_a_moving_part_look_like_one_scene() -> None:
    def board(scene: Picture) -> None:
        scene.rect((10, 10), (80, 80), scene.gradient("#334455", "#8899AA"), radius=9)

    def piece(scene: Picture) -> None:
        with scene.placed((60, 40), turned=30):
            scene.rect((-12, -8), (24, 16), scene.gradient("#FF8800", "#AA2200"), radius=3)

    plain, split = (Picture(100, 100) for _ in range(2))
    plain.backdrop("both", lambda scene: (board(scene), piece(scene)))
    split.backdrop("board", board)
    piece(split)
    whole, parts = painted(plain, 230, 170).astype(int), painted(split, 230, 170).astype(int)
    assert np.abs(parts - whole).max() <= EDGE
    assert np.abs(parts - whole).mean() < 0.05


def test_a_shape_outside_the_frame_is_simply_not_seen() -> None:
    scene = Picture(100, 100, ("#000000", "#000000"))
    scene.circle((-500, 50), 20, "#FFFFFF")
    assert (painted(scene, 100, 100) == 0).all()


def test_words_too_small_to_read_are_left_out() -> None:
    scene = Picture(600, 400, ("#000000", "#000000"))
    scene.text((300, 200), "angle", 13, "#FFFFFF")
    assert painted(scene, 600, 400).max() > 200
    assert painted(scene, 300, 200).max() == 0


def test_labels_stand_in_the_corners_of_large_frames_only_and_grow_with_them() -> None:
    scene = Picture(100, 100, ("#102030", "#102030"))
    scene.chip("x +1.00", "#FFFFFF")
    scene.chip("landed", "#FFFFFF", "left")
    seen = painted(scene, 800, 400)
    assert (seen[:350] == (16, 32, 48)).all()
    assert (seen[350:, :200] > 200).any()
    assert (seen[350:, 600:] > 200).any()
    assert (painted(scene, 480, 320) == (16, 32, 48)).all()
    larger = painted(scene, 1600, 1200)
    assert np.count_nonzero(larger > 200) > 4 * np.count_nonzero(seen > 200)


def test_a_stamp_has_the_agents_colour() -> None:
    scene = Picture(100, 100, ("#000000", "#000000"))
    scene.stamp("square", (50, 50), 40, "#43A6DF")
    assert (painted(scene, 100, 100)[50, 50] == (67, 166, 223)).all()


def test_small_pictures_are_enlarged_by_whole_pixels() -> None:
    picture = np.zeros((10, 20, 3), np.uint8)
    picture[:, ::2] = 255
    frame = new_frame(70, 70)
    show_picture(frame, picture)
    shown = pixels(frame)[20:50, 5:65]
    np.testing.assert_array_equal(shown, picture.repeat(3, 0).repeat(3, 1))


def test_large_pictures_are_shrunk_to_fit() -> None:
    frame = new_frame(50, 50)
    show_picture(frame, np.full((400, 800, 3), 200, np.uint8))
    seen = pixels(frame)
    assert (seen[13:37] == 200).all()
    assert (seen[:12] < 30).all()


def test_colours_mix() -> None:
    assert hexadecimal((67, 166, 223)) == "#43a6df"
    assert mixed((0, 0, 0), (255, 255, 255), 0.2) == "#333333"
