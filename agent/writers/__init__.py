"""Those who write prose with slots: the composer over the phrasebook, and chat models behind one port."""
