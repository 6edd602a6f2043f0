"""From findings to ``report.json`` and ``report.html``; reads the model only."""
