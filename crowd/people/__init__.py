"""Who uses the site: accounts, API keys, sign-in, and the record of what they did."""
