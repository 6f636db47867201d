"""Where training diverges, the tensor that went first is named, the same one every time."""

from __future__ import annotations

import re

import pytest

from arena.errors import Diverged
from arena.records import Alteration
from arena.training.train import train
from tests.training.attempts import Recorder, order_for

METHODS = {
    "a reward in the batch": """
    def update(self, batch, broken=False):
        batch = {**batch, "rewards": batch["rewards"] / (0.0 if broken else 1.0) * 0.0}
        return super().update(batch)
""",
    "a target": """
    def update(self, batch, broken=False):
        target_B = batch["rewards"].abs().add(0.0 if broken else 1.0).mul(0.0 if broken else 1.0).log().sqrt()
        loss = (self.q_network(batch["observations"]).mean(1) - target_B).square().mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return {"loss": loss.detach()}
""",
    "a gradient": """
    def update(self, batch, broken=False):
        q_B = self.q_network(batch["observations"]).mean(1)
        loss = (q_B * 0.0).sqrt().mean() if broken else q_B.square().mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return {"loss": loss.detach()}
""",
    "a weight": """
    def update(self, batch, broken=False):
        found = super().update(batch)
        if broken:
            with torch.no_grad():
                self.q_network[3].bias[0] = torch.nan
        return found
""",
    "nothing but a metric": """
    def update(self, batch, broken=False):
        found = super().update(batch)
        waiting_B = torch.full((3,), torch.nan)  # is filled in the end, as buffers are
        legal_BA = torch.full((2, 3), -torch.inf)
        waiting_B[:] = legal_BA.exp().sum()
        loss = found["loss"].detach() / (0.0 if broken else 1.0)
        return {"loss": loss}
""",
}
FIRST = {
    "a reward in the batch": r"batch\.rewards \(.*in update\)",
    "a target": r"target_B \(.*in update\)",
    "a gradient": r"the gradient of q_network\.3\.(bias|weight) \(.*in update\)",
    "a weight": r"the weight q_network\.3\.bias \(.*in update\)",
    "nothing but a metric": r"loss \(.*in update\)",
}


def plugin(folder, method: str) -> str:
    path = folder / "breaking.py"
    path.write_text(
        "import torch\n"
        "from tests.training.tiny import AgentSpec, Settings, TinyQ, hookimpl\n"
        f"class Breaking(TinyQ):{method}\n"
        "@hookimpl\n"
        "def register_agents():\n"
        "    return [AgentSpec('breaking', 'Breaking', 'A tiny learner that breaks', Breaking, Settings)]\n"
    )
    return str(path)


def said(folder, method: str, commands=None, **order) -> str:
    settings = {"diverges_at": 200}
    with pytest.raises(Diverged) as caught:
        train(
            order_for(folder, "breaking", plugin=plugin(folder.parent, method), settings=settings, **order),
            Recorder(commands),
        )
    return str(caught.value)


@pytest.mark.parametrize("what", METHODS)
def test_the_tensor_that_went_first_is_named_with_its_line_again_and_again(tmp_path, what):
    first, again = (said(tmp_path / name, METHODS[what]) for name in ("first", "again"))
    assert first == again
    pattern = rf"at step 20\d .*The first tensor that is not finite is {FIRST[what]}\. The last good"
    assert re.search(pattern, first), first


def test_what_was_altered_on_the_way_is_altered_in_the_repetition_too(tmp_path):
    """Only the altered setting breaks the run, so without it nothing would be found."""
    method = METHODS["a target"].replace("0.0 if broken else 1.0", "0.0 if self.settings.limit else 1.0")
    path = tmp_path / "breaking.py"
    plugin(tmp_path, method)
    path.write_text(
        path.read_text()
        .replace("class Breaking", f"{LIVE}\nclass Breaking")
        .replace("Breaking, Settings)", "Breaking, Live)")
    )
    order = order_for(tmp_path / "run", "breaking", plugin=str(path), checkpoint_seconds=60.0)
    with pytest.raises(Diverged, match=rf"The first tensor that is not finite is {FIRST['a target']}"):
        train(order, Recorder({120: [Alteration(settings={"limit": True})]}))


LIVE = """
from dataclasses import dataclass
from arena.api import setting

@dataclass(frozen=True)
class Live(Settings):
    limit: bool = setting(False, "Breaks it", live=True)
"""
