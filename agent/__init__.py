"""The work itself: one case from offer to outcome. Start reading at `agent.pipeline`."""
