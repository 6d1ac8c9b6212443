"""What a load tells of its progress: the same as a build of editions does."""

from otn.store.progress import Progress, Silent

__all__ = ["Progress", "Silent"]
