"""What must be nowhere in the program, whoever writes the next line of it."""

import ast
import hashlib
import re
from functools import cache
from pathlib import Path

import pytest

from layouts.access.plain_pages import TEMPLATES

ROOT = Path(__file__).parents[1]
PACKAGES = ("callbacks", "layouts", "metrics", "services")
ASSETS = ROOT / "assets"
CODE = [ROOT / "app.py", *sorted(p for name in PACKAGES for p in (ROOT / name).rglob("*.py"))]
SHOWN = [
    path
    for folder in ("layouts", "callbacks", "assets")
    for path in sorted((ROOT / folder).rglob("*"))
    # Plotly names the hosts of services that are off here; the headers close them too.
    if path.suffix in (".py", ".yaml", ".css", ".js", ".svg", ".html")
    and path.name != "plotly-basic.min.js"
]
# Vendored file -> its licence.
VENDORED = {
    "00-bootstrap.css": "bootstrap.txt",
    "plotly-pt-br.js": "plotly-locales.txt",
    "plotly-basic.min.js": "plotly-locales.txt",
    "fonts/archivo-latin.woff2": "archivo.txt",
    "fonts/archivo-latin-ext.woff2": "archivo.txt",
}
# Names of XML's own; the head of a licence; neither is ever fetched.
NAMES = ("http://www.w3.org/", "https://getbootstrap.com/", "https://github.com/twbs/")


def name(path):
    return str(path.relative_to(ROOT))


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def nodes(kind):
    return [
        (path, node) for path in CODE for node in ast.walk(tree(path)) if isinstance(node, kind)
    ]


def imported():
    for path, node in nodes(ast.Import):
        yield from ((name(path), alias.name) for alias in node.names)
    for path, node in nodes(ast.ImportFrom):
        yield from ((name(path), f"{node.module}.{alias.name}") for alias in node.names)


def called(*names):
    """Calls of functions and methods of these names: file, line, the call."""
    found = []
    for path, node in nodes(ast.Call):
        target = node.func
        word = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
        if word in names:
            found.append((name(path), node.lineno, node))
    return found


def test_there_is_code_to_look_at():
    assert len(CODE) > 80
    assert len(SHOWN) > 40


def test_nothing_is_pickled():
    unsafe = ("pickle", "cPickle", "dill", "shelve", "marshal", "cloudpickle", "joblib")
    assert [where for where in imported() if where[1].split(".")[0] in unsafe] == []
    assert called("read_pickle", "to_pickle", "memoize", "memoize_stampede") == []


def test_diskcache_is_used_in_one_place_and_without_pickle():
    users = {file for file, what in imported() if what.startswith("diskcache")}
    assert users == {"services/storage/disk_store.py"}
    names = {what for _, what in imported() if what.startswith("diskcache")}
    assert not [n for n in names if "Fanout" in n or "Lock" in n or "Deque" in n or "Index" in n]


def is_constant_of_redis(call):
    """One of the module's own scripts, which Redis runs."""
    [script] = call.args[:1] or [None]
    is_constant = isinstance(script, ast.Name) and script.id.isupper()
    return is_constant and ast.unparse(call.func) == "self._redis.eval"


def test_nothing_runs_text_as_code_or_through_a_shell():
    code = called("eval", "exec", "system", "popen", "__import__")
    assert [call[:2] for call in code if not is_constant_of_redis(call[2])] == []
    loose = [
        call[:2]
        for call in called("run", "Popen", "check_output", "call")
        if any(k.arg == "shell" for k in call[2].keywords)
    ]
    assert loose == []
    loads = [ast.unparse(call[2]) for call in called("load", "full_load", "unsafe_load")]
    assert [load for load in loads if "yaml" in load and "SafeLoader" not in load] == []


def test_no_process_of_ours_is_forked_as_polars_does_not_survive_it():
    assert [
        w for w in imported() if w[1].startswith("multiprocessing") or "ProcessPool" in w[1]
    ] == []
    assert called("fork", "forkpty") == []
    assert not [w for w in called("run", "Popen") for k in w[2].keywords if k.arg == "preexec_fn"]


def test_dash_is_made_once_and_says_what_stays_off():
    [(file, _, call)] = called("GuardedDash")
    assert file == "callbacks/web/server.py"
    assert called("Dash") == []
    given = {k.arg: k.value.value for k in call.keywords if isinstance(k.value, ast.Constant)}
    for option in ("use_pages", "use_async", "enable_mcp", "compress"):
        assert given[option] is False, option
    assert given["serve_locally"] is True
    assert given["suppress_callback_exceptions"] is True
    assert given["update_title"] is None


def test_no_page_registers_itself_and_nothing_runs_in_the_background():
    names = {what.rpartition(".")[2] for _, what in imported()}
    forbidden = ("register_page", "DiskcacheManager", "CeleryManager", "callback_context_store")
    assert not names & set(forbidden)
    for file, line, call in called("callback", "role_callback", "wired"):
        options = {k.arg for k in call.keywords}
        assert not options & {"background", "manager", "api_endpoint", "mcp_enabled"}, (file, line)


def test_callbacks_are_added_in_one_way():
    assert [w for w in imported() if w[1] in ("dash.callback", "dash.clientside_callback")] == []
    assert {file for file, _, _ in called("callback")} <= {"callbacks/access/roles.py"}


def test_every_graph_comes_from_the_one_factory():
    assert {file for file, _, _ in called("Graph")} == {"layouts/components/graph.py"}
    assert "dash.dcc.Graph" not in {what for _, what in imported()}


def test_graphs_offer_no_cloud():
    from layouts.components.graph import graph_config

    for language in ("pt-BR", "en"):
        config = graph_config(language)
        assert config["showSendToCloud"] is False
        assert config["showEditInChartStudio"] is False
        assert config["displaylogo"] is False


def test_nothing_is_drawn_with_webgl():
    words = re.compile(r"scattergl|Scattergl|scatterpolargl|parcoords|heatmapgl|pointcloud|WebGL")
    assert [name(p) for p in CODE if words.search(p.read_text(encoding="utf-8"))] == []


def test_everything_comes_from_our_own_host():
    address = re.compile(r"https?://[^\s\"')]+|(?<![:\w/])//[\w-]+\.[a-z]{2,}")
    foreign = [
        (name(path), found)
        for path in SHOWN
        for found in address.findall(path.read_text(encoding="utf-8"))
        if not found.startswith(NAMES)
    ]
    assert foreign == []


def test_constants_that_hide_a_cdn_are_not_used():
    text = "\n".join(path.read_text(encoding="utf-8") for path in CODE)
    for word in (
        "dbc.themes",
        "dbc.icons",
        "dag.themes",
        "external_scripts",
        "external_stylesheets",
    ):
        assert word not in text, word


def test_colours_stand_in_the_palettes_and_style_sheets_only():
    colour = re.compile(
        r"['\"\s:(](#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3}(?:[0-9a-fA-F]{2})?)?)\b|rgba?\("
    )
    layouts = [p for p in CODE if name(p).startswith(("layouts/", "callbacks/"))]
    literal = [
        (name(path), found.group())
        for path in layouts
        if name(path) not in ("layouts/palette.py", "layouts/components/graph.py")
        for found in colour.finditer(path.read_text(encoding="utf-8"))
    ]
    assert literal == []


def test_only_numbers_are_styled_in_the_page_itself():
    """A custom property carries a value; how it looks is the style sheet's matter."""
    for file, line, call in called("Div", "Span", "Article", "Section", "Td", "Th", "P", "Li", "A"):
        for keyword in call.keywords:
            if keyword.arg == "style" and isinstance(keyword.value, ast.Dict):
                keys = [k.value for k in keyword.value.keys if isinstance(k, ast.Constant)]
                assert all(key.startswith("--") for key in keys), (file, line, keys)


def test_markup_of_a_customer_is_never_taken_for_ours():
    words = re.compile(
        r"dangerously_allow_html|DangerouslySetInnerHTML|innerHTML|insertAdjacentHTML"
    )
    sources = [p for p in SHOWN if p.suffix in (".py", ".js") and p.name not in VENDORED]
    assert [name(p) for p in sources if words.search(p.read_text(encoding="utf-8"))] == []


def test_templates_escape_whatever_they_show():
    words = re.compile(r"\|\s*safe\b|autoescape|Markup\(")
    templates = [p for p in SHOWN if p.suffix == ".html"]
    assert templates
    unescaped = [name(p) for p in templates if words.search(p.read_text(encoding="utf-8"))]
    # What this one shows is the documentation, and nobody's data.
    assert unescaped == ["layouts/access/templates/guide.html"]
    # Nothing else makes markup of text.
    assert {file for file, _, _ in called("Markup")} == set()
    assert TEMPLATES.autoescape is True


def test_scripts_need_no_eval():
    words = re.compile(r"\beval\(|new Function\(|document\.write|javascript:")
    ours = [p for p in ASSETS.glob("*.js") if p.name not in VENDORED]
    assert [p.name for p in ours if words.search(p.read_text(encoding="utf-8"))] == []


def test_style_sheets_fetch_nothing_from_elsewhere():
    for path in ASSETS.glob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "@import" not in text, path.name
        for where in re.findall(r"url\(\s*[\"']?([^\"')]+)", text):
            assert where.startswith(("data:", "fonts/", "/assets/", "#", "%23")), (path.name, where)


@pytest.mark.parametrize("file", VENDORED)
def test_vendored_files_are_what_they_were_and_have_a_licence(file):
    lines = (ASSETS / "licenses" / "CHECKSUMS").read_text(encoding="utf-8").splitlines()
    sums = {path: digest for digest, path in (line.split() for line in lines)}
    assert sums.keys() == VENDORED.keys()
    assert hashlib.sha256((ASSETS / file).read_bytes()).hexdigest() == sums[file]
    licence = (ASSETS / "licenses" / VENDORED[file]).read_text(encoding="utf-8")
    assert "Copyright" in licence


def test_every_font_and_icon_sheet_has_a_licence_too():
    fonts = {f"fonts/{path.name}" for path in (ASSETS / "fonts").iterdir()}
    assert fonts <= VENDORED.keys()
    head = (ASSETS / "20-icons.css").read_text(encoding="utf-8")[:300]
    assert "licenses/bootstrap-icons.txt" in head


def test_the_environment_is_read_where_processes_begin_only():
    readers = {
        name(path)
        for path, node in nodes(ast.Attribute)
        if node.attr in ("environ", "getenv") and getattr(node.value, "id", "") == "os"
    }
    assert readers <= {"app.py", "services/settings/config.py", "services/runtime/processes.py"}


def test_nothing_random_that_must_not_be_guessed_comes_from_random():
    users = {file for file, what in imported() if what.split(".")[0] == "random"}
    assert not [file for file in users if re.search("session|account|guard|secret|server", file)]


def test_certificates_are_always_checked():
    for file, line, call in called("get", "post", "request", "send", "Session"):
        for keyword in call.keywords:
            if keyword.arg == "verify":
                assert not (isinstance(keyword.value, ast.Constant) and not keyword.value.value), (
                    file,
                    line,
                )


def test_no_secret_lies_in_the_repository():
    token = re.compile(
        r"xox[bp]-\d|dG9r[A-Za-z0-9+/=]{30,}|hooks\.slack\.com/services/T\w+/B\w+/\w{20}"
    )
    files = [*CODE, ROOT / "config.yaml", *SHOWN]
    assert [name(p) for p in files if token.search(p.read_text(encoding="utf-8"))] == []
