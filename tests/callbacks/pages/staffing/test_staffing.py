"""The staffing page, asked over HTTP as the browser does."""

import base64
import io
import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import orjson
import pytest
from openpyxl import Workbook, load_workbook

from metrics.planning.schedule import read_day
from services.accounts.audit import Audit
from services.files.schedule import Change, change_schedule, load_schedule
from services.settings.config import Settings
from services.snapshot.manifest import SourceStatus
from services.snapshot.time_totals import PREFIX
from tests.worlds.api_world import (
    FELIPE,
    JOAO,
    LUANA,
    MARIANA,
    OK_SOURCES,
    PEOPLE,
    call,
    person,
    snapshot,
)
from tests.worlds.bi_world import HOSTILE, components, of_class, words
from tests.worlds.tables import frame
from tests.worlds.web_world import ANALYST, MANAGER, web

BAR = "staffing--content.children"
EDIT = "staffing--done.data"
WHATIF = "staffing--whatif.children"
PANEL = "side-panel.children"
LUANAS = {
    "user_id": "902",
    "user_name": "Luana",
    "user_email": "luana.tavares@example.com",
}
# Tuesday 24 November 2026 is today. Twelve Mondays: two calls at 10:00 and one at 10:40, local.
MONDAYS = [f"2026-{month:02d}-{day:02d}" for month, day in [(9, 7), (9, 14), (9, 21), (9, 28)]]
MONDAYS += ["2026-10-05", "2026-10-12", "2026-10-19", "2026-10-26"]
MONDAYS += ["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23"]
CALLS = [
    call(f"{day}-{number}", f"{day}T{clock}Z", **(LUANAS if number == 2 else {}))
    for day in MONDAYS
    for number, clock in enumerate(["13:00:00", "13:05:00", "13:40:00"])
]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A schedule of João and Luana, over twelve Mondays of calls."""
    with web(tmp_path_factory.mktemp("web"), current=snapshot(calls=CALLS)) as found:
        cells = [(JOAO, 0, "09:00-18:00"), (LUANA, 0, "09:00-13:00"), (LUANA, 1, "22:00-06:00")]
        change_schedule(
            found.state,
            [Change(agent, day, (), read_day(text)) for agent, day, text in cells],
            by="Marina Falcão",
            at=1.0,
        )
        yield found


def content(world, search="", email=MANAGER):
    values = {"url.search": search, "url.pathname": "/staffing"}
    answer = world.browser(email).fire(BAR, **values)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]["staffing--content"]["children"]


def panel(tree, key):
    (one,) = [c for c in components(tree) if c["props"].get("id") == f"staffing--{key}"]
    return one


def act(world, data, email=MANAGER):
    answer = world.browser(email).fire(EDIT, **{"staffing--action.data": data})
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]


def save(world, *cells):
    names = ("agent", "day", "was", "now")
    return act(world, {"act": "save", "cells": [dict(zip(names, c, strict=True)) for c in cells]})


def read_file(world, book, name="escala.xlsx"):
    content = io.BytesIO()
    book.save(content)
    told = {"act": "import", "name": name, "file": base64.b64encode(content.getvalue()).decode()}
    return act(world, told)


def book_of(*rows, head=("E-mail", "Nome", "seg", "ter", "qua", "qui", "sex", "sáb", "dom")):
    book = Workbook()
    book.active.append(head)
    for row in rows:
        book.active.append(row)
    return book


def test_the_week_says_whom_its_calls_need(world):
    tree = content(world)
    week = panel(tree, "staffing_need")
    assert "n 36" in words(week)
    titles = [c["props"].get("title") or "" for c in of_class(week, "heat-cell")]
    # Two calls of two minutes in half an hour: one person answers in time, two with breaks.
    (monday,) = [title for title in titles if title.startswith("segunda, 10:00")]
    assert monday == "segunda, 10:00; 2,0 ligações; precisa de 2 na escala; 2 na escala"


def test_less_absence_needs_fewer_and_more_volume_more(world):
    def peak(search):
        return int(words(panel(content(world, search), "fact-peak")).split()[5])

    usual, fewer, more = peak(""), peak("?shrinkage=0"), peak("?volume=300")
    assert fewer < usual < more


def test_the_table_of_the_day_says_what_the_scheduled_people_reach(world):
    day = panel(content(world, "?day=0"), "staffing_day")
    told = words(day)
    assert "Meias horas de segunda" in told
    assert "em 12 dias" in told
    assert "% " in told


def test_too_few_people_are_unstable_and_have_no_percentage(world):
    # 300 % more calls, twice as long, for one person who is left of two.
    tree = content(world, "?day=0&volume=300&handling=300&shrinkage=50")
    rows = [c for c in components(panel(tree, "staffing_day")) if c["type"] == "Tr"]
    (ten,) = [words(row) for row in rows if words(row).startswith("10:00 ")]
    assert "instável" in ten
    assert "0,0%" not in ten
    assert "100" not in ten


def test_the_metric_info_says_what_was_assumed(world):
    told = words(panel(content(world, "?stream=both&patience=60&volume=20"), "staffing_need"))
    assert "volume 20% e duração 0% a mais" in told
    assert "paciência de 60 s" in told
    assert "10 min de trabalho, 3 ao mesmo tempo" in told
    assert "ninguém desiste" in words(panel(content(world), "staffing_day"))


def test_callers_who_give_up_are_told_of(world):
    told = words(panel(content(world, "?day=0&patience=60"), "staffing_day"))
    assert "Desistem" in told
    assert "Erlang A" in words(panel(content(world, "?patience=60"), "staffing_need"))


def test_the_fair_target_is_calls_over_shifts(world):
    # Four Mondays and three Tuesdays lie in the 28 days, and today's night has not begun.
    tree = content(world)
    fair = panel(tree, "fair_target")
    assert "12 ligações em 11 turnos" in words(fair)
    lines = [words(c) for c in components(fair) if c["type"] == "Tr"][1:]
    assert [line.split()[0] for line in lines] == ["João", "Luana"]
    # 12 / 11 per shift: João 8 of 4 shifts, Luana 4 of 7.
    assert "4,4" in lines[0]
    assert "+3,6" in lines[0]
    assert "7,6" in lines[1]
    assert "−3,6" in lines[1]


def test_a_bar_of_the_fair_target_opens_as_many_rows_as_it_says(world):
    tree = content(world)
    links = {
        c["props"]["data-rows-link"]: words(c)
        for c in components(panel(tree, "fair_target"))
        if "data-rows-link" in c["props"] and "button" not in c["props"]["className"]
    }
    key = f"calls_answered\nuser:{JOAO}"
    assert links[key] == "8"
    values = {
        "url.search": f"?rows=calls_answered&cell=user%3A{JOAO}",
        "url.pathname": "/staffing",
    }
    answer = world.browser(MANAGER).fire(PANEL, **values)
    said = words(answer.get_json()["response"]["side-panel"]["children"])
    assert "João Vitor Lacerda 8 ligações" in " ".join(said.split())


def test_transfers_count_for_everybody_who_had_a_part(tmp_path):
    passed = call(
        "p1",
        "2026-11-23T13:00:00Z",
        transferred_by_id="902",
        transferred_by_email="luana.tavares@example.com",
        transferred_to_id="901",
        transferred_to_email="joao.lacerda@example.com",
    )
    with web(tmp_path, current=snapshot(calls=[passed])) as world:
        both = [Change(agent, 0, (), read_day("9:00-18:00")) for agent in (JOAO, LUANA)]
        change_schedule(world.state, both, by="x", at=1)
        assert "1 ligação em 8 turnos" in words(panel(content(world), "fair_target"))
        told = words(panel(content(world, "?transfers=1"), "fair_target"))
        assert "2 ligações em 8 turnos" in told


def test_calls_of_people_without_a_shift_stand_apart(tmp_path):
    gone = {"user_id": None, "user_name": None, "user_email": None}
    calls = [*CALLS, call("n1", "2026-11-23T13:00:00Z", **gone)]
    with web(tmp_path, current=snapshot(calls=calls)) as world:
        change_schedule(world.state, [Change(JOAO, 0, (), read_day("9-18"))], by="x", at=1)
        fair = words(panel(content(world), "fair_target"))
        assert "8 ligações em 4 turnos" in fair
        assert "fora da conta: 5 ligações" in fair
        assert "Luana Tavares" in fair
        assert "Sem responsável" in fair


def test_a_leaver_of_the_schedule_stays_with_their_name(tmp_path):
    with web(tmp_path, current=snapshot(calls=CALLS)) as world:
        change_schedule(world.state, [Change(MARIANA, 0, (), read_day("9-18"))], by="x", at=1)
        grid = act(world, None)["staffing--grid"]["children"]
        assert "Mariana Pontes" in words(grid)
        assert "ex-integrante" in words(grid)
        assert "ex-integrante" in words(panel(content(world), "fair_target"))


def test_holidays_have_no_shifts_and_are_named(tmp_path):
    settings = Settings.model_validate({"office_hours": {"holidays": [date(2026, 11, 23)]}})
    with web(tmp_path, current=snapshot(calls=CALLS), settings=settings) as world:
        change_schedule(world.state, [Change(JOAO, 0, (), read_day("9-18"))], by="x", at=1)
        told = words(panel(content(world), "fair_target"))
        assert "8 ligações em 3 turnos" in told
        assert "Sem turnos nos feriados: 23/11" in told


def seen(*rows):
    """Stretches of presence: agent, channel, state, from, until, all of 23 November (UTC)."""
    names = ("id", "channel", "state", "began_at", "until_at")
    edges = [(*row[:3], *(f"2026-11-23T{clock}:00Z" for clock in row[3:])) for row in rows]
    return frame("presence", [dict(zip(names, row, strict=True)) for row in edges])


def test_time_away_is_told_by_person_and_day(tmp_path):
    with web(tmp_path, current=snapshot(calls=CALLS)) as world:
        keep_away(world, {date(2026, 11, 23): 2, date(2026, 11, 24): 1, date(2026, 11, 10): 3})
        told = panel(content(world, "?period=7d"), "time_away")
        lines = [words(c).split() for c in components(told) if c["type"] == "Tr"]
        assert lines[:4] == [
            ["23/11", "24/11", "Total"],
            ["Luana", "Tavares", "2,0", "1,0", "3,0"],
            ["none", "2,0", "1,0", "3,0"],
            ["Total", "4,0", "2,0", "6,0"],
        ]
        assert "Contado até 24/11 09:00." in words(told)
        answer = world.browser(MANAGER).get("/exports/staffing.xlsx?period=7d")
        book = load_workbook(io.BytesIO(answer.data))
        hours = list(book["Tempo ausente por pessoa e dia"].iter_rows(values_only=True))
        assert hours[1] == ("Luana Tavares", 2, 1, 3)
        days = list(book["Tempo por pessoa e dia"].iter_rows(values_only=True))
        assert [row[:2] for row in days[1:5]] == [
            (datetime(2026, 11, day), name)  # noqa: DTZ001  (a sheet's times have no zone)
            for day in (23, 24)
            for name in ("Luana Tavares", "none")
        ]
        assert days[1][2:4] == (timedelta(hours=2), timedelta(hours=3))
        only = panel(content(world, f"?period=7d&agent={LUANA}"), "time_away")
        assert "none" not in words(only)
        nobody = panel(content(world, "?period=today&agent=x"), "time_away")
        assert "começa quando o coletor roda" in words(nobody)


def test_of_many_days_the_time_away_is_told_by_week(tmp_path):
    with web(tmp_path, current=snapshot(calls=CALLS)) as world:
        last = date(2026, 11, 24)
        keep_away(world, {last - timedelta(days=n): 1 for n in range(35)})
        told = panel(content(world, "?period=90d"), "time_away")
        heads, line, *_ = [words(c).split() for c in components(told) if c["type"] == "Tr"]
        assert heads == ["21/10", "26/10", "02/11", "09/11", "16/11", "23/11", "Total"]
        assert line[2:] == ["5,0", "7,0", "7,0", "7,0", "7,0", "2,0", "35,0"]


def keep_away(world, hours):
    """So many hours away on a day, for Luana and for somebody whom nobody knows."""
    for day, away in hours.items():
        spent = [[0, 0, 3600, away * 3600]] * 2
        document = {"until": f"{day}T12:00:00+00:00", "people": {LUANA: spent, "none": spent}}
        world.state.set(f"{PREFIX}{day}", orjson.dumps(document))


def test_presence_is_told_of_what_was_read_only(tmp_path):
    current = snapshot(calls=CALLS)
    presence = seen(
        (JOAO, "text", "active", "12:00", "13:00"), (JOAO, "text", "away", "13:10", "14:00")
    )
    current = replace(current, tables=replace(current.tables, presence=presence))
    with web(tmp_path, current=current) as world:
        wanted = [Change(agent, 0, (), read_day("9-18")) for agent in (JOAO, LUANA, FELIPE)]
        change_schedule(world.state, wanted, by="x", at=1)
        told = panel(content(world), "schedule_adherence")
        lines = [words(c) for c in components(told) if c["type"] == "Tr"][1:]
        by_name = {line.split()[0]: line for line in lines}
        # João's calls began while nobody was read; Luana's one of two minutes did not.
        assert "55%" in by_name["João"]
        assert "110 min" in by_name["João"]
        # Two minutes are no share.
        assert "pouco observado" in by_name["Luana"]
        assert " 2 min" in by_name["Luana"]
        assert "não observado" in by_name["Felipe"]
        assert "112 min observados" in words(told)
        day = words(panel(content(world, "?day=0"), "staffing_day"))
        assert "observadas em 1 dia" in day


@pytest.mark.parametrize(
    "search", ["?volume=9999", "?day=8", "?stream=x", "?target=0", "?seconds=a"]
)
def test_an_address_that_cannot_be_is_said_and_nothing_breaks(world, search):
    assert "não pode ser lido" in words(content(world, search)) or "endereço" in words(
        content(world, search)
    )
    answer = world.browser(MANAGER).fire(
        WHATIF, **{"url.search": search, "url.pathname": "/staffing"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("stream", ["calls", "conversations", "both"])
@pytest.mark.parametrize("heat", ["needed", "scheduled", "gap"])
def test_nothing_at_all_is_said_in_words(tmp_path, stream, heat):
    current = snapshot(conversations=[], calls=[], people=[], teams=[])
    with web(tmp_path, current=current) as world:
        tree = content(world, f"?stream={stream}&heat={heat}")
        assert "Nada chegou" in words(tree)
        assert "Nenhuma escala ainda" in words(tree)
        assert "Ainda não há pessoas" in words(act(world, None)["staffing--grid"]["children"])


def test_without_a_telephone_the_page_says_so(tmp_path):
    sources = {**OK_SOURCES, "aircall": SourceStatus("off", None)}
    with web(tmp_path, current=snapshot(calls=[], sources=sources)) as world:
        assert "O Aircall não está ligado" in words(content(world))


def test_conversations_need_people_too(world):
    tree = content(world, "?stream=both&level=p90&minutes=30&at_once=1")
    assert "conversas" in words(tree)
    assert "Conversas iniciadas por clientes" in words(panel(tree, "staffing_need"))


def test_a_saved_cell_is_kept_audited_and_seen_by_the_numbers(fresh):
    world = fresh(current=snapshot(calls=CALLS))
    before = content(world)
    assert "Nenhuma escala ainda" in words(before)
    answer = save(world, (JOAO, "0", "", "9h-12h; 13:00 às 18:00"))
    assert "1 célula mudada" in words(answer["staffing--said"]["children"])
    assert load_schedule(world.state).schedule.weeks[JOAO][0] == read_day(
        "09:00-12:00; 13:00-18:00"
    )
    assert load_schedule(world.state).by == "Marina Falcão"
    (entry,) = Audit(world.state, 90, lambda: world.now).list_entries(["schedule"])
    assert (entry.who, entry.about) == (MANAGER, {"cells": 1})
    # The version of the data is the same; the numbers are not those of before.
    assert "8 ligações em 8 turnos" in words(panel(content(world), "fair_target"))


def test_a_cell_that_somebody_else_changed_is_not_written_over(fresh):
    world = fresh()
    save(world, (JOAO, "0", "", "09:00-18:00"))
    answer = save(world, (JOAO, "0", "", "10:00-19:00"), (LUANA, "0", "", "08:00-12:00"))
    said = words(answer["staffing--said"]["children"])
    assert "Alguém salvou antes: Marina Falcão" in said
    assert "João Vitor Lacerda, segunda: agora 09:00-18:00" in said
    assert answer["staffing--done"]["data"]["taken"] == [[JOAO, 0, "09:00-18:00"]]
    # The grid with what was typed is not drawn anew, and nothing of it was saved.
    assert "staffing--grid" not in answer
    assert LUANA not in load_schedule(world.state).schedule.weeks
    # Whoever saves again has seen it.
    save(world, (JOAO, "0", "09:00-18:00", "10:00-19:00"))
    assert load_schedule(world.state).schedule.weeks[JOAO][0] == read_day("10:00-19:00")


def test_cells_that_cannot_be_read_are_told_and_nothing_is_saved(fresh):
    world = fresh()
    bad = ["9-25", "x" * 9999, "<script>", "=cmd|'/C calc'!A0", "9-9", "8-12; 11-15"]
    cells = [(JOAO, str(day), "", text) for day, text in enumerate(bad)]
    answer = save(world, *cells, (LUANA, "0", "", "09:00-18:00"), ("ghost", "0", "", "9-18"))
    said = words(answer["staffing--said"]["children"])
    assert "Nada foi salvo" in said
    assert "João Vitor Lacerda, segunda: «9-25» tem uma hora que não existe" in said
    assert "pessoa desconhecida" in said
    assert len(answer["staffing--done"]["data"]["bad"]) == 7
    assert load_schedule(world.state).schedule.version == 0


@pytest.mark.parametrize(
    "data",
    [
        {"act": "save"},
        {"act": "save", "cells": "x"},
        {"act": "save", "cells": [1, None, {"agent": JOAO, "day": "9"}]},
        {"act": "save", "cells": [{"agent": JOAO, "day": [], "now": {}}]},
        {"act": "import", "file": 7},
        {"act": "import", "file": "not base64!"},
        {"act": "import", "file": ""},
        {"act": "nothing"},
        [],
        "save",
        None,
    ],
)
def test_what_no_page_sends_changes_nothing(fresh, data):
    world = fresh()
    act(world, data)
    assert load_schedule(world.state).schedule.version == 0


def test_analysts_and_screens_have_no_schedule(world):
    for browser in (world.browser(ANALYST), world.screen()):
        for output in (BAR, EDIT, WHATIF):
            assert browser.fire(output).status_code == 403
        assert browser.get("/staffing").status_code == 403


def test_an_exported_schedule_can_be_imported_again(fresh):
    world = fresh()
    save(world, (JOAO, "0", "", "09:00-18:00"), (LUANA, "6", "", "22:00-06:00"))
    file = act(world, {"act": "export"})["staffing--download"]["data"]
    assert file["filename"] == "vigia-escala.xlsx"
    book = load_workbook(io.BytesIO(base64.b64decode(file["content"])))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][:3] == ("E-mail", "Nome", "segunda")
    answer = read_file(world, book)
    assert "Lido de escala.xlsx" in words(answer["staffing--grid"]["children"])
    cells = of_class(answer["staffing--grid"]["children"], "shift-cell")
    shown = {
        (c["props"]["data-agent"], c["props"]["data-day"]): (
            c["props"]["data-was"],
            components(c)[2]["props"]["value"],
        )
        for c in cells
    }
    assert shown[JOAO, "0"] == ("09:00-18:00", "09:00-18:00")
    assert shown[LUANA, "6"] == ("22:00-06:00", "22:00-06:00")


def test_what_is_imported_is_shown_and_not_saved(fresh):
    world = fresh()
    book = book_of(["LUANA.tavares@example.com", "", "8-12", "folga", *[None] * 5])
    grid = read_file(world, book)["staffing--grid"]["children"]
    cell = of_class(grid, "shift-cell")
    own = {c["props"]["data-day"]: c for c in cell if c["props"]["data-agent"] == LUANA}
    assert own["0"]["props"]["data-was"] == ""
    assert components(own["0"])[2]["props"]["value"] == "08:00-12:00"
    assert load_schedule(world.state).schedule.version == 0


def test_every_faulty_cell_of_a_file_is_told_by_row_and_column(fresh):
    world = fresh()
    book = book_of(
        ["joao.lacerda@example.com", "", "9-25", *[None] * 6],
        ["nobody@example.com", "", *[None] * 7],
        ["joao.lacerda@example.com", "", *[None] * 7],
    )
    answer = read_file(world, book, name="<b>x</b>.xlsx")
    said = words(answer["staffing--said"]["children"])
    assert "<b>x</b>.xlsx não pôde ser lido" in said
    assert "Linha 2, coluna C: «9-25» tem uma hora que não existe" in said
    assert "Linha 3, coluna A: ninguém se chama ou tem o e-mail «nobody@example.com»" in said
    assert "Linha 4, coluna A: «joao.lacerda@example.com» já apareceu em outra linha" in said
    assert "staffing--grid" not in answer


def test_names_that_try_to_break_out_are_only_text(tmp_path):
    people = [
        *PEOPLE,
        *[person(f"29{n}", name, f"h{n}@example.com") for n, name in enumerate(HOSTILE)],
    ]
    with web(tmp_path, current=snapshot(calls=CALLS, people=people)) as world:
        wanted = [Change(f"29{n}", 0, (), read_day("9-18")) for n in range(len(HOSTILE))]
        change_schedule(world.state, wanted, by=HOSTILE[1], at=1)
        grid = act(world, None)["staffing--grid"]["children"]
        for name in HOSTILE:
            assert name in words(grid)
        told = words(panel(content(world), "fair_target"))
        assert HOSTILE[1] in told
        file = act(world, {"act": "export"})["staffing--download"]["data"]
        book = load_workbook(io.BytesIO(base64.b64decode(file["content"])))
        kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
        assert "f" not in kinds


def test_a_day_of_the_version_before_the_data_is_no_error(fresh):
    world = fresh(starting=True)
    assert act(world, None)["staffing--grid"]["children"]
    answer = world.browser(MANAGER).fire(BAR, **{"url.search": "", "url.pathname": "/staffing"})
    assert answer.status_code == 200


def test_the_sliders_are_drawn_from_the_address_once(world):
    asked = {"url.search": "?volume=20&stream=conversations", "url.pathname": "/staffing"}
    browser = world.browser(MANAGER)
    told = browser.fire(WHATIF, **asked).get_json()["response"]
    shown = told["staffing--assumed"]["data"]
    assert (shown["volume"], shown["seconds"], shown["stream"]) == (20, 20, "conversations")
    again = browser.fire(WHATIF, **asked, **{"staffing--assumed.data": shown})
    assert again.status_code == 204 or "staffing--whatif" not in json.dumps(again.get_json())


def test_both_languages_have_the_page(world):
    browser = world.browser(MANAGER)
    browser.client.set_cookie("vigia_lang", "en")
    values = {"url.search": "?day=0&patience=30&heat=gap", "url.pathname": "/staffing"}
    tree = browser.fire(BAR, **values).get_json()["response"]["staffing--content"]["children"]
    assert "People per half-hour of the week" in words(tree)
    assert "Fair target" in words(tree)


@pytest.mark.parametrize("stream", ["calls", "conversations"])
def test_what_arrived_leads_to_as_many_rows(world, stream):
    tree = panel(content(world, f"?stream={stream}"), "fact-arrived")
    (link,) = [
        c["props"] for c in components(tree) if "rows-link" in c["props"].get("className", "")
    ]
    path, _, search = link["href"].partition("?")
    answer = world.browser(MANAGER).fire(
        PANEL, **{"url.search": f"?{search}", "url.pathname": path}
    )
    said = " ".join(words(answer.get_json()["response"]["side-panel"]["children"]).split())
    unit = "ligações" if stream == "calls" else "conversas"
    assert f"{link['children']} {unit}" in said


def test_the_file_of_the_page_has_its_tables(world):
    answer = world.browser(MANAGER).get("/exports/staffing.xlsx?stream=both&basis=hours")
    assert answer.status_code == 200, answer.text
    book = load_workbook(io.BytesIO(answer.data))
    rows = list(book["Semana ligações"].iter_rows(values_only=True))
    (ten,) = [row for row in rows if row[:2] == ("segunda", "10:00")]
    assert (ten[2], ten[6], ten[7], ten[8], ten[9]) == (2, 1, 2, 2, 0)
    fair = {row[0]: row for row in book["Meta justa"].iter_rows(values_only=True)}
    assert fair["João Vitor Lacerda"][1] == 8
    assert fair["João Vitor Lacerda"][2] == pytest.approx(12 * 36 / 76)
    assert "Presença nos turnos" in book.sheetnames
    assert "Semana conversas" in book.sheetnames
    told = {row[2] for row in book["Definições"].iter_rows(values_only=True)}
    assert {"fair_target", "staffing_need", "schedule_adherence"} <= told
