"""What `deploy/` ships goes with the code: its folders, its variables, its settings."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from services.settings.config import Environment, load_settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FOREIGN = {"BASE", "PATH", "SITE", "UPSTREAM", "PYTHONDONTWRITEBYTECODE"}


def read(name):
    return (DEPLOY / name).read_text(encoding="utf-8")


def read_documents(name):
    return list(yaml.safe_load_all(read(name)))


def test_the_image_holds_every_room_and_nothing_else():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    rooms = {*project["tool"]["importlinter"]["root_packages"], "assets", "docs/en", "docs/pt-BR"}
    files = {"app.py", "config.yaml", "LICENSE", "requirements.txt"}
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", read("Dockerfile"), re.MULTILINE)
    assert {word for line in copied for word in line.split()} == rooms | files
    let_in = {line[1:] for line in read("Dockerfile.dockerignore").splitlines() if line[0] == "!"}
    assert let_in == rooms | files


@pytest.mark.parametrize(
    "name", ["Dockerfile", "compose.yaml", "kubernetes.yaml", "vigia.service", "Caddyfile"]
)
def test_every_variable_is_one_that_vigia_reads(name):
    named = set(re.findall(r"(?<![\w-])([A-Z]+(?:_[A-Z]+)*)(?=[=:]|, value)", read(name)))
    assert named - FOREIGN <= {field.upper() for field in Environment.model_fields}


def test_behind_a_proxy_its_settings_are_read(tmp_path):
    cluster = next(d for d in read_documents("kubernetes.yaml") if d["kind"] == "ConfigMap")
    (tmp_path / "config.yaml").write_text(cluster["data"]["config.yaml"])
    for path in (DEPLOY / "behind-proxy.yaml", tmp_path / "config.yaml"):
        server = load_settings(path).server
        assert (server.behind_tls, server.trusted_proxies) == (True, 1)


def test_nothing_of_vigia_may_write_its_own_files_or_gain_rights():
    for name, service in read_documents("compose.yaml")[0]["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
    for document in read_documents("kubernetes.yaml"):
        pod = document.get("spec", {}).get("template", {}).get("spec", {"containers": []})
        for container in pod["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"], container["name"]
            assert pod["securityContext"]["runAsNonRoot"]
