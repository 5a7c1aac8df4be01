"""What stands at the door beside the login form: plain markup that works without a script."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from layouts.access.login import logo, picture
from layouts.i18n import Text


@dataclass(frozen=True)
class Field:
    """A field of a form.

    Attributes:
        name: Under which it is sent.
        label: Above it.
        kind: text, email or password.
        autocomplete: What the browser may put in.
        value: What stands in it.
        hint: A line below it.
        digits: Whether a telephone shows its digits.
        optional: Whether it may be left empty.
        focus: Whether one can type into it at once.
    """

    name: str
    label: str
    kind: str = "text"
    autocomplete: str = "off"
    value: str = ""
    hint: str = ""
    digits: bool = False
    optional: bool = False
    focus: bool = False


@dataclass(frozen=True)
class Form:
    """A form, in its order.

    Attributes:
        action: Where it is sent.
        fields: From top to bottom.
        submit: On its button.
        does: Which of several forms of one address it is.
    """

    action: str
    fields: Sequence[Field]
    submit: str
    does: str = ""

    def markup(self, csrf_token: str, quiet: bool = False) -> Markup:
        """The form as HTML; every value is escaped."""
        hidden = [("csrf_token", csrf_token), *([("does", self.does)] if self.does else [])]
        parts = [
            *(Markup('<input type="hidden" name="{}" value="{}">').format(*one) for one in hidden),
            *(_field(field, self.does) for field in self.fields),
        ]
        return Markup(
            '<form class="door-form" method="post" action="{}">{}'
            '<button class="login-submit{}" type="submit">{}</button></form>'
        ).format(
            self.action, Markup("").join(parts), " login-submit-quiet" if quiet else "", self.submit
        )


def page(
    text: Text,
    *,
    theme: str,
    title: str,
    lead: str,
    content: Markup,
    message: str | None = None,
    done: str | None = None,
    back: tuple[str, str] | None = None,
) -> str:
    """The whole page as HTML; every value is escaped.

    Args:
        text: The reader's words.
        theme: dark or light.
        title: What this is.
        lead: What to do.
        content: Forms, and what belongs to them.
        message: Why it did not work.
        done: What was done.
        back: Address and words of the way out.
    """
    notice = Markup("")
    if message:
        notice = Markup('<p class="login-message" role="alert">{}</p>').format(message)
    elif done:
        notice = Markup('<p class="login-message login-information" role="status">{}</p>').format(
            done
        )
    out = Markup('<p class="login-help"><a href="{}">{}</a></p>').format(*back) if back else ""
    return Markup(
        '<!doctype html><html lang="{lang}" data-bs-theme="{theme}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>{title} · Vigia</title>"
        '<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">'
        '<link rel="stylesheet" href="/assets/10-tokens.css">'
        '<link rel="stylesheet" href="/assets/20-base.css">'
        '<link rel="stylesheet" href="/assets/60-login.css"></head>'
        '<body><main class="login"><div class="login-picture">{picture}</div>'
        '<div class="login-side"><div class="login-form">'
        '<div class="login-brand">{logo}<span>Vigia</span></div>'
        '<h1>{title}</h1><p class="login-lead">{lead}</p>{notice}{content}{out}'
        "</div></div></main></body></html>"
    ).format(
        lang=text.language,
        theme=theme,
        title=title,
        picture=picture(),
        logo=logo(),
        lead=lead,
        notice=notice,
        content=content,
        out=out,
    )


def section(title: str, words: str, content: Markup) -> Markup:
    """One of several things on a page."""
    return Markup('<section class="door-section"><h2>{}</h2><p>{}</p>{}</section>').format(
        title, words, content
    )


def secret(words: str) -> Markup:
    """Something to be copied by hand."""
    return Markup('<code class="door-secret">{}</code>').format(words)


def _field(field: Field, form: str) -> Markup:
    name = f"{form}-{field.name}" if form else field.name
    hint = (
        Markup('<p class="door-hint" id="{}-hint">{}</p>').format(name, field.hint)
        if field.hint
        else Markup("")
    )
    return Markup(
        '<label for="{id}">{label}</label><input class="login-field" id="{id}" name="{name}" '
        'type="{kind}" autocomplete="{autocomplete}" maxlength="1000" value="{value}"'
        "{described}{digits}{required}{focus}>{hint}"
    ).format(
        id=name,
        name=field.name,
        label=field.label,
        kind=field.kind,
        autocomplete=field.autocomplete,
        value=field.value,
        described=Markup(' aria-describedby="{}-hint"').format(name) if field.hint else "",
        digits=Markup(' inputmode="numeric"') if field.digits else "",
        required="" if field.optional else Markup(" required"),
        focus=Markup(" autofocus") if field.focus else "",
        hint=hint,
    )
