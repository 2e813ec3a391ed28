"""Other libraries' errors as codes of ours: for damaged files they raise dozens of kinds."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from fetal_hemo.errors import FetalHemoError


@contextmanager
def refusing(kind: str, where: str, code: str = "E-DAMAGED") -> Iterator[None]:
    """Whatever goes wrong inside is a `FetalHemoError` E-TRUNCATED, E-TOO-BIG or `code`.

    The library's warnings are not shown. A missing package passes, so that its extra can be named.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (FetalHemoError, ModuleNotFoundError):
        raise
    except MemoryError:
        raise FetalHemoError("E-TOO-BIG", "does not fit into memory", where) from None
    except Exception as error:
        if "truncated" in str(error).lower() or isinstance(error, EOFError):
            what = f"the {kind} file ends early"
            raise FetalHemoError("E-TRUNCATED", what, where, "copy it again") from None
        what = f"not a {kind} file that can be read"
        raise FetalHemoError(code, what, where, "copy or export it again") from None
