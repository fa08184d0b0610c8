"""SMS through providers: requests signed as each wants them, answers read for what became of the message.

`carrier.py` picks the account by the number; the others each speak to one provider.
"""
