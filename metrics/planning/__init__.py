"""How many people are needed: demand, Erlang, schedule, adherence, fair target."""
