"""What happens when a person, a clock or a machine acts: glue between the other packages."""
