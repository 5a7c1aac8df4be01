"""One bundle: what its services share, and the rules as people changed them."""

from typing import Any

import pytest
from pydantic import SecretStr

from services.runtime.backend import Backend
from services.settings.config import Environment, Settings
from services.settings.decisions import Decisions


class NoDataset:
    pass


@pytest.fixture
def backend(store):
    dataset: Any = NoDataset()
    return Backend(
        decisions=Decisions(store, Settings(), Environment(secret_key=SecretStr("k" * 32))),
        cache=store,
        state=store,
        dataset=dataset,
        clock=lambda: 1.8e9,
    )


def test_what_hangs_on_no_setting_is_made_once_and_all_share_state_and_clock(backend):
    names = ("second_factor", "tokens", "heartbeats", "alerts")
    for name in names:
        assert getattr(backend, name) is getattr(backend, name)
    backend.tokens.add("BI", "aggregates", "ana@example.com")
    backend.audit.note("token", "ana@example.com", did="made")
    assert [token.made_at for token in backend.tokens.list()] == [1.8e9]
    assert [entry.at for entry in backend.audit.list_entries()] == [1_800_000_000]


def test_the_rules_hold_what_people_changed_from_then_on(backend):
    before = backend.rules
    assert backend.rules is before
    backend.alerts.change_rule("overload", {"open": 3}, by="Ana")
    assert (before.overload_open, backend.rules.overload_open) == (10, 3)


def test_an_edition_changes_with_what_people_decide(backend):
    class Version:
        version = 7

    snapshot: Any = Version()
    assert backend.edition(None) == "0"
    assert backend.edition(snapshot) == "7"
    backend.alerts.change_rule("overload", {"open": 3}, by="Ana")
    changed = backend.edition(snapshot)
    assert changed.startswith("7.")
    backend.alerts.change_rule("overload", {"open": 4}, by="Ana")
    assert backend.edition(snapshot) not in ("7", changed)
