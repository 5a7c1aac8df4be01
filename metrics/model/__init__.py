"""What a metric is made of: tables and columns, periods, filters, definitions, catalogue."""
