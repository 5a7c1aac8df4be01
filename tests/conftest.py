"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# The machine may be busy with something else, and a run that fails must fail again.
settings.register_profile(
    "vigia",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("vigia")
