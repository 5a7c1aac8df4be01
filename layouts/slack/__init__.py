"""What the alert robot writes: values in, Slack messages out."""
