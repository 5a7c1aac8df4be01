"""What the wall looks like for given values."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest

from layouts.components.context import Context
from layouts.components.frame import queue_chip, source_age
from layouts.formats import Formats
from layouts.i18n import text_for
from layouts.pages.operations.agents import (
    Agent,
    AgentsPanel,
    Candidate,
    agents_table,
    next_agent,
    text_chip,
    voice_chip,
)
from layouts.pages.operations.calls_strip import Calls, running_calls
from layouts.pages.operations.day_curve import Curve, Slot, Tick, curve_body
from layouts.pages.operations.line import Line, Waiting, line_panel
from layouts.pages.operations.page import Figure, figures
from layouts.pages.operations.queue_panel import QueuePanel, queue_panel
from metrics.live.current import LoadRow, OrphanedRow, PresenceRow, QueueRow
from metrics.live.line import Hand, LineRow
from metrics.live.running_calls import RunningCall
from metrics.live.waiting import WaitingWork
from tests.worlds.bi_world import of_class
from tests.worlds.tables import RULES

TEXT = text_for("pt-BR")
CONTEXT = Context(TEXT, Formats(TEXT, ZoneInfo("America/Sao_Paulo")), "dark", "manager", "M")
AT = datetime(2026, 11, 24, 17, 32, tzinfo=UTC)
LIMIT = 300
SOMEBODY = Agent(
    id="1",
    name="Luana Tavares",
    text="active",
    text_reason=None,
    text_since=None,
    explained=False,
    voice="available",
    voice_since=None,
    clash=False,
    ours=2,
    customers=2,
    snoozed=3,
    recent=2,
    conversations=24,
    calls=7,
)


def work(*seconds):
    """Waits in a team's queue; None = it is the customer's turn."""
    rows = [
        QueueRow(str(n), "1", "Suporte N1", since, None, "whatsapp", None, None, AT)
        for n, since in enumerate(s if s is None else AT - timedelta(seconds=s) for s in seconds)
    ]
    return WaitingWork(rows, [], [], [], replace(RULES, queue_limit_seconds=LIMIT))


def queue(*seconds, late_at=None):
    there = work(*seconds)
    rows = [waiting("chat", s, row_id=row.id) for s, row in zip(seconds, there.queue, strict=True)]
    by_team = [("Suporte N1", len(rows))] if rows else []
    return QueuePanel(there, Line(rows, late_at), by_team)


def waiting(kind, seconds, limit=LIMIT, row_id="1", **values):
    """One of the line; None = it is the customer's turn."""
    since = None if seconds is None else AT - timedelta(seconds=seconds)
    due_at = since and since + timedelta(seconds=limit)
    row = LineRow(kind, row_id, since, due_at, **{"team": "Suporte N1", **values})
    return Waiting(row)


def hand(name, in_team=True, has_it=False, voice="available"):
    seen = PresenceRow("1", name, "active", None, None, voice, None)
    return Hand(LoadRow(seen, 4, 2, 0, 0, 0, 0, False, False), in_team, has_it)


def lamp(*seconds, late_at=None):
    """How bad the lamp says it is."""
    drawn = queue_panel(queue(*seconds, late_at=late_at), True, AT, CONTEXT)
    return drawn["props"]["data-severity"]


def found(component, name):
    """How many parts have a class."""
    return len(of_class(component, name))


@pytest.mark.parametrize(
    ("seconds", "severity"),
    [
        ((), "calm"),
        ((None,), "info"),
        ((149,), "info"),
        ((150, None), "warning"),
        ((299,), "warning"),
        ((300,), "critical"),
    ],
)
def test_the_lamp_and_the_chip_of_every_page_are_as_bad_as_the_oldest_wait(seconds, severity):
    assert lamp(*seconds) == severity
    chip = queue_chip(work(*seconds), AT, CONTEXT)
    assert chip["props"]["data-severity"] == severity


def test_old_data_are_in_doubt_whatever_they_say():
    assert lamp(4000, late_at=AT) == "doubtful"
    assert "tick" not in str(queue_panel(queue(4000, late_at=AT), True, AT, CONTEXT))
    chip = queue_chip(work(4000), AT, CONTEXT, late_at=AT)
    assert chip["props"]["data-severity"] == "doubtful"
    assert "tick" not in str(chip)


def test_what_is_held_by_who_is_not_there_is_neither_calm_nor_hidden():
    held = OrphanedRow("7", "Bruno Farias", AT - timedelta(minutes=42), work(2520, 60).queue)
    there = replace(work(), orphaned=[held])
    drawn = queue_panel(QueuePanel(there, Line()), True, AT, CONTEXT)
    assert drawn["props"]["data-severity"] == "warning"
    assert "2 esperam com quem não está" in str(drawn)
    assert "'title': '2 com quem não está'" in str(queue_chip(there, AT, CONTEXT))


def test_an_empty_queue_is_a_zero_in_words():
    calm = replace(queue(), quiet_since=AT - timedelta(minutes=38))
    drawn = json.dumps(queue_panel(calm, True, AT, CONTEXT), ensure_ascii=False)
    assert "Ninguém esperando há 38\N{NO-BREAK SPACE}min" in drawn
    assert '"0"' in drawn


def test_the_lamp_shows_the_first_five_with_who_takes_them_and_says_how_many_more():
    first = [
        waiting("ringing", 8, 20, phone_line="Suporte", hand=hand("Ana Lima", has_it=True)),
        waiting("orphaned", 900, holder="Bruno Farias", hand=hand("Caio Sampaio")),
        waiting("chat", 200, channel="whatsapp", window_until=AT + timedelta(hours=1)),
    ]
    rest = [waiting("callback", 7200, 9000, phone_line="Cobrança", missed=3)] * 4
    panel = QueuePanel(work(200), Line([*first, *rest]), [("Suporte N1", 1)])
    told = str(queue_panel(panel, True, AT, CONTEXT))
    for words in (
        "tocando: Suporte", "toca para Ana Lima", "parada com Bruno Farias", "Caio Sampaio",
        "ninguém livre", "resposta livre até 15:32", "retornar: Cobrança", "Mais 2 na fila",
    ):  # fmt: skip
        assert words in told
    assert told.count("queue-wait") == 5
    assert "Mais" not in str(queue_panel(queue(*range(5)), True, AT, CONTEXT))


def test_each_row_runs_by_its_own_clock_and_old_ones_stand():
    rings, waits = waiting("ringing", 8, 20), waiting("chat", 150)
    [ring, chat] = of_class(
        queue_panel(QueuePanel(work(150), Line([rings, waits])), True, AT, CONTEXT), "queue"
    )[0]["props"]["children"]
    assert ring["props"]["style"] == {"--share": "40.0%"}
    assert (ring["props"]["data-limit"], chat["props"]["data-limit"]) == ("20", str(LIMIT))
    old = queue_panel(QueuePanel(work(150), Line([rings, waits], AT)), True, AT, CONTEXT)
    [ring, chat] = of_class(old, "queue")[0]["props"]["children"]
    assert "data-since" in ring["props"]
    assert "data-since" not in chat["props"]


def whole(*rows, **values):
    return str(line_panel(Line(rows, **values), AgentsPanel([], []), {}, AT, CONTEXT))


def test_the_whole_line_says_until_when_who_and_why():
    late = waiting("chat", 420, hand=hand("Ana Lima", in_team=False))
    told = whole(late, waiting("ticket", 3600, 7200, hand=hand("Caio Sampaio", has_it=True)))
    assert "passou há 2\\xa0min" in told
    assert "4 abertas, chat e telefone livres, de outro time" in told
    assert "até 15:32" in told
    assert "é de Caio Sampaio" in told
    assert "Tudo 2" in told
    assert "kind=ticket" in told


def test_the_line_is_of_the_kinds_that_are_chosen_and_says_what_it_lacks():
    rows = waiting("chat", 60), waiting("callback", 60, phone_line="Cobrança")
    told = whole(*rows, chosen=("callback",))
    assert told.count("line-when") == 1
    assert "Cobrança" in told
    assert "Tudo 2" in told
    assert "Nada esperando agora" in whole(rows[0], chosen=("ticket",))
    assert "Sem leitura do telefone" in whole(rows[0], with_calls=False)
    assert "Sem leitura do telefone" not in told


def test_a_long_id_is_told_by_its_end():
    row = waiting("unrouted", 0, row_id="215470000012345", team=None)
    drawn = str(queue_panel(QueuePanel(work(0), Line([row]), [(None, 1)]), True, AT, CONTEXT))
    assert "…12345" in drawn
    assert "Sem time" in drawn


@pytest.mark.parametrize(
    ("ours", "customers", "blocks", "over", "free", "words"),
    [
        (2, 2, 4, 0, 6, ""),
        (10, 0, 10, 0, 0, ""),
        (8, 4, 12, 2, 0, ""),
        (40, 7, 11, 1, 0, "+36"),
    ],
)
def test_every_open_conversation_is_a_block_up_to_the_limit_and_a_little_more(
    ours, customers, blocks, over, free, words
):
    one = replace(SOMEBODY, ours=ours, customers=customers, overloaded=ours + customers >= 10)
    table = agents_table(AgentsPanel([one], []), None, AT, CONTEXT)
    # The legend has one filled and one hollow block.
    assert found(table, "block") == blocks + 2
    assert found(table, "block-over") == over
    assert found(table, "block-free") == free
    assert words in str(table)


def test_presence_is_said_in_words():
    agents_panel = AgentsPanel([SOMEBODY], [])
    away = replace(
        SOMEBODY, text="away", text_reason="Almoço", text_since=AT - timedelta(minutes=27)
    )
    chip = str(text_chip(away, agents_panel, AT, CONTEXT))
    assert "Almoço" in chip
    assert "27\\xa0min" in chip
    explained = replace(SOMEBODY, text="away", explained=True)
    assert "na ligação" in str(text_chip(explained, agents_panel, AT, CONTEXT))
    clash = replace(SOMEBODY, voice="unavailable", clash=True)
    assert "presence-clash" in str(voice_chip(clash, agents_panel, AT, CONTEXT))
    assert "sem telefone" in str(
        voice_chip(replace(SOMEBODY, voice=None), agents_panel, AT, CONTEXT)
    )


def test_an_unknown_word_of_the_vendor_is_shown_as_it_comes():
    chip = voice_chip(replace(SOMEBODY, voice="something_new"), AgentsPanel([], []), AT, CONTEXT)
    assert "something new" in str(chip)


def test_on_a_call_the_time_runs_unless_the_data_are_old():
    busy = replace(SOMEBODY, voice="in_call", voice_since=AT - timedelta(seconds=378))
    assert "06:18" in str(voice_chip(busy, AgentsPanel([], []), AT, CONTEXT))
    assert "06:18" not in str(voice_chip(busy, AgentsPanel([], [], voice_late=True), AT, CONTEXT))


def test_for_whom_there_is_no_room_is_counted_with_what_is_remarkable():
    others = [replace(SOMEBODY, id=str(n), overloaded=n > 70, text="away") for n in range(80)]
    table = agents_table(AgentsPanel(others, []), 10, AT, CONTEXT)
    assert found(table, "cell-name") == 9
    assert "Mais 71 agentes" in str(table)
    assert "9 no limite" in str(table)


def test_without_telephony_there_is_no_column_of_it():
    table = agents_table(
        AgentsPanel([SOMEBODY], [], voice=False, voice_read=False), None, AT, CONTEXT
    )
    assert found(table, "cell-voice") == 0
    assert "Lig." not in str(table)


def test_nobody_to_show_is_said():
    assert "Nenhum agente para mostrar" in str(agents_table(AgentsPanel([], []), None, AT, CONTEXT))


def test_who_can_take_the_next_one_and_why():
    candidates = [Candidate("Luana Tavares", 4, True), Candidate("Rafael Quintela", 7, False)]
    drawn = str(next_agent(AgentsPanel([SOMEBODY], candidates), CONTEXT))
    assert "4 abertas, chat e telefone livres" in drawn
    assert "7 abertas, só chat" in drawn
    unsure = str(next_agent(AgentsPanel([SOMEBODY], candidates, voice_late=True), CONTEXT))
    assert "4 abertas, telefone a confirmar" in unsure
    assert "só chat" not in unsure


def test_why_nobody_can():
    busy = {"on_call": 3, "overloaded": 0, "away": 1}
    drawn = str(next_agent(AgentsPanel([SOMEBODY], [], busy), CONTEXT))
    assert "Ninguém livre agora" in drawn
    assert "3 em ligação, 1 ausente" in drawn


def test_a_number_that_was_never_read_is_said_in_words():
    drawn = str(figures([Figure("online_voice", None)], None, True, AT, CONTEXT))
    assert "sem dados" in drawn


def test_an_old_number_keeps_its_value_and_says_its_time():
    old = Figure("online_voice", 5, "meta 2", "reached", late_at=AT - timedelta(minutes=6))
    drawn = str(figures([old], None, True, AT, CONTEXT))
    assert "às 14:26" in drawn
    assert "doubtful" in drawn
    assert "check2" not in drawn


def curve(*slots, **known):
    given = {"ticks": [Tick(9, "9h")], "now": 9.2, "total": 8, "usual": None, "note": ""}
    given |= {"table": (), "info": None, "late": False}
    return Curve(slots=slots, **(given | known))


def lines_of(drawn):
    """The points of the picture's band, usual line and line: of 1000 by 1000, from the top left."""
    [image] = of_class(drawn, "curve-lines")
    paths = re.findall(r" d='M([^'VZ]+)Z?'", unquote(image["props"]["src"]))
    return [[tuple(map(float, point.split())) for point in path.split("L")] for path in paths]


def test_the_curve_ends_where_the_day_is():
    slots = Slot(8.0, 3, 1, 2, 4), Slot(8.5, 5, 1, 2, 4), Slot(9.0, None, 1, 2, 4)
    drawn = curve_body(curve(*slots), True, CONTEXT)
    band, usual, line = lines_of(drawn)
    assert (len(band), len(usual)) == (6, 3)
    assert line == [(166.7, 444.4), (500.0, 74.1)]
    [ring] = of_class(drawn, "curve-ring")
    assert ring["props"]["style"] == {"--x": "50.00%", "--y": "92.59%"}


def test_a_curve_without_history_has_no_band():
    assert len(lines_of(curve_body(curve(Slot(8.0, 3)), True, CONTEXT))) == 1


def test_a_curve_of_nothing_is_empty_and_an_old_one_hatched():
    assert curve_body(curve(Slot(8.0, 0)), True, CONTEXT)["props"] == {"className": "curve-body"}
    assert found(curve_body(curve(Slot(8.0, 1), late=True), True, CONTEXT), "doubtful") == 1


@pytest.mark.parametrize(
    ("most", "counts"),
    [(1, "0 1 2 3"), (5, "0 2 4"), (11, "0 5 10"), (21, "0 10 20"), (2000, "0 1.000 2.000")],
)
def test_few_lines_across_stand_for_round_counts(most, counts):
    drawn = curve_body(curve(Slot(8.0, most)), True, CONTEXT)
    shown = [
        mark["props"]["children"]["props"]["children"] for mark in of_class(drawn, "curve-count")
    ]
    assert shown == counts.split()


def test_a_desk_tells_what_is_pointed_at_and_a_screen_in_a_room_does_not():
    slots = curve(Slot(8.0, 3, 1, 2, 4), Slot(8.5, None))
    [tip] = of_class(curve_body(slots, False, CONTEXT), "curve-tip")
    assert tip["props"]["data-tip"] == "08:00\n3\nusual 1 a 4"
    assert of_class(curve_body(slots, True, CONTEXT), "curve-tip") == []


def test_a_source_that_starts_is_no_fault():
    starting = source_age("intercom", SimpleNamespace(state="starting", as_of=None), AT, CONTEXT)
    assert "late" not in str(starting)
    failed = source_age("intercom", SimpleNamespace(state="failed", as_of=None), AT, CONTEXT)
    assert failed["props"]["className"] == "source-age late"


def test_a_long_name_gets_narrower_letters():
    long = replace(SOMEBODY, name="João Vitor Lacerda")
    drawn = agents_table(AgentsPanel([long, SOMEBODY], []), None, AT, CONTEXT)
    assert found(drawn, "crew-narrow") == 1


def running(row_id, seconds, direction="inbound", agent=None):
    return RunningCall(row_id, direction, AT - timedelta(seconds=seconds), "Suporte", None, agent)


def test_what_rings_is_counted_and_who_talks_is_told():
    rings = [running("out", 50, "outbound", "Caio"), running("long", 21)]
    talks = [running(str(n), 300, agent=f"Pessoa {n}") for n in range(4)]
    told = str(running_calls(Calls(rings, talks), AT, CONTEXT))
    assert "2 tocando, 4 em ligação" in told
    assert "Pessoa 2" in told
    assert "mais 1" in told
    assert "Caio" not in told
