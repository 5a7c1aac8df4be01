"""An invented support operation, behind an HTTP server that speaks as Intercom, Aircall and Slack.

It shares no code with the clients that read it: a mistake in both would cancel out.
"""
