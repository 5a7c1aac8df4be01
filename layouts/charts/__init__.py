"""Tables and series in, Plotly figures out."""
