"""How people come into a project by themselves: by which links, and from which list."""
