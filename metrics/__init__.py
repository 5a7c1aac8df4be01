"""What the numbers mean: tables in, numbers out. Pure: no files, network, settings or clock."""
