"""Pages from Jinja templates: self-contained HTML, everything escaped."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def rendered(template: Path, filters: Mapping[str, Callable[..., Any]] | None = None, **values: Any) -> str:
    """Return a template with its places filled in by ``values``; a place without a value is an error.

    Parameters
    ----------
    template
        The file; others of its folder may be included.
    filters
        Name -> function that the template applies with ``|``.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template.parent), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= filters or {}
    return environment.get_template(template.name).render(**values)
