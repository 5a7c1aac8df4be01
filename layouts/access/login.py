"""The login page: plain markup that works without Dash and without a script."""

import math
from urllib.parse import urlencode

from markupsafe import Markup, escape

from layouts.i18n import Text

_HILLS = (
    "M40 430c60-40 110-60 180-40 60 18 100 50 160 36 60-14 90-30 150-16 50 12 80 20 120 40v260H40z",
    "M40 470c50-30 90-80 150-60 60 18 80 60 130 56 40-3 50-30 100-26 60 6 100 10 160 30v200H40z",
    "M40 520c60-30 110-30 170 0 50 26 90 40 150 30 70-12 110-40 220-20v150H40z",
)
_LINE = "M40 470c50-30 90-80 150-60 60 18 80 60 130 56 40-3 50-30 100-26 60 6 100 10 160 30"
_RIVETS = 12


def page(
    text: Text,
    *,
    theme: str,
    csrf_token: str,
    nonce: str,
    email: str = "",
    target: str = "",
    message: str | None = None,
    first_account: bool = False,
    provider: str | None = None,
    passwords: bool = True,
) -> str:
    """The whole page as HTML; every value is escaped.

    Args:
        text: The reader's words.
        theme: dark or light.
        csrf_token: Goes back with the form.
        nonce: Of the page's script.
        email: What was typed before.
        target: Where to go on to afterwards.
        message: Why it did not work; None at first.
        first_account: Whether nobody can sign in yet.
        provider: Name of the OpenID provider; None = there is none.
        passwords: Whether passwords are accepted.
    """
    content = Markup("")
    if passwords:
        content += _password_form(text, csrf_token, email, target)
    if provider is not None:
        content += _provider(text, provider, target, alone=not passwords)
    if passwords:
        content += Markup('<p class="login-help">{}</p>').format(text("login.help"))
    body = Markup(
        '<main class="login"><div class="login-picture">{picture}</div>'
        '<div class="login-side"><nav class="login-languages" aria-label="{languages}" '
        'data-next="{target}">{portuguese}{english}</nav>'
        '<div class="login-form"><div class="login-brand">{logo}<span>Vigia</span></div>'
        '<h1>{title}</h1><p class="login-lead">{lead}</p>{notice}{content}</div>'
        '<p class="login-version">{version}</p></div></main>'
    ).format(
        picture=picture(),
        languages=text("login.languages"),
        target=target,
        portuguese=_language("pt-BR", "Português", text),
        english=_language("en", "English", text),
        logo=logo(),
        title=text("login.title"),
        lead=text("login.lead"),
        notice=_notice(text, message, first_account),
        content=content,
        version=text("login.version"),
    )
    return Markup(
        '<!doctype html><html lang="{lang}" data-bs-theme="{theme}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>{title} · Vigia</title>"
        '<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">'
        '<link rel="stylesheet" href="/assets/10-tokens.css">'
        '<link rel="stylesheet" href="/assets/20-base.css">'
        '<link rel="stylesheet" href="/assets/60-login.css">'
        '<script nonce="{nonce}" src="/assets/login.js" defer></script></head>'
        "<body>{body}</body></html>"
    ).format(lang=text.language, theme=theme, title=text("login.submit"), nonce=nonce, body=body)


def _password_form(text: Text, csrf_token: str, email: str, target: str) -> Markup:
    return Markup(
        '<form class="door-form" method="post" action="/login">'
        '<input type="hidden" name="csrf_token" value="{csrf}">'
        '<input type="hidden" name="next" value="{target}">'
        '<label for="email">{email_label}</label>'
        '<input class="login-field" id="email" name="email" type="email" autocomplete="username" '
        'required maxlength="300" value="{email}"{focus_email}>'
        '<label for="password">{password_label}</label>'
        '<div class="login-password"><input class="login-field" id="password" name="password" '
        'type="password" autocomplete="current-password" required maxlength="1000"{focus_password}>'
        '<button type="button" class="login-eye" data-show="{show}" data-hide="{hide}" '
        'aria-label="{show}" hidden>{eye}</button></div>'
        '<p class="login-caps" role="status" data-words="{caps}"></p>'
        '<button class="login-submit" type="submit">{submit}</button></form>'
    ).format(
        csrf=csrf_token,
        target=target,
        email_label=text("login.email"),
        email=email,
        focus_email=Markup("") if email else Markup(" autofocus"),
        password_label=text("login.password"),
        focus_password=Markup(" autofocus") if email else Markup(""),
        show=text("login.show"),
        hide=text("login.hide"),
        eye=_eye(),
        caps=text("login.caps"),
        submit=text("login.submit"),
    )


def _provider(text: Text, name: str, target: str, *, alone: bool) -> Markup:
    """The way to the provider: a link, since a form may not lead to another host."""
    address = "/login/oidc" + ("?" + urlencode({"next": target}) if target else "")
    button = Markup('<a class="login-submit {}" href="{}">{}{}</a>').format(
        "login-provider" if alone else "login-provider login-submit-quiet",
        address,
        _key(),
        text("login.oidc.submit", name=name),
    )
    if alone:
        return button
    return Markup('<p class="login-or"><span>{}</span></p>{}').format(text("login.oidc.or"), button)


def _key() -> Markup:
    return Markup(
        '<svg width="18" height="18" viewBox="0 0 18 18" fill="none" stroke="currentColor" '
        'stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        '<circle cx="5.5" cy="12.5" r="3.5"/><path d="M8 10l7.5-7.5M12 6l2.5 2.5"/></svg>'
    )


def _language(code: str, name: str, text: Text) -> Markup:
    here = Markup(' aria-current="true"') if text.language == code else Markup("")
    return Markup('<a href="/login" data-language="{}" lang="{}"{}>{}</a>').format(
        code, code, here, name
    )


def _notice(text: Text, message: str | None, first_account: bool) -> Markup:
    if message:
        return Markup('<p class="login-message" role="alert">{}</p>').format(message)
    if first_account:
        command = Markup("<code>{}</code>").format(
            'python app.py account add you@example.com --name "You" --role manager'
        )
        other = Markup('<a href="/login/first">{}</a>').format(text("login.first_code"))
        words = escape(text("login.first_account")) + Markup("<br>") + command + other
        return Markup('<p class="login-message login-information">{}</p>').format(words)
    return Markup("")


def logo() -> Markup:
    """The porthole beside the name."""
    return Markup(
        '<svg width="36" height="36" viewBox="0 0 28 28" aria-hidden="true">'
        '<clipPath id="l"><circle cx="14" cy="14" r="9.2"/></clipPath>'
        '<circle cx="14" cy="14" r="12.6" fill="none" stroke="currentColor" stroke-width="2.4"/>'
        '<path clip-path="url(#l)" class="water" d="M2 15.5c3-2 5-2 8 0s5 2 8 0 5-2 8 0V28H2z"/>'
        '<circle cx="17.4" cy="9.8" r="1.9" fill="currentColor"/></svg>'
    )


def _eye() -> Markup:
    return Markup(
        '<svg width="18" height="18" viewBox="0 0 18 18" fill="none" stroke="currentColor" '
        'stroke-width="1.3" aria-hidden="true">'
        '<path d="M1 9s3-5.5 8-5.5S17 9 17 9s-3 5.5-8 5.5S1 9 1 9z"/>'
        '<circle cx="9" cy="9" r="2.6"/></svg>'
    )


def picture() -> Markup:
    """A porthole over a calm sea; one of its waves is the day's curve."""
    hills = "".join(f'<path class="hill-{n}" d="{d}"/>' for n, d in enumerate(_HILLS, 1))
    turns = [math.tau * (n + 0.5) / _RIVETS for n in range(_RIVETS)]
    rivets = "".join(
        f'<circle cx="{320 + 304 * math.cos(turn):.0f}" cy="{320 + 304 * math.sin(turn):.0f}"'
        ' r="3.2"/>'
        for turn in turns
    )
    return Markup(  # noqa: S704 - its parts are drawn here
        '<svg viewBox="-6 -6 652 652" aria-hidden="true"><defs><clipPath id="p">'
        '<circle cx="320" cy="320" r="290"/></clipPath></defs>'
        '<circle cx="320" cy="320" r="318" class="ring"/>'
        f'<g class="rivets">{rivets}</g>'
        '<g clip-path="url(#p)"><rect width="640" height="640" class="sky"/>'
        '<circle cx="428" cy="178" r="29" class="moon"/>'
        f'{hills}<path class="curve" d="{_LINE}"/>'
        '<circle cx="420" cy="440" r="10" class="point"/></g></svg>'
    )
