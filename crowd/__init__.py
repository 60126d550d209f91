"""The site, the people in it, the projects they own."""
