"""The console: pages rendered on the server; a page's view and its template share a name."""
