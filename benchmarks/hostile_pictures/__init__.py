"""Pictures made to do harm, and what it costs to refuse them."""
