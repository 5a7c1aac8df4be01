"""The alert robot: notifies Slack of what needs a person, and when it is over.

`inputs` asks the rules about a version, `transitions` makes incidents of what they say, `state` is
what is remembered and `store` where it is kept safe, `messages` and `delivery` bring it to `slack`,
`robot` is the whole of it in the collector, and `service` what the web side may ask and command.
"""
