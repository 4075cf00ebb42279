"""The disclosure score: how much of what should be public is public, of one project or organisation, by 40 criteria."""
