"""An invented support operation, behind an HTTP server that speaks as Intercom, Aircall and Slack.

It shares no code with the clients that read it: a mistake in both would cancel out.
"""

from typing import Any

# A JSON object, as a vendor sends it.
Payload = dict[str, Any]
