"""The watch robot: tells Slack what needs a person, and when it is over.

`lives` is what it remembers, `machine` how a problem lives, `ledger` where both are kept safe,
`delivery` how the words arrive, `slack` whom it talks to, `robot` the whole of it in the collector,
and `desk` what the web side may ask and order.
"""
