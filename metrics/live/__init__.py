"""What holds now and today: queue, presence, course of the day, projection."""
