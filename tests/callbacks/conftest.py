import pytest

from tests.worlds.web_world import Web, web


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory):
    """One deployment for a whole module: nothing in it may be changed."""
    with web(tmp_path_factory.mktemp("web")) as made:
        yield made


@pytest.fixture
def fresh(tmp_path):
    """Makes deployments that a test may change."""
    made: list[Web] = []

    def fresh(**options) -> Web:
        made.append(Web(tmp_path / str(len(made)), **options))
        return made[-1]

    yield fresh
    for one in made:
        one.close()
