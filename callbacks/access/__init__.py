"""Who may do what: sign-in, session, roles, the guard, single sign-on, the own account."""
