"""The analyst's panel over HTTP: whose rows are shown, what is told, and when it is drawn anew."""

from datetime import date

import pytest

from services.snapshot.manifest import History, SourceStatus
from tests.worlds import analyst_world as panel
from tests.worlds.analyst_world import (
    CATEGORY,
    CONTENT,
    HEAD,
    MERGED,
    REASON,
    VERSION,
    answer,
    closed,
    pending,
    read,
    shown,
    taught,
    version,
    week,
    words,
)
from tests.worlds.api_world import AS_OF_TEXT, JOAO, LUANA, MARIANA, call
from tests.worlds.web_world import ANALYST, MANAGER, STRANGER, web

NOTHING = {}


@pytest.fixture
def made(fresh):
    """A browser signed in to a deployment with these conversations."""

    def made(conversations=None, email=ANALYST, **options):
        return fresh(current=version(conversations, **options)).browser(email)

    return made


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """João and Luana, each with something of their own."""
    rows = [
        *week(),
        closed("luana1", subject="Segredo da Luana", agent_id=LUANA),
        pending("luana2", 5, subject="Pendência da Luana", agent_id=LUANA),
        closed("mariana", 9, subject="Da ex-integrante", agent_id=MARIANA),
    ]
    with web(tmp_path_factory.mktemp("two"), current=version(rows)) as deployment:
        yield deployment


def told_once(browser, search="", **values):
    return answer(browser, search, **values)[VERSION]["data"]


# -- whose rows ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "search",
    [
        "",
        f"?agent={LUANA}",
        f"?agent={LUANA}&agent={JOAO}",
        "?agent=none",
        f"?agent={LUANA}&period=month&more=500&lines=500&out=1&comments=all&calls=all",
        f"?team=6101&agent={LUANA}",
        "?search=Luana",
        "?origin=customer",
    ],
)
def test_an_analyst_gets_own_rows_whatever_is_asked(two, search):
    text = shown(two.browser(ANALYST), search)
    assert "Pendência da Luana" not in text
    assert "Segredo da Luana" not in text
    assert "Da ex-integrante" not in text


def test_the_browsers_memory_opens_nobody_elses_rows(two):
    seen = {"version": "1", "search": "", "seen": ["luana1", "luana2", "mariana"]}
    text = shown(two.browser(ANALYST), **{f"{VERSION}.data": seen})
    assert "Segredo" not in text
    assert "done-list" not in text


def test_an_analyst_has_nobody_to_choose_from(two):
    head = answer(two.browser(ANALYST))[HEAD]["children"]
    assert panel.found(head, "id", "analyst--person") == []


def test_an_account_that_is_nobody_in_intercom_is_told_so(two):
    assert "ninguém no Intercom" in read(two.browser(STRANGER))


def test_a_wall_may_not_ask(two):
    response = two.screen().fire(panel.PANEL, **{"url.pathname": "/analyst"})
    assert response.status_code == 403


def test_a_manager_opens_anybodys_panel_and_sees_whose_it_is(two):
    text = read(two.browser(MANAGER), f"?agent={LUANA}")
    assert "Painel de Luana Tavares, visto pela gestão" in text
    assert "Pendência da Luana" in text
    assert "Pendente 0" not in text


def test_a_leaver_is_marked_and_keeps_the_rows(two):
    text = read(two.browser(MANAGER), f"?agent={MARIANA}")
    assert "ex-integrante" in text
    assert "Da ex-integrante" in text


def test_an_unknown_person_is_said_and_leads_back(two):
    told = answer(two.browser(MANAGER), "?agent=99999&period=week")[CONTENT]["children"]
    assert "Ninguém com este número" in words(told)
    assert panel.links(told) == ["/analyst?period=week"]


def test_conversations_of_nobody_have_a_panel_too(made):
    rows = [pending("lost", subject="Sem dono", agent_id=None)]
    text = read(made(rows, MANAGER), "?agent=none")
    assert "Sem dono" in text
    assert "Sem responsável" in text


# -- the team ---------------------------------------------------------------------------------


def test_a_manager_who_has_chosen_nobody_gets_the_team(two):
    told = answer(two.browser(MANAGER))[CONTENT]["children"]
    text = words(told)
    assert "Classificação por pessoa" in text
    for name in ("João Vitor Lacerda", "Luana Tavares", "Mariana Pontes", "Felipe Yamamoto"):
        assert name in text
    assert f"/analyst?agent={LUANA}" in panel.links(told)


def test_the_teams_numbers_are_those_of_its_people(two):
    [table] = panel.found(
        answer(two.browser(MANAGER))[CONTENT]["children"], "className", "grid-table team-table"
    )
    _, body, foot = table["props"]["children"]
    lines = [words(line) for line in body["props"]["children"]]
    joao = next(line for line in lines if line.startswith("João"))
    # 10 closed, 6 classified, 4 pending, 60 %, 3 missing.
    assert joao.startswith("João Vitor Lacerda 10 6 4 60,0% 3")
    # With Luana's two and Mariana's one: 13 closed, 8 classified; 12 are needed.
    assert "13 8 5 61,5% 4" in words(foot)


def test_who_misses_most_comes_first(two):
    text = read(two.browser(MANAGER))
    assert text.index("João Vitor") < text.index("Luana Tavares") < text.index("Felipe Yamamoto")


def test_no_analyst_ever_sees_the_team(two):
    assert "Classificação por pessoa" not in shown(two.browser(ANALYST), "?agent=")


def test_a_catch_all_that_grows_is_told_to_the_manager_only(made):
    before = "2026-10-10T12:00:00Z"
    rows = [closed(f"now{n}", n, **{REASON: "Outros" if n < 15 else "Boleto"}) for n in range(30)]
    rows += [
        closed(f"old{n}", n, created_at=before, **{REASON: "Outros" if n < 3 else "Boleto"})
        for n in range(30)
    ]
    text = read(made(rows, MANAGER))
    assert "«Outros» está crescendo no time" in text
    assert "50% dos motivos" in text
    assert "antes 10%" in text
    assert "nas conversas de João Vitor Lacerda" in read(made(rows, MANAGER), f"?agent={JOAO}")
    assert "está crescendo" not in read(made(rows))


# -- the goal -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "missing", "said"),
    [
        (0, 1, "Falta 1 para 90% nesta semana"),
        (0, 9, "Faltam 9"),
        (8, 2, "Falta 1"),
        (9, 1, "Meta batida"),
        (9, 2, "Falta 1"),
        (10, 1, "Meta batida"),
        (17, 3, "Falta 1"),
        (18, 2, "Meta batida"),
        (89, 11, "Falta 1"),
        (90, 10, "Meta batida"),
        (1, 399, "Faltam 359"),
    ],
)
def test_the_headline_is_the_number_that_is_missing(made, done, missing, said):
    assert said in read(made(week(done, missing)))


def test_the_bar_has_one_block_per_conversation_up_to_120(made):
    text = shown(made(week(100, 20)))
    assert text.count("block-done") == 100
    # 108 are needed.
    assert text.count("block-missing") == 8
    assert text.count("block-rest") == 12


def test_a_longer_bar_is_continuous(made):
    text = shown(made(week(100, 21)))
    assert "block-" not in text
    assert '"--share": "82.64%"' in text
    assert '"--goal": "90.08%"' in text


def test_a_reached_goal_is_celebrated_for_the_own_period_only(made, two):
    browser = made(week(9, 1))
    hero = panel.found(answer(browser)[CONTENT]["children"], "id", "analyst--goal")[0]
    assert hero["props"]["data-reached"] == f"{JOAO} 2026-11-23 2026-11-29"
    assert hero["props"]["data-reached-words"] == "Meta batida: 90% nesta semana"
    assert "data-reached" not in shown(two.browser(MANAGER), f"?agent={MARIANA}")
    assert "data-reached" not in shown(two.browser(ANALYST))


def test_a_pace_is_told_when_days_are_over(made):
    rows = [closed(f"m{n}", n) for n in range(18)] + [pending(f"p{n}", n) for n in range(2)]
    assert "no ritmo atual, 90% na sexta" in read(made(rows))
    assert "no ritmo" not in read(made(week(6, 3)))
    assert "no ritmo" not in read(made(rows), "?from=2026-11-02&to=2026-11-24")


def test_days_in_a_row_at_the_goal_are_told_from_two_on(made):
    days = [closed(f"d{n}", -1440 * n) for n in (0, 3, 4)]
    assert "3 dias seguidos na meta" in read(made(days))
    assert "seguidos" not in read(made(days[:1]))


def test_nothing_closed_is_no_success(made):
    text = read(made([closed("open", state="open")]))
    assert "Nada fechado ainda" in text
    assert "Meta batida" not in text
    assert "Nada por classificar" in text


def test_a_new_analyst_has_a_quiet_panel(made):
    text = read(made([]))
    for said in ("Nada fechado ainda", "Nenhuma conversa neste período", "Nenhuma nota ainda"):
        assert said in text


# -- what is pending --------------------------------------------------------------------------


def test_pending_ones_lead_to_that_very_conversation(made):
    told = answer(made(week(1, 1)))[CONTENT]["children"]
    assert "https://app.intercom.com/a/inbox/abc123/inbox/conversation/todo0" in panel.links(told)


def test_pending_ones_come_oldest_first(made):
    rows = [pending("b", 50, subject="Segunda"), pending("a", 1, subject="Primeira")]
    text = read(made(rows))
    assert text.index("Primeira") < text.index("Segunda")


def test_a_close_that_nobody_recorded_is_dated_by_the_creation(made):
    rows = [
        pending("a", 0, subject="Primeira"),
        pending("b", 60, subject="Segunda", last_close_at=None),
        pending("c", 90, subject="Terceira"),
    ]
    text = read(made(rows))
    assert "fechamento sem registro" in text
    assert text.index("Primeira") < text.index("Segunda") < text.index("Terceira")


def test_the_teams_words_suggest_a_reason(made):
    rows = [
        *taught(),
        pending("a", 1, subject="Dúvida sobre a tela"),
        pending("b", 2, subject="boleto em atraso"),
    ]
    text = read(made(rows))
    assert "sem sugestão" in text
    assert text.index("Dúvida sobre") < text.index("boleto em atraso")
    assert "Boleto e pagamento" in text
    easiest = read(made(rows), "?order=easiest")
    assert easiest.index("boleto em atraso") < easiest.index("Dúvida sobre")


def test_without_enough_words_there_is_no_column_of_suggestions(made):
    text = read(made(week()))
    assert "sem sugestão" not in text
    assert "quando o time tiver mais" in text


def test_four_hundred_pending_ones_are_cut_with_their_count(made):
    browser = made(week(0, 400))
    told = answer(browser)
    assert words(told[CONTENT]["children"]).count("Abrir") < 100
    assert "50 de 400 na lista" in words(told[CONTENT]["children"])
    assert "/analyst?more=100" in panel.links(told[CONTENT]["children"])
    assert "400, some daqui" in words(told[CONTENT]["children"])
    assert "400 de 400" not in read(browser, "?more=400")


def test_everything_classified_is_calm(made):
    text = shown(made(week(5, 0)))
    assert "Tudo classificado" in text
    assert "state-calm" in text


def test_what_does_not_count_is_told_with_its_reasons_and_listed_on_request(made):
    rows = [
        *week(1, 1),
        *[
            pending(f"b{n}", n, subject="Interno", **{CATEGORY: "Back-office ticket"})
            for n in (1, 2)
        ],
        pending("m", 9, subject="Repetida", **{MERGED: "true"}),
    ]
    browser = made(rows)
    text = read(browser)
    assert "Fora da conta: 2 de back-office e 1 duplicada. Ver as 3" in text
    assert "n 2 fechadas ; 2 de back-office e 1 duplicada fora da conta" in text
    listed = shown(browser, "?out=1")
    assert "excluded-table" in listed
    assert "Duplicada" in listed
    assert "Esconder" in listed


def test_a_classified_one_gets_its_tick_at_the_next_version_without_a_reload(fresh):
    world = fresh(current=version(week(6, 4)))
    browser = world.browser(ANALYST)
    first = told_once(browser)
    assert first["seen"] == ["todo0", "todo1", "todo2", "todo3"]
    rows = [
        closed(row["id"], subject=row["subject"]) if row["id"] == "todo2" else row
        for row in week(6, 4)
    ]
    world.dataset.current = version(rows, version=8)
    told = answer(browser, **{f"{VERSION}.data": first})
    # The list alone is sent, into the panel that is there.
    assert CONTENT not in told
    changed = [props["children"] for props in told.values() if "children" in props]
    [done] = panel.found(changed, "className", "done-list")
    assert "Pendente 2 Boleto e pagamento" in words(done)
    # It keeps its tick as long as the page is open.
    third = version(rows, version=9)
    world.dataset.current = third
    shown_again = {**told[VERSION]["data"], "parts": []}
    again = answer(browser, **{f"{VERSION}.data": shown_again})
    assert panel.found(again[CONTENT]["children"], "className", "done-list")


def test_another_view_starts_without_ticks(fresh):
    world = fresh(current=version(week(6, 4)))
    browser = world.browser(ANALYST)
    first = told_once(browser)
    told = answer(browser, "?period=month", **{f"{VERSION}.data": {**first, "parts": []}})
    assert not panel.found(told[CONTENT]["children"], "className", "done-list")


@pytest.mark.parametrize(
    "stored", ["7 ", 3, [], {"seen": "x"}, {"seen": [1, None, {}]}, {"seen": ["x" * 101]}, None]
)
def test_whatever_the_browser_remembers_the_panel_is_drawn(two, stored):
    assert "Faltam 3" in read(two.browser(ANALYST), **{f"{VERSION}.data": stored})


def test_an_unchanged_version_is_not_drawn_again(two):
    browser = two.browser(ANALYST)
    known = {"version": "7", "search": "", "seen": []}
    assert answer(browser, **{f"{VERSION}.data": known}) == NOTHING


def test_another_page_is_left_alone(two):
    assert answer(two.browser(ANALYST), **{"url.pathname": "/operations"}) == NOTHING


# -- history -------------------------------------------------------------------------------------


HISTORY = [
    closed("h1", 1, subject="Boleto vencido"),
    closed("h2", 2, subject="Senha", **{REASON: "Acesso e senha"}),
    pending("h3", 3, subject="NÃO sei"),
    closed("h4", 4, subject="Aberta agora", state="open"),
    closed("h5", 5, subject="Pausada agora", state="snoozed"),
    pending("h6", 6, subject="Interna", **{CATEGORY: "Back-office ticket"}),
]


def listed(browser, search):
    told = answer(browser, search)[CONTENT]["children"]
    tables = panel.found(told, "className", "grid-table two-lines history-table")
    if not tables:
        return []
    _, body = tables[0]["props"]["children"]
    return [words(line["props"]["children"][0]) for line in body["props"]["children"]]


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    with web(tmp_path_factory.mktemp("past"), current=version(HISTORY)) as deployment:
        yield deployment.browser(ANALYST)


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (
            "",
            ["Interna", "Pausada agora", "Aberta agora", "NÃO sei", "Senha", "Boleto vencido"],
        ),
        ("?state=pending", ["NÃO sei"]),
        ("?state=classified", ["Senha", "Boleto vencido"]),
        ("?state=excluded", ["Interna"]),
        ("?state=open", ["Aberta agora"]),
        ("?state=snoozed", ["Pausada agora"]),
        ("?reason=Acesso+e+senha", ["Senha"]),
        ("?reason=", ["Interna", "NÃO sei"]),
        ("?search=n%C3%A3o", ["NÃO sei"]),
        ("?search=(.*", []),
        ("?search=BOLETO&state=classified", ["Boleto vencido"]),
        ("?search=boleto&state=pending", []),
        ("?lines=2", ["Interna", "Pausada agora"]),
        ("?period=today", []),
    ],
)
def test_the_address_filters_the_history(past, search, expected):
    assert listed(past, search) == expected


def test_a_filter_without_rows_says_how_many_there_are_without_it(past):
    text = read(past, "?search=zebra")
    assert "Nada neste filtro" in text
    assert "Há 6 conversas sem os filtros." in text


def test_the_files_carry_the_filters_along(past):
    hrefs = panel.links(answer(past, "?state=pending&search=sei")[CONTENT]["children"])
    assert "/analyst/export.csv?state=pending&search=sei" in hrefs
    assert "/analyst/export.xlsx?state=pending&search=sei" in hrefs


# -- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("?period=year", "Endereço com um filtro"),
        ("?more=0", "Endereço com um filtro"),
        ("?more=501", "Endereço com um filtro"),
        ("?more=0x10", "Endereço com um filtro"),
        ("?lines=٣", "Endereço com um filtro"),
        ("?state=closed", "Endereço com um filtro"),
        ("?sort=1", "Endereço com um filtro"),
        ("?search=" + "x" * 201, "Endereço com um filtro"),
        ("?from=2026-13-01", "Endereço com um filtro"),
        ("?" + "&".join(f"a{n}=1" for n in range(60)), "Endereço com um filtro"),
        ("?from=2026-11-20&to=2026-11-10", "Data final antes da inicial"),
        ("?from=<script>", "Endereço com um filtro"),
    ],
)
def test_an_unusable_address_shows_this_week_and_says_so(two, search, said):
    text = read(two.browser(ANALYST), search)
    assert said in text
    assert "Mostrando esta semana." in text
    assert "Faltam 3" in text


@pytest.mark.parametrize(
    ("search", "chosen"),
    [
        ("", "Semana , 23 a 29 nov"),
        ("?period=today", "Hoje"),
        ("?period=month", "Mês , 1 a 30 nov"),
        ("?from=2026-10-26&to=2026-11-22", "Outro , 26 out a 22 nov"),
        ("?from=2025-12-20&to=2026-01-05", "Outro , 20 dez 2025 a 5 jan 2026"),
        ("?from=2026-11-20&to=2026-11-20", "Outro , sex 20 nov"),
        ("?period=28d", "Outro , 28 out a 24 nov"),
    ],
)
def test_the_chosen_period_is_marked_with_its_days(two, search, chosen):
    head = answer(two.browser(ANALYST), search)[HEAD]["children"]
    [segment] = panel.found(head, "className", "segment segment-on")
    assert words(segment) == chosen


def test_another_period_starts_the_lists_anew_and_keeps_the_filters(two):
    head = answer(two.browser(ANALYST), "?more=100&out=1&state=pending")[HEAD]["children"]
    assert "/analyst?state=pending&period=month" in panel.links(head)


# -- states --------------------------------------------------------------------------------------


def test_before_the_first_data_it_says_that_it_is_on_its_way(fresh):
    browser = fresh(starting=True).browser(ANALYST)
    # Nobody is matched yet either; the panel waits without a word about that.
    assert "Buscando os primeiros dados" in read(browser)


def test_a_period_that_is_still_arriving_is_said_to_be_partial(made):
    history = History(1, 90, complete=False, first_day=date(2026, 11, 24))
    text = read(made(history=history))
    assert "Histórico: 1 de 90 dias" in text
    assert "há dados desde 24/11" in text


def test_a_period_before_what_is_kept_is_said(made):
    text = read(made(), "?from=2026-07-01&to=2026-11-24")
    assert "O histórico guardado começa em 27/08/2026" in text


def test_a_workspace_without_the_attribute_has_no_goal(fresh):
    rows = [{k: v for k, v in row.items() if k != REASON} for row in week()]
    current = panel.snapshot(conversations=rows, calls=[])
    world = fresh(current=current)
    text = read(world.browser(ANALYST))
    assert "Nenhuma conversa traz o atributo «Motivo de Contato»" in text
    assert "Faltam" not in text
    assert "Tudo classificado" not in text
    assert "config.yaml" in read(world.browser(MANAGER))


def test_without_a_telephone_the_calls_say_so(made):
    sources = {"intercom": SourceStatus("ok", AS_OF_TEXT, version="2.14")}
    assert "O Aircall não está conectado." in read(made(sources=sources))


def test_as_long_as_the_workspace_is_unknown_no_link_leads_astray(made):
    told = answer(made(meta={}))[CONTENT]["children"]
    assert all(href.startswith(("/", "#")) for href in panel.links(told))


HOSTILE = [
    "<script>alert('x')</script>",
    "‮مرحبا بالعالم",
    "🎉👨‍👩‍👧‍👦",
    "x" * 10_000,
    '=HYPERLINK("http://evil")',
    "javascript:alert(1)",
    "   ",
]


def test_hostile_subjects_are_words(made):
    rows = [pending(f"x{n}", n, subject=subject) for n, subject in enumerate(HOSTILE)]
    told = answer(made(rows))[CONTENT]["children"]
    text = words(told)
    for subject in HOSTILE[:-1]:
        assert subject in text
    assert "(sem texto)" in text
    assert not any(href.startswith("javascript:") for href in panel.links(told))


# -- own results ---------------------------------------------------------------------------------


def rated(count, rating=5, agent=JOAO, prefix="r", **values):
    return [
        closed(
            f"{prefix}{n}",
            n,
            agent_id=agent,
            rating=rating,
            rating_at="2026-11-23T15:00:00Z",
            rated_agent_id=agent,
            **values,
        )
        for n in range(count)
    ]


def test_few_ratings_are_no_percentage(made):
    text = read(made(rated(9)))
    assert "9 notas: poucas para um percentual (mínimo 10)." in text
    assert "100,0 %" not in text


def test_ratings_have_an_interval_and_the_adjusted_score_beside_them(made):
    text = read(made([*rated(12), *rated(2, 3, prefix="n"), *rated(6, 1, prefix="b")]))
    assert "60,0 % entre 38,7 e 78,1, n 20" in text
    assert "CSAT ajustado" in text
    assert "66,7%" in text


def test_comments_are_listed_with_their_link_and_nobody_elses(made):
    rows = rated(1, rating_remark="Muito bom") + rated(1, 1, LUANA, "l", rating_remark="Da Luana")
    browser = made(rows)
    text = read(browser)
    assert "Nota 5" in text
    assert "Muito bom" in text
    assert "Da Luana" not in text
    assert "https://app.intercom.com/a/inbox/abc123/inbox/conversation/r0" in panel.links(
        answer(browser)[CONTENT]["children"]
    )


def test_many_comments_are_cut_until_all_are_asked_for(made):
    rows = [row | {"rating_remark": f"Comentário {n}"} for n, row in enumerate(rated(8))]
    browser = made(rows)
    assert read(browser).count("Comentário ") == 3
    assert "Ver os 8" in read(browser)
    assert read(browser, "?comments=all").count("Comentário ") == 8


def answered(others):
    """João's replies after ten minutes, those of others after twenty."""
    rows = []
    for number, agent in enumerate([JOAO, *[f"9{n}" for n in range(others)]]):
        minutes = 10 if agent == JOAO else 20
        rows.append(
            closed(
                f"t{number}",
                agent_id=agent,
                first_contact_reply_at="2026-11-23T12:00:00Z",
                first_admin_reply_at=f"2026-11-23T12:{minutes}:00Z",
            )
        )
    return rows


def test_the_teams_median_is_told_to_a_large_group_only(made):
    large = read(made(answered(5), people=panel.team(5)))
    assert "time 20 min" in large
    small = read(made(answered(4), people=panel.team(4)))
    assert "10 min" in small
    assert "time 20 min" not in small


def test_own_times_stand_beside_the_own_past(made):
    before = [
        closed(
            "old",
            created_at="2026-10-12T12:00:00Z",
            first_contact_reply_at="2026-10-12T12:00:00Z",
            first_admin_reply_at="2026-10-12T12:12:00Z",
        )
    ]
    text = read(made([*answered(0), *before]))
    assert "antes 12 min" in text
    assert "2 min melhor" in text


def test_own_calls_have_their_recordings(made):
    calls = [
        call("t1", "2026-11-23T13:00:00Z"),
        call("t2", "2026-11-23T14:00:00Z", has_recording=False),
        call("t3", "2026-11-23T15:00:00Z", user_id="9", user_email="outra@example.com"),
        call("t4", "2026-11-24T14:50:00Z", status="answered", ended_at=None, direction="outbound"),
        call(
            "t5",
            "2026-11-24T14:00:00Z",
            transferred_by_id="901",
            transferred_by_email="joao.lacerda@example.com",
            transferred_to_email="felipe.yamamoto@example.com",
        ),
    ]
    told = answer(made(calls=calls))[CONTENT]["children"]
    recordings = [href for href in panel.links(told) if "/recording" in href]
    assert recordings == ["/calls/t5/recording", "/calls/t1/recording"]
    text = words(told)
    assert "11:50 feita, em curso" in text
    assert "passada para Felipe Yamamoto" in text
    assert "na semana, 3 atendidas" in text
