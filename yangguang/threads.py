"""A background thread that ends with its block."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def running_thread(work: Callable[[threading.Event], object]) -> Iterator[None]:
    """Runs ``work(stop)`` beside the block; sets ``stop`` and waits when the block ends."""
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
