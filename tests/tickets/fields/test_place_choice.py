from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tickets.call import Call, Turn
from tickets.city import load_city
from tickets.city.gazetteer import Gazetteer
from tickets.conversation import Conversation
from tickets.fields import logit, place_choice
from tickets.fields.place import locate, mentions
from tickets.fields.place_training import train_choice

GAZETTEER = Gazetteer(load_city())


def conversation(*said: str) -> Conversation:
    """Operator and citizen in turn; the operator begins."""
    turns = [Turn("citizen" if number % 2 else "operator", text) for number, text in enumerate(said)]
    return Conversation(Call("a", tuple(turns)))


def test_learns_that_one_lives_elsewhere() -> None:
    names = [("紫绣家园", "锦绣府"), ("紫馨湾", "嘉月府"), ("和悦苑", "龙梅苑"), ("丽泰苑", "秋堤苑")]
    calls: list[tuple[Conversation, dict[str, Any]]] = []
    for number in range(40):
        home, there = names[number % 4]
        call = conversation("请讲。", f"我自己住{home}，出事的是{there}那边。")
        [place] = [place for place in load_city().places if place.name == there][:1]
        gold = {"name": place.name, "district": place.district, "street": place.street}
        calls.append((call, {"place": gold}))
    choice = train_choice(calls, GAZETTEER)
    asked = conversation("请讲。", "我自己住江悦名城，出事的是凤榕公馆那边。")
    place = locate(asked, mentions(asked, GAZETTEER), choice)
    assert place.place is not None
    assert place.place.name == "凤榕公馆"
    assert 0.5 < place.certainty <= 1.0


def test_the_ranker_prefers_what_was_right() -> None:
    good: logit.Described = (["from a reply"], [1.0])
    bad: logit.Described = (["from a question"], [0.0])
    ranker = logit.train([([good, bad], np.array([1.0, 0.0]))] * 20, 10)
    shares = ranker.shares([bad, good])
    assert shares[1] > 0.8
    assert shares.sum() == pytest.approx(1.0)


def test_a_choice_is_saved_and_checked(tmp_path: Path) -> None:
    file = tmp_path / "choice.npz"
    packaged = place_choice.packaged_choice()
    place_choice.save(packaged, file, 1)
    assert np.allclose(logit.load(file, format=place_choice.FORMAT).weights, packaged.weights)
    with pytest.raises(ValueError, match="other code"):
        logit.load(file, format=place_choice.FORMAT + 1)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(ValueError, match="damaged"):
        logit.load(file, format=place_choice.FORMAT)
