"""Every callback of every page, asked by hand for what its reader may not see."""

import json
from itertools import product

import pytest

from callbacks.access import guard
from callbacks.access.roles import ROLES_BY_CALLBACK, roles_of
from callbacks.api.answers import Scope
from callbacks.pages.analyst import page as analyst
from layouts.roles import EVERYBODY, PAGES
from services.settings.config import Settings
from tests.worlds.api_world import FELIPE, JOAO, LUANA, MARIANA, call, conversation, snapshot
from tests.worlds.web_world import ANALYST, MANAGER, STRANGER, web

TODAY = "2026-11-24T13:00:00Z"
OWNERS = {JOAO: "901", LUANA: "902", FELIPE: "903", MARIANA: "904"}


def secrets_of(agent):
    """What customers of this agent are called; none of it is anywhere else in the world."""
    return {
        "contact_name": f"Zoraide{agent}",
        "contact_email": f"zoraide{agent}@clientes.example",
        "subject": f"Assunto-{agent}-secreto",
        "rating_remark": f"Comentário-{agent}-secreto",
    }


def number_of(agent):
    return f"+55119400{agent}77"


def rows():
    conversations, calls = [], []
    for agent, user in OWNERS.items():
        for n, day in enumerate((TODAY, "2026-11-20T12:00:00Z")):
            conversations.append(
                conversation(
                    f"9{agent}{n}",
                    day,
                    agent_id=agent,
                    state=("open", "closed")[n],
                    rating=1,
                    rating_at=day,
                    rated_agent_id=agent,
                    waiting_since=(day, None)[n],
                    **secrets_of(agent),
                )
            )
            calls.append(
                call(
                    f"8{agent}{n}",
                    day,
                    digits=number_of(agent),
                    user_id=user,
                    user_name=None,
                    user_email=_email(agent),
                )
            )
    return snapshot(conversations=conversations, calls=calls)


def _email(agent):
    return {
        JOAO: ANALYST,
        LUANA: "luana.tavares@example.com",
        FELIPE: "felipe.yamamoto@example.com",
        MARIANA: "mariana.pontes@example.com",
    }[agent]


SEARCHES = [
    "",
    "?kiosk=1",
    *(f"?{name}={agent}" for name, agent in product(("agent", "person"), OWNERS)),
    *(f"?agent={agent}&period=48h" for agent in OWNERS),
    *(f"?agent={agent}&period=28d&kiosk=1" for agent in OWNERS),
    f"?agent={JOAO}&agent={LUANA}",
    "?agent=&period=28d",
    "?agent=none&team=6102&period=28d",
    *(
        f"?period=28d&rows={key}"
        for key in ("conversations", "calls", "csat_score", "open", "dsat")
    ),
    f"?period=28d&rows=conversations&agent={LUANA}",
    "?period=28d&rows=open&cell=agent:202",
    "?period=28d&rows=conversations&cell=202&rows_find=Zoraide",
]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with web(tmp_path_factory.mktemp("web"), current=rows()) as made:
        yield made


def everything(world, browser, searches=SEARCHES):
    """All that the callbacks tell this browser: each on its own page, and the common ones."""
    told = []
    for output, path in product(world.callback_ids(), PAGES):
        own = output.lstrip(".").startswith(f"{path[1:]}--")
        for search in searches if own else searches[:1]:
            answer = browser.fire(output, **{"url.pathname": path, "url.search": search})
            assert answer.status_code in (200, 204, 403), (output, path, search)
            if answer.status_code == 403:
                break
            told.append(json.dumps(answer.get_json(), ensure_ascii=False))
    return "\n".join(told)


def found(text, agents):
    wanted = [*(s for a in agents for s in secrets_of(a).values()), *map(number_of, agents)]
    return [secret for secret in wanted if secret in text]


def test_an_analyst_is_told_of_own_customers_only(world, caplog):
    told = everything(world, world.browser(ANALYST))
    assert found(told, [LUANA, FELIPE, MARIANA]) == []
    assert found(told, [JOAO])
    assert [r for r in caplog.records if r.levelname == "ERROR"] == []


def test_an_analyst_whom_intercom_does_not_know_is_told_of_no_customer(world):
    assert found(everything(world, world.browser(STRANGER)), OWNERS) == []


def test_a_screen_is_told_of_no_customer(world):
    assert found(everything(world, world.screen()), OWNERS) == []


def test_no_setting_shows_an_analyst_or_a_screen_what_people_wrote(tmp_path):
    settings = Settings.model_validate({"wall": {"customer_data": True}})
    with web(tmp_path, current=rows(), settings=settings) as world:
        told = everything(world, world.screen(), SEARCHES[:8])
        assert not [a for a in OWNERS if secrets_of(a)["rating_remark"] in told]
        told = everything(world, world.browser(ANALYST), SEARCHES[:8])
        assert found(told, [LUANA, FELIPE, MARIANA]) == []


def test_a_manager_is_told_of_everybodys(world):
    """These tests work: what the others are not told is there to be told."""
    told = everything(world, world.browser(MANAGER), SEARCHES[:6])
    assert {a for a in OWNERS if found(told, [a])} >= {JOAO, LUANA, FELIPE}


def all_answers(browser):
    """All that the API tells this browser."""
    lists = ("conversations", "calls", "agents", "queue", "summary")
    days = "from=2026-11-01&to=2026-11-24"
    addresses = [f"/api/v1/{path}?{days}{more}" for path in lists for more in ("", "&limit=1000")]
    return "\n".join(browser.get(address).text for address in addresses)


def test_the_api_tells_an_analyst_of_own_customers_only(world):
    assert found(all_answers(world.browser(ANALYST)), [LUANA, FELIPE, MARIANA]) == []
    assert found(all_answers(world.browser(MANAGER)), OWNERS)


# These walks bite: with one check less, they find what it kept.


def test_the_walk_finds_what_a_callback_without_roles_lets_out(world, monkeypatch):
    table = dict.fromkeys(roles_of(world.app), EVERYBODY)
    monkeypatch.setitem(world.app.server.config, ROLES_BY_CALLBACK, table)
    monkeypatch.setattr(guard, "_is_closed", lambda *_: False)
    told = everything(world, world.browser(ANALYST), SEARCHES[:1])
    assert found(told, [LUANA, FELIPE, MARIANA])


def test_the_walk_finds_what_a_panel_of_somebody_else_lets_out(tmp_path, monkeypatch):
    monkeypatch.setattr(analyst, "resolve_agent", lambda *_: LUANA)
    # Of its own: answers are remembered.
    with web(tmp_path, current=rows()) as world:
        assert found(everything(world, world.browser(ANALYST), SEARCHES[:3]), [LUANA])


def test_the_walk_finds_what_an_api_without_a_scope_lets_out(tmp_path, monkeypatch):
    monkeypatch.setattr(Scope, "own", lambda self, filters: filters)
    with web(tmp_path, current=rows()) as world:
        assert found(all_answers(world.browser(ANALYST)), [LUANA, FELIPE, MARIANA])
