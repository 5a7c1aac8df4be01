"""One deployment on one machine: processes, stores opened, web server, check, demo."""
