"""Files for people: Excel workbooks and the shift schedule."""
