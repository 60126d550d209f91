"""What the project believes of its tasks: worked out, stored, counted, told of, and given away."""
