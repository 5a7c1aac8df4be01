from services.snapshot.call_decisions import KEY, Decision, decide, load_decisions
from services.storage.disk_store import DiskStore


def test_a_decision_is_kept_with_who_and_when_and_can_be_taken_back(tmp_path):
    state = DiskStore(tmp_path)
    assert load_decisions(state) == {}
    for conversation in ("1", "2"):
        decide(state, conversation, Decision("marina@example.com", 5.0))
    assert load_decisions(state)["1"] == Decision("marina@example.com", 5.0)
    decide(state, "1", None)
    assert list(load_decisions(state)) == ["2"]
    state.set(KEY, b"[]")
    assert load_decisions(state) == {}
    state.close()
