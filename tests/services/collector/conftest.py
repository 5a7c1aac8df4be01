import pytest

from tests.worlds.collecting import Rig


@pytest.fixture
def rig(tmp_path):
    return Rig(tmp_path)
