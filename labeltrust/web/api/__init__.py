"""The routes of `/v1`: each handler translates between HTTP and one service."""
