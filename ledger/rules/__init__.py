"""Folds over the whole log: pure functions that decide what one record cannot know. ``audit`` replays the same."""
