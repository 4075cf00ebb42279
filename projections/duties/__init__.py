"""The calendar of what must be public by when: dated rules, what starts and meets a duty, and when it is due."""
