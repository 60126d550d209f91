"""Small wrong changes, one at a time, in functions drawn at random: how many of them do the tests
notice?"""
