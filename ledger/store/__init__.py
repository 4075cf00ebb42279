"""The event store: the only importers of the eventsourcing library. The entry is the stored state."""
