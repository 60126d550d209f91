"""What is measured outside the tests: accuracy on public sets, and speed."""
