"""Charts say nothing that is not there."""

import pytest

from layouts.components.graph import counted


@pytest.mark.parametrize("most", [0, 1, 4])
def test_few_things_have_a_tick_each_and_no_half(most):
    assert counted(most, "ligações")["dtick"] == 1


def test_many_things_leave_the_steps_to_the_chart():
    axis = counted(5, "ligações")
    assert "dtick" not in axis
    assert axis["title"]["text"] == "ligações"
