"""What Crowd promises, as tests; the folders mirror the tree, `journeys/` runs the real server and
a real browser."""
