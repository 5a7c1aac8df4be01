"""Signing in through an OpenID provider: who gets in, who does not, and what is never believed."""

import secrets
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from callbacks.access import login_throttle, oidc_client
from services.accounts.accounts import NO_PASSWORD
from services.accounts.second_factor import PREFIX as FACTOR
from services.settings.config import Settings
from tests.callbacks.access.test_session import UNSAFE
from tests.worlds.oidc_provider import LIES
from tests.worlds.oidc_world import CLIENT, ENVIRONMENT, SECRET, provider, set_out, sign_in
from tests.worlds.web_world import ANALYST, MANAGER, PASSWORD

MAPPED = {
    "role_claim": "groups",
    "roles": {"vigia-gestores": "manager", "vigia-analistas": "analyst"},
}
NEW = "nadia.prates@example.com"


@pytest.fixture(scope="module")
def idp():
    with provider() as made:
        yield made


@pytest.fixture
def world(fresh, idp):
    """Makes deployments that believe the provider."""
    idp.lie("")
    idp.put("marina", email=MANAGER, email_verified=True, name="Marina Falcão")
    idp.put("joao", email=ANALYST, email_verified=True, name="João")

    def world(**oidc):
        return fresh(settings=idp.settings(**oidc), environment=ENVIRONMENT)

    return world


def newcomer(idp, **claims):
    idp.put("nadia", **{"email": NEW, "email_verified": True, "name": "Nádia Prates"} | claims)
    return "nadia"


def last_note(world, kind="failed_sign_in"):
    return next(iter(world.backend.audit.list_entries({kind})))


def assert_refused(world, browser, answer, reason, status=403):
    """A line on the login page, a note of the reason, and nobody signed in."""
    assert answer.status_code == status, answer.text
    assert f'<p class="login-message" role="alert">{words(world, reason)}' in answer.text
    assert browser.get("/overview").status_code == 302
    assert world.state.keys("session/") == []
    note = last_note(world)
    assert (note.what, note.about["how"], note.about["reason"]) == (
        "failed_sign_in",
        "oidc",
        reason,
    )


def words(world, reason):
    from markupsafe import escape

    from layouts.i18n import text_for

    return escape(text_for("pt-BR")(f"login.oidc.{reason}", name="Acme ID"))


# Who gets in


@pytest.mark.parametrize(
    ("subject", "email", "home"),
    [("marina", MANAGER, "/overview"), ("joao", ANALYST, "/analyst")],
)
def test_who_has_an_account_gets_in_with_its_role(world, idp, subject, email, home):
    made = world()
    browser = made.browser()
    answer = sign_in(browser, idp, subject)
    assert (answer.status_code, answer.headers["Location"]) == (303, home)
    assert browser.get(home).status_code == 200
    note = last_note(made, "sign_in")
    assert (note.who, note.about["how"]) == (email, "oidc")
    assert made.accounts.get_last_sign_in(email) == int(made.now)


@pytest.mark.parametrize(
    ("groups", "role", "home"),
    [
        (["vigia-gestores"], "manager", "/overview"),
        (["x", "vigia-analistas"], "analyst", "/analyst"),
        (["vigia-analistas", "vigia-gestores"], "manager", "/overview"),
        ("vigia-analistas", "analyst", "/analyst"),
    ],
)
def test_somebody_new_gets_an_account_with_the_role_of_the_mapping(world, idp, groups, role, home):
    made = world(**MAPPED)
    answer = sign_in(made.browser(), idp, newcomer(idp, groups=groups))
    assert (answer.status_code, answer.headers["Location"]) == (303, home)
    account = made.accounts.find(NEW)
    assert (account.role, account.name, account.has_password) == (role, "Nádia Prates", False)
    added = next(iter(made.backend.audit.list_entries({"account"})))
    assert added.about == {"did": "added", "account": NEW, "role": role}


def test_a_role_may_lie_deeper_in_the_claims(world, idp):
    made = world(role_claim="realm_access.roles", roles={"gestao": "manager"})
    newcomer(idp, realm_access={"roles": ["offline_access", "gestao"]})
    assert sign_in(made.browser(), idp, "nadia").headers["Location"] == "/overview"


def test_the_mapping_holds_at_each_sign_in(world, idp):
    made = world(**MAPPED)
    for groups, role in (("vigia-analistas", "analyst"), ("vigia-gestores", "manager")) * 2:
        assert sign_in(made.browser(), idp, newcomer(idp, groups=groups)).status_code == 303
        assert made.accounts.find(NEW).role == role
    assert made.accounts.find(MANAGER).role == "manager"


def test_a_manager_made_by_hand_stays_one_unless_the_mapping_says_otherwise(world, idp):
    made = world(**MAPPED, default_role="analyst", email_domains=["example.com"])
    made.put_account("other@example.com", "Other", "manager")
    idp.put("marina", email=MANAGER, email_verified=True, groups=["x"])
    sign_in(made.browser(), idp, "marina")
    assert made.accounts.find(MANAGER).role == "manager"
    idp.put("marina", email=MANAGER, email_verified=True, groups=["vigia-analistas"])
    sign_in(made.browser(), idp, "marina")
    assert made.accounts.find(MANAGER).role == "analyst"


def test_the_last_manager_is_not_mapped_away(world, idp):
    made = world(**MAPPED)
    idp.put("marina", email=MANAGER, email_verified=True, groups=["vigia-analistas"])
    assert sign_in(made.browser(), idp, "marina").headers["Location"] == "/overview"
    assert made.accounts.find(MANAGER).role == "manager"


def test_accounts_of_the_settings_keep_their_role(world, idp):
    from tests.worlds.web_world import cheap_hash

    fixed = {"email": NEW, "name": "N", "role": "manager", "password_hash": cheap_hash("x" * 12)}
    made = world(**MAPPED, accounts=[fixed])
    answer = sign_in(made.browser(), idp, newcomer(idp, groups=["vigia-analistas"]))
    assert answer.headers["Location"] == "/overview"


def test_a_role_for_all_others_makes_accounts(world, idp):
    made = world(default_role="analyst", email_domains=["Example.com"])
    assert sign_in(made.browser(), idp, newcomer(idp)).headers["Location"] == "/analyst"


def test_the_second_factor_is_the_providers_matter(world, idp):
    made = world()
    made.state.set(FACTOR + MANAGER, b"JBSWY3DPEHPK3PXP")
    assert sign_in(made.browser(), idp, "marina").headers["Location"] == "/overview"
    assert made.browser().sign_in(MANAGER).status_code == 200


def test_a_name_that_no_screen_could_show_is_made_fit(world, idp):
    made = world(**MAPPED)
    for n, (name, shown) in enumerate(
        [("\x00\u202e", "n0"), ("a" * 500, "a" * 120), (None, "n2"), (["x"], "n3"), ("<b>", "<b>")]
    ):
        idp.put(
            f"n{n}",
            email=f"n{n}@example.com",
            email_verified=True,
            name=name,
            groups=["vigia-analistas"],
        )
        assert sign_in(made.browser(), idp, f"n{n}").status_code == 303
        assert made.accounts.find(f"n{n}@example.com").name == shown


# Who does not


@pytest.mark.parametrize("groups", [None, [], ["x"], "x", [1, None, {}], {"vigia-gestores": 1}])
@pytest.mark.parametrize("known", [True, False])
def test_without_a_role_of_the_mapping_nobody_gets_in(world, idp, groups, known):
    made, email = world(**MAPPED), MANAGER if known else NEW
    browser = made.browser()
    idp.put("somebody", email=email, email_verified=True, groups=groups)
    assert_refused(made, browser, sign_in(browser, idp, "somebody"), "not_mapped")
    assert last_note(made).who == (MANAGER if known else "")
    assert last_note(made).about.get("claimed") == (None if known else NEW)
    assert (made.accounts.find(NEW), made.accounts.find(MANAGER).role) == (None, "manager")


def test_somebody_new_needs_a_role_from_somewhere(world, idp):
    made = world()
    browser = made.browser()
    assert_refused(made, browser, sign_in(browser, idp, newcomer(idp)), "not_mapped")


def test_where_accounts_are_made_by_hand_a_stranger_is_refused(world, idp):
    made = world(**MAPPED, create_accounts=False)
    browser = made.browser()
    answer = sign_in(browser, idp, newcomer(idp, groups=["vigia-gestores"]))
    assert_refused(made, browser, answer, "no_account")
    assert made.accounts.find(NEW) is None


@pytest.mark.parametrize("verified", [None, False, "false", 0, "yes", ["true"]])
def test_an_unverified_email_is_nobodys(world, idp, verified):
    made = world()
    browser = made.browser()
    idp.put("liar", email=MANAGER, email_verified=verified)
    assert_refused(made, browser, sign_in(browser, idp, "liar"), "unverified")


def test_a_provider_that_never_says_verified_can_be_believed_on_purpose(world, idp):
    made = world(require_verified_email=False, email_claim="preferred_username")
    idp.put("marina", preferred_username=MANAGER.upper())
    assert sign_in(made.browser(), idp, "marina").headers["Location"] == "/overview"


@pytest.mark.parametrize(
    "email",
    [
        None,
        "",
        "marina",
        ["marina.falcao@example.com"],
        "a@b@c",
        f"{MANAGER}\x00",
        "x/../y@z.example",
    ],
)
def test_without_an_email_nobody_gets_in(world, idp, email):
    made = world(**MAPPED)
    browser = made.browser()
    idp.put("nobody", email=email, email_verified=True, groups=["vigia-gestores"])
    assert_refused(made, browser, sign_in(browser, idp, "nobody"), "no_email")


@pytest.mark.parametrize("domain", ["evil.example", "notexample.com", "example.com.evil.example"])
def test_only_the_domains_of_the_settings_get_in(world, idp, domain):
    made = world(**MAPPED, email_domains=["example.com"])
    browser = made.browser()
    newcomer(idp, email=f"x@{domain}", groups=["vigia-gestores"])
    assert_refused(made, browser, sign_in(browser, idp, "nadia"), "domain")


def test_a_required_claim_has_to_be_there(world, idp):
    made = world(**MAPPED, required_claims={"hd": "example.com"})
    browser = made.browser()
    for hd in (None, "evil.example", ["example.com"]):
        answer = sign_in(browser, idp, newcomer(idp, groups=["vigia-gestores"], hd=hd))
        assert_refused(made, browser, answer, "not_mapped")
    newcomer(idp, groups=["vigia-gestores"], hd="example.com")
    assert sign_in(browser, idp, "nadia").status_code == 303


def test_a_disabled_account_stays_out_and_as_it_is(world, idp):
    made = world(**MAPPED)
    made.accounts.change(ANALYST, disabled=True)
    idp.put("joao", email=ANALYST, email_verified=True, groups=["vigia-gestores"])
    browser = made.browser()
    assert_refused(made, browser, sign_in(browser, idp, "joao"), "disabled")
    account = made.accounts.find(ANALYST)
    assert (account.role, account.disabled) == ("analyst", True)


def test_an_account_without_a_password_is_not_opened_by_any(world, idp):
    made = world(**MAPPED)
    sign_in(made.browser(), idp, newcomer(idp, groups=["vigia-gestores"]))
    kept = made.accounts.find(NEW).password_hash
    for password in (kept, NO_PASSWORD, kept.removeprefix(NO_PASSWORD), "", PASSWORD):
        assert made.browser().sign_in(NEW, password).status_code in (401, 429)


def test_where_passwords_are_off_none_opens_anything(world, idp):
    made = world(password_login=False)
    text = made.browser().get("/login").text
    assert 'name="password"' not in text
    assert "Entrar com Acme ID" in text
    answer = made.browser().sign_in(MANAGER)
    assert answer.status_code == 400
    assert made.state.keys("session/") == []
    browser = made.browser()
    form = {"email": MANAGER, "password": PASSWORD, "csrf_token": csrf_of(browser)}
    assert browser.client.post("/login", data=form).status_code == 403
    assert browser.get("/login/first").headers["Location"] == "/login"
    assert sign_in(browser, idp, "marina").status_code == 303
    page = browser.get("/me").text
    assert 'type="password"' not in page
    assert "provedor da sua empresa" in page


def csrf_of(browser):
    """A token of the session, where the login page has no form."""
    with browser.world.app.server.test_request_context():
        from flask import session
        from flask_wtf.csrf import generate_csrf

        token = generate_csrf()
        raw = session["csrf_token"]
    with browser.client.session_transaction() as kept:
        kept["csrf_token"] = raw
    return token


def test_without_a_provider_there_is_no_such_door(fresh):
    made = fresh()
    assert "login/oidc" not in made.browser().get("/login").text
    for path in ("/login/oidc", "/login/oidc/callback?state=x&code=y"):
        assert made.browser().get(path).headers["Location"].startswith("/login?next=")


# What is never believed


def test_the_way_there_carries_state_nonce_and_an_s256_challenge(world, idp):
    made = world()
    first, second = (parse_qs(urlsplit(set_out(made.browser())).query) for _ in range(2))
    assert first["response_type"] == ["code"]
    assert first["code_challenge_method"] == ["S256"]
    assert first["scope"] == ["openid email profile"]
    assert first["redirect_uri"] == ["http://localhost/login/oidc/callback"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 20
        assert first[name] != second[name]


def test_the_code_is_changed_with_the_verifier_of_the_challenge(world, idp):
    import base64
    import hashlib

    browser = world().browser()
    address = set_out(browser)
    challenge = parse_qs(urlsplit(address).query)["code_challenge"][0]
    browser.get(idp.sign_in(address, "marina"))
    verifier = idp.asked("/oauth2/token")[-1]["code_verifier"]
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    assert digest.rstrip(b"=").decode() == challenge


@pytest.mark.parametrize("lie", LIES)
def test_a_forged_id_token_lets_nobody_in(world, idp, lie):
    made = world()
    browser = made.browser()
    idp.lie(lie)
    answer = sign_in(browser, idp, "marina")
    reason = "clocks" if lie in ("expired", "from_tomorrow") else "refused"
    assert_refused(made, browser, answer, reason, status=401)
    idp.lie("")
    assert sign_in(browser, idp, "marina").status_code == 303


@pytest.mark.parametrize("state", ["", "x", "no", "a" * 3000])
def test_a_wrong_state_lets_nobody_in_and_is_not_sent_on(world, idp, state):
    made = world()
    browser = made.browser()
    back = idp.sign_in(set_out(browser), "marina")
    code = parse_qs(urlsplit(back).query)["code"][0]
    before = len(idp.asked("/oauth2/token"))
    answer = browser.get(f"/login/oidc/callback?code={code}&state={state}")
    assert answer.status_code == 400
    assert words(made, "wrong_way") in answer.text
    assert made.state.keys("session/") == []
    assert len(idp.asked("/oauth2/token")) == before


def test_the_answer_to_somebody_elses_visit_lets_nobody_in(world, idp):
    """An attacker's code in the victim's browser would sign the victim in as the attacker."""
    made = world()
    attacker, victim = made.browser(), made.browser()
    back = idp.sign_in(set_out(attacker), "joao")
    set_out(victim)
    assert victim.get(back).status_code == 400
    assert victim.get("/analyst").status_code == 302


def test_a_code_and_a_state_are_good_once(world, idp):
    made = world()
    browser = made.browser()
    address = set_out(browser)
    cookie = browser.cookie()
    back = idp.sign_in(address, "marina")
    assert browser.get(back).status_code == 303
    again = made.browser()
    again.put_cookie(cookie)
    answer = again.get(back)
    assert answer.status_code == 400
    assert again.get("/overview").status_code == 302
    assert last_note(made).about["reason"] == "wrong_way"


def test_a_code_from_another_visit_is_refused_by_the_provider(world, idp):
    made = world()
    browser = made.browser()
    used = parse_qs(urlsplit(idp.sign_in(set_out(browser), "marina")).query)["code"][0]
    sign_in(browser, idp, "joao")
    other = made.browser()
    state = parse_qs(urlsplit(set_out(other)).query)["state"][0]
    assert other.get(f"/login/oidc/callback?code={used}x&state={state}").status_code == 401
    assert other.get("/overview").status_code == 302


def test_a_visit_that_took_too_long_is_over(world, idp):
    made = world()
    browser = made.browser()
    back = idp.sign_in(set_out(browser), "marina")
    made.now += oidc_client.ATTEMPT_SECONDS + 1
    assert browser.get(back).status_code == 400


def test_another_issuer_that_sends_back_is_refused(world, idp):
    made = world()
    browser = made.browser()
    back = idp.sign_in(set_out(browser), "marina") + "&iss=" + quote("https://evil.example")
    assert_refused(made, browser, browser.get(back), "refused", status=401)


def test_signing_in_starts_anew_whatever_cookie_came(world, idp):
    made = world()
    victim = made.browser()
    address = set_out(victim)
    planted = victim.cookie()
    victim.get(idp.sign_in(address, "marina"))
    assert victim.cookie() != planted
    attacker = made.browser()
    attacker.put_cookie(planted)
    assert attacker.get("/overview").status_code == 302


def test_signing_in_as_another_ends_the_session_before(world, idp):
    made = world()
    browser = made.browser(MANAGER)
    copied = browser.cookie()
    assert sign_in(browser, idp, "joao").headers["Location"] == "/analyst"
    thief = made.browser()
    thief.put_cookie(copied)
    assert thief.get("/overview").status_code == 302


def test_the_session_is_like_any_other(world, idp):
    made = world()
    browser, thief = made.browser(), made.browser()
    sign_in(browser, idp, "marina")
    thief.put_cookie(browser.cookie())
    assert thief.get("/overview").status_code == 200
    made.sessions.close_all(MANAGER)
    assert thief.get("/overview").status_code == browser.get("/overview").status_code == 302
    sign_in(browser, idp, "joao")
    made.accounts.change(ANALYST, disabled=True)
    assert browser.get("/analyst").status_code == 302
    made.accounts.change(ANALYST, disabled=False)
    sign_in(browser, idp, "joao")
    made.now += made.settings.access.session_hours * 3600 + 1
    assert browser.get("/analyst").status_code == 302


# Where to go on to


def test_after_the_provider_nobody_is_sent_elsewhere(world, idp):
    made = world()
    for target in [*filter(None, UNSAFE), "/login", "/login/oidc\\..\\"]:
        answer = sign_in(made.browser(), idp, "marina", f"?next={quote(target)}")
        assert answer.headers["Location"] == "/overview", target


def test_after_the_provider_the_wanted_page_comes(world, idp):
    made = world()
    wanted = "/analyst?agent=201&period=28d"
    page = made.browser().get(f"/login?next={quote(wanted)}").text
    assert f'href="/login/oidc?next={quote(wanted, safe="")}"' in page
    answer = sign_in(made.browser(), idp, "marina", f"?next={quote(wanted)}")
    assert answer.headers["Location"] == wanted


def test_an_address_in_what_comes_back_changes_nothing(world, idp):
    browser = world().browser()
    back = idp.sign_in(set_out(browser), "marina") + "&next=//evil.example"
    assert browser.get(back).headers["Location"] == "/overview"


@pytest.mark.parametrize(
    ("server", "headers", "expected"),
    [
        ({}, {}, "http://localhost"),
        (
            {},
            {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"},
            "http://localhost",
        ),
        ({"trusted_proxies": 1}, {"X-Forwarded-Proto": "https"}, "https://localhost"),
        ({"behind_tls": True}, {}, "https://localhost"),
    ],
)
def test_behind_a_proxy_the_way_back_is_https(world, server, headers, expected):
    browser = world(server=server).browser()
    answer = browser.client.get("/login/oidc", headers=headers)
    back = parse_qs(urlsplit(answer.headers["Location"]).query)["redirect_uri"]
    assert back == [f"{expected}/login/oidc/callback"]


def test_the_way_back_can_be_written_down(world):
    uri = "https://vigia.example.com/login/oidc/callback"
    browser = world(redirect_uri=uri).browser()
    answer = browser.client.get("/login/oidc", headers={"Host": "evil.example"})
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["redirect_uri"] == [uri]


# What goes wrong


@pytest.mark.parametrize("language", ["pt-BR", "en"])
def test_a_provider_that_is_down_is_told_and_passwords_go_on(fresh, idp, language):
    down = {"issuer": "http://127.0.0.1:9", "client_id": "x", "name": "Acme ID"}
    made = fresh(settings=Settings.model_validate({"access": {"oidc": down}}))
    browser = made.browser()
    browser.client.set_cookie("vigia_lang", language)
    answer = browser.get("/login/oidc?next=/details")
    assert answer.status_code == 503
    assert ("não responde agora" if language == "pt-BR" else "does not answer") in answer.text
    assert 'name="next" value="/details"' in answer.text
    assert "Traceback" not in answer.text
    assert browser.sign_in(MANAGER).status_code == 303


def test_a_provider_that_is_down_is_not_asked_once_more_for_every_visitor(world, monkeypatch):
    made, asked = world(), []

    def down(*given):
        asked.append(given)
        raise oidc_client.RequestException("down")

    monkeypatch.setattr(oidc_client.Provider, "_discovered", down)
    assert {made.browser().get("/login/oidc").status_code for _ in range(5)} == {503}
    assert len(asked) == 1


def test_a_provider_that_was_there_is_remembered(world, idp, monkeypatch):
    made = world()
    set_out(made.browser())
    monkeypatch.setattr(oidc_client, "FRESH_SECONDS", 0)
    monkeypatch.setattr(
        oidc_client.Provider, "_discovered", lambda _: (_ for _ in ()).throw(ValueError("down"))
    )
    assert sign_in(made.browser(), idp, "marina").status_code == 303


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"id_token_signing_alg_values_supported": ["none", "HS256"]},
        {"id_token_signing_alg_values_supported": 7},
    ],
)
def test_a_discovery_document_that_cannot_be_trusted_is_not_used(world, monkeypatch, change):
    made, genuine = world(), oidc_client.Provider._get_session

    def session(self):
        http = genuine(self)
        fetch = http.request

        def request(*given, **options):
            answer = fetch(*given, **options)
            document = answer.json() | change
            answer.json = lambda: document
            return answer

        http.request = request
        return http

    monkeypatch.setattr(oidc_client.Provider, "_get_session", session)
    answer = made.browser().get("/login/oidc")
    assert answer.status_code == 503
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("error", "reason", "status"),
    [("access_denied", "denied", 400), ("server_error", "refused", 401), ("<b>", "refused", 401)],
)
def test_what_the_provider_refuses_is_told(world, error, reason, status):
    made = world()
    browser = made.browser()
    state = parse_qs(urlsplit(set_out(browser)).query)["state"][0]
    said = quote("<script>alert(1)</script> call 0800")
    answer = browser.get(
        f"/login/oidc/callback?error={quote(error)}&error_description={said}&state={state}"
    )
    assert_refused(made, browser, answer, reason, status=status)
    assert "0800" not in answer.text


def test_failures_count_against_the_address(world, idp, monkeypatch):
    monkeypatch.setattr(login_throttle, "FAILURES_PER_ADDRESS", 4)
    made = world()
    idp.lie("other_key")
    for _ in range(login_throttle.FAILURES_PER_ADDRESS):
        assert sign_in(made.browser(), idp, "marina").status_code == 401
    idp.lie("")
    late = made.browser()
    assert late.get("/login/oidc").status_code == 429
    answer = late.get("/login/oidc/callback?code=x&state=y")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"]
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "10.0.0.9"}}
    assert late.get("/login/oidc", **elsewhere).status_code == 303


def test_addresses_made_up_by_others_lock_nobody_out(world, idp):
    made = world()
    browser = made.browser()
    for n in range(login_throttle.FAILURES_PER_ADDRESS + 5):
        assert browser.get(f"/login/oidc/callback?code=x&state={n}").status_code == 400
    assert list(made.backend.audit.list_entries({"failed_sign_in"})) == []
    assert sign_in(browser, idp, "marina").status_code == 303


def test_many_visits_at_once_fit_the_cookie(world, idp):
    made, addresses = world(), []
    browser = made.browser()
    for _ in range(9):
        made.now += 1
        addresses.append(set_out(browser, f"?next=/details?q={secrets.token_hex(380)}"))
    assert len(browser.cookie()) < 3800
    assert browser.get(idp.sign_in(addresses[0], "marina")).status_code == 400
    assert "/details?q=" in browser.get(idp.sign_in(addresses[-2], "marina")).headers["Location"]


def test_the_secret_is_in_no_page_and_no_log(world, idp, caplog):
    made = world()
    browser = made.browser()
    idp.lie("other_key")
    texts = [browser.get("/login").text, set_out(browser), sign_in(browser, idp, "marina").text]
    assert not [text for text in [*texts, caplog.text, repr(made.backend)] if SECRET in text]


# The settings


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://accounts.example"},
        {"issuer": "https://x.example?a=b"},
        {"issuer": "accounts.example"},
        {"client_id": ""},
        {"scopes": ["email"]},
        {"role_claim": "groups"},
        {"roles": {"x": "manager"}},
        {"role_claim": "groups", "roles": {"x": "wall"}},
        {"default_role": "manager", "email_domains": ["example.com"]},
        {"default_role": "analyst"},
        {"email_domains": ["@example.com"]},
        {"redirect_uri": "https://vigia.example/"},
        {"client_secret": "x"},
    ],
)
def test_settings_that_let_in_too_many_or_nobody_stop_the_start(wrong):
    good = {"issuer": "https://accounts.example", "client_id": CLIENT}
    Settings.model_validate({"access": {"oidc": good}})
    with pytest.raises(ValueError, match="oidc"):
        Settings.model_validate({"access": {"oidc": good | wrong}})
