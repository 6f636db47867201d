"""Standings are computed in a worker: the numbers take no time of the window's."""

from __future__ import annotations

import msgspec

from arena.contest.results import BoardResults
from arena.contest.standings import standings
from arena.orders import StandingsOrder
from arena.processes.channel import Channel
from arena.processes.messages import StandingsAnswer, ToWorker


def carry_out(order: StandingsOrder, channel: Channel[ToWorker]) -> None:
    results = msgspec.json.decode(order.results, type=BoardResults)
    channel.send(StandingsAnswer(standings(results)))
