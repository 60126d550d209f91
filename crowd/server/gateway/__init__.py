"""Between clients and threads: a request takes a thread once it is whole, a reply that nobody takes
waits without one.

However many clients send or read slowly, or nothing at all, the threads are there for those who
don't.
"""
