"""What all pages of numbers share: the address, the view, filters, rows, metric info, files."""
