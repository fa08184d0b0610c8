"""The reader of text: what stands in a message, in Chinese and English, with offsets into the raw text.

Shared by those who fill slots and those who check the result. Knows nothing about customers, offers or rules.
"""
