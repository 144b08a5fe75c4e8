from supporters.starting import fields
from supporters.starting.repeated import StepsStage


def test_a_link_is_cut_before_it_is_normalised(monkeypatch):
    lengths = []
    tidy = fields.tidy
    monkeypatch.setattr(fields, "tidy", lambda text: lengths.append(len(text)) or tidy(text))
    form = StepsStage({"step_1_kind": "link", "step_1_link": "a" + "\u0315\u0300" * 20_000})
    assert "step_1_link" in form.errors
    assert max(lengths) <= 2_000
