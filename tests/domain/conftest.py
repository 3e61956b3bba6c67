from __future__ import annotations

from hypothesis import HealthCheck, settings

# A busy machine is not a fault of the rules.
settings.register_profile("tgtp", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tgtp")
