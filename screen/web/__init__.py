"""What is served: pages, routes, their files and versions."""
