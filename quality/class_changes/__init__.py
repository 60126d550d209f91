"""Classes that get another name, or become part of another, with everything that names them."""
